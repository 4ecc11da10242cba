//! Faults of a configuration file.

use std::path::Path;

use super::{Config, Section, Setting, Source, Table, nearest};
use crate::files;

/// Something wrong with a file.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) line: usize,
    pub(crate) is_warning: bool,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Fault {
    pub(super) fn error(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            is_warning: false,
            message: message.into(),
            hint: None,
        }
    }

    fn warning(line: usize, message: impl Into<String>) -> Self {
        Self {
            is_warning: true,
            ..Self::error(line, message)
        }
    }

    pub(super) fn hint(self, hint: Option<String>) -> Self {
        Self { hint, ..self }
    }
}

/// Returns the names that the tables refer to and the file lacks, the files that are missing or that other users can read,
/// and the settings that give safety away.
pub(crate) fn faults(config: &Config) -> Vec<Fault> {
    let mut faults = Vec::new();
    for ((section, name), table) in &config.tables {
        for (key, setting) in &table.0 {
            let Source::File { line, .. } = setting.source else {
                continue;
            };
            faults.extend(references(config, key, setting, line));
            faults.extend(file(key, setting, line));
            if key.starts_with("dangerously_") && setting.text() == "true" {
                faults.push(Fault::warning(line, format!("{key} gives safety away")));
            }
            if key == "peer" && setting.text().eq_ignore_ascii_case(name) {
                faults.push(Fault::error(line, "a host cannot be its own peer"));
            }
        }
        faults.extend(same_name(config, *section, name, table));
    }
    faults
}

/// Returns a fault for each name of a list, or of a text, that stands for a table which the file lacks.
fn references(config: &Config, key: &str, setting: &Setting, line: usize) -> Vec<Fault> {
    let (section, what) = match key {
        "peer" | "hosts" => (Section::Hosts, "host"),
        "profile" => (Section::Profiles, "profile"),
        _ => return Vec::new(),
    };
    let known: Vec<_> = config.section(section).map(|(name, _)| name).collect();
    let names = setting.values.iter().map(|name| name.to_string_lossy());
    let missing = names.filter(|name| config.table(section, name).is_none());
    let fault = missing.map(|name| {
        let hint = nearest(&name, &known).map(|near| format!("did you mean `{near}`?"));
        Fault::error(line, format!("there is no {what} `{name}`")).hint(hint)
    });
    fault.collect()
}

/// Returns what is wrong with a file that a setting names.
fn file(key: &str, setting: &Setting, line: usize) -> Option<Fault> {
    let secret = match key {
        "password_file" => Some("password"),
        "client_key" => Some("private key"),
        "ca_file" | "client_cert" => None,
        _ => return None,
    };
    let path = Path::new(setting.values.first()?);
    if path == Path::new("-") {
        return None;
    }
    if let Err(error) = path.metadata() {
        let what = format!("could not read {}: {error}", path.display());
        return Some(Fault::error(line, what));
    }
    files::shared(path, secret?).map(|warning| Fault::warning(line, warning))
}

/// Returns a fault if a group has the name of a host: either could be meant where one is named.
fn same_name(config: &Config, section: Section, name: &str, table: &Table) -> Option<Fault> {
    let clashes = section == Section::Groups && config.table(Section::Hosts, name).is_some();
    let line = table.0.values().find_map(|setting| setting.source.line());
    clashes.then(|| {
        let what = format!("a host and a group have the name `{name}`");
        Fault::error(line.unwrap_or(1), what)
    })
}
