//! Enable, start, suspend, resume, resynchronize, extend, remove.

use super::*;

#[tokio::test]
async fn a_replica_appears_when_replication_is_enabled() {
    let hosts = Hosts::new().await;
    let job = hosts.enable(&hosts.primary, "hv02.sim.example").await;
    assert!(job.job().is_some());
    assert_eq!(hosts.primary.jobs().await, [(91, 2)]);
    assert!(hosts.replica.service.vm("app01").await.is_err());
    hosts.wait(10);
    let (primary, replica) = (hosts.primary.vm().await, hosts.replica.vm().await);
    assert_eq!((&primary.id, &primary.name), (&replica.id, &replica.name));
    let modes = (primary.replication_mode, replica.replication_mode);
    let expected = (
        Some(ReplicationMode::Primary),
        Some(ReplicationMode::Replica),
    );
    assert_eq!(modes, expected);
    let waiting = ReplicationState::WaitingToCompleteInitialReplication;
    hosts.expect(ReplicationState::Ready, waiting).await;
    let settings = hosts
        .replica
        .service
        .replication_settings(&replica, Relationship::Primary);
    let settings = settings.await.unwrap();
    let hosts_of = (settings.primary_host_system, settings.recovery_host_system);
    let expected = ["hv01.sim.example", "hv02.sim.example"].map(|name| Some(name.to_owned()));
    assert_eq!(<[_; 2]>::from(hosts_of), expected);
}

#[tokio::test]
async fn the_copy_is_a_job_of_its_own_and_ends_on_both_hosts() {
    let hosts = Hosts::new().await;
    let _ = hosts.enable(&hosts.primary, "HV02").await;
    hosts.wait(10);
    let vm = hosts.primary.vm().await;
    let start = InitialReplication::network();
    let _ = hosts
        .primary
        .service
        .start_replication(&vm, start)
        .await
        .unwrap();
    let copying = ReplicationState::WaitingToCompleteInitialReplication;
    hosts.expect(copying, copying).await;
    // Enabling, and the start.
    assert_eq!(hosts.primary.jobs().await, [(91, 7), (94, 2)]);
    hosts.wait(10);
    assert_eq!(hosts.primary.jobs().await, [(91, 7), (94, 7), (116, 2)]);
    hosts.wait(79);
    hosts.expect(copying, copying).await;
    hosts.wait(1);
    hosts
        .expect(ReplicationState::Replicating, ReplicationState::Replicating)
        .await;
    assert!(hosts.replica.last_replication().await.is_some());
    assert_eq!(
        hosts.primary.last_replication().await,
        hosts.replica.last_replication().await
    );
    // Each cycle is a replication.
    let before = hosts.replica.last_instant().await;
    hosts.wait(700);
    let after = hosts.replica.last_instant().await;
    assert_eq!(after - before, 600_000_000);
}

#[tokio::test]
async fn a_suspended_copy_goes_on_where_it_was() {
    let hosts = Hosts::new().await;
    let _ = hosts.enable(&hosts.primary, "HV02").await;
    hosts.wait(10);
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let _ = service
        .start_replication(&vm, InitialReplication::network())
        .await
        .unwrap();
    hosts.wait(50); // half of the copy
    let _ = service.suspend(&vm, Relationship::Primary).await.unwrap();
    hosts.wait(1_000);
    let copying = ReplicationState::WaitingToCompleteInitialReplication;
    hosts.expect(ReplicationState::Suspended, copying).await;
    let _ = service.resume(&vm, Relationship::Primary).await.unwrap();
    hosts.wait(39);
    hosts.expect(copying, copying).await;
    hosts.wait(1);
    hosts
        .expect(ReplicationState::Replicating, ReplicationState::Replicating)
        .await;
}

/// The simulated host has no sizes of disks.
#[tokio::test]
async fn the_disk_that_is_copied_is_the_one_of_the_settings() {
    let hosts = Hosts::new().await;
    let _ = hosts.enable(&hosts.primary, "HV02").await;
    hosts.wait(10);
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let disks = service.disks(&vm).await.unwrap();
    let settings = service.replication_settings(&vm, Relationship::Primary);
    let included = settings.await.unwrap().included_disks.unwrap();
    let paths: Vec<_> = disks.iter().map(|disk| disk.path.as_str()).collect();
    assert_eq!(paths, included);
    assert_eq!(disks[0].file, r"D:\Virtual Disks\app01.vhdx");

    let copy = service.copy_in_progress(&vm, Relationship::Primary).await;
    assert_eq!(copy.unwrap(), None);
    let _ = service
        .start_replication(&vm, InitialReplication::network())
        .await
        .unwrap();
    hosts.wait(50);
    let copy = service.copy_in_progress(&vm, Relationship::Primary).await;
    assert!(copy.unwrap().is_some_and(|(_, percent)| percent > 0));
}

#[tokio::test]
async fn a_cancelled_copy_leaves_the_machine_ready() {
    let hosts = Hosts::new().await;
    let _ = hosts.enable(&hosts.primary, "HV02").await;
    hosts.wait(10);
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let _ = service
        .start_replication(&vm, InitialReplication::network())
        .await
        .unwrap();
    hosts.wait(50);
    let _ = service
        .cancel_initial_replication(&vm, Relationship::Primary)
        .await
        .unwrap();
    hosts.wait(200);
    let waiting = ReplicationState::WaitingToCompleteInitialReplication;
    hosts.expect(ReplicationState::Ready, waiting).await;
    assert_eq!(hosts.replica.last_replication().await, None);
}

