//! `classes`: the classes of a namespace.

use cimwire::cim::Instance;
use cimwire::{Items, Wql};
use clap::Args;

use super::stream::collected;
use super::target::usual_namespace;
use crate::connect;
use crate::output::classes::Classes as Listed;
use crate::output::report::Failure;
use crate::session::Session;

/// List the classes of a namespace
///
/// By a schema query (SELECT * FROM meta_class), which WMI knows and which has not been tried over WinRM yet.
#[derive(Debug, Args)]
pub(crate) struct Classes {
    /// Only classes of this name, with * and ? for any characters and any one: Msvm_*, root/wmi:MS*
    pattern: Option<String>,

    /// No more than so many
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Classes {
    pub(crate) async fn run(self, session: &Session) -> Result<Listed, Failure> {
        let pattern = self.pattern.as_deref().unwrap_or("*");
        let (named, pattern) = match pattern.rsplit_once(':') {
            Some((namespace, pattern)) => (Some(namespace), pattern),
            None => (None, pattern),
        };
        let asked = named.or(session.connection.namespace.as_deref());
        let namespace = asked.unwrap_or_else(|| usual_namespace(pattern));
        let client = connect::client(session).await?;
        let namespace = client.namespace(namespace);
        let classes: Items<Instance> = namespace.query(query(pattern))?;
        let classes = classes.limit(self.limit.unwrap_or(u64::MAX));
        let classes = collected(session, classes).await?;
        let mut names: Vec<_> = classes
            .iter()
            .map(|class| class.class_name().to_owned())
            .collect();
        names.sort_by_key(|name| name.to_lowercase());
        Ok(Listed {
            namespace: namespace.name().to_owned(),
            names,
        })
    }
}

/// Returns the query for the classes whose names match a pattern.
fn query(pattern: &str) -> Wql {
    let all = Wql::select("meta_class");
    match pattern {
        "*" => all,
        pattern if !pattern.contains(['*', '?']) => all.equals(CLASS, pattern),
        pattern => {
            let translate = |c| match c {
                '*' => "%".to_owned(),
                '?' => "_".to_owned(),
                '%' | '_' | '[' => format!("[{c}]"),
                c => c.to_string(),
            };
            let pattern: String = pattern.chars().map(translate).collect();
            all.like(CLASS, &pattern)
        }
    }
}

/// The system property with the name of a class.
const CLASS: &str = "__CLASS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_become_those_of_wql() {
        for (pattern, expected) in [
            ("*", "SELECT * FROM meta_class"),
            (
                "Win32_Service",
                "SELECT * FROM meta_class WHERE __CLASS = 'Win32_Service'",
            ),
            (
                "Win32_*Se?vice",
                "SELECT * FROM meta_class WHERE __CLASS LIKE 'Win32[_]%Se_vice'",
            ),
            (
                "it's[1]%*",
                r"SELECT * FROM meta_class WHERE __CLASS LIKE 'it\'s[[]1][%]%'",
            ),
        ] {
            assert_eq!(query(pattern).to_string(), expected);
        }
    }
}
