//! Enumerations: instances, references and both, by filter and by query; pages, and their end before the end.

use cimwire::cim::{Instance, Reference};
use cimwire::{ErrorKind, FaultKind, ServerProfile, Wql};

use super::*;

fn names(instances: &[Instance]) -> Vec<String> {
    let name = |instance: &Instance| instance.get("Name").expect("it has a name");
    instances.iter().map(name).collect()
}

const SERVICES: [&str; 8] = [
    "EventLog",
    "msiserver",
    "RpcSs",
    "Spooler",
    "vmms",
    "W32Time",
    "Winmgmt",
    "WinRM",
];

#[tokio::test]
async fn instances_references_and_both() {
    for dialect in DIALECTS {
        // Two a page, so that there are several.
        let scene = Scene::with(
            |host| host,
            |client| client.profile(ServerProfile::of(dialect)).page_size(2),
        )
        .await;
        let namespace = scene.client.namespace(CIMV2);
        let instances = namespace
            .enumerate("Win32_Service")
            .collect()
            .await
            .unwrap();
        assert_eq!(names(&instances), SERVICES);
        let references: Vec<Reference> = namespace
            .enumerate("Win32_Service")
            .endpoint_references()
            .collect()
            .await
            .unwrap();
        assert_eq!(references, SERVICES.map(service));
        let both: Vec<(Instance, Reference)> = namespace
            .enumerate("Win32_Service")
            .with_endpoint_references()
            .collect()
            .await
            .unwrap();
        for (instance, reference) in &both {
            assert_eq!(&scene.client.get(reference).await.unwrap(), instance);
        }
        assert_eq!(both.len(), SERVICES.len());
        assert_eq!(scene.host.open_enumerations(), 0);
    }
}

#[tokio::test]
async fn by_the_values_of_properties() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let namespace = scene.client.namespace(CIMV2);
        let running = [("State", "stopped"), ("StartMode", "Manual")];
        let found = namespace
            .matching("Win32_Service", running)
            .collect()
            .await
            .unwrap();
        assert_eq!(names(&found), ["msiserver"]);
        let found = namespace.matching("Win32_Service", [("ProcessId", 3012u32)]);
        assert_eq!(names(&found.collect().await.unwrap()), ["WinRM"]);
        let references = namespace
            .matching("Win32_Service", [("Name", "winrm")])
            .endpoint_references();
        assert_eq!(references.collect().await.unwrap(), [service("WinRM")]);
        // A reference does not show whether the host looked at what is not a key.
        let references = namespace
            .matching("Win32_Service", [("ProcessId", 3012u32)])
            .endpoint_references();
        let error = references.collect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer);
        let none = namespace.matching("Win32_Service", [("Name", "nobody")]);
        assert!(none.collect().await.unwrap().is_empty());
        let nothing = namespace.matching("Win32_Service", [("Nothing", "x")]);
        let error = nothing.collect().await.unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("CannotProcessFilter".to_owned(), 0x8033_8107)
        );
    }
}