#[tokio::test]
async fn nothing_is_replicated_while_replication_is_suspended() {
    let hosts = Hosts::replicating().await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let _ = service.suspend(&vm, Relationship::Primary).await.unwrap();
    hosts
        .expect(ReplicationState::Suspended, ReplicationState::Replicating)
        .await;
    assert_eq!(hosts.primary.health().await, ReplicationHealth::Warning);
    let before = hosts.replica.last_replication().await;
    hosts.wait(3_000);
    assert_eq!(hosts.replica.last_replication().await, before);
    let again = service.suspend(&vm, Relationship::Primary).await;
    assert_eq!(refused(again), ReturnCode::InvalidState);
    let _ = service.resume(&vm, Relationship::Primary).await.unwrap();
    hosts
        .expect(ReplicationState::Replicating, ReplicationState::Replicating)
        .await;
    assert!(hosts.replica.last_replication().await > before);
}

#[tokio::test]
async fn a_resynchronization_spans_its_job() {
    let hosts = Hosts::replicating().await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    assert_eq!(
        refused(service.resynchronize(&vm, None).await),
        ReturnCode::InvalidState
    );
    let _ = service.suspend(&vm, Relationship::Primary).await.unwrap();
    let job = service.resynchronize(&vm, None).await.unwrap();
    let resyncing = ReplicationState::Resynchronizing;
    hosts.expect(resyncing, resyncing).await;
    hosts.wait(39);
    hosts.expect(resyncing, resyncing).await;
    hosts.wait(1);
    hosts
        .expect(ReplicationState::Replicating, ReplicationState::Replicating)
        .await;
    job.wait().await.expect("the job has completed");
}

#[tokio::test]
async fn removing_a_relationship_leaves_the_other_end() {
    let hosts = Hosts::replicating().await;
    for host in [&hosts.primary, &hosts.replica] {
        let vm = host.vm().await;
        let _ = host
            .service
            .remove_relationship(&vm, Relationship::Primary)
            .await
            .unwrap();
        hosts.wait(10);
        let vm = host.vm().await;
        assert_eq!(vm.replication_mode, Some(ReplicationMode::None));
        assert_eq!(vm.replication_state, Some(ReplicationState::Disabled));
    }
}

#[tokio::test]
async fn a_replica_is_extended_to_a_third_host() {
    let hosts = Hosts::replicating().await;
    let _ = hosts.enable(&hosts.replica, "HV03").await;
    hosts.wait(10);
    let vm = hosts.replica.vm().await;
    let service = &hosts.replica.service;
    let _ = service
        .start_replication(&vm, InitialReplication::network())
        .await
        .unwrap();
    hosts.wait(90);
    let third = hosts.extended.vm().await;
    assert_eq!(
        third.replication_mode,
        Some(ReplicationMode::ExtendedReplica)
    );
    assert_eq!(third.replication_state, Some(ReplicationState::Replicating));
    let extended = service
        .relationship(&vm, Relationship::Extended)
        .await
        .unwrap();
    assert_eq!(
        extended.replication_state,
        Some(ReplicationState::Replicating)
    );
    let early = service
        .remove_relationship(&vm, Relationship::Primary)
        .await;
    assert_eq!(refused(early), ReturnCode::InvalidState);
    let _ = service
        .remove_relationship(&vm, Relationship::Extended)
        .await
        .unwrap();
    hosts.wait(10);
    let _ = service
        .remove_relationship(&vm, Relationship::Primary)
        .await
        .unwrap();
}

#[tokio::test]
async fn replicas_are_not_started_and_running_machines_not_prepared() {
    let hosts = Hosts::replicating().await;
    let refusal = refused(hosts.replica.power(RequestedState::Running).await);
    assert_eq!(refusal, ReturnCode::InvalidState);
    let vm = hosts.primary.vm().await;
    let early = hosts
        .primary
        .service
        .prepare_failover(&vm, Relationship::Primary)
        .await;
    assert_eq!(refused(early), ReturnCode::InvalidState);
}

#[tokio::test]
async fn a_replica_server_that_cannot_be_used_fails_the_job() {
    for (server, port, code) in [
        ("nowhere.sim.example", 80, "0x00002EE7"),
        ("HV02", 81, "0x00002EFD"),
    ] {
        let hosts = Hosts::new().await;
        let vm = hosts.primary.vm().await;
        let service = &hosts.primary.service;
        let which = Relationship::Primary;
        let mut settings = service.replication_settings(&vm, which).await.unwrap();
        settings.recovery_connection_point = Some(server.to_owned());
        settings.recovery_server_port_number = Some(port);
        let job = service.create_relationship(&vm, &settings).await.unwrap();
        hosts.wait(10);
        let failed = job.wait().await.expect_err("the job failed");
        assert!(format!("{failed:?}").contains(code), "{failed:?}");
        assert_eq!(hosts.primary.state().await, ReplicationState::Disabled);
    }
}
