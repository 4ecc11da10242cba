//! The program and the simulated host against peers that share no code with them.
//!
//! The client meets `acceptor.py`, whose NTLM and sealing are done by the Python package `pyspnego` or by Debian's
//! `gss-ntlmssp`, also through squid, tinyproxy and nginx; the simulated host meets `pypsrp`. `setup.sh` beside this file installs all of them, after which
//! `cargo test --test interop -- --ignored` runs the tests.

#[cfg(unix)]
mod automation;
mod bindings;
#[cfg(feature = "kerberos")]
mod kerberos;
mod logins;
mod negotiate;
mod peers;
mod program;
#[cfg(unix)]
mod proxies;
#[cfg(unix)]
mod screens;
#[cfg(unix)]
mod servers;
#[cfg(unix)]
mod shells;
#[cfg(unix)]
mod terminator;
#[cfg(unix)]
mod version_one;

use peers::{Acceptor, USER};
use program::{PASSWORD, Program, Simulator};
use serde_json::Value;

const PROVIDERS: [&str; 2] = ["pyspnego", "gssapi"];
const SPECIAL_NAME: &str = r#"web & <db> "01""#;

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn identify_is_sealed_both_ways() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        let outcome = Program::against(&acceptor.url).run(&["identify"]).await;
        outcome.expect_code(0);
        assert!(
            outcome.stdout.contains("cimwire interop"),
            "{provider}: the vendor is missing in {}",
            outcome.stdout
        );

        let events = acceptor.finish().await;
        assert_eq!(events.count("login"), 1, "{provider}: {events:?}");
        assert_eq!(events.actions(), ["Identify"], "{provider}: {events:?}");
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_host_with_the_manners_of_omi_is_understood() {
    // It hangs up on a tab, is silent without Authorization, and fills plain texts up with zero bytes.
    for provider in PROVIDERS {
        for (mechanism, auth) in [("ntlm", "ntlm"), ("negotiate", "spnego")] {
            let options = ["--provider", provider, "--mechanism", mechanism];
            let acceptor = Acceptor::start(&[&options[..], &["--like-omi"]].concat()).await;
            let arguments = ["--auth", auth, "replica", "start", "web01"];
            let outcome = Program::against(&acceptor.url).run(&arguments).await;
            outcome.expect_code(0);

            let events = acceptor.finish().await;
            assert_eq!(events.count("tabs"), 1, "{provider}: {events:?}");
            assert_eq!(events.count("login"), 2, "{provider}: {events:?}");
            assert_eq!(events.count("invoke"), 1, "{provider}: {events:?}");
            assert_eq!(events.count("silence"), 0, "{provider}: {events:?}");
        }
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_login_shows_neither_the_hash_of_the_password_nor_the_key_of_the_session() {
    for mechanism in ["ntlm", "negotiate"] {
        let acceptor = Acceptor::start(&["--mechanism", mechanism]).await;
        let auth = [
            "--auth",
            if mechanism == "ntlm" {
                "ntlm"
            } else {
                "spnego"
            },
        ];
        let arguments = [&auth[..], &["query", "SELECT * FROM Msvm_ComputerSystem"]].concat();
        let outcome = Program::against(&acceptor.url).run(&arguments).await;
        outcome.expect_code(0);
        outcome.expect_said("logged in");
        for hash in HASHES {
            outcome.expect_bytes_hidden(&bytes(hash));
        }
        let login = acceptor.finish().await.only("login");
        outcome.expect_bytes_hidden(&bytes(text(&login["session_key"])));
    }
}

/// What the password of `EXAMPLE\operator` becomes in NTLM (MS-NLMP 3.3.2), as `pyspnego` has it: the hash of it
/// alone, and that of it and the user.
const HASHES: [&str; 2] = [
    "974199415cb6c472ed714cddac9f1b0d",
    "83bd9d1817398cab002d7823442d7d73",
];

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    let pairs = digits.map(|pair| std::str::from_utf8(pair).expect("digits"));
    let bytes = pairs.map(|pair| u8::from_str_radix(pair, 16).expect("digits"));
    bytes.collect()
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_query_brings_every_name_unharmed() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        let outcome = Program::against(&acceptor.url)
            .run(&["query", "SELECT * FROM Msvm_ComputerSystem"])
            .await;
        outcome.expect_code(0);
        let mut names = outcome.strings_at("ElementName");
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "HV01",
                "db01",
                "fünf",
                "twin",
                "twin",
                SPECIAL_NAME,
                "web01"
            ],
            "{provider}"
        );
        acceptor.finish().await;
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_user_and_a_password_beyond_ascii_log_in() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        let program = Program::against(&acceptor.url)
            .user(r"EXAMPLE\jürgen")
            .password("Grüße-und-Küsse");
        program.run(&["identify"]).await.expect_code(0);
        assert_eq!(acceptor.finish().await.count("login"), 1, "{provider}");
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_replication_runs_to_its_end_on_one_connection() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        let outcome = Program::against(&acceptor.url)
            .run(&["replica", "start", "web01"])
            .await;
        outcome.expect_code(0);

        let events = acceptor.finish().await;
        let started = events.only("invoke");
        assert_eq!(started["return_value"], 4096, "{provider}: {started}");
        assert_eq!(started["type"], 1, "{provider}: {started}");
        assert_eq!(started["start_time"], Value::Null, "{provider}: {started}");
        assert_eq!(
            events.job_states(),
            [4, 4, 7],
            "{provider}: each state is read once, and nothing after the last"
        );
        assert!(
            outcome.stdout.contains(text(&started["job"])),
            "{provider}: the job is missing in {}",
            outcome.stdout
        );
        assert_eq!(
            events.connections_with_messages(),
            1,
            "{provider}: {events:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_scheduled_start_carries_its_time_and_does_not_wait() {
    let acceptor = Acceptor::start(&[]).await;
    let outcome = Program::against(&acceptor.url)
        .run(&["replica", "start", "web01", "--start-time", "+2h"])
        .await;
    outcome.expect_code(0);

    let started = acceptor.finish().await.only("invoke");
    assert_eq!(started["return_value"], 4096, "{started}");
    let seconds = started["starts_in"]
        .as_f64()
        .expect("a start time was sent");
    assert!(
        (7000.0..=7201.0).contains(&seconds),
        "two hours are 7200 seconds, not {seconds}"
    );
    assert!(
        outcome.stdout.contains(text(&started["job"])),
        "the job is missing in {}",
        outcome.stdout
    );
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_name_full_of_special_characters_is_found() {
    let acceptor = Acceptor::start(&[]).await;
    Program::against(&acceptor.url)
        .run(&["replica", "start", SPECIAL_NAME])
        .await
        .expect_code(0);

    let started = acceptor.finish().await.only("invoke");
    // The third machine of acceptor.py.
    assert_eq!(started["vm"], "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03");
    assert_eq!(started["return_value"], 4096);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn an_ambiguous_name_starts_nothing() {
    let acceptor = Acceptor::start(&[]).await;
    let outcome = Program::against(&acceptor.url)
        .run(&["replica", "start", "twin"])
        .await;
    outcome.expect_failure();
    assert_eq!(acceptor.finish().await.count("invoke"), 0);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_wrong_password_is_refused_and_shown_nowhere() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        // `run` looks for the password in all that is printed, with RUST_LOG=trace.
        let outcome = Program::against(&acceptor.url)
            .password("wr0ng-h0rse")
            .run(&["identify"])
            .await;
        outcome.expect_code(3);

        let events = acceptor.finish().await;
        assert_eq!(
            events.count("login") + events.count("message"),
            0,
            "{provider}: {events:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn the_login_is_protected_by_a_mic() {
    // The acceptor flips one bit of the MIC on its way to the library, and does so only where a MIC was sent.
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider, "--tamper-with-login"]).await;
        Program::against(&acceptor.url)
            .run(&["identify"])
            .await
            .expect_code(3);
        assert_eq!(acceptor.finish().await.count("login"), 0, "{provider}");
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn an_answer_with_a_broken_signature_is_refused() {
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider, "--break-mic"]).await;
        let outcome = Program::against(&acceptor.url).run(&["identify"]).await;
        outcome.expect_failure();
        assert!(
            !outcome.stdout.contains("cimwire interop"),
            "{provider}: the answer was believed"
        );
        assert!(
            acceptor.finish().await.count("message") >= 1,
            "{provider}: the request arrived"
        );
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn an_unsealed_answer_is_refused() {
    let acceptor = Acceptor::start(&["--unsealed-answers"]).await;
    let outcome = Program::against(&acceptor.url).run(&["identify"]).await;
    outcome.expect_failure();
    assert!(
        !outcome.stdout.contains("cimwire interop"),
        "the answer was believed"
    );
    assert!(
        acceptor.finish().await.count("message") >= 1,
        "the request arrived"
    );
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_lost_answer_repeats_reads_and_never_the_invoke() {
    // Each connection answers once; its second request is carried out, and the answer lost. So reads get through on
    // the next connection, and the Invoke, which is never the first message of its connection, loses its answer.
    let acceptor = Acceptor::start(&["--drop-after", "1"]).await;
    let outcome = Program::against(&acceptor.url)
        .run(&["replica", "start", "web01"])
        .await;
    outcome.expect_code(8);
    assert_eq!(
        acceptor.finish().await.count("invoke"),
        1,
        "it was sent exactly once"
    );
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_drives_the_simulated_host() {
    for auth in ["ntlm", "negotiate"] {
        let Simulator {
            url,
            user,
            password,
            ..
        } = &Simulator::start().await;
        peers::pypsrp(url, user, password, auth)
            .await
            .expect_code(0);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_reads_pages_and_changes_instances() {
    let host = Simulator::start_with(&["--synthetic-instances", "300"]).await;
    peers::pypsrp_script("pypsrp_cim.py", &host.url, &host.user, &host.password)
        .await
        .expect_code(0);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_asks_what_clients_of_hyperv_ask_first() {
    let host = Simulator::start().await;
    peers::pypsrp_script("pypsrp_hyperv.py", &host.url, &host.user, &host.password)
        .await
        .expect_code(0);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn the_simulated_host_refuses_a_wrong_password() {
    let simulator = Simulator::start().await;
    for auth in ["ntlm", "negotiate"] {
        peers::pypsrp(&simulator.url, &simulator.user, "wr0ng-h0rse", auth)
            .await
            .expect_code(3);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn the_peers_understand_each_other() {
    // When this fails, the peers are at fault and not the crate.
    for provider in PROVIDERS {
        let acceptor = Acceptor::start(&["--provider", provider]).await;
        peers::pypsrp(&acceptor.url, USER, PASSWORD, "ntlm")
            .await
            .expect_code(0);
        acceptor.stop().await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
