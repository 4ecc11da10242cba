//! The life of a replica on simulated hosts, by the commands that stand for the cmdlets of Microsoft's module.

use std::time::Duration;

use cimwire::simulator::{Simulator, Site};
use serde_json::{Value, json};

use crate::fields::{compare, list};
use crate::program::{Outcome, Program};

/// A step of a course.
#[derive(Clone, Copy)]
enum Step {
    /// A command at the primary, the replica or the extended host.
    At(usize, &'static str),
    /// The virtual machine is turned off at a host.
    Off(usize, &'static str),
    /// The time that passes, in seconds.
    Wait(u64),
    /// The replication state and mode of app01 at a host.
    See(usize, u16, &'static str),
}

use Step::{At, Off, See, Wait};

const PRIMARY: usize = 0;
const REPLICA: usize = 1;
const EXTENDED: usize = 2;

/// Enables the replication of app01, and copies it.
const ENABLED: &[Step] = &[
    At(
        PRIMARY,
        "replica enable app01 --replica-server hv02.sim.example",
    ),
    See(PRIMARY, 1, "primary"),
    At(PRIMARY, "replica start app01"),
    Wait(120),
    See(PRIMARY, 3, "primary"),
    See(REPLICA, 3, "replica"),
];

/// The courses of a replica. Each begins with new hosts.
const COURSES: &[(&str, &[Step])] = &[
    (
        "server",
        &[
            At(REPLICA, "replica server show"),
            At(REPLICA, "replica server set --monitoring-interval 2h"),
            At(
                REPLICA,
                "replica auth add hv09.sim.example --storage D:\\R --trust-group one",
            ),
            At(REPLICA, "replica auth list"),
            At(REPLICA, "replica auth remove hv09.sim.example --yes"),
            At(REPLICA, "replica certificates"),
            At(PRIMARY, "replica test-connection hv02.sim.example"),
            At(PRIMARY, "vm list"),
        ],
    ),
    (
        "start",
        &[
            At(
                PRIMARY,
                "replica enable app01 --replica-server hv02.sim.example",
            ),
            At(PRIMARY, "replica start app01 --start-time +2h"),
            See(PRIMARY, 1, "primary"),
            At(PRIMARY, "replica start app01 --start-time +4h"),
            At(PRIMARY, "replica stop app01"),
            See(PRIMARY, 1, "primary"),
            At(PRIMARY, "replica start app01"),
            Wait(120),
            See(PRIMARY, 3, "primary"),
            At(PRIMARY, "replica list"),
            At(PRIMARY, "replica status app01"),
            At(PRIMARY, "replica set app01 --compression off"),
            At(PRIMARY, "replica suspend app01"),
            See(PRIMARY, 7, "primary"),
            At(PRIMARY, "replica resume app01"),
            See(PRIMARY, 3, "primary"),
            Wait(900),
            At(PRIMARY, "replica stats"),
            At(PRIMARY, "replica reset-stats app01"),
            At(PRIMARY, "replica suspend app01"),
            At(PRIMARY, "replica resync app01"),
            Wait(120),
            See(PRIMARY, 3, "primary"),
            At(PRIMARY, "replica remove app01 --yes"),
            At(REPLICA, "replica remove app01 --yes"),
        ],
    ),
    (
        "import",
        &[
            At(
                PRIMARY,
                "replica enable app01 --replica-server hv02.sim.example",
            ),
            At(PRIMARY, "replica start app01 --export E:\\export"),
            Wait(120),
            See(PRIMARY, 2, "primary"),
            At(REPLICA, "replica import app01 --from E:\\export --yes"),
            Wait(120),
            See(REPLICA, 3, "replica"),
            See(PRIMARY, 3, "primary"),
        ],
    ),
    (
        "planned failover",
        &[
            Off(PRIMARY, "app01"),
            At(PRIMARY, "replica failover app01 --prepare"),
            See(PRIMARY, 4, "primary"),
            At(PRIMARY, "replica revert app01 --yes"),
            Wait(60),
            See(PRIMARY, 3, "primary"),
            At(PRIMARY, "replica failover app01 --prepare"),
            At(REPLICA, "replica failover app01 --yes"),
            See(REPLICA, 5, "replica"),
            At(REPLICA, "replica reverse app01 --yes"),
            Wait(120),
            See(REPLICA, 3, "primary"),
            See(PRIMARY, 3, "replica"),
        ],
    ),
    (
        "unplanned failover",
        &[
            Wait(900),
            At(REPLICA, "replica recovery-points app01"),
            At(REPLICA, "replica failover app01 --yes"),
            See(REPLICA, 5, "replica"),
            At(REPLICA, "replica revert app01 --yes"),
            Wait(60),
            See(REPLICA, 3, "replica"),
            At(REPLICA, "replica failover app01 --yes"),
            At(REPLICA, "replica commit app01 --yes"),
            See(REPLICA, 6, "replica"),
        ],
    ),
    (
        "test failover",
        &[
            At(REPLICA, "replica network show app01"),
            At(REPLICA, "replica network set app01 --dhcp"),
            At(REPLICA, "replica test-failover app01"),
            At(REPLICA, "replica test-failover app01 --stop --yes"),
        ],
    ),
    (
        "extension",
        &[
            At(
                REPLICA,
                "replica extend app01 --replica-server hv03.sim.example",
            ),
            At(REPLICA, "replica list --relationship extended"),
            At(REPLICA, "replica start app01 --relationship extended"),
            Wait(120),
            See(EXTENDED, 3, "extended_replica"),
        ],
    ),
    (
        "replica by hand",
        &[
            Off(EXTENDED, "spare01"),
            At(EXTENDED, "replica enable spare01 --as-replica"),
        ],
    ),
];

struct Hosts {
    site: Site,
    hosts: Vec<Simulator>,
}

impl Hosts {
    /// Three hosts whose time runs fast, so that a job takes 50 ms. The first has app01, the last a virtual machine that is off.
    async fn new() -> Self {
        let site = Site::new(200.0);
        let mut hosts = Vec::new();
        for (name, machines) in [
            ("HV01", &["app01"][..]),
            ("HV02", &[]),
            ("HV03", &["spare01"]),
        ] {
            let host = Simulator::builder().site(&site).name(name);
            let host = host.pace(Duration::from_secs(10)).replica_server();
            let host = host.virtual_machines(machines.iter().copied());
            hosts.push(host.start().await.expect("it starts"));
        }
        Self { site, hosts }
    }

    async fn run(&self, host: usize, line: &str) -> Outcome {
        let words: Vec<_> = line.split(' ').collect();
        let program = Program::on(&self.hosts[host]).arguments(&["-o", "json"]);
        program.run(&words).await
    }

    async fn take(&self, step: Step) {
        match step {
            At(host, line) => {
                let outcome = self.run(host, line).await;
                assert!(
                    outcome.code == Some(0),
                    "{line}: {} {}",
                    outcome.stdout,
                    outcome.stderr
                );
                check(line, &outcome.events());
            }
            Off(host, name) => {
                let listed = self.run(host, &format!("vm list {name}")).await.expect(0);
                let id = listed.events()[0]["id"].as_str().map(str::to_owned);
                let vm = format!(
                    "invoke Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{}\" RequestStateChange \
                     RequestedState=3",
                    id.expect("an id")
                );
                self.run(host, &vm).await.expect(0);
                self.site.advance(Duration::from_secs(20));
            }
            Wait(seconds) => self.site.advance(Duration::from_secs(seconds)),
            See(host, state, mode) => {
                let seen = self.status(host).await;
                let seen = (&seen["state_code"], &seen["mode"]);
                assert_eq!(seen, (&json!(state), &json!(mode)), "at host {host}");
            }
        }
    }

    async fn status(&self, host: usize) -> Value {
        let outcome = self.run(host, "replica status app01").await.expect(0);
        outcome.events().remove(0)
    }
}

/// Compares what a command has written with the fields that the manual lists.
fn check(line: &str, rows: &[Value]) {
    let listed = match &line.split(' ').collect::<Vec<_>>()[..] {
        ["vm", "list", ..] => list!("vm-list"),
        ["replica", "list" | "status", ..] => list!("replica-list"),
        ["replica", "stats", ..] => list!("replica-stats"),
        ["replica", "recovery-points", ..] => list!("replica-recovery-points"),
        ["replica", "certificates", ..] => list!("replica-certificates"),
        ["replica", "network", "show", ..] => list!("replica-network"),
        ["replica", "server", "show", ..] => list!("replica-server"),
        ["replica", "auth", "list", ..] => list!("replica-auth"),
        _ => return assert!(!rows.is_empty(), "{line}"),
    };
    compare(line, listed, rows);
}

/// The cmdlets of hyperv-replica.md 6 and 8, typed by hand.
const CMDLETS: [&str; 25] = [
    "Complete-VMFailover",
    "Enable-VMReplication",
    "Get-VMReplication",
    "Get-VMReplicationAuthorizationEntry",
    "Get-VMReplicationServer",
    "Import-VMInitialReplication",
    "Measure-VMReplication",
    "New-VMReplicationAuthorizationEntry",
    "Remove-VMReplication",
    "Remove-VMReplicationAuthorizationEntry",
    "Reset-VMReplicationStatistics",
    "Resume-VMReplication",
    "Set-VMNetworkAdapterFailoverConfiguration",
    "Set-VMReplication",
    "Set-VMReplicationAuthorizationEntry",
    "Set-VMReplicationServer",
    "Start-VMFailover",
    "Start-VMInitialReplication",
    "Stop-VMFailover",
    "Stop-VMInitialReplication",
    "Stop-VMReplication",
    "Suspend-VMReplication",
    "Test-VMReplicationConnection",
    "Start-VMFailover -AsTest",
    "Start-VMFailover -Prepare",
];

/// Returns the rows of the table in the manual: the cells without their marks.
fn rows() -> Vec<Vec<String>> {
    let page = include_str!("../../src/manual/cmdlets.rs");
    let rows = page.lines().filter_map(|line| line.strip_prefix("//! | `"));
    let cells = |row: &str| {
        row.split('|')
            .map(|cell| cell.trim().replace('`', ""))
            .collect()
    };
    rows.map(cells).collect()
}

#[test]
fn each_cmdlet_has_a_row_and_each_command_is_run() {
    let rows = rows();
    for cmdlet in CMDLETS {
        let has_row = rows.iter().any(|row| row[0] == cmdlet);
        assert!(has_row, "{cmdlet}");
    }
    let steps = COURSES.iter().flat_map(|(_, steps)| steps.iter());
    let run: Vec<_> = steps
        .chain(ENABLED)
        .filter_map(|step| match step {
            At(_, line) => Some(*line),
            _ => None,
        })
        .collect();
    for row in &rows {
        for command in row[2].split(", ") {
            // Words in capitals stand for a value.
            let is_run = run.iter().any(|line| {
                let words: Vec<_> = line.split(' ').collect();
                let mut wanted = command
                    .split(' ')
                    .filter(|word| !word.chars().all(char::is_uppercase));
                wanted.all(|word| words.contains(&word))
            });
            assert!(is_run, "{command}");
        }
    }
}

async fn follow(name: &str, from: &[Step]) {
    let hosts = Hosts::new().await;
    let (_, course) = COURSES
        .iter()
        .find(|(course, _)| *course == name)
        .expect("it is known");
    for step in from.iter().chain(*course) {
        hosts.take(*step).await;
    }
}

#[tokio::test]
async fn a_replica_server_is_set_up() {
    follow("server", &[]).await;
}

#[tokio::test]
async fn a_replication_is_started_and_removed() {
    follow("start", &[]).await;
}

#[tokio::test]
async fn an_exported_copy_is_imported() {
    follow("import", &[]).await;
}

#[tokio::test]
async fn a_planned_failover_reverses_the_direction() {
    follow("planned failover", ENABLED).await;
}

#[tokio::test]
async fn an_unplanned_failover_is_reverted_or_committed() {
    follow("unplanned failover", ENABLED).await;
}

#[tokio::test]
async fn a_test_failover_leaves_the_replica_alone() {
    follow("test failover", ENABLED).await;
}

#[tokio::test]
async fn a_replica_is_extended_to_a_third_host() {
    follow("extension", ENABLED).await;
}

#[tokio::test]
async fn a_virtual_machine_is_made_a_replica() {
    follow("replica by hand", &[]).await;
}

/// Returns the last event, which has to be a change.
#[track_caller]
fn changed(outcome: Outcome, event: &str) {
    let last = outcome.expect(0).events().pop().expect("an event");
    assert_eq!(
        (&last["event"], &last["changed"]),
        (&json!(event), &json!(true))
    );
}

#[tokio::test]
async fn a_change_can_be_repeated_if_it_is_needed() {
    let hosts = Hosts::new().await;
    for step in ENABLED {
        hosts.take(*step).await;
    }
    changed(
        hosts.run(PRIMARY, "replica suspend app01").await,
        "suspended",
    );
    let again = hosts
        .run(PRIMARY, "replica suspend app01 --if-needed")
        .await
        .expect(0);
    let events = again.events();
    assert_eq!(
        (&events[0]["event"], &events[0]["changed"]),
        (&json!("unchanged"), &json!(false))
    );
    // Without the option it is checked before the host is asked.
    let refused = hosts
        .run(PRIMARY, "replica suspend app01")
        .await
        .expect(6)
        .error();
    assert_eq!(
        (&refused["delivery"], &refused["replication_state_code"]),
        (&json!("not_sent"), &json!(7))
    );
    let refused = hosts
        .run(PRIMARY, "replica failover app01 --prepare")
        .await
        .expect(6)
        .error();
    let states = "the replication state is \"suspended\", and has to be \"replicating\"";
    assert!(
        refused["message"].as_str().unwrap().ends_with(states),
        "{refused}"
    );
    changed(hosts.run(PRIMARY, "replica resume app01").await, "resumed");
    let refused = hosts
        .run(PRIMARY, "replica failover app01 --prepare")
        .await
        .expect(6)
        .error();
    let power = "the virtual machine is running, and has to be off";
    assert!(
        refused["message"].as_str().unwrap().ends_with(power),
        "{refused}"
    );
    let gone = hosts
        .run(EXTENDED, "replica status spare01")
        .await
        .expect(1);
    assert_eq!(gone.said("error: "), "\"spare01\" is not replicated");
}

#[tokio::test]
async fn a_change_of_settings_names_one() {
    for line in [
        &["replica", "set", "app01"][..],
        &["replica", "server", "set"],
    ] {
        let outcome = Program::new().run(line).await.expect(2);
        let what = "the following required arguments were not provided";
        assert!(outcome.stderr.contains(what), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn settings_that_cannot_work_are_refused_before_they_are_sent() {
    let hosts = Hosts::new().await;
    for (line, why) in [
        (
            "replica enable app01 --replica-server 192.0.2.1",
            "the name of the replica server is an IP address, and has to be a DNS name",
        ),
        (
            "replica enable app01 --replica-server hv02.sim.example --replica-auth certificate",
            "the thumbprint of the certificate is missing, which certificates need",
        ),
        (
            "replica enable app01 --replica-server hv02.sim.example --vss-hours 2",
            "application-consistent recovery points need additional recovery points, and there are none",
        ),
    ] {
        let error = hosts.run(PRIMARY, line).await.expect(2).error();
        assert_eq!(error["message"], format!("the settings cannot work: {why}"));
        assert_eq!(error["kind"], "usage");
    }
    let sent = hosts.hosts[PRIMARY].requests();
    let creates = "CreateReplicationRelationship";
    assert!(sent.iter().all(|request| request.operation != creates));
}