#[tokio::test]
async fn queries_and_projections() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let query =
            |namespace: &str, wql: Wql| scene.client.namespace(namespace).query(wql).unwrap();
        let special = Wql::select("Msvm_ComputerSystem").equals("ElementName", "web & <db> \"01\"");
        let found = query(V2, special).collect().await.unwrap();
        assert_eq!(found.len(), 1);
        let text = "SELECT Name, ProcessId FROM Win32_Service WHERE Name LIKE 'Win%'";
        let found = query(CIMV2, Wql::raw(text)).collect().await.unwrap();
        assert_eq!(names(&found), ["Winmgmt", "WinRM"]);
        for projection in &found {
            assert_eq!(projection.class(), None);
            assert_eq!(projection.properties().len(), 2);
        }
        let base = Wql::raw("SELECT * FROM CIM_ManagedSystemElement WHERE Name = 'winrm'");
        let found = query(CIMV2, base).collect().await.unwrap();
        assert_eq!(found[0].class_name(), "Win32_Service");
        let none = query(
            CIMV2,
            Wql::raw("SELECT * FROM Win32_Service WHERE Name IS NULL"),
        );
        assert!(none.collect().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn small_envelopes_make_more_pages() {
    let scene = Scene::with(
        |host| host.synthetic_instances(500),
        |client| client.max_envelope_size(8_192),
    )
    .await;
    let mut rows = scene.client.namespace(CIMV2).enumerate("Simulated_Row");
    for expected in 0..500u32 {
        let row = rows.next().await.unwrap().unwrap();
        assert_eq!(row.get("Index"), Ok(expected));
        // More than a hundred do not fit, so that there is more to come until late.
        assert!(
            expected > 400 || scene.host.open_enumerations() == 1,
            "{expected}"
        );
    }
    assert!(rows.next().await.is_none());
    assert_eq!(scene.host.open_enumerations(), 0);
}

#[tokio::test]
async fn an_item_that_fits_no_envelope_comes_after_those_before_it() {
    let scene = Scene::with(|host| host, |client| client.max_envelope_size(8_192)).await;
    let big = Instance::new(cimwire::cim::ClassPath::new(CIMV2, "Win32_Environment"))
        .with("Name", "BIG")
        .with("UserName", r"SIM\operator")
        .with("VariableValue", "x".repeat(9_000));
    scene.client.create(big).await.unwrap();
    let mut variables = scene.client.namespace(CIMV2).enumerate("Win32_Environment");
    // Three are there from the beginning.
    for _ in 0..3 {
        variables.next().await.unwrap().unwrap();
    }
    let error = variables.next().await.unwrap().unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::EnvelopeTooLarge));
    assert!(variables.next().await.is_none());
    scene.expect_released().await;
}

#[tokio::test]
async fn a_stream_is_released_when_told_and_when_dropped() {
    for dialect in DIALECTS {
        let scene = Scene::with(
            |host| host.synthetic_instances(1_000),
            |client| client.profile(ServerProfile::of(dialect)).page_size(10),
        )
        .await;
        let namespace = scene.client.namespace(CIMV2);
        let mut rows = namespace.enumerate("Simulated_Row");
        rows.next().await.unwrap().unwrap();
        assert_eq!(scene.host.open_enumerations(), 1);
        rows.release().await.unwrap();
        assert_eq!(scene.host.open_enumerations(), 0);

        let mut rows = namespace.enumerate("Simulated_Row");
        for _ in 0..25 {
            rows.next().await.unwrap().unwrap();
        }
        assert_eq!(scene.host.open_enumerations(), 1);
        drop(rows);
        scene.expect_released().await;
    }
}

#[tokio::test]
async fn an_enumeration_that_has_expired_says_after_how_many_items() {
    for dialect in DIALECTS {
        let scene = Scene::with(
            |host| {
                host.synthetic_instances(100)
                    .enumeration_timeout(Duration::from_secs(5))
            },
            |client| client.profile(ServerProfile::of(dialect)).page_size(10),
        )
        .await;
        let mut rows = scene.client.namespace(CIMV2).enumerate("Simulated_Row");
        rows.next().await.unwrap().unwrap();
        scene.host.advance(Duration::from_secs(5));
        let mut given = 1;
        let error = loop {
            match rows.next().await.unwrap() {
                Ok(_) => given += 1,
                Err(error) => break error,
            }
        };
        // The page at hand is not lost.
        assert!(given >= 10, "{given}");
        assert_eq!(
            error.fault_kind(),
            Some(FaultKind::InvalidEnumerationContext)
        );
        assert!(
            error.to_string().contains(&format!("after {given} items")),
            "{error}"
        );
        assert!(rows.next().await.is_none());
        assert_eq!(scene.host.open_enumerations(), 0);
    }
}
