//! Completions and manual pages. The shells themselves are among the interop tests.

use std::path::Path;

use crate::program::Program;

#[tokio::test]
async fn completions_are_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        for format in ["table", "json"] {
            let arguments = ["completions", shell, "-o", format];
            let outcome = Program::new().run(&arguments).await.expect(0);
            assert!(outcome.stdout.contains("CIMWIRE_COMPLETE"), "{shell}");
            assert_eq!(outcome.stderr, "");
        }
    }
    Program::new().run(&["completions", "csh"]).await.expect(2);
}

#[tokio::test]
async fn names_of_the_configuration_complete_options_and_arguments() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("completions.toml");
    let text = "[hosts.hv01]\n[hosts.hv02]\n[hosts.other]\n[profiles.lab]\n[groups.north]\nhosts = ['hv01']\n";
    std::fs::write(&path, text).unwrap();
    // The file of the second is broken: there is nothing to complete, and no error.
    let broken = Path::new(env!("CARGO_TARGET_TMPDIR")).join("completions-broken.toml");
    std::fs::write(&broken, "[hosts").unwrap();
    for (config, words, expected) in [
        (&path, &["--host", "hv"][..], "hv01\nhv02"),
        (&path, &["identify", "--host", "o"], "other"),
        (&path, &["--profile", ""], "lab"),
        (&path, &["config", "hosts", "n"], "north"),
        (&path, &["config", "show", "hv02"], "hv02"),
        (&broken, &["--host", "hv"], ""),
    ] {
        let program = Program::new()
            .env("CIMWIRE_CONFIG", config.to_str().unwrap())
            .env("CIMWIRE_COMPLETE", "bash")
            .env("_CLAP_IFS", "\n")
            .env("_CLAP_COMPLETE_INDEX", words.len().to_string());
        let line = [&["--", "cimwire"], words].concat();
        let outcome = program.run(&line).await.expect(0);
        assert_eq!(
            (&*outcome.stdout, &*outcome.stderr),
            (expected, ""),
            "{words:?}"
        );
    }
}

#[tokio::test]
async fn there_is_a_manual_page_for_each_command() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("manual-pages");
    std::fs::create_dir_all(&folder).unwrap();
    let arguments = ["manual", folder.to_str().unwrap()];
    Program::new().run(&arguments).await.expect(0);
    for name in [
        "cimwire",
        "cimwire-identify",
        "cimwire-replica-start",
        "cimwire-config-show",
    ] {
        let page = std::fs::read_to_string(folder.join(format!("{name}.1"))).unwrap();
        assert!(
            page.contains(".SH SYNOPSIS") && page.contains("output"),
            "{name}"
        );
    }
    let missing = Program::new()
        .run(&["manual", "/nowhere/at/all"])
        .await
        .expect(2);
    assert!(
        missing
            .said("error: ")
            .starts_with("could not write to /nowhere/at/all: ")
    );
}
