//! The primary hosts that a replica server accepts: `Msvm_ReplicationAuthorizationSettingData`.

use serde::{Deserialize, Serialize};

use crate::cim::Properties;
use crate::error::Error;
use crate::hyperv::service::or_default;
use crate::hyperv::{NAMESPACE, Outcome, ReplicationService, VirtualMachine};

/// A permission of primary hosts (`Msvm_ReplicationAuthorizationSettingData`).
///
/// Source: [Msvm_ReplicationAuthorizationSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationauthorizationsettingdata)
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AuthorizationEntry {
    /// The primary host: its fully qualified name, a pattern such as `*.contoso.com`, or `*`.
    pub allowed_primary_host_system: String,
    /// The group of hosts that may exchange a virtual machine.
    #[serde(default, deserialize_with = "or_default")]
    pub trust_group: String,
    /// The directory in which the host stores the replicas.
    #[serde(default, deserialize_with = "or_default")]
    pub replica_storage_location: String,
}

crate::cim_class!(AuthorizationEntry: NAMESPACE, "Msvm_ReplicationAuthorizationSettingData");

impl ReplicationService {
    /// Reads the authorization entries of the replica server, in one enumeration.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses, or if an entry cannot be read.
    pub async fn authorization_entries(&self) -> Result<Vec<AuthorizationEntry>, Error> {
        self.client().enumerate().collect().await
    }

    /// Adds an authorization entry (`AddAuthorizationEntry`). A node of a cluster answers that this is not supported.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [AddAuthorizationEntry](https://learn.microsoft.com/windows/win32/hyperv_v2/addauthorizationentry-msvm-replicationservice)
    pub async fn add_authorization_entry(
        &self,
        entry: &AuthorizationEntry,
    ) -> Result<Outcome, Error> {
        let input = Properties::new().with("AuthorizationEntry", self.embedded(entry)?);
        self.call("AddAuthorizationEntry", input).await
    }

    /// Changes the authorization entry of the same primary host (`ModifyAuthorizationEntry`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [ModifyAuthorizationEntry](https://learn.microsoft.com/windows/win32/hyperv_v2/modifyauthorizationentry-msvm-replicationservice)
    pub async fn modify_authorization_entry(
        &self,
        entry: &AuthorizationEntry,
    ) -> Result<Outcome, Error> {
        let input = Properties::new().with("AuthorizationEntry", self.embedded(entry)?);
        self.call("ModifyAuthorizationEntry", input).await
    }

    /// Removes the authorization entry of a primary host (`RemoveAuthorizationEntry`). Virtual machines that it authorizes
    /// stop replicating.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [RemoveAuthorizationEntry](https://learn.microsoft.com/windows/win32/hyperv_v2/removeauthorizationentry-msvm-replicationservice)
    pub async fn remove_authorization_entry(&self, primary: &str) -> Result<Outcome, Error> {
        let input = Properties::new().with("AllowedPrimaryHostSystem", primary);
        self.call("RemoveAuthorizationEntry", input).await
    }

    /// Ties a replica virtual machine to an authorization entry (`SetAuthorizationEntry`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [SetAuthorizationEntry](https://learn.microsoft.com/windows/win32/hyperv_v2/setauthorizationentry-msvm-replicationservice)
    pub async fn set_authorization_entry(
        &self,
        vm: &VirtualMachine,
        entry: &AuthorizationEntry,
    ) -> Result<Outcome, Error> {
        let input = [("AuthorizationEntry", self.embedded(entry)?)];
        self.call_for(vm, "SetAuthorizationEntry", input).await
    }
}
