//! Several hosts in one process, under one clock.

use std::io::ErrorKind;

use cimwire::cim::Properties;
use cimwire::simulator::Site;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// Two hosts of a site whose clock stands still, and a client of each.
async fn two_hosts() -> (Site, [Scene; 2]) {
    let site = Site::new(0.0);
    let scene = async |name: &str| {
        Scene::with(
            |_| Simulator::builder().site(&site).name(name),
            |client| client,
        )
        .await
    };
    let hosts = [scene("HV01").await, scene("HV02").await];
    (site, hosts)
}

impl Scene {
    async fn start_web01(&self) -> Reference {
        let service = Reference::new(V2, "Msvm_ReplicationService")
            .with_key("CreationClassName", "Msvm_ReplicationService");
        let input = Properties::new()
            .with("ComputerSystem", machine(WEB01))
            .with("InitialReplicationType", 1u16);
        let started = self.client.invoke(&service, "StartReplication", input);
        started
            .await
            .expect("the call is answered")
            .get("Job")
            .expect("a job was started")
    }

    async fn percent(&self, job: &Reference) -> u16 {
        let job = self.client.get(job).await.expect("the instance exists");
        job.get("PercentComplete")
            .expect("the property is a uint16")
    }

    async fn replication_state(&self) -> u16 {
        let vm = self
            .client
            .get(&machine(WEB01))
            .await
            .expect("the instance exists");
        vm.get("ReplicationState")
            .expect("the property is a uint16")
    }
}

#[tokio::test]
async fn the_jobs_of_two_hosts_progress_on_one_clock() {
    let (site, [first, second]) = two_hosts().await;
    let early = first.start_web01().await;
    // The other host is as it was.
    assert_eq!(second.replication_state().await, 1);
    site.advance(Duration::from_millis(1_250));
    let late = second.start_web01().await;
    assert_eq!(
        (first.percent(&early).await, second.percent(&late).await),
        (40, 0)
    );
    // A host moves the clock of its site.
    second.host.advance(Duration::from_millis(1_250));
    assert_eq!(
        (first.percent(&early).await, second.percent(&late).await),
        (100, 40)
    );
    // The copy takes as long as the job: the first is complete after another 2.5 s, the second 1.25 s later.
    site.advance(Duration::from_millis(2_500));
    assert_eq!(
        (
            first.replication_state().await,
            second.replication_state().await
        ),
        (3, 2)
    );
    site.advance(Duration::from_millis(1_250));
    assert_eq!(second.replication_state().await, 3);
}

#[tokio::test]
async fn each_host_of_a_site_has_its_name_and_its_counters() {
    let (_site, [first, second]) = two_hosts().await;
    for (scene, name) in [(&first, "HV01"), (&second, "HV02")] {
        let system = Reference::new(CIMV2, "Win32_OperatingSystem");
        let system = scene.client.get(&system).await.unwrap();
        assert_eq!(system.get::<String>("CSName").as_deref(), Ok(name));
        assert_eq!(scene.host.requests().len(), 1);
    }
}

#[tokio::test]
async fn a_name_is_free_again_when_its_host_is_gone() {
    let site = Site::new(1.0);
    let builder = Simulator::builder().site(&site).name("HV01");
    let host = builder.clone().start().await.unwrap();
    let refused = builder.clone().name("hv01").start().await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AlreadyExists);
    drop(host);
    builder.start().await.expect("the name is free at once");
}

/// Opens a connection of a logged in client, drops the host, and starts another of its name.
async fn a_dropped_host() -> (Scene, TcpStream) {
    let site = Site::new(1.0);
    let builder = Simulator::builder().site(&site).name("HV01");
    let Scene { host, client } = Scene::with(|_| builder.clone(), |client| client).await;
    client.get(&machine(WEB01)).await.expect("it is logged in");
    let address = host.url()["http://".len()..].trim_end_matches("/wsman");
    let mut idle = TcpStream::connect(address).await.expect("it listens");
    // It is accepted once its request is answered, with 401, and stays open.
    let request = b"POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    idle.write_all(request).await.expect("it is connected");
    let mut first = [0; 8];
    idle.read_exact(&mut first).await.expect("it is answered");
    drop(host);
    let host = builder.start().await.expect("the name is free at once");
    (Scene { host, client }, idle)
}

async fn expect_that_connections_end() {
    let (Scene { host, client }, mut idle) = a_dropped_host().await;
    // The rest of the first answer, and then the end or a reset.
    let mut rest = Vec::new();
    let end = tokio::time::timeout(Duration::from_secs(10), idle.read_to_end(&mut rest));
    let _ = end.await.expect("the connection has ended");
    // The client is of the host that is gone; the next of that name is another host.
    let refused = client.get(&machine(WEB01)).await;
    let refused = refused.expect_err("its connection has ended");
    assert!(refused.fault().is_none(), "{refused:?}");
    assert_eq!(host.requests(), []);
}

#[tokio::test]
async fn dropping_a_host_ends_its_connections() {
    expect_that_connections_end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropping_a_host_ends_its_connections_on_other_threads() {
    expect_that_connections_end().await;
}

#[tokio::test]
async fn rejects_names_that_a_host_cannot_have() {
    for name in ["", "a b", "<", "ü", "SIXTEEN-LETTERS-"] {
        let refused = Simulator::builder().name(name).start().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{name}");
    }
}
