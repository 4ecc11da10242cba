//! The life of a replica on two simulated hosts, by the verbs of `replica`.

use std::time::Duration;

use cimwire::simulator::{Simulator, Site};
use serde_json::{Value, json};

use crate::program::{Outcome, Program};

/// A primary host with the virtual machine app01, and a replica server. Their time runs fast, so that a job takes 50 ms.
struct Hosts {
    site: Site,
    primary: Simulator,
    replica: Simulator,
}

impl Hosts {
    async fn new() -> Self {
        let site = Site::new(200.0);
        let host = async |name: &str, machines: &[&str]| {
            let host = Simulator::builder().site(&site).name(name);
            let host = host.pace(Duration::from_secs(10)).replica_server();
            let host = host.virtual_machines(machines.iter().copied());
            host.start().await.expect("it starts")
        };
        Self {
            primary: host("HV01", &["app01"]).await,
            replica: host("HV02", &[]).await,
            site,
        }
    }

    /// Brings app01 to replicating.
    async fn replicating() -> Self {
        let hosts = Self::new().await;
        let enable = ["enable", "app01", "--replica-server", "hv02.sim.example"];
        run(&hosts.primary, &enable).await.expect(0);
        run(&hosts.primary, &["start", "app01"]).await.expect(0);
        hosts.site.advance(Duration::from_secs(120));
        hosts.expect(3, 3).await;
        hosts
    }

    /// Compares the states of app01 on both hosts.
    #[track_caller]
    fn expect(&self, primary: u16, replica: u16) -> impl Future<Output = ()> {
        let caller = std::panic::Location::caller();
        async move {
            let states = (state(&self.primary).await, state(&self.replica).await);
            assert_eq!(states, (json!(primary), json!(replica)), "{caller}");
        }
    }
}

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    let program = Program::on(host).arguments(&["-o", "json", "replica"]);
    program.run(arguments).await
}

async fn status(host: &Simulator) -> Value {
    let status = run(host, &["status", "app01"]).await.expect(0);
    status.events().remove(0)
}

async fn state(host: &Simulator) -> Value {
    status(host).await["state_code"].clone()
}

/// Returns the last event, which has to be a change.
#[track_caller]
fn changed(outcome: Outcome, event: &str) -> Value {
    let last = outcome.expect(0).events().pop().expect("an event");
    assert_eq!(
        (&last["event"], &last["changed"]),
        (&json!(event), &json!(true))
    );
    last
}

#[tokio::test]
async fn a_replica_is_enabled_started_suspended_and_removed() {
    let hosts = Hosts::replicating().await;
    let Hosts {
        primary, replica, ..
    } = &hosts;
    let shown = status(primary).await;
    assert_eq!(shown["mode"], "primary");
    assert_eq!(shown["replica_server"], "hv02.sim.example");
    assert_eq!(shown["replica_port"], 80);
    assert_eq!(shown["frequency_seconds"], 300);
    assert_eq!(status(replica).await["mode"], "replica");

    changed(run(primary, &["suspend", "app01"]).await, "suspended");
    assert_eq!(state(primary).await, 7);
    let again = run(primary, &["suspend", "app01", "--if-needed"])
        .await
        .expect(0)
        .events();
    assert_eq!(
        (&again[0]["event"], &again[0]["changed"]),
        (&json!("unchanged"), &json!(false))
    );
    changed(run(primary, &["resume", "app01"]).await, "resumed");
    hosts.expect(3, 3).await;

    changed(run(primary, &["remove", "app01", "--yes"]).await, "removed");
    changed(run(replica, &["remove", "app01", "--yes"]).await, "removed");
    let gone = run(primary, &["status", "app01"]).await.expect(1);
    assert_eq!(gone.said("error: "), "\"app01\" is not replicated");
}
