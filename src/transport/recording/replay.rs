//! A transport that answers from a recording.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::meaning::{self, Difference, Element};
use super::scenario::{Exchange, Scenario};
use crate::printable::excerpt;
use crate::transport::{BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport};

/// A transport that answers recorded requests from a [`Scenario`], in order.
///
/// Each request is compared by meaning with the recorded one in its place: prefixes, the order of attributes, of SOAP
/// headers and of selectors, and white space between elements are ignored. `MessageID`, `OperationID` and `To` may
/// differ, as may the texts in the elements that the scenario names in `may-differ`. The response relates to the
/// message that was sent.
///
/// The first request that differs fails with an error of [`ErrorKind::Replay`] that names the number of the exchange
/// and has the first difference as its cause. Every later request fails with the same error. Pass the client an `Arc`
/// to check afterwards that all exchanges were [used](Self::finish):
///
/// ```
/// use std::sync::Arc;
/// use cimwire::Client;
/// use cimwire::transport::Replay;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// let replay = Arc::new(Replay::open("xml-fixtures/client-identify")?);
/// let identity = Client::over(Arc::clone(&replay)).identify().await?;
/// assert_eq!(identity.product_vendor, "Microsoft Corporation");
/// replay.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Replay {
    endpoint: String,
    may_differ: Vec<String>,
    recorded: Vec<Recorded>,
    state: Mutex<State>,
}

struct Recorded {
    request: Element,
    response: Response,
}

#[derive(Default)]
struct State {
    /// The number of exchanges that have been used.
    used: usize,
    failed: Option<Failure>,
}

/// The reason why a request was refused. Later calls report it again, since not every caller passes it on.
#[derive(Clone)]
struct Failure {
    what: String,
    difference: Option<Difference>,
}

impl Replay {
    /// Reads the scenario in a folder.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if the folder cannot be read or does not hold a scenario.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, Error> {
        let folder = folder.as_ref();
        let cannot = |error: Box<dyn std::error::Error + Send + Sync>| {
            let what = format!(
                "could not open the scenario in {}",
                excerpt(&folder.to_string_lossy())
            );
            Error::new(ErrorKind::Config, Delivery::NotSent, what).with_source(error)
        };
        let files = read_files(folder).map_err(|error| cannot(error.into()))?;
        let scenario = Scenario::from_files(files);
        scenario
            .and_then(Self::new)
            .map_err(|error| cannot(error.into()))
    }

    /// Creates a transport that answers from a scenario.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Config`] if a recorded request is not XML.
    pub fn new(scenario: Scenario) -> Result<Self, Error> {
        let mut recorded = Vec::with_capacity(scenario.exchanges.len());
        for Exchange { request, response } in scenario.exchanges {
            let request = Element::parse(&request).map_err(|error| {
                let what = format!(
                    "the request of exchange {} cannot be read",
                    recorded.len() + 1
                );
                Error::new(ErrorKind::Config, Delivery::NotSent, what).with_source(error)
            })?;
            recorded.push(Recorded { request, response });
        }
        let to = recorded
            .iter()
            .find_map(|recorded| recorded.request.addressing("To"));
        Ok(Self {
            endpoint: to.unwrap_or(ENDPOINT).to_owned(),
            may_differ: scenario.may_differ,
            recorded,
            state: Mutex::default(),
        })
    }

    /// Checks that every exchange was requested, and nothing else.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Replay`] if a request differed from the recorded one, or if exchanges are left.
    pub fn finish(&self) -> Result<(), Error> {
        let state = self.state();
        let count = self.recorded.len();
        match &state.failed {
            Some(failure) => Err(failure.clone().into()),
            None if state.used < count => Err(Failure::new(format!(
                "only {} of {count} exchanges were asked for; the next is {}",
                state.used,
                action(
                    self.recorded
                        .get(state.used)
                        .map(|recorded| &recorded.request)
                ),
            ))
            .into()),
            None => Ok(()),
        }
    }

    fn answer(&self, envelope: &[u8]) -> Result<Response, Error> {
        let mut state = self.state();
        let answer = match state.failed.clone() {
            Some(failure) => Err(failure),
            None => self.answer_from(state.used, envelope),
        };
        match answer {
            Ok(response) => {
                state.used += 1;
                Ok(response)
            }
            Err(failure) => {
                state.failed = Some(failure.clone());
                Err(failure.into())
            }
        }
    }

    fn answer_from(&self, place: usize, envelope: &[u8]) -> Result<Response, Failure> {
        let (number, count) = (place + 1, self.recorded.len());
        let sent = Element::parse(envelope)
            .map_err(|error| Failure::new(format!("request {number} is {error}")))?;
        let recorded = self.recorded.get(place).ok_or_else(|| {
            Failure::new(format!(
                "request {number}, {}, comes after the last of {count} exchanges",
                action(Some(&sent))
            ))
        })?;
        match recorded.request.difference(&sent, &self.may_differ) {
            Some(difference) => Err(Failure {
                what: format!("the request is not the one of exchange {number} of {count}"),
                difference: Some(difference),
            }),
            None => Ok(recorded.response_to(&sent)),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorded {
    /// Returns the response, related to the message that was sent in place of the recorded one.
    fn response_to(&self, sent: &Element) -> Response {
        let mut response = self.response.clone();
        let ids = (
            self.request.addressing("MessageID"),
            sent.addressing("MessageID"),
        );
        if let (Some(recorded), Some(sent)) = ids
            && let Some(body) = meaning::relate(&response.body, recorded, sent)
        {
            response.body = body.into();
        }
        response
    }
}

impl Transport for Replay {
    /// Returns the address that the recorded requests were sent to.
    fn endpoint(&self) -> &str {
        &self.endpoint
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        Box::pin(async move { self.answer(&request.envelope) })
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("endpoint", &self.endpoint)
            .field("exchanges", &self.recorded.len())
            .field("used", &self.state().used)
            .finish_non_exhaustive()
    }
}

impl Failure {
    fn new(what: String) -> Self {
        Self {
            what,
            difference: None,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let error = Self::new(ErrorKind::Replay, Delivery::NotSent, failure.what);
        match failure.difference {
            Some(difference) => error.with_source(difference),
            None => error,
        }
    }
}

fn read_files(folder: &Path) -> std::io::Result<Vec<(String, Bytes)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string()
            && entry.file_type()?.is_file()
        {
            files.push((name, std::fs::read(entry.path())?.into()));
        }
    }
    Ok(files)
}

/// Returns a word for a request: the last part of its action, or Identify, which does not have an action.
fn action(request: Option<&Element>) -> String {
    let action = request.and_then(|request| request.addressing("Action"));
    let word = action.and_then(|action| action.rsplit('/').next());
    excerpt(word.unwrap_or("Identify"))
}

/// The endpoint of recordings without a `To`.
const ENDPOINT: &str = "http://replay.example:5985/wsman";

#[cfg(test)]
mod tests;
