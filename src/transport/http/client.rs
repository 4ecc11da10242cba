//! One HTTP client, and the messages that it posts.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};

use super::answer::Answer;
use super::connect_guard::ConnectGuard;
#[cfg(feature = "kerberos")]
use super::connect_guard::HeldBack;
use super::endpoint::Endpoint;
use super::failure;
use super::proxy::ProxyRoute;
use super::route::Route;
use super::tls::{Peer, Tls};
use crate::auth::ChannelBinding;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// The settings that all HTTP clients of one transport share.
#[derive(Debug)]
pub(crate) struct ConnectSettings {
    pub(crate) endpoint: Endpoint,
    /// `None` for plain HTTP.
    pub(crate) tls: Option<Tls>,
    /// `None` for a direct connection.
    pub(crate) proxy: Option<ProxyRoute>,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_answer: usize,
}

/// A separate HTTP client, which is limited to a single connection if its [`ConnectGuard`] allows only one.
#[derive(Debug)]
pub(crate) struct HttpClient {
    client: reqwest::Client,
    guard: ConnectGuard,
    peer: Peer,
    route: Route,
    max_answer: usize,
}

impl HttpClient {
    /// Creates the client, which connects when it first posts.
    pub(crate) fn new(settings: &ConnectSettings, guard: ConnectGuard) -> Result<Self, Error> {
        let (tls, peer) = match &settings.tls {
            Some(tls) => tls.connection(),
            None => (super::tls::for_plain_http()?, Peer::default()),
        };
        let unusable = |error: reqwest::Error| {
            let message = "the HTTP client cannot be set up";
            Error::new(ErrorKind::Config, Delivery::NotSent, message)
                .with_source(failure::cause(&error))
        };
        // The environment's proxies are ignored: the route has already been chosen.
        let client = reqwest::Client::builder().no_proxy();
        let client = match &settings.proxy {
            Some(route) => client.proxy(route.for_client().map_err(unusable)?),
            None => client,
        };
        let client = client
            .tls_backend_preconfigured(tls)
            .connector_layer(guard.clone())
            .connect_timeout(settings.connect_timeout)
            .http1_only()
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(None)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .build()
            .map_err(unusable)?;
        Ok(Self {
            client,
            guard,
            peer,
            route: Route {
                endpoint: settings.endpoint.clone(),
                proxy: settings.proxy.clone(),
            },
            max_answer: settings.max_answer,
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.route.endpoint
    }

    pub(crate) fn route(&self) -> &Route {
        &self.route
    }

    /// Returns the facts that the connection has recorded about the server.
    pub(crate) fn peer(&self) -> &Peer {
        &self.peer
    }

    /// Returns the channel binding, once TLS is established.
    pub(crate) fn channel_binding(&self) -> Result<Option<ChannelBinding>, crate::auth::Error> {
        self.peer
            .certificate()
            .map(ChannelBinding::tls_server_end_point)
            .transpose()
    }

    /// Connects without sending anything; the next message goes over that connection.
    #[cfg(feature = "kerberos")]
    pub(crate) async fn connect(&self) -> Result<(), Error> {
        if self.peer.certificate().is_some() {
            return Ok(());
        }
        self.guard.hold();
        let request = self.client.post(self.route.endpoint.url().clone());
        match request.send().await {
            Err(error) if failure::find::<HeldBack>(&error).is_none() => {
                let nothing = Delivery::NotSent;
                Err(failure::of_request(&error, &self.route, nothing))
            }
            _ => Ok(()),
        }
    }

    /// Posts one message and reads the whole response, regardless of its status.
    ///
    /// `at_stake` is the delivery that an error reports if it is not certain that nothing was sent.
    pub(crate) async fn post(&self, message: Message, at_stake: Delivery) -> Result<Answer, Error> {
        let response = self.send(message, at_stake).await?;
        self.read(response, at_stake).await
    }

    /// Posts one message and reads the head of the response.
    pub(crate) async fn send(
        &self,
        message: Message,
        at_stake: Delivery,
    ) -> Result<reqwest::Response, Error> {
        self.client
            .post(self.route.endpoint.url().clone())
            .headers(message.headers)
            .body(message.body)
            .send()
            .await
            .map_err(|error| failure::of_request(&error, &self.route, at_stake))
    }

    /// Reads a response to its end; otherwise the connection could not be used again.
    pub(crate) async fn read(
        &self,
        mut response: reqwest::Response,
        at_stake: Delivery,
    ) -> Result<Answer, Error> {
        let announced = response.content_length().unwrap_or_default();
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        if announced > self.max_answer {
            return Err(failure::oversized(self.max_answer, at_stake));
        }
        let mut body = Vec::with_capacity(announced);
        let mut pieces = 0;
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| failure::of_answer(&error, &self.route.endpoint, at_stake))?
        {
            if piece.len() > self.max_answer - body.len() {
                return Err(failure::oversized(self.max_answer, at_stake));
            }
            body.extend_from_slice(&piece);
            pieces += 1;
            if pieces > MAX_PIECES + body.len() / SMALLEST_PIECE {
                return Err(failure::in_pieces(at_stake));
            }
        }
        Ok(Answer {
            status: response.status(),
            version: response.version(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    /// Runs `work` and gives up after `allowed`, not counting the time spent on connecting.
    pub(crate) async fn within<T>(
        &self,
        allowed: Duration,
        phase: Phase,
        at_stake: Delivery,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut work = pin!(work);
        let mut elapsed = pin!(self.guard.elapsed(allowed));
        poll_fn(|cx| {
            if let Poll::Ready(result) = work.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            elapsed.as_mut().poll(cx).map(|()| {
                Err(failure::timeout(
                    phase,
                    allowed,
                    &self.route.endpoint,
                    at_stake,
                ))
            })
        })
        .await
    }
}

/// A message to post: headers and body.
pub(crate) struct Message {
    headers: HeaderMap,
    body: Bytes,
}

impl Message {
    pub(crate) fn new(content_type: HeaderValue, body: Bytes) -> Self {
        let headers = HeaderMap::from_iter([
            (CONTENT_LENGTH, HeaderValue::from(body.len())),
            (CONTENT_TYPE, content_type),
            (USER_AGENT, HeaderValue::from_static(AGENT)),
            // The size of a compressed response could not be limited, so compressed responses are not read.
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ]);
        Self { headers, body }
    }

    pub(crate) fn envelope(body: Bytes) -> Self {
        Self::new(HeaderValue::from_static(SOAP), body)
    }

    pub(crate) fn len(&self) -> usize {
        self.body.len()
    }

    /// Adds a header that must not be shown.
    pub(crate) fn secret(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }
}

/// The number of pieces that a response of any size may have. A server that writes line by line stays far below this.
const MAX_PIECES: usize = 4_096;
/// The smallest average size of the pieces beyond that number. The smallest TCP segment that hosts must accept has 536
/// bytes (RFC 9293, section 3.7.1); each piece costs the client one turn, and a chunk of one byte costs its server six
/// bytes.
const SMALLEST_PIECE: usize = 64;

const SOAP: &str = "application/soap+xml;charset=UTF-8";

/// The name of the Windows client: OMI sends datetimes in the form of WS-CIM to this client, and as plain text to any
/// client that it does not know.
const AGENT: &str = "Microsoft WinRM Client";
