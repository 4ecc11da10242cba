//! What does not exist: each with the fault that names it.

use cimwire::cim::{ClassPath, Properties, Reference};
use cimwire::{FaultKind, Wql};

use super::*;

#[tokio::test]
async fn namespaces() {
    for dialect in DIALECTS {
        let client = Scene::new(dialect).await;
        let client = &client.client;
        let lost = Reference::new("root/nothing", "Win32_Service").with_key("Name", "x");
        let error = client.get(&lost).await.unwrap_err();
        assert_eq!(
            error.fault_kind(),
            Some(FaultKind::InvalidNamespace),
            "{error:?}"
        );
        let namespace = client.namespace("root/nothing");
        let error = namespace
            .enumerate("Win32_Service")
            .collect()
            .await
            .unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidNamespace));
        let query = namespace.query(Wql::select("Win32_Service")).unwrap();
        let error = query.collect().await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidNamespace));
        let error = client.schema(lost.class()).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidNamespace));
    }
}

#[tokio::test]
async fn classes() {
    for dialect in DIALECTS {
        let client = Scene::new(dialect).await;
        let client = &client.client;
        let class = ClassPath::new(CIMV2, "Win32_Nothing");
        let lost = Reference::to_class(class.clone()).with_key("Name", "x");
        let error = client.get(&lost).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
        let namespace = client.namespace(CIMV2);
        let error = namespace
            .enumerate("Win32_Nothing")
            .collect()
            .await
            .unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
        let query = namespace.query(Wql::select("Win32_Nothing")).unwrap();
        let error = query.collect().await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidQuery));
        let error = client.schema(&class).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
        let invoked = client.invoke(&lost, "Create", Properties::new()).await;
        assert_eq!(invoked.unwrap_err().fault_kind(), Some(FaultKind::NotFound));
    }
}

#[tokio::test]
async fn properties_and_keys() {
    for dialect in DIALECTS {
        let client = Scene::new(dialect).await;
        let client = &client.client;
        let error = client
            .get_property::<String>(&service("WinRM"), "Nothing")
            .await;
        let error = fault_of(&error.unwrap_err());
        assert_eq!(error, ("CannotProcessFilter".to_owned(), 0x8033_8093));
        let wql = Wql::select("Win32_Service").equals("Nothing", "1");
        let query = client.namespace(CIMV2).query(wql).unwrap();
        let error = query.collect().await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::InvalidQuery));
        let unkeyed = Reference::new(CIMV2, "Win32_Service");
        let error = client.get(&unkeyed).await.unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("InvalidSelectors".to_owned(), 0x8033_80FA)
        );
        let error = client
            .get(&service("WinRM").with_key("Nothing", "x"))
            .await
            .unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("InvalidSelectors".to_owned(), 0x8033_805B)
        );
    }
}

#[tokio::test]
async fn methods_and_parameters() {
    for dialect in DIALECTS {
        let client = Scene::new(dialect).await;
        let client = &client.client;
        let class = Reference::new(CIMV2, "Win32_Process");
        let invoke = |method, input| client.invoke(&class, method, input);
        let error = invoke("Nothing", Properties::new()).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::MethodNotFound));
        let unknown = Properties::new().with("Nothing", "x");
        let error = invoke("Create", unknown).await.unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("InvalidParameter".to_owned(), 0x8033_8055)
        );
        let mistyped = Properties::new().with("Reason", "x");
        let process = class.clone().with_key("Handle", "4");
        let error = client
            .invoke(&process, "Terminate", mistyped)
            .await
            .unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("InvalidParameter".to_owned(), 0x8033_8054)
        );
        // A method of instances on the class.
        let error = invoke("Terminate", Properties::new()).await.unwrap_err();
        assert_eq!(
            error
                .fault()
                .and_then(|fault| fault.provider_fault()?.code()),
            Some(0x8004_102F)
        );
    }
}
