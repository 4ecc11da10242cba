//! Operations that are retried, and those that are not. Time is that of tokio, which stands still while a task works.

use std::time::Duration;

use tokio::time::Instant;

use super::script::{Answer, Host};
use super::{envelope, fault, row};
use crate::cim::{Properties, Reference};
use crate::client::{Client, Output, Retries};
use crate::error::{Error, ErrorKind};
use crate::transport::{Delivery, Error as TransportError, ErrorKind as Kind, Phase};
use crate::wsman::FaultKind;

/// 0x803381A6: the host has too many operations of this user. It comes with the subcode of an inner error.
fn busy() -> Answer {
    Ok(fault("InternalError", 2_150_859_174))
}

fn done() -> Answer {
    Ok(envelope(
        "<Do_OUTPUT><ReturnValue>0</ReturnValue></Do_OUTPUT>",
    ))
}

fn failed(kind: Kind, delivery: Delivery) -> Answer {
    Err(Box::new(move || {
        TransportError::new(kind, delivery, "it went wrong")
    }))
}

fn unready(delivery: Delivery, after: Option<u64>) -> Answer {
    Err(Box::new(move || {
        let error = TransportError::new(Kind::Status, delivery, "not ready").with_status(503);
        match after {
            Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
            None => error,
        }
    }))
}

async fn invoke_with(client: &Client) -> Result<Output, Error> {
    let target = Reference::new("root/x", "X");
    client.invoke(&target, "Do", Properties::new()).await
}

async fn invoke(host: &Host) -> Result<Output, Error> {
    invoke_with(&host.client()).await
}

async fn read(host: &Host) -> Result<(), Error> {
    let rows = host.client().namespace("root/x").enumerate("J").collect();
    rows.await.map(|_| ())
}

