//! `invoke`: a method of an instance or of a class.

use cimwire::Client;
use cimwire::cim::{MethodSchema, Properties, Reference};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::returned::Returned;
use super::target::Target;
use super::to_its_end;
use crate::connect;
use crate::exit::Exit;
use crate::follow::{Follower, show_end};
use crate::input::{self, Input};
use crate::report::{self, Failure, Problem};
use crate::session::Session;

/// Call a method of an instance, or without keys of a class
///
/// Exits with 0 where the method returned 0, or 4096 for a job that it started, or nothing that is a number; with 6
/// where it returned another number.
#[derive(Debug, Args)]
pub(crate) struct Invoke {
    #[command(flatten)]
    target: Target,

    /// The method, in any case where the host tells the declaration of the class
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    method: String,

    #[command(flatten)]
    input: Input,

    /// Follow the job that the method starts to its end
    #[arg(long)]
    wait: bool,
}

impl Invoke {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let target = self.target.reference(session)?;
        let typed = self.input.typed()?;
        let client = connect::client(session).await?;
        let schema = self.input.schema(session, &client, target.class()).await?;
        let declared = match &schema {
            Some(schema) => Some(
                schema
                    .method(&self.method)
                    .map_err(|error| input::invalid(&error, target.class()))?,
            ),
            None => None,
        };
        let (method, input) = match declared {
            Some(method) => (
                &method.name,
                checked(session, &client, &target, method, &typed).await?,
            ),
            None => (&self.method, typed),
        };
        let output = to_its_end(session, client.invoke(&target, method, input)).await?;
        let returned = Returned::read(&target, &output, declared);
        returned.show(session)?;
        if !returned.is_success() {
            return Err(returned.refusal().into());
        }
        match (self.wait, returned.started()) {
            (true, Some(job)) => {
                let success = format!("Done: {method} of {}", target.class());
                let mut follower = Follower::new(session, &client, vec![job.clone()]);
                let mut exit = Exit::Done;
                while let Some(end) = follower.next().await? {
                    exit = follower.pause(|| show_end(session, None, &end, &success))?;
                }
                Ok(exit)
            }
            (true, None) if returned.is_job() => Err(Problem::new(
                Exit::Unknown,
                format!("{method} started a job that the host did not name"),
            )
            .hint("list the jobs of the host to find it")
            .into()),
            (false, Some(job)) => {
                if let Some(command) = session.watch_command([job]) {
                    session.output.line(&format!("To watch it: {command}"))?;
                }
                Ok(Exit::Done)
            }
            (false, None) if returned.is_job() => {
                report::note("a job was started that the host did not name");
                Ok(Exit::Done)
            }
            _ => Ok(Exit::Done),
        }
    }
}

/// What was typed, as the method declares it.
async fn checked(
    session: &Session,
    client: &Client,
    target: &Reference,
    method: &MethodSchema,
    typed: &Properties,
) -> Result<Properties, Failure> {
    let class = target.class();
    let namespace = class.namespace();
    let values = input::prepared(session, client, namespace, &method.parameters, typed).await?;
    let checked = method
        .check(&values)
        .map_err(|error| input::invalid(&error, class))?;
    Ok(input::complete(checked, namespace))
}
