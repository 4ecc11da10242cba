//! The library in a process of its own: where tickets are and who the KDC is stands in the environment.

use std::time::Duration;

use cimwire::transport::{Auth, HttpConfig, HttpTransport, Kerberos, Proxy};
use cimwire::{Client, Credentials};
use serde_json::{Value, json};
use tokio::process::Command;

use super::realm::Realm;
use crate::program::{Outcome, PASSWORD};

/// A login to try.
pub(super) struct Login {
    command: Command,
    settings: Value,
}

impl Login {
    /// To a host of a realm, with nothing in the ticket cache.
    pub(super) fn new(realm: &Realm, url: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("a test has a program"));
        command
            .args(["--exact", "--ignored", "--nocapture", CLIENT])
            .env("KRB5_CONFIG", realm.file("krb5.conf"))
            .env(
                "KRB5CCNAME",
                format!("FILE:{}", realm.file("none").display()),
            )
            .env("KRB5_CLIENT_KTNAME", realm.file("none"))
            .env_remove("KRB5_TRACE");
        Self {
            command,
            settings: json!({ "url": url }),
        }
    }

    /// With a variable of the environment.
    pub(super) fn env(mut self, name: &str, value: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// With the tickets of a cache.
    pub(super) fn cache(self, cache: &str) -> Self {
        self.env("KRB5CCNAME", cache)
    }

    /// With a setting of the library; [`settings`] has them all.
    pub(super) fn set(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.settings[name] = value.into();
        self
    }

    /// Tries it.
    pub(super) async fn run(mut self) -> Tried {
        self.command
            .env(SETTINGS, self.settings.to_string())
            .env("RUST_BACKTRACE", "0");
        let outcome = Outcome::of(self.command).await;
        outcome.expect_code(0);
        let line = outcome.stdout.lines().find(|line| line.starts_with('{'));
        Tried {
            result: serde_json::from_str(line.expect("a result")).expect("JSON"),
            log: outcome.stdout,
        }
    }
}

/// What came of it.
pub(super) struct Tried {
    result: Value,
    /// All that was logged.
    pub(super) log: String,
}

impl Tried {
    /// Asserts that all went well.
    #[track_caller]
    pub(super) fn expect_success(&self) {
        assert_eq!(self.result["answers"], self.result["asked"], "{}", self.log);
        self.expect_hidden();
    }

    /// Asserts that the login failed, with this somewhere in the chain of errors, and that in the hint.
    #[track_caller]
    pub(super) fn expect_error(&self, said: &str, hint: &str) {
        let Value::String(chain) = &self.result["error"] else {
            panic!("it went well: {}", self.result)
        };
        assert!(chain.contains(said), "{said:?} is not in {chain:?}");
        let hinted = self.result["hint"].as_str().unwrap_or_default();
        assert!(hinted.contains(hint), "{hint:?} is not in {hinted:?}");
        assert!(
            !hinted.is_empty() || hint.is_empty(),
            "there is no hint to {chain:?}"
        );
        self.expect_hidden();
    }

    #[track_caller]
    fn expect_hidden(&self) {
        assert!(!self.log.contains(PASSWORD), "the password is shown");
    }
}

const CLIENT: &str = "kerberos::client::log_in";
const SETTINGS: &str = "CIMWIRE_INTEROP_LOGIN";

#[tokio::test(flavor = "current_thread")]
#[ignore = "run by the other tests"]
async fn log_in() {
    let Ok(settings) = std::env::var(SETTINGS) else {
        return;
    };
    tracing_subscriber::fmt()
        .with_env_filter("trace")
        .with_ansi(false)
        .with_writer(std::io::stdout)
        .init();
    let settings: Value = serde_json::from_str(&settings).expect("JSON");
    let transport = HttpTransport::new(config(&settings)).expect("the settings can work");
    let client = Client::over(transport);
    let asked = settings["times"].as_u64().unwrap_or(1);
    let mut result = json!({ "asked": asked });
    for answers in 1..=asked {
        match client.identify().await {
            Ok(_) => result["answers"] = answers.into(),
            Err(error) => {
                result["error"] = chain(&error).into();
                result["hint"] = error.hint().into();
                break;
            }
        }
    }
    println!("\n{result}");
    // The end of the runtime would wait for a call to the KDC that was given up.
    std::process::exit(0);
}

fn config(settings: &Value) -> HttpConfig {
    let text = |name: &str| settings[name].as_str();
    let flag = |name: &str| settings[name].as_bool().unwrap_or_default();
    let credentials = match (text("user"), text("ticket_of")) {
        (Some(user), _) => Credentials::password(user, text("password").unwrap_or(PASSWORD)),
        (None, Some(principal)) => Credentials::ticket_of(principal),
        (None, None) => Credentials::ticket(),
    };
    let mut kerberos = Kerberos::new()
        .delegate(flag("delegate"))
        .in_spnego(flag("in_spnego"));
    if let Some(service) = text("service") {
        kerberos = kerberos.service(service);
    }
    if let Some(principal) = text("principal") {
        kerberos = kerberos.principal(principal);
    }
    let auth = match text("auth") {
        Some("negotiate") => Auth::Negotiate,
        Some("spnego") => Auth::Spnego,
        _ => Auth::Kerberos,
    };
    let mut config = HttpConfig::new(text("url").expect("a URL"))
        .credentials(credentials)
        .auth(auth)
        .kerberos(kerberos);
    if let Some(authority) = text("authority") {
        config = config.ca_bundle(authority);
    }
    if let Some(fingerprint) = text("pinned") {
        config = config.pin_certificate(fingerprint);
    }
    if let Some(proxy) = text("proxy") {
        config = config.proxy(Proxy::new(proxy).expect("an address"));
    }
    if let Some(patience) = settings["patience"].as_u64() {
        config = config.authenticate_timeout(Duration::from_millis(patience));
    }
    if flag("ntlm_after_kerberos") {
        config = config.dangerous().allow_ntlm_after_kerberos();
    }
    config
}

/// Each error, and what lies behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut chain = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        chain += &format!(": {error}");
        next = error.source();
    }
    chain
}
