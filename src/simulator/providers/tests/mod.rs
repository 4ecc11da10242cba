//! The host under a clock that is driven by hand.

use std::time::Duration;

mod jobs;
mod settings;
mod start;

use super::class::{class, classes};
use super::hyperv::Hyperv;
use super::synthetic::Synthetic;
use super::windows::Windows;
use super::*;
use crate::cim::{DateTime, Instance, Properties, Reference, Value};
use crate::wsman::cim_xml;

/// A host whose jobs take 100 seconds, and a time.
struct Scene {
    host: Host,
    now: Moment,
}

impl Scene {
    fn new() -> Self {
        let now = Clock::new(0.0).now();
        let config = HostConfig {
            pace: Duration::from_secs(100),
            synthetic: 3,
            ..HostConfig::default()
        };
        Self {
            host: Host::new(&config, now),
            now,
        }
    }

    fn wait(&mut self, seconds: u64) {
        self.now = self.now.plus(Duration::from_secs(seconds));
    }

    fn all(&self, class_name: &str) -> Vec<Instance> {
        let class = class(V2, class_name).unwrap();
        self.host.at(self.now).instances(class).collect()
    }

    fn vm(&self, name: &str) -> Instance {
        let mut vms = self.all("Msvm_ComputerSystem").into_iter();
        vms.find(|vm| vm.get::<String>("ElementName").as_deref() == Ok(name))
            .unwrap()
    }

    fn state(&self, name: &str) -> u16 {
        self.vm(name).get("ReplicationState").unwrap()
    }

    fn job(&self, reference: &Reference) -> Option<Instance> {
        let id = reference
            .key("InstanceID")
            .unwrap()
            .as_text()
            .unwrap()
            .into_owned();
        let mut jobs = self.all("Msvm_ConcreteJob").into_iter();
        jobs.find(|job| job.get::<String>("InstanceID").as_ref() == Ok(&id))
    }

    fn job_state(&self, reference: &Reference) -> u16 {
        self.job(reference).unwrap().get("JobState").unwrap()
    }

    fn call(
        &mut self,
        target: &Instance,
        method: &str,
        input: &Properties,
    ) -> Result<Output, CallError> {
        self.call_with(target, method, input, &OtherHosts::default())
    }

    fn call_with(
        &mut self,
        target: &Instance,
        method: &str,
        input: &Properties,
        peers: &dyn Peers,
    ) -> Result<Output, CallError> {
        let class = class(V2, target.class_name()).unwrap();
        let call = Call {
            target,
            input,
            caller: r"SIM\operator",
            peers,
            now: self.now,
        };
        let method = class.method(method).unwrap();
        self.host.call(class, &method.name, &call).unwrap()
    }

    /// Another host, with a replica of a machine of this one, and a machine that tests it.
    fn replica(&mut self) -> Host {
        let config = HostConfig {
            name: "SIM2".to_owned(),
            machines: Some(Vec::new()),
            accepts_replicas: true,
            ..HostConfig::default()
        };
        let mut replica = Host::new(&config, self.now);
        let vm = self.vm("cold01");
        let reference = class(V2, "Msvm_ComputerSystem").unwrap().reference(&vm);
        let name = format!(r"Microsoft:{}\HVR\0", vm.get::<String>("Name").unwrap());
        let mut settings = self.all("Msvm_ReplicationSettingData").into_iter();
        let settings = settings.find(|one| one.get("InstanceID").as_ref() == Ok(&name));
        let settings = settings
            .unwrap()
            .with("RecoveryConnectionPoint", "SIM2")
            .with("RecoveryServerPortNumber", 80u16);
        let with_vm = Properties::new().with("ComputerSystem", reference);
        let create = with_vm
            .clone()
            .with("ReplicationSettingData", cim_xml::write(&settings).unwrap());
        let start = with_vm.clone().with("InitialReplicationType", 1u16);
        let service = self.all("Msvm_ReplicationService").remove(0);
        for (method, input) in [
            ("CreateReplicationRelationship", create),
            ("StartReplication", start),
        ] {
            let peers = OtherHosts::new(replica.states());
            let output = self.call_with(&service, method, &input, &peers).unwrap();
            assert_eq!(output.return_value, 4096, "{method}");
            self.wait(1_000);
        }
        let call = Call {
            target: &service,
            input: &with_vm,
            caller: r"SIM\operator",
            peers: &OtherHosts::new(self.host.states()),
            now: self.now,
        };
        let service = class(V2, "Msvm_ReplicationService").unwrap();
        let tested = replica.call(service, "TestReplicaSystem", &call).unwrap();
        assert_eq!(tested.unwrap().return_value, 4096);
        self.wait(100);
        replica
    }

    fn start_with(&mut self, input: &Properties) -> Result<Output, CallError> {
        let service = self.all("Msvm_ReplicationService").remove(0);
        self.call(&service, "StartReplication", input)
    }

    /// Starts over the network: the return code, and the job.
    fn start(&mut self, name: &str) -> (u32, Option<Reference>) {
        let input = self.input(name, 1);
        taken_apart(self.start_with(&input).unwrap())
    }

    fn input(&self, name: &str, kind: u16) -> Properties {
        let vm = class(V2, "Msvm_ComputerSystem")
            .unwrap()
            .reference(&self.vm(name));
        Properties::new()
            .with("ComputerSystem", vm)
            .with("InitialReplicationType", kind)
    }
}

