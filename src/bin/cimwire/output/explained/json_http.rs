//! Explained HTTP messages as JSON objects.

use cimwire::explain::{
    AuthToken, Content, Explanation, HttpMessage, Login, NtlmToken, SealedBody, StartLine,
};
use serde_json::{Map, Value as Json, json};

use super::json::{envelope, fields};
use super::{content_name, name_of};

pub(super) fn http_message(message: &HttpMessage) -> Json {
    let mut object = fields([
        ("content_type", json!(message.content_type)),
        ("content", content(&message.content)),
    ]);
    match &message.start {
        StartLine::Request { method, target } => {
            object.insert("method".to_owned(), method.as_str().into());
            object.insert("target".to_owned(), target.as_str().into());
        }
        StartLine::Status(status) => drop(object.insert("status".to_owned(), (*status).into())),
        _ => {}
    }
    if !message.logins.is_empty() {
        let logins = message.logins.iter().map(login).collect();
        object.insert("logins".to_owned(), logins);
    }
    object.into()
}

fn login(login: &Login) -> Json {
    fields([
        ("scheme", login.scheme.as_str().into()),
        ("token", login.token.as_ref().map_or(Json::Null, token)),
    ])
    .into()
}

fn token(shown: &AuthToken) -> Json {
    match shown {
        AuthToken::Ntlm(message) => ntlm(message),
        AuthToken::Spnego {
            mechanisms,
            state,
            inside,
        } => fields([
            ("is", "SPNEGO".into()),
            ("mechanisms", json!(mechanisms)),
            ("state", json!(state)),
            ("inside", inside.as_deref().map_or(Json::Null, token)),
        ])
        .into(),
        AuthToken::Kerberos { message, service } => fields([
            ("is", format!("Kerberos {message}").into()),
            ("service", json!(service)),
        ])
        .into(),
        AuthToken::Other(length) => json!({"is": "other", "length": length}),
        _ => Json::Null,
    }
}

fn ntlm(message: &NtlmToken) -> Json {
    match message {
        NtlmToken::Negotiate { flags } => json!({"is": "NTLM NEGOTIATE", "flags": flags}),
        NtlmToken::Challenge { target, flags } => {
            json!({"is": "NTLM CHALLENGE", "target": target, "flags": flags})
        }
        NtlmToken::Authenticate {
            domain,
            user,
            target,
            flags,
        } => json!({
            "is": "NTLM AUTHENTICATE",
            "domain": domain,
            "user": user,
            "target": target,
            "flags": flags,
        }),
        _ => Json::Null,
    }
}

fn content(content: &Content) -> Json {
    let mut object = match content {
        Content::Missing(length) => fields([("length", (*length).into())]),
        Content::Envelope(said) => {
            let explanation = Explanation::Envelope(said.clone());
            let mut object = envelope(said);
            object.insert("envelope".to_owned(), name_of(&explanation).into());
            object
        }
        Content::Sealed(body) => fields([("sealed", sealed(body))]),
        Content::Other { length, problem } => fields([
            ("length", (*length).into()),
            ("problem", problem.as_str().into()),
        ]),
        _ => Map::new(),
    };
    object.insert("is".to_owned(), content_name(content).into());
    object.into()
}

pub(super) fn sealed(body: &SealedBody) -> Json {
    fields([
        ("protocol", json!(body.protocol)),
        ("header_length", body.header_length.into()),
        ("length", body.length.into()),
        ("charset", json!(body.charset)),
    ])
    .into()
}
