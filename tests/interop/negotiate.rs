//! The library in the forms of a login that the program has no switch for, against `acceptor.py`.

use cimwire::transport::{Auth, HttpConfig};
use cimwire::{Client, Credentials};

use crate::PROVIDERS;
use crate::peers::{Acceptor, USER};
use crate::program::PASSWORD;

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn ntlm_in_spnego_seals_both_ways() {
    // `Negotiate` begins bare. pyspnego takes that; gss-ntlmssp, told to speak SPNEGO alone, says no to it, so the login
    // begins anew.
    for (provider, auth, refused) in [
        ("pyspnego", Auth::Spnego, 0),
        ("gssapi", Auth::Spnego, 0),
        ("pyspnego", Auth::Negotiate, 0),
        ("gssapi", Auth::Negotiate, 1),
    ] {
        let acceptor = Acceptor::start(&["--provider", provider, "--mechanism", "negotiate"]).await;
        let client = client(&acceptor.url, auth);
        for _ in 0..50 {
            let identity = client.identify().await.expect("it is sealed both ways");
            assert_eq!(identity.product_vendor, "cimwire interop");
        }

        let events = acceptor.finish().await;
        assert_eq!(events.count("login"), 1, "{provider} {auth:?}: {events:?}");
        assert_eq!(events.count("refused"), refused, "{provider} {auth:?}");
        assert_eq!(events.count("message"), 50, "{provider} {auth:?}");
        assert_eq!(events.connections_with_messages(), 1);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn an_answer_with_a_broken_signature_is_refused_after_spnego_too() {
    for provider in PROVIDERS {
        let mechanism = ["--mechanism", "negotiate", "--break-mic"];
        let acceptor = Acceptor::start(&[&["--provider", provider], &mechanism[..]].concat()).await;
        let error = client(&acceptor.url, Auth::Spnego).identify().await;
        let error = error.expect_err("the answer was believed");
        let seal = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(
            seal.as_deref(),
            Some("the seal of the answer is broken"),
            "{provider}: {error}"
        );
        assert_eq!(acceptor.finish().await.count("message"), 1);
    }
}

fn client(url: &str, auth: Auth) -> Client {
    Client::builder(HttpConfig::new(url).auth(auth).max_connections(1))
        .credentials(Credentials::password(USER, PASSWORD))
        .build()
        .expect("the settings can work")
}
