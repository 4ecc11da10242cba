//! `Msvm_ReplicationService`.

use cimwire::cim::Reference;
use cimwire::hyperv::{
    InitialReplication, Outcome, ReplicationMode, ReplicationService, ReplicationState, ReturnCode,
    VirtualMachine,
};
use cimwire::job::{Job, JobState, Verdict};
use cimwire::{Error, ErrorKind, FaultKind};

use super::{Scene, chain};

/// Finds the service and a virtual machine, and starts its replication.
async fn start(
    scene: &Scene,
    name: &str,
    replication: impl Into<InitialReplication>,
) -> Result<(VirtualMachine, Outcome), Error> {
    let replica = ReplicationService::connect(&scene.client).await?;
    let vm = replica.vm(name).await?;
    let outcome = replica.start_replication(&vm, replication).await?;
    Ok((vm, outcome))
}

fn job_of(outcome: Outcome) -> Job {
    match outcome {
        Outcome::Started(job) => job,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn over_the_network_now() {
    let scene = Scene::open("replication-network");
    let (vm, outcome) = start(&scene, "web01", InitialReplication::network())
        .await
        .unwrap();
    assert_eq!(vm.name, "web01");
    assert_eq!(vm.id, "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001");
    assert_eq!(vm.replication_state, Some(ReplicationState::Ready));
    assert_eq!(vm.replication_mode, Some(ReplicationMode::Primary));

    let job = job_of(outcome);
    assert_eq!(
        *job.reference().as_reference(),
        Reference::new("root/virtualization/v2", "Msvm_ConcreteJob")
            .with_key("InstanceID", "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E101")
    );
    let mut progress = job.progress();
    let mut seen = Vec::new();
    while let Some(status) = progress.next().await {
        let status = status.unwrap();
        seen.push((status.state, status.percent_complete));
        assert_eq!(
            (status.name.as_str(), status.job_type),
            ("Starting initial replication", Some(94))
        );
        assert_eq!(status.error_code, None);
    }
    assert_eq!(
        seen,
        [
            (JobState::Running, Some(0)),
            (JobState::Running, Some(60)),
            (JobState::Completed, Some(100))
        ]
    );
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn over_the_network_at_a_time() {
    let scene = Scene::open_with("replication-scheduled", |builder| builder.locale("de-DE"));
    let start_time = "2030-01-15T22:00:00+01:00".parse().unwrap();
    let (vm, outcome) = start(&scene, "fünf", InitialReplication::network().at(start_time))
        .await
        .unwrap();
    assert_eq!(vm.name, "fünf");

    let status = job_of(outcome).status().await.unwrap();
    assert_eq!(
        (status.state, status.verdict()),
        (JobState::New, Verdict::Running)
    );
    assert_eq!(status.scheduled_start_time, Some(start_time));
    assert_eq!(status.start_time, None);
    assert_eq!(
        (status.name.as_str(), status.status.as_str()),
        ("Erste Replikation wird gestartet", "Auftrag wartet")
    );
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn into_a_directory() {
    let scene = Scene::open("replication-export");
    let export = InitialReplication::export(r"E:\Seed & <Ship>\");
    let (vm, outcome) = start(&scene, r#"web & <db> "01""#, export).await.unwrap();
    assert_eq!(vm.name, r#"web & <db> "01""#);
    let status = outcome.wait().await.unwrap().unwrap();
    assert_eq!(
        (status.job_type, status.verdict()),
        (Some(118), Verdict::Succeeded)
    );
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn from_a_seed_by_guid() {
    let scene = Scene::open("replication-seeded");
    let guid = "{0e4be93a-6f1c-4b7d-9a55-7c2d10f3a004}";
    let (vm, outcome) = start(&scene, guid, InitialReplication::seeded())
        .await
        .unwrap();
    assert_eq!(vm.name, "db02");
    let status = outcome.wait().await.unwrap().unwrap();
    assert_eq!(
        (status.job_type, status.verdict()),
        (Some(117), Verdict::Succeeded)
    );
    scene.finish();
}

#[tokio::test]
async fn done_without_a_job() {
    let scene = Scene::open("replication-done");
    let (_, outcome) = start(&scene, "fast01", InitialReplication::network())
        .await
        .unwrap();
    assert!(outcome.job().is_none());
    assert_eq!(outcome.wait().await.unwrap(), None);
    scene.finish();
}

#[tokio::test]
async fn refused() {
    let scene = Scene::open("replication-refused");
    let error = start(&scene, "cold01", InitialReplication::network())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.host()),
        (ErrorKind::Refused, Some("hv01.example"))
    );
    assert_eq!(error.cause::<ReturnCode>(), Some(&ReturnCode::InvalidState));
    assert_eq!(
        chain(&error),
        "the host refused StartReplication: invalid state"
    );
    assert_eq!(
        error.hint(),
        Some(
            "enable the replication first if it is disabled; the replication state has to be \"ready for initial \
             replication\"; its state is: disabled"
        )
    );
    scene.finish();
}

#[tokio::test]
async fn names_that_name_no_virtual_machine() {
    let scene = Scene::open("vm-lookup");
    let replica = ReplicationService::connect(&scene.client).await.unwrap();

    let twins = replica.vm("twin").await.unwrap_err();
    assert_eq!(twins.kind(), ErrorKind::Ambiguous);
    assert_eq!(
        twins.to_string(),
        "the host has 2 virtual machines \"twin\": 0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A00F, \
         0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A010"
    );
    for name in [r"O'Brien\01", "HV01"] {
        let missing = replica.vm(name).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound, "{name}");
        assert_eq!(missing.host(), Some("hv01.example"));
        assert!(missing.fault().is_none());
    }
    scene.finish();
}

#[tokio::test]
async fn access_denied() {
    let scene = Scene::open("access-denied");
    let error = ReplicationService::connect(&scene.client)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Fault);
    assert_eq!(error.fault_kind(), Some(FaultKind::AccessDenied));
    let fault = error.fault().unwrap();
    assert_eq!(
        (fault.code(), fault.subcode(), fault.wsman_code()),
        ("Sender", Some("AccessDenied"), Some(5))
    );
    assert_eq!(
        chain(&error),
        "could not query root/virtualization/v2: Zugriff wurde verweigert \
         (AccessDenied, ERROR_ACCESS_DENIED 0x00000005)"
    );
    assert!(
        error
            .hint()
            .is_some_and(|hint| hint.contains("Hyper-V Administrators"))
    );
    scene.finish();
}
