//! The replica server of a host: its settings, its certificates, and tests of connections.

use serde::{Deserialize, Serialize};

use crate::Wql;
use crate::cim::{DateTime, Properties};
use crate::client::Output;
use crate::error::{Error, ErrorKind};
use crate::hyperv::{
    AllowedAuthentication, NAMESPACE, Outcome, ReplicationAuthentication, ReplicationService,
};

/// The settings of a replica server (`Msvm_ReplicationServiceSettingData`).
///
/// On a node of a failover cluster they belong to the Replica Broker, and cannot be changed here.
///
/// Source: [Msvm_ReplicationServiceSettingData](https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationservicesettingdata)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
#[non_exhaustive]
pub struct ReplicaServerSettings {
    /// The key.
    #[serde(rename = "InstanceID")]
    pub instance_id: String,
    /// True if the host accepts replicas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recovery_server_enabled: Option<bool>,
    /// The authentication that it accepts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_authentication_type: Option<AllowedAuthentication>,
    /// The SHA-1 thumbprint of its certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_thumb_print: Option<String>,
    /// The port for certificates; 443 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub https_port: Option<u16>,
    /// The port for Kerberos; 80 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_port: Option<u16>,
    /// The UTC time of day at which a monitoring interval begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring_start_time: Option<DateTime>,
    /// The length of a monitoring interval in seconds: 3600 to 604800.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitoring_interval: Option<u32>,
}

crate::cim_class!(ReplicaServerSettings: NAMESPACE, "Msvm_ReplicationServiceSettingData");

/// A replica server to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplicaServer {
    /// The DNS name of the host, or of the broker of a cluster.
    pub connection_point: String,
    /// The port.
    pub port: u16,
    /// The authentication.
    pub authentication: ReplicationAuthentication,
    /// The SHA-1 thumbprint of the certificate of this host; `None` with Kerberos.
    pub certificate_thumbprint: Option<String>,
    /// True if a proxy of the host is bypassed.
    pub bypass_proxy: bool,
}

impl ReplicationService {
    /// Reads the settings of the replica server, in one round trip.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::NotFound`] if the host has none.
    pub async fn server_settings(&self) -> Result<ReplicaServerSettings, Error> {
        let wql = Wql::select("Msvm_ReplicationServiceSettingData");
        self.only(wql, || {
            Error::new(
                ErrorKind::NotFound,
                "no settings of the replica server found on the host",
            )
        })
        .await
    }

    /// Changes the settings of the replica server (`ModifyServiceSettings`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [ModifyServiceSettings](https://learn.microsoft.com/windows/win32/hyperv_v2/modifyservicesettings-msvm-replicationservice)
    pub async fn modify_server_settings(
        &self,
        settings: &ReplicaServerSettings,
    ) -> Result<Outcome, Error> {
        let input = Properties::new().with("SettingData", self.embedded(settings)?);
        self.call("ModifyServiceSettings", input).await
    }

    /// Tests whether this host can connect to a replica server (`TestReplicationConnection`).
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`start_replication`](Self::start_replication).
    ///
    /// Source: [TestReplicationConnection](https://learn.microsoft.com/windows/win32/hyperv_v2/testreplicationconnection-msvm-replicationservice)
    pub async fn test_connection(&self, server: &ReplicaServer) -> Result<Outcome, Error> {
        let thumbprint = server.certificate_thumbprint.as_deref();
        let input = Properties::new()
            .with("RecoveryConnectionPoint", server.connection_point.as_str())
            .with("RecoveryServerPortNumber", server.port)
            .with("AuthenticationType", server.authentication.code())
            .with("CertificateThumbPrint", thumbprint)
            .with("BypassProxyServer", server.bypass_proxy);
        self.call("TestReplicationConnection", input).await
    }

    /// Returns the certificates of the host's machine store, in DER, as base64 text (`GetSystemCertificates`).
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`] if the host refuses.
    ///
    /// Source: [GetSystemCertificates](https://learn.microsoft.com/windows/win32/hyperv_v2/getsystemcertificates-msvm-replicationservice)
    pub async fn certificates(&self) -> Result<Vec<String>, Error> {
        let method = "GetSystemCertificates";
        let read = |output: &Output| output.get("EncodedCertificates");
        self.read_from(self.reference(), method, Properties::new(), read)
            .await
    }
}
