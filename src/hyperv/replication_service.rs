//! `Msvm_ReplicationService`: Hyper-V Replica.

use crate::Wql;
use crate::cim::{Properties, Reference};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::job::{Outcome, ReturnCode};
use crate::printable::excerpt;

use super::NAMESPACE;
use super::initial_replication::InitialReplication;
use super::virtual_machine::{VirtualMachine, is_guid};

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
            return Err(Error::new(ErrorKind::NotFound, "the host shows no replication service").with_hint(
                "the account has to be a member of Hyper-V Administrators; a local one other than Administrator is \
                 filtered by UAC, and sees nothing",
            ));
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

    /// Finds a virtual machine by its display name or by its GUID, in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::NotFound`] if no virtual machine has the name, and of [`ErrorKind::Ambiguous`],
    /// with the GUIDs, if several have it.
    pub async fn vm(&self, name: &str) -> Result<VirtualMachine, Error> {
        let guid = name.trim_start_matches('{').trim_end_matches('}');
        let wql = Wql::select(VirtualMachine::CLASS);
        let wql = if is_guid(guid) {
            wql.equals("Name", guid.to_uppercase())
        } else {
            wql.equals("ElementName", name)
        };
        let rows = self
            .client
            .namespace(NAMESPACE)
            .query(wql)?
            .collect()
            .await?;
        let mut found = Vec::new();
        for row in &rows {
            let vm = VirtualMachine::read(row);
            found.extend(vm.map_err(|error| {
                Error::from_decode("could not read the virtual machines", error)
            })?);
        }
        match found.len() {
            1 => found.pop().ok_or_else(|| not_found(name)),
            0 => Err(not_found(name)),
            _ => Err(ambiguous(name, &found)),
        }
    }

    /// Starts the initial replication of a virtual machine (`StartReplication`), in one round trip.
    ///
    /// The job that this starts is short: it ends when the copy has begun. The copy is complete when the
    /// [`replication_state`](VirtualMachine::replication_state) is
    /// [`Replicating`](super::ReplicationState::Replicating).
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`], with the [`ReturnCode`] among its causes and a hint, if the host
    /// refuses. Returns an error of [`ErrorKind::OutcomeUnknown`] if the connection was lost after the call had been
    /// sent; check the state before calling again.
    pub async fn start_replication(
        &self,
        vm: &VirtualMachine,
        replication: impl Into<InitialReplication>,
    ) -> Result<Outcome, Error> {
        let replication = replication.into();
        if replication
            .start()
            .is_some_and(|start| start.instant().is_none())
        {
            let error = super::InvalidStart::NoInstant;
            return Err(
                Error::new(ErrorKind::Usage, "could not start the replication").with_source(error),
            );
        }
        let input =
            replication.parameters(Properties::new().with("ComputerSystem", vm.reference()));
        let output = self
            .client
            .invoke(&self.reference, "StartReplication", input)
            .await?;
        Outcome::read(&self.client, &output).map_err(|error| start_hint(error, vm))
    }
}

impl ReplicationService {
    /// Returns the reference of the service, for method calls.
    pub(super) fn reference(&self) -> &Reference {
        &self.reference
    }
}

/// Adds a hint for the return codes that have a special meaning for a start.
fn start_hint(error: Error, vm: &VirtualMachine) -> Error {
    let state = vm
        .replication_state
        .map_or_else(|| "not known".to_owned(), |state| state.to_string());
    match error.cause::<ReturnCode>() {
        Some(ReturnCode::InvalidState) => error.with_hint(format!(
            "the virtual machine has to be enabled for replication and wait for its first copy (ready for initial \
             replication); its state is: {state}"
        )),
        Some(ReturnCode::InvalidParameter) => error.with_hint(
            "check that the virtual machine is still there, and that an export directory is a full path of the host",
        ),
        _ => error,
    }
}

fn not_found(name: &str) -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("the host has no virtual machine {}", quoted(name)),
    )
    .with_hint("check the name; a clustered virtual machine is found at the node that owns it")
}

fn ambiguous(name: &str, found: &[VirtualMachine]) -> Error {
    let ids: Vec<_> = found
        .iter()
        .take(SHOWN_IDS)
        .map(|vm| vm.id.as_str())
        .collect();
    let more = if found.len() > SHOWN_IDS { ", …" } else { "" };
    let doing = format!(
        "the host has {} virtual machines {}: {}{more}",
        found.len(),
        quoted(name),
        ids.join(", ")
    );
    Error::new(ErrorKind::Ambiguous, doing).with_hint("name it by its GUID")
}

/// Quotes a name given by the user, shortened if necessary.
fn quoted(name: &str) -> String {
    excerpt(&format!("{name:?}"))
}

/// The most GUIDs in a message.
const SHOWN_IDS: usize = 20;
/// The keys of the class.
const KEYS: [&str; 4] = [
    "CreationClassName",
    "Name",
    "SystemCreationClassName",
    "SystemName",
];
