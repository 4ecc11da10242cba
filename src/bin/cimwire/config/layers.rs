//! The settings in effect: the command line before the environment, the profile and the host of the file, its defaults last.

use std::ffi::OsString;

use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches};

use super::setting::{self, PASSWORD, PASSWORD_COMMAND};
use super::{Config, Section, Setting, Source, Table};
use crate::exit::Exit;
use crate::options::Connection;
use crate::output::report::{Failure, Problem};
use crate::password;
use crate::usage_error;

/// The settings of the command line and of the environment.
#[derive(Clone, Debug)]
pub(crate) struct Given([Table; 2]);

impl Given {
    /// Takes the settings from what clap has read.
    pub(crate) fn of(matches: &ArgMatches) -> Self {
        let mut given = [Table::default(), Table::default()];
        let [command_line, environment] = &mut given;
        for option in setting::options().get_arguments() {
            let id = option.get_id().as_str();
            let (table, source) = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => (&mut *command_line, Source::CommandLine),
                Some(ValueSource::EnvVariable) => (&mut *environment, Source::Environment),
                _ => continue,
            };
            let values: Vec<OsString> = match option.get_action().takes_values() {
                true => matches
                    .get_raw(id)
                    .into_iter()
                    .flatten()
                    .map(Into::into)
                    .collect(),
                false => vec![matches.get_flag(id).to_string().into()],
            };
            table.0.insert(id.to_owned(), Setting { values, source });
        }
        if password::is_in_the_environment() {
            let setting = Setting {
                values: Vec::new(),
                source: Source::Environment,
            };
            environment.0.insert(PASSWORD.to_owned(), setting);
        }
        Self(given)
    }

    fn get(&self, key: &str) -> Option<&Setting> {
        self.0.iter().find_map(|table| table.get(key))
    }
}

/// The settings in effect for a host.
#[derive(Debug)]
pub(crate) struct Effective<'c> {
    pub(crate) settings: Table,
    /// The table of the host in the file.
    host: Option<&'c Table>,
}

/// Returns the settings in effect, for the host that is named or else for the one that the settings name.
///
/// # Errors
///
/// Returns an error if the file lacks the profile.
pub(crate) fn effective<'c>(
    config: &'c Config,
    given: &Given,
    host: Option<&str>,
) -> Result<Effective<'c>, Problem> {
    let empty = Table::default();
    let defaults = config.table(Section::Defaults, "").unwrap_or(&empty);
    let profile = |setting: Option<&Setting>| match setting {
        Some(name) => config
            .table(Section::Profiles, &name.text())
            .ok_or_else(|| config.lacks(Section::Profiles, &name.text()))
            .map(Some),
        None => Ok(None),
    };
    let chosen = profile(given.get("profile"))?;
    let named = [
        given.get("host"),
        chosen.and_then(|table| table.get("host")),
        defaults.get("host"),
    ];
    let named = named.into_iter().flatten().next().cloned();
    let name = host
        .map(Into::into)
        .or_else(|| named.as_ref().map(Setting::text));
    let host = name.and_then(|name| config.table(Section::Hosts, &name));
    let beneath = match chosen {
        Some(_) => None,
        None => profile(
            host.and_then(|host| host.get("profile"))
                .or_else(|| defaults.get("profile")),
        )?,
    };
    let [command_line, environment] = &given.0;
    let layers = [
        Some(command_line),
        Some(environment),
        chosen,
        host,
        beneath,
        Some(defaults),
    ];
    let layers: Vec<_> = layers.into_iter().flatten().collect();
    Ok(Effective {
        settings: joined(&layers),
        host,
    })
}

/// Joins tables, the first of which comes before all others.
fn joined(layers: &[&Table]) -> Table {
    let user = layers.iter().find_map(|table| table.text("user"));
    let mut joined = Table::default();
    for (depth, layer) in layers.iter().enumerate() {
        let of = layers
            .iter()
            .skip(depth)
            .find_map(|table| table.text("user"));
        let is_of_another_user = of.is_some() && of != user;
        let above = joined.clone();
        for (key, setting) in &layer.0 {
            let is_out = above.get(key).is_some()
                || setting.source.is_file()
                    && (is_replaced(key, &above) || is_of_another_user && LOGIN.contains(&&**key));
            if !is_out {
                joined.0.insert(key.clone(), setting.clone());
            }
        }
    }
    joined
}

/// Reports whether a setting is out of use since the tables before it have one that stands in its place.
fn is_replaced(key: &str, above: &Table) -> bool {
    let has = |key: &&str| match (*key, above.text(key).as_deref()) {
        (_, None) | ("auth", Some("certificate")) => false,
        (key, Some("false")) => !key.starts_with("dangerously_"),
        _ => true,
    };
    match key {
        _ if TRUST.contains(&key) => TRUST.iter().any(has),
        _ if PASSWORDS.contains(&key) => PASSWORDS.iter().any(has),
        "client_cert" | "client_key" => ["auth", "user", "client_cert"].iter().any(has),
        "auth" => has(&"client_cert"),
        _ => false,
    }
}

impl Effective<'_> {
    /// Returns the address of the host: that of its table, else its name.
    pub(crate) fn address(&self) -> Option<Setting> {
        let address = self.host.and_then(|host| host.get("address"));
        address.or_else(|| self.settings.get("host")).cloned()
    }

    /// Returns the settings of the file that give safety away.
    pub(crate) fn dangers(&self) -> impl Iterator<Item = (&str, &Setting)> {
        let settings = self
            .settings
            .0
            .iter()
            .map(|(key, setting)| (&**key, setting));
        settings.filter(|(key, setting)| {
            key.starts_with("dangerously_") && setting.source.is_file() && setting.text() == "true"
        })
    }

    /// Returns the settings as the options of a connection.
    ///
    /// # Errors
    ///
    /// Returns an error if clap refuses them together.
    pub(crate) fn connection(&self) -> Result<Connection, Failure> {
        let mut words = Vec::new();
        let options = setting::options();
        for option in options.get_arguments() {
            let (Some(name), Some(setting)) = (
                option.get_long(),
                self.settings.get(option.get_id().as_str()),
            ) else {
                continue;
            };
            let mut word = OsString::from(format!("--{name}"));
            match (option.get_action().takes_values(), setting.values.first()) {
                (true, Some(value)) => {
                    word.push("=");
                    word.push(value);
                }
                _ if setting.text() == "true" => {}
                _ => continue,
            }
            words.push(word);
        }
        let matches = options.try_get_matches_from(words);
        let connection = matches.and_then(|matches| Connection::from_arg_matches(&matches));
        let mut connection =
            connection.map_err(|error| Problem::new(Exit::Usage, usage_error::line(&error)))?;
        let name = connection.host.take();
        connection.host = self.address().map(|address| address.text().into_owned());
        connection.host_name = name.filter(|name| connection.host.as_ref() != Some(name));
        connection.password_command = self
            .settings
            .get(PASSWORD_COMMAND)
            .map(|command| command.values.clone());
        Ok(connection)
    }
}

/// Ways to trust a host, of which the first table that has any decides.
const TRUST: [&str; 3] = [
    "ca_file",
    "pin_certificate",
    "dangerously_accept_any_certificate",
];
/// Ways to a password, of which the first table that has any decides.
const PASSWORDS: [&str; 3] = ["password_file", PASSWORD_COMMAND, PASSWORD];
/// Settings that belong to the user that their table, or one after it, names.
const LOGIN: [&str; 4] = [
    "password_file",
    PASSWORD_COMMAND,
    "client_cert",
    "client_key",
];
