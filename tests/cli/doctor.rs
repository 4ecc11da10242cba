//! `doctor`: for each thing that can be wrong, the right step fails.

use std::time::Duration;

use cimwire::simulator::Simulator;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::hosts::{Host, self_signed};
use crate::program::{Outcome, Program};

const USER: &str = r"EXAMPLE\operator";
const PASSWORD: &str = "c0rrect-h0rse";

#[tokio::test]
async fn a_healthy_host() {
    for host in [Simulator::builder(), Simulator::builder().https()] {
        let host = host.start().await.unwrap();
        let examined = Examined::of(trusting(&host), 0).await;
        let tls = if host.authority().is_some() {
            "pass"
        } else {
            "skipped"
        };
        examined.expect(&[
            ("name", "pass"),
            ("port", "pass"),
            ("tls", tls),
            ("http", "pass"),
            ("schemes", "pass"),
            ("clock", "pass"),
            ("login", "pass"),
            ("spn", "skipped"),
            ("sealing", "pass"),
            ("identify", "pass"),
            ("dialect", "pass"),
            ("namespace", "pass"),
            ("namespace", "pass"),
            ("invoke", "pass"),
            ("limits", "pass"),
        ]);
        assert_eq!(
            examined.seen("limits"),
            "MaxEnvelopeSizekb 500, MaxTimeoutms 60000, MaxBatchItems 32000, \
             MaxConcurrentOperationsPerUser 1500, MaxConnections 300"
        );
        assert!(examined.seen("schemes").ends_with("Negotiate"));
        assert!(
            examined
                .seen("identify")
                .starts_with("Microsoft Corporation")
        );
        // It was logged in, looked around, and left nothing open.
        assert_eq!(host.open_enumerations(), 0);
    }
}

#[tokio::test]
async fn the_table_has_the_same_steps() {
    let host = Simulator::start().await.unwrap();
    let wrong = Program::at(host.url(), host.user(), "wr0ng-h0rse");
    let outcome = wrong.run(&["doctor"]).await.expect(3);
    let lines: Vec<_> = outcome.stdout.lines().collect();
    assert_eq!(
        lines[0],
        "pass     name       the host's name leads somewhere"
    );
    let failed = lines
        .iter()
        .position(|line| line.starts_with("fail "))
        .unwrap();
    assert!(
        lines[failed].starts_with("fail     login      "),
        "{lines:?}"
    );
    assert!(lines[failed].ends_with("the host rejected the user name or the password"));
    let next = " ".repeat(20) + "next: check both, ";
    assert!(lines[failed + 1].starts_with(&next), "{lines:?}");
    assert_eq!(lines.last(), Some(&"skipped  limits     not reached"));
}

#[tokio::test]
async fn a_closed_port() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let examined = Examined::of(program(&format!("http://{address}")), 4).await;
    examined.expect_failure("port", "refused the connection", "winrm quickconfig");
}

#[tokio::test]
async fn a_name_that_leads_nowhere() {
    let examined = Examined::of(program("no-such-host.invalid"), 4).await;
    examined.expect_failure("name", "no-such-host.invalid has no address", "spelling");
}

#[tokio::test]
async fn a_port_that_is_no_http() {
    let url = scripted(None, |_| b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()).await;
    let examined = Examined::of(program(&url), 4).await;
    examined.expect_failure("http", "broke before an answer came", "");
}

#[tokio::test]
async fn a_page_of_html_is_not_winrm() {
    let examined = Examined::of(program(&Host::with_page().await.url), 4).await;
    examined.expect_failure("http", "text/html, not WS-Management", "another service");
}

#[tokio::test]
async fn a_certificate_for_another_name() {
    let (chain, key) = certificate("hv01.example", |_| {});
    let host = Simulator::builder().https_with(&*chain, key).start();
    let host = host.await.unwrap();
    let ca_file = file("doctor-other-name.pem", &chain);
    let program = Program::on(&host).arguments(&["--ca-file", &ca_file]);
    let examined = Examined::of(program, 4).await;
    examined.expect_failure("tls", "is for another name", "by a name");
    let seen = examined.seen("tls");
    assert!(seen.contains("for hv01.example, from CN="), "{seen}");
}

