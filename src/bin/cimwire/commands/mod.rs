//! The commands, each in its file.

pub(crate) mod associations;
pub(crate) mod create;
pub(crate) mod decode;
pub(crate) mod delete;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod enumerate;
pub(crate) mod get;
pub(crate) mod identify;
pub(crate) mod invoke;
pub(crate) mod job;
pub(crate) mod put;
pub(crate) mod query;
pub(crate) mod replica;
mod returned;
pub(crate) mod schema;
mod server;
pub(crate) mod simulate;
mod stream;
mod target;

use crate::args::Command;
use crate::exit::Exit;
use crate::report::{self, Failure, Problem};
use crate::session::Session;

/// Runs a command; says what to end the program with.
pub(crate) async fn run(session: Session, command: Command) -> Result<Exit, Failure> {
    match command {
        Command::Identify => identify::run(&session).await,
        Command::Doctor(doctor) => doctor.run(&session).await,
        Command::Get(get) => get.run(&session).await,
        Command::Enumerate(enumerate) => enumerate.run(&session).await,
        Command::Query(query) => query.run(&session).await,
        Command::Associators(associators) => associators.run(&session).await,
        Command::References(references) => references.run(&session).await,
        Command::Invoke(invoke) => invoke.run(&session).await,
        Command::Put(put) => put.run(&session).await,
        Command::Create(create) => create.run(&session).await,
        Command::Delete(delete) => delete.run(&session).await,
        Command::Schema(schema) => schema.run(&session).await,
        Command::Replica(replica) => replica.run(&session).await,
        Command::Job(job) => job.run(&session).await,
        Command::Decode(decode) => decode.run(&session).await,
        Command::Simulate(simulate) => simulate.run(&session).await,
        Command::Demo(demo) => demo.run(session).await,
    }
}

/// Awaits an operation that harms nobody when it is dropped at Ctrl-C.
pub(crate) async fn unless_interrupted<T, E: Into<Failure>>(
    session: &Session,
    operation: impl Future<Output = Result<T, E>>,
) -> Result<T, Failure> {
    match session.interrupt.or(operation).await {
        Some(done) => done.map_err(Into::into),
        None => Err(Problem::new(Exit::Interrupted, "interrupted").into()),
    }
}

/// Awaits a call that changes something at the host: dropped on its way, nobody would know what became of it. So at the
/// first Ctrl-C its answer is still waited for.
async fn to_its_end<T>(session: &Session, call: impl Future<Output = T>) -> T {
    let _calling = session.interrupt.calling();
    let mut call = std::pin::pin!(call);
    if let Some(done) = session.interrupt.or(&mut call).await {
        return done;
    }
    report::note("the host was asked already; once more Ctrl-C ends without its answer");
    call.await
}
