//! Items that a host sends, shown as they come.

use std::time::Duration;

use cimwire::cim::{ClassPath, Instance, Reference};
use cimwire::{Client, FaultKind, Items};

use crate::declared::Declarations;
use crate::exit::Exit;
use crate::output::report::{self, Failure};
use crate::output::rows::Rows;
use crate::session::Session;

/// An item that can be shown.
pub(super) trait Shown: Sized {
    /// Returns the item with its values in the types that their class declares.
    async fn typed(self, types: &mut Types<'_>) -> Result<Self, Failure>;

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
}

impl<'s> Types<'s> {
    /// Returns the types of whole instances.
    pub(super) fn of_instances(session: &'s Session, client: &'s Client) -> Self {
        Self {
            declarations: Declarations::new(session, client),
            projection: None,
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

    async fn typed(&mut self, instance: Instance) -> Result<Instance, Failure> {
        let Some(projection) = &self.projection else {
            return self.declarations.typed(instance).await;
        };
        let class = &projection.class;
        let typed = self.declarations.projected(class, instance).await?;
        // A server may leave out what is null, and has an order of its own.
        Ok(typed.select(projection.selected.iter().map(String::as_str)))
    }
}

impl Shown for Instance {
    async fn typed(self, types: &mut Types<'_>) -> Result<Self, Failure> {
        types.typed(self).await
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show(self)
    }
}

impl Shown for Reference {
    async fn typed(self, _: &mut Types<'_>) -> Result<Self, Failure> {
        Ok(self)
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show_path(&self)
    }
}

impl Shown for (Instance, Reference) {
    async fn typed(self, types: &mut Types<'_>) -> Result<Self, Failure> {
        let (instance, reference) = self;
        Ok((types.typed(instance).await?, reference))
    }

    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        let (instance, reference) = self;
        rows.show(instance.with("__PATH", reference))
    }
}

/// Shows items until their end, a limit, an error or Ctrl-C. What came before an error is not lost.
pub(super) async fn show<T: Shown>(
    session: &Session,
    items: Items<T>,
    mut types: Types<'_>,
    mut rows: Rows,
    limit: Option<u64>,
) -> Result<Exit, Failure> {
    let mut items = items.limit(limit.unwrap_or(u64::MAX));
    let end = loop {
        let failure = match session.interrupt.or(items.next()).await {
            Some(Some(Ok(item))) => match item.typed(&mut types).await {
                Ok(item) => match item.show(&mut rows) {
                    Ok(()) => continue,
                    Err(failure) => failure,
                },
                Err(failure) => failure,
            },
            Some(Some(Err(error))) => error.into(),
            Some(None) => break Ok(()),
            None => session.interrupt.problem().into(),
        };
        // The result is ignored: the host ends an idle enumeration by itself.
        let _ = tokio::time::timeout(RELEASE_TIME, items.release()).await;
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
