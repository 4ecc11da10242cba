//! Each operation on any class, to the shapes of Windows; associations in the DMTF's dialect too.

use cimwire::cim::{
    CimType, ClassPath, DateTime, Instance, Interval, Properties, Reference, Value,
};
use cimwire::{ErrorKind, FaultKind, ServerProfile};

use super::{Scene, chain};

fn variable() -> Reference {
    Reference::new("root/cimv2", "Win32_Environment")
        .with_key("Name", "TZ")
        .with_key("UserName", r"EXAMPLE\operator")
}

fn environment() -> Instance {
    Instance::new(ClassPath::new("root/cimv2", "Win32_Environment"))
}

fn machine() -> Reference {
    Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001")
}

fn job() -> Reference {
    Reference::new("root/virtualization/v2", "Msvm_ConcreteJob")
        .with_key("InstanceID", "7A60E6C5-41A5-4B3B-8B7B-5E9C6F0F0001")
}

#[tokio::test]
async fn put() {
    let scene = Scene::open("client-put");
    // Null is said: a property that is left out stays as it is.
    let change = environment()
        .with("VariableValue", "Europe/Berlin")
        .with("Description", Value::Null);
    let become_ = scene.client.put(&variable(), change).await.unwrap();
    let become_ = become_.expect("the host says what it has become");
    assert_eq!(become_.class_name(), "Win32_Environment");
    assert_eq!(become_.get("VariableValue"), Ok("Europe/Berlin".to_owned()));
    assert_eq!(become_.get("SystemVariable"), Ok(false));

    let back = environment().with("VariableValue", "UTC");
    assert_eq!(scene.client.put(&variable(), back).await.unwrap(), None);
    scene.finish();
}

#[tokio::test]
async fn create() {
    let scene = Scene::open("client-create");
    let new = environment()
        .with("Name", "TZ")
        .with("UserName", r"EXAMPLE\operator");
    let created = scene
        .client
        .create(new.clone().with("VariableValue", "a < b & c"));
    assert_eq!(created.await.unwrap(), variable());

    let error = scene.client.create(new).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(error.fault().unwrap().subcode(), Some("AlreadyExists"));
    assert_eq!(error.fault_kind(), Some(FaultKind::AlreadyExists));
    assert!(error.hint().unwrap().contains("delete it first"));
    assert_eq!(
        chain(&error),
        "could not create root/cimv2:Win32_Environment: There is such an instance already (AlreadyExists)"
    );
    scene.finish();
}

#[tokio::test]
async fn delete() {
    let scene = Scene::open("client-delete");
    scene.client.delete(&variable()).await.unwrap();
    let error = scene.client.delete(&variable()).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
    scene.finish();
}

#[tokio::test]
async fn a_property_alone() {
    let scene = Scene::open("client-property");
    let client = &scene.client;
    let percent: u16 = client
        .get_property(&job(), "PercentComplete")
        .await
        .unwrap();
    assert_eq!(percent, 42);
    let states: Vec<u16> = client
        .get_property(&job(), "OperationalStatus")
        .await
        .unwrap();
    assert_eq!(states, [17, 2]);
    let started: DateTime = client.get_property(&job(), "StartTime").await.unwrap();
    assert_eq!(started.to_string(), "20260302091407.000000+000");
    let until: Option<DateTime> = client.get_property(&job(), "UntilTime").await.unwrap();
    assert_eq!(until, None);
    scene.finish();
}

#[tokio::test]
async fn a_declaration() {
    let scene = Scene::open("client-schema");
    let class = ClassPath::new("root/virtualization/v2", "Msvm_ReplicationService");
    let schema = scene.client.schema(&class).await.unwrap();
    assert_eq!(schema.name, "Msvm_ReplicationService");
    assert_eq!(schema.superclass.as_deref(), Some("CIM_Service"));
    let keys: Vec<_> = schema.keys().map(|key| key.name.as_str()).collect();
    assert_eq!(keys, ["CreationClassName", "Name"]);
    let date = schema.property("InstallDate").unwrap();
    assert_eq!((&date.cim_type, date.is_array), (&CimType::DateTime, false));
    assert!(schema.property("OperationalStatus").unwrap().is_array);

    let method = schema.method("startreplication").unwrap();
    assert_eq!(method.return_type, CimType::Uint32);
    let parameters = method.parameters.iter();
    let parameters: Vec<_> = parameters
        .map(|parameter| (parameter.name.as_str(), parameter.cim_type.to_string()))
        .collect();
    let expected = [
        ("ComputerSystem", "CIM_ComputerSystem REF"),
        ("InitialReplicationType", "uint16"),
        ("InitialReplicationExportLocation", "string"),
        ("StartTime", "datetime"),
        ("Job", "CIM_ConcreteJob REF"),
    ];
    assert_eq!(
        parameters,
        expected.map(|(name, kind)| (name, kind.to_owned()))
    );
    let kind = &method.parameters[1];
    let named = [("1", "Network"), ("2", "Export"), ("3", "Seeded")];
    assert_eq!(
        kind.value_map(),
        named.map(|(n, name)| (n.to_owned(), name.to_owned()))
    );
    assert!(method.parameters[4].is_output() && !method.parameters[4].is_input());
    scene.finish();
}

