//! The program, run as a user runs it: against the simulated host, and against hosts that are none.

mod connecting;
mod demo;
mod doctor;
mod hosts;
mod interrupts;
mod jobs;
mod program;
mod queries;
mod replica;
mod secrets;
mod simulated;
mod usage;
mod ways;
