//! The program as a child process.

use std::ffi::OsStr;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use cimwire::simulator::Simulator;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Returns a host as events and errors name it: with its port, which is not WinRM's.
#[track_caller]
pub(crate) fn name_of(host: &Simulator) -> &str {
    let (_, rest) = host.url().split_once("://").expect("a URL");
    rest.split('/').next().unwrap_or_default()
}

/// A run of the program, being prepared. It inherits nothing that changes what it does.
pub(crate) struct Program {
    command: Command,
    secret: Option<String>,
}

impl Program {
    /// Without a host.
    pub(crate) fn new() -> Self {
        Self {
            command: clean(Command::new(BINARY)),
            secret: None,
        }
    }

    /// A line for a shell, in which the program is found under its name.
    #[cfg(unix)]
    pub(crate) fn shell(line: &str) -> Self {
        let mut command = clean(Command::new("sh"));
        let folder = std::path::Path::new(BINARY).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env("PATH", format!("{}:{path}", folder.display()))
            .args(["-c", line]);
        Self {
            command,
            secret: None,
        }
    }

    /// Against a host, with its user and password.
    pub(crate) fn at(url: &str, user: &str, password: &str) -> Self {
        let program = Self::new().password(password);
        program.arguments(&["--host", url, "--user", user])
    }

    /// Against the simulated host.
    pub(crate) fn on(host: &Simulator) -> Self {
        Self::at(host.url(), host.user(), host.password())
    }

