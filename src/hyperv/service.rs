//! `Msvm_ReplicationService`: Hyper-V Replica.
//!
//! The methods are in `replication`; each calls [`ReplicationService::call`] or [`ReplicationService::call_for`].

use std::iter;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Wql;
use crate::cim::{Class, DateTime, Instance, Properties, Reference, Value, to_instance};
use crate::client::{Client, Items, Output};
use crate::error::{Error, ErrorKind};

use super::machine::VirtualMachine;
use super::outcome::{Outcome, refused};
use super::replication::{RecoveryPoint, ReplicationSettings};
use super::{NAMESPACE, ReturnCode};

/// The Hyper-V Replica service of a host (`Msvm_ReplicationService`, since Windows 8 and Server 2012).
///
/// ```no_run
/// use cimwire::hyperv::{InitialReplication, ReplicationService};
///
/// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
/// let replica = ReplicationService::connect(&client).await?;
/// let vm = replica.vm("web01").await?;
/// let outcome = replica.start_replication(&vm, InitialReplication::network()).await?;
/// outcome.wait().await?;
/// # Ok(())
/// # }
/// ```
///
/// See [the class] in Microsoft's documentation.
///
/// [the class]: https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationservice
#[derive(Clone, Debug)]
pub struct ReplicationService {
    client: Client,
    reference: Reference,
}

impl ReplicationService {
    /// The class of the service.
    pub const CLASS: &str = "Msvm_ReplicationService";

    /// Finds the service of a host, in one round trip.
    ///
    /// It reads the keys of the only instance, since it is not known which of them Windows requires.
    ///
    /// # Errors
    ///
    /// Returns an error if the host is not a Hyper-V host, or if the account lacks the permission.
    pub async fn connect(client: &Client) -> Result<Self, Error> {
        let mut services = client
            .namespace(NAMESPACE)
            .query(Wql::select(Self::CLASS))?
            .collect()
            .await?;
        let Some(service) = services.pop() else {
            let error = Error::new(
                ErrorKind::NotFound,
                "no replication service found on the host",
            );
            return Err(client.attribute(error.with_hint(
                "the account has to be a member of Hyper-V Administrators; a local one other than Administrator is \
                 filtered by UAC, and sees nothing",
            )));
        };
        let mut reference = Reference::new(NAMESPACE, Self::CLASS);
        for key in KEYS {
            if let Ok(Some(value)) = service.get::<Option<String>>(key) {
                reference = reference.with_key(key, value);
            }
        }
        if reference.keys().len() == 0 {
            // Similar services of Hyper-V were seen to accept this one key alone, and no call without any key.
            reference = reference.with_key("CreationClassName", Self::CLASS);
        }
        Ok(Self {
            client: client.clone(),
            reference,
        })
    }

    /// Calls a method of the service and reads its outcome.
    pub(super) async fn call(&self, method: &str, input: Properties) -> Result<Outcome, Error> {
        self.call_on(&self.reference, method, input).await
    }

    /// Calls a method of an object of Hyper-V and reads its outcome.
    pub(super) async fn call_on(
        &self,
        object: &Reference,
        method: &str,
        input: Properties,
    ) -> Result<Outcome, Error> {
        let output = self.client.invoke(object, method, input).await?;
        Outcome::read(&self.client, &output)
    }

    /// Calls a method whose first parameter is a virtual machine, and reads its outcome. If the host refuses because of
    /// the state of the virtual machine, the hint gives the state.
    pub(super) async fn call_for(
        &self,
        vm: &VirtualMachine,
        method: &str,
        input: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<Outcome, Error> {
        let first = ("ComputerSystem", vm.reference().into());
        let input = iter::once(first).chain(input).collect();
        let outcome = self.call(method, input).await;
        outcome.map_err(|error| vm.explain(error))
    }

    /// Calls a method of an object of Hyper-V that returns values, and reads them.
    pub(super) async fn read_from<T>(
        &self,
        object: &Reference,
        method: &str,
        input: Properties,
        read: impl FnOnce(&Output) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let output = self.client.invoke(object, method, input).await?;
        let values = output.return_value().and_then(|code| match code.into() {
            ReturnCode::Completed => read(&output),
            ReturnCode::Started => {
                let doing = format!("{method} started a job in place of returning values");
                Err(Error::new(ErrorKind::OutcomeUnknown, doing))
            }
            code => Err(refused(method, code)),
        });
        values.map_err(|error| self.client.attribute(error))
    }

    /// Returns a struct as the embedded instance of a parameter.
    pub(super) fn embedded<T: Class + Serialize>(&self, value: &T) -> Result<Value, Error> {
        let instance = to_instance(value).map_err(|error| {
            let doing = format!("could not write an instance of {}", T::NAME);
            let error = Error::new(ErrorKind::Usage, doing).with_source(error);
            self.client.attribute(error)
        })?;
        Ok(instance.into())
    }

    /// Calls a method for a virtual machine with the settings of a replication.
    pub(super) async fn call_with_settings(
        &self,
        vm: &VirtualMachine,
        method: &str,
        settings: &ReplicationSettings,
    ) -> Result<Outcome, Error> {
        let input = [("ReplicationSettingData", self.embedded(settings)?)];
        self.call_for(vm, method, input).await
    }

    /// Reads the first instance that a query finds.
    pub(super) async fn only<T: Class + DeserializeOwned>(
        &self,
        wql: Wql,
        missing: impl FnOnce() -> Error,
    ) -> Result<T, Error> {
        let mut found = self.client.query::<T>(wql)?;
        match found.next().await {
            Some(found) => found,
            None => Err(self.client.attribute(missing())),
        }
    }

    /// Returns the stream of the instances of a class at the far end of an association.
    pub(super) fn associated(
        &self,
        object: &Reference,
        association: &str,
        class: &str,
    ) -> Result<Items<Instance>, Error> {
        let associators = self.client.associators(object);
        associators
            .association_class(association)
            .result_class(class)
            .instances()
    }

    /// Reads the components of a class in the settings of a virtual machine, in two round trips.
    pub(super) async fn components(
        &self,
        vm: &VirtualMachine,
        class: &str,
    ) -> Result<Vec<Instance>, Error> {
        let vm = vm.reference();
        let mut settings =
            self.associated(&vm, "Msvm_SettingsDefineState", RecoveryPoint::CLASS)?;
        let mut components = Vec::new();
        while let Some(settings) = settings.next().await.transpose()? {
            let settings = self.setting(RecoveryPoint::CLASS, &settings)?;
            let association = "Msvm_VirtualSystemSettingDataComponent";
            let found = self.associated(&settings, association, class)?;
            components.extend(found.collect().await?);
        }
        Ok(components)
    }

    /// Returns the reference of an instance that a query returned, whose only key is `InstanceID`.
    pub(super) fn setting(&self, class: &str, row: &Instance) -> Result<Reference, Error> {
        let id: String = row.get("InstanceID").map_err(|error| {
            let error = Error::from_decode(format!("could not read an instance of {class}"), error);
            self.client.attribute(error)
        })?;
        Ok(Reference::new(NAMESPACE, class).with_key("InstanceID", id))
    }

    /// Returns the reference of the service.
    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

/// Deserializes null to the default: hosts leave properties without a value, in embedded instances too.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Deserializes a time in 1601, which means never, to `None`.
pub(super) fn or_never<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime>, D::Error> {
    let time = Option::<DateTime>::deserialize(deserializer)?;
    Ok(time.filter(|time| !time.is_never()))
}

/// The keys of the class.
const KEYS: [&str; 4] = [
    "CreationClassName",
    "Name",
    "SystemCreationClassName",
    "SystemName",
];
