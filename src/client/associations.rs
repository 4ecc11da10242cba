//! Queries for associated instances.

use crate::cim::resource_uri::class_name;
use crate::cim::{ClassPath, Instance, Reference};
use crate::error::Error;
use crate::wsman::{
    Association, Dialect, EncodeError, Enumerate, Filter, QueryTarget, ServerProfile,
};

use super::{Client, Items};

/// A query for the associations of an instance, created by [`Client::associators`] and [`Client::references`].
///
/// Windows is queried in WQL (`ASSOCIATORS OF {…} WHERE …`). The DMTF dialect and the [all-classes
/// URI](QueryTarget::AllClasses) use the association filter of DSP0227. openwsman requires that URI, and all four
/// criteria for associators.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `instances` is called and read"]
pub struct Associations {
    client: Client,
    query: Association,
}

impl Associations {
    pub(super) fn new(client: Client, object: Reference, references: bool) -> Self {
        let query = Association {
            object,
            references,
            association_class: None,
            result_class: None,
            role: None,
            result_role: None,
        };
        Self { client, query }
    }

    /// Keeps only results of associations of this class.
    pub fn association_class(mut self, class: impl Into<String>) -> Self {
        self.query.association_class = Some(class_name(&class.into()).to_owned());
        self
    }

    /// Keeps only results of this class. In a query for the associations themselves, this is their own class.
    pub fn result_class(mut self, class: impl Into<String>) -> Self {
        self.query.result_class = Some(class_name(&class.into()).to_owned());
        self
    }

    /// Keeps only results where the instance has this role: the name of the property that refers to it.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.query.role = Some(role.into());
        self
    }

    /// Keeps only results that have this role. It has no meaning in a query for the associations themselves.
    pub fn result_role(mut self, role: impl Into<String>) -> Self {
        self.query.result_role = Some(role.into());
        self
    }

    /// Returns a stream of the instances. Nothing is sent before the first one is requested.
    ///
    /// # Errors
    ///
    /// Returns an error if a class or role is not a CIM name, or if the server does not support the query.
    pub fn instances(self) -> Result<Items<Instance>, Error> {
        let settings = &self.client.inner.settings;
        let class = ClassPath::new(self.query.object.class().namespace(), "*");
        let filter = filter(&self.query, settings.profile);
        let filter = filter.map_err(|error| self.client.attribute(error))?;
        let enumerate = Enumerate::class(class, settings.page_size);
        Ok(Items::new(
            self.client,
            Enumerate {
                filter: Some(filter),
                ..enumerate
            },
        ))
    }
}

/// Returns the query in the form that the server expects.
fn filter(query: &Association, profile: ServerProfile) -> Result<Filter, Error> {
    let refused = |error| {
        let doing = format!("could not query associations of {}", query.object);
        Error::from_encode(doing, error)
    };
    match (profile.query_target, profile.dialect) {
        (QueryTarget::AllClasses, _) if !query.references && !is_complete(query) => {
            Err(refused(EncodeError::Value(INCOMPLETE.to_owned())).with_hint(COMPLETE))
        }
        (QueryTarget::Namespace, Dialect::Wmi) => query.to_wql().map(Filter::Wql).map_err(refused),
        _ => Ok(Filter::Association(query.clone())),
    }
}

/// Returns true if a query has all four criteria.
fn is_complete(query: &Association) -> bool {
    let criteria = [
        &query.association_class,
        &query.result_class,
        &query.role,
        &query.result_role,
    ];
    criteria.into_iter().all(Option::is_some)
}

impl Client {
    /// Returns a query for the instances associated with an instance.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::Reference;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-associations")?);
    /// let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
    ///     .with_key("CreationClassName", "Msvm_ComputerSystem")
    ///     .with_key("Name", "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001");
    /// let relationships = client
    ///     .associators(&vm)
    ///     .association_class("Msvm_SystemReplicationRelationship")
    ///     .result_class("Msvm_ReplicationRelationship")
    ///     .instances()?
    ///     .collect()
    ///     .await?;
    /// assert_eq!(relationships[0].get::<u16>("ReplicationState")?, 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn associators(&self, object: &Reference) -> Associations {
        Associations::new(self.clone(), object.clone(), false)
    }

    /// Returns a query for the associations of an instance themselves.
    ///
    /// ```no_run
    /// use cimwire::cim::Reference;
    ///
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let service = Reference::new("root/cimv2", "Win32_Service").with_key("Name", "Winmgmt");
    /// let needs = client
    ///     .references(&service)
    ///     .role("Dependent")
    ///     .result_class("Win32_DependentService");
    /// for need in needs.instances()?.collect().await? {
    ///     println!("{}", need.get::<Reference>("Antecedent")?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn references(&self, object: &Reference) -> Associations {
        Associations::new(self.clone(), object.clone(), true)
    }
}

/// The error for openwsman 2.8.1, which needs all criteria.
const INCOMPLETE: &str = "an association filter needs all four criteria at the all-classes URI";
const COMPLETE: &str = "give the association class, the result class, the role and the result role";
