//! Answers that do not tell whether a change was done, or how a job stands: the outcome is unknown, never a success and
//! never a refusal.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use cimwire::cim::{Properties, Reference};
use cimwire::hyperv::{InitialReplication, Outcome, ReplicationService};
use cimwire::job::{Job, JobReference, JobState, StatusError};
use cimwire::transport::{
    BoxFuture, Delivery, Error as TransportError, ErrorKind as TransportErrorKind, Request,
    Response, Transport,
};
use cimwire::{Client, Error, ErrorKind, Retries};

use super::chain;

const V2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2";
const CIMV2: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2";
const ID: &str = "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E101";
const OTHER: &str = "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E999";

/// A host that answers with these envelopes, in this order; at the end the connection is lost.
pub(super) struct Script {
    answers: Mutex<VecDeque<Option<String>>>,
    /// The requests that were sent so far.
    pub(super) asked: Mutex<Vec<String>>,
}

impl Transport for Script {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let sent = String::from_utf8(request.envelope.to_vec()).expect("UTF-8");
        self.asked.lock().expect("no panic before").push(sent);
        let answer = self
            .answers
            .lock()
            .expect("no panic before")
            .pop_front()
            .flatten();
        Box::pin(async move {
            let status = 200;
            let lost = || {
                let (kind, delivery) = (TransportErrorKind::Lost, Delivery::NotSent);
                TransportError::new(kind, delivery, "the connection broke")
            };
            let body = Bytes::from(answer.ok_or_else(lost)?);
            Ok(Response {
                status,
                charset: None,
                body,
                authenticated: true,
            })
        })
    }
}

fn client(answers: impl IntoIterator<Item = String>) -> Client {
    scripted(answers.into_iter().map(Some)).0
}

pub(super) fn scripted(answers: impl IntoIterator<Item = Option<String>>) -> (Client, Arc<Script>) {
    let script = Arc::new(Script {
        answers: Mutex::new(answers.into_iter().collect()),
        asked: Mutex::default(),
    });
    let client = Client::builder("").retries(Retries::none());
    (client.build_over(Arc::clone(&script)), script)
}

