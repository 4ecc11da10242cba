//! A requested page of an enumeration.

use std::fmt;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::cim::ClassPath;
use crate::error::{Error, ErrorKind};
use crate::transport::BoxFuture;
use crate::wsman::{self, FaultKind, OpenEnvelope, Operation, Page, SentRequest};

use super::Client;

/// A page that has been requested.
pub(super) struct Fetch {
    page: BoxFuture<'static, Result<Page, Error>>,
    /// The context of the request: `None` for the first page.
    context: Option<String>,
}

impl Fetch {
    pub(super) fn new(client: Client, operation: Operation) -> Self {
        let context = match &operation {
            Operation::Pull { context, .. } => Some(context.clone()),
            _ => None,
        };
        Self {
            page: Box::pin(fetch(client, operation)),
            context,
        }
    }

    /// Fetches the page in the background, if a tokio runtime is available.
    pub(super) fn ahead(mut self) -> Self {
        if let Ok(runtime) = Handle::try_current() {
            let mut task = Ahead(runtime.spawn(self.page.in_current_span()));
            self.page = Box::pin(async move { joined((&mut task.0).await) });
        }
        self
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Result<Page, Error>> {
        self.page.as_mut().poll(context)
    }

    /// Returns the context of the request.
    pub(super) fn into_context(self) -> Option<String> {
        self.context
    }

    /// Returns the current context of the enumeration. A host returns a new context with each page, so this waits for a
    /// requested page, for a short time.
    pub(super) async fn newest_context(self) -> Option<String> {
        match tokio::time::timeout(PAGE_TIME, self.page).await {
            Ok(Ok(page)) => page.context,
            Ok(Err(error)) if is_over(&error) => None,
            Ok(Err(_)) | Err(_) => self.context,
        }
    }
}

impl fmt::Debug for Fetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fetch").finish_non_exhaustive()
    }
}

/// Returns true if the host no longer knows the enumeration. OMI answers an unknown context with a fault for an unknown
/// destination.
pub(super) fn is_over(error: &Error) -> bool {
    let kind = error.fault_kind();
    kind.is_some_and(|kind| {
        matches!(
            kind,
            FaultKind::InvalidEnumerationContext | FaultKind::NotFound
        )
    })
}

/// A task that is aborted when its handle is dropped.
struct Ahead(JoinHandle<Result<Page, Error>>);

impl Drop for Ahead {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn joined(outcome: Result<Result<Page, Error>, tokio::task::JoinError>) -> Result<Page, Error> {
    outcome.unwrap_or_else(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(error) => {
            let doing = "the runtime ended while a page was on its way";
            Err(Error::new(ErrorKind::Connection, doing).with_source(error))
        }
    })
}

/// Fetches a page. After a timeout fault of the host it pulls again (DSP0226: the context stays valid).
async fn fetch(client: Client, operation: Operation) -> Result<Page, Error> {
    let class = operation.class();
    let namespace = class.map_or("", ClassPath::namespace);
    let mut patience = match operation {
        Operation::Pull { .. } => TIMED_OUT_PULLS,
        _ => 0,
    };
    loop {
        let read = |answer: OpenEnvelope<'_>| wsman::page(answer, namespace);
        let page = client
            .exchange(SentRequest::new(&operation), read, |page| {
                Some(page.items.len())
            })
            .await;
        match page {
            Err(error) if patience > 0 && error.fault_kind() == Some(FaultKind::TimedOut) => {
                patience -= 1;
            }
            page => return page,
        }
    }
}

/// The time limit for a requested page when the enumeration is to be ended.
const PAGE_TIME: Duration = Duration::from_secs(3);
/// The most consecutive pulls that may time out at the host before it is an error; each takes an operation timeout.
const TIMED_OUT_PULLS: u32 = 10;
