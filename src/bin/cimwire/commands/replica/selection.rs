//! The virtual machines that a verb is about.

use cimwire::ErrorKind;
use cimwire::hyperv::VirtualMachine;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::cluster;
use super::host::Host;
use crate::exit::Exit;
use crate::output::report::{self, Failure, Problem};
use crate::output::short;

/// The virtual machines that the command line names.
#[derive(Clone, Debug, Args)]
pub(super) struct Selection {
    /// Virtual machines: names, patterns with * and ?, or GUIDs where several have the name
    #[arg(value_name = "VM", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub(super) vms: Vec<String>,
}

/// Finds the virtual machines with these names, each once. A pattern has to match at least one.
pub(crate) async fn resolve(
    host: &Host<'_>,
    names: &[String],
) -> Result<Vec<VirtualMachine>, Failure> {
    let mut found: Vec<VirtualMachine> = Vec::new();
    let mut all = None;
    for name in names {
        let matching = if is_pattern(name) {
            let all = match &mut all {
                Some(all) => all,
                none => none.insert(host.read(host.service.vms()).await?),
            };
            matching(name, all)?
        } else {
            vec![find(host, name).await?]
        };
        for vm in matching {
            if !found.iter().any(|known| known.id == vm.id) {
                found.push(vm);
            }
        }
    }
    Ok(found)
}

/// Finds a virtual machine. If the host does not have it, the error says which node of its cluster does.
async fn find(host: &Host<'_>, name: &str) -> Result<VirtualMachine, Failure> {
    match host.read(host.service.vm(name)).await {
        Err(Failure::Library(error)) if error.kind() == ErrorKind::NotFound => {
            let exit = match cluster::hint(host, name).await {
                Some(hint) => report::error_with(&error, Some(&hint)),
                None => report::error(&error),
            };
            Err(Failure::Reported(exit))
        }
        found => found,
    }
}

fn matching(pattern: &str, all: &[VirtualMachine]) -> Result<Vec<VirtualMachine>, Problem> {
    let matching = all.iter().filter(|vm| matches(pattern, &vm.name));
    let matching: Vec<_> = matching.cloned().collect();
    if matching.is_empty() {
        let what = format!("no virtual machine matches {:?}", short(pattern));
        return Err(Problem::new(Exit::Failure, what).hint("list them with `cimwire vm list`"));
    }
    Ok(matching)
}

fn is_pattern(name: &str) -> bool {
    name.contains(['*', '?'])
}

/// Reports whether a name matches a pattern, in any case: `*` is any text, `?` is any character.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let name: Vec<char> = name.to_lowercase().chars().collect();
    // Each star is tried with the shortest text first; only the last one is ever extended.
    let (mut at, mut from) = (0, 0);
    let mut star = None;
    while let Some(c) = name.get(at) {
        match pattern.get(from) {
            Some('*') => {
                star = Some((from, at));
                from += 1;
            }
            Some(p) if *p == '?' || p == c => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((position, start)) => {
                    star = Some((position, start + 1));
                    at = start + 1;
                    from = position + 1;
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(from).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names_in_any_case() {
        for (pattern, name, expected) in [
            ("web*", "WEB01", true),
            ("web?1", "web01", true),
            ("web?", "web01", false),
            ("*01", "web01", true),
            ("*0*1*", "web0x01", true),
            ("*", "", true),
            ("?", "", false),
            ("w*b", "web01", false),
            ("f?nf", "FÜNF", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_do_not_take_long() {
        let name = "a".repeat(10_000);
        assert!(!matches("*a*a*a*a*a*a*a*a*b", &name));
    }
}
