//! What goes wrong on the way: each time an error that names the place, and nothing lost that came before it.

use cimwire::cim::Instance;
use cimwire::cim::{ClassPath, Properties, Reference};
use cimwire::{ErrorKind, FaultKind, Items, Wql};

use super::{Scene, chain};

fn services(scene: &Scene) -> Items<Instance> {
    scene
        .client
        .namespace("root/cimv2")
        .enumerate("Win32_Service")
}

async fn name_of_next(services: &mut Items<Instance>) -> String {
    let service = services.next().await.expect("one more");
    service
        .and_then(|service| Ok(service.get("Name")?))
        .expect("its name")
}

#[tokio::test]
async fn one_broken_item() {
    let scene = Scene::open("client-broken-item");
    let mut services = services(&scene);
    assert_eq!(name_of_next(&mut services).await, "vmms");
    assert_eq!(name_of_next(&mut services).await, "vmcompute");
    let error = services.next().await.expect("an error").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    let text = chain(&error);
    assert!(
        text.starts_with("could not read item 3 of root/cimv2:Win32_Service: ")
            && text.contains("p:State")
            && text.contains("at byte"),
        "{text}"
    );
    assert!(services.next().await.is_none());
    scene.finish();
}

#[tokio::test]
async fn answers_cut_off() {
    let scene = Scene::open("client-cut-off");
    let target = Reference::new("root/cimv2", "Win32_Environment")
        .with_key("Name", "TZ")
        .with_key("UserName", r"EXAMPLE\operator");
    let error = scene.client.get(&target).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    let text = chain(&error);
    assert!(
        text.starts_with(
            "could not get root/cimv2:Win32_Environment: the document ends in the middle at byte"
        ),
        "{text}"
    );

    // A call may have been carried out, and its answer lost.
    let class = Reference::new("root/cimv2", "Win32_Process");
    let input = Properties::new().with("CommandLine", "notepad.exe");
    let error = scene
        .client
        .invoke(&class, "Create", input)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(chain(&error).contains("the document ends in the middle"));
    scene.finish();
}

#[tokio::test]
async fn answers_to_other_questions() {
    let scene = Scene::open("client-foreign-body");
    let class = ClassPath::new("root/cimv2", "Win32_Service");
    let error = scene.client.schema(&class).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert_eq!(
        chain(&error),
        "could not get the declaration of root/cimv2:Win32_Service: the answer is PullResponse, not CLASS"
    );

    let class = Reference::new("root/cimv2", "Win32_Process");
    let input = Properties::new().with("CommandLine", "notepad.exe");
    let error = scene
        .client
        .invoke(&class, "Create", input)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    let text = chain(&error);
    assert!(
        text.ends_with("the answer is GetOwner_OUTPUT, not that of Create"),
        "{text}"
    );
    scene.finish();
}

#[tokio::test]
async fn no_such_namespace() {
    let scene = Scene::open("client-no-namespace");
    let namespace = scene.client.namespace("root/virtualization/v3");
    let found = namespace.query(Wql::select("Msvm_ComputerSystem")).unwrap();
    let error = found.collect().await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::InvalidNamespace));
    assert_eq!(
        chain(&error),
        "could not query root/virtualization/v3: The namespace that was named is not there \
         (InternalError, WBEM_E_INVALID_NAMESPACE 0x8004100e)"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.starts_with("check the namespace"))
    );
    scene.finish();
}

#[tokio::test]
async fn an_enumeration_forgotten() {
    let scene = Scene::open_with("client-expired", |builder| builder.page_size(2));
    let mut services = services(&scene);
    assert_eq!(name_of_next(&mut services).await, "vmms");
    assert_eq!(name_of_next(&mut services).await, "WinRM");
    let error = services.next().await.expect("an error").unwrap_err();
    assert_eq!(
        error.fault_kind(),
        Some(FaultKind::InvalidEnumerationContext)
    );
    assert_eq!(
        error.to_string(),
        "the host ended the enumeration of root/cimv2:Win32_Service after 2 items"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("without long pauses"))
    );
    // What is forgotten is not released.
    assert!(services.next().await.is_none());
    scene.finish();
}

#[tokio::test]
async fn a_pull_timed_out() {
    let scene = Scene::open_with("client-timed-out", |builder| builder.page_size(2));
    let services = services(&scene).collect().await.unwrap();
    let names: Vec<String> = services
        .iter()
        .map(|service| service.get("Name").unwrap())
        .collect();
    assert_eq!(names, ["vmms", "WinRM", "W32Time"]);
    scene.finish();
}
