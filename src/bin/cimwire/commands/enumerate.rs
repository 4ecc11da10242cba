//! `enumerate`: the instances of a class.

use cimwire::cim::{ClassPath, Instance};
use cimwire::{Dialect, Items, Namespace, Wql};
use clap::Args;

use super::stream::{self, Listing, Projection, Types};
use super::target::{self, Class, usual_namespace};
use crate::assign::Pair;
use crate::connect;
use crate::exit::Exit;
use crate::options::Format;
use crate::output::report::Failure;
use crate::session::Session;

/// Show the instances of a class
#[derive(Debug, Args)]
pub(crate) struct Enumerate {
    #[command(flatten)]
    class: Class,

    /// Only instances with this value of a property, once for each; hosts take text and numbers, but no times, and with
    /// --references or --both no quotation marks; with --references only of a key
    #[arg(long = "where", short = 'w', value_name = "NAME=VALUE", value_parser = Pair::read)]
    conditions: Vec<Pair>,

    /// Only these properties
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', conflicts_with_all = ["references", "both"])]
    properties: Vec<String>,

    /// The object paths of the instances instead of the instances
    #[arg(long, conflicts_with_all = ["both", "columns"])]
    references: bool,

    /// The instances, each with its object path as __PATH
    #[arg(long)]
    both: bool,

    #[command(flatten)]
    listing: Listing,
}

impl Enumerate {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let class = self.class.path(session)?;
        let client = connect::client(session).await?;
        let namespace = client.namespace(class.namespace());
        let path = class;
        let types = Types::of_projections(session, &client, self.projection(&path));
        let class = &target::spelt(&path);
        if self.references || self.both && session.output.format() == Format::Name {
            let items = self.items(&namespace, class).endpoint_references();
            return self.listing.show_items(session, items, types).await;
        }
        if self.both {
            let items = self.items(&namespace, class).with_endpoint_references();
            return self.listing.show_items(session, items, types).await;
        }
        let items = if self.properties.is_empty() && !self.is_beyond_filters(session) {
            self.items(&namespace, class)
        } else {
            let namespace = match path.namespace() {
                "" => client.namespace(usual_namespace(path.name())),
                _ => namespace,
            };
            namespace.query(self.query(class))?
        };
        let shown = self.listing.show(session, items, types).await;
        stream::hint_at_options(shown, NAMES)
    }

    fn projection(&self, class: &ClassPath) -> Option<Projection> {
        if self.properties.is_empty() {
            return None;
        }
        Some(Projection {
            class: class.clone(),
            selected: self.properties.clone(),
        })
    }

    fn items(&self, namespace: &Namespace, class: &str) -> Items<Instance> {
        if self.conditions.is_empty() {
            return namespace.enumerate(class);
        }
        let conditions = self.conditions.iter();
        namespace.matching(
            class,
            conditions.map(|one| (one.name.as_str(), one.text.as_str())),
        )
    }

    /// Reports whether a condition cannot stand in a filter by values: Windows takes no quotation marks there, and
    /// object paths can be compared with conditions on keys alone.
    fn is_beyond_filters(&self, session: &Session) -> bool {
        let mut conditions = self.conditions.iter();
        let names_only = session.output.format() == Format::Name;
        session.connection.dialect == Dialect::Wmi
            && conditions.any(|one| names_only || one.text.contains(['\'', '"']))
    }

    /// A query, for what a filter by values cannot do, such as to leave properties out.
    fn query(&self, class: &str) -> Wql {
        let wql = if self.properties.is_empty() {
            Wql::select(class)
        } else {
            Wql::select_properties(class, self.properties.iter().map(String::as_str))
        };
        let conditions = self.conditions.iter();
        conditions.fold(wql, |wql, one| wql.equals(&one.name, &one.text))
    }
}

const NAMES: &str =
    "check the names given with --properties and --where: the class has to have each of them";
