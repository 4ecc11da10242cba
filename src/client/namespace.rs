//! A namespace of a host.

use crate::cim::{ClassPath, Instance, KeyValue, Reference};
use crate::error::Error;
use crate::wsman::{Enumerate, Filter, Wql};

use super::{Client, Items};

/// A namespace of a host: `root/cimv2`, `root/virtualization/v2`.
///
/// Its streams are named after what they request: [`enumerate`](Self::enumerate) a class, [`matching`](Self::matching)
/// a class with a selector filter, [`query`](Self::query) a query. Their items are instances. A [`Client`] has
/// [`enumerate`](Client::enumerate) and [`query`](Client::query) too; there a Rust type gives namespace and class, and
/// the items have the type.
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

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the name, with slashes.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns a stream of the instances that match a query. Nothing is sent before the first one is requested.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::Wql;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-projection")?);
    /// let properties = ["Name", "CreationDate", "ProcessId", "ExecutablePath"];
    /// let query = Wql::select_properties("Win32_Process", properties).equals("Name", "vmms.exe");
    /// let found = client.namespace("root/cimv2").query(query)?.collect().await?;
    /// assert_eq!(found[0].get::<u32>("ProcessId")?, 2764);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the query contains an invalid identifier.
    pub fn query(&self, wql: Wql) -> Result<Items<Instance>, Error> {
        let text = wql.into_text();
        let text = text.map_err(|error| {
            let doing = format!("could not query {}", self.name);
            self.client.attribute(Error::from_encode(doing, error))
        })?;
        let page_size = self.client.inner.settings.page_size;
        Ok(Items::new(
            self.client.clone(),
            Enumerate::query(&self.name, text, page_size),
        ))
    }

    /// Returns a stream of all instances of a class. Nothing is sent before the first one is requested.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let replay = Replay::open("xml-fixtures/client-release")?;
    /// # let client = Client::builder("replayed").page_size(2).build_over(replay);
    /// let mut services = client.namespace("root/cimv2").enumerate("Win32_Service");
    /// while let Some(service) = services.next().await {
    ///     if service?.get::<bool>("Started")? {
    ///         break;
    ///     }
    /// }
    /// // The host keeps what is left of the enumeration no longer.
    /// services.release().await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn enumerate(&self, class: &str) -> Items<Instance> {
        let page_size = self.client.inner.settings.page_size;
        let class = ClassPath::new(&self.name, class);
        Items::new(self.client.clone(), Enumerate::class(class, page_size))
    }

    /// Returns the instances of a class whose properties have these values, with a selector filter (DSP0226, selector
    /// filter).
    ///
    /// Windows accepts neither arrays, datetimes and references here nor quotation marks; a [query](Self::query) has no
    /// such limits.
    ///
    /// The client compares the results again, since OMI ignores the filter: text without regard to case; numbers,
    /// booleans and times by their values. A null or missing property does not match, so a misspelled name is not an
    /// error here. If only [endpoint references](Items::endpoint_references) are requested, their keys are compared. A property that is not a key, or that is
    /// an array, is then an error of the stream, of [`ErrorKind::Answer`].
    ///
    /// [`ErrorKind::Answer`]: crate::ErrorKind::Answer
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-matching")?);
    /// let stopped = [("State", "Stopped"), ("Started", "false")];
    /// let namespace = client.namespace("root/cimv2");
    /// let services = namespace.matching("Win32_Service", stopped).collect().await?;
    /// assert_eq!(services[0].get::<String>("Name")?, "W32Time");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn matching(
        &self,
        class: &str,
        properties: impl IntoIterator<Item = (impl Into<String>, impl Into<KeyValue>)>,
    ) -> Items<Instance> {
        let mut set = Reference::new("", "");
        for (name, value) in properties {
            set = set.with_key(name, value);
        }
        let page_size = self.client.inner.settings.page_size;
        let class = ClassPath::new(&self.name, class);
        let filter = Some(Filter::Selectors(set));
        let enumerate = Enumerate {
            filter,
            ..Enumerate::class(class, page_size)
        };
        Items::new(self.client.clone(), enumerate)
    }
}