#[tokio::test]
async fn a_certificate_that_has_expired() {
    let (chain, key) = certificate("127.0.0.1", |params| {
        params.not_before = date_time_ymd(2019, 1, 1);
        params.not_after = date_time_ymd(2020, 2, 3);
    });
    let host = Simulator::builder().https_with(&*chain, key).start();
    let host = host.await.unwrap();
    let ca_file = file("doctor-expired.pem", &chain);
    let program = Program::on(&host).arguments(&["--ca-file", &ca_file]);
    let examined = Examined::of(program, 4).await;
    examined.expect_failure("tls", "has expired", "renew");
    let seen = examined.seen("tls");
    assert!(
        seen.ends_with("valid from 2019-01-01 to 2020-02-03"),
        "{seen}"
    );
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority() {
    let host = Simulator::builder().https().start().await.unwrap();
    let examined = Examined::of(Program::on(&host), 4).await;
    examined.expect_failure("tls", "unknown authority", "--ca-file");
}

#[tokio::test]
async fn an_unverified_certificate_is_warned_of() {
    let host = Simulator::builder().https().start().await.unwrap();
    let program = Program::on(&host).arguments(&["--dangerously-accept-any-certificate"]);
    let examined = Examined::of(program, 0).await;
    let seen = examined.seen("tls");
    assert!(
        seen.starts_with("any certificate is accepted; this is"),
        "{seen}"
    );
    // TLS without a verified certificate keeps out those who only read.
    assert_eq!(examined.result("sealing"), "warning");
    assert!(
        examined.seen("sealing").contains("any certificate"),
        "{}",
        examined.seen("sealing")
    );
}

#[tokio::test]
async fn basic_alone() {
    let url = scripted(None, |_| unauthorized("Basic realm=\"x\"")).await;
    let examined = Examined::of(program(&url), 3).await;
    examined.expect_failure(
        "schemes",
        "does not offer Negotiate, but Basic",
        "--auth basic",
    );
}

#[tokio::test]
async fn kerberos_alone() {
    let url = scripted(None, |_| unauthorized("kerberos")).await;
    let examined = Examined::of(program(&url), 3).await;
    examined.expect_failure(
        "schemes",
        "does not offer Negotiate, but kerberos",
        "--auth kerberos",
    );
}

#[tokio::test]
async fn through_a_proxy_the_name_is_not_looked_up() {
    let host = Simulator::start().await.unwrap();
    let address = host.url().strip_prefix("http://").unwrap();
    let (address, _) = address.split_once('/').unwrap();
    let through = |far: &str, proxy: &str| {
        let program = Program::at(far, host.user(), host.password());
        program.env("CIMWIRE_PROXY", proxy)
    };
    let examined = Examined::of(through("http://hv01.example", address), 0).await;
    assert_eq!(examined.result("name"), "skipped");
    assert!(examined.seen("name").contains(address));
    assert_eq!(examined.result("login"), "pass");

    // A service of WinRM opens no tunnel.
    let examined = Examined::of(through("https://hv01.example", address), 4).await;
    examined.expect_failure("port", "opened no tunnel to hv01.example:5986", "CONNECT");
    assert_eq!(examined.result("name"), "skipped");

    let nowhere = "no-such-proxy.invalid:3128";
    let examined = Examined::of(through("http://hv01.example", nowhere), 4).await;
    examined.expect_failure("name", "the name of the proxy", "--proxy");
}

#[tokio::test]
async fn negotiate_with_a_wrong_password() {
    let host = Simulator::start().await.unwrap();
    let program = Program::at(host.url(), host.user(), "wr0ng-h0rse");
    let examined = Examined::of(program, 3).await;
    examined.expect_failure(
        "login",
        "rejected the user name or the password",
        "check both",
    );
}

#[tokio::test]
async fn a_page_in_the_place_of_a_login() {
    let url = scripted(None, |request| {
        if request.to_lowercase().contains("authorization:") {
            page()
        } else {
            unauthorized("Negotiate")
        }
    });
    let examined = Examined::of(program(&url.await), 4).await;
    examined.expect_failure("login", "text/html, not WS-Management", "another service");
}

#[tokio::test]
async fn a_page_in_the_place_of_an_answer() {
    let host = scripted_with_tls("doctor-page.pem", |request| {
        if request.to_lowercase().contains("authorization:") {
            page()
        } else {
            unauthorized("Basic realm=\"x\"")
        }
    });
    let host = host.await;
    let examined = Examined::of(host.program(), 4).await;
    examined.expect_failure(
        "identify",
        "text/html, not WS-Management",
        "another service",
    );
    // It is not known whether the password is right.
    assert_eq!(examined.result("login"), "skipped");
}

#[tokio::test]
async fn a_clock_that_is_off() {
    let host = Simulator::start().await.unwrap();
    host.advance(Duration::from_secs(600));
    // The reader may call no methods, but the first failure decides what to end with.
    let program = Program::at(host.url(), host.reader(), host.password());
    let examined = Examined::of(program, 1).await;
    examined.expect_failure("clock", " ahead of ours", "time server");
    // NTLM does not mind.
    assert_eq!(examined.result("login"), "pass");
    assert_eq!(examined.result("invoke"), "fail");
}

/// Microsoft OMI has classes in the DMTF's dialect alone.
#[tokio::test]
async fn the_dialect_is_found_by_trying() {
    let host = scripted_with_tls("doctor-omi.pem", |request| {
        let enumerates = request.contains("/enumeration/Enumerate<")
            && request.contains("wscim/1/cim-schema/2/CIM_ComputerSystem<");
        // Queries go to the namespace there too.
        let queries =
            request.contains("/wmi/root/cimv2/*<") && request.contains("CIM_ComputerSystem");
        classes(
            request,
            ("Open Management Infrastructure", "1.9.1-0"),
            enumerates || queries,
        )
    });
    let host = host.await;
    let examined = Examined::of(host.program(), 2).await;
    examined.expect_failure("dialect", "dmtf, and not in wmi", "add --dialect dmtf");
    let seen = examined.seen("identify");
    assert_eq!(seen, "Open Management Infrastructure, 1.9.1-0");
    assert_eq!(examined.seen("settings"), "--dialect dmtf");

    let right = host.program().arguments(&["--dialect", "dmtf"]);
    let examined = Examined::of(right, 0).await;
    assert_eq!(examined.result("dialect"), "pass");
}

/// An openwsman that was configured for it takes the dialect of Windows, and no other.
#[tokio::test]
async fn the_name_of_the_product_does_not_choose_the_dialect() {
    let host = scripted_with_tls("doctor-openwsman.pem", |request| {
        let has_class = request.contains("/wmi/root/cimv2/");
        classes(request, ("Openwsman Project", "2.8.1"), has_class)
    });
    let host = host.await;
    // It has no Hyper-V, which is for the next step to tell.
    let examined = Examined::of(host.program(), 5).await;
    assert_eq!(examined.result("dialect"), "pass");
    assert!(examined.seen("dialect").contains("dialect wmi"));
    let wrong = host.program().arguments(&["--dialect", "dmtf"]);
    let examined = Examined::of(wrong, 2).await;
    examined.expect_failure("dialect", "wmi, and not in dmtf", "add --dialect wmi");
}

#[tokio::test]
async fn a_host_that_answers_no_query_is_warned_of() {
    let host = scripted_with_tls("doctor-no-queries.pem", |request| {
        let has_class = request.contains("/wmi/root/cimv2/CIM_ComputerSystem<");
        classes(request, ("Openwsman Project", "2.8.1"), has_class)
    });
    let host = host.await;
    // The namespaces are asked for by queries.
    let examined = Examined::of(host.program(), 5).await;
    assert_eq!(examined.result("dialect"), "warning");
    assert!(examined.seen("dialect").contains("no query was answered"));
    assert_eq!(examined.result("namespace"), "fail");
}

#[tokio::test]
async fn a_dialect_that_no_class_tells_is_not_claimed() {
    let host = scripted_with_tls("doctor-empty.pem", |request| {
        let body = if request.contains("Identify") {
            identity("Microsoft Corporation", "OS: 10.0.20348 SP: 0.0 Stack: 3.0")
        } else {
            UNREACHABLE.to_owned()
        };
        envelope(&body, request)
    });
    let host = host.await;
    let examined = Examined::of(host.program(), 5).await;
    assert_eq!(examined.result("dialect"), "skipped");
    assert!(examined.seen("dialect").starts_with("it cannot be told: "));
}

/// Microsoft OMI answers no request without a login.
#[tokio::test]
async fn a_host_that_is_silent_without_a_login_is_logged_in_to() {
    let host = Simulator::start().await.unwrap();
    let url = relayed(&host, |sent| {
        let text = String::from_utf8_lossy(sent).to_lowercase();
        match text.contains("post ")
            && !text.contains("authorization:")
            && !text.contains("multipart/encrypted")
        {
            true => Relay::Hold,
            false => Relay::Pass,
        }
    });
    let program = Program::at(&url.await, host.user(), host.password());
    let examined = Examined::of(program.arguments(&["--connect-timeout", "1s"]), 0).await;
    assert_eq!(examined.result("http"), "warning");
    for step in ["schemes", "clock"] {
        assert_eq!(examined.result(step), "skipped");
    }
    for step in ["login", "sealing", "identify", "dialect", "invoke"] {
        assert_eq!(examined.result(step), "pass");
    }
}

/// A login that goes well is no sealed exchange: OMI ends the connection at a message whose parts it cannot read.
#[tokio::test]
async fn sealing_passes_after_a_sealed_exchange_only() {
    let host = Simulator::start().await.unwrap();
    let url = relayed(&host, |sent| {
        let is_sealed = sent.windows(19).any(|part| part == b"multipart/encrypted");
        if is_sealed { Relay::Close } else { Relay::Pass }
    });
    let program = Program::at(&url.await, host.user(), host.password());
    let examined = Examined::of(program, 4).await;
    assert_eq!(examined.result("login"), "pass");
    assert_eq!(examined.result("sealing"), "skipped");
    assert_eq!(examined.result("identify"), "fail");
}

#[tokio::test]
async fn forms_of_datetimes_are_asked_for_on_request() {
    let host = Simulator::start().await.unwrap();
    let examined = Examined::of_arguments(Program::on(&host), &["--datetime-forms"], 0).await;
    assert_eq!(examined.result("datetimes"), "pass");
    assert_eq!(
        examined.seen("datetimes"),
        "typed accepted; cim-datetime accepted; xml-schema accepted; text rejected"
    );
    let other = Program::on(&host).arguments(&["--datetime-form", "text"]);
    let examined = Examined::of_arguments(other, &["--datetime-forms"], 2).await;
    examined.expect_failure("datetimes", "text rejected", "add --datetime-form typed");
    // Nothing has begun.
    let jobs = Program::on(&host)
        .run(&["job", "list", "-o", "json"])
        .await
        .expect(0);
    assert_eq!(jobs.stdout, "");

    // Unless it is asked for, nothing is called.
    let examined = Examined::of(Program::on(&host), 0).await;
    assert!(examined.0.iter().all(|step| step["step"] != "datetimes"));
    let calls = host.requests();
    let starts = calls
        .iter()
        .filter(|seen| format!("{seen:?}").contains("StartReplication"));
    assert_eq!(starts.count(), 8);
}

#[tokio::test]
async fn without_hyper_v_no_form_is_asked_for() {
    let host = scripted_with_tls("doctor-no-hyperv.pem", |request| {
        let body = if request.contains("Identify") {
            identity("Microsoft Corporation", "OS: 10.0.20348 SP: 0.0 Stack: 3.0")
        } else if request.contains("/wmi/root/cimv2/") {
            FIRST_PAGE.to_owned()
        } else {
            assert!(!request.contains("StartReplication_INPUT"));
            UNREACHABLE.to_owned()
        };
        envelope(&body, request)
    });
    let host = host.await;
    let program = host.program();
    let examined = Examined::of_arguments(program, &["--datetime-forms"], 5).await;
    assert_eq!(examined.result("datetimes"), "skipped");
    assert!(
        examined
            .seen("datetimes")
            .starts_with("no replication service")
    );
}

#[tokio::test]
async fn an_account_without_the_right_to_invoke_is_reported() {
    let host = Simulator::start().await.unwrap();
    let program = Program::at(host.url(), host.reader(), host.password());
    let examined = Examined::of(program, 5).await;
    examined.expect_failure("invoke", "Access is denied", "");
    assert_eq!(examined.result("namespace"), "pass");
    assert_eq!(examined.result("limits"), "skipped");
}

#[tokio::test]
async fn limits_are_shown_where_they_can_be_read() {
    let host = scripted_with_tls("doctor-limits.pem", |request| {
        let body = if request.contains("wsman/1/config<") {
            CONFIG.to_owned()
        } else if request.contains("Identify") {
            identity("Microsoft Corporation", "OS: 10.0.20348 SP: 0.0 Stack: 3.0")
        } else {
            ACCESS_DENIED.to_owned()
        };
        envelope(&body, request)
    });
    let host = host.await;
    let examined = Examined::of(host.program(), 5).await;
    examined.expect_failure("namespace", "Access is denied", "");
    assert_eq!(
        examined.seen("limits"),
        "MaxEnvelopeSizekb 500, MaxTimeoutms 60000, MaxBatchItems 32000, MaxConcurrentOperationsPerUser 1500, \
         MaxConnections 300"
    );
}

#[tokio::test]
async fn without_a_user_it_goes_as_far_as_it_can() {
    let host = Simulator::start().await.unwrap();
    let examined = Examined::of(Program::new().arguments(&["--host", host.url()]), 0).await;
    assert_eq!(examined.result("clock"), "pass");
    assert_eq!(examined.result("login"), "skipped");
    assert!(examined.seen("login").contains("--user"));
}

/// The steps that were told of, each as a line of JSON.
struct Examined(Vec<serde_json::Value>);

impl Examined {
    async fn of(program: Program, code: i32) -> Self {
        Self::of_arguments(program, &[], code).await
    }

    async fn of_arguments(program: Program, arguments: &[&str], code: i32) -> Self {
        let arguments = [&["doctor", "--output", "json"], arguments].concat();
        let outcome: Outcome = program.run(&arguments).await;
        Self(outcome.expect(code).events())
    }

    #[track_caller]
    fn expect(&self, steps: &[(&str, &str)]) {
        let text =
            |step: &serde_json::Value, name: &str| step[name].as_str().expect("a text").to_owned();
        let told = self
            .0
            .iter()
            .map(|step| (text(step, "step"), text(step, "result")));
        let told: Vec<_> = told.collect();
        let told: Vec<_> = told
            .iter()
            .map(|(step, result)| (&**step, &**result))
            .collect();
        assert_eq!(told, steps, "{:#?}", self.0);
    }

    /// The first failure: the step, what was seen, and what to do next. What comes before is well.
    #[track_caller]
    fn expect_failure(&self, step: &str, seen: &str, next: &str) {
        let failed = self.0.iter().find(|step| step["result"] == "fail");
        let failed = failed.unwrap_or_else(|| panic!("nothing failed in {:#?}", self.0));
        assert_eq!(failed["step"], step, "{:#?}", self.0);
        let text = |name: &str| failed[name].as_str().unwrap_or_default();
        assert!(text("seen").contains(seen), "{failed:#}");
        assert!(
            text("next").contains(next) && !text("next").is_empty(),
            "{failed:#}"
        );
        let steps: Vec<_> = self.0.iter().map(|step| &step["step"]).collect();
        for known in [
            "name", "tls", "http", "login", "sealing", "invoke", "limits",
        ] {
            assert!(
                steps.iter().any(|step| *step == known),
                "{known} is not told of"
            );
        }
    }

    #[track_caller]
    fn step(&self, name: &str) -> &serde_json::Value {
        let step = self.0.iter().find(|step| step["step"] == name);
        step.unwrap_or_else(|| panic!("no {name} in {:#?}", self.0))
    }

    fn result(&self, name: &str) -> &str {
        self.step(name)["result"].as_str().expect("a text")
    }

    fn seen(&self, name: &str) -> &str {
        self.step(name)["seen"].as_str().expect("a text")
    }
}

fn program(url: &str) -> Program {
    Program::at(url, USER, PASSWORD)
}

/// Against the simulated host, whose authority is trusted.
fn trusting(host: &Simulator) -> Program {
    match host.authority() {
        None => Program::on(host),
        Some(authority) => {
            let ca_file = file("doctor-authority.pem", authority);
            Program::on(host).arguments(&["--ca-file", &ca_file])
        }
    }
}

fn file(name: &str, text: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).expect("a file");
    path.into_os_string()
        .into_string()
        .expect("a path in UTF-8")
}

