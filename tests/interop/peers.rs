//! The peers in Python as child processes: `acceptor.py`, a host to log in to, and `pypsrp_client.py`,
//! `pypsrp_cim.py` and `pypsrp_hyperv.py`, clients.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::OnceLock;

use serde_json::Value;
use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStdin, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::program::{DEADLINE, Outcome, PASSWORD, first_line};

/// The user that `acceptor.py` knows, with [`PASSWORD`].
pub(crate) const USER: &str = r"EXAMPLE\operator";

/// A running `acceptor.py`.
pub(crate) struct Acceptor {
    /// Where it listens.
    pub(crate) url: String,
    child: Child,
    stdin: ChildStdin,
    events: JoinHandle<String>,
}

impl Acceptor {
    /// Starts it and waits until it is ready.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        let mut command = python("acceptor.py");
        command.args(arguments).env("NTLM_USER_FILE", user_file());
        Self::spawn(command).await
    }

    /// Starts another host that speaks as `acceptor.py` does, and waits until it is ready.
    pub(crate) async fn spawn(mut command: Command) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("run tests/interop/setup.sh first");
        let stdin = child.stdin.take().expect("stdin is piped");
        let ready = first_line(child.stdout.take().expect("stdout is piped")).await;
        let mut stderr = child.stderr.take().expect("stderr is piped");
        let events = tokio::spawn(async move {
            let mut text = String::new();
            stderr
                .read_to_string(&mut text)
                .await
                .expect("its events are text");
            text
        });
        let url = ready["url"]
            .as_str()
            .expect("it says where it listens")
            .to_owned();
        Self {
            url,
            child,
            stdin,
            events,
        }
    }

    /// Where it listens, by name.
    #[cfg(feature = "kerberos")]
    pub(crate) fn named(&self) -> String {
        self.url.replace("127.0.0.1", "localhost")
    }

    /// Ends it, checks that it saw nothing but what this crate's client may send, and gives what it saw.
    pub(crate) async fn finish(self) -> Events {
        let events = self.stop().await;
        for event in &events.0 {
            assert_ne!(
                event["event"], "error",
                "the acceptor itself is at fault: {event}"
            );
            assert_ne!(
                event["reason"], "the body is not sealed",
                "an envelope went out in clear"
            );
            assert_ne!(
                event["status"], 400,
                "a message was sealed wrongly: {event}"
            );
        }
        events
    }

    /// Ends it, and gives what it saw.
    pub(crate) async fn stop(mut self) -> Events {
        drop(self.stdin);
        timeout(DEADLINE, self.child.wait())
            .await
            .expect("it ends when its input closes")
            .expect("it was running");
        let text = self.events.await.expect("its events were read");
        Events(
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{text}")))
                .collect(),
        )
    }
}

/// What an acceptor saw, in order.
#[derive(Debug)]
pub(crate) struct Events(Vec<Value>);

impl Events {
    /// How many events there are of a kind.
    pub(crate) fn count(&self, kind: &str) -> usize {
        self.of(kind).count()
    }

    /// The one event of a kind.
    #[track_caller]
    pub(crate) fn only(&self, kind: &str) -> Value {
        assert_eq!(self.count(kind), 1, "{self:?}");
        self.of(kind).next().cloned().unwrap_or_default()
    }

    /// The actions of all sealed messages.
    pub(crate) fn actions(&self) -> Vec<&str> {
        self.of("message")
            .filter_map(|event| event["action"].as_str())
            .collect()
    }

    /// The job's state at each reading.
    pub(crate) fn job_states(&self) -> Vec<u64> {
        self.of("job-read")
            .filter_map(|event| event["state"].as_u64())
            .collect()
    }

    /// The texts under a name in all events of a kind.
    #[cfg(feature = "kerberos")]
    pub(crate) fn texts<'a>(&'a self, kind: &'a str, name: &str) -> Vec<&'a str> {
        self.of(kind)
            .filter_map(|event| event[name].as_str())
            .collect()
    }

    /// How many connections carried sealed messages.
    pub(crate) fn connections_with_messages(&self) -> usize {
        let mut numbers: Vec<_> = self
            .of("message")
            .filter_map(|event| event["connection"].as_u64())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }

    /// The events of a kind.
    pub(crate) fn of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.0.iter().filter(move |event| event["event"] == kind)
    }
}

/// Runs `pypsrp_client.py` against a host, with bare NTLM (`ntlm`) or NTLM in SPNEGO (`negotiate`).
pub(crate) async fn pypsrp(url: &str, user: &str, password: &str, auth: &str) -> Outcome {
    let mut command = python("pypsrp_client.py");
    command
        .args(["--url", url, "--user", user, "--auth", auth])
        .env("CIMWIRE_PASSWORD", password);
    Outcome::of(command).await
}

/// Runs `pypsrp_cim.py` or `pypsrp_hyperv.py` against a host.
pub(crate) async fn pypsrp_script(script: &str, url: &str, user: &str, password: &str) -> Outcome {
    let mut command = python(script);
    command
        .args(["--url", url, "--user", user])
        .env("CIMWIRE_PASSWORD", password);
    Outcome::of(command).await
}

/// A script of this folder, in the environment that `setup.sh` makes.
pub(crate) fn python(script: &str) -> Command {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut command = Command::new(root.join("target/interop/venv/bin/python"));
    command
        .arg(root.join("tests/interop").join(script))
        .env("PYTHONUTF8", "1");
    command
}

/// The users in the form that both libraries read, written once.
fn user_file() -> &'static PathBuf {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    FILE.get_or_init(|| {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop-users");
        let users = format!("EXAMPLE:operator:{PASSWORD}\nEXAMPLE:jürgen:Grüße-und-Küsse\n");
        std::fs::write(&path, users).expect("the file of users can be written");
        path
    })
}
