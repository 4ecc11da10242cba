//! The probe: a request without a login, for diagnosis.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::SERVER;

use super::answer::Answer;
use super::client::{ConnectSettings, HttpClient, Message};
use super::connect_guard::ConnectGuard;
use super::protection::is_envelope;
use super::{challenge, failure};
use crate::printable::excerpt;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// The properties of a host that are visible without a login.
///
/// ```no_run
/// # async fn example() -> Result<(), cimwire::Error> {
/// let probe = cimwire::Client::builder("hv01.example").probe().await?;
/// match probe.answer {
///     Ok(answer) => println!("{} lets in with {}", probe.endpoint, answer.schemes.join(", ")),
///     Err(error) => println!("{error}: {}", error.hint().unwrap_or_default()),
/// }
/// # Ok(())
/// # }
/// ```
#[non_exhaustive]
pub struct Probe {
    /// The address that was asked, completed.
    pub endpoint: String,
    /// The proxy in front of the host, as `proxy.example:3128`. The proxy then resolves the name of the host.
    pub proxy: Option<String>,
    /// The certificate of the host, in DER, trusted or not; `None` over http, or if TLS failed before the host
    /// presented one.
    pub certificate: Option<Vec<u8>>,
    /// The response to a request without a login; an error if it is not that of a WS-Management service.
    pub answer: Result<Unauthenticated, Error>,
}

/// The response of a WS-Management service to a request without a login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unauthenticated {
    /// The HTTP status, which is 401 unless the service does not require a login.
    pub status: u16,
    /// The schemes of `WWW-Authenticate`, in the host's order and spelling.
    pub schemes: Vec<String>,
    /// The header `Server`.
    pub server: Option<String>,
    /// The header `Date`: the clock of the host, in whole seconds.
    pub date: Option<SystemTime>,
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("endpoint", &self.endpoint)
            .field("proxy", &self.proxy)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}

/// Sends an empty request without a login, on a connection of its own.
pub(crate) async fn probe(settings: &ConnectSettings, timeout: Duration) -> Result<Probe, Error> {
    let http = HttpClient::new(settings, ConnectGuard::once())?;
    let post = http.post(Message::envelope(Bytes::new()), Delivery::NotSent);
    let answer = http.within(timeout, Phase::Answer, Delivery::NotSent, post);
    let answer = answer.await.map_err(|error| match error.kind() {
        // The usual hint speaks of a request that the host may be working on, and no envelope was sent.
        ErrorKind::Timeout(Phase::Answer) => error.with_hint(SILENT),
        _ => error,
    });
    let answer = answer.and_then(|answer| read(&answer, &http));
    Ok(Probe {
        endpoint: settings.endpoint.as_str().to_owned(),
        proxy: settings.proxy.as_ref().map(ToString::to_string),
        certificate: http.peer().shown().map(<[u8]>::to_vec),
        answer,
    })
}

fn read(answer: &Answer, http: &HttpClient) -> Result<Unauthenticated, Error> {
    if answer.status != StatusCode::UNAUTHORIZED && !is_envelope(answer) {
        return Err(failure::of_status(answer, http.route(), Delivery::NotSent));
    }
    let server = answer.headers.get(SERVER);
    Ok(Unauthenticated {
        status: answer.status.as_u16(),
        schemes: challenge::offered(&answer.headers),
        server: server.and_then(|server| server.to_str().ok().map(excerpt)),
        date: answer.date(),
    })
}

const SILENT: &str = "something takes connections there and does not answer: see that the port is that of WinRM, and that http \
    or https is what it speaks (5985 is for http, 5986 for https)";
