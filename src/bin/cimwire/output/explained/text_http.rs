//! Explained HTTP messages for people.

use cimwire::explain::{AuthToken, Content, HttpMessage, NtlmToken, SealedBody, StartLine};

use super::text::{Outline, envelope, title};

pub(super) fn http_message(outline: &mut Outline, message: &HttpMessage) {
    let start = match &message.start {
        StartLine::Request { method, target } => format!("> {method} {target}"),
        StartLine::Status(status) => format!("< {status}"),
        _ => "?".to_owned(),
    };
    let what = match &message.content {
        Content::Nothing => "nothing in it".to_owned(),
        Content::Missing(length) => format!("{length} bytes, which are not here"),
        Content::Envelope(said) => title(said),
        Content::Sealed(body) => sealed(body),
        Content::Other { length, .. } => format!("{length} bytes that are no envelope"),
        _ => "something".to_owned(),
    };
    outline.line(&format!("{start}: {what}"));
    outline.inside(|outline| {
        for login in &message.logins {
            let shown = login.token.as_ref().map(token);
            let shown = shown.unwrap_or_else(|| "offered or without a token".to_owned());
            outline.line(&format!("{}: {shown}", login.scheme));
        }
        if let Content::Envelope(said) = &message.content {
            envelope(outline, said);
        }
    });
}

fn token(shown: &AuthToken) -> String {
    match shown {
        AuthToken::Ntlm(message) => ntlm(message),
        AuthToken::Spnego {
            mechanisms,
            state,
            inside,
        } => {
            let mut words = vec!["SPNEGO".to_owned()];
            words.extend(state.clone());
            if !mechanisms.is_empty() {
                words.push(format!("[{}]", mechanisms.join(", ")));
            }
            let inside = inside.as_deref().map(token);
            words.extend(inside.map(|inside| format!("with {inside}")));
            words.join(" ")
        }
        AuthToken::Kerberos { message, service } => match service {
            Some(service) => format!("Kerberos {message} for {service}"),
            None => format!("Kerberos {message}"),
        },
        AuthToken::Other(length) => format!("a token of {length} bytes"),
        _ => "a token".to_owned(),
    }
}

fn ntlm(message: &NtlmToken) -> String {
    match message {
        NtlmToken::Negotiate { flags } => format!("NTLM NEGOTIATE ({})", flags.join(", ")),
        NtlmToken::Challenge { target, flags } => {
            format!("NTLM CHALLENGE of {target} ({})", flags.join(", "))
        }
        NtlmToken::Authenticate {
            domain,
            user,
            target,
            flags,
        } => {
            let target = target.as_deref().unwrap_or("no service by name");
            let flags = flags.join(", ");
            format!("NTLM AUTHENTICATE of {domain}\\{user} to {target} ({flags})")
        }
        _ => "NTLM".to_owned(),
    }
}

pub(super) fn sealed(body: &SealedBody) -> String {
    let protocol = body.protocol.as_deref().unwrap_or("an unnamed protocol");
    format!(
        "a sealed envelope of {} bytes, which only its session can read ({protocol}, {} bytes of header)",
        body.length, body.header_length
    )
}
