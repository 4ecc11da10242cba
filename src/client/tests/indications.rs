//! The beginning, the course and the end of subscriptions.

use std::time::Duration;

use super::script::{Answer, Host};
use super::{envelope, fault};
use crate::cim::Instance;
use crate::client::Indications;
use crate::error::{Error, ErrorKind};
use crate::transport::{Delivery, Error as TransportError, ErrorKind as Kind};
use crate::wsman::Wql;

fn subscribed() -> String {
    envelope(
        "<e:SubscribeResponse xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><e:SubscriptionManager>\
         <a:Address>http://elsewhere.example/wsman</a:Address>\
         <a:ReferenceProperties><e:Identifier>S1</e:Identifier></a:ReferenceProperties></e:SubscriptionManager>\
         <e:Expires>PT0.0S</e:Expires><n:EnumerationContext>a</n:EnumerationContext></e:SubscribeResponse>",
    )
}

fn events(names: &[&str], context: Option<&str>) -> String {
    let events: String = names
        .iter()
        .map(|name| {
            format!(
                "<p:E xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/E\"><p:Name>{name}</p:Name></p:E>"
            )
        })
        .collect();
    let rest = match context {
        Some(context) => format!("<n:EnumerationContext>{context}</n:EnumerationContext>"),
        None => "<n:EndOfSequence/>".to_owned(),
    };
    envelope(&format!(
        "<n:PullResponse>{rest}<n:Items>{events}</n:Items></n:PullResponse>"
    ))
}

fn timed_out() -> String {
    fault("TimedOut", 2_150_858_793)
}

fn ended() -> String {
    envelope("")
}

fn subscribe(host: &Host) -> Indications {
    let query = Wql::select("E").within(Duration::from_secs(2));
    host.client().namespace("root/x").subscribe(query).unwrap()
}

fn name(event: Option<Result<Instance, Error>>) -> String {
    event.unwrap().unwrap().get("Name").unwrap()
}

/// Returns the requests in short form: `Subscribe`, `Pull a`, `Unsubscribe S1`.
fn asked(host: &Host) -> Vec<String> {
    let between = |text: &str, from: &str| {
        let (_, rest) = text.split_once(from)?;
        Some(rest.split('<').next().unwrap().to_owned())
    };
    let short = host.envelopes().into_iter().map(|envelope| {
        let action = between(&envelope, "<a:Action s:mustUnderstand=\"true\">").unwrap();
        let action = action.rsplit('/').next().unwrap();
        let context = between(&envelope, "<n:EnumerationContext>");
        let identifier = between(
            &envelope,
            "<e:Identifier xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\">",
        );
        match context.or(identifier) {
            Some(which) => format!("{action} {which}"),
            None => action.to_owned(),
        }
    });
    short.collect()
}

#[tokio::test(start_paused = true)]
async fn events_come_as_they_happen() {
    let host = Host::answering([
        subscribed(),
        events(&["one", "two"], Some("b")),
        timed_out(),
        timed_out(),
        events(&[], Some("c")),
        events(&["three"], Some("d")),
        ended(),
    ]);
    let mut stream = subscribe(&host);
    tokio::task::yield_now().await;
    assert!(host.asked().is_empty());
    for expected in ["one", "two", "three"] {
        assert_eq!(name(stream.next().await), expected);
    }
    stream.unsubscribe().await.unwrap();
    assert_eq!(
        asked(&host),
        [
            "Subscribe",
            "Pull a",
            "Pull b",
            "Pull b",
            "Pull b",
            "Pull c",
            "Unsubscribe S1"
        ]
    );
    assert!(host.asked()[0].contains(">SELECT * FROM E WITHIN 2<"));
}

