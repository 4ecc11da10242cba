//! Identify, Get, a single property, and the declarations of classes.

use cimwire::FaultKind;
use cimwire::cim::{CimType, ClassPath, DateTime, Reference};

use super::*;

#[tokio::test]
async fn identify() {
    let scene = Scene::new(Dialect::Wmi).await;
    let identity = scene.client.identify().await.unwrap();
    let protocol = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
    assert_eq!(identity.protocol_version, protocol);
    assert!(
        identity.product_version.ends_with("(simulated)"),
        "{identity:?}"
    );
}

#[tokio::test]
async fn an_instance() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let web01 = scene.client.get(&machine(WEB01)).await.unwrap();
        assert_eq!(
            web01.class(),
            Some(&ClassPath::new(V2, "Msvm_ComputerSystem"))
        );
        assert_eq!(web01.get::<String>("ElementName").as_deref(), Ok("web01"));
        assert_eq!(web01.get::<Vec<u16>>("OperationalStatus"), Ok(vec![2]));
        assert_eq!(web01.get("LastReplicationTime"), Ok(DateTime::NEVER));
        assert_eq!(web01.get::<Option<String>>("OtherEnabledState"), Ok(None));
        assert_eq!(web01.get::<Option<Vec<String>>>("Roles"), Ok(None));
        // A singleton needs no keys.
        let os = Reference::new(CIMV2, "Win32_OperatingSystem");
        let os = scene.client.get(&os).await.unwrap();
        assert_eq!(os.get::<String>("CSName").as_deref(), Ok("SIM"));
    }
}

#[tokio::test]
async fn an_instance_that_may_be_missing() {
    for dialect in DIALECTS {
        let client = Scene::new(dialect).await;
        let found = client.client.get_opt(&service("winrm")).await.unwrap();
        let name = found.unwrap().get::<String>("Name");
        assert_eq!(name.as_deref(), Ok("WinRM"));
        let missing = client.client.get_opt(&service("nobody")).await.unwrap();
        assert_eq!(missing, None);
        let error = client.client.get(&service("nobody")).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
    }
}

#[tokio::test]
async fn a_single_property() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let web01 = machine(WEB01);
        let client = &scene.client;
        let name: String = client.get_property(&web01, "ElementName").await.unwrap();
        assert_eq!(name, "web01");
        let status: Vec<u16> = client
            .get_property(&web01, "OperationalStatus")
            .await
            .unwrap();
        assert_eq!(status, [2]);
        let time: DateTime = client
            .get_property(&web01, "LastReplicationTime")
            .await
            .unwrap();
        assert_eq!(time, DateTime::NEVER);
        let null: Option<String> = client
            .get_property(&web01, "OtherEnabledState")
            .await
            .unwrap();
        assert_eq!(null, None);
    }
}

#[tokio::test]
async fn a_declaration() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let class = ClassPath::new(CIMV2, "Win32_Process");
        let process = scene.client.schema(&class).await.unwrap();
        assert_eq!(process.name, "Win32_Process");
        assert_eq!(process.superclass.as_deref(), Some("CIM_Process"));
        let keys: Vec<_> = process.keys().map(|key| key.name.as_str()).collect();
        assert_eq!(keys, ["Handle"]);
        let create = process.method("Create").unwrap();
        assert!(create.is_static());
        assert!(!process.method("Terminate").unwrap().is_static());
        let id = create.parameters.last().unwrap();
        assert_eq!(
            (id.name.as_str(), &id.cim_type),
            ("ProcessId", &CimType::Uint32)
        );
        assert!(id.is_output() && !id.is_input());
        let class = ClassPath::new(V2, "Msvm_ReplicationService");
        let service = scene.client.schema(&class).await.unwrap();
        let system = &service.method("StartReplication").unwrap().parameters[0];
        assert_eq!(
            system.cim_type,
            CimType::Reference("CIM_ComputerSystem".to_owned())
        );
        let class = ClassPath::new(V2, "Msvm_ConcreteJob");
        let job = scene.client.schema(&class).await.unwrap();
        let states = job.property("JobState").unwrap().value_map();
        assert!(states.contains(&("7".to_owned(), "Completed".to_owned())));
        assert!(job.property("OperationalStatus").unwrap().is_array);
    }
}