    /// With a password in the environment, which nothing may show.
    pub(crate) fn password(mut self, password: &str) -> Self {
        self.secret = Some(password.to_owned());
        self.env("CIMWIRE_PASSWORD", password)
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn arguments(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// With something on stdin.
    pub(crate) fn stdin(mut self, stdin: Stdio) -> Self {
        self.command.stdin(stdin);
        self
    }

    /// With stdout going elsewhere.
    pub(crate) fn stdout(mut self, stdout: Stdio) -> Self {
        self.command.stdout(stdout);
        self
    }

    /// Runs it to its end.
    pub(crate) async fn run(self, arguments: &[&str]) -> Outcome {
        self.spawn(arguments).end().await
    }

    /// Starts it.
    pub(crate) fn spawn(mut self, arguments: &[&str]) -> Running {
        self.command.args(arguments);
        let mut child = self.command.spawn().expect("it starts");
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let (told, said) = watch::channel(String::new());
        Running {
            stdout: child.stdout.take().map(BufReader::new),
            stderr: tokio::spawn(async move {
                let mut lines = BufReader::new(&mut stderr);
                let mut line = String::new();
                while lines.read_line(&mut line).await.expect("stderr is UTF-8") > 0 {
                    told.send_modify(|text| text.push_str(&line));
                    line.clear();
                }
            }),
            said,
            child,
            read: String::new(),
            secret: self.secret,
        }
    }
}

/// The program, running. It ends with this value.
pub(crate) struct Running {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: JoinHandle<()>,
    said: watch::Receiver<String>,
    read: String,
    secret: Option<String>,
}

impl Running {
    /// The next line of stdout.
    pub(crate) async fn line(&mut self) -> String {
        let stdout = self.stdout.as_mut().expect("stdout is piped");
        let mut line = String::new();
        let read = timeout(DEADLINE, stdout.read_line(&mut line));
        read.await
            .expect("a line comes in time")
            .expect("stdout is UTF-8");
        self.read.push_str(&line);
        line.trim_end().to_owned()
    }

    /// The next line of stdout, which is JSON.
    pub(crate) async fn event(&mut self) -> Value {
        json(&self.line().await)
    }

    /// Waits until something stands on stderr.
    pub(crate) async fn said(&mut self, text: &str) {
        let said = self.said.wait_for(|said| said.contains(text));
        timeout(DEADLINE, said)
            .await
            .expect("it is said in time")
            .expect("it is said");
    }

    /// Closes stdout on our side.
    pub(crate) fn close(&mut self) {
        self.stdout = None;
    }

    /// Sends a signal: `INT`, `TERM`.
    #[cfg(unix)]
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs").to_string();
        let kill = ["-c", "kill -s \"$0\" \"$1\"", name, &id];
        let status = Command::new("sh").args(kill).status().await;
        assert!(status.expect("a shell is there").success());
    }

    /// Waits for the end.
    pub(crate) async fn end(mut self) -> Outcome {
        if let Some(mut stdout) = self.stdout.take() {
            let read = timeout(DEADLINE, stdout.read_to_string(&mut self.read));
            read.await
                .expect("it ends in time")
                .expect("stdout is UTF-8");
        }
        let ended: ExitStatus = timeout(DEADLINE, self.child.wait())
            .await
            .expect("it ends in time")
            .expect("it can be waited for");
        let outcome = Outcome {
            code: ended.code(),
            stdout: self.read,
            stderr: {
                self.stderr.await.expect("stderr is read");
                self.said.borrow().clone()
            },
        };
        assert!(
            !outcome.stderr.contains("panicked at"),
            "{}",
            outcome.stderr
        );
        if let Some(secret) = &self.secret {
            outcome.expect_hidden(secret);
        }
        outcome
    }
}

/// What the program printed, and its exit code.
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        let Self { stdout, stderr, .. } = &self;
        assert_eq!(
            self.code,
            Some(code),
            "stdout:\n{stdout}\nstderr:\n{stderr}"
        );
        self
    }

    /// What went wrong, in a line, and what to do about it, in another; nothing on stdout.
    #[track_caller]
    pub(crate) fn expect_error(self, code: i32, error: &str, hint: &str) -> Self {
        let outcome = self.expect(code);
        let lines = outcome.all_said();
        let [error_line, hint_line] = &lines[..] else {
            panic!("not two lines:\n{}", outcome.stderr);
        };
        assert!(
            error_line.starts_with("error: ") && error_line.contains(error),
            "{error_line}"
        );
        assert!(
            hint_line.starts_with("hint: ") && hint_line.contains(hint),
            "{hint_line}"
        );
        assert_eq!(outcome.stdout, "");
        outcome
    }

    /// The lines of stdout, each of which is JSON.
    #[track_caller]
    pub(crate) fn events(&self) -> Vec<Value> {
        self.stdout.lines().map(json).collect()
    }

    /// The line of stderr that begins with a label, without it.
    #[track_caller]
    pub(crate) fn said(&self, label: &str) -> String {
        let lines = self.told();
        let said = lines.iter().find_map(|line| line.strip_prefix(label));
        said.unwrap_or_else(|| panic!("no {label:?} in\n{}", self.stderr))
            .to_owned()
    }

    /// The lines of stderr as they are said, without the host and the time below an error.
    #[track_caller]
    pub(crate) fn all_said(&self) -> Vec<String> {
        let mut lines = self.told();
        lines.retain(|line| !line.starts_with("  host "));
        lines
    }

    /// The lines of stderr, those that are JSON as they are said to people.
    #[track_caller]
    fn told(&self) -> Vec<String> {
        self.stderr.lines().flat_map(spoken).collect()
    }

    /// The error that stderr holds, alone, as JSON.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        json(&self.stderr)["error"].clone()
    }

    /// Asserts that a secret is nowhere in what was printed.
    #[track_caller]
    pub(crate) fn expect_hidden(&self, secret: &str) {
        for printed in [&self.stdout, &self.stderr] {
            assert!(!printed.contains(secret), "the secret is in\n{printed}");
        }
    }
}

#[track_caller]
fn json(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
}

/// A line of stderr as it is said to people.
fn spoken(line: &str) -> Vec<String> {
    let Ok(Value::Object(told)) = serde_json::from_str(line) else {
        return vec![line.to_owned()];
    };
    let error = &told.get("error").cloned().unwrap_or_default();
    let texts = [
        ("error", error.get("message")),
        ("hint", error.get("hint")),
        ("warning", told.get("warning")),
        ("note", told.get("note")),
    ];
    let texts = texts.into_iter();
    texts
        .filter_map(|(label, text)| Some(format!("{label}: {}", text?.as_str()?)))
        .collect()
}

fn clean(mut command: Command) -> Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CIMWIRE_") {
            command.env_remove(name);
        }
    }
    command.env_remove("RUST_LOG").kill_on_drop(true);
    // Times in tables are local.
    command.env("TZ", "UTC");
    // No configuration file of the user who runs the tests.
    command.env("XDG_CONFIG_HOME", "/nowhere/configuration");
    // No tickets and no keytab of the user who runs the tests.
    command
        .env("KRB5CCNAME", "FILE:/nowhere/tickets")
        .env("KRB5_CLIENT_KTNAME", "FILE:/nowhere/keytab");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

const BINARY: &str = env!("CARGO_BIN_EXE_cimwire");
/// Far longer than any run takes; a test that hangs fails by it.
const DEADLINE: Duration = Duration::from_secs(60);
