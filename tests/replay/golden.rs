//! A golden request for each method of Hyper-V Replica and what belongs to it (`xml-fixtures/replica`), and its answer.
//!
//! What a function reads before its call is in the scenario `prelude`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cimwire::cim::DateTime;
use cimwire::hyperv::{
    AllowedAuthentication, AuthorizationEntry, InitialReplication, NAMESPACE, Outcome,
    RecoveryPoint, Relationship, ReplicaServer, ReplicationAuthentication, ReplicationHealth,
    ReplicationReport, ReplicationService, ReplicationSettings, ReplicationState, RequestedState,
    ReturnCode, VirtualMachine,
};
use cimwire::job::{Job, JobReference};
use cimwire::transport::{Replay, Scenario};
use cimwire::{Client, Error, ErrorKind};

use super::Scene;

/// A method's scenario behind some exchanges of the prelude.
struct Golden {
    scene: Scene,
    service: ReplicationService,
    vm: VirtualMachine,
}

impl Golden {
    /// Opens the scenario of a method, after these exchanges of the prelude.
    async fn open(method: &'static str, reads: &[usize]) -> Self {
        REPLAYED.lock().unwrap().insert(method);
        let prelude = scenario("prelude");
        let reads = [1, 2].iter().chain(reads);
        let mut exchanges: Vec<_> = reads
            .map(|number| prelude.exchanges[number - 1].clone())
            .collect();
        let mut scenario = scenario(method);
        exchanges.append(&mut scenario.exchanges);
        scenario.exchanges = exchanges;
        let replay = Arc::new(Replay::new(scenario).unwrap());
        let client = Client::over(Arc::clone(&replay));
        let service = ReplicationService::connect(&client).await.unwrap();
        let vm = service.vm("web01").await.unwrap();
        let scene = Scene { client, replay };
        Self { scene, service, vm }
    }

    /// The host did it without a job.
    fn done(self, outcome: Result<Outcome, Error>) {
        assert!(outcome.unwrap().job().is_none());
        self.scene.finish();
    }

    /// The host started the job whose id ends with these digits.
    fn started(self, outcome: Result<Outcome, Error>, digits: &str) {
        let outcome = outcome.unwrap();
        let id = outcome.job().unwrap().reference().id();
        assert_eq!(id, format!("B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E0{digits}"));
        self.scene.finish();
    }

    /// The host refused by a code.
    fn refused(self, outcome: Result<Outcome, Error>, code: ReturnCode) {
        let error = outcome.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Refused);
        assert_eq!(error.cause(), Some(&code));
        self.scene.finish();
    }

    /// The settings of the primary relationship, changed as the golden requests have them.
    async fn settings(&self, replica: &str) -> ReplicationSettings {
        let settings = self.service.replication_settings(&self.vm, PRIMARY);
        let mut settings = settings.await.unwrap();
        settings.recovery_connection_point = Some(replica.to_owned());
        settings.recovery_server_port_number = Some(80);
        settings.application_consistent_snapshot_interval = Some(2);
        settings.recovery_history = Some(4);
        settings.auto_resynchronize_enabled = Some(true);
        let disk = r#"\\HV01\root\virtualization\v2:Msvm_StorageAllocationSettingData.InstanceID="Microsoft:0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\\8F\\0\\0\\L""#;
        settings.included_disks = Some(vec![disk.to_owned()]);
        settings
    }
}

fn scenario(name: &str) -> Scenario {
    let folder = Path::new(FOLDER).join(name);
    let files = fs::read_dir(folder).unwrap().map(|file| {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        (name, Bytes::from(fs::read(file.path()).unwrap()))
    });
    Scenario::from_files(files).unwrap()
}