/// A certificate that is its own authority, and its key.
fn certificate(name: &str, change: fn(&mut CertificateParams)) -> (String, String) {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
    change(&mut params);
    let certificate = params.self_signed(&key).expect("a certificate");
    (certificate.pem(), key.serialize_pem())
}

type Script = fn(&str) -> Vec<u8>;

/// A host over TLS that takes Basic.
struct Scripted {
    url: String,
    ca_file: String,
}

impl Scripted {
    fn program(&self) -> Program {
        let basic = ["--auth", "basic", "--ca-file", &self.ca_file];
        program(&self.url).arguments(&basic)
    }
}

async fn scripted_with_tls(name: &str, script: Script) -> Scripted {
    let (certificate, acceptor) = self_signed("127.0.0.1");
    Scripted {
        url: scripted(Some(acceptor), script).await,
        ca_file: file(name, &certificate),
    }
}

/// Answers Identify with a product, and a request for a class that the host has with its only instance.
fn classes(request: &str, (vendor, version): (&str, &str), has_class: bool) -> Vec<u8> {
    let body = if request.contains("Identify") {
        identity(vendor, version)
    } else if has_class {
        FIRST_PAGE.to_owned()
    } else {
        UNREACHABLE.to_owned()
    };
    envelope(&body, request)
}

