//! The lists, objects and methods of Hyper-V Replica.

use std::time::Duration;

use cimwire::ErrorKind;
use cimwire::hyperv::{
    EnabledState, HealthState, OperationalStatus, RecoveryPointKind, Relationship, ReplicationMode,
    ReplicationService, ReplicationState, ReplicationStatistics, VirtualMachine,
};

use super::Scene;

#[tokio::test]
async fn lists_virtual_machines_and_their_relationships() {
    let scene = Scene::open("replica-lists");
    let service = ReplicationService::connect(&scene.client).await.unwrap();
    let replications = service.replications().await.unwrap();

    let rows = replications.iter().map(|one| {
        let state = one.relationship.replication_state.unwrap();
        let settings = one.settings.as_ref().unwrap();
        (
            one.vm.name.as_str(),
            one.which,
            state.powershell_name(one.side()).into_owned(),
            settings.replication_interval.unwrap(),
            settings.recovery_connection_point.as_deref().unwrap(),
        )
    });
    // A disabled relationship is left out. A chained replica has two, and sends in the extended one.
    let [primary, extended] = [Relationship::Primary, Relationship::Extended];
    let replicating = "Replicating".to_owned();
    let ready = "ReadyForInitialReplication".to_owned();
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [
            ("web01", primary, replicating.clone(), 300, "hv02.example"),
            ("chain01", primary, replicating, 30, "hv01.example"),
            ("chain01", extended, ready, 900, "hv03.example"),
        ]
    );
    let [web01, chain01, extension] = replications.as_slice() else {
        unreachable!("compared above");
    };
    assert_eq!(web01.side(), ReplicationMode::Primary);
    assert_eq!(chain01.side(), ReplicationMode::Replica);
    assert_eq!(extension.side(), ReplicationMode::Primary);

    assert_eq!(web01.vm.enabled_state, Some(EnabledState::Running));
    assert_eq!(web01.vm.uptime, Some(Duration::from_millis(86_412_007)));
    assert_eq!(web01.vm.process_id, Some(5128));
    assert_eq!(
        web01.vm.install_date,
        "2026-03-02T09:14:07.482913Z".parse().ok()
    );
    assert_eq!(chain01.vm.enabled_state, Some(EnabledState::Off));
    assert_eq!(chain01.vm.health_state, Some(HealthState::MajorFailure));
    assert_eq!(
        chain01.vm.operational_status,
        [OperationalStatus::Stopped, OperationalStatus::MergingDisks]
    );

    // 1601 means never.
    assert_eq!(
        web01.relationship.last_replication_time,
        "2026-03-03T08:05:11.25Z".parse().ok()
    );
    assert_eq!(web01.vm.last_application_consistent_replication_time, None);
    assert_eq!(extension.relationship.last_replication_time, None);
    assert_eq!(
        extension.relationship.replication_state,
        Some(ReplicationState::Ready)
    );
    scene.finish();
}

/// Opens a scenario, and finds the service and the virtual machine web01.
async fn web01(scenario: &str) -> (Scene, ReplicationService, VirtualMachine) {
    let scene = Scene::open(scenario);
    let service = ReplicationService::connect(&scene.client).await;
    let service = service.expect("the host has the service");
    let vm = service.vm("web01").await.expect("the host has web01");
    (scene, service, vm)
}

#[tokio::test]
async fn recovery_points_are_told_from_other_snapshots() {
    let (scene, service, vm) = web01("replica-recovery-points").await;
    let points = service.recovery_points(&vm).await.unwrap();
    let kinds: Vec<_> = points.iter().map(|point| point.kind).collect();
    // The newest is first.
    assert_eq!(
        kinds,
        [
            RecoveryPointKind::ApplicationConsistent,
            RecoveryPointKind::Standard,
            RecoveryPointKind::PlannedFailover
        ]
    );
    let newest = &points[0];
    assert_eq!(newest.name, "web01 - (3/3/2026 - 8:00:00 AM)");
    assert_eq!(newest.creation_time, "2026-03-03T08:00:00.5Z".parse().ok());
    assert_eq!(
        newest.reference().to_string(),
        r#"root/virtualization/v2:Msvm_VirtualSystemSettingData.InstanceID="Microsoft:9A6CB1E4-0000-4000-8000-000000000003""#
    );
    scene.finish();
}

