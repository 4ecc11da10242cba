//! Requests with the same meaning in another spelling, and requests with another meaning.

use super::*;
use proptest::prelude::*;

fn differs(expected: &str, found: &str) -> Option<String> {
    differs_beyond(&[], expected, found)
}

fn differs_beyond(may_differ: &[&str], expected: &str, found: &str) -> Option<String> {
    let parse = |text: &str| Element::parse(text.as_bytes()).unwrap();
    let may_differ: Vec<_> = may_differ.iter().map(|name| (*name).to_owned()).collect();
    let difference = parse(expected).difference(&parse(found), &may_differ);
    difference.map(|difference| difference.to_string())
}

fn envelope(headers: &str, body: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:p="{WINRM}" xmlns:i="{XSI}">
               <s:Header>{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

#[test]
fn how_it_is_written_is_nothing() {
    let one = r#"<?xml version="1.0"?><!-- c --><p:a xmlns:p="u" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
            x="1" y="a b"><p:b i:type="p:T" i:nil="1">x &amp; &#121;</p:b>
            <p:c/></p:a>"#;
    let other = "\u{FEFF}<a xmlns=\"u\" y='a b' x='1'><q:b xmlns:q='u' xmlns:t='u' \
            xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true' i:type='t:T'><![CDATA[x & y]]></q:b><c></c></a>";
    assert_eq!(differs(one, other), None);
    assert_eq!(differs(other, one), None);
}

#[test]
fn headers_and_selectors_have_no_order() {
    let one = envelope(
        r#"<a:Action s:mustUnderstand="1">x</a:Action><w:SelectorSet><w:Selector Name="A">1</w:Selector>
               <w:Selector Name="B">2</w:Selector></w:SelectorSet>"#,
        "",
    );
    let other = envelope(
        r#"<w:SelectorSet><w:Selector Name="B">2</w:Selector><w:Selector Name="A">1</w:Selector></w:SelectorSet>
               <a:Action s:mustUnderstand="true">x</a:Action>"#,
        "",
    );
    assert_eq!(differs(&one, &other), None);
    let body = |body| envelope("", body);
    let swapped = differs(&body("<a:A/><a:B/>"), &body("<a:B/><a:A/>"));
    assert_eq!(
        swapped.as_deref(),
        Some("at Envelope/Body/A: expected the element A, found the element B")
    );
}

#[test]
fn the_first_difference_is_named() {
    let selector = |name, value| {
        let selectors = format!(
            r#"<w:SelectorSet><w:Selector Name="{name}">{value}</w:Selector></w:SelectorSet>"#
        );
        envelope(&selectors, "")
    };
    let body = |body| envelope("", body);
    for (expected, found, difference) in [
        (
            selector("Name", "a"),
            selector("Name", "\u{202e}b"),
            r#"at Envelope/Header/SelectorSet/Selector[Name]: expected "a", found "\u{202e}b""#,
        ),
        (
            selector("Name", "a"),
            selector("Other", "a"),
            "at Envelope/Header/SelectorSet/Selector[Name]: expected the element Selector[Name], found nothing",
        ),
        (
            envelope("", ""),
            selector("Name", "a"),
            "at Envelope/Header/SelectorSet: expected nothing, found the element SelectorSet",
        ),
        (
            envelope("<w:Locale/>", ""),
            envelope("<w:Locale xml:lang='de'/>", ""),
            r#"at Envelope/Header/Locale/@lang: expected nothing, found "de""#,
        ),
        (
            body("<a:A/>"),
            body("<w:A/>"),
            "at Envelope/Body/A: expected {http://schemas.xmlsoap.org/ws/2004/08/addressing}A, \
                 found {http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}A",
        ),
        (
            body("<a:A> x</a:A>"),
            body("<a:A>x</a:A>"),
            r#"at Envelope/Body/A: expected " x", found "x""#,
        ),
        (
            body("<a:A i:type='a:T'/>"),
            body("<a:A i:type='w:T'/>"),
            "at Envelope/Body/A/@type: expected \"{http://schemas.xmlsoap.org/ws/2004/08/addressing}T\", \
                 found \"{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}T\"",
        ),
    ] {
        assert_eq!(differs(&expected, &found).as_deref(), Some(difference));
    }
}

#[test]
fn what_may_differ() {
    let personal = |id| {
        let headers = format!(
            "<a:MessageID>{id}</a:MessageID><a:To>{id}</a:To><p:OperationID>{id}</p:OperationID>"
        );
        envelope(&headers, "")
    };
    assert_eq!(differs(&personal("1"), &personal("2")), None);
    let in_body = |id| envelope("", &format!("<a:MessageID>{id}</a:MessageID>"));
    assert!(differs(&in_body("1"), &in_body("2")).is_some());
    assert!(differs(&personal("1"), &envelope("", "")).is_some());

    let time = |child| envelope("", &format!("<w:StartTime><a:{child}</w:StartTime>"));
    let (one, other) = (time("T>1</a:T>"), time("T>2</a:T>"));
    assert!(differs(&one, &other).is_some());
    assert_eq!(differs_beyond(&["StartTime"], &one, &other), None);
    assert!(differs_beyond(&["StartTime"], &one, &time("U>1</a:U>")).is_some());
}

#[test]
fn what_cannot_be_compared() {
    for bad in [
        "",
        "<a>",
        "<a></b>",
        "<p:a/>",
        "<a/><b/>",
        "<a/>b",
        "<!DOCTYPE a><a/>",
        "<a>&b;</a>",
        "\u{0}",
        &"<a>".repeat(101),
    ] {
        assert!(Element::parse(bad.as_bytes()).is_err(), "{bad:.20}");
    }
    assert!(Element::parse(b"<a>\xff</a>").is_err());
    assert!(
        Element::parse(format!("{}{}", "<a>".repeat(100), "</a>".repeat(100)).as_bytes()).is_ok()
    );
}

#[test]
fn answers_relate_to_what_was_sent() {
    let answer = |relates_to: &str| {
        format!(
            "\u{FEFF}<e xmlns:x='{ADDRESSING}'><RelatesTo>uuid:1</RelatesTo><x:RelatesTo>{relates_to}</x:RelatesTo>ü</e>"
        )
    };
    let related = |answer: &str| {
        relate(answer.as_bytes(), "uuid:1", "uuid:2").map(|bytes| String::from_utf8(bytes).unwrap())
    };
    assert_eq!(related(&answer("uuid:1")), Some(answer("uuid:2")));
    assert_eq!(related(&answer("uuid:3")), None);
    assert_eq!(related("<a"), None);
    assert_eq!(relate(b"\xff\xfe<\0", "1", "2"), None);
}

const PIECES: [&str; 16] = [
    "<a",
    "<x:RelatesTo",
    " xmlns:x='http://schemas.xmlsoap.org/ws/2004/08/addressing'",
    ">",
    "/>",
    "</x:RelatesTo>",
    "</a>",
    "&lt;",
    "&#x0;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "ü",
    " i:type='a:b'",
    "\u{FEFF}",
];

#[test]
fn nothing_makes_it_panic() {
    let pieces = prop::collection::vec(prop::sample::select(&PIECES[..]), 0..20);
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(pieces in pieces, bytes in prop::collection::vec(any::<u8>(), 0..60))| {
        for document in [pieces.concat().into_bytes(), bytes] {
            if let Ok(element) = Element::parse(&document) {
                prop_assert!(element.difference(&element, &[]).is_none());
            }
            let _ = relate(&document, "", "x");
        }
    });
}
