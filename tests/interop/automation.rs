//! The examples of the manual for jq and Ansible, as a user would run them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tokio::process::Command;

use crate::program::{Outcome, Program, Simulator};

/// Returns the example below a heading of the manual.
fn example(heading: &str) -> String {
    let manual = include_str!("../../src/manual/json.rs");
    let (_, section) = manual.split_once(heading).expect("a section");
    let lines = section.lines();
    let lines = lines.skip_while(|line| !line.contains("```text")).skip(1);
    let lines = lines.take_while(|line| !line.contains("```"));
    let lines = lines.map(|line| line.strip_prefix("//! ").unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// Prepares a command of the environment of the peers, with the program on its path and a host in its environment.
fn command(program: &str, host: &Simulator) -> Command {
    let folder = Path::new(env!("CARGO_BIN_EXE_cimwire"))
        .parent()
        .expect("a folder");
    let python = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/interop/venv/bin");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    command
        .env(
            "PATH",
            format!("{}:{}:{path}", folder.display(), python.display()),
        )
        .env("CIMWIRE_HOST", &host.url)
        .env("CIMWIRE_USER", &host.user)
        .env("CIMWIRE_PASSWORD", &host.password)
        .env("LC_ALL", "C.UTF-8");
    command
}

/// Returns the texts of a property in the instances that the host itself selects.
async fn selected(host: &Simulator, wql: &str, property: &str) -> BTreeSet<String> {
    let program = Program::against(&host.url)
        .user(&host.user)
        .password(&host.password);
    let outcome = program.run(&["query", wql]).await;
    outcome.expect_code(0);
    outcome.strings_at(property).into_iter().collect()
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn jq_selects_by_numbers() {
    let host = Simulator::start().await;
    let mut shell = command("sh", &host);
    shell.args(["-c", &example("# For jq")]);
    let outcome = Outcome::of(shell).await;
    outcome.expect_code(0);
    let found: BTreeSet<_> = outcome.stdout.lines().map(str::to_owned).collect();
    let wql = "SELECT ElementName FROM Msvm_ComputerSystem WHERE ReplicationState = 1";
    let expected = selected(&host, wql, "ElementName").await;
    assert!(expected.contains("web01"), "{expected:?}");
    assert_eq!(found, expected);
}

#[tokio::test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
async fn ansible_selects_by_booleans() {
    let host = Simulator::start().await;
    let tasks = example("# For Ansible");
    let tasks: String = tasks.lines().map(|line| format!("    {line}\n")).collect();
    let play = format!(
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n  tasks:\n{tasks}"
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("interop-ansible");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    std::fs::write(folder.join("play.yml"), play).expect("the file can be written");

    let mut ansible = command("ansible-playbook", &host);
    ansible
        .args(["-i", "localhost,", "play.yml"])
        // The first Python on the path may be a stand-in that cannot run.
        .args([
            "-e",
            "ansible_python_interpreter={{ ansible_playbook_python }}",
        ])
        .current_dir(&folder)
        .env("ANSIBLE_REMOTE_TMP", folder.join("tmp"))
        .env("ANSIBLE_HOME", &folder)
        .env("ANSIBLE_STDOUT_CALLBACK", "ansible.builtin.default")
        .env("ANSIBLE_CALLBACK_RESULT_FORMAT", "json")
        .env("ANSIBLE_NOCOLOR", "1");
    let outcome = Outcome::of(ansible).await;
    outcome.expect_code(0);
    let (_, shown) = outcome
        .stdout
        .rsplit_once("ok: [localhost] => ")
        .expect("a result");
    let (object, _) = shown.split_once("\n\n").unwrap_or((shown, ""));
    let object: Value = serde_json::from_str(object).expect("JSON");
    let names = object["msg"].as_array().expect("a list").iter();
    let found: BTreeSet<_> = names
        .map(|name| name.as_str().expect("a text").to_owned())
        .collect();
    let wql = "SELECT Name FROM Win32_Service WHERE Started = TRUE";
    let expected = selected(&host, wql, "Name").await;
    assert!(
        expected.contains("vmms") && !expected.is_empty(),
        "{expected:?}"
    );
    assert_eq!(found, expected);
}
