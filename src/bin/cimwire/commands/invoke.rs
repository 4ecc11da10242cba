//! `invoke`: a method of an instance or of a class.

use cimwire::Client;
use cimwire::cim::{ClassPath, MethodSchema, Properties};
use cimwire::job::JobReference;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::returned::{End, Returned};
use super::target::Target;
use crate::connect;
use crate::declared::Declarations;
use crate::exit::Exit;
use crate::follow::Follower;
use crate::input::{self, Input};
use crate::output::following::Done;
use crate::output::report::{self, Failure, Problem};
use crate::session::Session;
use crate::session::to_its_end;

/// Call a method of an instance, or without keys of a class
///
/// Exits with 0 if the method returned 0, or 4096 for a job that it started, or nothing, or a value of the other type that it
/// is declared to return; with 6 if it returned another number, and with 8 if its return value is not readable.
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
        let class = target.class();
        let typed = self.input.typed()?;
        let client = connect::client(session).await?;
        let schema = self.input.schema(session, &client, class).await?;
        let declared = schema.as_ref().map(|schema| schema.method(&self.method));
        let declared = declared.transpose();
        let declared = declared.map_err(|error| input::invalid(&error, class))?;
        let (method, input) = match declared {
            Some(method) => {
                let input = checked(session, &client, class, method, &typed).await?;
                (method.name.as_str(), input)
            }
            None => (self.method.as_str(), typed),
        };
        let output = to_its_end(session, client.invoke(&target, method, input)).await?;
        let mut declarations = Declarations::new(session, &client);
        let typed = declarations.output(class, declared, &output).await;
        let returned = Returned::read(&client, &target, &output, &typed, declared);
        let watch = returned.started().and_then(|job| session.watch.of([job]));
        let done = session.output.show(&returned.shown(watch.as_deref()))?;
        match returned.end() {
            End::Unknown(error) => Ok(report::error(error)),
            End::Refused => Err(returned.refusal().into()),
            End::Done => Ok(done),
            End::Started(Some(job)) if self.wait => {
                let success = format!("Done: {method} of {class}");
                follow(session, &client, job, &success).await
            }
            End::Started(Some(job)) => {
                session.following(None).how_to_watch(job)?;
                Ok(Exit::Done)
            }
            End::Started(None) => unnamed(method, self.wait),
        }
    }
}

async fn follow(
    session: &Session,
    client: &Client,
    job: &JobReference,
    success: &str,
) -> Result<Exit, Failure> {
    let shown = session.following(None);
    let follower = Follower::new(session, client, shown.clone(), vec![job.clone()])?;
    shown.end(&follower.end().await?, Done::completed(success))
}

/// Reports a job that was to be waited for and that the host did not name.
fn unnamed(method: &str, wait: bool) -> Result<Exit, Failure> {
    let what = format!("{method} started a job that the host did not name");
    if wait {
        let problem = Problem::new(Exit::Unknown, what);
        return Err(problem.hint("list the jobs of the host to find it").into());
    }
    report::note(&what);
    Ok(Exit::Done)
}

/// Returns what was typed, as the method declares it.
async fn checked(
    session: &Session,
    client: &Client,
    class: &ClassPath,
    method: &MethodSchema,
    typed: &Properties,
) -> Result<Properties, Failure> {
    let namespace = class.namespace();
    let values = input::prepared(session, client, namespace, &method.parameters, typed).await?;
    let checked = method
        .check(&values)
        .map_err(|error| input::invalid(&error, class))?;
    Ok(input::complete(checked, namespace))
}
