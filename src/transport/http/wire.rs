//! One HTTP client, and what it posts.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap,
    HeaderName, HeaderValue, USER_AGENT,
};
use reqwest::{StatusCode, Version};

use super::endpoint::Endpoint;
use super::failure;
use super::gate::Gate;
use super::tls::{SeenCertificate, Tls};
use crate::auth::ChannelBinding;
use crate::transport::{Delivery, Error, ErrorKind, Phase};

/// What all HTTP clients of one transport have in common.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) endpoint: Endpoint,
    /// Absent for plain HTTP.
    pub(crate) tls: Option<Tls>,
    pub(crate) connect_timeout: Duration,
    pub(crate) max_answer: usize,
}

/// An HTTP client of its own, which is a connection when its [`Gate`] says so.
#[derive(Debug)]
pub(crate) struct Wire {
    client: reqwest::Client,
    gate: Gate,
    certificate: SeenCertificate,
    endpoint: Endpoint,
    max_answer: usize,
}

impl Wire {
    /// Makes the client; it connects when it first posts.
    pub(crate) fn new(line: &Line, gate: Gate) -> Result<Self, Error> {
        let (tls, certificate) = match &line.tls {
            Some(tls) => tls.connection(),
            None => (super::tls::for_plain_http()?, SeenCertificate::default()),
        };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .connector_layer(gate.clone())
            .connect_timeout(line.connect_timeout)
            .http1_only()
            .pool_max_idle_per_host(1)
            .pool_idle_timeout(None)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|error| {
                let message = "the HTTP client cannot be set up";
                Error::new(ErrorKind::Config, Delivery::NotSent, message)
                    .with_source(failure::cause(&error))
            })?;
        Ok(Self {
            client,
            gate,
            certificate,
            endpoint: line.endpoint.clone(),
            max_answer: line.max_answer,
        })
    }

    pub(crate) fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The name of the TLS channel, once there is one.
    pub(crate) fn channel_binding(&self) -> Result<Option<ChannelBinding>, crate::auth::Error> {
        self.certificate
            .get()
            .map(ChannelBinding::tls_server_end_point)
            .transpose()
    }

    /// Posts one message and reads the whole answer, whatever its status is.
    ///
    /// `at_stake` is what an error says about the delivery when it cannot be known that nothing was sent.
    pub(crate) async fn post(&self, message: Message, at_stake: Delivery) -> Result<Answer, Error> {
        let mut response = self
            .client
            .post(self.endpoint.url().clone())
            .headers(message.headers)
            .body(message.body)
            .send()
            .await
            .map_err(|error| failure::of_request(&error, &self.endpoint, at_stake))?;

        // The answer is always read to its end, else the connection could not be used again.
        let announced = response.content_length().unwrap_or_default();
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        if announced > self.max_answer {
            return Err(failure::oversized(self.max_answer, at_stake));
        }
        let mut body = Vec::with_capacity(announced);
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| failure::of_answer(&error, &self.endpoint, at_stake))?
        {
            if chunk.len() > self.max_answer - body.len() {
                return Err(failure::oversized(self.max_answer, at_stake));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            version: response.version(),
            headers: std::mem::take(response.headers_mut()),
            body,
        })
    }

    /// Gives up after `allowed`, not counting the time that connecting takes.
    pub(crate) async fn within<T>(
        &self,
        allowed: Duration,
        phase: Phase,
        at_stake: Delivery,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let mut work = pin!(work);
        let mut elapsed = pin!(self.gate.elapsed(allowed));
        poll_fn(|cx| {
            if let Poll::Ready(result) = work.as_mut().poll(cx) {
                return Poll::Ready(result);
            }
            elapsed
                .as_mut()
                .poll(cx)
                .map(|()| Err(failure::timeout(phase, allowed, &self.endpoint, at_stake)))
        })
        .await
    }
}

/// What is posted: headers and body.
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
            // Compressed answers could not be bounded, and are not read.
            (ACCEPT_ENCODING, HeaderValue::from_static("identity")),
        ]);
        Self { headers, body }
    }

    pub(crate) fn envelope(body: Bytes) -> Self {
        Self::new(HeaderValue::from_static(SOAP), body)
    }

    /// Adds a header that must not be shown.
    pub(crate) fn secret(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        value.set_sensitive(true);
        self.headers.insert(name, value);
        self
    }
}

/// An HTTP answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    version: Version,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The content type; empty when there is none.
    pub(crate) fn content_type(&self) -> &str {
        self.headers
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Whether the body is compressed, or changed in some other way.
    pub(crate) fn is_encoded(&self) -> bool {
        self.headers
            .get(CONTENT_ENCODING)
            .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
    }

    /// Whether the connection ends with this answer.
    pub(crate) fn closes(&self) -> bool {
        let says = |word: &str| {
            let values = self.headers.get_all(CONNECTION).iter();
            values
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .any(|option| option.trim().eq_ignore_ascii_case(word))
        };
        says("close") || (self.version < Version::HTTP_11 && !says("keep-alive"))
    }
}

const SOAP: &str = "application/soap+xml;charset=UTF-8";

/// The name of the Windows client: OMI writes datetimes as WS-CIM has them towards this one, and as plain text towards
/// any it does not know.
const AGENT: &str = "Microsoft WinRM Client";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_when_the_connection_ends() {
        for (version, header, closes) in [
            (Version::HTTP_11, None, false),
            (Version::HTTP_11, Some("Keep-Alive"), false),
            (Version::HTTP_11, Some("upgrade, Close"), true),
            (Version::HTTP_10, None, true),
            (Version::HTTP_10, Some("keep-alive"), false),
        ] {
            let header = header.map(|value| (CONNECTION, HeaderValue::from_static(value)));
            let answer = Answer {
                status: StatusCode::OK,
                version,
                headers: header.into_iter().collect(),
                body: Vec::new(),
            };
            assert_eq!(answer.closes(), closes, "{version:?} {:?}", answer.headers);
        }
    }
}
