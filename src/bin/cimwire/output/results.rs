//! Results of the commands that answer once.

use std::collections::BTreeMap;

use cimwire::cim::{Instance, Reference};
use cimwire::{Explanation, Identity, printable};
use serde::Serialize;
use serde_json::json;

use super::event::Event;
use super::json::Json;
use super::{Output, Render, rows, table};
use crate::output::list::Known;
use crate::output::report::{self, Failure};

/// The product that answers at an endpoint.
#[derive(Debug)]
pub(crate) struct Identified {
    pub(crate) endpoint: String,
    pub(crate) identity: Identity,
}

impl Render for Identified {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let identity = &self.identity;
        output.json(&json!({
            "endpoint": self.endpoint,
            "product_vendor": identity.product_vendor,
            "product_version": identity.product_version,
            "protocol_version": identity.protocol_version,
            "security_profiles": identity.security_profiles,
        }))?;
        output.block(&table::summary(&[
            ("Endpoint", self.endpoint.clone()),
            ("Vendor", identity.product_vendor.clone()),
            ("Version", identity.product_version.clone()),
            ("Protocol", identity.protocol_version.clone()),
            ("Security", identity.security_profiles.join(", ")),
        ]))
    }
}

/// One instance, in full.
impl Render for Instance {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&Json(self))?;
        output.block(&rows::list(self))
    }
}

/// An instance that was changed, created or deleted, as JSON.
#[derive(Serialize)]
struct ChangedRow<'a> {
    #[serde(flatten)]
    event: Event<'a>,
    reference: &'a Reference,
    #[serde(skip_serializing_if = "Option::is_none")]
    instance: Option<Json<'a, Option<Instance>>>,
}

impl<'a> ChangedRow<'a> {
    fn new(event: &'static str, reference: &'a Reference) -> Self {
        Self {
            event: Event::new(event).changed(Some(true)),
            reference,
            instance: None,
        }
    }
}

/// An instance that was changed.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) reference: Reference,
    /// The instance after the change, if the server returned it.
    pub(crate) instance: Option<Instance>,
}

impl Render for Changed {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let Self {
            reference,
            instance,
        } = self;
        output.json(&ChangedRow {
            event: Event::new("changed").changed(Some(true)),
            reference,
            instance: Some(Json(instance)),
        })?;
        output.line(&format!("Changed {reference}"))?;
        match instance {
            Some(instance) => output.block(&rows::list(instance)),
            None => Ok(()),
        }
    }
}

/// An instance that was created.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) reference: Reference,
}

impl Render for Created {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let reference = &self.reference;
        output.json(&ChangedRow::new("created", reference))?;
        output.line(&format!("Created {reference}"))
    }
}

/// An instance that was deleted.
#[derive(Debug)]
pub(crate) struct Deleted {
    pub(crate) reference: Reference,
}

impl Render for Deleted {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let reference = &self.reference;
        output.json(&ChangedRow::new("deleted", reference))?;
        output.line(&format!("Deleted {reference}"))
    }
}

/// A simulated host that runs.
#[derive(Debug)]
pub(crate) struct Simulated<'a> {
    pub(crate) url: &'a str,
    /// The settings of a client, by the names of its options.
    pub(crate) settings: Vec<(&'static str, String)>,
}

impl Render for Simulated<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let settings = self.settings.iter();
        let members = settings.clone().map(|(name, value)| {
            let name = if *name == "host" { "url" } else { name };
            (name, value)
        });
        output.json(&members.collect::<BTreeMap<_, _>>())?;
        let variables =
            settings.map(|(name, value)| format!("CIMWIRE_{}='{value}'", name.to_uppercase()));
        output.block(&format!(
            "A simulated Hyper-V host answers at {}, until Ctrl-C. Nothing there is real.\n\n\
             In another shell:\n\n  \
             export {}\n  \
             cimwire replica start web01\n  \
             cimwire query \"SELECT ElementName, ReplicationState FROM Msvm_ComputerSystem\"",
            self.url,
            variables.collect::<Vec<_>>().join(" \\\n    ")
        ))
    }
}

/// The address of the simulated host of a demonstration.
#[derive(Debug)]
pub(crate) struct DemoHost<'a>(pub(crate) &'a str);

impl Render for DemoHost<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        let told = format!("This host is simulated, nothing on it is real: {}", self.0);
        if output.is_json() {
            report::note(&told);
        }
        output.line(&told)
    }
}

/// A message in a file, explained.
#[derive(Debug, Serialize)]
pub(crate) struct Explained<'a> {
    pub(crate) file: &'a str,
    #[serde(flatten)]
    pub(crate) explanation: &'a Explanation,
    /// True if a blank line parts it from the one before.
    #[serde(skip)]
    pub(crate) is_later: bool,
}

impl Render for Explained<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(self)?;
        if self.is_later {
            output.line("")?;
        }
        output.block(&format!("{}: {}", printable(self.file), self.explanation))
    }
}

/// The result of one step of `doctor`.
#[derive(Debug, Serialize)]
pub(crate) struct Finding<'a> {
    pub(crate) step: &'static str,
    pub(crate) result: &'static str,
    pub(crate) seen: &'a str,
    /// The next thing to do, if there is one.
    pub(crate) next: &'a str,
}

impl Render for Finding<'_> {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&Known::of(self))?;
        let Self {
            step,
            result,
            seen,
            next,
        } = self;
        output.line(&format!("{result:<7}  {step:<9}  {seen}"))?;
        if next.is_empty() {
            return Ok(());
        }
        output.line(&format!("{:<7}  {:<9}  next: {next}", "", ""))
    }
}
