//! Completions, in the shells of Debian.

use std::path::Path;
use std::process::Command;

/// Runs a script in a shell that finds the program under its name, with a configuration of its own; returns its lines.
fn lines(shell: &str, options: &[&str], script: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("completions-{shell}"));
    std::fs::create_dir_all(&folder).expect("the shell and its files are there");
    let config = folder.join("config.toml");
    let text = "[hosts.hv01]\n[hosts.hv02]\n[hosts.other]\n[groups.north]\nhosts = ['hv01']\n";
    std::fs::write(&config, text).expect("the shell and its files are there");
    let program = Path::new(env!("CARGO_BIN_EXE_cimwire"))
        .parent()
        .expect("the shell and its files are there");
    let path = std::env::var("PATH").expect("the shell and its files are there");
    let mut command = Command::new(shell);
    command.args(options).args(["-c", script]);
    command.env("PATH", format!("{}:{path}", program.display()));
    command.env("HOME", &folder).env("CIMWIRE_CONFIG", config);
    let output = command.output().expect("the shell and its files are there");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && stderr.is_empty(),
        "{shell}: {stderr}"
    );
    let stdout = String::from_utf8(output.stdout).expect("the shell and its files are there");
    stdout.lines().map(str::to_owned).collect()
}

#[test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
fn bash_completes_hosts_and_groups() {
    let complete = |words: &str, index: usize, word: &str| {
        let script = format!(
            "source <(cimwire completions bash)
            COMP_WORDS=({words}) COMP_CWORD={index} COMP_TYPE=9
            _clap_complete_cimwire cimwire '{word}'
            printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        lines("bash", &["--norc"], &script)
    };
    assert_eq!(complete("cimwire --host hv", 2, "hv"), ["hv01", "hv02"]);
    assert_eq!(complete("cimwire config hosts n", 3, "n"), ["north"]);
    assert_eq!(complete("cimwire ident", 1, "ident"), ["identify"]);
}

#[test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
fn fish_completes_hosts_and_groups() {
    let complete = |line: &str| {
        let script = format!("cimwire completions fish | source; complete -C '{line}'");
        lines("fish", &["--no-config"], &script)
    };
    assert_eq!(complete("cimwire --host hv"), ["hv01", "hv02"]);
    assert_eq!(complete("cimwire config hosts n"), ["north"]);
}

#[test]
#[ignore = "needs the interop peers: tests/interop/setup.sh"]
fn zsh_completes_hosts_and_groups() {
    // Completion itself needs a terminal: the function that shows the candidates prints them here.
    let complete = |words: &str, current: usize| {
        let script = format!(
            "autoload -U compinit; compinit -u -D
            source <(cimwire completions zsh)
            _describe() {{ print -l -- ${{(P)@[-1]}} }}
            words=({words}) CURRENT={current}
            $_comps[cimwire]"
        );
        lines("zsh", &["-f"], &script)
    };
    assert_eq!(complete("cimwire --host hv", 3), ["hv01", "hv02"]);
    assert_eq!(complete("cimwire config hosts n", 4), ["north"]);
}