/// A host that answers each request, given as text, as the script has it.
async fn scripted(tls: Option<TlsAcceptor>, script: Script) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let scheme = if tls.is_some() { "https" } else { "http" };
    let url = format!("{scheme}://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let tls = tls.clone();
            tokio::spawn(async move {
                match tls {
                    None => converse(stream, script).await,
                    Some(tls) => {
                        if let Ok(stream) = tls.accept(stream).await {
                            converse(stream, script).await;
                        }
                    }
                }
            });
        }
    });
    url
}

/// What becomes of some bytes that a client sends.
enum Relay {
    Pass,
    /// They are not passed on, and not answered.
    Hold,
    /// The connection ends.
    Close,
}

/// The address of a relay to the simulated host, which this decides for.
async fn relayed(host: &Simulator, decide: fn(&[u8]) -> Relay) -> String {
    let target = host.url().strip_prefix("http://").expect("no TLS");
    let target = target.split('/').next().expect("an address").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&target)
                .await
                .expect("the host is there");
            tokio::spawn(relay(client, server, decide));
        }
    });
    url
}

async fn relay(client: TcpStream, server: TcpStream, decide: fn(&[u8]) -> Relay) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
    });
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from_client.read(&mut bytes).await {
        match decide(&bytes[..read]) {
            Relay::Pass => {
                let _ = to_server.write_all(&bytes[..read]).await;
            }
            Relay::Hold => {}
            Relay::Close => break,
        }
    }
    back.abort();
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, script: Script) {
    let mut request = String::new();
    let mut bytes = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut bytes).await {
        request += std::str::from_utf8(&bytes[..read]).expect("UTF-8");
        if is_whole(&request) {
            let _ = stream.write_all(&script(&request)).await;
            request.clear();
        }
    }
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.parse().expect("a length"))
    });
    body.len() >= length.unwrap_or(0)
}

