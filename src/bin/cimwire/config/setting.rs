//! Settings: values for options, and where they come from.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::ValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Args, Command};

use super::Config;
use crate::options::Connection;
use crate::usage_error;

/// A value, or a list of values, and its source.
#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) values: Vec<OsString>,
    pub(crate) source: Source,
}

impl Setting {
    /// Returns the first value.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        let first = self.values.first();
        first.map_or(Cow::Borrowed(""), |value| value.to_string_lossy())
    }
}

/// The source of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    CommandLine,
    Environment,
    /// The configuration file: the table, and the line.
    File {
        table: String,
        line: usize,
    },
}

impl Source {
    /// Returns the option, the variable, or the place in the file that a setting was read from.
    pub(crate) fn describe(&self, key: &str, config: &Config) -> String {
        match self {
            Self::CommandLine => format!("--{}", key.replace('_', "-")),
            Self::Environment => format!("CIMWIRE_{}", key.to_uppercase()),
            Self::File { table, line } => {
                let file = config
                    .path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy();
                format!("{file}:{line} [{table}]")
            }
        }
    }

    /// Returns the name of the level.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::CommandLine => "command line",
            Self::Environment => "environment",
            Self::File { .. } => "profile",
        }
    }

    /// Returns the line of the configuration file.
    pub(crate) fn line(&self) -> Option<usize> {
        match self {
            Self::File { line, .. } => Some(*line),
            _ => None,
        }
    }

    pub(crate) fn is_file(&self) -> bool {
        self.line().is_some()
    }
}

/// Settings by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table(pub(super) BTreeMap<String, Setting>);

impl Table {
    pub(crate) fn get(&self, key: &str) -> Option<&Setting> {
        self.0.get(key)
    }

    pub(crate) fn text(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key).map(Setting::text)
    }

    /// Returns the values of a list, none if there is no such list.
    pub(crate) fn list(&self, key: &str) -> impl Iterator<Item = Cow<'_, str>> {
        let values = self.get(key).into_iter().flat_map(|list| &list.values);
        values.map(|value| value.to_string_lossy())
    }
}

/// The kind of value that a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Path,
    Flag,
    List,
}

/// Returns the options that the file may set, without their variables of the environment.
pub(crate) fn options() -> Command {
    let command = Command::new("cimwire").no_binary_name(true);
    Connection::augment_args(command).mut_args(|option| option.env(None::<&str>))
}

/// Returns the keys that are settings.
pub(super) fn keys(options: &Command) -> Vec<&str> {
    let ids = options
        .get_arguments()
        .map(|option| option.get_id().as_str());
    let ids = ids.filter(|id| !["config", "host", "profile"].contains(id));
    ids.chain([PASSWORD_COMMAND]).collect()
}

/// Returns the keys that can be in effect, each with its default as the help tells it.
pub(crate) fn defaults() -> Vec<(String, Option<String>)> {
    let options = options();
    let options = options
        .get_arguments()
        .filter(|option| option.get_id() != "config");
    let default = |option: &Arg| {
        let help = option
            .get_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let (_, default) = help.split_once("[default: ")?;
        let default = default
            .rsplit_once(']')
            .map_or(default, |(default, _)| default);
        Some(default.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let keys = options.map(|option| (option.get_id().to_string(), default(option)));
    let ours = [PASSWORD_COMMAND, PASSWORD].map(|key| (key.to_owned(), None));
    keys.chain(ours).collect()
}

/// Returns the kind of value of a key.
pub(super) fn kind(options: &Command, key: &str) -> Kind {
    if [PASSWORD_COMMAND, "hosts", "tags"].contains(&key) {
        return Kind::List;
    }
    match option(options, key) {
        Some(option) if !option.get_action().takes_values() => Kind::Flag,
        Some(option) if is_path(option.get_value_parser()) => Kind::Path,
        _ => Kind::Text,
    }
}

fn is_path(parser: &ValueParser) -> bool {
    parser.type_id() == ValueParser::path_buf().type_id()
}

fn option<'c>(options: &'c Command, key: &str) -> Option<&'c Arg> {
    let mut options = options.get_arguments();
    options.find(|option| option.get_id() == key)
}

/// Returns what clap finds wrong with the value of an option.
pub(super) fn objection(options: &Command, key: &str, value: &str) -> Option<String> {
    let name = option(options, key)?.get_long()?;
    let parsed = options
        .clone()
        .try_get_matches_from([format!("--{name}={value}")]);
    // That an option needs another one is for the levels together.
    let wrong = [ErrorKind::InvalidValue, ErrorKind::ValueValidation];
    let error = parsed.err().filter(|error| wrong.contains(&error.kind()))?;
    Some(usage_error::line(&error))
}

/// A value of the file as the system names files: relative to the folder of the file, `~` for the home.
pub(super) fn located(value: &str, folder: &std::path::Path) -> PathBuf {
    let home = value.strip_prefix("~/").zip(etcetera::home_dir().ok());
    match home {
        Some((rest, home)) => home.join(rest),
        None => folder.join(value),
    }
}

/// The key of the command that prints the password.
pub(crate) const PASSWORD_COMMAND: &str = "password_command";
/// The key of the password in the environment, the value of which is never kept here.
pub(crate) const PASSWORD: &str = "password";
