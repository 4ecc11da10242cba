//! `--dry-run`: reads are sent, and the first change is shown in place of being sent.

use std::future;
use std::sync::{Arc, Mutex, PoisonError};

use cimwire::transport::{
    BoxFuture, Delivery, Error, ErrorKind, HttpTransport, Repeat, Request, Response, Transport,
};
use cimwire::{Explanation, explain};

/// A change that was kept back.
#[derive(Clone, Debug, Default)]
pub(crate) struct DryRun(Arc<Mutex<Option<Explanation>>>);

impl DryRun {
    /// Returns the change that was kept back last, if there was one.
    pub(crate) fn take(&self) -> Option<Explanation> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take()
    }

    /// Returns a transport that keeps changes back.
    pub(crate) fn over(self, inner: HttpTransport) -> impl Transport {
        Reads { inner, kept: self }
    }
}

struct Reads {
    inner: HttpTransport,
    kept: DryRun,
}

impl Transport for Reads {
    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let Some(change) = change_in(&request) else {
            return self.inner.exchange(request);
        };
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(change);
        let error = Error::new(
            ErrorKind::Config,
            Delivery::NotSent,
            "a dry run sends no change",
        );
        Box::pin(future::ready(Err(error)))
    }
}

/// Returns the method call in a request, unless its name says that it reads.
fn change_in(request: &Request) -> Option<Explanation> {
    if request.repeat == Repeat::Read {
        return None;
    }
    let explanation = explain(&request.envelope).ok()?;
    let is_change = explanation
        .method()
        .is_some_and(|method| !method.starts_with("Get"));
    is_change.then_some(explanation)
}
