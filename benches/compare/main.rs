//! This crate, pypsrp, and a bare HTTP loop against the same simulated host, in turn and in one run: processor and wall
//! time of each, and their ratios.
//!
//! `cargo bench --bench compare`
//!
//! Two tasks: method calls with a reference and a datetime, and an enumeration of 10,000 instances, into a struct of
//! one's own here, into element trees with pypsrp. The bare loop sends the same requests and reads no answer, so it is
//! what no client can be faster than. All over Basic and plain HTTP, so that the protocol is compared and not the ciphers.
//! Each contender is a process of its own, measured from its first request to its last; the host is another. pypsrp
//! is left out where the environment of the interop tests (`tests/interop/setup.sh`) is not there.

mod bare;
mod contender;
mod host;
mod ours;

use std::path::Path;
use std::process::Command;

use crate::contender::{Measured, Task};
use crate::host::Host;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["ours", task, url] => contender::report(|| ours::run(Task::named(task), url)),
        ["bare", task, url] => contender::report(|| bare::run(Task::named(task), url)),
        // Cargo adds `--bench`.
        _ => compare(),
    }
}

fn compare() {
    let host = Host::start();
    for task in [Task::Invoke, Task::Enumerate] {
        let mut best: [Option<Measured>; 3] = [None; 3];
        // In turn, so that what else the machine does hits all alike; the best round of each counts.
        for _ in 0..ROUNDS {
            for (best, command) in best.iter_mut().zip(contenders(task, &host.url)) {
                let measured = command.and_then(contender::measure);
                *best = match (*best, measured) {
                    (Some(old), Some(new)) => Some(old.min(new)),
                    (old, new) => old.or(new),
                };
            }
        }
        show(task, best);
    }
}

fn contenders(task: Task, url: &str) -> [Option<Command>; 3] {
    let this = std::env::current_exe().expect("a program knows where it is");
    let ours = |whose| {
        let mut command = Command::new(&this);
        command.args([whose, task.name(), url]);
        Some(command)
    };
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/interop/venv/bin/python");
    let pypsrp = python.exists().then(|| {
        let mut command = Command::new(python);
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/compare/pypsrp_loop.py");
        command.arg(script).args([task.name(), url]);
        command
    });
    [ours("ours"), pypsrp, ours("bare")]
}

fn show(task: Task, measured: [Option<Measured>; 3]) {
    println!("{}", task.title());
    let ours = measured[0].expect("this crate runs");
    for (name, measured) in ["cimwire", "pypsrp", "bare loop"].iter().zip(measured) {
        match measured {
            None => println!("  {name:<10} not there: run tests/interop/setup.sh"),
            Some(Measured { cpu, wall }) => println!(
                "  {name:<10} {:>9.3} ms CPU, {:>9.3} ms wall; cimwire takes {:.2} of its CPU, {:.2} of its wall time",
                cpu * 1e3,
                wall * 1e3,
                ours.cpu / cpu,
                ours.wall / wall,
            ),
        }
    }
}

const ROUNDS: u32 = 5;
