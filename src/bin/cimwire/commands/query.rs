//! `query`: instances that a WQL query finds.

use std::time::Duration;

use cimwire::{Wql, hyperv};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::connect;
use crate::exit::Exit;
use crate::output::rows::Rows;
use crate::report::{self, Failure, Problem};
use crate::session::Session;

/// Show the instances that a WQL query finds
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The query, as in "SELECT Name, State FROM Win32_Service WHERE State = 'Running'"
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    wql: String,
}

impl Query {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let asked = session.connection.namespace.as_deref();
        let namespace = asked.unwrap_or_else(|| usual_namespace(&self.wql));
        let mut found = client.namespace(namespace).query(Wql::raw(self.wql))?;
        let mut rows = Rows::new(session.output);
        let end = loop {
            match session.interrupt.or(found.next()).await {
                Some(Some(Ok(instance))) => {
                    if let Err(failure) = rows.show(instance) {
                        break Err(failure);
                    }
                }
                Some(Some(Err(error))) => break Err(error.into()),
                Some(None) => break Ok(()),
                None => break Err(Problem::new(Exit::Interrupted, "interrupted").into()),
            }
        };
        if end.is_err() {
            // Nobody waits for it: the host forgets the enumeration by itself.
            let _ = tokio::time::timeout(RELEASE_TIME, found.release()).await;
        }
        // What came before an error is not lost.
        let count = match (&end, rows.finish()) {
            (_, Ok(count)) => count,
            (Err(_), Err(_)) => 0,
            (Ok(()), Err(failure)) => return Err(failure),
        };
        end?;
        if count == 0 {
            report::say("no instances");
        }
        Ok(Exit::Done)
    }
}

/// The namespace of the class that a query asks for: the word after FROM, or what stands in the braces of ASSOCIATORS
/// OF {…} and REFERENCES OF {…}.
fn usual_namespace(wql: &str) -> &'static str {
    let mut words = wql
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    let is_lead = |word: &str| {
        ["FROM", "OF"]
            .iter()
            .any(|lead| word.eq_ignore_ascii_case(lead))
    };
    let class = words
        .by_ref()
        .find(|word| is_lead(word))
        .and_then(|_| words.next())
        .unwrap_or_default();
    match class.get(..HYPERV.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(HYPERV) => hyperv::NAMESPACE,
        _ => "root/cimv2",
    }
}

/// What the classes of Hyper-V begin with.
const HYPERV: &str = "Msvm_";
const RELEASE_TIME: Duration = Duration::from_secs(2);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_chooses_the_namespace() {
        for (wql, namespace) in [
            (
                "SELECT * FROM Msvm_ComputerSystem",
                "root/virtualization/v2",
            ),
            (
                "select Name\nfrom\tmsvm_processor where x='FROM Win32_Service'",
                "root/virtualization/v2",
            ),
            (
                "ASSOCIATORS OF {Msvm_ComputerSystem.Name='A'} WHERE x",
                "root/virtualization/v2",
            ),
            (
                "SELECT * FROM Win32_Service WHERE Name = 'Msvm_X'",
                "root/cimv2",
            ),
            ("SELECT Msvm_X FROM CIM_X", "root/cimv2"),
            ("nonsense", "root/cimv2"),
            ("FROM", "root/cimv2"),
            ("SELECT * FROM Msvmäö", "root/cimv2"),
        ] {
            assert_eq!(usual_namespace(wql), namespace, "{wql}");
        }
    }
}
