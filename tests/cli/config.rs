//! The configuration file: names of hosts, precedence, checks, and passwords that are not in it.

#[cfg(unix)]
use std::ffi::OsStr;
use std::fs::{self, File, Permissions};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use cimwire::simulator::Simulator;
use serde_json::{Value, json};

use crate::hosts::Host;
use crate::program::{Outcome, Program};

/// A folder of its own for a test, with a file in it that only its owner can read.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("config-{name}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a file");
        set_mode(&path, 0o600);
        path.into_os_string().into_string().expect("a UTF-8 path")
    }

    /// A configuration file.
    fn config(&self, text: &str) -> String {
        self.file("config.toml", text)
    }

    async fn run(&self, text: &str, arguments: &[&str]) -> Outcome {
        let config = self.config(text);
        let program = Program::new().env("CIMWIRE_CONFIG", &config);
        program.run(arguments).await
    }
}

fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// What `config show` says about a setting: the value, and where it comes from.
fn shown(outcome: &Outcome, setting: &str) -> (Value, Value, Value) {
    let mut rows = outcome.events().into_iter();
    let row = rows.find(|row| row["setting"] == setting);
    let mut row = row.unwrap_or_else(|| panic!("no {setting} in\n{}", outcome.stdout));
    (
        row["value"].take(),
        row["source"].take(),
        row["origin"].take(),
    )
}

#[tokio::test]
async fn a_host_is_reached_by_its_name_in_the_file() {
    let host = Simulator::start().await.unwrap();
    let folder = Folder::new("names");
    folder.file("secret", host.password());
    let text = format!(
        "[defaults]\nuser = 'nobody'\nhost = 'other'\n\
         [profiles.lab]\nhost = 'hv01'\n\
         [hosts.hv01]\naddress = '{}'\nuser = '{}'\npassword_file = 'secret'\n\
         [hosts.other]\naddress = 'http://127.0.0.1:1'\npassword_file = 'secret'\n",
        host.url(),
        host.user()
    );
    for arguments in [
        &["--host", "hv01", "identify"][..],
        &["identify", "--host", "HV01"],
        &["--profile", "lab", "identify"],
    ] {
        let outcome = folder.run(&text, arguments).await.expect(0);
        outcome.expect_hidden(host.password());
        assert_eq!(outcome.stderr, "");
    }
    folder.run(&text, &["identify"]).await.expect(4);
    let unknown = folder.run(&text, &["--profile", "lap", "identify"]).await;
    unknown.expect_error(
        2,
        "config.toml has no profile \"lap\"",
        "did you mean \"lab\"?",
    );
    let nowhere = Program::new().run(&["--profile", "lab", "identify"]).await;
    nowhere.expect_error(2, "there is no configuration file", "config path");
    let missing = Program::new().env("CIMWIRE_CONFIG", "/nowhere/x.toml");
    let missing = missing.run(&["identify"]).await.expect(2);
    let said = missing.said("error: ");
    assert!(
        said.starts_with("--config: could not read /nowhere/x.toml: "),
        "{said}"
    );
}

