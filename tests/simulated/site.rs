//! Several hosts in one process, under one clock.

use std::io::ErrorKind;

use cimwire::cim::Properties;
use cimwire::simulator::Site;

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
    // The connections of the host end in the background.
    for _ in 0..1_000 {
        if builder.clone().start().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the name is still taken");
}

#[tokio::test]
async fn rejects_names_that_a_host_cannot_have() {
    for name in ["", "a b", "<", "ü", "SIXTEEN-LETTERS-"] {
        let refused = Simulator::builder().name(name).start().await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidInput, "{name}");
    }
}
