//! The program, run as a user runs it: against the simulated host, and against hosts that are none.

mod associations;
mod changes;
mod connecting;
mod demo;
mod doctor;
mod events;
mod fields;
mod hosts;
mod instances;
mod interrupts;
mod jobs;
mod methods;
mod origins;
mod outcomes;
mod program;
mod queries;
mod replica;
mod secrets;
mod several_hosts;
mod simulated;
mod tables;
mod traces;
mod typed;
mod usage;
mod vendor;
mod ways;
