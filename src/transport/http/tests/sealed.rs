//! NTLM over plain HTTP: one connection, one login, all messages sealed.

use std::sync::Arc;

use tokio::sync::Notify;

use super::host::{Heard, NtlmHost, Say};
use super::server::Answer;
use super::*;

const SOAP: &str = "application/soap+xml;charset=UTF-8";

fn ok(_: &Heard) -> Say {
    Say::Envelope(200, "<ok/>")
}

/// Returns a host script that succeeds, except for the given message of the first connection.
fn but(number: usize, say: fn() -> Say) -> impl Fn(&Heard) -> Say {
    move |heard| {
        if (heard.connection, heard.number) == (0, number) {
            say()
        } else {
            ok(heard)
        }
    }
}

#[tokio::test]
async fn logs_in_once_and_seals_everything() {
    let host = NtlmHost::start(|heard| match heard.number {
        0 => Say::Envelope(200, "<first/>"),
        _ => Say::Envelope(500, "<fault/>"),
    })
    .await;
    let transport = host.transport();
    let first = transport.exchange(once("<a>secret</a>")).await.unwrap();
    let second = transport.exchange(once("<b>secret</b>")).await.unwrap();
    assert_eq!(
        (first.status, first.body.as_ref()),
        (200, b"<first/>".as_slice())
    );
    assert_eq!(
        (second.status, second.body.as_ref()),
        (500, b"<fault/>".as_slice())
    );
    assert_eq!(first.charset.as_deref(), Some("UTF-8"));
    assert_eq!(host.heard(), ["<a>secret</a>", "<b>secret</b>"]);

    let asked = host.server.asked();
    assert_eq!(asked.len(), 4, "two for the login, one for each envelope");
    assert_eq!(host.server.connections(), 1);
    for asked in &asked[2..] {
        assert_eq!(asked.header("authorization"), None);
        assert_eq!(
            asked.header("content-type"),
            Some(
                "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";\
                 boundary=\"Encrypted Boundary\""
            )
        );
        assert!(!asked.body.windows(6).any(|window| window == b"secret"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stays_on_its_connection_whatever_the_pool_inside_does() {
    let host = NtlmHost::start(ok).await;
    for _ in 0..20 {
        let transport = host.transport();
        for _ in 0..20 {
            transport.exchange(once("<a/>")).await.unwrap();
        }
    }
    assert_eq!(host.server.connections(), 20);
    assert_eq!(host.heard().len(), 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn takes_turns_on_as_many_connections_as_allowed() {
    let host = NtlmHost::start(ok).await;
    let transport = Arc::new(host.transport());
    let exchange =
        |transport: Arc<HttpTransport>| async move { transport.exchange(once("<a/>")).await };
    let exchanges: Vec<_> = (0..10)
        .map(|_| tokio::spawn(exchange(Arc::clone(&transport))))
        .collect();
    for exchange in exchanges {
        assert_eq!(exchange.await.unwrap().unwrap().body, "<ok/>");
    }
    assert!(
        host.server.connections() <= 2,
        "{}",
        host.server.connections()
    );
    assert_eq!(host.heard().len(), 10);
}

#[tokio::test]
async fn a_lost_login_sends_a_read_once_more_on_a_new_connection() {
    for lost in [401, 400] {
        let host = NtlmHost::start(but(
            1,
            match lost {
                401 => || Say::Raw(Answer::empty(401)),
                _ => || Say::Raw(Answer::empty(400)),
            },
        ))
        .await;
        let transport = host.transport();
        transport.exchange(read("<a/>")).await.unwrap();
        let response = transport.exchange(read("<b/>")).await.unwrap();
        assert_eq!(response.body, "<ok/>");
        assert_eq!(host.heard(), ["<a/>", "<b/>", "<b/>"]);
        assert_eq!(host.server.connections(), 2);
        transport.exchange(read("<c/>")).await.unwrap();
        assert_eq!(host.server.connections(), 2, "the new connection is kept");
    }
}

#[tokio::test]
async fn a_lost_login_proves_nothing_about_a_change() {
    let host = NtlmHost::start(but(1, || Say::Raw(Answer::empty(401)))).await;
    let transport = host.transport();
    transport.exchange(once("<a/>")).await.unwrap();
    let error = transport.exchange(once("<b/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(401))
    );
    assert_eq!(host.heard(), ["<a/>", "<b/>"]);
    transport.exchange(once("<c/>")).await.unwrap();
    assert_eq!(host.server.connections(), 2, "the old connection is gone");
}

#[tokio::test]
async fn a_login_that_is_lost_at_once_sends_a_read_once_more() {
    let host = NtlmHost::start(but(0, || Say::Raw(Answer::empty(400)))).await;
    let response = host.transport().exchange(read("<a/>")).await.unwrap();
    assert_eq!(response.body, "<ok/>");
    assert_eq!(host.heard(), ["<a/>", "<a/>"]);
    assert_eq!(host.server.connections(), 2);

    let host = NtlmHost::start(|_| Say::Raw(Answer::empty(400))).await;
    let error = host.transport().exchange(read("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(400))
    );
    assert_eq!(host.server.connections(), 2, "once, and not for ever");

    let host = NtlmHost::start(but(0, || Say::Raw(Answer::empty(400)))).await;
    let error = host.transport().exchange(once("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(400))
    );
    assert_eq!(host.heard(), ["<a/>"]);
}

#[tokio::test]
async fn a_read_that_lost_its_login_on_an_old_connection_is_sent_twice_in_all() {
    let host = NtlmHost::start(|heard| match heard.envelope.as_str() {
        "<b/>" => Say::Raw(Answer::empty(401)),
        _ => ok(heard),
    })
    .await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    let error = transport.exchange(read("<b/>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ContextLost);
    assert_eq!(host.heard(), ["<a/>", "<b/>", "<b/>"]);
}

#[tokio::test]
async fn an_unsealed_answer_is_refused_and_never_looked_into() {
    use ErrorKind::{NotWsMan, Sealing};
    fn soap(status: u16) -> Say {
        Say::Raw(Answer::new(status, &[], SOAP, b"<hunter2/>"))
    }
    type Case = (fn() -> Say, ErrorKind, u16);
    let cases: [Case; 4] = [
        (|| soap(200), Sealing, 200),
        (|| soap(500), Sealing, 500),
        (|| Say::Raw(Answer::empty(200)), Sealing, 200),
        (|| Say::Raw(Answer::empty(404)), NotWsMan, 404),
    ];
    for (say, kind, status) in cases {
        let host = NtlmHost::start(move |_| say()).await;
        let error = host.transport().exchange(read("<a/>")).await.unwrap_err();
        assert_eq!(facts(&error), (kind, Delivery::Unknown, Some(status)));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[tokio::test]
async fn a_broken_seal_ends_the_connection() {
    type Case = (fn(&mut Vec<u8>), &'static str);
    let cases: [Case; 3] = [
        (
            |body| {
                let sealed_byte = body.len() - 30;
                body[sealed_byte] ^= 1;
            },
            "the signature of a sealed message does not match it",
        ),
        (
            |body| body.truncate(body.len() - 10),
            "the sealed message ends too early",
        ),
        (
            |body| body.extend_from_slice(b"--Encrypted Boundary\r\n"),
            "something follows the end of the sealed message",
        ),
    ];
    for (tamper, cause) in cases {
        let host = NtlmHost::start(move |heard| match heard.connection {
            0 => Say::Tampered(tamper),
            _ => ok(heard),
        })
        .await;
        let transport = host.transport();
        let error = transport.exchange(read("<a/>")).await.unwrap_err();
        assert_eq!(
            facts(&error),
            (ErrorKind::Sealing, Delivery::Unknown, Some(200))
        );
        assert_eq!(
            std::error::Error::source(&error).unwrap().to_string(),
            cause
        );
        transport.exchange(read("<a/>")).await.unwrap();
        assert_eq!(host.server.connections(), 2);
    }
}

#[tokio::test]
async fn a_change_is_sent_again_where_nothing_of_it_was_sent() {
    for say in [Say::Last, Say::AnnouncedLast] {
        // The connection is gone when the next request needs it.
        let host = NtlmHost::start(move |_| say("<ok/>")).await;
        let transport = host.transport();
        for envelope in ["<a/>", "<b/>", "<c/>"] {
            transport.exchange(once(envelope)).await.unwrap();
        }
        assert_eq!(host.heard(), ["<a/>", "<b/>", "<c/>"]);
        assert_eq!(host.server.connections(), 3);
    }
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_leaves_a_change_unknown() {
    let close = || Say::Raw(Answer::raw("").then_close());
    let host = NtlmHost::start(but(1, close)).await;
    let transport = host.transport();
    transport.exchange(once("<a/>")).await.unwrap();
    let error = transport.exchange(once("<b/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
    assert_eq!(host.heard(), ["<a/>", "<b/>"]);

    let host = NtlmHost::start(but(1, close)).await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    transport.exchange(read("<b/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<b/>", "<b/>"]);
}

#[tokio::test]
async fn an_exchange_that_is_given_up_takes_its_connection_along() {
    let arrived = Arc::new(Notify::new());
    let host = NtlmHost::start({
        let arrived = Arc::clone(&arrived);
        move |heard| match heard.envelope.as_str() {
            "<slow/>" => {
                arrived.notify_one();
                Say::Raw(Answer::hang())
            }
            _ => ok(heard),
        }
    })
    .await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    tokio::select! {
        outcome = transport.exchange(read("<slow/>")) => panic!("{outcome:?}"),
        () = arrived.notified() => {}
    }
    transport.exchange(once("<c/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<slow/>", "<c/>"]);
    assert_eq!(host.server.connections(), 2);
}
