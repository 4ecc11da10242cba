//! Changes: their bytes leave at most once, and on a connection that works.

use super::host::{Heard, NtlmHost, Say};
use super::secure::Identity;
use super::server::{Answer, Server};
use super::*;
use crate::cim::{Properties, Reference};
use crate::{Client, ErrorKind as ClientErrorKind};

fn ok(_: &Heard) -> Say {
    Say::Envelope(200, "<ok/>")
}

fn basic(endpoint: &str) -> HttpTransport {
    let config = config(endpoint).auth(Auth::Basic);
    HttpTransport::new(config.dangerous().allow_basic_without_tls()).unwrap()
}

/// Returns a transport with Basic over TLS with a verified certificate.
fn basic_verified(endpoint: &str, identity: &Identity) -> HttpTransport {
    let config = config(endpoint).auth(Auth::Basic);
    HttpTransport::new(config.ca_bundle(identity.authority.as_bytes())).unwrap()
}

/// Returns a transport with Basic over TLS with any certificate.
fn basic_unverified(endpoint: &str) -> HttpTransport {
    let config = config(endpoint).auth(Auth::Basic);
    HttpTransport::new(config.dangerous().accept_any_certificate()).unwrap()
}

fn texts(server: &Server) -> Vec<String> {
    let asked = server.asked();
    asked.iter().map(|asked| asked.text().to_owned()).collect()
}

#[tokio::test]
async fn a_change_goes_at_once_where_the_connection_has_just_answered() {
    let host = NtlmHost::start(ok).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    transport.exchange(change("<b/>")).await.unwrap();
    pass(Duration::from_secs(4)).await;
    transport.exchange(change("<c/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<b/>", "<c/>"]);
    assert_eq!(host.server.connections(), 1);
}

#[tokio::test]
async fn a_rested_connection_is_tried_before_a_change() {
    let host = NtlmHost::start(ok).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    rest().await;
    transport.exchange(change("<b/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<identify/>", "<b/>"]);
    rest().await;
    transport.exchange(read("<c/>")).await.unwrap();
    assert_eq!(host.heard().len(), 4, "a read needs no check");
    assert_eq!(host.server.connections(), 1);
}

#[tokio::test]
async fn a_rested_connection_that_is_dead_is_replaced_before_a_change() {
    let cases: [fn() -> Say; 5] = [
        || Say::Raw(Answer::raw("").then_close()),
        || Say::Raw(Answer::empty(401)),
        || Say::Raw(Answer::empty(400)),
        || Say::Raw(Answer::soap("<ok/>")),
        || Say::AnnouncedLast("<ok/>"),
    ];
    for dead in cases {
        let host = NtlmHost::start(move |heard| match (heard.connection, heard.number) {
            (0, 1) => dead(),
            _ => ok(heard),
        })
        .await;
        let transport = host.transport();
        transport.exchange(read("<a/>")).await.unwrap();
        rest().await;
        let response = transport.exchange(change("<b/>")).await.unwrap();
        assert_eq!(response.body, "<ok/>");
        assert_eq!(host.heard(), ["<a/>", "<identify/>", "<b/>"]);
        assert_eq!(host.server.connections(), 2);
    }
}

#[tokio::test]
async fn a_check_without_an_answer_takes_no_longer_than_a_login() {
    let host = NtlmHost::start(|heard| match heard.envelope.as_str() {
        "<identify/>" => Say::Raw(Answer::hang()),
        _ => ok(heard),
    })
    .await;
    let config = config(&host.server.url()).authenticate_timeout(Duration::from_millis(200));
    let transport = HttpTransport::new(config).unwrap();
    transport.exchange(read("<a/>")).await.unwrap();
    rest().await;
    transport.exchange(change("<b/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<identify/>", "<b/>"]);
    assert_eq!(host.server.connections(), 2);
}

#[tokio::test]
async fn a_rested_connection_is_replaced_where_there_is_no_check() {
    let host = NtlmHost::start(ok).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    rest().await;
    transport.exchange(once("<b/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<b/>"]);
    assert_eq!(host.server.connections(), 2);
}

