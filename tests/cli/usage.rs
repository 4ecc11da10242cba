//! What makes no sense ends with 2, before anything is sent.

use crate::program::Program;

#[tokio::test]
async fn what_is_missing_is_named() {
    Program::new().run(&["identify"]).await.expect_error(
        2,
        "no host is named",
        "--host or CIMWIRE_HOST",
    );
    let outcome = Program::new().run(&["--host", "hv01", "identify"]).await;
    outcome.expect_error(2, "no user is named", "--user or CIMWIRE_USER");
    let outcome = Program::new()
        .run(&["--host", "hv01", "--user", "operator", "identify"])
        .await;
    let outcome = outcome.expect_error(2, "no password is given", "--password-file");
    for way in ["CIMWIRE_PASSWORD", "on a terminal"] {
        assert!(outcome.said("hint: ").contains(way), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn options_that_make_no_sense() {
    for arguments in [
        &[][..],
        &["nonsense"],
        &["query"],
        &["query", ""],
        &["replica", "start"],
        &["replica", "start", "a", "--export", "E:\\", "--seeded"],
        &["job", "watch"],
        &["identify", "--output", "xml"],
        &["identify", "--auth", "digest"],
        &["identify", "--client-key", "x"],
        &["identify", "--proxy", ""],
        &["identify", "--pin-certificate", "x", "--ca-file", "y"],
        &[
            "identify",
            "--pin-certificate",
            "x",
            "--dangerously-accept-any-certificate",
        ],
        &["identify", "--dialect", "WMI"],
        &["identify", "--datetime-form", "x"],
        &["identify", "--operation-timeout", "0"],
        &["identify", "--wait-timeout", "1y"],
        &["identify", "--host", ""],
        &[
            "identify",
            "--ca-file",
            "x",
            "--dangerously-accept-any-certificate",
        ],
    ] {
        let outcome = Program::new().run(arguments).await.expect(2);
        assert!(
            !outcome.stderr.is_empty() && outcome.stdout.is_empty(),
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn an_address_that_is_none() {
    for url in ["ftp://hv01", "http://", "http://hv 01", "http://[::1"] {
        let outcome = Program::at(url, "operator", "c0rrect-h0rse")
            .run(&["identify"])
            .await
            .expect(2);
        assert!(
            outcome
                .said("error: ")
                .starts_with("could not set up the client: "),
            "{url}"
        );
    }
}

#[tokio::test]
async fn the_environment_sets_every_option() {
    let program = Program::new().env("CIMWIRE_OUTPUT", "xml");
    let outcome = program.run(&["identify"]).await.expect(2);
    assert!(
        outcome
            .stderr
            .contains("invalid value 'xml' for '--output <FORMAT>'"),
        "{}",
        outcome.stderr
    );
    let program = Program::new()
        .env("CIMWIRE_HOST", "hv01")
        .env("CIMWIRE_USER", "operator");
    program
        .run(&["identify"])
        .await
        .expect_error(2, "no password is given", "");
}

#[tokio::test]
async fn help_is_there_and_loud_about_danger() {
    let outcome = Program::new().run(&["--help"]).await.expect(0);
    for text in [
        "--password-file <FILE>",
        "DANGEROUS: take any TLS certificate",
        "DANGEROUS: allow basic over http",
        "6 method refused or job failed",
    ] {
        assert!(
            outcome.stdout.contains(text),
            "{text} is not in\n{}",
            outcome.stdout
        );
    }
    let outcome = Program::new().run(&["--version"]).await.expect(0);
    assert_eq!(
        outcome.stdout,
        concat!("cimwire ", env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[tokio::test]
async fn a_filter_for_the_log_that_is_none() {
    let outcome = Program::new()
        .env("RUST_LOG", "cimwire=loud")
        .run(&["identify"])
        .await
        .expect(2);
    assert!(
        outcome
            .said("warning: ")
            .starts_with("RUST_LOG is not understood: "),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn what_is_said_cannot_move_the_cursor() {
    let program = Program::new().arguments(&["--host", "hv01", "--user", "operator"]);
    let outcome = program
        .run(&["--password-file", "no\u{1b}[2J\u{202e}\nfile", "identify"])
        .await
        .expect(2);
    assert!(
        outcome
            .said("error: ")
            .starts_with(r"--password-file: could not read no\u{1b}[2J\u{202e} file: "),
        "{}",
        outcome.stderr
    );
}
