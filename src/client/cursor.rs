//! The items of an enumeration, page by page.
//!
//! ```text
//! Start ──Enumerate──▶ page ──Pull──▶ page … ──▶ Ended
//!                        └──Release, when dropped, requested or at the limit──▶ Ended
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
use tokio::runtime::Handle;
use tokio::task::JoinHandle;

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
    /// The number of items that may still be handed out.
    left: u64,
    /// True if the host has sent items that do not pass the filter.
    ignores_filter: bool,
    /// The number of consecutive empty pages.
    empty: u32,
}

enum State {
    Start,
    /// A requested page.
    Waiting(Fetch),
    /// The context for the next Pull.
    More(String),
    /// The release at the limit.
    Releasing(JoinHandle<()>),
    Ended,
}

impl Cursor {
    /// Adds the host to an error of the stream.
    pub(super) fn attribute(&self, error: Error) -> Error {
        self.client.attribute(error)
    }

    pub(super) fn new(client: Client, enumerate: Enumerate) -> Self {
        Self {
            client,
            enumerate,
            ahead: false,
            state: State::Start,
            items: VecDeque::new(),
            broken: None,
            given: 0,
            left: u64::MAX,
            ignores_filter: false,
            empty: 0,
        }
    }

    /// Sets the number of items that may still be handed out.
    pub(super) fn set_limit(&mut self, limit: u64) {
        self.left = limit;
    }

    /// Sets whether pages are requested ahead.
    pub(super) fn set_ahead(&mut self, ahead: bool) {
        self.ahead = ahead;
    }

    /// Returns the parameters of the enumeration, to change them before it begins.
    pub(super) fn enumerate_mut(&mut self) -> &mut Enumerate {
        &mut self.enumerate
    }

    /// Returns the number of items handed out, including those that a filter leaves out.
    pub(super) fn given(&self) -> u64 {
        self.given
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
        match is_match {
            Ok(is_match) => self.ignores_filter |= !is_match,
            Err(_) => drop(self.abandon()),
        }
        is_match
    }

    /// Drops the rest of the current page, and ends the enumeration at the host.
    fn abandon(&mut self) -> Option<JoinHandle<()>> {
        self.items.clear();
        self.broken = None;
        self.release_in_background()
    }

    /// Returns the requested part of an item. Ends the enumeration if the item does not have it.
    pub(super) fn part<T>(&mut self, part: Option<T>) -> Result<T, Error> {
        part.ok_or_else(|| {
            self.abandon();
            let doing = format!(
                "item {} of {} is not of the requested kind",
                self.given,
                self.subject()
            );
            Error::new(ErrorKind::Answer, doing)
        })
    }

    fn release_in_background(&mut self) -> Option<JoinHandle<()>> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        if !matches!(state, State::Waiting(_) | State::More(_)) {
            return None;
        }
        let runtime = Handle::try_current().ok()?;
        let release = release(self.client.clone(), self.enumerate.class.clone(), state);
        Some(runtime.spawn(async {
            // The result is ignored: the host ends an idle enumeration by itself.
            let _ = tokio::time::timeout(RELEASE_TIME, release).await;
        }))
    }

    /// Returns the number of items to request: those of a page, and no more than are needed.
    fn max_elements(&self) -> u32 {
        let page = self.enumerate.max_elements;
        match u32::try_from(self.missing()) {
            Ok(missing) if !self.ignores_filter => missing.min(page),
            _ => page,
        }
    }

    /// Returns how many items the current page lacks to reach the limit.
    fn missing(&self) -> u64 {
        let here = u64::try_from(self.items.len()).unwrap_or(u64::MAX);
        self.left.saturating_sub(here)
    }

    fn enumerate(&self) -> Fetch {
        let operation = Operation::Enumerate(Enumerate {
            max_elements: self.max_elements(),
            ..self.enumerate.clone()
        });
        Fetch::new(self.client.clone(), operation)
    }

    fn pull(&self, context: String) -> Fetch {
        let operation = Operation::Pull {
            class: self.enumerate.class.clone(),
            context,
            max_elements: self.max_elements(),
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
            Some(context) if self.ahead && self.broken.is_none() && self.missing() > 0 => {
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
        State::Releasing(task) => {
            let _ = task.await;
            None
        }
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
            if self.left == 0 && !matches!(self.state, State::Releasing(_)) {
                let releasing = self.abandon().map(State::Releasing);
                self.state = releasing.unwrap_or(State::Ended);
            }
            if let Some(item) = self.items.pop_front() {
                self.given += 1;
                match self.is_wanted(&item) {
                    Ok(true) => {
                        self.left -= 1;
                        return Poll::Ready(Some(Ok(item)));
                    }
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
                State::Releasing(task) => {
                    let _ = ready!(Pin::new(task).poll(context));
                    self.state = State::Ended;
                    return Poll::Ready(None);
                }
                State::Start => self.state = State::Waiting(self.enumerate()),
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

/// The time limit for ending the enumeration of a stream that is dropped or at its limit.
const RELEASE_TIME: Duration = Duration::from_secs(5);
/// The most consecutive empty pages. One is common at the end; the bound stops a host that repeats empty pages.
const EMPTY_PAGES: u32 = 20;