#[tokio::test(start_paused = true)]
async fn nothing_happens_for_long() {
    let silence = (0..1_000).map(|_| timed_out());
    let answers = [subscribed()].into_iter().chain(silence);
    let host = Host::answering(answers.chain([events(&["one"], Some("b")), ended()]));
    let mut stream = subscribe(&host);
    let began = tokio::time::Instant::now();
    assert_eq!(name(stream.next().await), "one");
    assert_eq!(asked(&host).len(), 1_002);
    // This host answers at once; by the clock of the test, the client waits half a second each time.
    assert_eq!(began.elapsed().as_secs(), 500);
}

#[tokio::test]
async fn dropped_while_it_waits() {
    let host = Host::answering([subscribed(), timed_out(), ended()]);
    host.hold_back(1);
    let mut stream = subscribe(&host);
    let given_up = tokio::time::timeout(Duration::ZERO, stream.next()).await;
    assert!(given_up.is_err());
    host.asked_times(2).await;
    drop(stream);
    host.asked_times(3).await;
    assert_eq!(asked(&host), ["Subscribe", "Pull a", "Unsubscribe S1"]);
    assert_eq!(host.most_at_once(), 1);
}

#[tokio::test]
async fn dropped_while_it_subscribes() {
    let host = Host::answering([subscribed(), ended()]);
    host.hold_back(0);
    let mut stream = subscribe(&host);
    let given_up = tokio::time::timeout(Duration::ZERO, stream.next()).await;
    assert!(given_up.is_err());
    drop(stream);
    host.let_go(2);
    host.asked_times(2).await;
    assert_eq!(asked(&host), ["Subscribe", "Unsubscribe S1"]);
    // A subscription that was never begun has nothing to end.
    drop(subscribe(&host));
    subscribe(&host).unsubscribe().await.unwrap();
    assert_eq!(asked(&host).len(), 2);
}

#[tokio::test]
async fn a_subscription_that_the_host_has_ended() {
    // 0x8033801B: the service no longer knows the context.
    let over = fault("InvalidEnumerationContext", 2_150_858_779);
    let host = Host::answering([subscribed(), events(&["one"], Some("b")), over]);
    let mut stream = subscribe(&host);
    assert_eq!(name(stream.next().await), "one");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host ended the subscription to events of root/x after 1 events"
    );
    assert!(error.hint().unwrap().contains("in between are lost"));
    assert!(stream.next().await.is_none());
    drop(stream);
    assert_eq!(asked(&host), ["Subscribe", "Pull a", "Pull b"]);

    let host = Host::answering([subscribed(), events(&["one"], None)]);
    let mut stream = subscribe(&host);
    assert_eq!(name(stream.next().await), "one");
    assert!(stream.next().await.is_none());
    drop(stream);
    assert_eq!(asked(&host), ["Subscribe", "Pull a"]);
}

#[tokio::test]
async fn what_goes_wrong_ends_the_subscription() {
    let lost: Answer = Err(Box::new(|| {
        TransportError::new(Kind::Lost, Delivery::Unknown, "the connection broke")
    }));
    let host = Host::new([Ok(subscribed()), lost, Ok(ended())]);
    let mut stream = subscribe(&host);
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection);
    assert!(stream.next().await.is_none());
    host.asked_times(3).await;
    // The pull is not repeated: its events would be lost.
    assert_eq!(asked(&host), ["Subscribe", "Pull a", "Unsubscribe S1"]);

    let broken = events(&["one"], Some("b")).replace("</n:Items>", "<p:E><n:Items>");
    let host = Host::answering([subscribed(), broken, ended()]);
    let mut stream = subscribe(&host);
    assert_eq!(name(stream.next().await), "one");
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "could not read event 2 of root/x");
    host.asked_times(3).await;
    assert_eq!(asked(&host)[2], "Unsubscribe S1");
}

