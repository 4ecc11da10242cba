//! Planned, unplanned and test failovers, statistics, recovery points, and faults.

use cimwire::cim::Instance;
use cimwire::simulator::Order;

use super::*;

const REPLICATING: ReplicationState = ReplicationState::Replicating;
const PRIMARY: Relationship = Relationship::Primary;

impl Hosts {
    /// Turns app01 off on a host.
    async fn turn_off(&self, host: &Host) {
        let _ = host.power(RequestedState::Off).await.unwrap();
        self.wait(10);
    }

    async fn fail_over(&self) {
        let vm = self.replica.vm().await;
        let _ = self.replica.service.fail_over(&vm, None).await.unwrap();
        self.wait(10);
    }
}

impl Host {
    async fn instances(&self, class: &str) -> Vec<Instance> {
        let instances = self.scene.client.namespace(V2).enumerate(class);
        instances.collect().await.unwrap()
    }

    /// The types of the recovery points.
    async fn points(&self) -> Vec<String> {
        let settings = self.instances("Msvm_VirtualSystemSettingData").await;
        let types = settings
            .iter()
            .map(|one| one.get("VirtualSystemType").unwrap());
        let types: Vec<String> = types.collect();
        let prefix = "Microsoft:Hyper-V:Snapshot:Replica:";
        let points = types.iter().filter_map(|one| one.strip_prefix(prefix));
        points.map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn a_planned_failover_is_reversed() {
    let hosts = Hosts::replicating().await;
    hosts.turn_off(&hosts.primary).await;
    let vm = hosts.primary.vm().await;
    let _ = hosts
        .primary
        .service
        .prepare_failover(&vm, PRIMARY)
        .await
        .unwrap();
    hosts.wait(10);
    hosts
        .expect(ReplicationState::SyncedReplicationComplete, REPLICATING)
        .await;
    assert_eq!(
        refused(hosts.primary.power(RequestedState::Running).await),
        ReturnCode::InvalidState
    );
    assert_eq!(hosts.replica.points().await, ["PlannedFailover"]);

    hosts.fail_over().await;
    assert_eq!(hosts.replica.state().await, ReplicationState::Recovered);
    // The page of Msvm_ReplicationRelationship: 3 is planned.
    let relationship = hosts.replica.relationship().await;
    assert_eq!(
        relationship
            .failed_over_replication_type
            .map(|kind| kind.code()),
        Some(3)
    );

    let vm = hosts.replica.vm().await;
    let service = &hosts.replica.service;
    let mut settings = service.replication_settings(&vm, PRIMARY).await.unwrap();
    settings.recovery_connection_point = settings.primary_connection_point.clone();
    let _ = service.reverse(&vm, &settings).await.unwrap();
    hosts.wait(10);
    hosts.expect(REPLICATING, REPLICATING).await;
    let modes = (
        hosts.primary.vm().await.replication_mode,
        hosts.replica.vm().await.replication_mode,
    );
    assert_eq!(
        modes,
        (
            Some(ReplicationMode::Replica),
            Some(ReplicationMode::Primary)
        )
    );
    let _ = hosts.replica.power(RequestedState::Running).await.unwrap();
}

#[tokio::test]
async fn an_unplanned_failover_is_reverted_or_committed() {
    let hosts = Hosts::replicating().await;
    hosts.fail_over().await;
    assert_eq!(hosts.primary.health().await, ReplicationHealth::Critical);
    let vm = hosts.replica.vm().await;
    let service = &hosts.replica.service;
    let _ = service.revert_failover(&vm).await.unwrap();
    hosts.wait(10);
    hosts.expect(REPLICATING, REPLICATING).await;
    assert_eq!(hosts.primary.health().await, ReplicationHealth::Normal);

    hosts.fail_over().await;
    assert!(!hosts.replica.points().await.is_empty());
    let _ = service.commit_failover(&vm).await.unwrap();
    hosts.wait(10);
    assert_eq!(hosts.replica.state().await, ReplicationState::Committed);
    assert!(hosts.replica.points().await.is_empty());
    let late = service.revert_failover(&vm).await;
    assert_eq!(refused(late), ReturnCode::InvalidState);
}

#[tokio::test]
async fn a_running_machine_is_not_reversed() {
    let hosts = Hosts::replicating().await;
    hosts.fail_over().await;
    let vm = hosts.replica.vm().await;
    let service = &hosts.replica.service;
    let mut settings = service.replication_settings(&vm, PRIMARY).await.unwrap();
    settings.recovery_connection_point = Some("HV01".to_owned());
    let job = service.reverse(&vm, &settings).await.unwrap();
    hosts.wait(10);
    job.wait()
        .await
        .expect_err("the old primary machine is running");
    assert_eq!(hosts.replica.state().await, ReplicationState::Recovered);
}

#[tokio::test]
async fn a_prepared_failover_is_cancelled() {
    let hosts = Hosts::replicating().await;
    hosts.turn_off(&hosts.primary).await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let _ = service.prepare_failover(&vm, PRIMARY).await.unwrap();
    hosts.wait(10);
    let _ = service.revert_failover(&vm).await.unwrap();
    hosts.wait(10);
    hosts.expect(REPLICATING, REPLICATING).await;
    assert_eq!(hosts.primary.health().await, ReplicationHealth::Normal);
}

#[tokio::test]
async fn a_test_failover_is_a_machine_of_its_own() {
    let hosts = Hosts::replicating().await;
    let vm = hosts.replica.vm().await;
    let service = &hosts.replica.service;
    let started = service.test_failover(&vm, None).await.unwrap();
    assert!(service.vm("app01 - Test").await.is_err());
    let again = service.test_failover(&vm, None).await;
    assert_eq!(refused(again), ReturnCode::InvalidState);
    hosts.wait(10);
    let test = service.vm("app01 - Test").await.unwrap();
    assert_eq!(test.replication_mode, Some(ReplicationMode::TestReplica));
    assert_ne!(test.id, vm.id);
    let found = service.test_vm(&vm).await.unwrap();
    assert_eq!(found.map(|one| one.id).as_ref(), Some(&test.id));
    let found = service.test_vm_of(&vm, started.job().unwrap()).await;
    assert_eq!(found.unwrap().map(|one| one.id).as_ref(), Some(&test.id));
    // The job names what it has created: effect 5.
    let affected = hosts.replica.instances("Msvm_AffectedJobElement").await;
    let created = affected
        .iter()
        .find(|row| row.get("ElementEffects") == Ok(vec![5u16]));
    let created: Reference = created.unwrap().get("AffectedElement").unwrap();
    assert_eq!(created.key("Name"), test.reference().key("Name"));
    let job: Reference = affected[0].get("AffectingElement").unwrap();
    assert_eq!(
        started
            .job()
            .unwrap()
            .reference()
            .as_reference()
            .key("InstanceID"),
        job.key("InstanceID")
    );
    let dependencies = hosts
        .replica
        .instances("Msvm_ReplicaSystemDependency")
        .await;
    assert_eq!(dependencies.len(), 1);

    let _ = service.destroy_vm(&test).await.unwrap();
    hosts.wait(10);
    assert!(service.vm("app01 - Test").await.is_err());
    hosts.expect(REPLICATING, REPLICATING).await;
    let report = service.statistics(&vm, PRIMARY).await.unwrap();
    assert!(report.statistics[0].last_test_failover_time.is_some());
}

#[tokio::test]
async fn recovery_points_are_kept_each_hour() {
    let hosts = Hosts::replicating().await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let mut settings = service.replication_settings(&vm, PRIMARY).await.unwrap();
    settings.recovery_history = Some(3);
    settings.application_consistent_snapshot_interval = Some(2);
    let _ = service.modify_settings(&vm, &settings).await.unwrap();
    hosts.wait(4 * 3_600 + 600);
    // After the hours 2, 3 and 4, and the last replication.
    let expected = [
        "ApplicationConsistent",
        "Standard",
        "ApplicationConsistent",
        "Standard",
    ];
    assert_eq!(hosts.replica.points().await, expected);
    assert!(hosts.primary.points().await.is_empty());
    let vm = hosts.replica.vm().await;
    let points = hosts.replica.service.recovery_points(&vm).await.unwrap();
    let times: Vec<_> = points
        .iter()
        .map(|point| point.creation_time.unwrap().instant())
        .collect();
    assert_eq!(times.len(), 4);
    assert!(
        times.is_sorted_by(|newer, older| newer > older),
        "{times:?}"
    );
}

#[tokio::test]
async fn statistics_are_sums_over_the_cycles() {
    let hosts = Hosts::replicating().await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let _ = service.reset_statistics(&vm, PRIMARY).await.unwrap();
    hosts.wait(1_000); // three cycles of 300 s
    let report = service.statistics(&vm, PRIMARY).await.unwrap();
    let [statistics] = &report.statistics[..] else {
        panic!("{report:?}");
    };
    assert_eq!(statistics.replication_success_count, 3);
    assert_eq!(
        statistics.replication_size,
        3 * statistics.max_replication_size
    );
    assert_eq!(
        statistics.replication_latency,
        3 * statistics.max_replication_latency
    );
    assert_eq!(statistics.errors(), 0);
    assert!(report.health_issues.is_empty());

    let _ = service.suspend(&vm, PRIMARY).await.unwrap();
    hosts.wait(1_000);
    let report = service.statistics(&vm, PRIMARY).await.unwrap();
    assert_eq!(report.statistics[0].replication_success_count, 3);
    assert_eq!(report.statistics[0].replication_miss_count, 3);
    assert_eq!(report.health_issues.len(), 1);
}

#[tokio::test]
async fn the_replica_ages_when_its_primary_host_is_gone() {
    let hosts = Hosts::replicating().await;
    let before = hosts.replica.last_replication().await;
    let Hosts {
        site,
        primary,
        replica,
        ..
    } = hosts;
    drop(primary);
    site.advance(Duration::from_secs(3_600));
    assert_eq!(replica.last_replication().await, before);
    assert_eq!(replica.health().await, ReplicationHealth::Critical);
}

#[tokio::test]
async fn a_host_that_is_cut_off_replicates_again_when_it_is_back() {
    let hosts = Hosts::replicating().await;
    hosts.primary.scene.host.set_reachable(false);
    hosts.wait(3_600);
    assert_eq!(hosts.primary.health().await, ReplicationHealth::Critical);
    let vm = hosts.primary.vm().await;
    let report = hosts
        .primary
        .service
        .statistics(&vm, PRIMARY)
        .await
        .unwrap();
    assert!(report.statistics[0].errors() > 0);
    hosts.primary.scene.host.set_reachable(true);
    assert_eq!(hosts.replica.health().await, ReplicationHealth::Normal);
}

#[tokio::test]
async fn a_copy_that_turns_critical_is_resumed() {
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
    assert!(hosts.primary.scene.host.order("app01", Order::CriticalCopy));
    hosts.wait(500);
    let copying = ReplicationState::WaitingToCompleteInitialReplication;
    hosts.expect(ReplicationState::Critical, copying).await;
    let _ = service.resume(&vm, PRIMARY).await.unwrap();
    hosts.wait(40);
    hosts.expect(REPLICATING, REPLICATING).await;
    assert!(!hosts.primary.scene.host.order("app01", Order::CriticalCopy));
}

#[tokio::test]
async fn jobs_vanish_when_the_service_restarts() {
    let hosts = Hosts::new().await;
    let job = hosts.enable(&hosts.primary, "HV02").await;
    hosts.primary.scene.host.restart_service();
    assert_eq!(hosts.primary.jobs().await, []);
    job.wait().await.expect_err("the job is gone");
    hosts.wait(10);
    assert_eq!(hosts.primary.state().await, ReplicationState::Ready);
}

#[tokio::test]
async fn a_failed_over_replica_goes_on_with_its_extended_replica() {
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
    hosts.fail_over().await;
    let _ = service.commit_failover(&vm).await.unwrap();
    hosts.wait(10);
    let _ = service.change_mode_to_primary(&vm).await.unwrap();
    hosts.wait(10);
    let (vm, third) = (hosts.replica.vm().await, hosts.extended.vm().await);
    assert_eq!(vm.replication_mode, Some(ReplicationMode::Primary));
    assert_eq!(third.replication_mode, Some(ReplicationMode::Replica));
    assert_eq!(
        vm.replication_state,
        Some(ReplicationState::WaitingToStartResynchronize)
    );
    let _ = service.resynchronize(&vm, None).await.unwrap();
    hosts.wait(40);
    assert_eq!(hosts.replica.state().await, REPLICATING);
    assert_eq!(hosts.extended.state().await, REPLICATING);
}
