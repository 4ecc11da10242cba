//! `watch`: the events of a host.

use std::time::Duration;

use cimwire::cim::ClassPath;
use cimwire::{Wql, declared_classes};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use tokio::time::{Instant, timeout, timeout_at};

use super::query::{subject, word_after};
use super::target::{Class, usual_namespace};
use crate::connect;
use crate::declared::Declarations;
use crate::exit::Exit;
use crate::output::indication::Indication;
use crate::output::report::{Failure, Problem};
use crate::session::Session;
use crate::time;

/// Show the events of a host as they come
///
/// Until --limit, --wait-timeout or Ctrl-C, which end the subscription at the host. Too few events for --limit within
/// --wait-timeout exit with 7.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// A class of events, a class whose instances to watch, or a query for events: "SELECT * FROM __InstanceModificationEvent
    /// WITHIN 5 WHERE TargetInstance ISA 'Win32_Service'"
    #[arg(value_name = "CLASS|WQL", value_parser = NonEmptyStringValueParser::new())]
    events: String,

    /// The interval at which the host compares instances, for a class [default: 2s]
    #[arg(long, value_name = "TIME", value_parser = time::duration)]
    within: Option<Duration>,

    /// End after so many events
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Watch {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let (namespace, query) = self.query(session)?;
        let client = connect::client(session).await?;
        let mut types = Declarations::new(session, &client);
        let longest = session.connection.wait_timeout;
        let deadline = longest.and_then(|longest| Instant::now().checked_add(longest));
        let mut events = client.namespace(&namespace).subscribe(query)?;
        let mut seen = 0;
        let end = loop {
            if self.limit.is_some_and(|limit| seen >= limit) {
                break Ok(Exit::Done);
            }
            let next = async {
                match deadline {
                    Some(deadline) => timeout_at(deadline, events.next()).await.ok(),
                    None => Some(events.next().await),
                }
            };
            let event = match session.interrupt.or(next).await {
                Some(Some(Some(Ok(event)))) => event,
                Some(Some(Some(Err(error)))) => break Err(error.into()),
                Some(Some(None)) => break Err(ended().into()),
                Some(None) => break self.timed_out(seen, longest.unwrap_or_default()),
                None => break Err(session.interrupt.problem().into()),
            };
            seen += 1;
            let event = types.with_embedded_typed(event).await;
            if let Err(failure) = session.output.show(&Indication(event)) {
                break Err(failure);
            }
        };
        // The result is ignored: the host ends a subscription that is not pulled from by itself.
        let _ = timeout(UNSUBSCRIBE_TIME, events.unsubscribe()).await;
        end
    }

    /// Returns the namespace and the query.
    fn query(&self, session: &Session) -> Result<(String, Wql), Problem> {
        if self.events.contains(char::is_whitespace) {
            if self.within.is_some() {
                let problem =
                    Problem::usage("--within is for a class: a query has its own interval");
                return Err(problem.hint("write it into the query, as in WITHIN 5 before WHERE"));
            }
            let watched = word_after(&self.events, &["ISA"]);
            let watched = watched.unwrap_or_else(|| subject(&self.events));
            let asked = session.connection.namespace.as_deref();
            let namespace = asked.unwrap_or_else(|| usual_namespace(watched));
            return Ok((namespace.to_owned(), Wql::raw(self.events.as_str())));
        }
        let class = Class::named(&self.events).path(session)?;
        Ok((class.namespace().to_owned(), of_class(&class, self.within)))
    }

    fn timed_out(&self, seen: u64, longest: Duration) -> Result<Exit, Failure> {
        let Some(limit) = self.limit else {
            return Ok(Exit::Done);
        };
        let longest = time::duration_text(longest);
        let what = format!("{seen} of {limit} events came within {longest}");
        Err(Problem::new(Exit::Timeout, what).into())
    }
}

/// Returns the query for the events of a class, or for those of the instances of a class that is known to have instances.
fn of_class(class: &ClassPath, within: Option<Duration>) -> Wql {
    if declared_classes().declared(class).is_none() {
        let events = Wql::select(class.name());
        return match within {
            Some(within) => events.within(within),
            None => events,
        };
    }
    Wql::select("__InstanceOperationEvent")
        .within(within.unwrap_or(WITHIN))
        .isa("TargetInstance", class.name())
}

fn ended() -> Problem {
    Problem::new(Exit::Failure, "the host ended the subscription")
        .hint("watch again and look at the objects: events in between are lost")
}

/// The default interval at which the host compares instances.
const WITHIN: Duration = Duration::from_secs(2);
const UNSUBSCRIBE_TIME: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_with_instances_is_watched_by_them() {
        let query = |class: &str, within| {
            let class = ClassPath::new("root/virtualization/v2", class);
            of_class(&class, within).to_string()
        };
        let isa = "WHERE TargetInstance ISA 'Msvm_ConcreteJob'";
        assert_eq!(
            query("Msvm_ConcreteJob", None),
            format!("SELECT * FROM __InstanceOperationEvent WITHIN 2 {isa}")
        );
        assert_eq!(
            query("Msvm_ConcreteJob", Some(Duration::from_millis(500))),
            format!("SELECT * FROM __InstanceOperationEvent WITHIN 0.5 {isa}")
        );
        assert_eq!(
            query("RegistryTreeChangeEvent", None),
            "SELECT * FROM RegistryTreeChangeEvent"
        );
        assert_eq!(
            query("__NamespaceCreationEvent", Some(Duration::from_secs(5))),
            "SELECT * FROM __NamespaceCreationEvent WITHIN 5"
        );
    }
}