#[tokio::test]
async fn references_and_both() {
    let scene = Scene::open("client-references");
    let namespace = scene.client.namespace("root/virtualization/v2");
    let references = namespace
        .enumerate("Msvm_ComputerSystem")
        .endpoint_references();
    let references = references.collect().await.unwrap();
    assert_eq!(references.len(), 2);
    assert_eq!(references[0], machine());

    let both = namespace
        .enumerate("Msvm_ComputerSystem")
        .with_endpoint_references();
    let both = both.collect().await.unwrap();
    let names: Vec<String> = both
        .iter()
        .map(|(vm, _)| vm.get("ElementName").unwrap())
        .collect();
    assert_eq!(names, ["web01", "db01"]);
    let alone: Vec<_> = both.into_iter().map(|(_, reference)| reference).collect();
    assert_eq!(alone, references);
    scene.finish();
}

#[tokio::test]
async fn a_filter_of_selectors() {
    let scene = Scene::open("client-matching");
    let namespace = scene.client.namespace("root/cimv2");
    let stopped = [("State", "Stopped"), ("Started", "false")];
    let stopped = namespace.matching("Win32_Service", stopped);
    let names = stopped.collect().await.unwrap();
    let names: Vec<String> = names
        .iter()
        .map(|service| service.get("Name").unwrap())
        .collect();
    assert_eq!(names, ["W32Time", "Spooler"]);
    scene.finish();
}

#[tokio::test]
async fn associations_in_wql() {
    let scene = Scene::open("client-associations");
    let relationships = scene
        .client
        .associators(&machine())
        .association_class("Msvm_SystemReplicationRelationship")
        .result_class("Msvm_ReplicationRelationship")
        .instances()
        .unwrap();
    let relationships = relationships.collect().await.unwrap();
    assert_eq!(relationships.len(), 1);
    assert_eq!(
        relationships[0].class_name(),
        "Msvm_ReplicationRelationship"
    );
    assert_eq!(relationships[0].get("ReplicationState"), Ok(3u16));

    let links = scene
        .client
        .references(&machine())
        .association_class("Msvm_SystemReplicationRelationship")
        .role("Antecedent")
        .instances()
        .unwrap();
    let links = links.collect().await.unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].get("Antecedent"), Ok(machine()));
    let other: Reference = links[0].get("Dependent").unwrap();
    assert_eq!(other.class().name(), "Msvm_ReplicationRelationship");
    scene.finish();
}

#[tokio::test]
async fn associations_by_filter() {
    let scene = Scene::open_with("client-associations-dmtf", |builder| {
        builder.profile(ServerProfile::dmtf())
    });
    let relationships = scene
        .client
        .associators(&machine())
        .association_class("Msvm_SystemReplicationRelationship")
        .result_class("Msvm_ReplicationRelationship")
        .instances()
        .unwrap();
    let relationships = relationships.collect().await.unwrap();
    assert_eq!(relationships.len(), 1);
    // Its URI does not name the namespace, so that it is the one that was asked.
    assert_eq!(
        relationships[0].class().unwrap().to_string(),
        "root/virtualization/v2:Msvm_ReplicationRelationship"
    );

    let links = scene.client.references(&machine()).role("Antecedent");
    let links = links
        .instances()
        .unwrap()
        .endpoint_references()
        .collect()
        .await
        .unwrap();
    let link = Reference::new(
        "root/virtualization/v2",
        "Msvm_SystemReplicationRelationship",
    );
    assert_eq!(links, [link.with_key("InstanceID", "1")]);
    scene.finish();
}

#[tokio::test]
async fn a_method_of_a_class() {
    let scene = Scene::open("client-static-method");
    let class = Reference::new("root/cimv2", "Win32_Process");
    let input = Properties::new()
        .with("CommandLine", r#"notepad.exe "a & b""#)
        .with("CurrentDirectory", Value::Null);
    let output = scene.client.invoke(&class, "Create", input).await.unwrap();
    assert_eq!(output.return_value().unwrap(), 0);
    assert_eq!(output.get::<u32>("ProcessId").unwrap(), 5128);
    scene.finish();
}

#[tokio::test]
async fn instances_inside() {
    let scene = Scene::open("client-embedded");
    let service = Reference::new("root/virtualization/v2", "Msvm_ReplicationService")
        .with_key("CreationClassName", "Msvm_ReplicationService");
    let interval: Interval = "PT5M".parse().unwrap();
    let class = ClassPath::new("root/virtualization/v2", "Msvm_ReplicationSettingData");
    let settings = Instance::new(class)
        .with("RecoveryConnectionPoint", "hv02 & co")
        .with("RecoveryServerPortNumber", 80u16)
        .with("IncludedDisks", vec!["a", "b"])
        .with("Description", Value::Null)
        .with("ReplicationInterval", interval);
    let input = Properties::new().with("ReplicationSettingData", settings);
    let output = scene
        .client
        .invoke(&service, "CreateReplicationRelationship", input);
    let output = output.await.unwrap();
    assert_eq!(output.return_value().unwrap(), 4096);
    assert_eq!(output.get::<Reference>("Job").unwrap(), job());

    let job = job();
    let errors = scene.client.invoke(&job, "GetErrorEx", Properties::new());
    let errors = errors.await.unwrap().instances("Errors").unwrap();
    let [first, second] = &errors[..] else {
        panic!("{errors:?}")
    };
    assert_eq!(first.class_name(), "Msvm_Error");
    assert_eq!(first.get("Message"), Ok("no <replica> server".to_owned()));
    assert_eq!(first.value("CIMStatusCode"), Some(&Value::Uint32(1)));
    assert_eq!(first.value("OwningEntity"), Some(&Value::Null));
    assert_eq!(second.get("MessageID"), Ok("33682".to_owned()));
    scene.finish();
}
