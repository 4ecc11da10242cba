//! Part headers with tabs and without, and other differences between servers in sealed messages.

use super::host::{Heard, NtlmHost, Say};
use super::server::Answer;
use super::*;

fn ok(_: &Heard) -> Say {
    Say::Envelope(200, "<ok/>")
}

/// Closes the connection without a response, as OMI does.
fn hang_up() -> Say {
    Say::Raw(Answer::raw("").then_close())
}

/// Answers 400 with an empty body, as openwec does.
fn bad_request() -> Say {
    Say::Raw(Answer::empty(400))
}

const REFUSALS: [fn() -> Say; 2] = [hang_up, bad_request];

/// Returns a host that accepts one form of part headers.
async fn taking(tabs: bool, refuse: fn() -> Say) -> NtlmHost {
    NtlmHost::start(move |heard| match heard.tabs {
        with if with == tabs => ok(heard),
        _ => refuse(),
    })
    .await
}

fn sending(host: &NtlmHost, tabs: bool) -> HttpTransport {
    let form = if tabs {
        PartHeaders::Tabs
    } else {
        PartHeaders::NoTabs
    };
    let transport = HttpTransport::new(config(&host.server.url())).unwrap();
    transport.part_headers(form)
}

#[tokio::test]
async fn part_headers_have_tabs_unless_set() {
    let host = NtlmHost::start(ok).await;
    host.transport().exchange(read("<a/>")).await.unwrap();
    sending(&host, false).exchange(read("<a/>")).await.unwrap();
    sending(&host, true).exchange(read("<a/>")).await.unwrap();
    assert_eq!(host.tabs(), [true, false, true]);
}

#[tokio::test]
async fn a_first_read_that_is_refused_is_sent_once_more_in_the_other_form() {
    for refuse in REFUSALS {
        for tabs in [true, false] {
            let host = taking(tabs, refuse).await;
            let transport = sending(&host, !tabs);
            let response = transport.exchange(read("<a/>")).await.unwrap();
            assert_eq!(response.body, "<ok/>");
            assert_eq!(host.heard(), ["<a/>", "<a/>"]);
            assert_eq!(host.tabs(), [!tabs, tabs]);
            assert_eq!(host.server.connections(), 2);
        }
    }
}

#[tokio::test]
async fn the_form_that_worked_is_kept_for_later_logins() {
    for refuse in REFUSALS {
        let host = taking(false, refuse).await;
        let transport = sending(&host, true);
        transport.exchange(read("<a/>")).await.unwrap();
        transport.pool.forget_idle();
        transport.exchange(change("<b/>")).await.unwrap();
        transport.pool.forget_idle();
        transport.exchange(read("<c/>")).await.unwrap();
        assert_eq!(host.heard(), ["<a/>", "<a/>", "<b/>", "<c/>"]);
        assert_eq!(host.tabs(), [true, false, false, false]);
    }
}

#[tokio::test]
async fn a_change_waits_until_a_form_is_proven() {
    for refuse in REFUSALS {
        let host = taking(false, refuse).await;
        let transport = sending(&host, true);
        transport.exchange(change("<a/>")).await.unwrap();
        assert_eq!(host.heard(), ["<identify/>", "<identify/>", "<a/>"]);
        assert_eq!(host.tabs(), [true, false, false]);
        assert_eq!(host.server.connections(), 2);
    }
}

#[tokio::test]
async fn a_change_waits_for_a_login_that_outlasts_its_check() {
    let host = NtlmHost::start(|heard| match heard.envelope.as_str() {
        "<identify/>" => Say::AnnouncedLast("<ok/>"),
        _ => ok(heard),
    })
    .await;
    host.transport().exchange(change("<a/>")).await.unwrap();
    assert_eq!(host.heard(), ["<identify/>", "<a/>"]);
    assert_eq!(host.server.connections(), 2);
}

#[tokio::test]
async fn a_form_that_is_proven_is_not_given_up() {
    let host = NtlmHost::start(|heard| match heard.connection {
        1 => bad_request(),
        _ => ok(heard),
    })
    .await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    transport.pool.forget_idle();
    transport.exchange(read("<b/>")).await.unwrap();
    assert_eq!(host.heard(), ["<a/>", "<b/>", "<b/>"]);
    assert_eq!(host.tabs(), [true; 3]);
}

#[tokio::test]
async fn only_a_refusal_of_the_first_message_tries_the_other_form() {
    // The login is lost, or the response is: neither is caused by the form.
    let lost: fn() -> Say = || Say::Raw(Answer::empty(401));
    let cut: fn() -> Say = || {
        let cut = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n<a";
        Say::Raw(Answer::raw(cut).then_close())
    };
    for (say, times) in [(lost, 2), (cut, 1)] {
        let host = NtlmHost::start(move |_| say()).await;
        let transport = host.transport();
        transport.exchange(read("<a/>")).await.unwrap_err();
        assert_eq!(host.tabs(), vec![true; times]);
    }
}

#[tokio::test]
async fn a_host_that_refuses_both_forms_is_said_to_refuse_the_first_message() {
    let host = NtlmHost::start(|_| bad_request()).await;
    let error = host.transport().exchange(read("<a/>")).await.unwrap_err();
    assert_eq!(
        facts(&error),
        (ErrorKind::ContextLost, Delivery::Unknown, Some(400))
    );
    assert_eq!(
        error.to_string(),
        "the host refused the first sealed message (HTTP 400)"
    );
    assert!(error.hint().unwrap().contains("part headers"));
    assert_eq!(host.tabs(), [true, false]);

    let host = NtlmHost::start(|_| hang_up()).await;
    let error = host.transport().exchange(read("<a/>")).await.unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Lost, Delivery::Unknown, None));
    assert!(error.hint().unwrap().contains("part headers"));
    assert_eq!(host.tabs(), [true, false]);
}

#[tokio::test]
async fn a_change_whose_check_is_refused_was_not_sent() {
    for refuse in REFUSALS {
        let host = NtlmHost::start(move |_| refuse()).await;
        let error = host.transport().exchange(change("<a/>")).await;
        let error = error.unwrap_err();
        assert_eq!(error.delivery(), Delivery::NotSent);
        assert!(error.hint().unwrap().contains("part headers"));
        assert_eq!(host.heard(), ["<identify/>", "<identify/>"]);
    }
}

#[tokio::test]
async fn a_login_that_was_good_is_still_said_to_be_lost() {
    let host = NtlmHost::start(|heard| match heard.number {
        0 => ok(heard),
        _ => bad_request(),
    })
    .await;
    let transport = host.transport();
    transport.exchange(read("<a/>")).await.unwrap();
    let error = transport.exchange(change("<b/>")).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the host no longer knows this login (HTTP 400)"
    );
}

#[tokio::test]
async fn zero_bytes_after_the_plain_text_are_dropped() {
    // Microsoft's libmi pads to a multiple of 16.
    for (padded, text) in [
        ("<a>16 bytes</a>\0", "<a>16 bytes</a>"),
        ("<ok/>\0\0\0\0\0\0\0\0\0\0\0", "<ok/>"),
        // In UTF-16 the last byte of a character may be zero.
        ("<\0a\0/\0>\0\0\0\0\0\0\0\0\0", "<\0a\0/\0>\0"),
        ("<\0a\0/\0>\0", "<\0a\0/\0>\0"),
    ] {
        let host = NtlmHost::start(move |_| Say::Envelope(200, padded)).await;
        let response = host.transport().exchange(read("<a/>")).await.unwrap();
        assert_eq!(response.body, text);
    }
}
