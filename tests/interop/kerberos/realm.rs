//! A realm with a KDC of its own, and the tickets and keytabs of its principals.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::peers::{Acceptor, python};
use crate::program::{DEADLINE, PASSWORD};

/// The realm, which ends when this is dropped.
pub(super) struct Realm {
    directory: PathBuf,
    _kdc: Child,
}

impl Realm {
    /// Starts the KDC and waits until it is ready.
    pub(super) async fn start() -> Self {
        let directory = scratch("kdc");
        let mut kdc = Command::new("tests/interop/kdc.sh")
            .arg(&directory)
            .env("CIMWIRE_PASSWORD", PASSWORD)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("run tests/interop/setup.sh first");
        let mut stdout = BufReader::new(kdc.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        timeout(DEADLINE, stdout.read_line(&mut line))
            .await
            .expect("ready in time")
            .expect("a line");
        assert_eq!(Path::new(line.trim_end()), directory, "the KDC is ready");
        Self {
            directory,
            _kdc: kdc,
        }
    }

    /// A file of the realm.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// A krb5.conf in which the KDC is at another port.
    pub(super) fn moved_to(&self, port: u16) -> PathBuf {
        let path = scratch("krb5.conf");
        let config = std::fs::read_to_string(self.file("krb5.conf")).expect("it is there");
        let (head, rest) = config.split_once("kdc = 127.0.0.1:").expect("a KDC");
        let (_, tail) = rest.split_once('\n').expect("a line");
        let config = format!("{head}kdc = 127.0.0.1:{port}\n{tail}");
        std::fs::write(&path, config).expect("it can be written");
        path
    }

    /// Gets a ticket for the operator, and gives the cache that it is in.
    pub(super) async fn ticket(&self, options: &[&str]) -> String {
        let cache = format!("FILE:{}", scratch("tickets").display());
        let mut kinit = Command::new("kinit")
            .args(options)
            .arg("operator")
            .env("KRB5_CONFIG", self.file("krb5.conf"))
            .env("KRB5CCNAME", &cache)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("run tests/interop/setup.sh first");
        let mut stdin = kinit.stdin.take().expect("stdin is piped");
        let password = format!("{PASSWORD}\n");
        stdin
            .write_all(password.as_bytes())
            .await
            .expect("kinit reads");
        drop(stdin);
        let status = timeout(DEADLINE, kinit.wait()).await.expect("kinit ends");
        assert!(status.expect("it was running").success());
        cache
    }

    /// A host of the realm.
    pub(super) async fn host(&self, arguments: &[&str]) -> Acceptor {
        self.host_with(arguments, &[]).await
    }

    /// A host with further variables in its environment.
    pub(super) async fn host_with(
        &self,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Acceptor {
        let mut command = python("kerberos_host.py");
        command
            .args(arguments)
            .env("KRB5_CONFIG", self.file("krb5.conf"))
            .env("KRB5_KTNAME", self.file("service.keytab"))
            // No file that remembers what was seen: each host is alone.
            .env("KRB5RCACHENAME", "none:")
            .envs(variables.iter().copied());
        Acceptor::spawn(command).await
    }
}

/// A path that no other test uses.
pub(super) fn scratch(name: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::SeqCst);
    let name = format!("{name}-{}-{number}", std::process::id());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// What moves the clock of a process, with an offset such as `+10m`.
pub(super) fn clock(offset: &str) -> Vec<(&'static str, String)> {
    let library = ["x86_64", "aarch64"]
        .iter()
        .map(|cpu| format!("/usr/lib/{cpu}-linux-gnu/faketime/libfaketimeMT.so.1"))
        .find(|path| Path::new(path).exists())
        .expect("run tests/interop/setup.sh first");
    vec![
        ("LD_PRELOAD", library),
        ("FAKETIME", offset.to_owned()),
        // Sleeping and waiting go by the real clock.
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
    ]
}
