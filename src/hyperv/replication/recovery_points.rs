//! The recovery points of a replica: snapshots of `Msvm_VirtualSystemSettingData`.

use std::cmp::Reverse;

use crate::cim::{DateTime, DecodeError, Instance, Reference};
use crate::error::Error;
use crate::hyperv::{NAMESPACE, ReplicationService, VirtualMachine};

/// A recovery point of a replica virtual machine, to fail over to.
///
/// Source: [Msvm_VirtualSystemSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-virtualsystemsettingdata)
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RecoveryPoint {
    /// The key.
    pub instance_id: String,
    /// The display name.
    pub name: String,
    /// The kind.
    pub kind: RecoveryPointKind,
    /// The time of its creation.
    pub creation_time: Option<DateTime>,
}

/// The kind of a recovery point (the end of `VirtualSystemType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecoveryPointKind {
    /// A crash-consistent one.
    Standard,
    /// An application-consistent one.
    ApplicationConsistent,
    /// The one of a planned failover.
    PlannedFailover,
}

impl RecoveryPointKind {
    /// Returns the kind of a `VirtualSystemType`, or `None` for one that is not a recovery point of a replica.
    fn of_type(text: &str) -> Option<Self> {
        match text.strip_prefix("Microsoft:Hyper-V:Snapshot:Replica:")? {
            "Standard" => Some(Self::Standard),
            "ApplicationConsistent" => Some(Self::ApplicationConsistent),
            "PlannedFailover" => Some(Self::PlannedFailover),
            _ => None,
        }
    }

    /// Returns the name that PowerShell has for it (`SnapshotType`).
    pub fn powershell_name(self) -> &'static str {
        match self {
            Self::Standard => "Replica",
            Self::ApplicationConsistent => "AppConsistentReplica",
            Self::PlannedFailover => "SyncedReplica",
        }
    }
}

impl RecoveryPoint {
    /// The class of the settings of virtual machines and of their snapshots.
    pub(in crate::hyperv) const CLASS: &str = "Msvm_VirtualSystemSettingData";

    /// Returns the reference of the recovery point with an `InstanceID`.
    pub fn reference_to(instance_id: &str) -> Reference {
        Reference::new(NAMESPACE, Self::CLASS).with_key("InstanceID", instance_id)
    }

    /// Returns the reference, for [`fail_over`](ReplicationService::fail_over) and
    /// [`test_failover`](ReplicationService::test_failover).
    pub fn reference(&self) -> Reference {
        Self::reference_to(&self.instance_id)
    }

    fn read(row: &Instance) -> Result<Option<Self>, DecodeError> {
        let kind: Option<String> = row.get("VirtualSystemType")?;
        let Some(kind) = kind.as_deref().and_then(RecoveryPointKind::of_type) else {
            return Ok(None);
        };
        Ok(Some(Self {
            instance_id: row.get("InstanceID")?,
            name: row
                .get::<Option<String>>("ElementName")?
                .unwrap_or_default(),
            kind,
            creation_time: row.get("CreationTime")?,
        }))
    }
}

impl ReplicationService {
    /// Reads the recovery points of a replica virtual machine, the newest first, in one round trip. Checkpoints of users and
    /// of backups are left out.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::hyperv::{RecoveryPointKind, ReplicationService};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/replica-recovery-points")?);
    /// let service = ReplicationService::connect(&client).await?;
    /// let vm = service.vm("web01").await?;
    /// let points = service.recovery_points(&vm).await?;
    /// assert_eq!(points[0].kind, RecoveryPointKind::ApplicationConsistent);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if a recovery point cannot be read.
    pub async fn recovery_points(&self, vm: &VirtualMachine) -> Result<Vec<RecoveryPoint>, Error> {
        let association = "Msvm_SnapshotOfVirtualSystem";
        let rows = self.associated(&vm.reference(), association, RecoveryPoint::CLASS)?;
        let rows = rows.collect().await?;
        let points = rows
            .iter()
            .filter_map(|row| RecoveryPoint::read(row).transpose());
        let points: Result<Vec<_>, _> = points.collect();
        let mut points = points.map_err(|error| {
            let error = Error::from_decode("could not read the recovery points", error);
            self.client().attribute(error)
        })?;
        points.sort_by_key(|point| Reverse(point.creation_time.and_then(|time| time.instant())));
        Ok(points)
    }
}
