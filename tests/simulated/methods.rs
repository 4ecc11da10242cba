//! Invoke: on instances and on classes, with embedded instances in and out.

use cimwire::EmbeddedForm;
use cimwire::cim::{ClassPath, Instance, Interval, Properties, Reference};

use super::*;

#[tokio::test]
async fn a_method_of_a_class() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let class = Reference::new(CIMV2, "Win32_Process");
        let command = r#""C:\Program Files\a & b.exe" <x>"#;
        let input = Properties::new().with("CommandLine", command);
        let output = scene.client.invoke(&class, "Create", input).await.unwrap();
        assert_eq!(output.return_value().unwrap(), 0);
        let id: u32 = output.get("ProcessId").unwrap();
        let process = class.with_key("Handle", id.to_string());
        let begun = scene.client.get(&process).await.unwrap();
        assert_eq!(begun.get("ProcessId"), Ok(id));
        assert_eq!(begun.get::<String>("CommandLine").as_deref(), Ok(command));
        // A method of an instance ends it.
        let ended = scene
            .client
            .invoke(&process, "Terminate", Properties::new())
            .await
            .unwrap();
        assert_eq!(ended.return_value().unwrap(), 0);
        assert_eq!(scene.client.get_opt(&process).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_embedded_instance_goes_in() {
    for dialect in DIALECTS {
        // Hyper-V takes settings as CIM-XML in either dialect.
        let mut profile = ServerProfile::of(dialect);
        profile.embedded_form = EmbeddedForm::CimXml;
        let scene = Scene::with(|host| host, |client| client.profile(profile)).await;
        let delay: Interval = "00000000000130.000000:000".parse().unwrap();
        let settings = Instance::new(ClassPath::new(V2, "Msvm_VirtualSystemSettingData"))
            .with("InstanceID", format!("Microsoft:{WEB01}"))
            .with("Notes", vec!["a <&> \"b\"", "ü"])
            .with("AutomaticStartupActionDelay", delay);
        let service = Reference::new(V2, "Msvm_VirtualSystemManagementService")
            .with_key("CreationClassName", "Msvm_VirtualSystemManagementService");
        let input = Properties::new().with("SystemSettings", settings);
        let output = scene
            .client
            .invoke(&service, "ModifySystemSettings", input)
            .await
            .unwrap();
        assert_eq!(output.return_value().unwrap(), 0);
        assert_eq!(output.get::<Option<Reference>>("Job").unwrap(), None);
        let changed = Reference::new(V2, "Msvm_VirtualSystemSettingData")
            .with_key("InstanceID", format!("Microsoft:{WEB01}"));
        let changed = scene.client.get(&changed).await.unwrap();
        let notes: Vec<String> = changed.get("Notes").unwrap();
        assert_eq!(notes, ["a <&> \"b\"", "ü"]);
        assert_eq!(changed.get("AutomaticStartupActionDelay"), Ok(delay));
    }
}

#[tokio::test]
async fn embedded_instances_come_out() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let service = Reference::new(V2, "Msvm_ReplicationService")
            .with_key("CreationClassName", "Msvm_ReplicationService");
        let input = Properties::new()
            .with("ComputerSystem", machine(FAIL01))
            .with("InitialReplicationType", 1u16);
        let started = scene
            .client
            .invoke(&service, "StartReplication", input)
            .await
            .unwrap();
        assert_eq!(started.return_value().unwrap(), 4096);
        let job: Reference = started.get("Job").unwrap();
        let none = scene
            .client
            .invoke(&job, "GetErrorEx", Properties::new())
            .await
            .unwrap();
        assert!(none.instances("Errors").unwrap().is_empty());
        scene.host.advance(Duration::from_secs(10));
        let output = scene
            .client
            .invoke(&job, "GetErrorEx", Properties::new())
            .await
            .unwrap();
        let errors = output.instances("Errors").unwrap();
        let [error] = errors.as_slice() else {
            panic!("{errors:?}");
        };
        assert_eq!(error.class_name(), "Msvm_Error");
        assert_eq!(error.get("CIMStatusCode"), Ok(1u32));
        let said: String = error.get("Message").unwrap();
        assert!(said.starts_with("'fail01' failed"), "{said}");
    }
}