#[tokio::test(start_paused = true)]
async fn a_busy_host_is_asked_again_even_to_change_something() {
    let host = Host::new([busy(), busy(), busy(), done()]);
    let began = Instant::now();
    invoke(&host).await.unwrap();
    assert_eq!(host.asked().len(), 4);
    // 0.25, 0.5 and 1 s, each shortened by up to half.
    let (shortest, longest) = (Duration::from_millis(875), Duration::from_millis(1750));
    let took = began.elapsed();
    assert!(shortest <= took && took <= longest + SLACK, "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_busy_host_is_believed_only_where_the_answer_is_certain_to_be_its_own() {
    let host = Host::new([busy(), done()]);
    host.is_not_authenticated();
    let error = invoke(&host).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::Quota));
    assert_eq!(host.asked().len(), 1, "anyone could have written it");

    // A read can be retried, no matter who answered.
    let host = Host::new([busy(), Ok(row(4))]);
    host.is_not_authenticated();
    read(&host).await.unwrap();
    assert_eq!(host.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_is_a_message_of_its_own() {
    let host = Host::new([busy(), done()]);
    invoke(&host).await.unwrap();
    let [first, second] = &host.message_ids()[..] else {
        panic!("two attempts")
    };
    assert_ne!(first, second);
}

#[tokio::test(start_paused = true)]
async fn a_host_that_stays_busy_is_given_up_within_the_budget() {
    let host = Host::new([busy()]);
    let began = Instant::now();
    let error = invoke(&host).await.unwrap_err();
    let took = began.elapsed();
    // The last attempt begins within 30 s, and no pause is longer than 5 s.
    assert!(Duration::from_secs(25) <= took && took <= Duration::from_secs(30));
    assert_eq!(error.fault_kind(), Some(FaultKind::Quota));
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(error.delivery(), Delivery::Answered);
    let attempts = host.asked().len();
    assert_eq!(
        error.to_string(),
        format!("could not invoke Do of root/x:X in {attempts} attempts")
    );
    assert!(error.hint().unwrap().contains("busy"));
}

#[tokio::test(start_paused = true)]
async fn the_budget_is_the_callers() {
    let host = Host::new([busy()]);
    let client = |retries| {
        Client::builder("")
            .retries(retries)
            .build_over(host.clone())
    };
    let error = invoke_with(&client(Retries::none())).await.unwrap_err();
    assert_eq!(host.asked().len(), 1);
    assert_eq!(error.to_string(), "could not invoke Do of root/x:X");
    let second = Duration::from_secs(1);
    let retries = Retries::default()
        .budget(10 * second)
        .first_pause(4 * second)
        .longest_pause(4 * second);
    // At 2 to 4 s, at 4 to 8 s, and then at most twice.
    invoke_with(&client(retries)).await.unwrap_err();
    let attempts = host.asked().len() - 1;
    assert!((3..=5).contains(&attempts), "{attempts}");
}

#[tokio::test(start_paused = true)]
async fn other_faults_are_answers() {
    for fault in [
        fault("AccessDenied", 5),
        fault("TimedOut", 2_150_858_793),
        fault("InternalError", 2_147_749_889),
    ] {
        let host = Host::answering([fault]);
        invoke(&host).await.unwrap_err();
        assert_eq!(host.asked().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn what_a_provider_says_of_quotas_may_be_about_what_it_did() {
    let provider = "<f:Message><f:ProviderFault provider=\"P\"><f:WSManFault Code=\"2150859174\"/></f:ProviderFault></f:Message>";
    let fault = fault("InternalError", 2_150_859_174).replace(
        "<f:WSManFault Code=\"2150859174\"/>",
        &format!("<f:WSManFault Code=\"2150859174\">{provider}</f:WSManFault>"),
    );
    let host = Host::answering([fault]);
    let error = invoke(&host).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::Quota));
    assert_eq!(host.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_may_have_arrived_is_never_sent_again() {
    for kind in [Kind::Lost, Kind::Connect, Kind::ContextLost] {
        let host = Host::new([failed(kind, Delivery::Unknown), done()]);
        let error = invoke(&host).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(error.delivery(), Delivery::Unknown);
        assert_eq!(host.asked().len(), 1);
    }
    let host = Host::new([unready(Delivery::Unknown, Some(1)), done()]);
    let error = invoke(&host).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(host.asked().len(), 1);
    // Earlier attempts that did not arrive do not change the kind.
    let host = Host::new([
        busy(),
        failed(Kind::Connect, Delivery::NotSent),
        failed(Kind::Lost, Delivery::Unknown),
        done(),
    ]);
    let error = invoke(&host).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    assert_eq!(
        error.to_string(),
        "could not invoke Do of root/x:X in 3 attempts, or it was done and the answer lost"
    );
}

#[tokio::test(start_paused = true)]
async fn a_pull_that_may_have_arrived_is_never_sent_again() {
    let first = || {
        Ok(envelope(
            "<n:EnumerateResponse><n:EnumerationContext>a</n:EnumerationContext></n:EnumerateResponse>",
        ))
    };
    let last = || Ok(row(4).replace("EnumerateResponse", "PullResponse"));
    let host = Host::new([first(), failed(Kind::Lost, Delivery::Unknown), last()]);
    let error = read(&host).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
    let pulls = |host: &Host| {
        let asked = host.asked();
        asked.iter().filter(|body| body.contains("n:Pull")).count()
    };
    assert_eq!(pulls(&host), 1);
    let host = Host::new([
        first(),
        failed(Kind::Lost, Delivery::NotSent),
        busy(),
        last(),
    ]);
    read(&host).await.unwrap();
    assert_eq!(pulls(&host), 3);
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_tried_again_twice() {
    let refused = || failed(Kind::Connect, Delivery::NotSent);
    let host = Host::new([refused(), refused(), done()]);
    invoke(&host).await.unwrap();
    let host = Host::new([refused()]);
    let error = invoke(&host).await.unwrap_err();
    assert_eq!(host.asked().len(), 3);
    assert_eq!(error.delivery(), Delivery::NotSent);
    assert_eq!(error.kind(), ErrorKind::Connection);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_was_lost_is_read_again() {
    let host = Host::new([failed(Kind::Lost, Delivery::Unknown), Ok(row(4))]);
    read(&host).await.unwrap();
    // The last attempt was not sent, but the first may have arrived.
    let host = Host::new([
        failed(Kind::Lost, Delivery::Unknown),
        failed(Kind::Connect, Delivery::NotSent),
    ]);
    let error = read(&host).await.unwrap_err();
    assert_eq!(host.asked().len(), 3);
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_not_tried_again() {
    for kind in [
        Kind::Authentication,
        Kind::Tls,
        Kind::NameNotResolved,
        Kind::Timeout(Phase::Connect),
        Kind::NotWsMan,
        Kind::Sealing,
    ] {
        let host = Host::new([failed(kind, Delivery::NotSent)]);
        read(&host).await.unwrap_err();
        assert_eq!(host.asked().len(), 1, "{kind:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_host_says_when_to_come_back() {
    let host = Host::new([unready(Delivery::Unknown, Some(7)), Ok(row(4))]);
    let began = Instant::now();
    read(&host).await.unwrap();
    let seven = Duration::from_secs(7);
    assert!((seven..seven + SLACK).contains(&began.elapsed()));
    // The client does not wait longer than the budget.
    let host = Host::new([unready(Delivery::Unknown, Some(3600))]);
    let began = Instant::now();
    read(&host).await.unwrap_err();
    assert_eq!((host.asked().len(), began.elapsed()), (1, Duration::ZERO));
    // Nor longer than a clock can represent.
    let host = Host::new([
        unready(Delivery::Unknown, Some(7)),
        unready(Delivery::Unknown, Some(u64::MAX)),
    ]);
    read(&host).await.unwrap_err();
    assert_eq!(host.asked().len(), 2);
    // Before the envelope is sent, even a change can be retried.
    let host = Host::new([unready(Delivery::NotSent, None), done()]);
    invoke(&host).await.unwrap();
    assert_eq!(host.asked().len(), 2);
}

/// The tolerance for tokio's clock, which has a resolution of a millisecond.
const SLACK: Duration = Duration::from_millis(20);
