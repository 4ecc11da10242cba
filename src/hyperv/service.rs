//! `Msvm_ReplicationService`: Hyper-V Replica.
//!
//! The methods are in `replication`; each calls [`ReplicationService::call`] or [`ReplicationService::call_for`].

use std::iter;

use crate::Wql;
use crate::cim::{Properties, Reference, Value};
use crate::client::Client;
use crate::error::{Error, ErrorKind};

use super::machine::VirtualMachine;
use super::outcome::Outcome;
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
        let output = self.client.invoke(&self.reference, method, input).await?;
        let outcome = Outcome::read(&self.client, &output);
        outcome.map_err(|error| self.client.attribute(error))
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
        outcome.map_err(|error| match (error.cause(), error.hint()) {
            (Some(ReturnCode::InvalidState), Some(hint)) => {
                let state = vm.replication_state.map(|state| state.to_string());
                let state = state.as_deref().unwrap_or("not known");
                let hint = format!("{hint}; its state is: {state}");
                error.with_hint(hint)
            }
            _ => error,
        })
    }

    /// Returns the reference of the service.
    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

/// The keys of the class.
const KEYS: [&str; 4] = [
    "CreationClassName",
    "Name",
    "SystemCreationClassName",
    "SystemName",
];
