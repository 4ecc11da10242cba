//! What is associated with an instance: in WQL to Windows, by the filter of DSP0227 in the dialect of the DMTF.

use cimwire::FaultKind;
use cimwire::cim::{Instance, Reference};

use super::*;

#[tokio::test]
async fn both_ends_of_an_association() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let of = || scene.client.associators(&service("Winmgmt"));
        let all: Vec<Reference> = of().items().unwrap().collect().await.unwrap();
        assert_eq!(all, [service("vmms"), service("RpcSs")]);
        for (question, expected) in [
            (of().role("Antecedent"), "vmms"),
            (of().result_role("Antecedent"), "RpcSs"),
            (
                of().association_class("Win32_DependentService")
                    .result_class("CIM_Service")
                    .role("Dependent"),
                "RpcSs",
            ),
        ] {
            let found: Vec<Instance> = question.instances().unwrap().collect().await.unwrap();
            let [only] = found.as_slice() else {
                panic!("{found:?}");
            };
            assert_eq!(only.get::<String>("Name").as_deref(), Ok(expected));
        }
        let none = of().result_class("Win32_Process").instances().unwrap();
        assert!(none.collect().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn associations_themselves() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let of = || scene.client.references(&service("Winmgmt"));
        let both: Vec<(Instance, Reference)> = of().items().unwrap().collect().await.unwrap();
        assert_eq!(both.len(), 2);
        for (link, reference) in &both {
            // An association is addressed by what it ties together.
            assert_eq!(&scene.client.get(reference).await.unwrap(), link);
        }
        let links = of()
            .role("Dependent")
            .result_class("Win32_DependentService");
        let links = links.instances().unwrap().collect().await.unwrap();
        let [link] = links.as_slice() else {
            panic!("{links:?}");
        };
        assert_eq!(link.get("Antecedent"), Ok(service("RpcSs")));
        assert_eq!(link.get("Dependent"), Ok(service("Winmgmt")));
    }
}

#[tokio::test]
async fn a_machine_leads_to_its_settings() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let settings = scene.client.associators(&machine(WEB01));
        let settings = settings
            .association_class("Msvm_SettingsDefineState")
            .instances();
        let settings = settings.unwrap().collect().await.unwrap();
        let id = settings[0].get::<String>("VirtualSystemIdentifier");
        assert_eq!((settings.len(), id.as_deref()), (1, Ok(WEB01)));
    }
}

#[tokio::test]
async fn an_object_that_is_not_there() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let question = scene
            .client
            .associators(&service("nobody"))
            .instances()
            .unwrap();
        let error = question.collect().await.unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("CannotProcessFilter".to_owned(), 0x8033_801A)
        );
        assert!(
            error
                .fault_kind()
                .is_some_and(|kind| kind != FaultKind::Other)
        );
    }
}
