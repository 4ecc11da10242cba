//! The items of an enumeration, page by page.
//!
//! ```text
//! Start ──Enumerate──▶ page ──Pull──▶ page … ──▶ Ended
//!                        └──Release, when dropped or requested──▶ Ended
//! ```
//!
//! The next page is requested when the current one is used up or, with prefetching, as soon as the current one has
//! arrived.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::cim::ClassPath;
use crate::error::{Error, ErrorKind};
use crate::wsman::{self, Enumerate, Filter, Item, Operation, Page};

use super::Client;
use super::filter;
use super::page::{Fetch, is_over};

/// A stream of the items of an enumeration. [`Items`](super::Items) is the public type.
pub(super) struct Cursor {
    client: Client,
    enumerate: Enumerate,
    /// A flag that requests the next page while the current one is read.
    ahead: bool,
    state: State,
    /// The remaining items of the current page.
    items: VecDeque<Item>,
    /// The error after the last item of the current page.
    broken: Option<Error>,
    /// The number of items taken from the pages, including those that a filter leaves out.
    given: u64,
    /// The number of consecutive empty pages.
    empty: u32,
}

enum State {
    Start,
    /// A requested page.
    Waiting(Fetch),
    /// The context for the next Pull.
    More(String),
    Ended,
}

impl Cursor {
    pub(super) fn new(client: Client, enumerate: Enumerate) -> Self {
        Self {
            client,
            enumerate,
            ahead: false,
            state: State::Start,
            items: VecDeque::new(),
            broken: None,
            given: 0,
            empty: 0,
        }
    }

    /// Sets whether pages are requested ahead.
    pub(super) fn set_ahead(&mut self, ahead: bool) {
        self.ahead = ahead;
    }

    /// Returns the parameters of the enumeration, to change them before it begins.
    pub(super) fn enumerate_mut(&mut self) -> &mut Enumerate {
        &mut self.enumerate
    }

    /// Ends the enumeration at the host, if it has more items.
    pub(super) async fn release(mut self) -> Result<(), Error> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        release(self.client.clone(), self.enumerate.class.clone(), state).await
    }

    /// Returns true if an item has the requested values. The host may have ignored the filter.
    fn is_wanted(&mut self, item: &Item) -> Result<bool, Error> {
        let Some(Filter::Selectors(wanted)) = &self.enumerate.filter else {
            return Ok(true);
        };
        let is_match = filter::matches(item, wanted, self.subject());
        if is_match.is_err() {
            self.abandon();
        }
        is_match
    }

    /// Drops the rest of the current page, and ends the enumeration at the host.
    fn abandon(&mut self) {
        self.items.clear();
        self.broken = None;
        self.release_in_background();
    }

    /// Ends the enumeration after an item of the wrong kind, and returns the error for it.
    pub(super) fn refuse(&mut self) -> Error {
        self.abandon();
        let doing = format!(
            "item {} of {} is not what was asked for",
            self.given,
            self.subject()
        );
        Error::new(ErrorKind::Answer, doing)
    }

    fn release_in_background(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        if matches!(state, State::Start | State::Ended) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let release = release(self.client.clone(), self.enumerate.class.clone(), state);
        // The result is ignored: the host ends an idle enumeration by itself.
        runtime.spawn(async { tokio::time::timeout(RELEASE_TIME, release).await });
    }

    fn pull(&self, context: String) -> Fetch {
        let operation = Operation::Pull {
            class: self.enumerate.class.clone(),
            context,
            max_elements: self.enumerate.max_elements,
        };
        Fetch::new(self.client.clone(), operation)
    }

    fn take_page(&mut self, page: Page) {
        self.items = page.items.into();
        self.empty = if self.items.is_empty() {
            self.empty + 1
        } else {
            0
        };
        self.broken = page.broken.map(|error| {
            let place = self.given + u64::try_from(self.items.len()).unwrap_or(u64::MAX) + 1;
            Error::from_reply(
                format!("could not read item {place} of {}", self.subject()),
                error,
            )
        });
        if self.empty > EMPTY_PAGES {
            let doing = format!(
                "the host sends empty pages of {} without an end",
                self.subject()
            );
            self.broken
                .get_or_insert_with(|| Error::new(ErrorKind::Answer, doing));
        }
        self.state = match page.context {
            Some(context) if self.ahead && self.broken.is_none() => {
                State::Waiting(self.pull(context).ahead())
            }
            Some(context) => State::More(context),
            None => State::Ended,
        };
    }

    /// Handles a failed page. The host may still hold the enumeration, which counts against a quota.
    fn fail(&mut self, error: &Error) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        if let State::Waiting(fetch) = state
            && let Some(context) = fetch.into_context()
            && !is_over(error)
        {
            self.state = State::More(context);
            self.release_in_background();
        }
    }

    /// Adds the number of items to an error of a later page.
    fn explain(&self, error: Error) -> Error {
        if self.given == 0 || !is_over(&error) {
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

/// Ends an enumeration at the host, if it has begun there.
async fn release(client: Client, class: ClassPath, state: State) -> Result<(), Error> {
    let context = match state {
        State::Start | State::Ended => None,
        State::More(context) => Some(context),
        State::Waiting(fetch) => fetch.newest_context().await,
    };
    let Some(context) = context else {
        return Ok(());
    };
    client
        .call(&Operation::Release { class, context }, |answer| {
            wsman::acknowledge(answer)
        })
        .await
}

impl Stream for Cursor {
    type Item = Result<Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.items.pop_front() {
                self.given += 1;
                match self.is_wanted(&item) {
                    Ok(true) => return Poll::Ready(Some(Ok(item))),
                    Ok(false) => continue,
                    Err(error) => return Poll::Ready(Some(Err(error))),
                }
            }
            if let Some(error) = self.broken.take() {
                self.release_in_background();
                return Poll::Ready(Some(Err(error)));
            }
            match &mut self.state {
                State::Ended => return Poll::Ready(None),
                State::Start => {
                    let operation = Operation::Enumerate(self.enumerate.clone());
                    self.state = State::Waiting(Fetch::new(self.client.clone(), operation));
                }
                State::More(token) => {
                    let token = std::mem::take(token);
                    self.state = State::Waiting(self.pull(token));
                }
                State::Waiting(fetch) => match ready!(fetch.poll(context)) {
                    Ok(page) => self.take_page(page),
                    Err(error) => {
                        self.fail(&error);
                        return Poll::Ready(Some(Err(self.explain(error))));
                    }
                },
            }
        }
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        self.release_in_background();
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("of", self.subject())
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// The time limit for ending the enumeration of a dropped stream.
const RELEASE_TIME: Duration = Duration::from_secs(5);
/// The most consecutive empty pages. One is common at the end; the bound stops a host that repeats empty pages.
const EMPTY_PAGES: u32 = 20;