#[tokio::test]
async fn each_method_has_a_golden_request() {
    relationships().await;
    failovers().await;
    states().await;
    the_replica_server().await;
    statistics().await;
    jobs_and_virtual_machines().await;

    let folders = fs::read_dir(FOLDER).unwrap();
    let names = folders.map(|folder| folder.unwrap().file_name().into_string().unwrap());
    let names: BTreeSet<_> = names.filter(|name| name != "prelude").collect();
    let replayed = REPLAYED.lock().unwrap();
    let replayed: BTreeSet<_> = replayed.iter().map(|&name| name.to_owned()).collect();
    assert_eq!(replayed, names, "the folders and the calls of this test");
}

async fn relationships() {
    let golden = Golden::open("CreateReplicationRelationship", &[4]).await;
    let settings = golden.settings("hv02.example").await;
    let outcome = golden.service.create_relationship(&golden.vm, &settings);
    let outcome = outcome.await;
    golden.started(outcome, "44");

    let golden = Golden::open("ModifyReplicationSettings", &[4]).await;
    let settings = golden.settings("hv02.example").await;
    let outcome = golden.service.modify_settings(&golden.vm, &settings).await;
    golden.done(outcome);

    let golden = Golden::open("RemoveReplicationRelationshipEx", &[3]).await;
    let outcome = golden.service.remove_relationship(&golden.vm, PRIMARY);
    let outcome = outcome.await;
    golden.started(outcome, "47");

    let golden = Golden::open("RemoveReplicationRelationship", &[7]).await;
    let outcome = golden.service.remove_relationship(&golden.vm, PRIMARY);
    let outcome = outcome.await;
    golden.done(outcome);

    let golden = Golden::open("ChangeReplicationModeToPrimary", &[5]).await;
    let outcome = golden.service.change_mode_to_primary(&golden.vm).await;
    golden.started(outcome, "4C");

    let golden = Golden::open("StartReplication", &[]).await;
    let copy = InitialReplication::seeded().at(start());
    let outcome = golden.service.start_replication(&golden.vm, copy).await;
    golden.started(outcome, "48");

    let golden = Golden::open("ImportInitialReplica", &[]).await;
    let directory = r"E:\seed\web01_0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001";
    let outcome = golden.service.import_initial_replica(&golden.vm, directory);
    let outcome = outcome.await;
    golden.started(outcome, "49");

    let golden = Golden::open("Resynchronize", &[]).await;
    let outcome = golden.service.resynchronize(&golden.vm, Some(start()));
    let outcome = outcome.await;
    golden.started(outcome, "4A");
}

async fn failovers() {
    let point = "Microsoft:9A6CB1E4-0000-4000-8000-000000000003";
    let point = RecoveryPoint::reference_to(point);

    let golden = Golden::open("InitiateFailover", &[]).await;
    let outcome = golden.service.fail_over(&golden.vm, Some(&point)).await;
    golden.started(outcome, "4B");

    let golden = Golden::open("TestReplicaSystem", &[]).await;
    let outcome = golden.service.test_failover(&golden.vm, Some(&point));
    let outcome = outcome.await;
    golden.done(outcome);

    let golden = Golden::open("RevertFailover", &[]).await;
    let outcome = golden.service.revert_failover(&golden.vm).await;
    golden.done(outcome);

    let golden = Golden::open("CommitFailover", &[]).await;
    let outcome = golden.service.commit_failover(&golden.vm).await;
    golden.refused(outcome, ReturnCode::InvalidState);

    let golden = Golden::open("ReverseReplicationRelationship", &[4]).await;
    let mut settings = golden.settings("hv00.example").await;
    settings.authentication_type = Some(ReplicationAuthentication::Certificate);
    settings.certificate_thumb_print = Some("9F8A0C".to_owned());
    settings.recovery_server_port_number = Some(443);
    let outcome = golden.service.reverse(&golden.vm, &settings).await;
    golden.started(outcome, "45");

    let golden = Golden::open("InitiateFailback", &[4]).await;
    let settings = golden.settings("hv02.example").await;
    let outcome = golden
        .service
        .fail_back(&golden.vm, &settings, Some("point 7"));
    let outcome = outcome.await;
    golden.started(outcome, "46");

    let golden = Golden::open("SetFailoverNetworkAdapterSettings", &[]).await;
    let adapter = |number: &str, address: &str| {
        let id = format!("Microsoft:0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\\{number}\\F");
        cimwire::hyperv::FailoverNetworkSettings {
            instance_id: id,
            protocol: 4096,
            dhcp: false,
            addresses: vec![address.to_owned()],
            subnets: vec!["255.255.255.0".to_owned()],
            default_gateways: vec!["10.2.0.1".to_owned()],
            dns_servers: vec!["10.2.0.2".to_owned(), "10.2.0.3".to_owned()],
        }
    };
    let network = [adapter("A", "10.2.0.7"), adapter("B", "10.2.0.8")];
    let outcome = golden.service.set_failover_network(&golden.vm, &network);
    let outcome = outcome.await;
    golden.done(outcome);
}

