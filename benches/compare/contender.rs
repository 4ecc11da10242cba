//! What is measured of a contender, and how.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

/// What a contender does.
#[derive(Clone, Copy)]
pub(crate) enum Task {
    Invoke,
    Enumerate,
}

/// Seconds.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    pub(crate) cpu: f64,
    pub(crate) wall: f64,
}

impl Task {
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "invoke" => Self::Invoke,
            _ => Self::Enumerate,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Invoke => "invoke",
            Self::Enumerate => "enumerate",
        }
    }

    pub(crate) fn title(self) -> String {
        match self {
            Self::Invoke => format!("{CALLS} calls of StartReplication"),
            Self::Enumerate => format!("{ROWS} instances, in pages of {PAGE} at most"),
        }
    }
}

impl Measured {
    pub(crate) fn min(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.min(other.cpu),
            wall: self.wall.min(other.wall),
        }
    }
}

/// Runs a contender and reads the two numbers that it prints.
pub(crate) fn measure(mut command: Command) -> Option<Measured> {
    let output = command.stderr(Stdio::inherit()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.split_whitespace().map(str::parse);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(cpu)), Some(Ok(wall))) if output.status.success() => Some(Measured { cpu, wall }),
        _ => panic!("{command:?} failed: {text}"),
    }
}

/// Does the task, and prints what it took: seconds of all processors, and of the clock.
pub(crate) fn report(run: impl FnOnce()) {
    let (cpu, wall) = (processor_seconds(), Instant::now());
    run();
    println!(
        "{} {}",
        processor_seconds() - cpu,
        wall.elapsed().as_secs_f64()
    );
}

/// What all threads of this process have used so far (proc(5): the first number of `schedstat`, in nanoseconds).
fn processor_seconds() -> f64 {
    let threads = fs::read_dir("/proc/self/task").expect("Linux tells of its processes");
    let nanoseconds: u64 = threads
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.path().join("schedstat")).ok())
        .filter_map(|text| text.split_whitespace().next()?.parse::<u64>().ok())
        .sum();
    std::time::Duration::from_nanos(nanoseconds).as_secs_f64()
}

pub(crate) const CALLS: usize = 500;
pub(crate) const ROWS: usize = 10_000;
pub(crate) const PAGE: u32 = 1_000;
