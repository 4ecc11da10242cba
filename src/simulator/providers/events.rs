//! Events of instances, found as WMI finds them: the instances are polled and compared.
//!
//! An instance that comes and goes between two polls is not seen. A poll that was due in the past sees the host as it
//! was then, provided that the host changes only after [`Watch::poll`] was called.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use crate::cim::{CimType, ClassPath, ElementSchema, Instance, Qualifier, Value};

use super::class::Class;
use super::clock::Moment;
use super::host::{Host, Snapshot};
use super::provider::EventSource;

/// A kind of event (WMI SDK, "__InstanceOperationEvent class").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventKind {
    Creation,
    Deletion,
    Modification,
}

impl EventKind {
    /// Returns the kinds of events that an event class has, by its name in any case. An unknown class has no kinds.
    pub(crate) fn of_class(class: &str) -> Vec<Self> {
        let is_base = class.eq_ignore_ascii_case("__InstanceOperationEvent");
        let mut kinds = vec![Self::Creation, Self::Deletion, Self::Modification];
        kinds.retain(|kind| is_base || class.eq_ignore_ascii_case(kind.class()));
        kinds
    }

    fn class(self) -> &'static str {
        match self {
            Self::Creation => "__InstanceCreationEvent",
            Self::Deletion => "__InstanceDeletionEvent",
            Self::Modification => "__InstanceModificationEvent",
        }
    }

    /// Returns the properties of its class.
    pub(crate) fn properties(self) -> &'static [ElementSchema] {
        match self {
            Self::Modification => &*PROPERTIES,
            Self::Creation | Self::Deletion => PROPERTIES.get(1..).unwrap_or_default(),
        }
    }
}

/// Classes whose instances are polled.
pub(crate) struct Watch {
    namespace: String,
    classes: Vec<&'static Class>,
    polling: Polling,
    /// The properties whose changes alone are not events.
    unreported: Vec<&'static str>,
    /// The instances at the last poll, each by its reference.
    instances: BTreeMap<String, Instance>,
    last_poll: Moment,
}

/// The times of polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Polling {
    /// Each time that the host may have changed, for a provider that reports events.
    OnChange,
    /// The polling interval.
    Every(Duration),
}

impl Watch {
    /// Polls for the first time, which gives no events.
    pub(crate) fn begin(
        host: &Host,
        namespace: &str,
        classes: Vec<&'static Class>,
        polling: Polling,
        now: Moment,
    ) -> Self {
        Self {
            namespace: namespace.to_owned(),
            polling,
            unreported: unreported(host, &classes),
            instances: instances(host.at(now), &classes),
            classes,
            last_poll: now,
        }
    }

    /// Makes the polls that are due. Returns the events since the last poll, the oldest first.
    pub(crate) fn poll(&mut self, host: &Host, now: Moment) -> Vec<(EventKind, Instance)> {
        let Polling::Every(interval) = self.polling else {
            return self.compare(host, now);
        };
        let mut events = Vec::new();
        for at in due(self.last_poll, interval, now) {
            events.extend(self.compare(host, at));
        }
        events
    }

    fn compare(&mut self, host: &Host, at: Moment) -> Vec<(EventKind, Instance)> {
        let before = std::mem::replace(&mut self.instances, instances(host.at(at), &self.classes));
        self.last_poll = at;
        let mut events = Vec::new();
        for (reference, instance) in &self.instances {
            match before.get(reference) {
                None => events.push(self.event(EventKind::Creation, None, instance)),
                Some(previous) if self.is_other(previous, instance) => {
                    events.push(self.event(EventKind::Modification, Some(previous), instance));
                }
                Some(_) => {}
            }
        }
        let is_gone = |(reference, _): &(&String, _)| !self.instances.contains_key(*reference);
        let gone = before.iter().filter(is_gone);
        events.extend(gone.map(|(_, last)| self.event(EventKind::Deletion, None, last)));
        events
    }

    fn is_other(&self, previous: &Instance, instance: &Instance) -> bool {
        let mut properties = instance.properties().iter();
        properties.any(|(name, value)| {
            previous.value(name) != Some(value) && !self.unreported.contains(&name)
        })
    }

    fn event(
        &self,
        kind: EventKind,
        previous: Option<&Instance>,
        target: &Instance,
    ) -> (EventKind, Instance) {
        let object = |instance: &Instance| Value::Instance(Box::new(instance.clone()));
        let mut event = Instance::new(ClassPath::new(self.namespace.as_str(), kind.class()));
        if let Some(previous) = previous {
            event.set("PreviousInstance", object(previous));
        }
        event.set("SECURITY_DESCRIPTOR", Value::Null);
        event.set("TargetInstance", object(target));
        event.set("TIME_CREATED", self.last_poll.to_file_time());
        (kind, event)
    }
}

fn unreported(host: &Host, classes: &[&'static Class]) -> Vec<&'static str> {
    let of_class = |class: &&'static Class| match host.events(class) {
        EventSource::Polling => &[][..],
        EventSource::Provider { except } => except,
    };
    classes.iter().flat_map(of_class).copied().collect()
}

/// Returns the instances of classes, each by its reference.
fn instances(host: Snapshot<'_>, classes: &[&'static Class]) -> BTreeMap<String, Instance> {
    let of_class = |class: &&'static Class| {
        let class = *class;
        host.instances(class).map(move |instance| {
            let reference = class.reference(&instance).to_string();
            (reference.to_lowercase(), instance)
        })
    };
    classes.iter().flat_map(of_class).collect()
}

/// Returns the times of the polls that are due, at most the last [`MAX_POLLS`].
fn due(last_poll: Moment, interval: Duration, now: Moment) -> impl Iterator<Item = Moment> {
    let count = now.since(last_poll).as_micros() / interval.as_micros().max(1);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let first = count.saturating_sub(MAX_POLLS) + 1;
    (first..=count).map(move |number| last_poll.plus(interval.saturating_mul(number)))
}

/// The number of polls that are made up for after the clock was advanced far.
const MAX_POLLS: u32 = 1_000;

/// The properties of `__InstanceModificationEvent`, in the order in which they are sent. System classes are part of
/// every namespace, so they have no declaration of their own.
static PROPERTIES: LazyLock<[ElementSchema; 4]> = LazyLock::new(|| {
    let property = |name: &str, cim_type, is_array, qualifiers| ElementSchema {
        name: name.to_owned(),
        cim_type,
        is_array,
        qualifiers,
    };
    let object = |name| {
        let embedded = Qualifier {
            name: "EmbeddedObject".to_owned(),
            value: Value::Boolean(true),
        };
        property(name, CimType::String, false, vec![embedded])
    };
    [
        object("PreviousInstance"),
        property("SECURITY_DESCRIPTOR", CimType::Uint8, true, Vec::new()),
        object("TargetInstance"),
        property("TIME_CREATED", CimType::Uint64, false, Vec::new()),
    ]
});
