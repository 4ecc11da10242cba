//! Virtual machines that are replicated between hosts of a site, by the typed functions, under a clock that is driven by
//! hand.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod failover;
mod lifecycle;
mod server;
mod states;

use cimwire::cim::DateTime;
use cimwire::hyperv::{
    InitialReplication, Outcome, Relationship, ReplicationHealth, ReplicationMode,
    ReplicationRelationship, ReplicationService, ReplicationState, RequestedState, ReturnCode,
    VirtualMachine,
};
use cimwire::simulator::Site;

use super::*;

/// A primary host with the running machine app01, a replica server, and a third one, with jobs of 10 seconds.
struct Hosts {
    site: Site,
    primary: Host,
    replica: Host,
    extended: Host,
}

struct Host {
    scene: Scene,
    service: ReplicationService,
}

impl Hosts {
    async fn new() -> Self {
        let site = Site::new(0.0);
        let host = async |name: &str, machines: &[&str]| {
            let scene = Scene::with(
                |_| {
                    let host = Simulator::builder().site(&site).name(name);
                    let host = host.pace(Duration::from_secs(10)).replica_server();
                    host.virtual_machines(machines.iter().copied())
                },
                |client| client,
            )
            .await;
            let service = ReplicationService::connect(&scene.client).await.unwrap();
            Host { scene, service }
        };
        Self {
            primary: host("HV01", &["app01"]).await,
            replica: host("HV02", &[]).await,
            extended: host("HV03", &[]).await,
            site,
        }
    }

    fn wait(&self, seconds: u64) {
        self.site.advance(Duration::from_secs(seconds));
    }

    /// Enables the replication of app01 to a host.
    async fn enable(&self, from: &Host, server: &str) -> Outcome {
        let vm = from.vm().await;
        let which = match vm.replication_mode {
            Some(ReplicationMode::Replica) => Relationship::Extended,
            _ => Relationship::Primary,
        };
        let mut settings = from.service.replication_settings(&vm, which).await.unwrap();
        settings.recovery_connection_point = Some(server.to_owned());
        settings.recovery_server_port_number = Some(80);
        from.service
            .create_relationship(&vm, &settings)
            .await
            .unwrap()
    }

    /// Brings app01 to replicating from the primary host to the replica server.
    async fn replicating() -> Self {
        let hosts = Self::new().await;
        let _ = hosts.enable(&hosts.primary, "hv02.sim.example").await;
        hosts.wait(10);
        let vm = hosts.primary.vm().await;
        let start = InitialReplication::network();
        let _ = hosts
            .primary
            .service
            .start_replication(&vm, start)
            .await
            .unwrap();
        hosts.wait(90);
        hosts
            .expect(ReplicationState::Replicating, ReplicationState::Replicating)
            .await;
        hosts
    }

    async fn expect(&self, primary: ReplicationState, replica: ReplicationState) {
        let states = (self.primary.state().await, self.replica.state().await);
        assert_eq!(states, (primary, replica));
    }
}

impl Host {
    async fn vm(&self) -> VirtualMachine {
        self.service.vm("app01").await.expect("the machine exists")
    }

    async fn state(&self) -> ReplicationState {
        self.vm().await.replication_state.unwrap()
    }

    async fn relationship(&self) -> ReplicationRelationship {
        let vm = self.vm().await;
        let relationship = self.service.relationship(&vm, Relationship::Primary);
        relationship.await.unwrap()
    }

    async fn last_replication(&self) -> Option<DateTime> {
        self.relationship().await.last_replication_time
    }

    /// The time of the last replication, in microseconds.
    async fn last_instant(&self) -> i64 {
        let last = self.last_replication().await.unwrap();
        last.instant().unwrap()
    }

    async fn health(&self) -> ReplicationHealth {
        self.relationship().await.replication_health.unwrap()
    }

    /// The types and states of the jobs of app01, in the order of the types.
    async fn jobs(&self) -> Vec<(u16, u16)> {
        let jobs = self
            .scene
            .client
            .namespace(V2)
            .enumerate("Msvm_ConcreteJob");
        let jobs = jobs.collect().await.unwrap();
        let mut jobs: Vec<_> = jobs
            .iter()
            .map(|job| (job.get("JobType").unwrap(), job.get("JobState").unwrap()))
            .collect();
        jobs.sort_unstable();
        jobs
    }

    async fn power(&self, state: RequestedState) -> Result<Outcome, Error> {
        self.service.request_vm_state(&self.vm().await, state).await
    }
}

#[track_caller]
fn refused(outcome: Result<Outcome, Error>) -> ReturnCode {
    let error = outcome.expect_err("the host refuses");
    *error
        .cause()
        .unwrap_or_else(|| panic!("no return code: {error:?}"))
}
