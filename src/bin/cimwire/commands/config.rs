//! `config`: the configuration file, what it comes to for a host, and what is wrong with it.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::config::layers::{self, Given};
use crate::config::setting::{self, PASSWORD, PASSWORD_COMMAND, Setting};
use crate::config::{self, Config, Section, candidates, check};
use crate::exit::Exit;
use crate::files;
use crate::options::without_login;
use crate::output::configuration::{Checked, Host, Hosts, Location, Row, Shown};
use crate::output::report::{Failure, Problem};
use crate::session::Session;

/// Show and check the configuration file: its settings, hosts and groups
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Print where the configuration file is looked for
    Path,
    Show(Show),
    /// Report what is wrong with the configuration file; exit code 2 if it has errors
    Check,
    Hosts(ListHosts),
}

/// Show the settings in effect, and where each comes from
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Host of the configuration file [default: that of --host]
    #[arg(value_name = "HOST", add = candidates::of(Section::Hosts))]
    host: Option<String>,
}

/// List the hosts of the configuration file
#[derive(Debug, Args)]
pub(crate) struct ListHosts {
    /// Group whose hosts are listed [default: all hosts]
    #[arg(value_name = "GROUP", add = candidates::of(Section::Groups))]
    group: Option<String>,
}

impl ConfigCommand {
    pub(crate) fn run(self, session: &Session) -> Result<Exit, Failure> {
        let named = session.connection.config.as_deref();
        let output = session.output;
        match self {
            Self::Path => output.show(&Location(path(named)?)),
            Self::Show(show) => {
                let config = Config::load(named)?;
                output.show(&shown(&config, &session.given, show.host.as_deref())?)
            }
            Self::Check => {
                let checked = checked(&path(named)?)?;
                output.show(&checked)?;
                let is_good = checked.faults.iter().all(|fault| fault.is_warning);
                Ok(if is_good { Exit::Done } else { Exit::Usage })
            }
            Self::Hosts(list) => {
                let config = Config::load(named)?;
                output.show(&hosts(&config, list.group.as_deref())?)
            }
        }
    }
}

fn path(named: Option<&Path>) -> Result<PathBuf, Problem> {
    config::path(named).ok_or_else(|| {
        let what = "could not find the configuration folder of this user";
        Problem::usage(what).hint("set HOME, or name the file with --config")
    })
}

/// Returns the settings in effect for a host.
fn shown(config: &Config, given: &Given, host: Option<&str>) -> Result<Shown, Problem> {
    let effective = layers::effective(config, given, host)?;
    let mut rows = Vec::new();
    for (key, default) in setting::defaults() {
        let setting = match &*key {
            "host" => effective.address(),
            _ => effective.settings.get(&key).cloned(),
        };
        rows.push(match setting {
            Some(setting) => Row {
                value: Some(visible(&key, &setting)),
                source: setting.source.name(),
                origin: Some(setting.source.describe(&key, config)),
                setting: key,
            },
            None => Row {
                value: default,
                source: "default",
                origin: None,
                setting: key,
            },
        });
    }
    Ok(Shown(rows))
}

/// Returns the value of a setting without any secret in it.
fn visible(key: &str, setting: &Setting) -> String {
    let text = setting.text();
    match key {
        PASSWORD => "(not shown)".to_owned(),
        // Its arguments may be secrets.
        PASSWORD_COMMAND if setting.values.len() > 1 => format!("{text} …"),
        "proxy" => without_login(&text).to_owned(),
        _ => text.into_owned(),
    }
}

/// Returns the faults of a file.
fn checked(path: &Path) -> Result<Checked, Failure> {
    let (config, mut faults) = Config::load_with_faults(Some(path))?;
    files::warn_if_shared(path, "configuration");
    faults.extend(check::faults(&config));
    faults.sort_by_key(|fault| fault.line);
    let path = path.to_owned();
    Ok(Checked { path, faults })
}

/// Returns the hosts of the file, or those of a group.
fn hosts(config: &Config, group: Option<&str>) -> Result<Hosts, Problem> {
    if let Some(name) = group.filter(|name| config.table(Section::Groups, name).is_none()) {
        return Err(config.lacks(Section::Groups, name));
    }
    let hosts = config.section(Section::Hosts).map(|(name, table)| Host {
        name: name.to_owned(),
        address: table
            .text("address")
            .map_or_else(|| name.to_owned(), Cow::into_owned),
        peer: table.text("peer").map(Cow::into_owned),
        tags: table.list("tags").map(Cow::into_owned).collect(),
        groups: config.groups_of(name).map(str::to_owned).collect(),
    });
    let is_listed = |host: &Host| {
        let mut groups = host.groups.iter();
        group.is_none_or(|group| groups.any(|name| name.eq_ignore_ascii_case(group)))
    };
    Ok(Hosts(hosts.filter(is_listed).collect()))
}