async fn states() {
    let golden = Golden::open("RequestReplicationStateChangeEx", &[3]).await;
    let outcome = golden.service.suspend(&golden.vm, PRIMARY).await;
    golden.started(outcome, "4D");

    let golden = Golden::open("RequestReplicationStateChange", &[7]).await;
    let outcome = golden.service.suspend(&golden.vm, PRIMARY).await;
    golden.done(outcome);
}

async fn the_replica_server() {
    let entry = AuthorizationEntry {
        allowed_primary_host_system: "*.contoso.com".to_owned(),
        trust_group: "R&D".to_owned(),
        replica_storage_location: r"D:\replica".to_owned(),
    };
    let golden = Golden::open("AddAuthorizationEntry", &[]).await;
    let outcome = golden.service.add_authorization_entry(&entry).await;
    golden.done(outcome);

    let golden = Golden::open("ModifyAuthorizationEntry", &[]).await;
    let outcome = golden.service.modify_authorization_entry(&entry).await;
    golden.started(outcome, "41");

    let golden = Golden::open("SetAuthorizationEntry", &[]).await;
    let outcome = golden.service.set_authorization_entry(&golden.vm, &entry);
    let outcome = outcome.await;
    golden.done(outcome);

    let golden = Golden::open("RemoveAuthorizationEntry", &[]).await;
    let outcome = golden.service.remove_authorization_entry("*.contoso.com");
    let outcome = outcome.await;
    golden.refused(outcome, ReturnCode::NotSupported);

    let golden = Golden::open("ModifyServiceSettings", &[6]).await;
    let mut settings = golden.service.server_settings().await.unwrap();
    settings.recovery_server_enabled = Some(true);
    settings.allowed_authentication_type = Some(AllowedAuthentication::CertificateAndKerberos);
    settings.certificate_thumb_print = Some("9F8A0C".to_owned());
    settings.http_port = Some(8080);
    let outcome = golden.service.modify_server_settings(&settings).await;
    golden.started(outcome, "42");

    let golden = Golden::open("TestReplicationConnection", &[]).await;
    let server = ReplicaServer {
        connection_point: "hv02.example".to_owned(),
        port: 443,
        authentication: ReplicationAuthentication::Certificate,
        certificate_thumbprint: Some("9F8A0C".to_owned()),
        bypass_proxy: false,
    };
    let outcome = golden.service.test_connection(&server).await;
    golden.started(outcome, "43");

    let golden = Golden::open("GetSystemCertificates", &[]).await;
    let certificates = golden.service.certificates().await.unwrap();
    assert_eq!(certificates, ["MIIBCgKCAQEA", "MIIBCgKCAQEB"]);
    golden.scene.finish();
}

async fn statistics() {
    for (method, relationship) in [
        ("GetReplicationStatisticsEx", 3),
        ("GetReplicationStatistics", 7),
    ] {
        let golden = Golden::open(method, &[relationship]).await;
        let report = golden.service.statistics(&golden.vm, PRIMARY).await;
        check_report(&report.unwrap());
        golden.scene.finish();
    }
    for (method, relationship) in [
        ("ResetReplicationStatisticsEx", 3),
        ("ResetReplicationStatistics", 7),
    ] {
        let golden = Golden::open(method, &[relationship]).await;
        let outcome = golden.service.reset_statistics(&golden.vm, PRIMARY).await;
        golden.done(outcome);
    }
}