#[tokio::test]
async fn reads_what_belongs_to_a_virtual_machine() {
    let (scene, service, vm) = web01("replica-objects").await;

    let disks = service.disks(&vm).await.unwrap();
    let files: Vec<_> = disks.iter().map(|disk| disk.file.as_str()).collect();
    assert_eq!(files, [r"D:\vm\web01.vhdx", r"D:\vm\web01 data.vhdx"]);
    // The server is the host's own name. Backslashes in the key are doubled.
    assert_eq!(
        disks[1].path,
        r#"\\HV01\root\virtualization\v2:Msvm_StorageAllocationSettingData.InstanceID="Microsoft:0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\\8F\\0\\2\\L""#
    );

    let adapters = service.failover_network(&vm).await.unwrap();
    let [adapter] = adapters.as_slice() else {
        panic!("{adapters:?}");
    };
    assert_eq!(adapter.name, "Network Adapter");
    assert_eq!(adapter.mac_address.as_deref(), Some("00155D01020A"));
    let settings = &adapter.settings;
    assert_eq!((settings.protocol, settings.dhcp), (4096, false));
    assert_eq!(settings.addresses, ["10.2.0.7"]);
    assert_eq!(settings.dns_servers, ["10.2.0.2", "10.2.0.3"]);

    let test = service.test_vm(&vm).await.unwrap().unwrap();
    assert_eq!(test.name, "web01 - Test");
    assert_eq!(test.replication_mode, Some(ReplicationMode::TestReplica));

    let providers = service.providers().await.unwrap();
    let built_in: Vec<_> = providers.iter().map(|one| one.is_hyperv()).collect();
    assert_eq!(built_in, [true, false]);
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn the_test_virtual_machine_is_the_affected_one_that_was_created() {
    let (scene, service, vm) = web01("replica-test-failover").await;
    let outcome = service.test_failover(&vm, None).await.unwrap();
    let job = outcome.job().unwrap().clone();
    outcome.wait().await.unwrap();
    let test = service.test_vm_of(&vm, &job).await.unwrap().unwrap();
    assert_eq!(test.id, "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A009");
    scene.finish();
}

#[tokio::test]
async fn a_rescheduled_start_keeps_its_type() {
    let (scene, service, vm) = web01("replica-reschedule").await;
    let start = "2030-01-16T22:00:00+01:00".parse().unwrap();
    let outcome = service.reschedule(&vm, start).await.unwrap();
    assert!(outcome.job().is_none());
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn a_pending_start_is_cancelled_by_its_job() {
    let (scene, service, vm) = web01("replica-cancel-pending").await;
    let cancel = service.cancel_initial_replication(&vm, Relationship::Primary);
    assert!(cancel.await.unwrap().job().is_none());
    scene.finish();

    // After a refusal no other change is made.
    let (scene, service, vm) = web01("replica-cancel-refused").await;
    let cancel = service.cancel_initial_replication(&vm, Relationship::Primary);
    assert_eq!(cancel.await.unwrap_err().kind(), ErrorKind::Refused);
    scene.finish();
}

#[tokio::test]
async fn a_copy_in_progress_is_cancelled_by_the_state_ready() {
    let (scene, service, vm) = web01("replica-cancel-copy").await;
    let cancel = service.cancel_initial_replication(&vm, Relationship::Primary);
    assert!(cancel.await.unwrap().job().is_none());
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn stop_and_resume_request_the_states_of_the_module() {
    let scene = Scene::open("replica-stop");
    let service = ReplicationService::connect(&scene.client).await.unwrap();
    let vms = service.vms().await.unwrap();
    let [web01, web02] = vms.as_slice() else {
        panic!("{vms:?}");
    };
    let which = Relationship::Primary;
    for vm in [web01, web02, web01, web01, web02, web02] {
        assert!(service.stop(vm, which).await.unwrap().job().is_none());
    }
    for _ in 0..2 {
        assert!(service.resume(web01, which).await.unwrap().job().is_none());
    }
    assert!(service.stop(web01, which).await.unwrap().job().is_none());
    scene.finish();
}

#[tokio::test]
async fn an_initial_copy_has_pending_bytes_of_its_disks() {
    let (scene, service, vm) = web01("replica-pending").await;
    let which = Relationship::Primary;
    // A quarter of 8,000 and 4,000 bytes is copied; the third disk is not replicated.
    let copy = service.copy_in_progress(&vm, which).await.unwrap();
    assert_eq!(copy, Some((12_000, 25)));
    let statistics = ReplicationStatistics::default();
    assert_eq!(statistics.pending_size(copy), 9_000);
    // The job of a copy that has ended remains for a while.
    let copy = service.copy_in_progress(&vm, which).await.unwrap();
    assert_eq!(copy, None);
    scene.finish();
}
