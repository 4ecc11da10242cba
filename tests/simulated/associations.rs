//! What is associated with an instance: in WQL to Windows, by the filter of DSP0227 in the dialect of the DMTF.

use cimwire::cim::{Instance, Reference};
use cimwire::{FaultKind, QueryTarget, Wql};

use super::*;

#[tokio::test]
async fn both_ends_of_an_association() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let of = || scene.client.associators(&service("Winmgmt"));
        let all: Vec<Reference> = of()
            .instances()
            .unwrap()
            .endpoint_references()
            .collect()
            .await
            .unwrap();
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
async fn all_classes_are_asked_by_all_criteria_in_both_dialects() {
    for dialect in DIALECTS {
        let mut profile = ServerProfile::of(dialect);
        profile.query_target = QueryTarget::AllClasses;
        let scene = Scene::with(|host| host, |client| client.profile(profile)).await;
        let question = scene.client.associators(&service("Winmgmt"));
        let question = question
            .association_class("Win32_DependentService")
            .result_class("Win32_Service")
            .role("Dependent")
            .result_role("Antecedent");
        let found: Vec<Instance> = question.instances().unwrap().collect().await.unwrap();
        let names: Vec<_> = found.iter().map(|one| one.get::<String>("Name")).collect();
        assert_eq!(names, [Ok("RpcSs".to_owned())]);
        let query = Wql::select("Win32_Service").equals("Name", "vmms");
        let found = scene.client.namespace(CIMV2).query(query).unwrap();
        assert_eq!(found.collect().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn associations_themselves() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let of = || scene.client.references(&service("Winmgmt"));
        let both: Vec<(Instance, Reference)> = of()
            .instances()
            .unwrap()
            .with_endpoint_references()
            .collect()
            .await
            .unwrap();
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
