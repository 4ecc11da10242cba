//! A namespace of a host.

use crate::cim::ClassPath;
use crate::error::Error;
use crate::wsman::{Enumerate, Wql};

use super::{Client, Instances};

/// A namespace of a host: `root/cimv2`, `root/virtualization/v2`.
#[derive(Clone, Debug)]
pub struct Namespace {
    client: Client,
    name: String,
}

impl Namespace {
    pub(super) fn new(client: Client, name: String) -> Self {
        let name = name.replace('\\', "/");
        Self {
            client,
            name: name.trim_matches('/').to_owned(),
        }
    }

    /// The name, with slashes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Instances that a query finds, as a stream. Nothing is sent before the first is asked for.
    ///
    /// # Errors
    ///
    /// Where the query holds a name that is none.
    pub fn query(&self, wql: Wql) -> Result<Instances, Error> {
        let text = wql.into_text();
        let text = text
            .map_err(|error| Error::from_encode(format!("could not query {}", self.name), error))?;
        let page_size = self.client.inner.settings.page_size;
        Ok(Instances::new(
            self.client.clone(),
            Enumerate::query(&self.name, text, page_size),
        ))
    }

    /// All instances of a class, as a stream. Nothing is sent before the first is asked for.
    pub fn enumerate(&self, class: &str) -> Instances {
        let page_size = self.client.inner.settings.page_size;
        let class = ClassPath::new(&self.name, class);
        Instances::new(self.client.clone(), Enumerate::class(class, page_size))
    }
}
