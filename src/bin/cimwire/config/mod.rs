//! The configuration file: settings by host, by profile and for all hosts, and groups of hosts.
//!
//! [`read`] turns the file into tables of settings, [`layers`] joins these with the command line and the environment, and
//! [`check`] finds what is wrong with a file. A key of a table is the id of an option of [`Connection`], so that a new
//! option needs nothing here.

pub(crate) mod candidates;
pub(crate) mod check;
pub(crate) mod layers;
mod read;
pub(crate) mod setting;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use etcetera::BaseStrategy;

use self::check::Fault;
use self::layers::Given;
use self::setting::{Setting, Source, Table};
use crate::files;
use crate::options::Connection;
use crate::output::report::{self, Failure, Problem};

/// A configuration file; without one, an empty configuration.
#[derive(Debug, Default)]
pub(crate) struct Config {
    path: PathBuf,
    tables: BTreeMap<(Section, String), Table>,
}

/// A kind of table in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// The settings of all hosts.
    Defaults,
    /// Settings under a name, for `--profile` and for the key `profile` of a host.
    Profiles,
    /// Hosts by name.
    Hosts,
    /// Groups of hosts.
    Groups,
}

impl Section {
    const ALL: [Self; 4] = [Self::Defaults, Self::Profiles, Self::Hosts, Self::Groups];

    fn name(self) -> &'static str {
        match self {
            Self::Defaults => "defaults",
            Self::Profiles => "profiles",
            Self::Hosts => "hosts",
            Self::Groups => "groups",
        }
    }

    /// Returns the keys of its tables that are not settings.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Defaults => &["host", "profile"],
            Self::Profiles => &["host"],
            Self::Hosts => &["address", "peer", "profile", "tags"],
            Self::Groups => &["hosts", "tags"],
        }
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Config {
    /// Reads the file that the options name, else the one in its usual place if there is one.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read or has faults.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, Failure> {
        let (config, faults) = Self::load_with_faults(named)?;
        files::warn_if_shared(&config.path, "configuration");
        let Some(first) = faults.iter().min_by_key(|fault| fault.line) else {
            return Ok(config);
        };
        let what = format!("{}: {}", config.place(first.line), first.message);
        let hint = first.hint.as_deref();
        let hint = hint.unwrap_or("`cimwire config check` shows all faults of the file");
        Err(Problem::usage(what).hint(hint).into())
    }

    /// Reads the same file as [`load`](Self::load), and returns its faults beside what can be used.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read.
    pub(crate) fn load_with_faults(named: Option<&Path>) -> Result<(Self, Vec<Fault>), Failure> {
        let Some(path) = path(named).filter(|path| named.is_some() || path.exists()) else {
            return Ok((Self::default(), Vec::new()));
        };
        let bytes = files::read(&path, BOUND, "--config")?;
        let Ok(text) = String::from_utf8(bytes) else {
            let what = format!("--config: {} is not UTF-8", path.display());
            return Err(Problem::usage(what).into());
        };
        Ok(read::read(path, &text))
    }

    /// Returns a line of the file as errors name it.
    pub(crate) fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }

    /// Returns the tables of a section, with their names.
    pub(crate) fn section(&self, section: Section) -> impl Iterator<Item = (&str, &Table)> {
        let tables = self.tables.iter();
        tables.filter_map(move |((of, name), table)| (*of == section).then_some((&**name, table)))
    }

    /// Returns a table by its name, in any case.
    pub(crate) fn table(&self, section: Section, name: &str) -> Option<&Table> {
        let mut tables = self.section(section);
        tables.find_map(|(known, table)| known.eq_ignore_ascii_case(name).then_some(table))
    }

    /// Returns the names of the groups of a host: those that list it, and those that have one of its tags.
    pub(crate) fn groups_of(&self, host: &str) -> impl Iterator<Item = &str> {
        let tags = self.table(Section::Hosts, host);
        let tags: Vec<_> = tags
            .into_iter()
            .flat_map(|host| host.list("tags"))
            .collect();
        let groups = self.section(Section::Groups);
        groups.filter_map(move |(name, group)| {
            let lists = group
                .list("hosts")
                .any(|name| name.eq_ignore_ascii_case(host));
            let selects = group.list("tags").any(|tag| tags.contains(&tag));
            (lists || selects).then_some(name)
        })
    }

    /// Returns an error that names what the file lacks, with the nearest name as a hint.
    pub(crate) fn lacks(&self, section: Section, name: &str) -> Problem {
        let what = match section {
            Section::Profiles => "profile",
            Section::Groups => "group",
            _ => "host",
        };
        let file = match self.path.as_os_str().is_empty() {
            true => "there is no configuration file, and so".to_owned(),
            false => format!("{} has", self.path.display()),
        };
        let names: Vec<_> = self.section(section).map(|(name, _)| name).collect();
        let problem = Problem::usage(format!("{file} no {what} {name:?}"));
        match (nearest(name, &names), names.is_empty()) {
            (Some(near), _) => problem.hint(format!("did you mean {near:?}?")),
            (None, true) => problem.hint("run `cimwire config path` to see where the file belongs"),
            (None, false) => problem.hint(format!("it has: {}", names.join(", "))),
        }
    }
}

/// Completes the options of a connection by the configuration file.
///
/// # Errors
///
/// Returns an error if the file cannot be used, or the options name a profile that it lacks.
pub(crate) fn complete(
    connection: Connection,
    matches: &ArgMatches,
) -> Result<Connection, Failure> {
    let config = Config::load(connection.config.as_deref())?;
    let given = Given::of(matches);
    if config.path.as_os_str().is_empty() && connection.profile.is_none() {
        return Ok(connection);
    }
    let effective = layers::effective(&config, &given, None)?;
    for (key, setting) in effective.dangers() {
        let place = config.place(setting.source.line().unwrap_or_default());
        report::warning(&format!("{key} is set in {place}"));
    }
    let connection = effective.connection()?;
    if connection.password_command.is_some() && files::is_changed_by_others(&config.path) {
        let what = format!("other users can change {}", config.path.display());
        let hint = "a password_command of it is not run: make the file yours alone (chmod 600)";
        return Err(Problem::usage(what).hint(hint).into());
    }
    Ok(connection)
}

/// Returns the path of the file: the one that is named, else the one in the platform's configuration folder.
pub(crate) fn path(named: Option<&Path>) -> Option<PathBuf> {
    let usual = || {
        let folders = etcetera::choose_base_strategy().ok()?;
        Some(folders.config_dir().join("cimwire").join("config.toml"))
    };
    named.map(Path::to_owned).or_else(usual)
}

/// Returns the name that is nearest to a misspelt one, if one is near.
pub(crate) fn nearest<'n>(misspelt: &str, names: &[&'n str]) -> Option<&'n str> {
    let likeness = |name: &str| strsim::jaro(&misspelt.to_lowercase(), &name.to_lowercase());
    let near = names.iter().map(|name| (likeness(name), *name));
    let near = near.filter(|(likeness, _)| *likeness > NEAR);
    near.max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

/// The largest file. A host takes some 200 bytes.
const BOUND: u64 = 16 << 20;
/// The likeness from which names count as near; clap's for options.
const NEAR: f64 = 0.7;
