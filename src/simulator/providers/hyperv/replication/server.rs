//! The replica server of a host: Msvm_ReplicationServiceSettingData.

use crate::cim::Properties;

use super::trouble::Trouble;

/// The settings of a replica server, and the primary hosts that it accepts.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct ReplicaServer {
    /// The settings that were changed.
    pub(super) settings: Properties,
    /// The names or patterns of primary hosts, each with the other values of its entry.
    pub(super) entries: Vec<Properties>,
}

impl ReplicaServer {
    /// Returns a server that accepts replicas of all hosts, by Kerberos at port 80.
    pub(in super::super) fn open() -> Self {
        Self {
            settings: Properties::new()
                .with("RecoveryServerEnabled", true)
                .with("AllowedAuthenticationType", KERBEROS),
            entries: vec![
                Properties::new()
                    .with("AllowedPrimaryHostSystem", "*")
                    .with("ReplicaStorageLocation", r"D:\Replicas")
                    .with("TrustGroup", "DEFAULT"),
            ],
        }
    }

    /// Checks that it accepts replicas of a primary host.
    pub(super) fn accepts(
        &self,
        port: u16,
        authentication: u16,
        primary: &str,
    ) -> Result<(), Trouble> {
        let number = |name, default| self.settings.get::<u16>(name).unwrap_or(default);
        let listens_at = match authentication {
            KERBEROS => number("HttpPort", 80),
            _ => number("HttpsPort", 443),
        };
        let is_enabled = self.settings.get("RecoveryServerEnabled") == Ok(true);
        // The value 3 allows both: it has the bits of 1 and 2.
        let allows = number("AllowedAuthenticationType", 0) & authentication != 0;
        if !is_enabled || !allows || listens_at != port {
            return Err(Trouble::NoConnection);
        }
        self.authorizes(primary)
            .then_some(())
            .ok_or(Trouble::NotAuthorized)
    }

    /// Reports whether an entry allows a primary host.
    pub(super) fn authorizes(&self, primary: &str) -> bool {
        let mut entries = self.entries.iter();
        entries.any(|entry| {
            let allowed = entry.get::<String>("AllowedPrimaryHostSystem");
            let allowed = allowed.unwrap_or_default().to_lowercase();
            match allowed.strip_prefix('*') {
                Some(end) => primary.to_lowercase().ends_with(end),
                None => allowed == primary.to_lowercase(),
            }
        })
    }
}

/// `AuthenticationType` 1.
const KERBEROS: u16 = 1;