fn unauthorized(scheme: &str) -> Vec<u8> {
    format!("HTTP/1.1 401 x\r\nWWW-Authenticate: {scheme}\r\nContent-Length: 0\r\n\r\n")
        .into_bytes()
}

fn page() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n<html/>".to_vec()
}

/// The answer with this body to a request that brings a password, and to any other that it has to.
fn envelope(body: &str, request: &str) -> Vec<u8> {
    if !request.to_lowercase().contains("authorization: basic ") {
        return unauthorized("Basic realm=\"x\"");
    }
    let text = format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Header/><s:Body>{body}</s:Body></s:Envelope>"
    );
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\n\r\n",
        text.len()
    );
    (head + &text).into_bytes()
}

fn identity(vendor: &str, version: &str) -> String {
    format!(
        "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
         <i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>\
         <i:ProductVendor>{vendor}</i:ProductVendor><i:ProductVersion>{version}</i:ProductVersion></i:IdentifyResponse>"
    )
}

/// `Config` as MS-WSMV 2.2.4.10 declares it, cut down to what is looked at and something inside of which is more.
const CONFIG: &str = "<c:Config xmlns:c=\"http://schemas.microsoft.com/wbem/wsman/1/config\">\
    <c:MaxEnvelopeSizekb>500</c:MaxEnvelopeSizekb><c:MaxTimeoutms>60000</c:MaxTimeoutms>\
    <c:MaxBatchItems>32000</c:MaxBatchItems><c:Service><c:MaxConcurrentOperationsPerUser>1500\
    </c:MaxConcurrentOperationsPerUser><c:MaxConnections>300</c:MaxConnections><c:AllowUnencrypted>false</c:AllowUnencrypted>\
    <c:Auth><c:Basic>true</c:Basic></c:Auth></c:Service></c:Config>";

