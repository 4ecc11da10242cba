//! Which class, and which of its instances.

use cimwire::cim::{ClassPath, KeyValue, Reference};
use cimwire::hyperv;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::server;
use crate::assign::Pair;
use crate::output::report::Problem;
use crate::output::short;
use crate::session::Session;

/// A class.
#[derive(Debug, Args)]
pub(crate) struct Class {
    /// The class: Win32_Service, with its namespace root/cimv2:Win32_Service, or its resource URI
    #[arg(value_name = "CLASS", value_parser = NonEmptyStringValueParser::new())]
    class: String,
}

impl Class {
    pub(super) fn named(class: &str) -> Self {
        Self {
            class: class.to_owned(),
        }
    }

    pub(crate) fn path(&self, session: &Session) -> Result<ClassPath, Problem> {
        let class = self.class.parse().map_err(|_| no_class(&self.class))?;
        Ok(in_namespace(session, class))
    }
}

/// An instance: its class and keys, or its object path.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The class: Win32_Service, root/cimv2:Win32_Service, its resource URI, or an instance by its object path
    #[arg(value_name = "CLASS", value_parser = NonEmptyStringValueParser::new())]
    class: String,

    /// A key of the instance, once for each; the only instance of its class needs none
    #[arg(long = "key", short, value_name = "NAME=VALUE", value_parser = Pair::read)]
    keys: Vec<Pair>,
}

impl Target {
    pub(crate) fn reference(&self, session: &Session) -> Result<Reference, Problem> {
        let path: Reference = self.class.parse().map_err(|error| {
            let what = format!(
                "{:?} names no class and no instance: {error}",
                short(&self.class)
            );
            Problem::usage(what).hint(PATHS)
        })?;
        server::compare(session, &path);
        let class = in_namespace(session, path.class().clone());
        let named = path.keys().map(|(name, value)| (name, key(value)));
        let typed = self.keys.iter();
        let typed = typed.map(|pair| (pair.name.as_str(), key(&pair.text.as_str().into())));
        let mut reference = Reference::to_class(class);
        for (name, value) in named.chain(typed) {
            if reference.key(name).is_some() {
                let what = format!("the key {} is given more than once", short(name));
                return Err(Problem::usage(what));
            }
            reference = reference.with_key(name, value);
        }
        Ok(reference)
    }
}

/// The value of a key. A whole object path refers to an instance, as the keys of associations do; as text it looks the
/// same.
fn key(value: &KeyValue) -> KeyValue {
    let path = match value {
        KeyValue::Text(text) => text.parse::<Reference>().ok(),
        _ => None,
    };
    match path {
        Some(path) if path.keys().len() > 0 && is_addressed(path.class()) => path.into(),
        _ => value.clone(),
    }
}

/// Returns whether a class says where it is.
fn is_addressed(class: &ClassPath) -> bool {
    !class.namespace().is_empty() || class.base().is_some()
}

/// Returns a class in the namespace that was asked for, else where its name says, unless it says so itself. A vendor's
/// resource URI needs no namespace: the server knows its own.
fn in_namespace(session: &Session, class: ClassPath) -> ClassPath {
    let asked = session.connection.namespace.as_deref();
    let usual = class
        .base()
        .is_none()
        .then(|| usual_namespace(class.name()));
    match asked.or(usual) {
        Some(namespace) => class.or_namespace(namespace),
        None => class,
    }
}

/// Returns a class as the methods of a namespace take it: its name, or its resource URI.
pub(crate) fn spelt(class: &ClassPath) -> String {
    format!("{}{}", class.base().unwrap_or_default(), class.name())
}

/// Returns where a class usually is.
pub(crate) fn usual_namespace(class: &str) -> &'static str {
    match class.get(..HYPERV.len()) {
        Some(prefix) if prefix.eq_ignore_ascii_case(HYPERV) => hyperv::NAMESPACE,
        _ => "root/cimv2",
    }
}

fn no_class(text: &str) -> Problem {
    Problem::usage(format!("{:?} names no class", short(text)))
        .hint("write it like Win32_Service or root/cimv2:Win32_Service")
}

/// The prefix of the classes of Hyper-V.
const HYPERV: &str = "Msvm_";
const PATHS: &str = "write it like Win32_Service, root/cimv2:Win32_Service, or in single quotes \
                     'root/cimv2:Win32_Service.Name=\"Spooler\"'";
