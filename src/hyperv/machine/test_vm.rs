//! The virtual machine of a test failover.

use crate::Wql;
use crate::cim::{Instance, KeyValue, Reference};
use crate::error::Error;
use crate::hyperv::{ReplicationService, VirtualMachine};
use crate::job::Job;

impl ReplicationService {
    /// Finds the virtual machine of a test failover of a replica, in one round trip (`Msvm_ReplicaSystemDependency`).
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses.
    pub async fn test_vm(&self, replica: &VirtualMachine) -> Result<Option<VirtualMachine>, Error> {
        let tests = self
            .client()
            .associators(&replica.reference())
            .association_class("Msvm_ReplicaSystemDependency")
            .result_class(VirtualMachine::CLASS)
            .role("Antecedent");
        let rows = tests.instances()?.collect().await?;
        Ok(self.read_vms(&rows)?.pop())
    }

    /// Finds the virtual machine that the job of a [test failover](Self::test_failover) has created, in two round trips. The
    /// host names it when the job has ended.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses.
    pub async fn test_vm_of(
        &self,
        replica: &VirtualMachine,
        job: &Job,
    ) -> Result<Option<VirtualMachine>, Error> {
        let links = self
            .client()
            .references(job.reference().as_reference())
            .result_class("Msvm_AffectedJobElement");
        let links = links.instances()?.collect().await?;
        let Some(id) = created(&links, &replica.id) else {
            return Ok(None);
        };
        let wql = Wql::select(VirtualMachine::CLASS).equals("Name", id);
        Ok(self.vms_of(wql).await?.pop())
    }
}

/// Returns the id of the virtual machine that a job has created: the affected one that is not the replica. One that is
/// marked as created comes first.
fn created(links: &[Instance], replica: &str) -> Option<String> {
    let affected = links.iter().filter_map(|link| {
        let element: Reference = link.get("AffectedElement").ok()?;
        let id = element
            .key("Name")
            .and_then(KeyValue::as_text)?
            .into_owned();
        let is_vm = element
            .class()
            .name()
            .eq_ignore_ascii_case(VirtualMachine::CLASS);
        let effects: Option<Vec<u16>> = link.get("ElementEffects").ok().flatten();
        let is_created = effects.is_some_and(|effects| effects.contains(&CREATE));
        (is_vm && !id.eq_ignore_ascii_case(replica)).then_some((is_created, id))
    });
    affected
        .max_by_key(|(is_created, _)| *is_created)
        .map(|(_, id)| id)
}

/// The effect "Create" in `ElementEffects`.
const CREATE: u16 = 5;
