//! The content of traces of operations, and their omissions.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::script::Host;
use super::{envelope, fault, row};
use crate::cim::{Properties, Reference};

/// A subscriber that records the fields of spans and events.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Log>>);

#[derive(Default)]
struct Log {
    spans: Vec<(u64, Fields)>,
    events: Vec<Fields>,
    envelopes: Vec<Fields>,
}

#[derive(Clone, Debug, Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Memory {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        self.0.lock().unwrap().spans.push((id.into_u64(), fields));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut log = self.0.lock().unwrap();
        let span = log
            .spans
            .iter_mut()
            .rev()
            .find(|(known, _)| *known == id.into_u64());
        values.record(&mut span.unwrap().1);
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let mut log = self.0.lock().unwrap();
        if event.metadata().target() == "cimwire::envelope" {
            log.envelopes.push(fields);
        } else {
            log.events.push(fields);
        }
    }
}

impl Memory {
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn spans(&self) -> Vec<Fields> {
        let log = self.0.lock().unwrap();
        log.spans.iter().map(|(_, fields)| fields.clone()).collect()
    }

    fn everything(&self) -> String {
        let log = self.0.lock().unwrap();
        let mut text = String::new();
        for fields in log
            .spans
            .iter()
            .map(|(_, fields)| fields)
            .chain(&log.events)
        {
            writeln!(text, "{fields:?}").unwrap();
        }
        text
    }
}

#[tokio::test]
async fn an_operation_is_a_span_that_tells_what_became_of_it() {
    let memory = Memory::default();
    let _guard = memory.listen();
    let answer = row(4);
    let host = Host::answering([answer.clone()]);
    let rows = host.client().namespace("root/x").enumerate("J");
    rows.collect().await.unwrap();
    let [span] = &memory.spans()[..] else {
        panic!("one span")
    };
    assert_eq!(span.get("action"), "Enumerate");
    assert_eq!(span.get("class"), "root/x:J");
    assert_eq!(span.get("status"), "200");
    assert_eq!(span.get("items"), "1");
    assert_eq!(span.get("attempts"), "1");
    assert_eq!(span.get("received"), answer.len().to_string());
    assert_eq!(span.get("sent"), host.sent().to_string());
    assert!(span.get("duration_ms").parse::<u64>().is_ok());
    assert_eq!(span.get("fault"), "");
}

#[tokio::test(start_paused = true)]
async fn a_retry_is_an_event_and_a_fault_a_number() {
    let memory = Memory::default();
    let _guard = memory.listen();
    let (busy, denied) = (
        fault("InternalError", 2_150_859_174),
        fault("AccessDenied", 5),
    );
    let host = Host::answering([busy.clone(), denied.clone()]);
    let target = Reference::new("root/x", "X");
    let error = host.client().invoke(&target, "Do", Properties::new()).await;
    error.unwrap_err();
    let [span] = &memory.spans()[..] else {
        panic!("one span")
    };
    assert_eq!(
        (span.get("action"), span.get("fault")),
        ("Do", "0x00000005")
    );
    assert_eq!(span.get("attempts"), "2");
    let received = busy.len() + denied.len();
    assert_eq!(span.get("received"), received.to_string());
    assert_eq!(span.get("items"), "");
    let events = memory.0.lock().unwrap().events.clone();
    assert_eq!(events[0].get("message"), "trying again");
    assert_eq!(events[0].get("attempt"), "2");
    assert_eq!(events[0].get("reason"), "the host is busy");
    assert!(events[0].get("delay").ends_with("ms"), "{events:?}");
}

#[tokio::test]
async fn neither_what_is_sent_nor_what_comes_is_told_outside_of_envelopes() {
    let memory = Memory::default();
    let _guard = memory.listen();
    let said = |text: &str| fault("AccessDenied", 5).replace(">no<", &format!(">{text}<"));
    let output = "<Do_OUTPUT><Out>S3cret-out</Out><ReturnValue>0</ReturnValue></Do_OUTPUT>";
    let host = Host::answering([envelope(output), said("S3cret-said")]);
    let target = Reference::new("root/x", "X").with_key("Name", "S3cret-key");
    let input = Properties::new().with("In", "S3cret-in");
    let client = host.client();
    client.invoke(&target, "Do", input.clone()).await.unwrap();
    client.invoke(&target, "Do", input).await.unwrap_err();
    let told = memory.everything();
    assert!(told.contains("root/x:X"), "{told}");
    assert!(!told.contains("S3cret"), "{told}");
    let log = memory.0.lock().unwrap();
    let told = |fields: &Fields| {
        let envelope = fields.get("envelope");
        let text = ["S3cret-key", "S3cret-in", "S3cret-out", "S3cret-said"];
        let found = text.into_iter().filter(|text| envelope.contains(text));
        (fields.get("message").to_owned(), found.collect::<Vec<_>>())
    };
    let sent = ("sent".to_owned(), vec!["S3cret-key", "S3cret-in"]);
    let received = |text| ("received".to_owned(), vec![text]);
    assert_eq!(
        log.envelopes.iter().map(told).collect::<Vec<_>>(),
        [
            sent.clone(),
            received("S3cret-out"),
            sent,
            received("S3cret-said")
        ]
    );
}

#[tokio::test]
async fn an_envelope_is_told_without_its_secrets() {
    let memory = Memory::default();
    let _guard = memory.listen();
    let output = "<Do_OUTPUT><Token>S3cret-out</Token><ReturnValue>0</ReturnValue></Do_OUTPUT>";
    let host = Host::answering([envelope(output)]);
    let target = Reference::new("root/x", "X").with_key("AccessKey", "S3cret-key");
    let input = Properties::new().with("Password", "S3cret-in");
    host.client().invoke(&target, "Do", input).await.unwrap();
    let log = memory.0.lock().unwrap();
    let [sent, received] = &log.envelopes[..] else {
        panic!("two envelopes")
    };
    for (fields, hidden) in [(sent, 2), (received, 1)] {
        let envelope = fields.get("envelope");
        assert_eq!(envelope.matches(">***<").count(), hidden, "{envelope}");
        assert!(!envelope.contains("S3cret"), "{envelope}");
    }
}
