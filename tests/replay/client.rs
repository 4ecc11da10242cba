//! Operations on any class, as Windows answers them.

use std::time::Duration;

use cimwire::cim::{DateTime, Instance, Reference};
use cimwire::hyperv::VirtualMachine;
use cimwire::{ErrorKind, FaultKind, Wql};

use super::{Scene, chain};

fn virtual_machine(id: &str) -> Reference {
    Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", id)
}

#[tokio::test]
async fn identify() {
    let scene = Scene::open("client-identify");
    let identity = scene.client.identify().await.unwrap();
    assert_eq!(
        identity.protocol_version,
        "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
    );
    assert_eq!(identity.product_vendor, "Microsoft Corporation");
    assert_eq!(
        identity.product_version,
        "OS: 10.0.20348 SP: 0.0 Stack: 3.0"
    );
    assert_eq!(
        identity.security_profiles,
        ["http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/http/spnego-kerberos"]
    );
    scene.finish();
}

#[tokio::test]
async fn get() {
    let scene = Scene::open("client-get");
    let there = virtual_machine("0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001");
    let instance = scene.client.get(&there).await.unwrap();
    assert_eq!(
        instance.class().unwrap().to_string(),
        "root/virtualization/v2:Msvm_ComputerSystem"
    );
    assert_eq!(instance.get("EnabledState"), Ok(2u16));
    assert_eq!(instance.get::<Option<String>>("Status"), Ok(None));
    // A null array is absent, and an array of one looks like a scalar.
    assert!(instance.value("Roles").is_none());
    assert_eq!(instance.get("Roles"), Ok(Vec::<String>::new()));
    assert_eq!(instance.get("OperationalStatus"), Ok(vec![2u16]));
    assert!(
        instance
            .get::<DateTime>("LastReplicationTime")
            .unwrap()
            .is_never()
    );
    let vm = VirtualMachine::read(&instance).unwrap().unwrap();
    assert_eq!(vm.reference(), there);

    let gone = virtual_machine("0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A0FF");
    assert_eq!(scene.client.get_opt(&gone).await.unwrap(), None);
    scene.finish();
}

#[tokio::test]
async fn pages_to_the_end() {
    let scene = Scene::open_with("client-pages", |builder| builder.page_size(2));
    let services = scene
        .client
        .namespace(r"root\cimv2")
        .enumerate("Win32_Service");
    let services = services.collect().await.unwrap();
    let names: Vec<String> = services
        .iter()
        .map(|service| service.get("Name").unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "vmms",
            "WinRM",
            "vmcompute",
            "W32Time",
            "Winmgmt",
            "nvspwmi"
        ]
    );
    assert_eq!(services[3].get("Started"), Ok(false));
    scene.finish();
}

#[tokio::test]
async fn pages_given_up() {
    let scene = Scene::open_with("client-release", |builder| builder.page_size(2));
    let mut services = scene
        .client
        .namespace("root/cimv2")
        .enumerate("Win32_Service");
    let first = services.next().await.unwrap().unwrap();
    assert_eq!(first.get("Name"), Ok("vmms".to_owned()));
    services.release().await.unwrap();
    scene.finish();
}

#[tokio::test]
async fn events() {
    let scene = Scene::open("client-subscribe");
    let stopped = Wql::select("__InstanceModificationEvent")
        .within(Duration::from_secs(2))
        .isa("TargetInstance", "Win32_Service")
        .equals("TargetInstance.State", "Stopped");
    let namespace = scene.client.namespace("root/cimv2");
    let mut events = namespace.subscribe(stopped).unwrap();
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(event.class_name(), "__InstanceModificationEvent");
    let (before, after): (Instance, Instance) = (
        event.get("PreviousInstance").unwrap(),
        event.get("TargetInstance").unwrap(),
    );
    assert_eq!(after.class_name(), "Win32_Service");
    assert_eq!(after.get("ProcessId"), Ok(2764u32));
    assert_eq!(
        (before.get("State"), after.get("State")),
        (Ok("Running".to_owned()), Ok("Stopped".to_owned()))
    );
    events.unsubscribe().await.unwrap();
    scene.finish();
}

#[tokio::test]
async fn projections() {
    let scene = Scene::open("client-projection");
    let properties = ["Name", "CreationDate", "ProcessId", "ExecutablePath"];
    let query = Wql::select_properties("Win32_Process", properties).equals("Name", "vmms.exe");
    let rows = scene.client.namespace("root/cimv2").query(query).unwrap();
    let rows = rows.collect().await.unwrap();
    let [first, second] = &rows[..] else {
        panic!("{rows:?}")
    };
    assert!(first.class().is_none());
    assert_eq!(first.get("ProcessId"), Ok(2764u32));
    let created: DateTime = first.get("CreationDate").unwrap();
    assert_eq!(created.to_string(), "20260302091407.482913+000");
    assert_eq!(second.get::<Option<DateTime>>("CreationDate"), Ok(None));
    scene.finish();
}

#[tokio::test]
async fn class_not_found() {
    let scene = Scene::open("class-not-found");
    let query = Wql::select("Msvm_ReplicaService");
    let rows = scene
        .client
        .namespace("root/virtualization/v2")
        .query(query)
        .unwrap();
    let error = rows.collect().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(error.fault_kind(), Some(FaultKind::InvalidQuery));
    assert_eq!(
        chain(&error),
        "could not query root/virtualization/v2: Diese Klasse gibt es im Namespace nicht \
         (CannotProcessFilter, CANNOT_PROCESS_FILTER 0x8033801a)"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("the class must exist"))
    );
    scene.finish();
}
