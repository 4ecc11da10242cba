//! A transport that answers from a recording.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::meaning::{self, Difference, Element};
use super::scenario::{Exchange, Scenario};
use super::{BoxFuture, Delivery, Error, ErrorKind, Request, Response, Transport};
use crate::printable::excerpt;

/// Answers from a [`Scenario`], in order, whoever asks as it was recorded.
///
/// Each request is compared by what it says with the one in its place: prefixes, the order of attributes, of SOAP
/// headers and of selectors, and white space between elements mean nothing, and `MessageID`, `OperationID` and `To` may
/// be others. So may the texts in the elements that the scenario names in `may-differ`. The answer relates to the
/// message that was sent.
///
/// The first request that differs is refused with [`ErrorKind::Replay`], the number of the exchange, and as its cause
/// the first place where it differs; every request after it is refused alike. Hand the client an `Arc` to ask
/// afterwards whether all has been [used up](Self::finish):
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
    /// How many exchanges have been used.
    used: usize,
    failed: Option<Failure>,
}

/// Why a request was refused. It is told again to whoever asks after it, since not all callers pass it on.
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
    /// [`ErrorKind::Config`] where the folder cannot be read or holds no scenario.
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

    /// Answers from a scenario at hand.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`] where a recorded request is no XML.
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

    /// Checks that every exchange was asked for, and nothing else.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Replay`], with the first request that differed, or how many exchanges are left.
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
    /// The answer, to the message that was sent in the place of the recorded one.
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
    /// The address that the recorded requests were sent to.
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

/// What a request asks for, in a word: the last part of its action. Identify has none.
fn action(request: Option<&Element>) -> String {
    let action = request.and_then(|request| request.addressing("Action"));
    let word = action.and_then(|action| action.rsplit('/').next());
    excerpt(word.unwrap_or("Identify"))
}

/// Where requests without a `To` went, as far as anybody has to know.
const ENDPOINT: &str = "http://replay.example:5985/wsman";

#[cfg(test)]
mod tests {
    use super::*;
    use std::error::Error as _;
    use std::time::Duration;

    use crate::transport::Repeat;

    fn envelope(id: &str, action: &str, body: &str) -> String {
        format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
             xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'><s:Header><a:To>http://hv01.example/wsman</a:To>\
             <a:MessageID>{id}</a:MessageID><a:Action>http://x/{action}</a:Action></s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>"
        )
    }

    fn answer(relates_to: &str) -> String {
        format!(
            "<a:RelatesTo xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'>{relates_to}</a:RelatesTo>"
        )
    }

    fn replay() -> Replay {
        let mut scenario = Scenario::new("x");
        for (number, status) in [(1, 200), (2, 500)] {
            let id = format!("uuid:{number}");
            let response = Response {
                status,
                charset: None,
                body: answer(&id).into(),
            };
            scenario.exchanges.push(Exchange::new(
                envelope(&id, &format!("Act{number}"), "<b>1</b>"),
                response,
            ));
        }
        Replay::new(scenario).unwrap()
    }

    fn ask(replay: &Replay, envelope: String) -> Result<(u16, String), Error> {
        let request = Request {
            envelope: envelope.into(),
            repeat: Repeat::Once,
            timeout: Duration::ZERO,
        };
        let mut exchange = replay.exchange(request);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        match exchange.as_mut().poll(&mut context) {
            std::task::Poll::Ready(answer) => answer.map(|answer| {
                (
                    answer.status,
                    String::from_utf8(answer.body.into()).unwrap(),
                )
            }),
            std::task::Poll::Pending => panic!("a replay does not wait"),
        }
    }

    #[test]
    fn answers_in_order_to_the_message_that_was_sent() {
        let replay = replay();
        assert_eq!(replay.endpoint(), "http://hv01.example/wsman");
        assert_eq!(
            ask(&replay, envelope("uuid:8", "Act1", "<b>1</b>")).unwrap(),
            (200, answer("uuid:8"))
        );
        assert_eq!(
            replay.finish().unwrap_err().to_string(),
            "only 1 of 2 exchanges were asked for; the next is Act2"
        );
        assert_eq!(
            ask(&replay, envelope("uuid:9", "Act2", "<b>1</b>")).unwrap(),
            (500, answer("uuid:9"))
        );
        replay.finish().unwrap();

        let more = ask(&replay, envelope("uuid:9", "Act3", "")).unwrap_err();
        assert_eq!(
            more.to_string(),
            "request 3, Act3, comes after the last of 2 exchanges"
        );
        assert_eq!(replay.finish().unwrap_err().to_string(), more.to_string());
    }

    #[test]
    fn another_request_is_refused_and_not_forgotten() {
        let replay = replay();
        ask(&replay, envelope("uuid:8", "Act1", "<b>1</b>")).unwrap();
        let error = ask(&replay, envelope("uuid:8", "Act2", "<b>2</b>")).unwrap_err();
        assert_eq!(
            (error.kind(), error.delivery()),
            (ErrorKind::Replay, Delivery::NotSent)
        );
        assert_eq!(
            error.to_string(),
            "the request is not the one of exchange 2 of 2"
        );
        assert_eq!(
            error.source().unwrap().to_string(),
            "at Envelope/Body/b: expected \"1\", found \"2\""
        );
        let again = ask(&replay, envelope("uuid:8", "Act2", "<b>1</b>")).unwrap_err();
        assert_eq!(again.to_string(), error.to_string());
        assert!(replay.finish().unwrap_err().source().is_some());
    }

    #[test]
    fn what_cannot_be_opened_is_named() {
        let chain = |error: Error| format!("{error}: {}", error.source().unwrap());
        let error = Replay::open("xml-fixtures/no-such-scenario").unwrap_err();
        assert!(
            chain(error)
                .starts_with("could not open the scenario in xml-fixtures/no-such-scenario: ")
        );
        let error = Replay::open("xml-fixtures").unwrap_err();
        assert_eq!(
            chain(error),
            "could not open the scenario in xml-fixtures: there is no scenario.toml"
        );

        let mut scenario = Scenario::new("x");
        let response = Response {
            status: 200,
            charset: None,
            body: Bytes::new(),
        };
        scenario.exchanges.push(Exchange::new("no XML", response));
        let error = Replay::new(scenario).unwrap_err();
        assert!(
            chain(error).starts_with(
                "the request of exchange 1 cannot be read: no XML that can be compared"
            )
        );
        let request = ask(&replay(), "<".to_owned()).unwrap_err();
        assert!(
            request
                .to_string()
                .starts_with("request 1 is no XML that can be compared"),
            "{request}"
        );
    }
}
