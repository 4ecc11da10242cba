//! Passwords that a callback provides when a login needs them.

use std::error::Error as StdError;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};

use super::host::{NtlmHost, Say};
use super::server::{Answer, Server};
use super::spnego::{Manner, host};
use super::*;
use crate::Secret;

/// A provider of the password that records the threads on which it was asked.
#[derive(Clone, Default)]
struct Keeper(Arc<Mutex<Vec<ThreadId>>>);

impl Keeper {
    fn credentials(&self) -> Credentials {
        self.giving(|_| Ok(Secret::from(PASSWORD)))
    }

    /// Returns credentials whose callback answers by the number of earlier calls.
    fn giving(
        &self,
        give: impl Fn(usize) -> Result<Secret, io::Error> + Send + Sync + 'static,
    ) -> Credentials {
        let asked = Arc::clone(&self.0);
        Credentials::password_from(USER, move || {
            let mut asked = asked.lock().unwrap();
            asked.push(thread::current().id());
            give(asked.len() - 1)
        })
    }

    fn asked(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

fn transport(server: &Server, auth: Auth, credentials: Credentials) -> HttpTransport {
    let config = HttpConfig::new(server.url()).credentials(credentials);
    let config = config.auth(auth).dangerous().allow_basic_without_tls();
    HttpTransport::new(config).unwrap()
}

#[tokio::test]
async fn each_login_asks_once_and_off_the_async_threads() {
    let ntlm = NtlmHost::start(|heard| match heard.number {
        0 => Say::Envelope(200, "<x/>"),
        _ => Say::AnnouncedLast("<x/>"),
    })
    .await;
    let keeper = Keeper::default();
    let transport = transport(&ntlm.server, Auth::Ntlm, keeper.credentials());
    assert_eq!(keeper.asked(), 0);
    for expected in [1, 1, 2] {
        transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(keeper.asked(), expected);
    }
    let here = thread::current().id();
    assert!(keeper.0.lock().unwrap().iter().all(|asked| *asked != here));
}

#[tokio::test]
async fn a_login_that_begins_anew_in_spnego_asks_once() {
    for (manner, auth) in [
        (Manner::Strict(""), Auth::Negotiate),
        (Manner::Lenient, Auth::Negotiate),
        (Manner::Lenient, Auth::Spnego),
    ] {
        let server = host(manner).await;
        let keeper = Keeper::default();
        let transport = transport(&server, auth, keeper.credentials());
        transport.exchange(once("<a/>")).await.unwrap();
        assert_eq!(keeper.asked(), 1);
        let here = thread::current().id();
        assert_ne!(keeper.0.lock().unwrap()[0], here);
    }
}

#[tokio::test]
async fn basic_asks_once_for_each_connection() {
    let server = Server::start(|_| Answer::soap("<x/>")).await;
    let keeper = Keeper::default();
    let transport = transport(&server, Auth::Basic, keeper.credentials());
    assert_eq!(keeper.asked(), 0);
    for _ in 0..2 {
        transport.exchange(once("<a/>")).await.unwrap();
    }
    assert_eq!(keeper.asked(), 1);
    assert_ne!(keeper.0.lock().unwrap()[0], thread::current().id());
    // base64 of EXAMPLE\operator:open sesame
    let authorization = "Basic RVhBTVBMRVxvcGVyYXRvcjpvcGVuIHNlc2FtZQ==";
    for asked in server.asked() {
        assert_eq!(asked.header("authorization"), Some(authorization));
    }
}

#[tokio::test]
async fn a_password_that_is_not_given_is_an_error_of_its_own() {
    let closed = |_| Err(io::Error::other("the vault is closed"));
    for auth in [Auth::Negotiate, Auth::Ntlm, Auth::Spnego, Auth::Basic] {
        let server = host(Manner::Lenient).await;
        let keeper = Keeper::default();
        let transport = transport(&server, auth, keeper.giving(closed));
        let error = transport.exchange(read("<a/>")).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::NoPassword, Delivery::NotSent, None)
        );
        assert_eq!(error.to_string(), "there is no password to log in with");
        let withheld = error.source().unwrap();
        assert_eq!(
            withheld.source().unwrap().to_string(),
            "the vault is closed",
            "{auth:?}"
        );
        assert_eq!(keeper.asked(), 1);
    }
}

#[tokio::test]
async fn a_client_tells_it_too_and_does_not_ask_again_by_itself() {
    let ntlm = NtlmHost::start(|_| Say::Envelope(200, "<x/>")).await;
    let keeper = Keeper::default();
    let closed_at_first = keeper.giving(|asked| match asked {
        0 => Err(io::Error::other("the vault is closed")),
        _ => Ok(Secret::from(PASSWORD)),
    });
    let builder = crate::Client::builder(ntlm.server.url()).credentials(closed_at_first);
    let client = builder.build().unwrap();
    assert_eq!(keeper.asked(), 0);
    let error = client.identify().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (crate::ErrorKind::NoPassword, Delivery::NotSent)
    );
    assert_eq!(keeper.asked(), 1);
    assert!(ntlm.heard().is_empty());
    // The next login asks again; the host's response is then not an envelope of WS-Management.
    let error = client.identify().await.unwrap_err();
    assert_eq!(error.kind(), crate::ErrorKind::Answer);
    assert_eq!(keeper.asked(), 2);
}

#[tokio::test]
async fn no_password_is_asked_for_without_a_login() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let credentials = || {
        Credentials::password_from(USER, || {
            ASKED.fetch_add(1, Ordering::Relaxed);
            Ok::<_, io::Error>(Secret::from(PASSWORD))
        })
    };
    let server = Server::start(|_| Answer::empty(503)).await;
    let transport = transport(&server, Auth::Negotiate, credentials());
    transport.probe().await.unwrap();
    transport.exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(ASKED.load(Ordering::Relaxed), 0);
}
