//! Msvm_ReplicationService, and the methods that it implements.

use crate::cim::{Instance, Value};

use super::super::super::{Output, Table, values};
use super::super::codes::NOT_SUPPORTED;
use super::super::names::{COMPUTER_SYSTEM, REPLICATION_SERVICE};
use super::super::state::Hyperv;
use super::request::answer;
use super::{
    authorization, certificates, enable, failover, network, remove, resync, reverse,
    server_settings, start, statistics, test,
};

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: REPLICATION_SERVICE,
    methods: &[
        ("CreateReplicationRelationship", |hyperv, call| {
            answer(enable::create(hyperv, call))
        }),
        ("ModifyReplicationSettings", |hyperv, call| {
            answer(enable::modify(hyperv, call))
        }),
        ("RemoveReplicationRelationship", |hyperv, call| {
            answer(remove::remove(hyperv, call))
        }),
        ("RemoveReplicationRelationshipEx", |hyperv, call| {
            answer(remove::remove(hyperv, call))
        }),
        ("StartReplication", |hyperv, call| {
            answer(start::start(hyperv, call))
        }),
        ("ImportInitialReplica", |hyperv, call| {
            answer(start::import(hyperv, call))
        }),
        ("Resynchronize", |hyperv, call| {
            answer(resync::resynchronize(hyperv, call))
        }),
        ("ReverseReplicationRelationship", |hyperv, call| {
            answer(reverse::reverse(hyperv, call))
        }),
        ("InitiateFailover", |hyperv, call| {
            answer(failover::initiate(hyperv, call))
        }),
        ("RevertFailover", |hyperv, call| {
            answer(failover::revert(hyperv, call))
        }),
        ("CommitFailover", |hyperv, call| {
            answer(failover::commit(hyperv, call))
        }),
        ("ChangeReplicationModeToPrimary", |hyperv, call| {
            answer(failover::change_mode(hyperv, call))
        }),
        ("TestReplicaSystem", test::test),
        ("GetReplicationStatistics", statistics::get),
        ("GetReplicationStatisticsEx", statistics::get),
        ("ResetReplicationStatistics", |hyperv, call| {
            answer(statistics::reset(hyperv, call))
        }),
        ("ResetReplicationStatisticsEx", |hyperv, call| {
            answer(statistics::reset(hyperv, call))
        }),
        ("ModifyServiceSettings", |hyperv, call| {
            answer(server_settings::modify(hyperv, call))
        }),
        ("TestReplicationConnection", |hyperv, call| {
            answer(server_settings::test(hyperv, call))
        }),
        ("AddAuthorizationEntry", |hyperv, call| {
            answer(authorization::add(hyperv, call))
        }),
        ("ModifyAuthorizationEntry", |hyperv, call| {
            answer(authorization::modify(hyperv, call))
        }),
        ("RemoveAuthorizationEntry", |hyperv, call| {
            answer(authorization::remove(hyperv, call))
        }),
        ("SetAuthorizationEntry", |hyperv, call| {
            answer(authorization::set(hyperv, call))
        }),
        ("SetFailoverNetworkAdapterSettings", |hyperv, call| {
            answer(network::set(hyperv, call))
        }),
        ("GetSystemCertificates", certificates::get),
        // It is for providers other than the built-in one.
        ("InitiateFailback", |_, _| {
            Ok(Output::code(NOT_SUPPORTED).with("Job", Value::Null))
        }),
    ],
    instances: |hyperv, _| vec![instance(hyperv)].into(),
    ..Table::EMPTY
};

fn instance(hyperv: &Hyperv) -> Instance {
    REPLICATION_SERVICE.instance(values! {
        Caption: "Hyper-V Replica Service",
        CommunicationStatus: 2u16,
        CreationClassName: REPLICATION_SERVICE.name,
        Description: "Replication Service",
        DetailedStatus: 1u16,
        ElementName: "Hyper-V Replica Service",
        EnabledDefault: 2u16,
        EnabledState: 2u16,
        HealthState: 5u16,
        InstallDate: hyperv.booted.to_datetime(),
        Name: "replicasvc",
        OperatingStatus: 2u16,
        OperationalStatus: vec![2u16],
        PrimaryStatus: 1u16,
        RequestedState: 12u16,
        Started: true,
        Status: "OK",
        StatusDescriptions: vec!["OK"],
        SystemCreationClassName: COMPUTER_SYSTEM.name,
        SystemName: hyperv.machine.as_str(),
        TimeOfLastStateChange: hyperv.booted.to_datetime(),
    })
}
