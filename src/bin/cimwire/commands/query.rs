//! `query`: instances that a WQL query finds.

use cimwire::Wql;
use cimwire::cim::ClassPath;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::stream::{Listing, Projection, Types};
use super::target::usual_namespace;
use crate::connect;
use crate::exit::Exit;
use crate::output::report::Failure;
use crate::session::Session;

/// Show the instances that a WQL query finds
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// The query, as in "SELECT Name, State FROM Win32_Service WHERE State = 'Running'"
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    wql: String,

    #[command(flatten)]
    listing: Listing,
}

impl Query {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let asked = session.connection.namespace.as_deref();
        let class = subject(&self.wql);
        let namespace = asked.unwrap_or_else(|| usual_namespace(class));
        let projection = selected(&self.wql).map(|selected| Projection {
            class: ClassPath::new(namespace, class),
            selected,
        });
        let types = Types::of_projections(session, &client, projection);
        let found = client.namespace(namespace).query(Wql::raw(self.wql))?;
        self.listing.show(session, found, types).await
    }
}

/// Returns the properties that a query selects by name.
fn selected(wql: &str) -> Option<Vec<String>> {
    let mut words = wql.split_whitespace();
    if !words.next()?.eq_ignore_ascii_case("SELECT") {
        return None;
    }
    let list: Vec<_> = words
        .take_while(|word| !word.eq_ignore_ascii_case("FROM"))
        .collect();
    let list = list.concat();
    // System properties such as __PATH come under other names, or not at all.
    let is_property = |name: &str| !name.is_empty() && !name.starts_with("__") && name != "*";
    let names: Vec<_> = list.split(',').map(str::to_owned).collect();
    names.iter().all(|name| is_property(name)).then_some(names)
}

/// The class that a query asks for: the word after FROM, or what stands in the braces of ASSOCIATORS OF {…} and
/// REFERENCES OF {…}.
pub(super) fn subject(wql: &str) -> &str {
    word_after(wql, &["FROM", "OF"]).unwrap_or_default()
}

/// Returns the word that follows the first of these words in a query.
pub(super) fn word_after<'q>(wql: &'q str, leads: &[&str]) -> Option<&'q str> {
    let mut words = wql
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty());
    let is_lead = |word: &str| leads.iter().any(|lead| word.eq_ignore_ascii_case(lead));
    words.by_ref().find(|word| is_lead(word))?;
    words.next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_properties_are_read_from_the_query() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        for (wql, expected) in [
            ("SELECT Name, State FROM C", names(&["Name", "State"])),
            (
                "select\tName ,State\nfrom C WHERE X = 'FROM'",
                names(&["Name", "State"]),
            ),
            ("SELECT * FROM C", None),
            ("SELECT __PATH, Name FROM C", None),
            ("SELECT FROM C", None),
            ("ASSOCIATORS OF {C.Name='A'}", None),
            ("", None),
        ] {
            assert_eq!(selected(wql), expected, "{wql}");
        }
    }

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
            assert_eq!(usual_namespace(subject(wql)), namespace, "{wql}");
        }
    }
}
