//! An event of a host.

use cimwire::cim::{Instance, Value};
use serde::Serialize;

use super::json::Json;
use super::origin::Origin;
use super::report::Failure;
use super::rows::text;
use super::{Output, Render, excerpt};
use crate::time;

/// An event of a host.
#[derive(Debug)]
pub(crate) struct Indication(pub(crate) Instance);

#[derive(Serialize)]
struct Row<'a> {
    event: &'static str,
    #[serde(flatten)]
    origin: Origin<'static>,
    indication: Json<'a, Instance>,
}

impl Render for Indication {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let Self(indication) = self;
        output.json(&Row {
            event: "indication",
            origin: Origin::now(),
            indication: Json(indication),
        })?;
        let class = indication.class_name();
        let what = excerpt(&described(indication));
        output.line(&format!("{} {class}: {what}", time::now_text()))
    }
}

/// Returns what an event is about: the instance, and what has changed in it; or else the properties of the event.
fn described(event: &Instance) -> String {
    match (
        embedded(event, "TargetInstance"),
        embedded(event, "PreviousInstance"),
    ) {
        (Some(now), Some(before)) => format!("{}: {}", name(now), changes(before, now)),
        (Some(now), None) => name(now),
        (None, _) => {
            let values = event.properties().iter();
            let values = values.filter(|(_, value)| !value.is_null());
            let values = values.map(|(name, value)| format!("{name}={}", text(value)));
            values.collect::<Vec<_>>().join(", ")
        }
    }
}

fn embedded<'i>(event: &'i Instance, name: &str) -> Option<&'i Instance> {
    match event.value(name) {
        Some(Value::Instance(instance)) => Some(instance),
        _ => None,
    }
}

fn changes(before: &Instance, now: &Instance) -> String {
    let changed = now.properties().iter().filter_map(|(name, value)| {
        let old = before.value(name).unwrap_or(&Value::Null);
        (old != value).then(|| format!("{name} {} -> {}", text(old), text(value)))
    });
    changed.collect::<Vec<_>>().join(", ")
}

/// Returns the class of an instance, and the property that names it.
fn name(instance: &Instance) -> String {
    let class = instance.class_name();
    let mut names = NAMES.iter().filter_map(|name| instance.value(name));
    match names.find(|value| !value.is_null()) {
        Some(value) => format!("{class} {:?}", text(value)),
        None => class.to_owned(),
    }
}

/// The properties that name an instance, the clearest first.
const NAMES: [&str; 4] = ["ElementName", "Name", "DeviceID", "InstanceID"];

#[cfg(test)]
mod tests {
    use super::*;
    use cimwire::cim::ClassPath;

    fn instance(class: &str) -> Instance {
        Instance::new(ClassPath::new("root/x", class))
    }

    #[test]
    fn events_are_told_in_a_line() {
        let before = instance("C")
            .with("Name", "a")
            .with("State", 2u16)
            .with("Load", 5u16);
        let now = instance("C")
            .with("Name", "a")
            .with("State", 3u16)
            .with("Load", 5u16);
        let event = instance("__InstanceModificationEvent").with("TIME_CREATED", "1");
        let created = event.clone().with("TargetInstance", now.clone());
        assert_eq!(described(&created), r#"C "a""#);
        let changed = event
            .with("PreviousInstance", before)
            .with("TargetInstance", now);
        assert_eq!(described(&changed), r#"C "a": State 2 -> 3"#);
        let nameless = instance("E").with("TargetInstance", instance("C"));
        assert_eq!(described(&nameless), "C");
        let other = instance("RegistryTreeChangeEvent")
            .with("Hive", "HKLM")
            .with("SECURITY_DESCRIPTOR", Value::Null)
            .with("RootPath", "x");
        assert_eq!(described(&other), "Hive=HKLM, RootPath=x");
    }
}
