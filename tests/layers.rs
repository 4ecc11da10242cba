//! The direction of imports between the folders of `src`, as the architecture page of the manual draws it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders, and those that each may import. `codes`, `part_headers`, `printable` and `remedy` are ground that all may use.
const MAY_IMPORT: [(&str, &[&str]); 11] = [
    ("cim", &[]),
    ("xml", &[]),
    ("auth", &[]),
    ("wsman", &["cim", "xml"]),
    ("transport", &["auth"]),
    ("error", &["cim", "transport", "wsman"]),
    (
        "client",
        &["auth", "cim", "error", "transport", "wsman", "xml"],
    ),
    ("job", &["cim", "client", "error", "wsman"]),
    ("hyperv", &["cim", "client", "error", "job", "wsman"]),
    (
        "explain",
        &["auth", "cim", "error", "transport", "wsman", "xml"],
    ),
    ("simulator", &["auth", "cim", "wsman", "xml"]),
];

const GROUND: [&str; 4] = ["codes", "part_headers", "printable", "remedy"];

#[test]
fn folders_import_in_one_direction() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut wrong = Vec::new();
    for (folder, allowed) in MAY_IMPORT {
        let mut files = Vec::new();
        collect(&source.join(folder), &mut files);
        files.extend(Some(source.join(format!("{folder}.rs"))).filter(|file| file.exists()));
        assert!(!files.is_empty(), "there is no folder src/{folder}");
        for file in files {
            let text = absolute(&fs::read_to_string(&file).unwrap(), &module_of(&file));
            for import in imports(&text) {
                let file = source.join(format!("{import}.rs"));
                // A module in a file refers to that file by `super` too.
                let is_module = source.join(&import).is_dir() || file.exists();
                let is_allowed = import == folder
                    || !is_module
                    || GROUND.contains(&import.as_str())
                    || allowed.contains(&import.as_str());
                if !is_allowed {
                    wrong.push(format!("{} imports {import}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The modules of the simulator, and those that each may name besides itself.
const IN_SIMULATOR: [(&str, &[&str]); 4] = [
    ("site", &["service", "providers"]),
    ("front", &["service"]),
    ("service", &["providers"]),
    ("providers", &[]),
];

#[test]
fn the_simulator_imports_in_one_direction() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/simulator");
    let mut wrong = Vec::new();
    for (module, allowed) in IN_SIMULATOR {
        let mut files = Vec::new();
        collect(&source.join(module), &mut files);
        files.extend(Some(source.join(format!("{module}.rs"))).filter(|file| file.exists()));
        assert!(!files.is_empty(), "there is no src/simulator/{module}");
        for file in files {
            let text = absolute(&fs::read_to_string(&file).unwrap(), &module_of(&file));
            let text = text.replace("crate::simulator::", "crate::");
            for import in imports(&text) {
                let is_other = IN_SIMULATOR
                    .iter()
                    .any(|(other, _)| import == *other && *other != module);
                if is_other && !allowed.contains(&import.as_str()) {
                    wrong.push(format!("{} imports {import}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_program_uses_the_public_api_alone() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&source.join("bin"), &mut files);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let is_included = text.contains("#[path") || text.contains("include!(");
        assert!(
            !is_included,
            "{} takes in a file of the library",
            file.display()
        );
    }
}

/// Files of a folder and the folders in it, without those of unit tests.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        let is_test = path
            .file_stem()
            .is_some_and(|stem| stem == "tests" || stem == "testing");
        if is_test {
            continue;
        } else if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// The path of the module that a file of the library is: `["client", "builder"]`.
fn module_of(file: &Path) -> Vec<String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let path = file.strip_prefix(source).unwrap().with_extension("");
    let names = path.iter().map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| name != "mod").collect()
}

/// The text of a module with its relative paths spelt out from the root of the crate.
fn absolute(text: &str, module: &[String]) -> String {
    let mut text = text.to_owned();
    for up in (1..=module.len()).rev() {
        let mut path = vec!["crate"];
        path.extend(module[..module.len() - up].iter().map(String::as_str));
        text = text.replace(&"super::".repeat(up), &format!("{}::", path.join("::")));
    }
    text
}

#[test]
fn relative_paths_are_spelt_out() {
    let module = module_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/a/b/mod.rs"));
    let text = absolute("use super::super::c::D; use super::e::{F, G};", &module);
    assert_eq!(text, "use crate::c::D; use crate::a::e::{F, G};");
}

/// The modules of the crate's root that a file names, in `use` declarations and paths; comments, unit tests and exported
/// macros left out.
fn imports(text: &str) -> BTreeSet<String> {
    let code = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .map(|line| format!("{line}\n"))
        .collect();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split("};").next().unwrap_or_default();
            found.extend(heads(group));
        } else {
            found.extend(head(rest));
        }
    }
    found
}

/// The first names of a group of imports: `a::{b, c}, d::e` has `a` and `d`.
fn heads(group: &str) -> Vec<String> {
    let mut depth = 0;
    let mut starts = vec![0];
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => starts.push(at + 1),
            _ => {}
        }
    }
    starts
        .into_iter()
        .filter_map(|at| head(group[at..].trim_start()))
        .collect()
}

/// The module at the beginning of a path. Names of items of the root, such as `cim_class!`, are none.
fn head(path: &str) -> Option<String> {
    let end = path.find(|c: char| !(c.is_ascii_lowercase() || c == '_'))?;
    path[end..]
        .starts_with("::")
        .then(|| path[..end].to_owned())
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "use crate::cim::Value;\nuse crate::{auth::{Credentials, ntlm}, xml::Reader};\n\
                // crate::job::Job\nfn f() { crate::wsman::write() }\n#[cfg(test)]\nmod tests {\n\
                use crate::client::Client;\n}";
    let found: Vec<_> = imports(text).into_iter().collect();
    assert_eq!(found, ["auth", "cim", "wsman", "xml"]);
}