/// The classes of all providers, with the methods that they implement.
fn implemented() -> Vec<(ClassName, Vec<&'static str>)> {
    fn of<S: Tables>() -> impl Iterator<Item = (ClassName, Vec<&'static str>)> {
        let name = |(name, _): &(&'static str, _)| *name;
        let tables = S::TABLES.iter();
        tables.map(move |table| (table.class, table.methods.iter().map(name).collect()))
    }
    let windows = of::<Windows>().chain(of::<Synthetic>());
    of::<Hyperv>().chain(windows).collect()
}

fn taken_apart(output: Output) -> (u32, Option<Reference>) {
    match output.parameters.as_slice() {
        [("Job", Value::Reference(job))] => (output.return_value, Some((**job).clone())),
        [("Job", Value::Null)] => (output.return_value, None),
        other => panic!("{other:?}"),
    }
}

#[test]
fn rows_have_the_declared_properties_in_alphabetical_order() {
    let mut scene = Scene::new();
    scene.start("web01");
    // It replicates, and its job is still known.
    scene.wait(200);
    let replica = scene.replica();
    let provided = implemented();
    for class in classes() {
        let name = class.name();
        let declared = class.whole().properties.iter();
        let declared: Vec<_> = declared.map(|property| property.name.as_str()).collect();
        let folded: Vec<_> = declared.iter().map(|name| name.to_lowercase()).collect();
        assert!(folded.is_sorted_by(|a, b| a < b), "{name}: {declared:?}");
        let of_host = |host: &Host| host.at(scene.now).instances(class).collect::<Vec<_>>();
        let instances = [of_host(&scene.host), of_host(&replica)].concat();
        let is_provided = provided.iter().any(|(provided, _)| provided.is(class));
        assert_eq!(instances.is_empty(), !is_provided, "{name}");
        for instance in instances {
            let found: Vec<_> = instance.properties().iter().map(|(name, _)| name).collect();
            assert_eq!(found, declared);
            for property in &class.whole().properties {
                let value = instance.value(&property.name).unwrap();
                let is_array = matches!(value, Value::Array(_));
                assert_eq!(is_array, property.is_array, "{name} {}", property.name);
            }
        }
    }
}

#[test]
fn every_table_has_a_declared_class_with_keys_and_declared_methods() {
    for (named, methods) in implemented() {
        let class = named.class();
        let class = class.unwrap_or_else(|| panic!("{named:?} is not declared"));
        assert!(!class.keys().is_empty(), "{named:?} declares no key");
        for method in methods {
            assert!(class.method(method).is_some(), "{named:?} {method}");
        }
    }
}

#[test]
fn methods_give_the_declared_outputs() {
    let mut scene = Scene::new();
    scene.start("web01");
    for class in classes() {
        for method in &class.whole().methods {
            let first = scene.host.at(scene.now).instances(class).next();
            let call = Call {
                target: &first.unwrap_or_else(|| class.blank()),
                input: &Properties::new(),
                caller: r"SIM\operator",
                peers: &OtherHosts::default(),
                now: scene.now,
            };
            let Some(answered) = scene.host.call(class, &method.name, &call) else {
                println!("not implemented: {}.{}", class.name(), method.name);
                continue;
            };
            // A missing reference is one way to refuse.
            let Ok(output) = answered else {
                continue;
            };
            let given: Vec<_> = output.parameters.iter().map(|(name, _)| *name).collect();
            let declared = method.parameters.iter().filter(|output| output.is_output());
            let declared: Vec<_> = declared.map(|output| output.name.as_str()).collect();
            assert_eq!(given, declared, "{}.{}", class.name(), method.name);
        }
    }
}

#[test]
fn the_host_is_a_computer_system_too() {
    let scene = Scene::new();
    let host = scene.vm("SIM");
    assert_eq!(host.get::<String>("Name").as_deref(), Ok("SIM"));
    assert_eq!(host.value("InstallDate"), Some(&Value::Null));
    assert_eq!(host.value("ReplicationState"), Some(&Value::Null));
    let vms = scene.all("Msvm_ComputerSystem");
    let names: Vec<String> = vms
        .iter()
        .map(|vm| vm.get("ElementName").unwrap())
        .collect();
    let expected = [
        "SIM",
        "web01",
        "db01",
        "fail01",
        "cold01",
        "fast01",
        "gone01",
        "web & <db> \"01\"",
        "fünf",
        "twin",
        "twin",
    ];
    assert_eq!(names, expected);
    for vm in &vms[1..] {
        let id: String = vm.get("Name").unwrap();
        assert!(
            id.parse::<uuid::Uuid>().is_ok() && id == id.to_uppercase(),
            "{id}"
        );
    }
}

#[test]
fn relationships_show_the_same_state() {
    let mut scene = Scene::new();
    scene.start("web01");
    scene.wait(200);
    let id: String = scene.vm("web01").get("Name").unwrap();
    let of = format!(r"Microsoft:{id}\HVR\0");
    let all = scene.all("Msvm_ReplicationRelationship");
    let found = all
        .iter()
        .find(|one| one.get::<String>("InstanceID").as_ref() == Ok(&of));
    assert_eq!(found.unwrap().get::<u16>("ReplicationState"), Ok(3));
}