/// An optimised answer with one instance, which is the last.
const FIRST_PAGE: &str = "<n:EnumerateResponse xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
    xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><n:EnumerationContext/><w:Items>\
    <p:CIM_ComputerSystem xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ComputerSystem\">\
    <p:Name>web01</p:Name></p:CIM_ComputerSystem></w:Items><w:EndOfSequence/></n:EnumerateResponse>";

const UNREACHABLE: &str = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
    <s:Value xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">a:DestinationUnreachable</s:Value>\
    </s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">There is no such resource.</s:Text></s:Reason></s:Fault>";

const ACCESS_DENIED: &str = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
    <s:Value xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">w:AccessDenied</s:Value></s:Subcode></s:Code>\
    <s:Reason><s:Text xml:lang=\"en-US\">Access is denied.</s:Text></s:Reason></s:Fault>";
/// openwsman as shipped takes queries at the all-classes URI alone.
#[tokio::test]
async fn the_target_of_queries_is_found_by_trying() {
    let host = scripted_with_tls("doctor-all-classes.pem", |request| {
        let has_class = request.contains("wscim/1/cim-schema/2/CIM_ComputerSystem<")
            || request.contains("http://schemas.dmtf.org/wbem/wscim/1/*<");
        classes(request, ("Openwsman Project", "2.8.1"), has_class)
    });
    let host = host.await;
    let examined = Examined::of(host.program(), 2).await;
    examined.expect_failure(
        "dialect",
        "all-classes",
        "add --dialect dmtf --query-target all-classes",
    );
    assert_eq!(
        examined.seen("settings"),
        "--dialect dmtf --query-target all-classes"
    );
}
