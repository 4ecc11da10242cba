//! Protection of envelopes on the network: a seal, TLS, or nothing.

use bytes::Bytes;
use reqwest::StatusCode;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use super::answer::Answer;
use super::client::{ConnectSettings, HttpClient, Message};
use super::failure;
use super::login::Scheme;
use super::multipart;
use super::tls::Tls;
use crate::auth::Session;
use crate::part_headers::PartHeaders;
use crate::transport::{Delivery, Error, ErrorKind, Response};

/// The protection of the messages of a connection.
pub(crate) enum Protection {
    /// The connection is logged in, and seals each message.
    Seal(Seal),
    /// The connection is logged in, and TLS protects it: from eavesdroppers and, if it is verified, from attackers in
    /// between.
    Tls { verified: bool },
    /// Each request carries credentials, and nothing is bound to the connection. Either TLS protects it, or nothing
    /// does.
    Authorization {
        header: HeaderValue,
        credentials: RequestCredentials,
        verified: bool,
    },
}

/// The seal of a login.
pub(crate) struct Seal {
    session: Box<dyn Session>,
    scheme: Scheme,
    part_headers: PartHeaders,
    /// True if the host has sent a sealed response.
    proven: bool,
}

/// The credentials attached to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestCredentials {
    Password,
    Certificate,
}

impl Protection {
    /// Returns the protection of a logged-in connection: TLS if it is in use, otherwise the seal of the login's
    /// session.
    pub(crate) fn of_session(
        settings: &ConnectSettings,
        session: Box<dyn Session>,
        scheme: Scheme,
        part_headers: PartHeaders,
    ) -> Self {
        match &settings.tls {
            Some(tls) => Self::Tls {
                verified: tls.is_verified(),
            },
            None => Self::Seal(Seal {
                session,
                scheme,
                part_headers,
                proven: false,
            }),
        }
    }

    pub(crate) fn of_requests(
        settings: &ConnectSettings,
        header: HeaderValue,
        credentials: RequestCredentials,
    ) -> Self {
        Self::Authorization {
            header,
            credentials,
            verified: settings.tls.as_ref().is_some_and(Tls::is_verified),
        }
    }

    /// Reports whether a login belongs to the connection.
    pub(crate) fn is_bound(&self) -> bool {
        !matches!(self, Self::Authorization { .. })
    }

    /// Returns the form of part headers if the connection seals.
    pub(crate) fn part_headers(&self) -> Option<PartHeaders> {
        match self {
            Self::Seal(seal) => Some(seal.part_headers),
            _ => None,
        }
    }

    /// Returns the form of part headers while no sealed response has shown that the host accepts it.
    pub(crate) fn unproven(&self) -> Option<PartHeaders> {
        match self {
            Self::Seal(seal) if !seal.proven => Some(seal.part_headers),
            _ => None,
        }
    }

    pub(crate) fn protect(&mut self, envelope: &Bytes) -> Result<Message, Error> {
        match self {
            Self::Seal(seal) => seal.seal(envelope),
            Self::Tls { .. } => Ok(Message::envelope(envelope.clone())),
            Self::Authorization { header, .. } => {
                Ok(Message::envelope(envelope.clone()).secret(AUTHORIZATION, header.clone()))
            }
        }
    }

    pub(crate) fn unprotect(
        &mut self,
        answer: Answer,
        http: &HttpClient,
    ) -> Result<Response, Error> {
        match self {
            // A compressed response cannot be read, so it may say anything.
            _ if answer.is_encoded() => Err(failure::compressed(&answer)),
            Self::Seal(seal) if multipart::is_sealed(answer.content_type()) => seal.unseal(&answer),
            Self::Seal(seal) => Err(seal.unsealed(&answer, http)),
            Self::Tls { verified } | Self::Authorization { verified, .. }
                if is_envelope(&answer) && !is_of_a_gateway(answer.status) =>
            {
                Ok(Response {
                    status: answer.status.as_u16(),
                    charset: multipart::parameter(answer.content_type(), "charset")
                        .map(str::to_owned),
                    body: answer.body.into(),
                    authenticated: *verified,
                })
            }
            Self::Tls { .. } if is_context_lost(&answer) => {
                Err(failure::context_lost(answer.status))
            }
            Self::Tls { verified } => Err(no_envelope(&answer, http, *verified)),
            Self::Authorization {
                credentials,
                verified,
                ..
            } => Err(credentials.refusal(&answer, http, *verified)),
        }
    }
}

