//! The JSON fields of every command, against the list in the manual.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cimwire::simulator::Simulator;
use serde_json::Value;

use crate::program::{Outcome, Program};

/// The types that a field was seen with, by the kind of the line and the path of the field.
type Fields = BTreeMap<(String, String), BTreeSet<&'static str>>;

async fn run(host: &Simulator, arguments: &[&str]) -> Outcome {
    let program = Program::on(host).arguments(&["-o", "json"]);
    program.run(arguments).await
}

/// Compares lines with a list of fields: each field that was seen is listed with its type, and each listed field
/// was seen.
#[track_caller]
pub(crate) fn compare(command: &str, list: &str, lines: &[Value]) {
    let listed = listed(list);
    let mut seen = Fields::new();
    for line in lines {
        let kind = line["event"].as_str().unwrap_or("row");
        collect(kind, "", line, &listed, &mut seen);
    }
    for ((kind, path), types) in &seen {
        let key = (kind.clone(), path.clone());
        let allowed = listed.get(&key).unwrap_or_else(|| {
            panic!(
                "{command}: {kind} {path} is not listed; all seen:\n{}",
                text(&seen)
            )
        });
        let unlisted: Vec<_> = types.difference(allowed).collect();
        assert!(
            unlisted.is_empty(),
            "{command}: {kind} {path} is {unlisted:?}"
        );
    }
    for (kind, path) in listed.keys() {
        // The fields of an object, and the elements of an array, are there only if it is.
        let parent = path.rsplit_once('.').map_or("", |(parent, _)| parent);
        let parent = seen.get(&(kind.clone(), parent.to_owned()));
        let is_optional = path.ends_with("[]")
            || path.contains('.') && parent.is_none_or(|types| !types.contains("object"));
        assert!(
            is_optional || seen.contains_key(&(kind.clone(), path.clone())),
            "{command}: {kind} {path} was not seen; all seen:\n{}",
            text(&seen)
        );
    }
}

/// Reads lines such as `started  job.percent  number or null`.
fn listed(list: &str) -> Fields {
    let lines = list.lines().filter(|line| !line.trim().is_empty());
    let read = lines.map(|line| {
        let mut words = line.split_whitespace();
        let (kind, path) = (words.next().expect("a kind"), words.next().expect("a path"));
        let types = words.filter(|word| *word != "or").map(known);
        ((kind.to_owned(), path.to_owned()), types.collect())
    });
    read.collect()
}

fn known(word: &str) -> &'static str {
    let names = [
        "string", "number", "boolean", "null", "array", "object", "instance",
    ];
    let found = names.into_iter().find(|name| *name == word);
    found.unwrap_or_else(|| panic!("{word} is not a type of JSON"))
}

