//! The replications of a host, joined from its virtual machines, relationships and settings.

use crate::error::Error;
use crate::hyperv::{ReplicationMode, ReplicationService, ReplicationState, VirtualMachine};

use super::{Relationship, ReplicationRelationship, ReplicationSettings};

/// A relationship of a virtual machine with its settings: a row of `Get-VMReplication`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Replication {
    /// The virtual machine.
    pub vm: VirtualMachine,
    /// Tells the primary relationship from the extended one.
    pub which: Relationship,
    /// The state and the times.
    pub relationship: ReplicationRelationship,
    /// The settings, if the host has them.
    pub settings: Option<ReplicationSettings>,
}

impl Replication {
    /// Returns the [role](Relationship::role_of) of the virtual machine in this relationship.
    pub fn side(&self) -> ReplicationMode {
        self.which.role_of(&self.vm)
    }
}

impl ReplicationService {
    /// Reads the replications of all virtual machines of the host, in three enumerations. Relationships that are
    /// [disabled](ReplicationState::Disabled) are left out.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::hyperv::ReplicationService;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/replica-lists")?);
    /// let service = ReplicationService::connect(&client).await?;
    /// for replication in service.replications().await? {
    ///     println!("{} {}", replication.vm.name, replication.which.powershell_name());
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, as one before Windows 8.1 and Server 2012 R2 does, or if an instance cannot be
    /// read.
    pub async fn replications(&self) -> Result<Vec<Replication>, Error> {
        let vms = self.vms().await?;
        let relationships = self.relationships().await?;
        let settings = self.client().enumerate().collect().await?;
        Ok(join(&vms, &relationships, &settings))
    }
}

/// Joins by the id of the relationship, in the order of the virtual machines.
fn join(
    vms: &[VirtualMachine],
    relationships: &[ReplicationRelationship],
    settings: &[ReplicationSettings],
) -> Vec<Replication> {
    let sides = [Relationship::Primary, Relationship::Extended];
    let each = vms.iter().flat_map(|vm| sides.map(|which| (vm, which)));
    let joined = each.filter_map(|(vm, which)| {
        let id = which.instance_id(vm);
        let mut relationships = relationships.iter();
        let relationship = relationships.find(|one| one.instance_id.eq_ignore_ascii_case(&id))?;
        let settings = settings
            .iter()
            .find(|one| one.instance_id.eq_ignore_ascii_case(&id));
        let is_disabled = relationship.replication_state == Some(ReplicationState::Disabled);
        (!is_disabled).then(|| Replication {
            vm: vm.clone(),
            which,
            relationship: relationship.clone(),
            settings: settings.cloned(),
        })
    });
    joined.collect()
}
