//! Results of the commands that answer once.

use cimwire::Identity;
use cimwire::cim::{Instance, Reference};
use serde_json::json;

use super::{Output, Render, rows, table};
use crate::output::report::Failure;

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
        output.json(self)?;
        output.block(&rows::list(self))
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
        output.json(&json!({"event": "changed", "reference": reference, "instance": instance}))?;
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
        output.json(&json!({"event": "created", "reference": reference}))?;
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
        output.json(&json!({"event": "deleted", "reference": reference}))?;
        output.line(&format!("Deleted {reference}"))
    }
}
