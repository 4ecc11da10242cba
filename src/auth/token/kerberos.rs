//! The public part of a Kerberos token: its message, and the service of its ticket (RFC 4120, RFC 4121).

use crate::auth::{Error, der, spnego};

use super::AuthToken;

/// Reads the public part of a token.
pub(super) fn shown(token: &[u8]) -> Result<AuthToken, Error> {
    let framed = der::only(token, APPLICATION)?;
    let (mechanism, rest) = der::element(framed, der::OBJECT_IDENTIFIER)?;
    let is_kerberos = spnego::name_of(mechanism).ends_with("Kerberos");
    let (kind, message) = rest.split_first_chunk().ok_or(CUT_SHORT)?;
    let message_name = match kind {
        [1, 0] => "AP-REQ",
        [2, 0] => "AP-REP",
        [3, 0] => "KRB-ERROR",
        _ => return Err(Error::Token("it is no message of Kerberos")),
    };
    if !is_kerberos {
        return Err(Error::Token("it is of another mechanism"));
    }
    Ok(AuthToken::Kerberos {
        message: message_name.to_owned(),
        service: service(message).ok(),
    })
}

/// Returns the service and the realm in the ticket of an AP-REQ, which are not encrypted.
fn service(message: &[u8]) -> Result<String, Error> {
    let rest = der::only(der::only(message, AP_REQ)?, der::SEQUENCE)?;
    // Version, type and options precede the ticket.
    let (_, rest) = der::element(rest, context(0))?;
    let (_, rest) = der::element(rest, context(1))?;
    let (_, rest) = der::element(rest, context(2))?;
    let (ticket, _) = der::element(rest, context(3))?;
    let ticket = der::only(der::only(ticket, TICKET)?, der::SEQUENCE)?;
    let (_, rest) = der::element(ticket, context(0))?;
    let (realm, rest) = der::element(rest, context(1))?;
    let realm = text(der::only(realm, GENERAL_STRING)?)?;
    let (name, _) = der::element(rest, context(2))?;
    let (_, name) = der::element(der::only(name, der::SEQUENCE)?, context(0))?;
    let (parts, _) = der::element(name, context(1))?;
    let mut parts = der::only(parts, der::SEQUENCE)?;
    let mut service = String::new();
    while !parts.is_empty() {
        let (part, rest) = der::element(parts, GENERAL_STRING)?;
        if !service.is_empty() {
            service.push('/');
        }
        service += text(part)?;
        parts = rest;
    }
    Ok(format!("{service}@{realm}"))
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|_| Error::Token("a name in it is no text"))
}

const fn context(number: u8) -> u8 {
    0xa0 | number
}

const CUT_SHORT: Error = Error::Token("it is cut short");
/// `[APPLICATION 0]`: the frame of a token (RFC 2743 section 3.1).
const APPLICATION: u8 = 0x60;
/// `[APPLICATION 14]`
const AP_REQ: u8 = 0x6e;
/// `[APPLICATION 1]`
const TICKET: u8 = 0x61;
const GENERAL_STRING: u8 = 0x1b;
