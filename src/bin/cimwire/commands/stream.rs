//! Items that a host sends, shown as they come.

use std::time::Duration;

use cimwire::cim::{Instance, Reference};
use cimwire::{FaultKind, Items};

use crate::exit::Exit;
use crate::output::report::{self, Failure};
use crate::output::rows::Rows;
use crate::session::Session;

/// An item that can be shown.
pub(super) trait Shown: Sized {
    fn show(self, rows: &mut Rows) -> Result<(), Failure>;
}

impl Shown for Instance {
    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show(self)
    }
}

impl Shown for Reference {
    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        rows.show_path(&self)
    }
}

impl Shown for (Instance, Reference) {
    fn show(self, rows: &mut Rows) -> Result<(), Failure> {
        let (instance, reference) = self;
        rows.show(instance.with("__PATH", reference))
    }
}

/// Shows items until their end, a limit, an error or Ctrl-C. What came before an error is not lost.
pub(super) async fn show<T: Shown>(
    session: &Session,
    items: Items<T>,
    mut rows: Rows,
    limit: Option<u64>,
) -> Result<Exit, Failure> {
    let mut items = items.limit(limit.unwrap_or(u64::MAX));
    let end = loop {
        let failure = match session.interrupt.or(items.next()).await {
            Some(Some(Ok(item))) => match item.show(&mut rows) {
                Ok(()) => continue,
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
