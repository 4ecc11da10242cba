//! `cimwire decode`: every capture of real servers where `CIMWIRE_CAPTURES` names their folder, and messages of other
//! makes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod digest;
mod messages;
mod omi;
mod openwsman;
mod windows;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use digest::Shapes;
use serde_json::Value as Json;

/// Runs the program; nothing of the surroundings reaches it.
fn decode(arguments: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_cimwire"));
    program.env_clear().arg("decode").args(arguments);
    program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut program = program.spawn().unwrap();
    // It may end before it has read all.
    let _ = program.stdin.take().unwrap().write_all(input);
    program.wait_with_output().unwrap()
}

/// What the program says about files, each as a JSON object, by the names of the files.
fn explained(files: &[PathBuf]) -> BTreeMap<String, Json> {
    let mut arguments = vec!["--output", "json"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let output = decode(&arguments, b"");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*errors), (Some(0), ""));
    let lines = String::from_utf8(output.stdout).unwrap();
    let objects = lines.lines().map(|line| {
        let object: Json = serde_json::from_str(line).unwrap();
        let name = Path::new(object["file"].as_str().unwrap()).file_name();
        (name.unwrap().to_str().unwrap().to_owned(), object)
    });
    objects.collect()
}

/// The captures of a server; `None` if their folder is not named. A folder that is named has some.
fn captures(server: &str) -> Option<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("CIMWIRE_CAPTURES") else {
        println!("skipped: CIMWIRE_CAPTURES does not say where the captures are");
        return None;
    };
    let folder = Path::new(&folder).join(server);
    let entries = fs::read_dir(&folder);
    let entries = entries.unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no captures in {}", folder.display());
    Some(files)
}

/// Compares what is said with what is known, both ways: no file is left out, and none is missing.
fn compare(
    mut explained: BTreeMap<String, Json>,
    known: &[(&str, &str)],
    shapes: Shapes<'_>,
) -> BTreeMap<String, Json> {
    for (name, expected) in known {
        let object = explained.remove(*name);
        let object = object.unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(digest::of(&object, shapes), *expected, "{name}");
    }
    explained
}

#[test]
fn captures_of_windows() {
    if let Some(files) = captures("windows") {
        let left = compare(explained(&files), &windows::FILES, &windows::SHAPES);
        assert_eq!(left.keys().collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn captures_of_openwsman() {
    if let Some(files) = captures("openwsman") {
        let left = compare(explained(&files), &openwsman::FILES, &openwsman::SHAPES);
        assert_eq!(left.keys().collect::<Vec<_>>(), [""; 0]);
    }
}

#[test]
fn captures_of_omi() {
    let Some(files) = captures("omi") else { return };
    let mut left = compare(explained(&files), &omi::FILES, &omi::SHAPES);
    for (name, dialogue) in [
        ("auth-ntlm-tab-transcript.bin", omi::NTLM),
        ("auth-spnego-krb5-transcript.bin", omi::KERBEROS),
    ] {
        let object = left.remove(name).unwrap_or_else(|| panic!("no {name}"));
        assert_eq!(digest::of(&object, &omi::SHAPES), dialogue, "{name}");
    }
    // The heads of the answers, without their bodies: each tells how long the one beside it is.
    for file in files {
        let name = file.file_name().unwrap().to_str().unwrap();
        let Some(exchange) = name.strip_suffix(".status.txt") else {
            continue;
        };
        let answer = file.with_file_name(format!("{exchange}.response.xml"));
        let length = fs::metadata(&answer).unwrap().len();
        let status = if omi::REFUSED.contains(&exchange) {
            500
        } else {
            200
        };
        let object = left.remove(name).unwrap();
        let digest = digest::of(&object, &omi::SHAPES);
        assert_eq!(digest, format!("HTTP {status} missing {length}"), "{name}");
    }
    assert_eq!(left.keys().collect::<Vec<_>>(), [""; 0]);
}
