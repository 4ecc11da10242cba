//! Events of instances, found as WMI finds them: the instances are polled and compared.
//!
//! An instance that comes and goes between two polls is not seen. A poll that was due in the past sees the host as it
//! was then, provided that the host changes only after [`Watch::look`] was called.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use crate::cim::{CimType, ClassPath, ElementSchema, Instance, Qualifier, Value};

use super::class::Class;
use super::clock::Moment;
use super::host::Host;

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
    rhythm: Rhythm,
    seen: Seen,
    /// The time of the last poll.
    looked: Moment,
}

/// The times of polls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rhythm {
    /// Each time that the host may have changed, for a provider that reports events.
    Always,
    /// The polling interval.
    Every(Duration),
}

/// Instances, each by its reference.
type Seen = BTreeMap<String, Instance>;

impl Watch {
    /// Polls for the first time, which gives no events.
    pub(crate) fn begin(
        host: &Host,
        namespace: &str,
        classes: Vec<&'static Class>,
        rhythm: Rhythm,
        now: Moment,
    ) -> Self {
        Self {
            namespace: namespace.to_owned(),
            rhythm,
            seen: see(host, &classes, now),
            classes,
            looked: now,
        }
    }

    /// Makes the polls that are due. Returns the events since the last poll, the oldest first.
    pub(crate) fn look(&mut self, host: &Host, now: Moment) -> Vec<(EventKind, Instance)> {
        let Rhythm::Every(interval) = self.rhythm else {
            return self.compare(host, now);
        };
        let mut events = Vec::new();
        for at in due(self.looked, interval, now) {
            events.extend(self.compare(host, at));
        }
        events
    }

    fn compare(&mut self, host: &Host, at: Moment) -> Vec<(EventKind, Instance)> {
        let before = std::mem::replace(&mut self.seen, see(host, &self.classes, at));
        self.looked = at;
        let mut events = Vec::new();
        for (reference, instance) in &self.seen {
            match before.get(reference) {
                None => events.push(self.event(EventKind::Creation, None, instance)),
                Some(previous) if self.is_other(previous, instance) => {
                    events.push(self.event(EventKind::Modification, Some(previous), instance));
                }
                Some(_) => {}
            }
        }
        let is_gone = |(reference, _): &(&String, _)| !self.seen.contains_key(*reference);
        let gone = before.iter().filter(is_gone);
        events.extend(gone.map(|(_, last)| self.event(EventKind::Deletion, None, last)));
        events
    }

    fn is_other(&self, previous: &Instance, instance: &Instance) -> bool {
        let silent = |name: &str| {
            let mut classes = self
                .classes
                .iter()
                .filter_map(|class| Host::facts(class).tells_all_but);
            classes.any(|silent| silent.contains(&name))
        };
        let mut properties = instance.properties().iter();
        properties.any(|(name, value)| previous.value(name) != Some(value) && !silent(name))
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
        event.set("TIME_CREATED", self.looked.to_file_time());
        (kind, event)
    }
}

/// Returns the instances of classes at a moment.
fn see(host: &Host, classes: &[&'static Class], at: Moment) -> Seen {
    let instances = |class: &&'static Class| {
        let class = *class;
        host.instances(class, at).map(move |instance| {
            let reference = class.reference(&instance).to_string();
            (reference.to_lowercase(), instance)
        })
    };
    classes.iter().flat_map(instances).collect()
}

/// Returns the times of the polls that are due, at most the last [`MAX_LOOKS`].
fn due(looked: Moment, interval: Duration, now: Moment) -> impl Iterator<Item = Moment> {
    let count = now.since(looked).as_micros() / interval.as_micros().max(1);
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let first = count.saturating_sub(MAX_LOOKS) + 1;
    (first..=count).map(move |number| looked.plus(interval.saturating_mul(number)))
}

/// The number of polls that are made up for after the clock was advanced far.
const MAX_LOOKS: u32 = 1_000;

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