pub(super) fn envelope(action: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
         xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' \
         xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration' \
         xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
         xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>\
         <s:Header><a:Action>{action}</a:Action></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

pub(super) fn page(rows: &str) -> String {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/EnumerateResponse";
    let body = format!(
        "<n:EnumerateResponse><n:EnumerationContext/><w:Items>{rows}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    envelope(action, &body)
}

fn got(instance: &str) -> String {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse";
    envelope(action, instance)
}

pub(super) fn instance(class: &str, properties: &str) -> String {
    format!("<p:{class} xmlns:p='{V2}/{class}'>{properties}</p:{class}>")
}

pub(super) fn property(name: &str, value: &str) -> String {
    format!("<p:{name}>{value}</p:{name}>")
}

fn job_row(id: &str, state: &str) -> String {
    let properties = property("InstanceID", id) + &property("JobState", state);
    instance("Msvm_ConcreteJob", &properties)
}

pub(super) fn returned(class: &str, method: &str, output: &str) -> String {
    let body = format!("<p:{method}_OUTPUT xmlns:p='{V2}/{class}'>{output}</p:{method}_OUTPUT>");
    envelope(&format!("{V2}/{class}/{method}Response"), &body)
}

fn job_parameter(resource: &str, id: &str) -> String {
    format!(
        "<p:Job><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{resource}</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name='InstanceID'>{id}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>"
    )
}

/// The answers of a host to a start: the service, the virtual machine, and this output.
fn start_answers(output: &str) -> [String; 3] {
    let service = instance(
        "Msvm_ReplicationService",
        &property("CreationClassName", "Msvm_ReplicationService"),
    );
    let vm = property("Name", "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001");
    [
        page(&service),
        page(&instance("Msvm_ComputerSystem", &vm)),
        returned("Msvm_ReplicationService", "StartReplication", output),
    ]
}

/// Starts a replication at a host that answers the start with this output.
async fn start(output: &str) -> Result<Outcome, Error> {
    let client = client(start_answers(output));
    let replica = ReplicationService::connect(&client).await?;
    let vm = replica.vm("0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001").await?;
    replica
        .start_replication(&vm, InitialReplication::network())
        .await
}

#[track_caller]
fn expect_unknown(error: &Error, what: &str) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{what}: {error:?}");
    assert_eq!(error.delivery(), Delivery::Unknown, "{what}: {error:?}");
    let hint = error.hint().unwrap_or_default();
    assert!(hint.contains("may have"), "{what}: {hint}");
}

/// Outputs without one number as the return value.
const NO_RETURN_VALUES: [(&str, &str); 6] = [
    ("absent", ""),
    ("nil", "<p:ReturnValue xsi:nil='true'/>"),
    ("empty", "<p:ReturnValue></p:ReturnValue>"),
    ("text", "<p:ReturnValue>done</p:ReturnValue>"),
    (
        "twice",
        "<p:ReturnValue>0</p:ReturnValue><p:ReturnValue>0</p:ReturnValue>",
    ),
    (
        "twice, in another case",
        "<p:ReturnValue>0</p:ReturnValue><p:returnvalue>5</p:returnvalue>",
    ),
];

#[tokio::test]
async fn a_return_value_that_is_no_number_leaves_the_outcome_unknown() {
    for (what, output) in NO_RETURN_VALUES {
        let error = start(output).await.unwrap_err();
        expect_unknown(&error, what);
        assert!(chain(&error).contains("ReturnValue"), "{}", chain(&error));
    }
}

#[tokio::test]
async fn a_cancellation_without_a_return_value_leaves_the_outcome_unknown() {
    let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", ID);
    for (what, output) in NO_RETURN_VALUES {
        let client = client([returned("Msvm_ConcreteJob", "RequestStateChange", output)]);
        let error = Job::new(&client, job.clone())
            .unwrap()
            .cancel()
            .await
            .unwrap_err();
        expect_unknown(&error, what);
    }
}

#[tokio::test]
async fn a_return_value_that_a_caller_asks_for_and_is_absent_leaves_the_outcome_unknown() {
    let client = client([returned("Win32_Process", "Create", "")]);
    let class = Reference::new("root/virtualization/v2", "Win32_Process");
    let output = client.invoke(&class, "Create", Properties::new()).await;
    expect_unknown(&output.unwrap().return_value().unwrap_err(), "absent");
}

#[tokio::test]
async fn a_job_that_was_started_and_cannot_be_asked_for_is_an_unknown_outcome() {
    let job_class = format!("{V2}/Msvm_ConcreteJob");
    for (what, resource, id) in [
        ("an id that XML forbids", job_class.as_str(), "A&#1;B"),
        ("an id that XML forbids", &job_class, "A\u{FFFE}B"),
        ("an empty id", &job_class, ""),
        ("a class that is malformed", &format!("{V2}/Msvm Job"), ID),
        ("a class that is malformed", &format!("{V2}/9"), ID),
        ("no class", &format!("{V2}/"), ID),
        ("no resource", "", ID),
        (
            "a namespace that XML forbids",
            "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/&#1;/C",
            ID,
        ),
    ] {
        let output = job_parameter(resource, id) + "<p:ReturnValue>4096</p:ReturnValue>";
        let error = match start(&output).await {
            Err(error) => error,
            Ok(outcome) => panic!("{what}: {outcome:?}"),
        };
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{what}: {error:?}");
        assert_eq!(error.delivery(), Delivery::Unknown, "{what}");
        let hint = error.hint().unwrap_or_default();
        assert!(hint.contains("may have"), "{what}: {hint}");
        assert!(
            error.to_string().contains("StartReplication started a job"),
            "{what}: {error}"
        );
    }
}

#[tokio::test]
async fn a_job_named_twice_is_an_unknown_outcome() {
    let job = job_parameter(&format!("{V2}/Msvm_ConcreteJob"), ID);
    let output = format!("{job}{job}<p:ReturnValue>4096</p:ReturnValue>");
    expect_unknown(&start(&output).await.unwrap_err(), "twice");
}

/// Returns the state that is told of a job whose polls are answered so.
async fn status(answers: impl IntoIterator<Item = String>) -> Result<JobState, Error> {
    let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", ID);
    let client = client(answers);
    let mut progress = Job::new(&client, job).expect("it has no host").progress();
    let first = progress.next().await.expect("a status or an error");
    first.map(|status| {
        assert_eq!(status.reference.id(), ID);
        status.state
    })
}

#[track_caller]
fn expect_untold(told: Result<JobState, Error>, what: &str) {
    let error = match told {
        Err(error) => error,
        Ok(state) => panic!("{what}: {state:?}"),
    };
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{what}: {error:?}");
    assert!(error.cause::<StatusError>().is_some(), "{what}: {error:?}");
}

#[tokio::test]
async fn a_job_state_that_is_missing_or_out_of_range_leaves_the_outcome_unknown() {
    for state in [
        "",
        "<p:JobState xsi:nil='true'/>",
        "<p:JobState></p:JobState>",
        "<p:JobState>65536</p:JobState>",
        "<p:JobState>-1</p:JobState>",
        "<p:JobState>Completed</p:JobState>",
        "<p:JobState>4</p:JobState><p:JobState>7</p:JobState>",
    ] {
        let row = instance("Msvm_ConcreteJob", &(property("InstanceID", ID) + state));
        expect_untold(status([page(&row)]).await, state);
        expect_untold(status([page(""), got(&row)]).await, state);
    }
}

#[tokio::test]
async fn a_row_of_another_job_does_not_count() {
    // The Get that a job without a row is confirmed with tells.
    let told = status([page(&job_row(OTHER, "10")), got(&job_row(ID, "7"))]).await;
    assert_eq!(told.unwrap(), JobState::Completed);
    let told = status([page(&job_row(OTHER, "7")), got(&job_row(OTHER, "7"))]).await;
    expect_untold(told, "another job, twice");
    let told = status([page(&(job_row(OTHER, "10") + &job_row(ID, "7")))]).await;
    assert_eq!(told.unwrap(), JobState::Completed);
}

#[tokio::test]
async fn a_row_of_another_class_without_the_key_of_the_job_does_not_count() {
    let other_class = instance("Win32_Process", &property("JobState", "7"));
    let nameless = instance("Msvm_ConcreteJob", &property("JobState", "7"));
    for row in [&other_class, &nameless] {
        let told = status([page(row), got(&job_row(ID, "4"))]).await;
        assert_eq!(told.unwrap(), JobState::Running, "{row}");
        expect_untold(status([page(row), got(row)]).await, row);
    }
    // A job of a class of its own answers a query for the class above it.
    let properties = property("InstanceID", &ID.to_lowercase()) + &property("JobState", "7");
    let derived = instance("Msvm_StorageJob", &properties);
    let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", ID);
    let client = client([page(&derived)]);
    let told = Job::new(&client, job).unwrap().status().await.unwrap();
    assert_eq!(told.state, JobState::Completed);
}

/// By their declarations, `Msvm_ConcreteJob` derives from `CIM_ConcreteJob`, and `Msvm_ComputerSystem` from neither.
#[tokio::test]
#[cfg(feature = "simulator")]
async fn a_row_of_a_class_that_is_declared_as_no_job_does_not_count() {
    let properties = property("InstanceID", ID) + &property("JobState", "7");
    let other_class = instance("Msvm_ComputerSystem", &properties);
    let told = status([page(&other_class), got(&job_row(ID, "4"))]).await;
    assert_eq!(told.unwrap(), JobState::Running);
    expect_untold(
        status([page(&other_class), got(&other_class)]).await,
        &other_class,
    );
    for class in ["Msvm_ConcreteJob", "CIM_ConcreteJob"] {
        let job = JobReference::new("root/virtualization/v2", class, ID);
        let client = client([page(&job_row(ID, "7"))]);
        let told = Job::new(&client, job).unwrap().status().await.unwrap();
        assert_eq!(told.state, JobState::Completed, "{class}");
    }
}

/// The declarations decide before the keys.
#[tokio::test]
#[cfg(feature = "simulator")]
async fn an_instance_of_a_declared_class_has_to_derive_from_the_requested_one() {
    let system = instance("Msvm_ComputerSystem", &property("Name", "web01"));
    for (class, is_it) in [
        ("Msvm_ComputerSystem", true),
        ("CIM_ComputerSystem", true),
        ("CIM_ManagedElement", true),
        ("Msvm_ReplicationService", false),
        ("CIM_Service", false),
        // Not declared, so its keys count.
        ("V_Other", true),
    ] {
        let asked = Reference::new("root/virtualization/v2", class).with_key("Name", "web01");
        let found = client([got(&system)]).get(&asked).await;
        assert_eq!(found.is_ok(), is_it, "{class}: {found:?}");
    }
}

#[tokio::test]
async fn a_row_of_another_namespace_does_not_count() {
    let properties = property("InstanceID", ID) + &property("JobState", "7");
    // Neither class is declared in the namespace of the other.
    for class in ["Win32_Process", "Msvm_ConcreteJob"] {
        let row = instance(class, &properties).replace(V2, CIMV2);
        let told = status([page(&row), got(&job_row(ID, "4"))]).await;
        assert_eq!(told.unwrap(), JobState::Running, "{row}");
        expect_untold(status([page(&row), got(&row)]).await, &row);
    }
    // WinRM takes a namespace without `root` too.
    let short = instance("Msvm_ConcreteJob", &properties).replace("wmi/root/", "wmi/");
    assert_eq!(status([page(&short)]).await.unwrap(), JobState::Completed);
}

#[tokio::test]
async fn an_answer_about_a_job_that_cannot_be_read_leaves_the_outcome_unknown() {
    let broken = got(&job_row(ID, "7")).replace("</p:JobState>", "");
    expect_untold(status([page(""), broken]).await, "a Get cut off");
}

#[tokio::test]
async fn a_start_time_with_wildcards_is_refused_before_anything_is_sent() {
    for time in [
        "203001********.******+000",
        "2030011521****.******+000",
        "20300115210000.******+000",
        "20300115210000.000000+***",
        "****0115210000.000000+000",
    ] {
        let answers = start_answers("<p:ReturnValue>0</p:ReturnValue>");
        let (client, script) = scripted(answers.map(Some));
        let replica = ReplicationService::connect(&client).await.unwrap();
        let vm = replica.vm("0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001").await;
        let start = InitialReplication::network().at(time.parse().unwrap());
        let error = replica.start_replication(&vm.unwrap(), start).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{time}: {error:?}");
        assert_eq!(error.delivery(), Delivery::NotSent, "{time}");
        // The service and the virtual machine were asked for, and nothing else.
        assert_eq!(script.asked.lock().unwrap().len(), 2, "{time}");
    }
}

#[tokio::test(start_paused = true)]
async fn polls_that_fail_are_counted_anew_after_one_that_does_not() {
    let running = || Some(page(&job_row(ID, "4")));
    let followed = async |answers: Vec<Option<String>>| {
        let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", ID);
        let (client, _) = scripted(answers);
        Job::new(&client, job).unwrap().wait().await
    };
    // Five in a row are waited out, as often as one is answered in between.
    let lost = [const { None }; 5];
    let ends = Some(page(&job_row(ID, "7")));
    let answers = [
        &[running()],
        &lost[..],
        &[running()],
        &lost,
        &[running()],
        &lost,
        &[ends],
    ]
    .concat();
    assert_eq!(followed(answers).await.unwrap().state, JobState::Completed);
    let answers = [&[running()], &lost[..], &[None]].concat();
    let error = followed(answers).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connection, "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_state_in_which_nothing_moves_is_given_up_after_60_seconds() {
    let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", ID);
    let (client, _) = scripted((0..100).map(|_| Some(page(&job_row(ID, "13")))));
    let began = tokio::time::Instant::now();
    let error = Job::new(&client, job).unwrap().wait().await.unwrap_err();
    let waited = began.elapsed();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    assert!(matches!(
        error.cause(),
        Some(StatusError::Stalled(JobState::Unknown(13)))
    ));
    // Polls are five seconds apart by then.
    let (least, most) = (Duration::from_secs(60), Duration::from_secs(66));
    assert!(waited > least && waited < most, "{waited:?}");
}

#[tokio::test]
async fn no_message_shows_more_than_the_beginning_of_what_a_host_wrote() {
    let id = "x".repeat(3000);
    let job = JobReference::new("root/virtualization/v2", "Msvm_ConcreteJob", id.as_str());
    let long = property("ElementName", &id) + &property("ErrorDescription", &id);
    let failed = property("InstanceID", &id) + &property("JobState", "10") + &long;
    for answers in [
        vec![page(&instance("Msvm_ConcreteJob", &failed))],
        vec![page(&job_row(&id, "none"))],
        vec![page(""), got(&job_row(OTHER, "7"))],
    ] {
        let client = client(answers);
        let error = Job::new(&client, job.clone())
            .unwrap()
            .wait()
            .await
            .unwrap_err();
        let text = chain(&error);
        assert!(text.len() < 1000, "{} bytes: {text:.100}", text.len());
        assert!(error.hint().is_none_or(|hint| hint.len() < 1000));
    }
    let client = client([returned(
        "Msvm_ConcreteJob",
        "RequestStateChange",
        "<p:ReturnValue>1</p:ReturnValue>",
    )]);
    let error = Job::new(&client, job).unwrap().cancel().await.unwrap_err();
    assert!(error.to_string().len() < 1000, "{error}");
}
