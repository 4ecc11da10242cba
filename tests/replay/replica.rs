//! The lists, objects and methods of Hyper-V Replica.

use std::time::Duration;

use cimwire::hyperv::{
    EnabledState, HealthState, OperationalStatus, Relationship, ReplicationMode,
    ReplicationService, ReplicationState,
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
