//! Which class, and which of its instances.

use cimwire::cim::{ClassPath, KeyValue, Reference};
use cimwire::hyperv;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::server;
use crate::assign::Pair;
use crate::output::short;
use crate::report::Problem;
use crate::session::Session;

/// A class.
#[derive(Debug, Args)]
pub(crate) struct Class {
    /// The class: Win32_Service, or with its namespace root/cimv2:Win32_Service
    #[arg(value_name = "CLASS", value_parser = NonEmptyStringValueParser::new())]
    class: String,
}

impl Class {
    pub(crate) fn path(&self, session: &Session) -> Result<ClassPath, Problem> {
        let class = self.class.parse().map_err(|_| no_class(&self.class))?;
        Ok(in_namespace(session, class))
    }
}

/// An instance: its class and keys, or its object path.
#[derive(Debug, Args)]
pub(crate) struct Target {
    /// The class: Win32_Service, root/cimv2:Win32_Service, or an instance by its object path
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
        Some(path) if path.keys().len() > 0 && !path.class().namespace().is_empty() => path.into(),
        _ => value.clone(),
    }
}

/// A class that names no namespace is in the one that was asked for, else where its name says.
fn in_namespace(session: &Session, class: ClassPath) -> ClassPath {
    if !class.namespace().is_empty() {
        return class;
    }
    let asked = session.connection.namespace.as_deref();
    let namespace = asked.unwrap_or_else(|| usual_namespace(class.name()));
    ClassPath::new(namespace, class.name())
}

/// Where a class usually is.
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

/// What the classes of Hyper-V begin with.
const HYPERV: &str = "Msvm_";
const PATHS: &str = "write it like Win32_Service, root/cimv2:Win32_Service, or in single quotes \
                     'root/cimv2:Win32_Service.Name=\"Spooler\"'";