#[tokio::test]
async fn the_file_is_looked_for_in_the_folder_of_the_platform() {
    let folder = Folder::new("platform");
    fs::create_dir(folder.0.join("cimwire")).unwrap();
    let path = folder.file("cimwire/config.toml", "[defaults]\nhost = 'hv77.invalid'\n");
    let program = || Program::new().env("XDG_CONFIG_HOME", folder.0.to_str().unwrap());
    let outcome = program().run(&["config", "path"]).await.expect(0);
    if cfg!(unix) {
        assert_eq!(outcome.stdout, format!("{path}\n"));
        let outcome = program()
            .run(&["config", "show", "-o", "json"])
            .await
            .expect(0);
        assert_eq!(shown(&outcome, "host").0, "hv77.invalid");
    }
    let outcome = program()
        .run(&["config", "path", "--config", "x", "-o", "json"])
        .await;
    assert_eq!(
        outcome.expect(0).events(),
        [json!({"path": "x", "exists": false})]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_path_that_is_not_text_is_shown_as_far_as_it_is() {
    use std::os::unix::ffi::OsStrExt;
    let folder = Folder::new("bytes");
    let path = folder.0.join(OsStr::from_bytes(b"c\xFF.toml"));
    fs::write(&path, "[hosts.hv01]\npeer = 'hv02'\n").unwrap();
    let shown = path.to_string_lossy();
    for (verb, key, code) in [("path", "path", 0), ("check", "file", 2)] {
        let program = Program::new().env("CIMWIRE_CONFIG", &path);
        let outcome = program.run(&["config", verb, "-o", "json"]).await;
        assert_eq!(outcome.expect(code).events()[0][key], *shown, "{verb}");
    }
}

#[tokio::test]
async fn the_command_line_comes_before_the_environment_and_that_before_the_file() {
    let folder = Folder::new("precedence");
    let config = folder.config(
        "[defaults]\nlocale = 'de-DE'\nprofile = 'third'\n\
         [profiles.first]\nlocale = 'en-US'\n\
         [profiles.third]\nlocale = 'fr-FR'\n\
         [profiles.fourth]\nlocale = 'it-IT'\n\
         [hosts.hv01]\nlocale = 'nl-NL'\n\
         [hosts.hv02]\nprofile = 'fourth'\n\
         [hosts.hv03]\n",
    );
    let from = |line: usize, table: &str| format!("config.toml:{line} [{table}]");
    for (host, environment, line, value, source, origin) in [
        (
            "hv01",
            "sv-SE",
            &["--profile", "first", "--locale", "pl-PL"][..],
            "pl-PL",
            "command line",
            "--locale".to_owned(),
        ),
        (
            "hv01",
            "sv-SE",
            &["--profile", "first"],
            "sv-SE",
            "environment",
            "CIMWIRE_LOCALE".to_owned(),
        ),
        (
            "hv01",
            "",
            &["--profile", "first"],
            "en-US",
            "profile",
            from(5, "profiles.first"),
        ),
        ("hv01", "", &[], "nl-NL", "profile", from(11, "hosts.hv01")),
        (
            "hv02",
            "",
            &[],
            "it-IT",
            "profile",
            from(9, "profiles.fourth"),
        ),
        (
            "hv03",
            "",
            &[],
            "fr-FR",
            "profile",
            from(7, "profiles.third"),
        ),
    ] {
        let program = Program::new()
            .env("CIMWIRE_CONFIG", &config)
            .env("CIMWIRE_LOCALE", environment);
        let outcome = program
            .arguments(line)
            .run(&["config", "show", host, "-o", "json"])
            .await;
        let locale = shown(&outcome.expect(0), "locale");
        assert_eq!(
            locale,
            (value.into(), source.into(), origin.into()),
            "{host} {line:?}"
        );
    }
    let outcome = Program::new()
        .run(&["config", "show", "-o", "json"])
        .await
        .expect(0);
    let locale = shown(&outcome, "locale");
    assert_eq!(
        locale,
        ("that of the host".into(), "default".into(), Value::Null)
    );
    let dialect = shown(&outcome, "dialect");
    assert_eq!(dialect, ("wmi".into(), "default".into(), Value::Null));
    let outcome = Program::new()
        .env("CIMWIRE_CONFIG", &config)
        .run(&["config", "show", "hv01"])
        .await
        .expect(0);
    let line = outcome
        .stdout
        .lines()
        .find(|line| line.starts_with("locale"))
        .unwrap();
    assert!(
        line.contains("nl-NL") && line.contains("[hosts.hv01]"),
        "{line}"
    );
}

#[tokio::test]
async fn the_file_sets_every_option_of_a_connection() {
    let settings = [
        ("auth", "'ntlm'", "ntlm"),
        ("client_cert", "'a.pem'", "/a.pem"),
        ("client_key", "'a.key'", "/a.key"),
        ("proxy", "'proxy:3128'", "proxy:3128"),
        ("no_proxy", "'a,b'", "a,b"),
        ("connect_timeout", "'1s'", "1s"),
        ("operation_timeout", "'2s'", "2s"),
        ("wait_timeout", "'3s'", "3s"),
        ("dialect", "'dmtf'", "dmtf"),
        ("datetime_form", "'text'", "text"),
        ("embedded_form", "'elements'", "elements"),
        ("query_target", "'all-classes'", "all-classes"),
        ("part_headers", "'no-tabs'", "no-tabs"),
        ("put_updates", "'whole'", "whole"),
        ("namespace", "'root/interop'", "root/interop"),
        ("locale", "'en-US'", "en-US"),
        ("user", "'operator'", "operator"),
        ("password_file", "'secret'", "/secret"),
        ("password_command", "['pass', 'hv01']", "pass …"),
        ("ca_file", "'ca.pem'", "/ca.pem"),
        ("pin_certificate", "'AA'", "AA"),
        ("dangerously_accept_any_certificate", "true", "true"),
        ("dangerously_send_password_in_the_clear", "true", "true"),
    ];
    let folder = Folder::new("every");
    for (key, value, expected) in settings {
        let text = format!("[hosts.hv01]\n{key} = {value}\n");
        let outcome = folder
            .run(&text, &["config", "show", "hv01", "-o", "json"])
            .await;
        let (value, source, _) = shown(&outcome.expect(0), key);
        let expected = match expected.strip_prefix('/') {
            // Files are relative to the folder of the configuration.
            Some(name) => folder.0.join(name).to_str().unwrap().to_owned(),
            None => expected.to_owned(),
        };
        assert_eq!(
            (value, source),
            (expected.into(), "profile".into()),
            "{key}"
        );
    }
    let outcome = folder
        .run("", &["config", "show", "-o", "json"])
        .await
        .expect(0);
    let names = outcome
        .events()
        .into_iter()
        .map(|row| row["setting"].as_str().unwrap().to_owned());
    let mut names: Vec<_> = names
        .filter(|name| !["host", "profile", "password"].contains(&&**name))
        .collect();
    names.sort();
    let mut known = settings.map(|(key, ..)| key);
    known.sort();
    assert_eq!(names, known);
}

#[tokio::test]
async fn no_output_shows_a_secret() {
    let folder = Folder::new("secrets");
    let text = "[defaults]\npassword_command = ['echo', 's3cret']\n";
    let config = folder.config(text);
    for format in ["table", "json"] {
        let program = Program::new()
            .password("hunter2")
            .env("CIMWIRE_PROXY", "http://user:hunter2@proxy:3128");
        let outcome = program
            .env("CIMWIRE_CONFIG", &config)
            .run(&["config", "show", "-o", format])
            .await
            .expect(0);
        assert!(outcome.stdout.contains("proxy:3128"), "{}", outcome.stdout);
        assert!(
            outcome.stdout.contains("CIMWIRE_PASSWORD"),
            "{}",
            outcome.stdout
        );
        let outcome = folder
            .run(text, &["config", "show", "-o", format])
            .await
            .expect(0);
        assert!(outcome.stdout.contains("echo …"), "{}", outcome.stdout);
        outcome.expect_hidden("s3cret");
    }
}

#[tokio::test]
async fn a_password_goes_with_the_user_it_was_written_for() {
    let folder = Folder::new("users");
    let text = "[defaults]\nuser = 'a'\npassword_file = 'of-a'\n\
                [profiles.b]\nuser = 'b'\n\
                [profiles.shared]\npassword_command = ['pass']\n\
                [hosts.c]\nuser = 'c'\npassword_file = 'of-c'\n\
                [hosts.cert]\nclient_cert = 'x.pem'\n";
    let file = |name: &str| Value::from(folder.0.join(name).to_str().unwrap());
    for (arguments, user, password_file, password_command, client_cert) in [
        (&[][..], "a", file("of-a"), Value::Null, Value::Null),
        (
            &["--user", "a"],
            "a",
            file("of-a"),
            Value::Null,
            Value::Null,
        ),
        (&["--user", "z"], "z", Value::Null, Value::Null, Value::Null),
        (
            &["--profile", "b"],
            "b",
            Value::Null,
            Value::Null,
            Value::Null,
        ),
        (
            &["--profile", "shared"],
            "a",
            Value::Null,
            "pass".into(),
            Value::Null,
        ),
        (
            &["--host", "c"],
            "c",
            file("of-c"),
            Value::Null,
            Value::Null,
        ),
        (
            &["--host", "c", "--profile", "b"],
            "b",
            Value::Null,
            Value::Null,
            Value::Null,
        ),
        (
            &["--host", "c", "--user", "a"],
            "a",
            file("of-a"),
            Value::Null,
            Value::Null,
        ),
        (
            &["--host", "c", "--password-file", "p"],
            "c",
            "p".into(),
            Value::Null,
            Value::Null,
        ),
        (
            &["--host", "cert"],
            "a",
            file("of-a"),
            Value::Null,
            file("x.pem"),
        ),
        (
            &["--host", "cert", "--auth", "certificate"],
            "a",
            file("of-a"),
            Value::Null,
            file("x.pem"),
        ),
        (
            &["--host", "cert", "--auth", "ntlm"],
            "a",
            file("of-a"),
            Value::Null,
            Value::Null,
        ),
        (
            &["--host", "cert", "--user", "z"],
            "z",
            Value::Null,
            Value::Null,
            Value::Null,
        ),
    ] {
        let line = [arguments, &["config", "show", "-o", "json"]].concat();
        let outcome = folder.run(text, &line).await.expect(0);
        let value = |setting| shown(&outcome, setting).0;
        assert_eq!(value("user"), user, "{arguments:?}");
        assert_eq!(value("password_file"), password_file, "{arguments:?}");
        assert_eq!(value("password_command"), password_command, "{arguments:?}");
        let certificate = shown(&outcome, "client_cert");
        assert_eq!(certificate.0, client_cert, "{arguments:?}");
    }
    let config = folder.config(text);
    let program = Program::new()
        .password("hunter2")
        .env("CIMWIRE_CONFIG", &config);
    let outcome = program
        .run(&["config", "show", "c", "-o", "json"])
        .await
        .expect(0);
    assert_eq!(shown(&outcome, "password_file").0, Value::Null);
    assert_eq!(shown(&outcome, "password").1, "environment");
}

#[tokio::test]
async fn one_level_says_what_to_trust() {
    let folder = Folder::new("trust");
    let text = "[defaults]\nca_file = 'ca.pem'\n\
                [hosts.pinned]\npin_certificate = 'AA'\n\
                [hosts.any]\ndangerously_accept_any_certificate = true\n\
                [hosts.strict]\ndangerously_accept_any_certificate = false\n";
    let ca = folder.0.join("ca.pem").to_str().unwrap().to_owned();
    for (arguments, expected) in [
        (&["--host", "x"][..], [Some(&*ca), None, None]),
        (&["--host", "pinned"], [None, Some("AA"), None]),
        (&["--host", "any"], [None, None, Some("true")]),
        (&["--host", "strict"], [Some(&*ca), None, Some("false")]),
        (
            &["--host", "any", "--pin-certificate", "BB"],
            [None, Some("BB"), None],
        ),
        (
            &["--host", "pinned", "--ca-file", "b.pem"],
            [Some("b.pem"), None, None],
        ),
        (
            &["--host", "pinned", "--dangerously-accept-any-certificate"],
            [None, None, Some("true")],
        ),
    ] {
        let line = [arguments, &["config", "show", "-o", "json"]].concat();
        let outcome = folder.run(text, &line).await.expect(0);
        let keys = [
            "ca_file",
            "pin_certificate",
            "dangerously_accept_any_certificate",
        ];
        for (key, expected) in keys.into_iter().zip(expected) {
            let (value, source, _) = shown(&outcome, key);
            match expected {
                Some(expected) => assert_eq!(value, expected, "{arguments:?}"),
                None => assert_eq!(source, "default", "{arguments:?} {key}"),
            }
        }
    }
}

#[tokio::test]
async fn a_dangerous_setting_of_the_file_is_warned_of_on_use() {
    let host = Host::with_page_over_tls().await;
    let folder = Folder::new("danger");
    let text = format!(
        "[hosts.hv01]\naddress = '{}'\nuser = 'operator'\ndangerously_accept_any_certificate = true\n",
        host.url
    );
    let config = folder.config(&text);
    let program = || {
        Program::new()
            .password("c0rrect-h0rse")
            .env("CIMWIRE_CONFIG", &config)
    };
    let outcome = program()
        .run(&["--host", "hv01", "identify"])
        .await
        .expect(4);
    for warning in [
        &format!("warning: dangerously_accept_any_certificate is set in {config}:4\n"),
        "warning: any certificate is accepted: ",
    ] {
        assert!(outcome.stderr.contains(warning), "{}", outcome.stderr);
    }
    let variable = "CIMWIRE_DANGEROUSLY_ACCEPT_ANY_CERTIFICATE";
    let outcome = program()
        .env(variable, "false")
        .run(&["--host", "hv01", "identify"])
        .await
        .expect(4);
    assert!(!outcome.stderr.contains("warning: "), "{}", outcome.stderr);
    let short = "[hosts.hv01]\naccept_any_certificate = true\n";
    let outcome = folder.run(short, &["--host", "hv01", "identify"]).await;
    outcome.expect_error(2, "config.toml:2: unknown key `accept_any_certificate`", "");
}

#[tokio::test]
async fn a_faulty_file_is_an_error_with_its_line() {
    let folder = Folder::new("faults");
    for (text, line, error, hint) in [
        ("[defaults]\n\nuser = operator\n", 3, "", ""),
        ("[defaults\n", 1, "", ""),
        (
            "[default]\n",
            1,
            "unknown table `default`",
            "did you mean `defaults`?",
        ),
        ("hosts = 1\n", 1, "`hosts` is not a table", "write [hosts]"),
        (
            "[hosts]\nhv01 = 'x'\n",
            2,
            "`hosts.hv01` is not a table",
            "write [hosts.hv01]",
        ),
        (
            "[defaults]\npasword_file = 'x'\n",
            2,
            "unknown key `pasword_file`",
            "did you mean `password_file`?",
        ),
        (
            "[hosts.a]\nca-file = 'x'\n",
            2,
            "unknown key `ca-file`",
            "did you mean `ca_file`?",
        ),
        (
            "[hosts.a]\nadress = 'x'\n",
            2,
            "unknown key `adress`",
            "did you mean `address`?",
        ),
        (
            "[groups.a]\nuser = 'x'\n",
            2,
            "unknown key `user`",
            "known are: hosts, tags",
        ),
        (
            "[defaults]\naddress = 'x'\n",
            2,
            "unknown key `address`",
            "",
        ),
        ("[hosts.a]\nhost = 'x'\n", 2, "unknown key `host`", ""),
        ("[defaults]\nconfig = 'x'\n", 2, "unknown key `config`", ""),
        (
            "[defaults]\npassword = 'hunter2'\n",
            2,
            "a password in clear is refused",
            "password_command",
        ),
        (
            "[defaults]\nproxy = 'http://user:hunter2@proxy'\n",
            2,
            "a password in clear in `proxy` is refused",
            "",
        ),
        (
            "[hosts.a]\naddress = 'http://user:hunter2@hv01'\n",
            2,
            "a password in clear in `address` is refused",
            "",
        ),
        (
            "[defaults]\nauth = 'ntml'\n",
            2,
            "invalid value 'ntml' for '--auth <SCHEME>'",
            "",
        ),
        (
            "[defaults]\nconnect_timeout = 'soon'\n",
            2,
            "invalid value 'soon' for '--connect-timeout <TIME>'",
            "",
        ),
        (
            "[defaults]\nconnect_timeout = 10\n",
            2,
            "`connect_timeout` has to be a text in quotation marks",
            "",
        ),
        (
            "[defaults]\nuser = ''\n",
            2,
            "`user` has to be a text that is not empty",
            "",
        ),
        (
            "[defaults]\ndangerously_accept_any_certificate = 'yes'\n",
            2,
            "`dangerously_accept_any_certificate` has to be true or false",
            "",
        ),
        (
            "[defaults]\npassword_command = 'pass hv01'\n",
            2,
            "`password_command` has to be a list",
            "",
        ),
        (
            "[defaults]\npassword_command = []\n",
            2,
            "`password_command` has to be a list",
            "",
        ),
        (
            "[hosts.a]\ntags = ['x', 1]\n",
            2,
            "`tags` has to be a list of texts",
            "",
        ),
    ] {
        let outcome = folder.run(text, &["--host", "hv01", "identify"]).await;
        let outcome = outcome.expect_error(2, &format!("config.toml:{line}: {error}"), hint);
        outcome.expect_hidden("hunter2");
    }
    // A file that is broken does not stop what makes no connection.
    folder
        .run("[defaults\n", &["config", "path"])
        .await
        .expect(0);
}

#[tokio::test]
async fn check_reports_all_that_is_wrong() {
    let folder = Folder::new("check");
    folder.file("secret", "x");
    let text = "[defaults]\n\
                profile = 'missing'\n\
                usr = 'x'\n\
                [hosts.hv01]\n\
                peer = 'hv20'\n\
                password_file = 'secret'\n\
                client_key = 'no.pem'\n\
                [hosts.hv02]\n\
                peer = 'HV02'\n\
                dangerously_accept_any_certificate = true\n\
                [groups.site]\n\
                hosts = ['hv01', 'hv03']\n\
                [groups.hv01]\n\
                hosts = ['hv01']\n";
    let outcome = folder
        .run(text, &["config", "check", "-o", "json"])
        .await
        .expect(2);
    let found = outcome.events().into_iter().map(|fault| {
        assert!(fault["file"].as_str().unwrap().ends_with("config.toml"));
        let text = |key: &str| fault[key].as_str().unwrap_or_default().to_owned();
        (
            fault["line"].as_u64().unwrap(),
            text("severity"),
            text("message"),
            text("hint"),
        )
    });
    let found: Vec<_> = found.collect();
    let found = |line: u64, severity: &str, message: &str, hint: &str| {
        let mut found = found.iter();
        let is_there = found.any(|fault| {
            (fault.0, &*fault.1) == (line, severity)
                && fault.2.contains(message)
                && fault.3.contains(hint)
        });
        assert!(
            is_there,
            "{line}: {severity}: {message} is not in\n{}",
            outcome.stdout
        );
    };
    found(2, "error", "there is no profile `missing`", "");
    found(3, "error", "unknown key `usr`", "did you mean `user`?");
    found(
        5,
        "error",
        "there is no host `hv20`",
        "did you mean `hv02`?",
    );
    found(7, "error", "could not read", "");
    found(9, "error", "a host cannot be its own peer", "");
    found(
        10,
        "warning",
        "dangerously_accept_any_certificate gives safety away",
        "",
    );
    found(12, "error", "there is no host `hv03`", "");
    found(14, "error", "a host and a group have the name `hv01`", "");
    assert_eq!(outcome.events().len(), 8, "{}", outcome.stdout);

    let outcome = folder.run(text, &["config", "check"]).await.expect(2);
    assert!(
        outcome
            .stdout
            .contains("config.toml:3: error: unknown key `usr`; did you mean `user`?\n"),
        "{}",
        outcome.stdout
    );
    let good = folder
        .run("[hosts.hv01]\n", &["config", "check"])
        .await
        .expect(0);
    assert!(
        good.stdout.ends_with("config.toml: no errors\n"),
        "{}",
        good.stdout
    );
    let missing = Program::new().run(&["config", "check"]).await.expect(2);
    assert!(
        missing.said("error: ").contains("could not read"),
        "{}",
        missing.stderr
    );
}

#[cfg(unix)]
#[tokio::test]
async fn files_that_other_users_can_read_are_warned_of() {
    let folder = Folder::new("shared");
    folder.file("secret", "x");
    let config = folder.config("[hosts.hv01]\npassword_file = 'secret'\n");
    let check = async || {
        let program = Program::new().env("CIMWIRE_CONFIG", &config);
        program.run(&["config", "check"]).await.expect(0)
    };
    let outcome = check().await;
    assert!(!outcome.stderr.contains("other users") && !outcome.stdout.contains("other users"));
    set_mode(Path::new(&config), 0o644);
    set_mode(&folder.0.join("secret"), 0o640);
    let outcome = check().await;
    let warning = format!("warning: other users can read the configuration in {config} (mode 644)");
    assert!(outcome.stderr.contains(&warning), "{}", outcome.stderr);
    let warning = "config.toml:2: warning: other users can read the password in";
    assert!(outcome.stdout.contains(warning), "{}", outcome.stdout);
    let program = Program::new().env("CIMWIRE_CONFIG", &config);
    let outcome = program.run(&["--host", "hv01", "identify"]).await.expect(2);
    assert!(
        outcome
            .stderr
            .contains("other users can read the configuration"),
        "{}",
        outcome.stderr
    );
}

#[tokio::test]
async fn hosts_are_listed_by_group() {
    let folder = Folder::new("groups");
    let text = "[hosts.hv01]\naddress = 'https://hv01.example:5986'\npeer = 'hv02'\ntags = ['north', 'new']\n\
                [hosts.hv02]\ntags = ['south']\n\
                [hosts.hv03]\n\
                [groups.primary]\nhosts = ['HV01', 'hv03']\n\
                [groups.sites]\ntags = ['north', 'south']\n";
    let outcome = folder
        .run(text, &["config", "hosts", "-o", "json"])
        .await
        .expect(0);
    assert_eq!(
        outcome.events(),
        [
            json!({"name": "hv01", "address": "https://hv01.example:5986", "peer": "hv02", "tags": ["north", "new"], "groups": ["primary", "sites"]}),
            json!({"name": "hv02", "address": "hv02", "peer": null, "tags": ["south"], "groups": ["sites"]}),
            json!({"name": "hv03", "address": "hv03", "peer": null, "tags": [], "groups": ["primary"]}),
        ]
    );
    for (group, expected) in [("primary", ["hv01", "hv03"]), ("Sites", ["hv01", "hv02"])] {
        let outcome = folder
            .run(text, &["config", "hosts", group])
            .await
            .expect(0);
        let lines = outcome.stdout.lines().skip(1);
        let names: Vec<_> = lines.filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names, expected);
    }
    let outcome = folder.run(text, &["config", "hosts", "primery"]).await;
    outcome.expect_error(2, "has no group \"primery\"", "did you mean \"primary\"?");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_prints_the_password() {
    let host = Simulator::start().await.unwrap();
    let folder = Folder::new("command");
    let secret = folder.file("secret", &format!("{}\nsecond line\n", host.password()));
    let text = |command: &str| {
        format!(
            "[hosts.hv01]\naddress = '{}'\nuser = '{}'\npassword_command = {command}\n",
            host.url(),
            host.user()
        )
    };
    let identify = ["--host", "hv01", "identify"];
    let cat = text(&format!("['cat', '{secret}']"));
    let outcome = folder.run(&cat, &identify).await.expect(0);
    outcome.expect_hidden(host.password());
    assert_eq!(outcome.stderr, "");
    let loud = text(&format!(
        "['sh', '-c', 'echo touch the key >&2; cat {secret}']"
    ));
    let outcome = folder.run(&loud, &identify).await.expect(0);
    assert_eq!(outcome.stderr, "touch the key\n");

    let failing = text(&format!("['sh', '-c', 'cat {secret}; exit 3']"));
    let outcome = folder.run(&failing, &identify).await;
    let outcome =
        outcome.expect_error(2, "password_command `sh` failed: exit status: 3", "by hand");
    outcome.expect_hidden(host.password());
    let outcome = folder.run(&text("['true']"), &identify).await;
    outcome.expect_error(2, "the first line of password_command `true` is empty", "");
    let outcome = folder
        .run(&text("['/nowhere/pass', 'hv01']"), &identify)
        .await;
    outcome.expect_error(
        2,
        "could not run password_command `/nowhere/pass`: ",
        "by hand",
    );

    let config = folder.config(&cat);
    set_mode(Path::new(&config), 0o620);
    let program = Program::new().env("CIMWIRE_CONFIG", &config);
    let outcome = program.run(&identify).await;
    outcome.expect_error(
        2,
        "other users can change",
        "password_command of it is not run",
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_takes_its_time_is_interrupted() {
    let folder = Folder::new("slow");
    let text = "[defaults]\nhost = 'hv01.invalid'\nuser = 'x'\n\
                password_command = ['sh', '-c', 'echo waiting >&2; exec sleep 60']\n";
    let config = folder.config(text);
    let mut running = Program::new()
        .env("CIMWIRE_CONFIG", &config)
        .spawn(&["identify"]);
    running.said("waiting").await;
    running.signal("INT").await;
    running.end().await.expect(130);
}

#[tokio::test]
async fn a_password_comes_from_standard_input() {
    let host = Simulator::start().await.unwrap();
    let folder = Folder::new("stdin");
    let run = async |text: &str| {
        let file = File::open(folder.file("input", text)).unwrap();
        let program = Program::new().stdin(Stdio::from(file));
        let options = [
            "--host",
            host.url(),
            "--user",
            host.user(),
            "--password-file",
            "-",
        ];
        program.arguments(&options).run(&["identify"]).await
    };
    let outcome = run(&format!("{}\r\nsecond line\n", host.password()))
        .await
        .expect(0);
    outcome.expect_hidden(host.password());
    run("\n")
        .await
        .expect_error(2, "the first line of standard input is empty", "");
    run("")
        .await
        .expect_error(2, "the first line of standard input is empty", "");
}

#[tokio::test]
async fn the_example_of_the_manual_is_a_valid_file() {
    let page = include_str!("../../src/manual/configuration.rs");
    let (_, example) = page.split_once("//! ```toml\n").unwrap();
    let (example, _) = example.split_once("//! ```").unwrap();
    let example = example
        .lines()
        .map(|line| line.trim_start_matches("//!").trim_start());
    let example = example.collect::<Vec<_>>().join("\n");
    let folder = Folder::new("manual");
    let outcome = folder
        .run(&example, &["config", "show", "hv02", "-o", "json"])
        .await
        .expect(0);
    assert_eq!(shown(&outcome, "host").0, "192.0.2.7");
    assert_eq!(shown(&outcome, "user").0, r".\operator");
    assert_eq!(shown(&outcome, "password_command").0, Value::Null);
    assert_eq!(shown(&outcome, "auth").0, "ntlm");
    assert_eq!(shown(&outcome, "operation_timeout").0, "2m");
    let outcome = folder
        .run(&example, &["config", "hosts", "site-a", "-o", "json"])
        .await
        .expect(0);
    assert_eq!(outcome.events().len(), 2);
}
