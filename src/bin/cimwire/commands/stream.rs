//! Items that a host sends, shown as they come.

use std::time::Duration;

use cimwire::cim::{ClassPath, Instance, Reference};
use cimwire::{Client, FaultKind, Items};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use crate::declared::Declarations;
use crate::exit::Exit;
use crate::options::Format;
use crate::output::report::{self, Failure};
use crate::output::rows::Rows;
use crate::session::Session;

/// The options of a list of instances.
#[derive(Debug, Args)]
pub(super) struct Listing {
    /// Only these properties, in this order
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', value_parser = NonEmptyStringValueParser::new())]
    columns: Vec<String>,

    /// No more than so many
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    limit: Option<u64>,
}

impl Listing {
    /// Shows instances; as names their object paths, which the host is asked for instead.
    pub(super) async fn show(
        &self,
        session: &Session,
        items: Items<Instance>,
        types: Types<'_>,
    ) -> Result<Exit, Failure> {
        match session.output.format() {
            Format::Name => {
                let items = items.endpoint_references();
                self.show_items(session, items, types).await
            }
            _ => self.show_items(session, items, types).await,
        }
    }

    /// Shows items until their end, a limit, an error or a signal. What came before an error is not lost.
    pub(super) async fn show_items<T: Shown>(
        &self,
        session: &Session,
        items: Items<T>,
        mut types: Types<'_>,
    ) -> Result<Exit, Failure> {
        types.chosen.clone_from(&self.columns);
        let mut rows = Rows::new(session.output, types.columns().to_vec());
        let mut items = items.limit(self.limit.unwrap_or(u64::MAX));
        let end = loop {
            let failure = match session.interrupt.or(items.next()).await {
                Some(Some(Ok(item))) => match item.typed(&mut types).await.show(&mut rows) {
                    Ok(()) => continue,
                    Err(failure) => failure,
                },
                Some(Some(Err(error))) => error.into(),
                Some(None) => break Ok(()),
                None => session.interrupt.problem().into(),
            };
            release(items).await;
            break Err(failure);
        };
        let count = match (&end, rows.finish()) {
            (_, Ok(count)) => count,
            (Err(_), Err(_)) => 0,
            (Ok(()), Err(failure)) => return Err(failure),
        };
        end?;
        if count == 0 {
            report::note("no instances");
        }
        Ok(Exit::Done)
    }
}

/// Collects items, unless an error or a signal comes before their end.
pub(super) async fn collected<T>(
    session: &Session,
    mut items: Items<T>,
) -> Result<Vec<T>, Failure> {
    let mut collected = Vec::new();
    loop {
        match session.interrupt.or(items.next()).await {
            Some(Some(item)) => collected.push(item?),
            Some(None) => return Ok(collected),
            None => {
                release(items).await;
                return Err(session.interrupt.problem().into());
            }
        }
    }
}

/// Releases an enumeration. A failure is ignored: the host ends an idle enumeration by itself.
async fn release<T>(items: Items<T>) {
    let _ = tokio::time::timeout(RELEASE_TIME, items.release()).await;
}

/// An item that can be shown.
pub(super) trait Shown: Sized {
    /// Returns the item with its values in the types that their class declares.
    async fn typed(self, types: &mut Types<'_>) -> Self;

    fn show(self, rows: &mut Rows) -> Result<(), Failure>;
}

/// The class of rows that are projections, which may not name it, and the properties that were selected.
#[derive(Debug)]
pub(super) struct Projection {
    pub(super) class: ClassPath,
    pub(super) selected: Vec<String>,
}

/// The types of the properties of rows.
#[derive(Debug)]
pub(super) struct Types<'s> {
    declarations: Declarations<'s>,
    projection: Option<Projection>,
    /// The properties that the user chose among those that the host sends; empty for all.
    chosen: Vec<String>,
}

impl<'s> Types<'s> {
    /// Returns the types of whole instances.
    pub(super) fn of_instances(session: &'s Session, client: &'s Client) -> Self {
        Self {
            declarations: Declarations::new(session, client),
            projection: None,
            chosen: Vec::new(),
        }
    }

    /// Returns the types of projections, or of whole instances without one.
    pub(super) fn of_projections(
        session: &'s Session,
        client: &'s Client,
        projection: Option<Projection>,
    ) -> Self {
        Self {
            projection,
            ..Self::of_instances(session, client)
        }
    }

    /// Returns the names of the properties that are shown, in their order; none for all.
    fn columns(&self) -> &[String] {
        match (&self.projection, &self.chosen[..]) {
            (Some(projection), []) => &projection.selected,
            (_, chosen) => chosen,
        }
    }

    async fn typed(&mut self, instance: Instance) -> Instance {
        let typed = match &self.projection {
            Some(projection) => {
                self.declarations
                    .projected(&projection.class, instance)
                    .await
            }
            None => self.declarations.typed(instance).await,
        };
        // A server may leave out what is null, and has an order of its own.
        match self.columns() {
            [] => typed,
            columns => typed.select(columns.iter().map(String::as_str)),
        }
    }
}

impl Shown for Instance {
    async fn typed(self, types: &mut Types<'_>) -> Self {
        types.typed(self).await
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show(self)
    }
}

impl Shown for Reference {
    async fn typed(self, _: &mut Types<'_>) -> Self {
        self
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show_path(self)
    }
}

impl Shown for (Instance, Reference) {
    async fn typed(self, types: &mut Types<'_>) -> Self {
        let (instance, reference) = self;
        (types.typed(instance).await, reference)
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        let (instance, reference) = self;
        rows.show_with_path(instance, reference)
    }
}

/// Gives an error about a query that the user did not write a hint about the options that the query was made of.
pub(super) fn hint_at_options(shown: Result<Exit, Failure>, hint: &str) -> Result<Exit, Failure> {
    match shown {
        Err(Failure::Library(error)) if error.fault_kind() == Some(FaultKind::InvalidQuery) => {
            Ok(report::error_with(&error, Some(hint)))
        }
        shown => shown,
    }
}

const RELEASE_TIME: Duration = Duration::from_secs(2);
