//! Tests without a KDC: names, and the steps before the library is called. The others are in `tests/interop/kerberos`.

use super::*;
use crate::auth::spnego::{Mechanism, SpnegoClient};

#[test]
fn the_service_is_named_as_the_user_names_the_host() {
    for (options, principal) in [
        (Kerberos::new(), "HTTP/hv01.example@"),
        (Kerberos::default().service("WSMAN"), "WSMAN/hv01.example@"),
        (Kerberos::new().principal("HTTP/alias"), "HTTP/alias@"),
        (
            Kerberos::new().principal("HTTP/alias@EXAMPLE.TEST"),
            "HTTP/alias@EXAMPLE.TEST",
        ),
    ] {
        assert_eq!(options.principal_at("hv01.example"), principal);
    }
}

#[test]
fn a_second_service_is_tried_only_where_none_is_named() {
    assert_eq!(
        Kerberos::new()
            .second_principal_at("hv01.example")
            .as_deref(),
        Some("host/hv01.example@")
    );
    for options in [
        Kerberos::new().service("HTTP"),
        Kerberos::new().service("WSMAN"),
        Kerberos::new().principal("HTTP/alias"),
    ] {
        assert_eq!(options.second_principal_at("hv01.example"), None);
    }
}

#[test]
fn the_first_token_waits_for_the_name_of_the_tls_channel() {
    let mut client = client("hv01.example", true);
    assert!(client.blocks());
    assert!(matches!(client.step(&[], None), Ok(Step::Bind)));
    assert!(matches!(client.step(&[], None), Ok(Step::Bind)));
    assert_eq!(client.presented(), Presented::Nothing);

    let inner = Box::new(client);
    let mut wrapped = SpnegoClient::new(Mechanism::Kerberos, inner);
    assert!(wrapped.blocks());
    assert!(matches!(wrapped.step(&[], None), Ok(Step::Bind)));
    assert!(wrapped.blocks());
}

#[test]
fn a_token_before_the_first_is_an_error() {
    let mut client = client("hv01.example", false);
    assert_eq!(
        client.step(b"hello", None).unwrap_err(),
        Error::Token("it came before the login began")
    );
    assert_eq!(client.step(&[], None).unwrap_err(), Error::HandshakeOver);
}

#[test]
fn an_address_and_a_password_make_ntlm() {
    for host in ["192.0.2.7", "2001:db8::7"] {
        let mut choice = Choice::new(logins(host, true), WithoutTicket::Fail, ntlm);
        assert!(choice.blocks());
        let Ok(Step::Continue(token)) = choice.step(&[], None) else {
            panic!("no token");
        };
        assert!(token.starts_with(b"NTLMSSP\0"));
        assert!(!choice.blocks());
    }
}

#[test]
fn a_user_without_a_domain_makes_ntlm() {
    let credentials = Credentials::password("operator", "hunter2");
    let logins = Logins::new(credentials, Kerberos::new(), "hv01.example", false);
    let mut choice = Choice::new(logins, WithoutTicket::Fail, ntlm);
    assert!(matches!(choice.step(&[], None), Ok(Step::Continue(_))));
}

#[test]
fn credentials_without_a_password_get_kerberos_even_at_an_address() {
    let credentials = Credentials::ticket();
    let logins = Logins::new(credentials, Kerberos::new(), "192.0.2.7", true);
    let mut choice = Choice::new(logins, WithoutTicket::Ntlm, ntlm);
    assert!(matches!(choice.step(&[], None), Ok(Step::Bind)));
}

#[test]
fn debug_shows_no_password() {
    let shown = format!("{:?}", logins("hv01.example", false));
    assert!(shown.contains("hv01.example"));
    assert!(!shown.contains("hunter2"));
}

fn client(host: &str, tls: bool) -> KerberosClient {
    KerberosClient::new(logins(host, tls), None)
}

fn logins(host: &str, tls: bool) -> Arc<Logins> {
    let credentials = Credentials::password(r"EXAMPLE\operator", "hunter2");
    Logins::new(credentials, Kerberos::new(), host, tls)
}

fn ntlm() -> Box<dyn Handshake> {
    crate::auth::ntlm::client(Credentials::password("operator", "hunter2"), "hv01.example")
}
