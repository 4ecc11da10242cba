//! Names of the configuration file for completions.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};

use super::{Config, Section};

/// Returns what completes the names of a section.
pub(crate) fn of(section: Section) -> ArgValueCompleter {
    ArgValueCompleter::new(move |typed: &OsStr| {
        let named = env::var_os("CIMWIRE_CONFIG").filter(|path| !path.is_empty());
        let config = Config::load_with_faults(named.map(PathBuf::from).as_deref());
        // There is no place for an error while the user types.
        let config = config.map(|(config, _)| config).unwrap_or_default();
        let typed = typed.to_string_lossy();
        let names = config.section(section).map(|(name, _)| name);
        let names = names.filter(|name| name.starts_with(&*typed));
        names.map(CompletionCandidate::new).collect()
    })
}