/// Adds the fields of a value. Instances are not entered: their fields are those of their class.
fn collect(kind: &str, path: &str, value: &Value, listed: &Fields, seen: &mut Fields) {
    let named = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    let key = (kind.to_owned(), path.to_owned());
    let is_instance = listed
        .get(&key)
        .is_some_and(|types| types.contains("instance"));
    let word = match value {
        Value::Object(_) if is_instance => "instance",
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !path.is_empty() {
        seen.entry(key).or_default().insert(word);
    }
    match value {
        Value::Object(members) if !is_instance => {
            for (name, value) in members {
                collect(kind, &named(name), value, listed, seen);
            }
        }
        Value::Array(values) => {
            for value in values {
                collect(kind, &format!("{path}[]"), value, listed, seen);
            }
        }
        _ => {}
    }
}

fn text(seen: &Fields) -> String {
    let lines = seen.iter().map(|((kind, path), types)| {
        let types: Vec<_> = types.iter().copied().collect();
        format!("{kind}  {path}  {}", types.join(" or "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns the list of a command in the manual.
macro_rules! list {
    ($name:literal) => {
        include_str!(concat!("../../src/manual/json/", $name, ".txt"))
    };
}
pub(crate) use list;

#[tokio::test]
async fn the_fields_of_instances_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let key = ["-k", "Name=Spooler"];
    for (command, typed, untyped) in [
        (
            &["get", "Win32_Service", key[0], key[1]][..],
            list!("get"),
            list!("get-untyped"),
        ),
        (
            &["enumerate", "Win32_Service"],
            list!("get"),
            list!("get-untyped"),
        ),
        (
            &[
                "query",
                "SELECT Name, ProcessId, Started FROM Win32_Service",
            ],
            list!("query"),
            list!("query-untyped"),
        ),
    ] {
        let rows = run(&host, command).await.expect(0).events();
        compare(command[0], typed, &rows);
        let command = [command, &["--untyped"]].concat();
        let rows = run(&host, &command).await.expect(0).events();
        compare(command[0], untyped, &rows);
    }
}

#[tokio::test]
async fn the_fields_of_associations_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let wql = "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'web01'";
    let vms = run(&host, &["query", wql]).await.expect(0).events();
    let id = vms[0]["Name"].as_str().unwrap();
    let vm = format!("Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{id}\"");
    let start = ["replica", "start", "web01"];
    run(&host, &start).await.expect(0);
    for (arguments, typed, untyped) in [
        (
            &["associators", &vm, "--result-class", "Msvm_ConcreteJob"][..],
            list!("associators"),
            list!("associators-untyped"),
        ),
        (
            &[
                "references",
                &vm,
                "--result-class",
                "Msvm_AffectedJobElement",
            ],
            list!("references"),
            list!("references-untyped"),
        ),
    ] {
        let rows = run(&host, arguments).await.expect(0).events();
        compare(arguments[0], typed, &rows);
        let arguments = [arguments, &["--untyped"]].concat();
        let rows = run(&host, &arguments).await.expect(0).events();
        compare(arguments[0], untyped, &rows);
    }
}

#[tokio::test]
async fn the_fields_of_changes_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let keys = ["-k", "Name=TEMP", "-k", "UserName=<SYSTEM>"];
    let named =
        |verb, more: &[&'static str]| [&[verb, "Win32_Environment"], &keys[..], more].concat();
    let create = [
        "create",
        "Win32_Environment",
        "Name=TEMP",
        "UserName=<SYSTEM>",
        "VariableValue=x",
    ];
    let created = run(&host, &create).await.expect(0).events();
    compare("create", list!("create"), &created);
    let changed = run(&host, &named("put", &["VariableValue=y"]))
        .await
        .expect(0)
        .events();
    compare("put", list!("put"), &changed);
    let deleted = run(&host, &named("delete", &[])).await.expect(0).events();
    compare("delete", list!("delete"), &deleted);
    let invoke = [
        "invoke",
        "Win32_Process",
        "Create",
        "CommandLine=notepad.exe",
    ];
    let returned = run(&host, &invoke).await.expect(0).events();
    compare("invoke", list!("invoke"), &returned);
    let untyped = [&invoke[..], &["--untyped"]].concat();
    let returned = run(&host, &untyped).await.expect(0).events();
    compare("invoke --untyped", list!("invoke-untyped"), &returned);
}

#[tokio::test]
async fn the_fields_of_jobs_are_those_of_the_manual() {
    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let start = async |vm: &str, more: &[&str]| {
        let start = ["replica", "start", vm];
        run(&host, &[&start[..], more].concat()).await
    };
    let left = start("web01", &["--no-wait"]).await.expect(0).events();
    let id = left[0]["job"]["id"].as_str().unwrap();
    let scheduled = start("db01", &["--start-time", "+2h"])
        .await
        .expect(0)
        .events();
    let shown = run(&host, &["job", "show", id]).await.expect(0).events();
    compare("job show", list!("job-list"), &shown);
    let listed = run(&host, &["job", "list"]).await.expect(0).events();
    compare("job list", list!("job-list"), &listed);

    let host = Simulator::builder()
        .clock_speed(100.0)
        .start()
        .await
        .unwrap();
    let start = async |vm: &str, more: &[&str]| {
        let start = ["replica", "start", vm];
        run(&host, &[&start[..], more].concat()).await
    };
    let mut started = start("web01", &[]).await.expect(0).events();
    host.advance(Duration::from_secs(1));
    started.extend(start("web01", &["--if-needed"]).await.expect(0).events());
    started.extend(start("db01", &["--dry-run"]).await.expect(0).events());
    started.extend(start("fail01", &[]).await.expect(6).events());
    started.extend(start("gone01", &[]).await.expect(8).events());
    started.extend(scheduled);
    started.extend(left);
    compare("replica start", list!("replica-start"), &started);

    let host = Simulator::builder().clock_speed(0.0).start().await.unwrap();
    let start = async |vm: &str| {
        let start = ["replica", "start", vm, "--no-wait"];
        let left = run(&host, &start).await.expect(0).events();
        left[0]["job"]["id"].as_str().unwrap().to_owned()
    };
    let watch = ["job", "watch", &start("web01").await, "-o", "json"];
    let mut running = Program::on(&host).spawn(&watch);
    assert_eq!(running.event().await["event"], "progress");
    host.advance(Duration::from_secs(60));
    let mut ended = running.end().await.expect(0).events();
    let cancel = ["job", "cancel", &start("db01").await];
    ended.extend(run(&host, &cancel).await.expect(0).events());
    compare("job watch, job cancel", list!("job-watch"), &ended);
}

#[tokio::test]
async fn the_fields_of_the_other_commands_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let identified = run(&host, &["identify"]).await.expect(0).events();
    compare("identify", list!("identify"), &identified);
    let found = run(&host, &["doctor"]).await.events();
    compare("doctor", list!("doctor"), &found);
    let declared = run(&host, &["schema", "Win32_Service"])
        .await
        .expect(0)
        .events();
    compare("schema", list!("schema"), &declared);
    let classes = run(&host, &["classes", "Win32_*"]).await.expect(0).events();
    compare("classes", list!("classes"), &classes);
    for (method, option, list) in [
        ("StopService", None, list!("watch")),
        ("StartService", Some("--untyped"), list!("watch-untyped")),
    ] {
        let wql = "SELECT * FROM __InstanceModificationEvent WITHIN 0.1 WHERE TargetInstance ISA 'Win32_Service'";
        let watch = ["watch", wql, "-o", "json", "--limit", "1"];
        let watch: Vec<_> = watch.into_iter().chain(option).collect();
        let watching = Program::on(&host).spawn(&watch);
        while host.open_subscriptions() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let call = ["invoke", "Win32_Service", method, "-k", "Name=Spooler"];
        run(&host, &call).await.expect(0);
        let events = watching.end().await.expect(0).events();
        compare(method, list, &events);
    }
    let mut running = Program::new().spawn(&["simulate", "-o", "json"]);
    compare("simulate", list!("simulate"), &[running.event().await]);
    for (file, kind) in [("01-request.xml", "request"), ("01-response.xml", "answer")] {
        let file = format!("xml-fixtures/client-get/{file}");
        let decode = ["decode", "-o", "json", &file];
        let explained = Program::new().run(&decode).await.expect(0).events();
        assert_eq!(
            (&explained[0]["file"], &explained[0]["is"]),
            (&file.into(), &kind.into())
        );
    }
}

#[tokio::test]
async fn the_fields_of_config_are_those_of_the_manual() {
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("fields.toml");
    let text = "[hosts.hv01]\naddress = '10.0.0.7'\npeer = 'hv02'\ntags = ['lab']\n\
                [groups.lab]\ntags = ['lab']\n[hosts.db01]\nuser = 'x'\nthumb = 1\n";
    let mut lines = Vec::new();
    for (verb, code) in [("path", 0), ("check", 2), ("show", 0), ("hosts", 0)] {
        let valid = text.replace("thumb = 1\n", "");
        std::fs::write(&path, if verb == "check" { text } else { &valid }).unwrap();
        let program = Program::new().env("CIMWIRE_CONFIG", &path);
        let outcome = program.run(&["config", verb, "-o", "json"]).await;
        for mut line in outcome.expect(code).events() {
            line["event"] = verb.into();
            lines.push(line);
        }
    }
    // The list has the verb in place of the event, which the lines do not have.
    let list = list!("config").to_owned()
        + "path event string\nshow event string\ncheck event string\nhosts event string\n";
    compare("config", &list, &lines);
}

#[tokio::test]
async fn the_fields_of_errors_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let mut lines = Vec::new();
    for (arguments, code) in [
        (&["get", "Win32_Service", "-k", "Name=nowhere"][..], 5),
        (&["replica", "start", "cold01", "--no-checks"], 6),
        (&["get", "a b"], 2),
        (
            &[
                "query",
                "SELECT * FROM Win32_Service WHERE Name = 'nowhere'",
            ],
            0,
        ),
    ] {
        let outcome = run(&host, arguments).await.expect(code);
        lines.extend(outcome.stderr.lines().map(str::to_owned));
    }
    let wrong = Program::at(host.url(), host.user(), "wr0ng-h0rse");
    let wrong = wrong.run(&["identify", "-o", "json"]).await.expect(3);
    lines.extend(wrong.stderr.lines().map(str::to_owned));
    let lines: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    compare("stderr", list!("stderr"), &lines);
}

#[tokio::test]
async fn the_fields_of_traces_are_those_of_the_manual() {
    let host = Simulator::start().await.unwrap();
    let here = || Program::on(&host);
    // Nothing listens at the port for "discard" (RFC 863).
    let nowhere = Program::at("http://127.0.0.1:9", host.user(), host.password());
    let mut lines = Vec::new();
    for (program, arguments, code) in [
        (here(), &["identify"][..], 0),
        (here(), &["query", "SELECT Name FROM Win32_Service"], 0),
        (here(), &["get", "Win32_Service", "-k", "Name=nowhere"], 5),
        (nowhere, &["identify"], 4),
    ] {
        let program = program.arguments(&["-vvv", "-o", "json"]);
        let outcome = program.run(arguments).await.expect(code);
        let said = outcome.stderr.lines();
        let said = said.map(|line| serde_json::from_str(line).expect("JSON"));
        lines.extend(said.filter(|line: &Value| line.get("trace").is_some()));
    }
    compare("traces", list!("traces"), &lines);
}
