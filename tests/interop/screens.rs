//! What a user sees: the program in a terminal of 80 and of 200 columns, drawn by `pyte` and compared with the files in
//! `screens/`. With `CIMWIRE_WRITE_SCREENS=1` the files are written anew, to be looked at.

use std::fs;
use std::path::Path;
use std::time::Duration;

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::peers::python;

/// A run of the program in a terminal.
struct Terminal<'h> {
    host: &'h Simulator,
    columns: u16,
    until: Option<&'static str>,
    no_color: bool,
}

/// What was on the screen.
struct Screen {
    lines: Vec<String>,
    /// True if there were colours, or other styles of text.
    styles: bool,
    widest: u64,
}

impl<'h> Terminal<'h> {
    fn new(host: &'h Simulator, columns: u16) -> Self {
        Self {
            host,
            columns,
            until: None,
            no_color: false,
        }
    }

    /// Runs a command to its end, or until a text is on the screen.
    async fn run(&self, arguments: &[&str]) -> Screen {
        let mut command = python("screen.py");
        command.args(["--columns", &self.columns.to_string()]);
        if let Some(until) = self.until {
            command.args(["--until", until]);
        }
        command
            .arg(env!("CARGO_BIN_EXE_cimwire"))
            .args(arguments)
            .env("TERM", "xterm-256color")
            .env("TZ", "UTC")
            .env_remove("NO_COLOR")
            .env("CIMWIRE_HOST", self.host.url())
            .env("CIMWIRE_USER", self.host.user())
            .env("CIMWIRE_PASSWORD", self.host.password());
        if self.no_color {
            command.env("NO_COLOR", "1");
        }
        let output = command.output().await.expect("python is there");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        let screen: Value = serde_json::from_slice(&output.stdout).expect("it is JSON");
        let lines = screen["lines"].as_array().expect("lines").iter();
        Screen {
            lines: lines
                .map(|line| line.as_str().expect("a text").to_owned())
                .collect(),
            styles: screen["styles"] == true,
            widest: screen["widest"].as_u64().expect("a number"),
        }
    }
}

/// Compares a screen with its file. What differs from run to run is replaced by as many other characters.
#[track_caller]
fn compare(name: &str, columns: u16, screen: &Screen) {
    let text: Vec<_> = screen.lines.iter().map(|line| fixed(line)).collect();
    let text = text.join("\n") + "\n";
    let file = format!("tests/interop/screens/{name}-{columns}.txt");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("CIMWIRE_WRITE_SCREENS").is_some() {
        fs::write(&file, &text).expect("it can be written");
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        text == expected,
        "{name} at {columns} columns is\n{text}\nnot\n{expected}"
    );
    let longest = text.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(columns.into()), "{text}");
}

/// Replaces ids by `X` and the digits of times by `0`.
fn fixed(line: &str) -> String {
    let words = line.split_inclusive(' ');
    words
        .map(|word| {
            let plain = word.trim_end();
            let is_id =
                plain.len() >= 8 && plain.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            let is_time =
                plain.contains(':') && plain.bytes().all(|b| b.is_ascii_digit() || b == b':');
            let is_elapsed = plain.len() < 5
                && plain.ends_with('s')
                && plain.starts_with(|c: char| c.is_ascii_digit());
            let replaced = |from: fn(char) -> bool, to: char| -> String {
                word.chars().map(|c| if from(c) { to } else { c }).collect()
            };
            match (is_id, is_time || is_elapsed) {
                (true, _) => replaced(|c| c.is_ascii_hexdigit(), 'X'),
                (_, true) => replaced(|c| c.is_ascii_digit(), '0'),
                _ => word.to_owned(),
            }
        })
        .collect()
}

/// A host on which one job runs, one has failed, and one has completed with warnings.
async fn busy_host() -> (Simulator, Vec<String>) {
    let host = Simulator::builder().clock_speed(0.0).start().await;
    let host = host.expect("it starts");
    let mut ids = Vec::new();
    for (vm, seconds) in [("fail01", 0), ("db01", 60), ("web01", 1)] {
        let start = ["replica", "start", vm, "--no-wait", "-o", "json"];
        let screen = Terminal::new(&host, 5000).run(&start).await;
        let event: Value = serde_json::from_str(&screen.lines[0]).expect("an event");
        ids.push(event["job"]["id"].as_str().expect("an id").to_owned());
        host.advance(Duration::from_secs(seconds));
    }
    (host, ids)
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_list_of_jobs_fits() {
    let (host, _) = busy_host().await;
    for columns in [80, 200] {
        let screen = Terminal::new(&host, columns).run(&["job", "list"]).await;
        compare("job-list", columns, &screen);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn the_bars_of_jobs_fit() {
    let (host, ids) = busy_host().await;
    let start = ["replica", "start", "fünf", "--no-wait", "-o", "json"];
    let screen = Terminal::new(&host, 5000).run(&start).await;
    let event: Value = serde_json::from_str(&screen.lines[0]).expect("an event");
    let other = event["job"]["id"].as_str().expect("an id");
    for columns in [80, 200] {
        let mut terminal = Terminal::new(&host, columns);
        terminal.until = Some("running");
        let one = terminal.run(&["job", "watch", &ids[2]]).await;
        compare("progress", columns, &one);
        let two = terminal.run(&["job", "watch", &ids[2], other]).await;
        compare("progress-of-two", columns, &two);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn a_table_fits_or_is_lists() {
    let host = Simulator::start().await.unwrap();
    let narrow = [
        "query",
        "SELECT ElementName, ReplicationState, Name FROM Msvm_ComputerSystem",
    ];
    let wide = [
        "enumerate",
        "Win32_Service",
        "--properties",
        "Name,DisplayName,PathName,State",
    ];
    for columns in [80, 200] {
        let terminal = Terminal::new(&host, columns);
        compare("table", columns, &terminal.run(&narrow).await);
        compare("table-or-lists", columns, &terminal.run(&wide).await);
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn help_fits() {
    let host = Simulator::start().await.unwrap();
    for columns in [80, 200] {
        let terminal = Terminal::new(&host, columns);
        compare("help", columns, &terminal.run(&["decode", "--help"]).await);
        for command in [
            &["--help"][..],
            &["query", "--help"],
            &["job", "list", "--help"],
        ] {
            let screen = terminal.run(command).await;
            assert!(
                screen.widest <= columns.into(),
                "{command:?}: {}",
                screen.widest
            );
        }
    }
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn colours_are_left_out_where_they_are_not_wanted() {
    let (host, ids) = busy_host().await;
    for no_color in [false, true] {
        let mut terminal = Terminal::new(&host, 80);
        terminal.no_color = no_color;
        assert_eq!(terminal.run(&["--help"]).await.styles, !no_color);
        assert!(!terminal.run(&["job", "list"]).await.styles);
        terminal.until = Some("running");
        let watch = ["job", "watch", &ids[2]];
        assert_eq!(terminal.run(&watch).await.styles, !no_color);
    }
}
