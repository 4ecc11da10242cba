//! The replica server: its settings, the hosts that it accepts, its certificates; and the network after a failover.

use cimwire::hyperv::{
    AllowedAuthentication, AuthorizationEntry, ReplicaServer, ReplicationAuthentication,
};
use cimwire::simulator::Language;

use super::*;

fn entry(primary: &str) -> AuthorizationEntry {
    AuthorizationEntry {
        allowed_primary_host_system: primary.to_owned(),
        trust_group: "DEFAULT".to_owned(),
        replica_storage_location: r"D:\Replicas".to_owned(),
    }
}

impl Hosts {
    /// Tests the connection from the primary host to the replica server. Returns the text of the error of a job that
    /// fails.
    async fn test_connection(&self, port: u16) -> Option<String> {
        let server = ReplicaServer {
            connection_point: "HV02".to_owned(),
            port,
            authentication: ReplicationAuthentication::Kerberos,
            certificate_thumbprint: None,
            bypass_proxy: false,
        };
        let job = self.primary.service.test_connection(&server).await.unwrap();
        self.wait(10);
        let failed = job.wait().await.err();
        failed.map(|error| format!("{error:?}"))
    }
}

#[tokio::test]
async fn settings_of_the_replica_server_decide_on_connections() {
    let hosts = Hosts::new().await;
    assert_eq!(hosts.test_connection(80).await, None);
    let service = &hosts.replica.service;
    let mut settings = service.server_settings().await.unwrap();
    assert_eq!(settings.recovery_server_enabled, Some(true));
    settings.http_port = Some(8080);
    let _ = service.modify_server_settings(&settings).await.unwrap();
    hosts.wait(10);
    let refused_port = hosts.test_connection(80).await.unwrap();
    assert!(refused_port.contains("0x00002EFD"), "{refused_port}");
    assert_eq!(hosts.test_connection(8080).await, None);

    // Certificates need one.
    settings.allowed_authentication_type = Some(AllowedAuthentication::CertificateAndKerberos);
    let wrong = service.modify_server_settings(&settings).await;
    assert_eq!(refused(wrong), ReturnCode::InvalidParameter);
    settings.allowed_authentication_type = Some(AllowedAuthentication::Kerberos);
    settings.monitoring_interval = Some(3_599);
    let wrong = service.modify_server_settings(&settings).await;
    assert_eq!(refused(wrong), ReturnCode::InvalidParameter);
}

#[tokio::test]
async fn a_primary_host_needs_an_authorization_entry() {
    let hosts = Hosts::replicating().await;
    let service = &hosts.replica.service;
    let before = service.authorization_entries().await.unwrap();
    assert_eq!(before, [entry("*")]);
    let _ = service.remove_authorization_entry("*").await.unwrap();
    assert_eq!(hosts.primary.state().await, ReplicationState::Critical);
    let denied = hosts.test_connection(80).await.unwrap();
    assert!(denied.contains("0x80070005"), "{denied}");

    let _ = service
        .add_authorization_entry(&entry("*.other.example"))
        .await
        .unwrap();
    assert!(hosts.test_connection(80).await.is_some());
    let twice = service
        .add_authorization_entry(&entry("*.OTHER.example"))
        .await;
    assert_eq!(refused(twice), ReturnCode::InvalidParameter);
    let _ = service
        .add_authorization_entry(&entry("*.sim.example"))
        .await
        .unwrap();
    assert_eq!(hosts.test_connection(80).await, None);
    let unknown = service.remove_authorization_entry("hv09.sim.example").await;
    assert_eq!(refused(unknown), ReturnCode::InvalidParameter);
    let unknown = service
        .modify_authorization_entry(&entry("hv09.sim.example"))
        .await;
    assert_eq!(refused(unknown), ReturnCode::InvalidParameter);
    let vm = hosts.replica.vm().await;
    let _ = service
        .set_authorization_entry(&vm, &entry("*.sim.example"))
        .await
        .unwrap();
}

#[tokio::test]
async fn authorization_entries_are_not_kept_on_a_node_of_a_cluster() {
    let scene = Scene::with(|host| host.cluster_node(), |client| client).await;
    let service = ReplicationService::connect(&scene.client).await.unwrap();
    let added = service.add_authorization_entry(&entry("*")).await;
    assert_eq!(refused(added), ReturnCode::NotSupported);
}

#[tokio::test]
async fn certificates_are_those_of_the_host() {
    let hosts = Hosts::new().await;
    let certificates = hosts.replica.service.certificates().await.unwrap();
    assert_eq!(certificates.len(), 2);
    assert_eq!(
        hosts.replica.service.certificates().await.unwrap(),
        certificates
    );
    // DER: a SEQUENCE with a length of two bytes.
    assert!(
        certificates.iter().all(|one| one.starts_with("MII")),
        "{certificates:?}"
    );
}

#[tokio::test]
async fn the_network_after_a_failover_is_set() {
    let hosts = Hosts::new().await;
    let vm = hosts.primary.vm().await;
    let service = &hosts.primary.service;
    let mut adapters = service.failover_network(&vm).await.unwrap();
    let mut settings = adapters.remove(0).settings;
    assert!(settings.dhcp);
    settings.dhcp = false;
    settings.addresses = vec!["192.0.2.7".to_owned()];
    let _ = service
        .set_failover_network(&vm, &[settings.clone()])
        .await
        .unwrap();
    let read = service.failover_network(&vm).await.unwrap();
    assert_eq!(read[0].settings, settings);
    settings.instance_id.push('x');
    let wrong = service.set_failover_network(&vm, &[settings]).await;
    assert_eq!(refused(wrong), ReturnCode::InvalidParameter);
}

#[tokio::test]
async fn texts_are_in_the_language_of_the_host() {
    for (language, caption, title, status) in [
        (
            Language::German,
            "Virtueller Computer",
            "Erste Replikation wird gestartet",
            "Der Auftrag wurde abgeschlossen",
        ),
        (
            Language::Japanese,
            "仮想マシン",
            "初期レプリケーションを開始しています",
            "ジョブが完了しました",
        ),
    ] {
        let scene = Scene::with(|host| host.language(language), |client| client).await;
        let service = ReplicationService::connect(&scene.client).await.unwrap();
        let vm = service.vm("web01").await.unwrap();
        let row = scene.client.get(&vm.reference()).await.unwrap();
        assert_eq!(row.get::<String>("Caption").as_deref(), Ok(caption));
        let started = service
            .start_replication(&vm, InitialReplication::network())
            .await
            .unwrap();
        scene.host.advance(Duration::from_secs(10));
        // The outcome does not depend on the texts.
        let ended = started.wait().await.unwrap().unwrap();
        let job = scene
            .client
            .get(ended.reference.as_reference())
            .await
            .unwrap();
        assert_eq!(job.get::<String>("ElementName").as_deref(), Ok(title));
        assert_eq!(job.get::<String>("JobStatus").as_deref(), Ok(status));
    }
}

#[tokio::test]
async fn each_replication_is_a_job_on_both_hosts() {
    let hosts = Hosts::replicating().await;
    hosts.wait(301);
    let job = |kind| (kind, 4);
    assert!(hosts.primary.jobs().await.contains(&job(105)));
    assert!(hosts.replica.jobs().await.contains(&job(106)));
    hosts.wait(10);
    assert!(hosts.replica.jobs().await.contains(&(106, 7)));
}
