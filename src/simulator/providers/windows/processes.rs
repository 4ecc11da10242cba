//! The processes of a host.

use crate::cim::Instance;

use super::super::Moment;

/// The processes of the host.
#[derive(Debug)]
pub(super) struct Processes {
    running: Vec<Process>,
    next_id: u32,
}

#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: u32,
    pub(super) parent: u32,
    pub(super) command_line: Option<String>,
    pub(super) begun: Moment,
    pub(super) priority: u32,
}

impl Processes {
    /// Returns the processes that a host starts with, which cannot be ended.
    pub(super) fn new(booted: Moment) -> Self {
        let process = |(id, command): (u32, Option<&str>)| Process {
            id,
            parent: 0,
            command_line: command.map(str::to_owned),
            begun: booted,
            priority: NORMAL,
        };
        Self {
            running: FIRST.into_iter().map(process).collect(),
            next_id: 5_000,
        }
    }

    pub(super) fn running(&self) -> impl Iterator<Item = &Process> {
        self.running.iter()
    }

    /// Begins a process. Returns its id, or `None` if there are too many.
    pub(super) fn begin(
        &mut self,
        command_line: String,
        priority: u32,
        now: Moment,
    ) -> Option<u32> {
        if self.running.len() >= MAX_PROCESSES {
            return None;
        }
        let id = self.next_id;
        self.next_id = id.checked_add(4)?;
        self.running.push(Process {
            id,
            parent: PROVIDER_HOST,
            command_line: Some(command_line),
            begun: now,
            priority,
        });
        Some(id)
    }

    /// Ends a process. Returns `false` if it may not be ended.
    pub(super) fn end(&mut self, instance: &Instance) -> bool {
        let Ok(id) = instance.get::<u32>("ProcessId") else {
            return false;
        };
        if FIRST.iter().any(|(first, _)| *first == id) {
            return false;
        }
        let before = self.running.len();
        self.running.retain(|process| process.id != id);
        self.running.len() < before
    }
}

impl Process {
    /// Returns the program: the text in quotation marks, or before the first space.
    pub(super) fn executable(&self) -> Option<&str> {
        let line = self.command_line.as_deref()?.trim_start();
        match line.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => line.split(' ').next(),
        }
    }

    pub(super) fn name(&self) -> &str {
        let path = self.executable().unwrap_or("System");
        path.rsplit('\\').next().unwrap_or(path)
    }
}

/// The base priority of a process.
pub(super) const NORMAL: u32 = 8;
/// The id of the WMI process, the parent of processes that Create starts.
const PROVIDER_HOST: u32 = 3_344;
pub(super) const PROVIDER_HOST_PROGRAM: &str = r"C:\Windows\system32\wbem\wmiprvse.exe";
pub(super) const VMMS_PROGRAM: &str = r"C:\Windows\system32\vmms.exe";
const FIRST: [(u32, Option<&str>); 3] = [
    (4, None),
    (2_796, Some(VMMS_PROGRAM)),
    (PROVIDER_HOST, Some(PROVIDER_HOST_PROGRAM)),
];
/// The number of processes, so clients do not fill the memory.
const MAX_PROCESSES: usize = 10_000;
