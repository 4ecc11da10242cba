//! Put, Create and Delete.

use cimwire::cim::{ClassPath, Instance, Reference, Value};
use cimwire::{FaultKind, Wql};

use super::*;

fn variable(name: &str, value: &str) -> Instance {
    Instance::new(ClassPath::new(CIMV2, "Win32_Environment"))
        .with("Name", name)
        .with("UserName", r"SIM\operator")
        .with("VariableValue", value)
}

fn change() -> Instance {
    Instance::new(ClassPath::new(CIMV2, "Win32_Environment"))
}

#[tokio::test]
async fn an_instance_from_its_creation_to_its_end() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let client = &scene.client;
        let reference = client
            .create(variable("SHADE", "a <&> 'b' \"c\" ü"))
            .await
            .unwrap();
        let expected = Reference::new(CIMV2, "Win32_Environment")
            .with_key("Name", "SHADE")
            .with_key("UserName", r"SIM\operator");
        assert_eq!(reference, expected);

        let created = client.get(&reference).await.unwrap();
        let value = created.get::<String>("VariableValue");
        assert_eq!(value.as_deref(), Ok("a <&> 'b' \"c\" ü"));
        assert_eq!(created.get("SystemVariable"), Ok(false));
        let wql = Wql::select("Win32_Environment").equals("UserName", r"sim\OPERATOR");
        let found = client
            .namespace(CIMV2)
            .query(wql)
            .unwrap()
            .collect()
            .await
            .unwrap();
        assert_eq!(found, std::slice::from_ref(&created));

        // What is left out stays what it is, and what was read may be sent back.
        let mut whole = created;
        whole.set("VariableValue", "new");
        let put = client.put(&reference, whole.clone()).await.unwrap();
        assert_eq!(put, Some(client.get(&reference).await.unwrap()));
        assert_eq!(
            put.unwrap().get::<String>("VariableValue").as_deref(),
            Ok("new")
        );
        let put = client.put(&reference, change()).await.unwrap().unwrap();
        assert_eq!(put.get::<String>("VariableValue").as_deref(), Ok("new"));
        let null = change().with("VariableValue", Value::Null);
        let put = client.put(&reference, null).await.unwrap().unwrap();
        assert_eq!(put.get::<Option<String>>("VariableValue"), Ok(None));

        client.delete(&reference).await.unwrap();
        assert_eq!(client.get_opt(&reference).await.unwrap(), None);
        let error = client.delete(&reference).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
        let error = client.put(&reference, whole).await.unwrap_err();
        assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
    }
}

#[tokio::test]
async fn a_singleton_is_changed_without_keys() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let os = Reference::new(CIMV2, "Win32_OperatingSystem");
        let wanted = Instance::new(os.class().clone()).with("Description", "the one");
        scene.client.put(&os, wanted).await.unwrap();
        let description: String = scene.client.get_property(&os, "Description").await.unwrap();
        assert_eq!(description, "the one");
    }
}

#[tokio::test]
async fn changes_that_are_refused() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let client = &scene.client;
        let reference = client.create(variable("SHADE", "x")).await.unwrap();
        let error = client.create(variable("shade", "y")).await.unwrap_err();
        assert_eq!(fault_of(&error), ("AlreadyExists".to_owned(), 0x8033_8033));
        let error = client
            .create(change().with("Name", "OTHER"))
            .await
            .unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("InvalidRepresentation".to_owned(), 0x8033_8057)
        );
        for (wanted, subcode, code) in [
            (
                change().with("Nothing", 1u8),
                "SchemaValidationError",
                0x8033_8041,
            ),
            (
                change().with("Name", "OTHER"),
                "InvalidRepresentation",
                0x8033_8056,
            ),
            (
                change().with("Status", "Degraded"),
                "InvalidRepresentation",
                0x8033_8056,
            ),
        ] {
            let error = client.put(&reference, wanted).await.unwrap_err();
            assert_eq!(fault_of(&error), (subcode.to_owned(), code));
        }
        let error = client.delete(&service("WinRM")).await.unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("ActionNotSupported".to_owned(), 0x8033_8102)
        );
        assert_eq!(error.fault_kind(), Some(FaultKind::NotCapable));
        // Nothing of it was done.
        let value: String = client
            .get_property(&reference, "VariableValue")
            .await
            .unwrap();
        assert_eq!(value, "x");
    }
}

#[tokio::test]
async fn a_reader_changes_nothing() {
    let scene = Scene::new(Dialect::Wmi).await;
    let (user, password) = (scene.host.reader(), scene.host.password());
    let reader =
        Client::builder(scene.host.url()).credentials(Credentials::password(user, password));
    let reader = reader.build().unwrap();
    let error = reader.create(variable("SHADE", "x")).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::AccessDenied));
    assert_eq!(
        reader.get_opt(&service("WinRM")).await.unwrap().map(|_| ()),
        Some(())
    );
}
