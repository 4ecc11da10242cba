//! The items of an enumeration, page by page.
//!
//! ```text
//! Start ──Enumerate──▶ page ──Pull──▶ page … ──▶ Ended
//!                        └──Release, when dropped or told to──▶ Ended
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::cim::ClassPath;
use crate::error::{Error, ErrorKind};
use crate::transport::BoxFuture;
use crate::wsman::{self, Enumerate, FaultKind, Item, Operation, Page};

use super::Client;

/// The items of an enumeration, as a stream. [`Items`](super::Items) is its public face.
pub(super) struct Cursor {
    client: Client,
    enumerate: Enumerate,
    state: State,
    /// What the page at hand still holds.
    items: VecDeque<Item>,
    /// What was wrong after the last item of the page at hand.
    broken: Option<Error>,
    /// How many items were handed out.
    given: u64,
}

enum State {
    Start,
    /// A page is on its way. The context is the one that was asked with, for a release.
    Waiting(BoxFuture<'static, Result<Page, Error>>, Option<String>),
    /// There is more, to be pulled with this context.
    More(String),
    Ended,
}

impl Cursor {
    pub(super) fn new(client: Client, enumerate: Enumerate) -> Self {
        Self {
            client,
            enumerate,
            state: State::Start,
            items: VecDeque::new(),
            broken: None,
            given: 0,
        }
    }

    /// Ends the enumeration at the host, where it has more to give.
    pub(super) async fn release(mut self) -> Result<(), Error> {
        match self.take_release() {
            Some((client, operation)) => release(client, operation).await,
            None => Ok(()),
        }
    }

    fn take_release(&mut self) -> Option<(Client, Operation)> {
        let context = match std::mem::replace(&mut self.state, State::Ended) {
            State::More(context) | State::Waiting(_, Some(context)) => context,
            State::Start | State::Waiting(_, None) | State::Ended => return None,
        };
        let class = self.enumerate.class.clone();
        Some((self.client.clone(), Operation::Release { class, context }))
    }

    fn request(&self, context: Option<String>) -> State {
        let operation = match &context {
            None => Operation::Enumerate(self.enumerate.clone()),
            Some(context) => Operation::Pull {
                class: self.enumerate.class.clone(),
                context: context.clone(),
                max_elements: self.enumerate.max_elements,
            },
        };
        State::Waiting(Box::pin(fetch(self.client.clone(), operation)), context)
    }

    fn take_page(&mut self, page: Page) {
        self.items = page.items.into();
        self.broken = page.broken.map(|error| {
            let place = self.given + u64::try_from(self.items.len()).unwrap_or(u64::MAX) + 1;
            Error::from_reply(
                format!("could not read item {place} of {}", self.subject()),
                error,
            )
        });
        self.state = match page.context {
            Some(context) => State::More(context),
            None => State::Ended,
        };
    }

    /// An error of a later page says after how many items it came.
    fn explain(&self, error: Error) -> Error {
        if self.given == 0 || error.fault_kind() != Some(FaultKind::InvalidEnumerationContext) {
            return error;
        }
        let doing = format!(
            "the host ended the enumeration of {} after {} items",
            self.subject(),
            self.given
        );
        Error::new(ErrorKind::Fault, doing)
            .with_hint("read the stream without long pauses: a host forgets an idle enumeration after a minute")
            .with_source(error)
    }

    pub(super) fn subject(&self) -> &ClassPath {
        &self.enumerate.class
    }
}

/// Fetches a page. A host that had nothing to send before its time-out is asked again (DSP0226 8.5: the context stays
/// valid).
async fn fetch(client: Client, operation: Operation) -> Result<Page, Error> {
    let namespace = operation
        .class()
        .map_or("", ClassPath::namespace)
        .to_owned();
    let mut patience = TIMED_OUT_PULLS;
    loop {
        let page = client
            .exchange(&operation)
            .await?
            .read(|text| wsman::page(text, &namespace));
        match page {
            Err(error)
                if patience > 0
                    && is_pull(&operation)
                    && error.fault_kind() == Some(FaultKind::TimedOut) =>
            {
                patience -= 1;
            }
            page => return page,
        }
    }
}

fn is_pull(operation: &Operation) -> bool {
    matches!(operation, Operation::Pull { .. })
}

async fn release(client: Client, operation: Operation) -> Result<(), Error> {
    client.exchange(&operation).await?.read(wsman::acknowledge)
}

impl Stream for Cursor {
    type Item = Result<Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                self.given += 1;
                return Poll::Ready(Some(Ok(item)));
            }
            if let Some(error) = self.broken.take() {
                release_in_background(self.take_release());
                return Poll::Ready(Some(Err(error)));
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Start => self.state = self.request(None),
                State::More(token) => {
                    let token = std::mem::take(token);
                    self.state = self.request(Some(token));
                }
                State::Waiting(page, _) => match ready!(page.as_mut().poll(context)) {
                    Ok(page) => self.take_page(page),
                    Err(error) => {
                        self.state = State::Ended;
                        return Poll::Ready(Some(Err(self.explain(error))));
                    }
                },
            }
        }
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        release_in_background(self.take_release());
    }
}

fn release_in_background(work: Option<(Client, Operation)>) {
    let Some((client, operation)) = work else {
        return;
    };
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        // Whether it worked is nobody's concern any more: the host forgets the enumeration by itself.
        let _ = tokio::time::timeout(RELEASE_TIME, release(client, operation)).await;
    });
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("of", self.subject())
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// How long a dropped stream tries to tell the host.
const RELEASE_TIME: Duration = Duration::from_secs(5);
/// How often in a row a pull may time out at the host before that is an error; each takes an operation time-out.
const TIMED_OUT_PULLS: u32 = 10;
