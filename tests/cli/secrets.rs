//! Nothing shows a password, however much is logged.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cimwire::simulator::Simulator;

use crate::hosts::Host;
use crate::program::{Outcome, Program};

/// All spellings of a secret that a log could let slip.
fn spellings(secret: &str) -> Vec<String> {
    let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut spellings = vec![secret.to_owned(), secret.escape_debug().to_string()];
    for bytes in [secret.as_bytes(), &utf16] {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        spellings.extend([hex.to_uppercase(), hex]);
        spellings.push(format!("{bytes:?}").trim_matches(['[', ']']).to_owned());
        spellings.push(bytes.escape_ascii().to_string());
        // In base64 three things can stand before it; what they share digits with is left off at both ends.
        for before in 0..3 {
            let mut padded = vec![0; before];
            padded.extend_from_slice(bytes);
            let text = STANDARD.encode(padded);
            let from = (before * 8).div_ceil(6);
            let to = (before + bytes.len()) * 8 / 6;
            spellings.push(text[from..to].to_owned());
        }
    }
    spellings
}

#[track_caller]
fn expect_hidden(outcome: &Outcome, secret: &str) {
    assert!(
        outcome.stderr.contains("TRACE"),
        "everything is logged:\n{}",
        outcome.stderr
    );
    for spelling in spellings(secret) {
        outcome.expect_hidden(&spelling);
    }
}

#[test]
fn spellings_are_found_where_they_are() {
    let secret = "c0rrect-h0rse";
    let found = |text: &str| {
        spellings(secret)
            .iter()
            .any(|spelling| text.contains(spelling))
    };
    // `printf 'operator:c0rrect-h0rse' | base64`, and the same with one and two letters more before it.
    assert!(found("b3BlcmF0b3I6YzBycmVjdC1oMHJzZQ=="));
    assert!(found("eG9wZXJhdG9yOmMwcnJlY3QtaDByc2U="));
    assert!(found("eHhvcGVyYXRvcjpjMHJyZWN0LWgwcnNl"));
    // `printf c0rrect-h0rse | iconv -t UTF-16LE | od -An -tx1`
    assert!(found(
        "63003000720072006500630074002d0068003000720073006500"
    ));
    assert!(found(
        "99, 48, 114, 114, 101, 99, 116, 45, 104, 48, 114, 115, 101"
    ));
    assert!(!found("another text"));
}

#[tokio::test]
async fn nothing_shows_the_password() {
    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    for arguments in [
        &["identify"][..],
        &["query", "SELECT * FROM Msvm_ComputerSystem"],
        &[
            "replica",
            "start",
            "web01",
            "-o",
            "json",
            "--progress",
            "plain",
        ],
        &["replica", "start", "fail01"],
        &["job", "list"],
        &["doctor"],
    ] {
        let program = Program::on(&host).env("RUST_LOG", "trace");
        expect_hidden(&program.run(arguments).await, host.password());
    }
    let demo = Program::new()
        .env("RUST_LOG", "trace")
        .run(&["demo"])
        .await
        .expect(0);
    // The demo's host is one of the kind that the library starts.
    expect_hidden(&demo, host.password());
}

#[tokio::test]
async fn nothing_shows_a_wrong_password() {
    let host = Simulator::start().await.unwrap();
    let program = Program::at(host.url(), host.user(), "wr0ng-h0rse").env("RUST_LOG", "trace");
    expect_hidden(&program.run(&["identify"]).await.expect(3), "wr0ng-h0rse");
    let program = Program::at(host.url(), host.user(), "wr0ng-h0rse").env("RUST_LOG", "trace");
    expect_hidden(&program.run(&["doctor"]).await.expect(3), "wr0ng-h0rse");
}

#[tokio::test]
async fn nothing_shows_a_password_that_tls_protects() {
    let host = Simulator::builder().https().basic(true).start();
    let host = host.await.unwrap();
    for auth in ["negotiate", "spnego", "basic"] {
        let program = Program::on(&host).env("RUST_LOG", "trace").arguments(&[
            "--dangerously-accept-any-certificate",
            "--auth",
            auth,
        ]);
        expect_hidden(&program.run(&["doctor"]).await.expect(0), host.password());
    }
}

#[tokio::test]
async fn nothing_shows_a_password_that_is_sent_in_the_clear() {
    let host = Host::with_page().await;
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse").env("RUST_LOG", "trace");
    let basic = [
        "identify",
        "--auth",
        "basic",
        "--dangerously-send-password-in-the-clear",
    ];
    expect_hidden(&program.run(&basic).await.expect(4), "c0rrect-h0rse");
}

#[tokio::test]
async fn nothing_shows_a_password_that_stands_where_it_should_not() {
    let program = Program::at(
        "http://operator:c0rrect-h0rse@hv01",
        "operator",
        "c0rrect-h0rse",
    );
    let outcome = program.env("RUST_LOG", "trace").run(&["identify"]).await;
    outcome.expect_error(
        2,
        "the address must not hold a user name or password",
        "hv01.example",
    );
    let outcome = Program::new()
        .run(&["identify", "--password=c0rrect-h0rse"])
        .await
        .expect(2);
    outcome.expect_hidden("c0rrect-h0rse");
}

#[tokio::test]
async fn nothing_shows_the_password_of_a_proxy() {
    let host = Simulator::start().await.unwrap();
    let address = host.url().strip_prefix("http://").unwrap();
    let address = address.split('/').next().unwrap();
    let proxy = format!("http://operator:pr0xy-h0rse@{address}");
    for (far, code) in [("http://hv01.example", 0), ("https://hv01.example", 4)] {
        let program = Program::at(far, host.user(), host.password());
        let program = program
            .env("CIMWIRE_PROXY", &proxy)
            .env("RUST_LOG", "trace");
        let outcome = program.run(&["identify"]).await.expect(code);
        expect_hidden(&outcome, "pr0xy-h0rse");
        expect_hidden(&outcome, host.password());
    }
}
