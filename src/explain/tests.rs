//! Explanations of arbitrary bytes.

use proptest::prelude::*;

use super::explain;

/// Pieces of messages, to be combined in any order.
const PIECES: [&str; 22] = [
    "HTTP/1.1 200 OK\r\n",
    "HTTP 500\n",
    ">>> POST /wsman\n",
    "<<< 401\n",
    "Content-Length: 7\r\n",
    "Content-Length: 99999999999999999999\r\n",
    "Content-Type: multipart/encrypted;boundary=\"x\"\r\n",
    "WWW-Authenticate: Negotiate TlRMTVNTUAAC\r\n",
    "Authorization: Kerberos YII=\r\n",
    "\r\n",
    "\n",
    "--Encrypted Boundary\r\n",
    "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
     xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'>",
    "<s:Header>",
    "</s:Header>",
    "<s:Body>",
    "<n:Enumerate>",
    "<n:Pull/>",
    "<a_INPUT>",
    "<a>&lt;INSTANCE CLASSNAME='A'>&lt;/INSTANCE></a>",
    "</a_INPUT>",
    "</s:Body></s:Envelope>",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn nothing_makes_it_panic(
        pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..12),
        bytes in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let _ = explain(&bytes);
        let _ = explain(pieces.concat().as_bytes());
        let _ = explain(&[pieces.concat().as_bytes(), &bytes].concat());
    }
}

#[test]
fn a_body_is_as_long_as_its_head_says() {
    let two = "HTTP/1.1 200 OK\nContent-Length: 3\n\nabcHTTP/1.1 500 x\nContent-Length: 9\n\n";
    let said = serde_json::to_value(explain(two.as_bytes()).unwrap()).unwrap();
    let content = |index: usize| {
        let content = &said["messages"][index]["content"];
        (content["is"].as_str(), content["length"].as_u64())
    };
    assert_eq!(said["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        [content(0), content(1)],
        [(Some("other"), Some(3)), (Some("missing"), Some(9))]
    );
}

#[test]
fn names_the_length_of_a_body_that_is_cut_off() {
    let cut = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<a/>";
    let problem = "the content of message 1: it ends after 4 of 9 bytes";
    assert_eq!(explain(cut).unwrap().problems(), [problem]);
}