#[tokio::test]
async fn a_client_with_basic_tries_a_rested_connection_too() {
    let server = Server::start(|_| Answer::soap("<ok/>")).await;
    let transport = basic(&server.url());
    transport.exchange(change("<a/>")).await.unwrap();
    transport.exchange(change("<b/>")).await.unwrap();
    rest().await;
    transport.exchange(change("<c/>")).await.unwrap();
    assert_eq!(texts(&server), ["<a/>", "<b/>", "<identify/>", "<c/>"]);
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_rested_connection_that_is_dead_is_replaced_with_basic_too() {
    let server = Server::start(|asked| match (asked.connection, asked.number) {
        (0, 1) => Answer::raw("").then_close(),
        _ => Answer::soap("<ok/>"),
    })
    .await;
    let transport = basic(&server.url());
    transport.exchange(read("<a/>")).await.unwrap();
    rest().await;
    transport.exchange(change("<b/>")).await.unwrap();
    assert_eq!(texts(&server), ["<a/>", "<identify/>", "<b/>"]);
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn a_server_that_closes_after_each_answer_gets_no_check() {
    let close = ["Connection: close"];
    let last = move |_: &_| Answer::new(200, &close, "text/xml", b"<ok/>").then_close();
    let server = Server::start(last).await;
    let transport = basic(&server.url());
    transport.exchange(read("<a/>")).await.unwrap();
    rest().await;
    transport.exchange(change("<b/>")).await.unwrap();
    assert_eq!(texts(&server), ["<a/>", "<b/>"]);
}

#[tokio::test]
async fn a_server_that_closes_after_reading_a_change_sees_its_bytes_once() {
    let identity = Identity::new("127.0.0.1", |_| {});
    for tls in [None, Some(identity.acceptor())] {
        let server = Server::start_with(tls.clone(), |asked| match asked.text() {
            "<b/>" => Answer::raw("").then_close(),
            _ => Answer::soap("<ok/>"),
        })
        .await;
        let transport = match tls {
            None => basic(&server.url()),
            Some(_) => basic_verified(&server.url(), &identity),
        };
        transport.exchange(read("<a/>")).await.unwrap();
        let error = transport.exchange(change("<b/>")).await.unwrap_err();
        assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
        assert_eq!(texts(&server), ["<a/>", "<b/>"]);
    }
}

#[tokio::test]
async fn a_lost_login_over_verified_tls_proves_nothing_about_a_change() {
    // A gateway that ends TLS in front of the host may answer like this after the host has run the call.
    let identity = Identity::new("127.0.0.1", |_| {});
    for status in [401, 400] {
        let tls = Some((identity.acceptor(), identity.binding()));
        let host = NtlmHost::start_with(tls, move |heard| match heard.number {
            1 => Say::Raw(Answer::empty(status)),
            _ => ok(heard),
        })
        .await;
        let config = config(&host.server.url());
        let config = config.ca_bundle(identity.authority.as_bytes());
        let transport = HttpTransport::new(config).unwrap();
        transport.exchange(read("<a/>")).await.unwrap();
        let error = transport.exchange(change("<b/>")).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::ContextLost, Delivery::Unknown, Some(status))
        );
        assert_eq!(host.heard(), ["<a/>", "<b/>"]);
    }
}

#[tokio::test]
async fn a_connection_whose_answer_says_close_is_not_kept() {
    let host = NtlmHost::start(|_| Say::AnnouncedLast("<ok/>")).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    assert!(transport.pool.turn().await.idle().is_none());

    let host = NtlmHost::start(ok).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    assert!(transport.pool.turn().await.idle().is_some());
}

/// Refusals without an envelope, which a proxy or an attacker can write if the sender is not proven.
const AT_THE_DOOR: [u16; 8] = [301, 302, 307, 403, 404, 405, 407, 413];
/// Statuses of gateways that have forwarded the request and do not know its fate.
const OF_A_GATEWAY: [u16; 2] = [502, 504];

#[tokio::test]
async fn an_answer_that_anyone_could_have_written_leaves_a_change_unknown() {
    let identity = Identity::new("127.0.0.1", |_| {});
    for status in AT_THE_DOOR.into_iter().chain(OF_A_GATEWAY) {
        let answer = move |_: &_| Answer::empty(status);
        let clear = Server::start(answer).await;
        let unverified = Server::start_with(Some(identity.acceptor()), answer).await;
        for transport in [basic(&clear.url()), basic_unverified(&unverified.url())] {
            let error = transport.exchange(change("<a/>")).await.unwrap_err();
            let told = (error.delivery(), error.status());
            assert_eq!(told, (Delivery::Unknown, Some(status)));
        }

        let tls = Some((identity.acceptor(), identity.binding()));
        for tls in [None, tls] {
            let sealed = tls.is_none();
            let refuse = move |heard: &Heard| match heard.number {
                1 => Say::Raw(Answer::empty(status)),
                _ => ok(heard),
            };
            let host = NtlmHost::start_with(tls, refuse).await;
            let config = config(&host.server.url());
            let config = match sealed {
                true => config,
                false => config.dangerous().accept_any_certificate(),
            };
            let transport = HttpTransport::new(config).unwrap();
            transport.exchange(read("<a/>")).await.unwrap();
            let error = transport.exchange(change("<b/>")).await.unwrap_err();
            let told = (error.delivery(), error.status());
            assert_eq!(told, (Delivery::Unknown, Some(status)), "sealed: {sealed}");
            assert_eq!(host.heard(), ["<a/>", "<b/>"]);
        }
    }
}

