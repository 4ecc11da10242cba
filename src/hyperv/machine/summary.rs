//! The summary of virtual machines: `GetSummaryInformation`.

use serde::Deserialize;

use crate::cim::{Properties, Value};
use crate::client::Output;
use crate::error::Error;
use crate::hyperv::{
    NAMESPACE, ReplicationHealth, ReplicationMode, ReplicationService, ReplicationState,
};

use super::state::management_service;

/// The summary of a virtual machine (`Msvm_SummaryInformation`).
///
/// Source: [Msvm_SummaryInformation](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-summaryinformation)
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[non_exhaustive]
pub struct VmSummary {
    /// The GUID.
    pub name: String,
    /// The display name.
    pub element_name: Option<String>,
    /// The state: 2 running, 3 off, 6 saved, 9 paused.
    pub enabled_state: Option<u16>,
    /// The load of its processors in percent.
    pub processor_load: Option<u16>,
    /// The memory that it uses, in MiB.
    pub memory_usage: Option<u64>,
    /// The heartbeat of the guest: 2 OK, 6 error, 12 no contact, 13 lost communication.
    pub heartbeat: Option<u16>,
    /// The replication role.
    pub replication_mode: Option<ReplicationMode>,
    /// The states of its relationships: the primary one, then the extended one.
    pub replication_state_ex: Vec<ReplicationState>,
    /// The health of its relationships, in the same order.
    pub replication_health_ex: Vec<ReplicationHealth>,
}

crate::cim_class!(VmSummary: NAMESPACE, "Msvm_SummaryInformation");

impl ReplicationService {
    /// Returns a summary of each virtual machine of the host (`GetSummaryInformation` of
    /// `Msvm_VirtualSystemManagementService`), in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`](crate::ErrorKind::Refused) if the host refuses, and of [`ErrorKind::Decode`](crate::ErrorKind::Decode) if a summary cannot be
    /// read.
    ///
    /// Source: [GetSummaryInformation](https://learn.microsoft.com/windows/win32/hyperv_v2/getsummaryinformation-msvm-virtualsystemmanagementservice)
    pub async fn summaries(&self) -> Result<Vec<VmSummary>, Error> {
        let requested: Vec<Value> = REQUESTED.iter().map(|code| (*code).into()).collect();
        let input = Properties::new()
            // Without settings the host returns all virtual machines.
            .with("SettingData", Value::Null)
            .with("RequestedInformation", requested);
        let method = "GetSummaryInformation";
        let read = |output: &Output| output.typed_instances("SummaryInformation");
        self.read_from(&management_service(), method, input, read)
            .await
    }
}

/// The codes of the properties of [`VmSummary`]: Name, ElementName, EnabledState, ProcessorLoad, MemoryUsage, Heartbeat,
/// ReplicationMode, ReplicationStateEx, ReplicationHealthEx.
const REQUESTED: [u32; 9] = [0, 1, 100, 101, 103, 104, 114, 118, 119];
