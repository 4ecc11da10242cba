//! Finding a virtual machine by its name.

use crate::Wql;
use crate::error::{Error, ErrorKind};
use crate::hyperv::ReplicationService;
use crate::printable::excerpt;

use super::{VirtualMachine, is_guid};

impl ReplicationService {
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
        let found = self.vms_of(wql).await?;
        only(name, found).map_err(|error| self.client().attribute(error))
    }
}

/// Returns the only virtual machine that a query for a name found.
fn only(name: &str, mut found: Vec<VirtualMachine>) -> Result<VirtualMachine, Error> {
    match found.pop() {
        None => Err(not_found(name)),
        Some(vm) if found.is_empty() => Ok(vm),
        Some(vm) => {
            found.push(vm);
            Err(ambiguous(name, &found))
        }
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
