//! A host that logs clients in with NTLM and answers sealed messages.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tokio_rustls::TlsAcceptor;

use super::server::{Answer, Asked, Server};
use super::*;
use crate::auth::ntlm::acceptor::{Accepted, BindingPolicy, Challenged, ServerNonces};
use crate::auth::{ChannelBinding, Session};
use crate::part_headers::PartHeaders;
use crate::transport::http::multipart;

/// The host's response to a valid message.
pub(super) enum Say {
    /// An envelope, protected as the connection is.
    Envelope(u16, &'static str),
    /// An envelope, after which the connection is closed without an announcement.
    Last(&'static str),
    /// The same, announced in the response.
    AnnouncedLast(&'static str),
    /// Exactly these bytes.
    Raw(Answer),
    /// An envelope whose seal is tampered with by this function.
    Tampered(fn(&mut Vec<u8>)),
}

/// A valid message.
pub(super) struct Heard {
    pub(super) connection: usize,
    /// The number on the connection, from 0, without the login.
    pub(super) number: usize,
    pub(super) envelope: String,
    /// True if the part headers begin with tabs.
    pub(super) tabs: bool,
}

type Script = dyn Fn(&Heard) -> Say + Send + Sync;

enum State {
    Challenged(Challenged),
    LoggedIn {
        session: Box<dyn Session>,
        heard: usize,
    },
}

struct Host {
    script: Box<Script>,
    /// The channel binding if TLS protects the connection; without it, messages are sealed.
    binding: Option<ChannelBinding>,
    connections: Mutex<HashMap<usize, State>>,
    heard: Arc<Mutex<Vec<(String, bool)>>>,
}

/// The server, and the envelopes that it has understood.
pub(super) struct NtlmHost {
    pub(super) server: Server,
    heard: Arc<Mutex<Vec<(String, bool)>>>,
}

impl NtlmHost {
    pub(super) async fn start(script: impl Fn(&Heard) -> Say + Send + Sync + 'static) -> Self {
        Self::start_with(None, script).await
    }

    pub(super) async fn start_with(
        tls: Option<(TlsAcceptor, ChannelBinding)>,
        script: impl Fn(&Heard) -> Say + Send + Sync + 'static,
    ) -> Self {
        let (tls, binding) = tls.unzip();
        let heard = Arc::<Mutex<_>>::default();
        let host = Host {
            script: Box::new(script),
            binding,
            connections: Mutex::default(),
            heard: Arc::clone(&heard),
        };
        let server = Server::start_with(tls, move |asked| host.answer(asked)).await;
        Self { server, heard }
    }

    pub(super) fn transport(&self) -> HttpTransport {
        HttpTransport::new(config(&self.server.url())).unwrap()
    }

    pub(super) fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|(envelope, _)| envelope.clone()).collect()
    }

    /// Returns, for each envelope that the host understood, whether its part headers began with tabs.
    pub(super) fn tabs(&self) -> Vec<bool> {
        let heard = self.heard.lock().unwrap();
        heard.iter().map(|(_, tabs)| *tabs).collect()
    }
}

impl Host {
    fn answer(&self, asked: &Asked) -> Answer {
        let mut connections = self.connections.lock().unwrap();
        let state = connections.remove(&asked.connection);
        let (answer, state) = match (asked.header("authorization"), state) {
            (Some(authorization), state) => self.log_in(authorization, asked, state),
            (None, Some(State::LoggedIn { session, heard })) => self.hear(asked, session, heard),
            (None, _) => (refused(""), None),
        };
        connections.extend(state.map(|state| (asked.connection, state)));
        answer
    }

    fn log_in(
        &self,
        authorization: &str,
        asked: &Asked,
        state: Option<State>,
    ) -> (Answer, Option<State>) {
        assert!(asked.body.is_empty(), "a login has no body");
        assert_eq!(asked.header("content-length"), Some("0"));
        let token = authorization.strip_prefix("Negotiate ").unwrap();
        let token = BASE64_STANDARD.decode(token).unwrap();
        let Some(State::Challenged(challenged)) = state else {
            let challenged = Challenged::new(&token, "HV01", ServerNonces::random()).unwrap();
            let challenge = format!(" {}", BASE64_STANDARD.encode(challenged.token()));
            return (refused(&challenge), Some(State::Challenged(challenged)));
        };
        let policy = match &self.binding {
            Some(binding) => BindingPolicy::Strict(binding),
            None => BindingPolicy::Ignore,
        };
        let known = |domain: &str, user: &str| {
            (domain == "EXAMPLE" && user == "operator").then(|| PASSWORD.into())
        };
        match challenged.authenticate(&token, policy, known) {
            Ok(Accepted { session, .. }) => (
                Answer::empty(200),
                Some(State::LoggedIn { session, heard: 0 }),
            ),
            Err(_) => (refused(""), None),
        }
    }

    fn hear(
        &self,
        asked: &Asked,
        mut owned: Box<dyn Session>,
        number: usize,
    ) -> (Answer, Option<State>) {
        let envelope = if self.binding.is_some() {
            asked.body.clone()
        } else {
            let message =
                multipart::read(asked.header("content-type").unwrap(), &asked.body).unwrap();
            owned.unseal(message.header, message.data.to_vec()).unwrap()
        };
        let heard = Heard {
            connection: asked.connection,
            number,
            envelope: String::from_utf8(envelope).unwrap(),
            tabs: asked.body.starts_with(b"--Encrypted Boundary\r\n\t"),
        };
        let entry = (heard.envelope.clone(), heard.tabs);
        self.heard.lock().unwrap().push(entry);
        let session = &mut *owned;
        let answer = match (self.script)(&heard) {
            Say::Raw(answer) => answer,
            Say::Envelope(status, text) if self.binding.is_some() => Answer::new(
                status,
                &[],
                "application/soap+xml;charset=UTF-8",
                text.as_bytes(),
            ),
            Say::Envelope(status, text) => seal(session, status, &[], text, |_| {}),
            Say::Last(text) => seal(session, 200, &[], text, |_| {}).then_close(),
            Say::AnnouncedLast(text) => {
                seal(session, 200, &["Connection: Close"], text, |_| {}).then_close()
            }
            Say::Tampered(tamper) => seal(session, 200, &[], "<tampered/>", tamper),
        };
        let state = State::LoggedIn {
            session: owned,
            heard: number + 1,
        };
        (answer, Some(state))
    }
}

fn seal(
    session: &mut dyn Session,
    status: u16,
    headers: &[&str],
    text: &str,
    tamper: fn(&mut Vec<u8>),
) -> Answer {
    let sealed = session.seal(text.as_bytes()).unwrap();
    let protocol = Scheme::NEGOTIATE.protocol;
    let mut body = multipart::frame(protocol, text.len(), &sealed, PartHeaders::Tabs).unwrap();
    tamper(&mut body);
    Answer::new(status, headers, &multipart::content_type(protocol), &body)
}

/// Returns the offers of WinRM.
fn refused(challenge: &str) -> Answer {
    let negotiate = format!("WWW-Authenticate: Negotiate{challenge}");
    Answer::new(401, &[&negotiate, "WWW-Authenticate: Kerberos"], "", b"")
}
