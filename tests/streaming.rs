//! A hundred thousand instances stream through client and host in memory that does not grow.
//!
//! The only test of its process, since it measures that; the host is a process of its own.

#![cfg(target_os = "linux")]

use std::process::Stdio;

use cimwire::{Client, Credentials};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

#[tokio::test]
async fn a_hundred_thousand_instances_stream_in_flat_memory() {
    let (host, client) = start().await;
    let host_id = host.id().expect("the host runs").to_string();
    let mut rows = client.namespace("root/cimv2").enumerate("Simulated_Row");
    let (mut client_memory, mut host_memory) = (Memory::default(), Memory::default());
    client_memory.look("self");
    host_memory.look(&host_id);
    let mut count = 0u32;
    while let Some(row) = rows.next().await {
        let row = row.expect("every row can be read");
        assert_eq!(row.get("Index"), Ok(count));
        count += 1;
        if count.is_multiple_of(1_000) {
            client_memory.look("self");
            host_memory.look(&host_id);
        }
    }
    assert_eq!(count, COUNT);
    for (whose, memory) in [("client", client_memory), ("host", host_memory)] {
        let growth = memory.growth();
        println!("the {whose} has grown by {growth} KiB");
        assert!(growth < LIMIT, "the {whose} has grown by {growth} KiB");
    }
}

/// A host as a process of its own, and a client of it.
async fn start() -> (Child, Client) {
    let mut host = Command::new(env!("CARGO_BIN_EXE_cimwire"))
        .args(["simulate", "--output", "json", "--synthetic-instances"])
        .arg(COUNT.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("cimwire starts");
    let stdout = host.stdout.take().expect("stdout is piped");
    let ready = BufReader::new(stdout).lines().next_line().await;
    let ready = ready
        .expect("it can be read")
        .expect("it says where it listens");
    let ready: Value = serde_json::from_str(&ready).expect("it is JSON");
    let at = |name: &str| ready[name].as_str().expect(name).to_owned();
    let credentials = Credentials::password(at("user"), at("password"));
    let client = Client::builder(at("url")).credentials(credentials).build();
    (host, client.expect("the settings are right"))
}

/// The resident memory of a process over time, in KiB.
#[derive(Default)]
struct Memory {
    first: Option<u64>,
    largest: u64,
}

impl Memory {
    fn look(&mut self, process: &str) {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"));
        let status = status.expect("Linux tells of its processes");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.expect("a process has memory").trim();
        let resident = resident.trim_end_matches("kB").trim().parse();
        let resident = resident.expect("it is a number");
        self.first.get_or_insert(resident);
        self.largest = self.largest.max(resident);
    }

    fn growth(&self) -> u64 {
        self.largest - self.first.expect("it was looked at")
    }
}

const COUNT: u32 = 100_000;
/// 10 MB.
const LIMIT: u64 = 10_000_000 / 1024;
