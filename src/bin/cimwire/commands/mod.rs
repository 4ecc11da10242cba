//! The list of commands, each in a file of its own.
//!
//! To add one, write `commands/<name>.rs` with a struct of clap's `Args`, and add a variant to [`Command`] and an arm to [`run`].
//! Its `run(self, &Session)` returns a result; a type with [`crate::output::Render`] shows it. What shows as it goes returns `Exit`.
//! Add its name to `READING` in `usage_error.rs` if it changes nothing at a host. Await a read by `session::unless_interrupted`, and a change by `session::to_its_end`.
//! A verb of `replica` is a file in its folder, with a variant and an arm in its `mod.rs`; `change.rs` there follows its job.
//! Other commands that start a job follow it with `crate::follow`. Errors and notes go through `crate::output::report`.

mod associations;
mod classes;
mod completions;
mod config;
mod create;
mod decode;
mod delete;
mod demo;
mod doctor;
mod enumerate;
mod get;
mod identify;
mod invoke;
mod job;
mod put;
mod query;
mod replica;
mod returned;
mod schema;
mod server;
mod simulate;
mod stream;
mod target;
mod vm;
mod watch;

use clap::Subcommand;

use crate::exit::Exit;
use crate::output::report::{Failure, Problem};
use crate::session::Session;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask which product answers at the host
    Identify,
    Doctor(doctor::Doctor),
    Get(get::Get),
    Enumerate(enumerate::Enumerate),
    Query(query::Query),
    Associators(associations::Associators),
    References(associations::References),
    Invoke(invoke::Invoke),
    Put(put::Put),
    Create(create::Create),
    Delete(delete::Delete),
    Schema(schema::Schema),
    Classes(classes::Classes),
    Watch(watch::Watch),
    #[command(subcommand)]
    Vm(vm::VmCommand),
    #[command(subcommand)]
    Replica(replica::Replica),
    #[command(subcommand)]
    Job(job::JobCommand),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    Completions(completions::Completions),
    Manual(completions::Manual),
    Decode(decode::Decode),
    Simulate(simulate::Simulate),
    Demo(demo::Demo),
}

impl Command {
    /// Reports whether the result is a list, which can be written as CSV and as names.
    fn lists(&self) -> bool {
        match self {
            Self::Enumerate(_)
            | Self::Query(_)
            | Self::Associators(_)
            | Self::References(_)
            | Self::Classes(_)
            | Self::Vm(_) => true,
            Self::Replica(replica) => replica.lists(),
            Self::Job(job) => job.lists(),
            _ => false,
        }
    }
}

/// Runs a command, and returns the exit code.
pub(crate) async fn run(session: Session, command: Command) -> Result<Exit, Failure> {
    let output = session.output;
    if output.format().is_for_lists() && !command.lists() {
        let problem =
            Problem::usage("csv and name are formats of lists, which this command has not");
        return Err(problem.hint("leave --output out, or use json").into());
    }
    match command {
        Command::Identify => output.show(&identify::run(&session).await?),
        Command::Doctor(doctor) => doctor.run(&session).await,
        Command::Get(get) => output.show(&get.run(&session).await?),
        Command::Enumerate(enumerate) => enumerate.run(&session).await,
        Command::Query(query) => query.run(&session).await,
        Command::Associators(associators) => associators.run(&session).await,
        Command::References(references) => references.run(&session).await,
        Command::Invoke(invoke) => invoke.run(&session).await,
        Command::Put(put) => output.show(&put.run(&session).await?),
        Command::Create(create) => output.show(&create.run(&session).await?),
        Command::Delete(delete) => output.show(&delete.run(&session).await?),
        Command::Classes(classes) => output.show(&classes.run(&session).await?),
        Command::Watch(watch) => watch.run(&session).await,
        Command::Schema(schema) => output.show(&schema.run(&session).await?),
        Command::Vm(vm) => vm.run(&session).await,
        Command::Replica(replica) => replica.run(&session).await,
        Command::Job(job) => job.run(&session).await,
        Command::Config(config) => config.run(&session),
        Command::Completions(completions) => completions.run(output),
        Command::Manual(manual) => manual.run(),
        Command::Decode(decode) => decode.run(&session).await,
        Command::Simulate(simulate) => simulate.run(&session).await,
        Command::Demo(demo) => demo.run(session).await,
    }
}
