use super::*;

const SPNEGO: &str = "application/HTTP-SPNEGO-session-encrypted";

/// A recording made for this project from OMI: an NTLM login and two sealed exchanges, the second of them asked twice.
const OMI: &[u8] = include_bytes!("../../../auth/ntlm/testdata/omi-transcript.bin");

/// Returns the content type and the body of each sealed message in [`OMI`].
fn recorded() -> Vec<(&'static str, &'static [u8])> {
    let mut found = Vec::new();
    let mut rest = OMI;
    while let Some(at) = find(rest, b"\n\n--Encrypted Boundary\r\n") {
        let head = std::str::from_utf8(&rest[rest[..at].rfind_message()..at]).unwrap();
        let field = |name| {
            head.lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
        };
        let length: usize = field("Content-Length: ").parse().unwrap();
        rest = &rest[at + 2..];
        found.push((field("Content-Type: "), &rest[..length]));
        rest = &rest[length..];
    }
    found
}

trait RfindMessage {
    fn rfind_message(&self) -> usize;
}

impl RfindMessage for [u8] {
    fn rfind_message(&self) -> usize {
        self.windows(4)
            .rposition(|window| window == b">>> " || window == b"<<< ")
            .unwrap()
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

fn hand_made(delimiter: &str, indent: &str, end: &str) -> Vec<u8> {
    let mut body = format!(
        "{delimiter}\r\n{indent}Content-Type: {SPNEGO}\r\n\
             {indent}OriginalContent: type=application/soap+xml;charset=UTF-16;Length=5\r\n\
             {delimiter}\r\n{indent}Content-Type: application/octet-stream\r\n"
    )
    .into_bytes();
    body.extend_from_slice(b"\x03\0\0\0SIGhello");
    body.extend_from_slice(format!("{delimiter}--{end}").as_bytes());
    body
}

fn hello() -> Message<'static> {
    Message {
        charset: Some("UTF-16".to_owned()),
        header: b"SIG",
        data: b"hello",
    }
}

#[test]
fn frames_as_the_specification_draws_it() {
    let sealed = Sealed {
        header: b"SIG".to_vec(),
        data: b"hello".to_vec(),
    };
    assert_eq!(
        String::from_utf8(frame(SPNEGO, 5, &sealed, PartHeaders::Tabs).unwrap()).unwrap(),
        "--Encrypted Boundary\r\n\
             \tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
             \tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=5\r\n\
             --Encrypted Boundary\r\n\
             \tContent-Type: application/octet-stream\r\n\
             \x03\0\0\0SIGhello--Encrypted Boundary--\r\n"
    );
    assert_eq!(
        content_type(SPNEGO),
        "multipart/encrypted;protocol=\"application/HTTP-SPNEGO-session-encrypted\";\
             boundary=\"Encrypted Boundary\""
    );
}

#[test]
fn frames_without_tabs_for_servers_that_take_none() {
    let sealed = Sealed {
        header: b"SIG".to_vec(),
        data: b"\thello".to_vec(),
    };
    let body = frame(SPNEGO, 6, &sealed, PartHeaders::NoTabs).unwrap();
    assert_eq!(
        String::from_utf8(body.clone()).unwrap(),
        "--Encrypted Boundary\r\n\
             Content-Type: application/HTTP-SPNEGO-session-encrypted\r\n\
             OriginalContent: type=application/soap+xml;charset=UTF-8;Length=6\r\n\
             --Encrypted Boundary\r\n\
             Content-Type: application/octet-stream\r\n\
             \x03\0\0\0SIG\thello--Encrypted Boundary--\r\n"
    );
    let message = read(&content_type(SPNEGO), &body).unwrap();
    assert_eq!(
        (message.header, message.data),
        (&b"SIG"[..], &b"\thello"[..])
    );
}

#[test]
fn frames_what_a_client_that_omi_accepted_framed() {
    let (recorded_type, recorded_body) = recorded()[0];
    let message = read(recorded_type, recorded_body).unwrap();
    let sealed = Sealed {
        header: message.header.to_vec(),
        data: message.data.to_vec(),
    };
    assert_eq!(content_type(SPNEGO), recorded_type);
    assert_eq!(
        frame(SPNEGO, 1442, &sealed, PartHeaders::Tabs).unwrap(),
        recorded_body
    );
}

#[test]
fn reads_what_omi_sent_and_was_sent() {
    // Lengths, charset and signatures as a hex viewer shows them: version 1, checksum, sequence number.
    let expected: [(usize, [u8; 8], u8); 5] = [
        (1442, [0x41, 0x8b, 0xbe, 0xad, 0xf4, 0x2c, 0x3c, 0x0d], 0),
        (1765, [0xba, 0x8d, 0x85, 0xcb, 0x32, 0xde, 0x62, 0x8c], 0),
        (2135, [0xf1, 0xaf, 0x3d, 0xf3, 0xaa, 0x30, 0xb1, 0x30], 1),
        (1742, [0xb4, 0x65, 0xa3, 0xb9, 0xbf, 0x96, 0x5a, 0x2d], 1),
        (1765, [0xf4, 0xa4, 0xa2, 0xa0, 0x16, 0x65, 0x56, 0x57], 2),
    ];
    let recorded = recorded();
    assert_eq!(recorded.len(), expected.len());
    for ((content_type, body), (length, checksum, sequence)) in recorded.iter().zip(expected) {
        let message = read(content_type, body).unwrap();
        assert_eq!(message.charset.as_deref(), Some("UTF-8"));
        assert_eq!(message.data.len(), length);
        assert_eq!(message.header[..4], [1, 0, 0, 0]);
        assert_eq!(message.header[4..12], checksum);
        assert_eq!(message.header[12..], [sequence, 0, 0, 0]);
    }
}

#[test]
fn every_truncation_of_a_recorded_message_is_an_error() {
    for (content_type, body) in recorded() {
        // Data after the closing boundary has no meaning, and some servers leave its line end out.
        let whole = body.trim_ascii_end().len();
        for length in 0..whole {
            assert_eq!(
                read(content_type, &body[..length]),
                Err(Error::Truncated),
                "{length}"
            );
        }
        for length in whole..=body.len() {
            assert!(read(content_type, &body[..length]).is_ok(), "{length}");
        }
    }
}

#[test]
fn tolerates_what_servers_vary() {
    for (delimiter, indent, end) in [
        ("--Encrypted Boundary", "\t", "\r\n"),
        ("--Encrypted Boundary", "", "\r\n\r\n"),
        ("-- Encrypted Boundary", "\t", "\r\n"),
        ("-- Encrypted Boundary", " ", "\r\n"),
    ] {
        let body = hand_made(delimiter, indent, end);
        assert_eq!(
            read(&content_type(SPNEGO), &body),
            Ok(hello()),
            "{delimiter:?}"
        );
    }
    let body = hand_made("--b=1", "\t", "\r\n");
    let odd = "Multipart/Encrypted; Protocol=x; BOUNDARY=b=1";
    assert_eq!(read(odd, &body), Ok(hello()));
    let body = hand_made("--Encrypted Boundary", "\t", "\r\n");
    assert_eq!(read("multipart/encrypted", &body), Ok(hello()));
    let lower = String::from_utf8(body)
        .unwrap()
        .replace("charset", "CharSet");
    assert_eq!(read("multipart/encrypted", lower.as_bytes()), Ok(hello()));
}

#[test]
fn never_looks_for_the_boundary_in_sealed_bytes() {
    let sealed = Sealed {
        header: b"--Encrypted Boundary--\r\n".to_vec(),
        data: b"--Encrypted Boundary--\r\n--Encrypted Boundary\r\n".to_vec(),
    };
    let body = frame(SPNEGO, sealed.data.len(), &sealed, PartHeaders::Tabs).unwrap();
    let message = read(&content_type(SPNEGO), &body).unwrap();
    assert_eq!(message.header, sealed.header);
    assert_eq!(message.data, sealed.data);
}

#[test]
fn refuses_what_is_not_in_the_format() {
    let good = String::from_utf8(hand_made("--Encrypted Boundary", "\t", "\r\n")).unwrap();
    for (from, to, error) in [
        ("Length=5", "Length=4", Error::Boundary),
        ("Length=5", "Length=6", Error::Boundary),
        ("Length=5", "Length=18446744073709551615", Error::Truncated),
        ("Length=5", "Length=99999999999999999999", Error::Length),
        ("Length=5", "Length=-5", Error::Length),
        (";Length=5", "", Error::Length),
        ("\tOriginalContent", "\tOther", Error::Length),
        ("OriginalContent:", "OriginalContent", Error::PartHeader),
        (
            "\tContent-Type: application/octet-stream",
            "\tA: b",
            Error::PartHeader,
        ),
        ("\x03\0\0\0", "\x02\0\0\0", Error::Boundary),
        ("\x03\0\0\0", "\x01\x10\0\0", Error::HeaderLength),
        ("\x03\0\0\0", "\x7f\x7f\x7f\x7f", Error::HeaderLength),
        (
            "hello--Encrypted Boundary--",
            "hello--Encrypted Boundary",
            Error::SeveralParts,
        ),
        (
            "hello--Encrypted Boundary--",
            "hello--Encrypted Boundary-.",
            Error::Boundary,
        ),
        (
            "hello--Encrypted Boundary--",
            "hello\r\n--Encrypted Boundary--",
            Error::Boundary,
        ),
        ("Boundary--\r\n", "Boundary--\r\nmore", Error::Trailing),
        (
            "--Encrypted Boundary\r\n\tContent-Type: application/octet",
            "--Other\r\n\tA",
            Error::PartHeader,
        ),
    ] {
        assert!(good.contains(from), "{from:?}");
        let bad = good.replace(from, to);
        assert_eq!(
            read(&content_type(SPNEGO), bad.as_bytes()),
            Err(error),
            "{from:?} to {to:?}"
        );
    }
    let good = good.as_bytes();
    assert_eq!(
        read("multipart/encrypted;boundary=other", good),
        Err(Error::Boundary)
    );
    assert_eq!(
        read(
            "multipart/x-multi-encrypted;boundary=\"Encrypted Boundary\"",
            good
        ),
        Err(Error::SeveralParts)
    );
}

#[test]
fn bounds_its_lines_and_headers() {
    let endless = format!("--Encrypted Boundary\r\n{}", "a".repeat(10_000));
    assert_eq!(
        read("multipart/encrypted", endless.as_bytes()),
        Err(Error::PartHeader)
    );
    let many = format!("--Encrypted Boundary\r\n{}", "a: b\r\n".repeat(1_000));
    assert_eq!(
        read("multipart/encrypted", many.as_bytes()),
        Err(Error::PartHeader)
    );
}

#[test]
fn knows_its_content_types() {
    assert!(is_sealed("Multipart/Encrypted;protocol=\"x\""));
    assert!(is_sealed("multipart/x-multi-encrypted"));
    assert!(!is_sealed("application/soap+xml;charset=UTF-8"));
    assert!(!is_sealed("multipart/encrypted-not"));
}
