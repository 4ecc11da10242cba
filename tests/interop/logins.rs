//! Each way into the simulated host, taken by `pypsrp` and by `curl`.

use std::path::PathBuf;

use tokio::process::Command;

use crate::peers::python;
use crate::program::{Outcome, Simulator};

const STRICT: [&str; 3] = ["--https", "--cbt", "strict"];
const NEGOTIATE: [&str; 2] = ["ntlm", "negotiate"];

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_logs_in_over_http_and_seals() {
    let host = Simulator::start().await;
    for auth in NEGOTIATE {
        Login::of(&host, auth).run().await.expect_code(0);
        Login::of(&host, auth)
            .password("wr0ng-h0rse")
            .run()
            .await
            .expect_code(3);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_logs_in_over_https_with_the_binding_that_is_a_must() {
    let host = Simulator::start_with(&STRICT).await;
    for auth in NEGOTIATE {
        for encryption in ["auto", "always"] {
            let login = || Login::of(&host, auth).with(&["--encryption", encryption]);
            login().run().await.expect_code(0);
            login().with(&["--no-cbt"]).run().await.expect_code(3);
            let wrong = login().password("wr0ng-h0rse");
            wrong.run().await.expect_code(3);
        }
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_may_leave_the_binding_out_where_it_is_none() {
    let host = Simulator::start_with(&["--https", "--cbt", "relaxed"]).await;
    for auth in NEGOTIATE {
        let login = Login::of(&host, auth).with(&["--no-cbt"]);
        login.run().await.expect_code(0);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_logs_in_with_basic() {
    let host = Simulator::start_with(&["--https", "--basic"]).await;
    Login::of(&host, "basic").run().await.expect_code(0);
    let wrong = Login::of(&host, "basic").password("wr0ng-h0rse");
    wrong.run().await.expect_code(3);
    let closed = Simulator::start_with(&["--https"]).await;
    Login::of(&closed, "basic").run().await.expect_code(3);

    let open = Simulator::start_with(&["--basic", "--allow-unencrypted"]).await;
    let never = ["--encryption", "never"];
    let login = Login::of(&open, "basic").with(&never);
    login.run().await.expect_code(0);
    let sealed_alone = Simulator::start_with(&["--basic"]).await;
    let login = Login::of(&sealed_alone, "basic").with(&never);
    login.run().await.expect_code(3);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn pypsrp_logs_in_with_a_certificate() {
    let (host, other) = (
        Simulator::start_with(&["--certificates"]).await,
        Simulator::start_with(&["--certificates"]).await,
    );
    let of = |owner: &Simulator| {
        let (certificate, key) = (owner.file("client_cert"), owner.file("client_key"));
        Login::of(&host, "certificate").with(&["--client-cert", certificate, "--client-key", key])
    };
    of(&host).run().await.expect_code(0);
    // Of another authority, so that TLS itself ends it.
    of(&other).run().await.expect_failure();
    let closed = Simulator::start_with(&["--https"]).await;
    let (certificate, key) = (host.file("client_cert"), host.file("client_key"));
    let login = Login::of(&closed, "certificate");
    let login = login.with(&["--client-cert", certificate, "--client-key", key]);
    login.run().await.expect_code(3);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn curl_logs_in_over_https() {
    // NTLM in SPNEGO by Debian's gss-ntlmssp, which asks for no sealing, as curl asks it for none. Its bindings curl learned
    // later than this one.
    let host = Simulator::start_with(&["--https", "--basic", "--certificates"]).await;
    assert_eq!(curl(&host, &["--negotiate", "--user", ":"]).await, "200");
    let user = format!("{}:{}", host.user, host.password);
    assert_eq!(curl(&host, &["--basic", "--user", &user]).await, "200");
    let wrong = format!("{}:wr0ng-h0rse", host.user);
    assert_eq!(curl(&host, &["--basic", "--user", &wrong]).await, "401");
    let certificate = [
        "--cert",
        host.file("client_cert"),
        "--key",
        host.file("client_key"),
        "--header",
        "Authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual",
    ];
    assert_eq!(curl(&host, &certificate).await, "200");
}

/// The status that `curl` gets for Identify.
async fn curl(host: &Simulator, options: &[&str]) -> String {
    let identify = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>\
        <i:Identify xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"/></s:Body></s:Envelope>";
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--noproxy", "*", "--output", "/dev/null"])
        .args([
            "--write-out",
            "%{http_code}",
            "--cacert",
            host.file("ca_file"),
        ])
        .args([
            "--header",
            "Content-Type: application/soap+xml;charset=UTF-8",
        ])
        .args(["--data", identify, &host.url])
        .args(options)
        .env("NTLM_USER_FILE", user_file(host));
    let outcome = Outcome::of(command).await;
    outcome.expect_code(0);
    outcome.stdout
}

/// The user of the host, in the form that gss-ntlmssp reads.
fn user_file(host: &Simulator) -> PathBuf {
    let (domain, user) = host.user.split_once('\\').expect("it has a domain");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("interop-user-of-the-simulator");
    let line = format!("{domain}:{user}:{}\n", host.password);
    std::fs::write(&path, line).expect("the file of users can be written");
    path
}

/// A login of `pypsrp`, being prepared.
struct Login {
    command: Command,
}

impl Login {
    fn of(host: &Simulator, auth: &str) -> Self {
        let mut command = python("pypsrp_logins.py");
        command
            .args(["--url", &host.url, "--user", &host.user, "--auth", auth])
            .env("CIMWIRE_PASSWORD", &host.password);
        if host.url.starts_with("https:") {
            command.args(["--ca-file", host.file("ca_file")]);
        }
        Self { command }
    }

    fn with(mut self, options: &[&str]) -> Self {
        self.command.args(options);
        self
    }

    fn password(mut self, password: &str) -> Self {
        self.command.env("CIMWIRE_PASSWORD", password);
        self
    }

    async fn run(self) -> Outcome {
        Outcome::of(self.command).await
    }
}
