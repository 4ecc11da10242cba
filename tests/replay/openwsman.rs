//! Answers of openwsman in front of sfcb.

use cimwire::cim::{DateTime, Interval, KeyValue, Properties, Reference, Value};
use cimwire::hyperv::{NAMESPACE, Outcome, ReturnCode, VirtualMachine, job_class};
use cimwire::job::{Job, JobReference, JobState};
use cimwire::{DatetimeForm, FaultKind, ServerProfile};

use super::{Scene, chain};

const SERVICE: &str = "Msvm_ReplicationService";

fn service() -> Reference {
    Reference::new(NAMESPACE, SERVICE)
        .with_key("Name", "vmms")
        .with_key("SystemName", "HVHOST01")
        .with_key("CreationClassName", SERVICE)
        .with_key("SystemCreationClassName", VirtualMachine::CLASS)
}

fn virtual_machine(id: &str) -> Reference {
    Reference::new(NAMESPACE, VirtualMachine::CLASS)
        .with_key("CreationClassName", VirtualMachine::CLASS)
        .with_key("Name", id)
}

#[tokio::test]
async fn instances_and_faults() {
    let scene = Scene::open_with("openwsman-enumerate", |builder| builder.page_size(20));
    let identity = scene.client.identify().await.unwrap();
    assert_eq!(identity.product_vendor, "Openwsman Project");
    assert_eq!(identity.security_profiles, Vec::<String>::new());

    // The context comes after the items, empty, and the end after it.
    let rows = scene
        .client
        .namespace(NAMESPACE)
        .enumerate(VirtualMachine::CLASS);
    let rows = rows.collect().await.unwrap();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[2].get("ElementName"), Ok("fünf".to_owned()));
    assert_eq!(rows[1].get("ElementName"), Ok(Some(String::new())));
    assert_eq!(rows[0].get("OperationalStatus"), Ok(vec![2u16, 32775]));
    let installed: DateTime = rows[0].get("InstallDate").unwrap();
    assert_eq!(
        installed.to_rfc3339().as_deref(),
        Some("2024-02-29T12:34:56+01:00")
    );

    let vm = virtual_machine("9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002");
    let vm = scene.client.get(&vm).await.unwrap();
    assert_eq!(vm.get("ElementName"), Ok("fünf".to_owned()));

    let missing = Reference::new(NAMESPACE, VirtualMachine::CLASS)
        .with_key("Name", "nope")
        .with_key("CreationClassName", VirtualMachine::CLASS);
    let error = scene.client.get(&missing).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
    assert_eq!(
        chain(&error),
        "could not get root/virtualization/v2:Msvm_ComputerSystem: The requested object could not be found \
         (DestinationUnreachable)"
    );
    let input = Properties::new().with("Text", "hello");
    let error = scene
        .client
        .invoke(&service(), "Nope", input)
        .await
        .unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::MethodNotFound));
    scene.finish();
}

#[tokio::test]
async fn pages() {
    let scene = Scene::open_with("openwsman-pages", |builder| builder.page_size(1));
    let rows = scene
        .client
        .namespace(NAMESPACE)
        .enumerate(VirtualMachine::CLASS);
    let rows = rows.collect().await.unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.get("Name").unwrap()).collect();
    assert_eq!(
        names,
        [
            "HVHOST01",
            "423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1",
            "9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002"
        ]
    );
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn jobs() {
    let scene = Scene::open_with("openwsman-jobs", |builder| {
        let mut profile = ServerProfile::windows();
        profile.datetime_form = DatetimeForm::Text;
        builder.page_size(20).profile(profile)
    });
    let vm = virtual_machine("423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1");
    let input = Properties::new()
        .with("ComputerSystem", &vm)
        .with("InitialReplicationType", 1u16);
    let output = scene
        .client
        .invoke(&service(), "StartReplication", input.clone())
        .await
        .unwrap();
    // The namespace stands in the resource URI and in a selector, and is no key.
    let started: Reference = output.get("Job").unwrap();
    assert_eq!(started.class(), &job_class());
    assert_eq!(
        started.keys().collect::<Vec<_>>(),
        [(
            "InstanceID",
            &KeyValue::Text("BF282487-C676-4A5A-9A9E-DA7F696A3D8C".to_owned())
        )]
    );

    let all = Job::list(&scene.client, &job_class()).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[1].reference.as_reference(), &started);
    let elapsed: Interval = "00000000000122.560775:000".parse().unwrap();
    assert_eq!(
        (all[1].state, all[1].elapsed),
        (JobState::Completed, Some(elapsed))
    );

    let first = JobReference::new(
        NAMESPACE,
        "Msvm_ConcreteJob",
        "8C04DBF6-9221-4640-8187-D46019F6620A",
    );
    let status = Job::new(&scene.client, first)
        .unwrap()
        .wait()
        .await
        .unwrap();
    assert_eq!(
        (status.percent_complete, status.start_time),
        (
            Some(100),
            Some("20261122113013.942000+000".parse().unwrap())
        )
    );

    let time = Value::DateTime("2030-01-01T00:00:00Z".parse().unwrap());
    let input = input
        .with("InitialReplicationExportLocation", "fail")
        .with("StartTime", time);
    let output = scene
        .client
        .invoke(&service(), "StartReplication", input)
        .await
        .unwrap();
    let Outcome::Started(failed) = Outcome::read(&scene.client, &output).unwrap() else {
        panic!("{output:?}")
    };
    let row = scene
        .client
        .get(failed.reference().as_reference())
        .await
        .unwrap();
    let status = cimwire::job::JobStatus::read(&row, &job_class()).unwrap();
    assert_eq!(
        (status.state, status.error_code),
        (JobState::Exception, Some(32773))
    );
    let code = ReturnCode::of_job(&status);
    assert_eq!(code, Some(ReturnCode::InvalidParameter));
    scene.finish();
}
