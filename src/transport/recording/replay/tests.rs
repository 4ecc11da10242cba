use super::*;
use std::error::Error as _;
use std::time::Duration;

use crate::transport::Repeat;

fn envelope(id: &str, action: &str, body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
             xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'><s:Header><a:To>http://hv01.example/wsman</a:To>\
             <a:MessageID>{id}</a:MessageID><a:Action>http://x/{action}</a:Action></s:Header>\
             <s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn answer(relates_to: &str) -> String {
    format!(
        "<a:RelatesTo xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing'>{relates_to}</a:RelatesTo>"
    )
}

fn replay() -> Replay {
    let mut scenario = Scenario::new("x");
    for (number, status) in [(1, 200), (2, 500)] {
        let id = format!("uuid:{number}");
        let response = Response {
            status,
            charset: None,
            body: answer(&id).into(),
            authenticated: true,
        };
        scenario.exchanges.push(Exchange::new(
            envelope(&id, &format!("Act{number}"), "<b>1</b>"),
            response,
        ));
    }
    Replay::new(scenario).unwrap()
}

fn ask(replay: &Replay, envelope: String) -> Result<(u16, String), Error> {
    let request = Request {
        envelope: envelope.into(),
        repeat: Repeat::Once,
        timeout: Duration::ZERO,
        check: None,
    };
    let mut exchange = replay.exchange(request);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match exchange.as_mut().poll(&mut context) {
        std::task::Poll::Ready(answer) => answer.map(|answer| {
            (
                answer.status,
                String::from_utf8(answer.body.into()).unwrap(),
            )
        }),
        std::task::Poll::Pending => panic!("a replay does not wait"),
    }
}

#[test]
fn answers_in_order_to_the_message_that_was_sent() {
    let replay = replay();
    assert_eq!(replay.endpoint(), "http://hv01.example/wsman");
    assert_eq!(
        ask(&replay, envelope("uuid:8", "Act1", "<b>1</b>")).unwrap(),
        (200, answer("uuid:8"))
    );
    assert_eq!(
        replay.finish().unwrap_err().to_string(),
        "only 1 of 2 exchanges were asked for; the next is Act2"
    );
    assert_eq!(
        ask(&replay, envelope("uuid:9", "Act2", "<b>1</b>")).unwrap(),
        (500, answer("uuid:9"))
    );
    replay.finish().unwrap();

    let more = ask(&replay, envelope("uuid:9", "Act3", "")).unwrap_err();
    assert_eq!(
        more.to_string(),
        "request 3, Act3, comes after the last of 2 exchanges"
    );
    assert_eq!(replay.finish().unwrap_err().to_string(), more.to_string());
}

#[test]
fn another_request_is_refused_and_not_forgotten() {
    let replay = replay();
    ask(&replay, envelope("uuid:8", "Act1", "<b>1</b>")).unwrap();
    let error = ask(&replay, envelope("uuid:8", "Act2", "<b>2</b>")).unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Replay, Delivery::NotSent)
    );
    assert_eq!(
        error.to_string(),
        "the request is not the one of exchange 2 of 2"
    );
    assert_eq!(
        error.source().unwrap().to_string(),
        "at Envelope/Body/b: expected \"1\", found \"2\""
    );
    let again = ask(&replay, envelope("uuid:8", "Act2", "<b>1</b>")).unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    assert!(replay.finish().unwrap_err().source().is_some());
}

#[test]
fn what_cannot_be_opened_is_named() {
    let chain = |error: Error| format!("{error}: {}", error.source().unwrap());
    let error = Replay::open("xml-fixtures/no-such-scenario").unwrap_err();
    assert!(
        chain(error).starts_with("could not open the scenario in xml-fixtures/no-such-scenario: ")
    );
    let error = Replay::open("xml-fixtures").unwrap_err();
    assert_eq!(
        chain(error),
        "could not open the scenario in xml-fixtures: there is no scenario.toml"
    );

    let mut scenario = Scenario::new("x");
    let response = Response {
        status: 200,
        charset: None,
        body: Bytes::new(),
        authenticated: true,
    };
    scenario.exchanges.push(Exchange::new("no XML", response));
    let error = Replay::new(scenario).unwrap_err();
    assert!(
        chain(error)
            .starts_with("the request of exchange 1 cannot be read: not XML that can be compared")
    );
    let request = ask(&replay(), "<".to_owned()).unwrap_err();
    assert!(
        request
            .to_string()
            .starts_with("request 1 is not XML that can be compared"),
        "{request}"
    );
}