#[tokio::test]
async fn a_refusal_at_the_door_over_verified_tls_is_an_answer() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let at_the_door = AT_THE_DOOR.map(|status| (status, Delivery::Answered));
    let of_a_gateway = OF_A_GATEWAY.map(|status| (status, Delivery::Unknown));
    for (status, delivery) in at_the_door.into_iter().chain(of_a_gateway) {
        let answer = move |_: &_| Answer::empty(status);
        let server = Server::start_with(Some(identity.acceptor()), answer).await;
        let transport = basic_verified(&server.url(), &identity);
        let error = transport.exchange(change("<a/>")).await.unwrap_err();
        assert_eq!((error.delivery(), error.status()), (delivery, Some(status)));
    }
}

#[tokio::test]
async fn an_unsealed_envelope_of_a_gateway_leaves_a_change_unknown() {
    let identity = Identity::new("127.0.0.1", |_| {});
    for status in OF_A_GATEWAY {
        let answer = move |_: &_| Answer::new(status, &[], "application/soap+xml", b"<fault/>");
        let clear = Server::start(answer).await;
        let tls = Server::start_with(Some(identity.acceptor()), answer).await;
        for transport in [
            basic(&clear.url()),
            basic_unverified(&tls.url()),
            basic_verified(&tls.url(), &identity),
        ] {
            let error = transport.exchange(change("<a/>")).await.unwrap_err();
            let told = (error.delivery(), error.status());
            assert_eq!(told, (Delivery::Unknown, Some(status)));
            assert_eq!(
                error.to_string(),
                format!("a gateway on the way got no answer from the host (HTTP {status})")
            );
        }
        assert_eq!((clear.asked().len(), tls.asked().len()), (1, 2));
    }
    // A login over TLS tells no more: the gateway may end it.
    let tls = Some((identity.acceptor(), identity.binding()));
    let bound = NtlmHost::start_with(tls, |heard| match heard.number {
        0 => ok(heard),
        _ => Say::Raw(Answer::new(504, &[], "application/soap+xml", b"<fault/>")),
    })
    .await;
    let pin = secure::fingerprint(&identity);
    let config = config(&bound.server.url()).pin_certificate(&pin);
    let transport = HttpTransport::new(config).unwrap();
    transport.exchange(read("<a/>")).await.unwrap();
    let error = transport.exchange(change("<b/>")).await.unwrap_err();
    assert_eq!(error.delivery(), Delivery::Unknown);
}

#[tokio::test]
async fn an_answer_says_whether_it_is_certain_to_come_from_the_host() {
    let identity = Identity::new("127.0.0.1", |_| {});
    let clear = Server::start(|_| Answer::soap("<ok/>")).await;
    let tls = Some(identity.acceptor());
    let secure = Server::start_with(tls, |_| Answer::soap("<ok/>")).await;
    let sealing = NtlmHost::start(ok).await;
    let tls = Some((identity.acceptor(), identity.binding()));
    let bound = NtlmHost::start_with(tls, ok).await;
    let bound_to = |config: HttpConfig| HttpTransport::new(config).unwrap();
    let url = bound.server.url();
    let pin = secure::fingerprint(&identity);
    for (transport, authenticated) in [
        (sealing.transport(), true),
        (basic_verified(&secure.url(), &identity), true),
        (bound_to(config(&url).pin_certificate(&pin)), true),
        (basic(&clear.url()), false),
        (basic_unverified(&secure.url()), false),
        (
            bound_to(config(&url).dangerous().accept_any_certificate()),
            false,
        ),
    ] {
        let response = transport.exchange(read("<a/>")).await.unwrap();
        assert_eq!(response.authenticated, authenticated, "{transport:?}");
    }
}

#[tokio::test]
async fn the_client_says_that_a_change_may_have_been_done() {
    let gzip = ["Content-Encoding: gzip"];
    for answer in [
        Answer::empty(502),
        Answer::empty(504),
        Answer::empty(403),
        Answer::new(200, &gzip, "application/soap+xml", b"\x1f\x8b"),
    ] {
        let server = Server::start(move |_| answer.clone()).await;
        let client = Client::over(basic(&server.url()));
        let target = Reference::new("root/x", "X");
        let error = client.invoke(&target, "Do", Properties::new()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ClientErrorKind::OutcomeUnknown);
        assert_eq!(error.delivery(), Delivery::Unknown);
        let said = error.to_string();
        assert!(said.contains("or it was done"), "{said}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn the_client_tries_a_rested_connection_with_an_identify() {
    let server = Server::start(|_| Answer::soap("<ok/>")).await;
    let client = Client::over(basic(&server.url()));
    client.identify().await.unwrap_err();
    rest().await;
    let target = Reference::new("root/x", "X");
    let _ = client.invoke(&target, "Do", Properties::new()).await;
    let asked = texts(&server);
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked[1].contains(":Identify"), "{}", asked[1]);
    assert!(asked[2].contains("Do_INPUT"), "{}", asked[2]);
}
