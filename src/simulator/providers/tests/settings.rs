//! ModifySystemSettings, and what is seen of it.

use super::*;
use crate::cim::{ClassPath, Interval};

fn settings_of(scene: &Scene, name: &str) -> Instance {
    let id = scene.vm(name).get::<String>("Name").unwrap();
    let mut all = scene.all("Msvm_VirtualSystemSettingData").into_iter();
    all.find(|one| one.get("VirtualSystemIdentifier") == Ok(id.clone()))
        .unwrap()
}

fn modify(scene: &mut Scene, settings: &str) -> u32 {
    let service = scene.all("Msvm_VirtualSystemManagementService").remove(0);
    let input = Properties::new().with("SystemSettings", settings);
    let output = scene.call(&service, "ModifySystemSettings", &input);
    output.unwrap().return_value
}

fn changed(scene: &Scene) -> Instance {
    let id: String = settings_of(scene, "web01").get("InstanceID").unwrap();
    Instance::new(ClassPath::new("", "Msvm_VirtualSystemSettingData")).with("InstanceID", id)
}

#[test]
fn settings_are_changed_by_an_embedded_instance() {
    let mut scene = Scene::new();
    let delay: Interval = "00000000000045.000000:000".parse().unwrap();
    let wanted = changed(&scene)
        .with("Notes", vec!["one", "two <&>"])
        .with("AutomaticStartupActionDelay", delay)
        .with("ElementName", "renamed");
    let text = cim_xml::write(&wanted).unwrap();
    assert_eq!(modify(&mut scene, &text), 0);
    let now = settings_of(&scene, "renamed");
    let notes: Vec<String> = now.get("Notes").unwrap();
    assert_eq!(notes, ["one", "two <&>"]);
    assert_eq!(now.get("AutomaticStartupActionDelay"), Ok(delay));
    // Nothing else has changed, and no other machine's settings.
    assert_eq!(now.get::<bool>("VirtualNumaEnabled"), Ok(true));
    let other: Vec<String> = settings_of(&scene, "db01").get("Notes").unwrap();
    assert!(other.is_empty());
}

#[test]
fn settings_that_are_refused() {
    let mut scene = Scene::new();
    let good = changed(&scene);
    for wanted in [
        good.clone().with("Nothing", "x"),
        good.clone().with("Version", "11.0"),
        good.clone().with("Notes", "not an array"),
        good.clone().with("AutomaticStartupAction", "2"),
        good.with("InstanceID", "Microsoft:nobody"),
    ] {
        let text = cim_xml::write(&wanted).unwrap();
        // 32773 is an invalid parameter.
        assert_eq!(modify(&mut scene, &text), 32_773, "{text}");
    }
    assert_eq!(modify(&mut scene, "no XML"), 32_773);
    let other = "<INSTANCE CLASSNAME=\"Msvm_ComputerSystem\"></INSTANCE>";
    assert_eq!(modify(&mut scene, other), 32_773);
    // What is as it was may be there.
    let same = changed(&scene)
        .with("Version", "10.0")
        .with("ElementName", "web01");
    let same = cim_xml::write(&same).unwrap();
    assert_eq!(modify(&mut scene, &same), 0);
}
