//! The simulated host, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::contender::ROWS;

pub(crate) struct Host {
    process: Child,
    pub(crate) url: String,
}

impl Host {
    pub(crate) fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_cimwire"))
            .args([
                "simulate",
                "--output",
                "json",
                "--basic",
                "--allow-unencrypted",
            ])
            .args(["--synthetic-instances", &ROWS.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cimwire starts");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut ready = String::new();
        BufReader::new(stdout)
            .read_line(&mut ready)
            .expect("it says where it listens");
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("it is JSON");
        let url = ready["url"].as_str().expect("it has an address").to_owned();
        Self { process, url }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Those of every simulated host.
pub(crate) const USER: &str = r"SIM\operator";
pub(crate) const PASSWORD: &str = "Simulated-Pa55w0rd";
/// The virtual machine `web01` of every simulated host.
pub(crate) const VM: &str = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000001";