impl Seal {
    fn seal(&mut self, envelope: &Bytes) -> Result<Message, Error> {
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
            let message = "the envelope cannot be sealed";
            Error::new(ErrorKind::Sealing, Delivery::NotSent, message).with_source(cause)
        };
        let protocol = self.scheme.protocol;
        let sealed = self.session.seal(envelope).map_err(|e| failed(e.into()))?;
        let body = multipart::frame(protocol, envelope.len(), &sealed, self.part_headers)
            .map_err(|e| failed(e.into()))?;
        let content_type = HeaderValue::try_from(multipart::content_type(protocol))
            .map_err(|e| failed(e.into()))?;
        Ok(Message::new(content_type, body.into()))
    }

    fn unseal(&mut self, answer: &Answer) -> Result<Response, Error> {
        let broken = |cause: Box<dyn std::error::Error + Send + Sync>| {
            let message = "the seal of the answer is broken";
            Error::new(ErrorKind::Sealing, Delivery::Unknown, message)
                .with_source(cause)
                .with_status(answer.status.as_u16())
        };
        let sealed =
            multipart::read(answer.content_type(), &answer.body).map_err(|e| broken(e.into()))?;
        let mut plain = self
            .session
            .unseal(sealed.header, sealed.data.to_vec())
            .map_err(|e| broken(e.into()))?;
        self.proven = true;
        drop_padding(&mut plain);
        Ok(Response {
            status: answer.status.as_u16(),
            charset: sealed.charset,
            body: plain.into(),
            authenticated: true,
        })
    }

    /// Returns the error of an unsealed response on a connection that seals. Its status is used, its body never; and
    /// since any machine on the path could have written it, it does not prove the fate of the request.
    fn unsealed(&self, answer: &Answer, http: &HttpClient) -> Error {
        match answer.status.as_u16() {
            400 if answer.body.is_empty() && !self.proven => failure::refused_first(answer.status),
            _ if is_context_lost(answer) => failure::context_lost(answer.status),
            200 | 500 => failure::unsealed(answer),
            _ => failure::of_status(answer, http.route(), Delivery::Unknown),
        }
    }
}

impl RequestCredentials {
    /// Returns the error of a response without an envelope, given the credentials of the request.
    fn refusal(self, answer: &Answer, http: &HttpClient, verified: bool) -> Error {
        match (self, answer.status.as_u16()) {
            // An attacker who can forge 401 without TLS or with an unverified certificate knows the password already, or cannot
            // use the certificate. So 401 counts as the host's answer, and a wrong password is not an unknown outcome.
            (Self::Password, 401) => {
                failure::of_login(answer, BASIC, true, http.route(), Delivery::Answered)
            }
            (Self::Certificate, 401) => {
                failure::of_certificate(answer, http.peer().asked_for_ours(), Delivery::Answered)
            }
            (Self::Certificate, status @ 403) => failure::of_certificate(
                answer,
                http.peer().asked_for_ours(),
                refused_at_the_door(status, verified),
            ),
            // nginx that ends TLS in front of a host rejects a certificate with one of these statuses and a page.
            (Self::Certificate, 400 | 495 | 496) => {
                no_envelope(answer, http, verified).with_hint(failure::MAY_NOT_ACCEPT)
            }
            _ => no_envelope(answer, http, verified),
        }
    }
}

/// Returns the error of a response without an envelope, over TLS or in the clear.
fn no_envelope(answer: &Answer, http: &HttpClient, verified: bool) -> Error {
    let delivery = refused_at_the_door(answer.status.as_u16(), verified);
    failure::of_status(answer, http.route(), delivery)
}

/// Returns the delivery that a status without an envelope proves. A status that rejects a request before it is
/// processed proves that nothing ran, if it is certain to come from the server. Any other may be that of a gateway,
/// behind which the host continues.
fn refused_at_the_door(status: u16, verified: bool) -> Delivery {
    match status {
        300..400 | 403..=405 | 407 | 413 if verified => Delivery::Answered,
        _ => Delivery::Unknown,
    }
}

/// Returns true for the statuses of a gateway that got no answer from the host. Gateways such as those of APIs write the
/// fault of an upstream timeout as an envelope of their own.
fn is_of_a_gateway(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Reports whether the host no longer knows the login of the connection.
fn is_context_lost(answer: &Answer) -> bool {
    answer.status == StatusCode::UNAUTHORIZED
        || (answer.status == StatusCode::BAD_REQUEST && answer.body.is_empty())
}

/// Drops the zero bytes after an envelope: Microsoft's libmi pads to a multiple of 16 before it seals.
fn drop_padding(plain: &mut Vec<u8>) {
    let text = plain.iter().rposition(|&byte| byte != 0);
    let mut length = text.map_or(0, |last| last + 1);
    // The last byte of a character in UTF-16 may be zero.
    let is_utf_16 = matches!(
        plain.as_slice(),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..]
    );
    if is_utf_16 {
        length = length.next_multiple_of(2);
    }
    plain.truncate(length);
}

/// Reports whether a response holds an envelope, regardless of its status: faults come with 500, 400 and 200.
pub(crate) fn is_envelope(answer: &Answer) -> bool {
    let media_type = multipart::media_type(answer.content_type());
    !answer.body.is_empty()
        && ENVELOPES
            .iter()
            .any(|envelope| media_type.eq_ignore_ascii_case(envelope))
}

pub(crate) const BASIC: &str = "Basic";

/// The media type of SOAP 1.2, and the one that some servers give to any XML.
const ENVELOPES: [&str; 2] = ["application/soap+xml", "text/xml"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_zero_bytes_and_no_half_of_a_character() {
        for (padded, length) in [
            (&b"<a/>"[..], 4),
            (b"<a/>\0", 4),
            (b"<a/>\0\0\0\0\0\0\0\0\0\0\0\0", 4),
            (b"\xFF\xFE<\0a\0/\0>\0", 10),
            (b"\xFF\xFE<\0a\0/\0>\0\0\0\0\0\0\0", 10),
            (b"\xFE\xFF\0<\0a\0/\0>\0\0\0\0", 10),
            (b"<\0a\0/\0>\0\0\0", 8),
            (b"\0<\0a\0/\0>\0\0", 8),
            (b"\0\0\0", 0),
            (b"", 0),
        ] {
            let mut plain = padded.to_vec();
            drop_padding(&mut plain);
            assert_eq!(plain, padded[..length]);
        }
    }
}
