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
    for scheme in ["negotiate", "spnego"] {
        let options = ["--host", "hv01", "--auth", scheme, "identify"];
        let outcome = Program::new().run(&options).await;
        outcome.expect_error(2, "no user is named", "--user or CIMWIRE_USER");
    }
    let outcome = Program::new()
        .run(&["--host", "hv01", "--user", "operator", "identify"])
        .await;
    let outcome = outcome.expect_error(2, "no password is given", "--password-file");
    for way in ["CIMWIRE_PASSWORD", "on a terminal"] {
        assert!(outcome.said("hint: ").contains(way), "{}", outcome.stderr);
    }
}

#[tokio::test]
async fn a_user_of_basic_with_a_colon_is_refused_before_anything_is_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let outcome = Program::at(&url, "a:b", "c0rrect-h0rse")
        .run(&["--auth", "basic", "identify"])
        .await;
    outcome.expect_error(2, "a user name with a colon", "Negotiate");
    let connected = tokio::time::timeout(std::time::Duration::ZERO, listener.accept()).await;
    assert!(connected.is_err(), "the host was connected to");
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
        &["identify", "--embedded-form", "x"],
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
async fn programs_read_what_makes_no_sense() {
    for (arguments, message) in [
        (
            &["get", "-o", "json"][..],
            "the following required arguments were not provided: <CLASS>",
        ),
        (
            &["-o", "json"],
            "'cimwire' requires a subcommand but one was not provided [subcommands: ",
        ),
        (
            &["--output=json", "nonsense"],
            "unrecognized subcommand 'nonsense'",
        ),
        (
            &["get", "X", "--key", "=", "-ojson"],
            "invalid value '=' for '--key <NAME=VALUE>': write it like NAME=VALUE",
        ),
    ] {
        let outcome = Program::new().run(arguments).await.expect(2);
        let error = outcome.error();
        assert!(outcome.said("error: ").starts_with(message), "{error}");
        assert_eq!(
            (&error["kind"], &error["exit_code"]),
            (&"usage".into(), &2.into())
        );
        assert!(outcome.said("hint: ").contains("try '--help'"), "{error}");
        assert_eq!(outcome.stdout, "");
    }
    let nothing = Program::new().run(&["-o", "json", "job"]).await;
    nothing.expect_error(2, "no command is given", "try '--help'");
    let program = Program::new().env("CIMWIRE_OUTPUT", "json");
    assert_eq!(
        program.run(&["job"]).await.expect(2).error()["kind"],
        "usage"
    );
    let help = Program::new()
        .run(&["-o", "json", "--help"])
        .await
        .expect(0);
    assert!(help.stdout.contains("Usage: cimwire"), "{}", help.stdout);
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
async fn an_empty_variable_is_not_set() {
    let variables = ["CIMWIRE_HOST", "CIMWIRE_OUTPUT", "CIMWIRE_NAMESPACE"];
    let others = [
        "CIMWIRE_DIALECT",
        "CIMWIRE_CONNECT_TIMEOUT",
        "CIMWIRE_DANGEROUSLY_ACCEPT_ANY_CERTIFICATE",
    ];
    let variables = variables.iter().chain(&others);
    let program = variables.fold(Program::new(), |program, name| program.env(name, ""));
    let outcome = program.run(&["identify"]).await;
    outcome.expect_error(2, "no host is named", "--host or CIMWIRE_HOST");
}

#[tokio::test]
async fn an_address_without_its_brackets() {
    for (host, brackets) in [("::1", "[::1]"), ("fe80::1:2", "[fe80::1:2]")] {
        let outcome = Program::at(host, "operator", "c0rrect-h0rse")
            .run(&["identify"])
            .await;
        outcome.expect_error(
            2,
            "an IPv6 address requires brackets",
            &format!("write it as {brackets}"),
        );
    }
}

#[tokio::test]
async fn a_namespace_where_there_is_only_one() {
    let start = ["replica", "start", "web01", "--namespace", "root/cimv2"];
    Program::new().run(&start).await.expect_error(
        2,
        "Hyper-V Replica is in root/virtualization/v2 only",
        "leave --namespace out",
    );
    // What is in the environment is meant for other commands too.
    let program = Program::new().env("CIMWIRE_NAMESPACE", "root/cimv2");
    let outcome = program.run(&["replica", "start", "web01"]).await;
    outcome.expect_error(2, "no host is named", "");
}

#[tokio::test]
async fn long_names_are_cut() {
    let host = cimwire::simulator::Simulator::start().await.unwrap();
    let long = "x".repeat(5_000);
    let cut = |text: &str| {
        assert!(text.len() < 500 && text.contains('…'), "{text}");
    };
    let outcome = Program::on(&host).run(&["replica", "start", &long]).await;
    cut(&outcome.expect(1).said("error: "));
    let outcome = Program::on(&host).run(&["job", "show", &long]).await;
    cut(&outcome.expect(8).said("error: "));
    let outcome = Program::on(&host)
        .run(&["get", &format!("{long} {long}")])
        .await;
    cut(&outcome.expect(2).said("error: "));
    let name = format!("{}.invalid", "x".repeat(60));
    let name = [name.as_str(); 8].join(".");
    let outcome = Program::at(&name, "operator", "c0rrect-h0rse")
        .run(&["identify"])
        .await;
    cut(&outcome.expect(4).said("error: "));
}

#[tokio::test]
async fn help_speaks_of_connections_where_there_are_any() {
    for (command, connects) in [("get", true), ("decode", false), ("simulate", false)] {
        let outcome = Program::new().run(&[command, "--help"]).await.expect(0);
        for option in ["--host", "--dangerously-accept-any-certificate"] {
            assert_eq!(outcome.stdout.contains(option), connects, "{command}");
        }
        assert!(outcome.stdout.contains("--output"), "{command}");
    }
}

#[tokio::test]
async fn help_is_there_and_loud_about_danger() {
    let outcome = Program::new().run(&["--help"]).await.expect(0);
    for text in [
        "--password-file <FILE>",
        "DANGEROUS: accept any TLS certificate",
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

/// The commands that change nothing at a host, and those that do; a new command belongs into one of them.
const READING: [&str; 18] = [
    "associators",
    "classes",
    "completions",
    "config",
    "decode",
    "demo",
    "doctor",
    "enumerate",
    "get",
    "identify",
    "job",
    "manual",
    "query",
    "references",
    "replica",
    "schema",
    "vm",
    "watch",
];
/// The verbs of `replica` that change nothing, and those that do.
const READING_VERBS: [&str; 9] = [
    "auth",
    "certificates",
    "list",
    "network",
    "recovery-points",
    "server",
    "stats",
    "status",
    "test-connection",
];
const CHANGING_VERBS: [&str; 16] = [
    "commit",
    "enable",
    "extend",
    "failover",
    "import",
    "remove",
    "reset-stats",
    "resume",
    "resync",
    "reverse",
    "revert",
    "set",
    "start",
    "stop",
    "suspend",
    "test-failover",
];
const CHANGING: [&str; 5] = ["create", "delete", "invoke", "put", "simulate"];

/// Misspellings of a word: its beginnings, and each with a letter left out, doubled, or exchanged
/// with the next.
fn mistyped(word: &str) -> Vec<String> {
    let mut typed = Vec::new();
    for at in 1..word.len() {
        let (before, after) = word.split_at(at);
        typed.push(before.to_owned());
        typed.push(format!("{}{after}", &before[..at - 1]));
        typed.push(format!("{before}{}", word));
        typed.push(format!("{before}{}{after}", &before[at - 1..]));
        let (next, rest) = after.split_at(1);
        typed.push(format!(
            "{}{next}{}{rest}",
            &before[..at - 1],
            &before[at - 1..]
        ));
    }
    typed
}

#[tokio::test]
async fn a_mistyped_command_is_not_answered_with_one_that_changes_something() {
    let reading = [
        "status", "state", "stat", "show", "list", "stats", "health", "check", "explain", "watch",
    ];
    let mut lines = vec![vec!["replica".to_owned(), "status".to_owned()]];
    for word in reading {
        for typed in mistyped(word) {
            lines.push(vec!["replica".to_owned(), typed.clone()]);
            lines.push(vec!["job".to_owned(), typed]);
        }
    }
    for word in CHANGING_VERBS {
        let typed = mistyped(word).into_iter();
        lines.extend(typed.map(|typed| vec!["replica".to_owned(), typed]));
    }
    for word in READING {
        lines.extend(mistyped(word).into_iter().map(|typed| vec![typed]));
    }
    lines.extend([
        vec!["replica".to_owned(), "--start-time".to_owned()],
        vec!["job".to_owned(), "--no-wait".to_owned()],
        vec!["--if-needed".to_owned(), "web01".to_owned()],
        vec!["--accept-any-certificate".to_owned(), "identify".to_owned()],
    ]);
    let mut told = 0;
    for line in lines {
        let words: Vec<_> = line.iter().map(String::as_str).collect();
        let outcome = Program::new().run(&words).await;
        let tips = outcome.stderr.lines().filter(|line| line.contains("tip:"));
        let tips: String = tips.collect();
        told += usize::from(tips.contains('\''));
        assert!(!tips.trim_end().ends_with(':'), "{line:?}: {tips}");
        let changing = CHANGING.iter().chain(&CHANGING_VERBS);
        for command in changing.chain(&["cancel", "--dangerously"]) {
            assert!(!tips.contains(&format!("'{command}'")), "{line:?}: {tips}");
        }
    }
    assert!(told > 50, "only {told} suggestions");
}

#[tokio::test]
async fn each_command_is_known_to_read_or_to_change() {
    for (line, reading, changing) in [
        (&["--help"][..], &READING[..], &CHANGING[..]),
        (&["replica", "--help"], &READING_VERBS, &CHANGING_VERBS),
    ] {
        let help = Program::new().run(line).await.expect(0).stdout;
        let (_, commands) = help.split_once("Commands:\n").unwrap();
        let (commands, _) = commands.split_once("\n\n").unwrap();
        let names = commands.lines().filter_map(|line| line.strip_prefix("  "));
        let names = names.filter(|line| !line.starts_with(' '));
        for name in names.filter_map(|line| line.split(' ').next()) {
            let is_known = name == "help" || reading.contains(&name) || changing.contains(&name);
            assert!(is_known, "{name}");
        }
    }
    let typed = Program::new().run(&["identfy"]).await.expect(2);
    assert!(typed.stderr.contains("'identify'"), "{}", typed.stderr);
    let typed = Program::new()
        .run(&["identify", "--dangerously-accept-certificate"])
        .await
        .expect(2);
    assert!(
        typed
            .stderr
            .contains("'--dangerously-accept-any-certificate'"),
        "{}",
        typed.stderr
    );
}