#[tokio::test]
async fn a_host_that_knows_no_subscriptions() {
    // 0x80338042: the response of a service without events.
    let host = Host::answering([fault("UnsupportedFeature", 2_150_858_818)]);
    let mut stream = subscribe(&host);
    let error = stream.next().await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "could not subscribe to events of root/x");
    assert!(stream.next().await.is_none());
    drop(stream);
    assert_eq!(asked(&host), ["Subscribe"]);
    let refused = host
        .client()
        .namespace("root/x")
        .subscribe(Wql::select("no name"));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Usage);
}

/// openwsman puts an event directly into the response, with the event's own action instead of that of the Pull, once
/// for each event, and without `RelatesTo` (`wsenum_pull_stub` of openwsman 2.8.1).
#[tokio::test]
async fn an_event_that_stands_directly_in_the_answer_is_not_lost() {
    let event = |name: &str| {
        format!(
            "<p:E xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/E\"><p:Name>{name}</p:Name></p:E>"
        )
    };
    let pulled = |actions: &str, events: &str| {
        let answer = envelope(&format!(
            "<n:PullResponse><n:EnumerationContext>a</n:EnumerationContext>{events}</n:PullResponse>"
        ));
        let header = format!(
            "<s:Header xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">{actions}</s:Header><s:Body>"
        );
        answer.replacen("<s:Body>", &header, 1)
    };
    let action = "<a:Action>http://schemas.dmtf.org/wbem/wsman/1/wsman/Event</a:Action>";
    let wrapped = format!(
        "<w:Event xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">{}</w:Event>",
        event("four")
    );
    let host = Host::answering([
        subscribed(),
        pulled(action, &event("one")),
        timed_out(),
        pulled(
            &format!("{action}{action}"),
            &format!("{}{}", event("two"), event("three")),
        ),
        pulled("<a:Action/>", &wrapped),
        ended(),
    ]);
    let mut stream = subscribe(&host);
    for expected in ["one", "two", "three", "four"] {
        assert_eq!(name(stream.next().await), expected);
    }
    stream.unsubscribe().await.unwrap();
    let pulls = asked(&host);
    assert_eq!(pulls.len(), 6, "{pulls:?}");
}

#[tokio::test]
async fn what_is_unknown_beside_events_is_an_error() {
    for unknown in [
        "<n:Unknown/>",
        "<w:Unknown/>",
        "<n:Items><w:DroppedEvents/></n:Items>",
        "<w:DroppedEvents/>",
        "<s:Header/>",
        // An event that is only a reference cannot be returned as an instance.
        "<n:Items><a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"/></n:Items>",
    ] {
        let answer = envelope(&format!(
            "<n:PullResponse><n:EnumerationContext>b</n:EnumerationContext>{unknown}</n:PullResponse>"
        ));
        let host = Host::answering([subscribed(), answer, ended()]);
        let mut stream = subscribe(&host);
        let error = stream.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{unknown}");
        assert!(stream.next().await.is_none());
        host.asked_times(3).await;
    }
    // A pull without events and without a context does not say that the host has ended the subscription.
    let nothing = envelope("<n:PullResponse><n:Items/></n:PullResponse>");
    let host = Host::answering([subscribed(), nothing, ended()]);
    let error = subscribe(&host).next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
}

#[tokio::test]
async fn an_event_directly_in_the_answer_does_not_hide_an_unfinished_subscription() {
    let events = |rest: &str| {
        envelope(&format!(
            "<n:PullResponse>{rest}<p:E xmlns:p=\"urn:E\"><p:Name>one</p:Name></p:E></n:PullResponse>"
        ))
    };
    let host = Host::answering([subscribed(), events(""), ended()]);
    let mut stream = subscribe(&host);
    assert_eq!(name(stream.next().await), "one");
    assert_eq!(
        stream.next().await.unwrap().unwrap_err().kind(),
        ErrorKind::Answer
    );
    let host = Host::answering([subscribed(), events("<n:EndOfSequence/>")]);
    let mut stream = subscribe(&host);
    assert_eq!(name(stream.next().await), "one");
    assert!(stream.next().await.is_none());
}