fn check_report(report: &ReplicationReport) {
    let [statistics] = report.statistics.as_slice() else {
        panic!("{report:?}");
    };
    // 12 MiB and 12 s in 3 replications.
    assert_eq!(statistics.average_size(), 4 << 20);
    let latency = statistics.average_latency().unwrap();
    assert_eq!(latency.as_secs(), 4);
    assert_eq!(
        (statistics.errors(), statistics.replication_miss_count),
        (3, 1)
    );
    assert_eq!(
        statistics.start_statistic_time,
        "2026-03-03T00:00:00Z".parse().ok()
    );
    assert_eq!(statistics.end_statistic_time, None, "1601 means never");
    assert_eq!(statistics.last_test_failover_time, None);
    assert_eq!(
        statistics.replication_health,
        Some(ReplicationHealth::Warning)
    );
    let [issue] = report.health_issues.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(issue.message_id.as_deref(), Some("33414"));
    assert_eq!(issue.message.as_deref(), Some(ISSUE));
    assert_eq!(
        issue.recommended_actions,
        ["レプリケーションを再開してください。"]
    );
}

async fn jobs_and_virtual_machines() {
    let job_of = |golden: &Golden| {
        let id = "B3D1A7E0-52C4-4F19-8E6B-90A4C7D2E04F";
        let reference = JobReference::new(NAMESPACE, "Msvm_ConcreteJob", id);
        Job::new(&golden.scene.client, reference).unwrap()
    };
    let golden = Golden::open("RequestStateChange-Job", &[]).await;
    job_of(&golden).cancel().await.unwrap();
    golden.scene.finish();

    let golden = Golden::open("GetError", &[]).await;
    let error = golden.service.job_error(&job_of(&golden)).await.unwrap();
    assert_eq!(error.unwrap().message.as_deref(), Some(ISSUE));
    golden.scene.finish();

    let golden = Golden::open("GetErrorEx", &[]).await;
    let errors = golden.service.job_errors(&job_of(&golden)).await.unwrap();
    let ids: Vec<_> = errors
        .iter()
        .map(|error| error.message_id.as_deref().unwrap())
        .collect();
    assert_eq!(ids, ["33414", "33420"]);
    golden.scene.finish();

    let golden = Golden::open("RequestStateChange-VM", &[]).await;
    let off = golden
        .service
        .request_vm_state(&golden.vm, RequestedState::Off);
    let outcome = off.await;
    golden.started(outcome, "4E");

    let golden = Golden::open("DestroySystem", &[]).await;
    let outcome = golden.service.destroy_vm(&golden.vm).await;
    golden.started(outcome, "50");

    let golden = Golden::open("GetSummaryInformation", &[]).await;
    let summaries = golden.service.summaries().await.unwrap();
    let [web01, db01] = summaries.as_slice() else {
        panic!("{summaries:?}");
    };
    assert_eq!(web01.element_name.as_deref(), Some("web01"));
    assert_eq!(
        (web01.enabled_state, db01.enabled_state),
        (Some(2), Some(3))
    );
    assert_eq!(
        web01.replication_state_ex,
        [ReplicationState::Replicating, ReplicationState::Ready]
    );
    assert_eq!(
        web01.replication_health_ex,
        [ReplicationHealth::Normal, ReplicationHealth::Warning]
    );
    golden.scene.finish();
}

fn start() -> DateTime {
    "2030-01-15T22:00:00+01:00".parse().unwrap()
}

/// The methods that were replayed.
static REPLAYED: Mutex<BTreeSet<&str>> = Mutex::new(BTreeSet::new());
const FOLDER: &str = "xml-fixtures/replica";
const PRIMARY: Relationship = Relationship::Primary;
const ISSUE: &str = "仮想マシン 'web01' のレプリケーションは 1 時間以上同期していません。";
