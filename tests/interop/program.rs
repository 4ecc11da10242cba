//! The program `cimwire` as a child process: a command against a host, and the simulated host.

use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::peers::USER;

/// A run of the program, being prepared.
pub(crate) struct Program {
    url: String,
    user: String,
    password: String,
    variables: Vec<(String, String)>,
}

impl Program {
    /// Prepares to run against a host, as the user that `acceptor.py` knows.
    pub(crate) fn against(url: &str) -> Self {
        Self {
            url: url.into(),
            user: USER.into(),
            password: PASSWORD.into(),
            variables: Vec::new(),
        }
    }

    /// Logs in with a ticket alone.
    #[cfg(feature = "kerberos")]
    pub(crate) fn by_ticket(mut self) -> Self {
        self.user.clear();
        self.password.clear();
        self.env("CIMWIRE_AUTH", "kerberos")
    }

    /// With a variable in the environment.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Logs in as another user.
    pub(crate) fn user(mut self, user: &str) -> Self {
        self.user = user.into();
        self
    }

    /// Logs in with another password.
    pub(crate) fn password(mut self, password: &str) -> Self {
        self.password = password.into();
        self
    }

    /// Runs a command with `--output json` and everything logged, and looks for the password in all that it prints.
    pub(crate) async fn run(self, arguments: &[&str]) -> Outcome {
        let mut command = cimwire();
        command
            .args(["--host", &self.url, "--output", "json"])
            .args(arguments);
        if !self.user.is_empty() {
            command.args(["--user", &self.user]);
        }
        command
            .env("CIMWIRE_PASSWORD", &self.password)
            .env("RUST_LOG", "trace")
            .envs(self.variables);
        let outcome = Outcome::of(command).await;
        if !self.password.is_empty() {
            outcome.expect_hidden(&self.password);
        }
        outcome
    }
}

/// The simulated host, which ends when this is dropped.
pub(crate) struct Simulator {
    /// Where it listens.
    pub(crate) url: String,
    /// The user that it knows.
    pub(crate) user: String,
    /// That user's password.
    pub(crate) password: String,
    ready: Value,
    _child: Child,
}

impl Simulator {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts it with these options, and waits until it is ready.
    pub(crate) async fn start_with(options: &[&str]) -> Self {
        let mut command = cimwire();
        // It is killed in the end, and leaves the files for its clients behind.
        command.env("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
        command.args(["simulate", "--output", "json"]).args(options);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("cimwire starts");
        let ready = first_line(child.stdout.take().expect("stdout is piped")).await;
        let at = |name: &str| {
            ready[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name} in {ready}"))
                .to_owned()
        };
        Self {
            url: at("url"),
            user: at("user"),
            password: at("password"),
            ready,
            _child: child,
        }
    }

    /// A file that it has written for its clients.
    #[track_caller]
    pub(crate) fn file(&self, name: &str) -> &str {
        let path = self.ready[name].as_str();
        path.unwrap_or_else(|| panic!("no {name} in {}", self.ready))
    }
}

/// What a child process printed, and its exit code.
pub(crate) struct Outcome {
    code: Option<i32>,
    /// What it printed to standard output.
    pub(crate) stdout: String,
    stderr: String,
}

impl Outcome {
    /// Runs a command to its end.
    pub(crate) async fn of(mut command: Command) -> Self {
        command.stdin(Stdio::null()).kill_on_drop(true);
        let Output {
            status,
            stdout,
            stderr,
        } = timeout(DEADLINE, command.output())
            .await
            .expect("it ends in time")
            .expect("it starts");
        let outcome = Self {
            code: status.code(),
            stdout: lossy(&stdout),
            stderr: lossy(&stderr),
        };
        assert!(
            !outcome.stderr.contains("panicked at"),
            "{}",
            outcome.stderr
        );
        outcome
    }

    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn expect_code(&self, code: i32) {
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{}\nstderr:\n{}",
            self.stdout,
            self.stderr
        );
    }

    /// Asserts that it failed in good order: an exit code other than 0, and a word about it.
    #[track_caller]
    pub(crate) fn expect_failure(&self) {
        let said = !self.stderr.trim().is_empty() || !self.stdout.trim().is_empty();
        assert!(
            self.code.is_some_and(|code| code != 0) && said,
            "exit code {:?}, stdout:\n{}\nstderr:\n{}",
            self.code,
            self.stdout,
            self.stderr
        );
    }

    /// Asserts that something stands on stderr.
    #[track_caller]
    pub(crate) fn expect_said(&self, text: &str) {
        assert!(
            self.stderr.contains(text),
            "no {text:?} in\n{}",
            self.stderr
        );
    }

    /// Result and reason of a step that `doctor` has told of.
    #[cfg(feature = "kerberos")]
    #[track_caller]
    pub(crate) fn of_step(&self, name: &str) -> [String; 2] {
        let steps = self.stdout.lines().map(serde_json::from_str::<Value>);
        let mut steps = steps.map(|step| step.expect("a line of JSON"));
        let step = steps.find(|step| step["step"] == name);
        let step = step.unwrap_or_else(|| panic!("no {name} in {}", self.stdout));
        ["result", "seen"].map(|member| step[member].as_str().unwrap_or_default().to_owned())
    }

    /// All texts that stand under a name, at any depth, in the JSON lines of standard output.
    pub(crate) fn strings_at(&self, name: &str) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.stdout.lines() {
            let value: Value =
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
            collect(&value, name, &mut found);
        }
        found
    }

    /// Asserts that a secret stands nowhere: as text, or as the bytes of its UTF-8 or UTF-16.
    #[track_caller]
    pub(crate) fn expect_hidden(&self, secret: &str) {
        let utf16: Vec<u8> = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        self.expect_unprinted(secret);
        self.expect_unprinted(format!("{secret:?}").trim_matches('"'));
        self.expect_bytes_hidden(secret.as_bytes());
        self.expect_bytes_hidden(&utf16);
    }

    /// Asserts that bytes stand nowhere: in decimal, or in hexadecimal.
    #[track_caller]
    pub(crate) fn expect_bytes_hidden(&self, secret: &[u8]) {
        assert!(!secret.is_empty(), "there is nothing to look for");
        self.expect_unprinted(format!("{secret:?}").trim_matches(['[', ']']));
        let hexadecimal: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        self.expect_unprinted(&hexadecimal);
    }

    #[track_caller]
    fn expect_unprinted(&self, spelling: &str) {
        for printed in [&self.stdout, &self.stderr] {
            assert!(
                !printed.to_lowercase().contains(&spelling.to_lowercase()),
                "a secret is shown"
            );
        }
    }
}

/// Reads the one JSON line that a server prints when it is ready.
pub(crate) async fn first_line(stdout: impl AsyncRead + Unpin) -> Value {
    let mut line = String::new();
    timeout(DEADLINE, BufReader::new(stdout).read_line(&mut line))
        .await
        .expect("ready in time")
        .expect("a line");
    serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
}

fn cimwire() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cimwire"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CIMWIRE_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG");
    command
}

fn collect(value: &Value, name: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if key == name => found.push(text.clone()),
                    _ => collect(member, name, found),
                }
            }
        }
        Value::Array(elements) => elements
            .iter()
            .for_each(|element| collect(element, name, found)),
        _ => {}
    }
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The password of the users that `acceptor.py` is given.
pub(crate) const PASSWORD: &str = "c0rrect-h0rse";

/// Far longer than any run takes; a test that hangs fails by it.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);
