//! The public part of a Kerberos token: its message, and the service of its ticket (RFC 4120, RFC 4121).

use super::AuthToken;
use crate::auth::der::{self, context};
use crate::auth::{Error, spnego};

/// Reads the public part of a token.
pub(super) fn public_parts(token: &[u8]) -> Result<AuthToken, Error> {
    let framed = der::only(token, der::INITIAL_TOKEN)?;
    let (mechanism, rest) = der::element(framed, der::OBJECT_IDENTIFIER)?;
    if !spnego::name_of(mechanism).ends_with("Kerberos") {
        return Err(Error::Token("it is of another mechanism"));
    }
    let (kind, message) = rest.split_first_chunk().ok_or(CUT_SHORT)?;
    let message_name = match kind {
        [1, 0] => "AP-REQ",
        [2, 0] => "AP-REP",
        [3, 0] => "KRB-ERROR",
        _ => return Err(Error::Token("it is not a message of Kerberos")),
    };
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
    let parts = der::all(der::only(parts, der::SEQUENCE)?, GENERAL_STRING)?;
    let names: Vec<_> = parts.into_iter().map(text).collect::<Result<_, _>>()?;
    Ok(format!("{}@{realm}", names.join("/")))
}

fn text(bytes: &[u8]) -> Result<&str, Error> {
    str::from_utf8(bytes).map_err(|_| Error::Token("a name in it is not UTF-8"))
}

const CUT_SHORT: Error = Error::Token("it is cut short");
/// `[APPLICATION 14]`
const AP_REQ: u8 = 0x6e;
/// `[APPLICATION 1]`
const TICKET: u8 = 0x61;
const GENERAL_STRING: u8 = 0x1b;
