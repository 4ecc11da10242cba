//! Settings that Microsoft's own client refuses before a call.

use std::fmt;
use std::net::IpAddr;

use crate::hyperv::{ReplicationAuthentication, ReplicationSettings};

use super::providers::HYPERV;

impl ReplicationSettings {
    /// Checks the settings before they are passed to [`create_relationship`], [`modify_settings`] or [`reverse`]. Settings of an
    /// external provider are not checked.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::hyperv::{InvalidSettings, ReplicationService};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/replica-lists")?);
    /// let service = ReplicationService::connect(&client).await?;
    /// let replications = service.replications().await?;
    /// let mut settings = replications[0].settings.clone().unwrap();
    /// assert_eq!(settings.check(), Ok(()));
    /// settings.recovery_connection_point = Some("192.0.2.7".to_owned());
    /// assert_eq!(settings.check(), Err(InvalidSettings::IpAddress));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if a setting is missing or outside its range.
    ///
    /// Source: the properties of [Msvm_ReplicationSettingData], and the checks of the cmdlets.
    ///
    /// [`create_relationship`]: crate::hyperv::ReplicationService::create_relationship
    /// [`modify_settings`]: crate::hyperv::ReplicationService::modify_settings
    /// [`reverse`]: crate::hyperv::ReplicationService::reverse
    /// [Msvm_ReplicationSettingData]: https://learn.microsoft.com/windows/win32/hyperv_v2/msvm-replicationsettingdata
    pub fn check(&self) -> Result<(), InvalidSettings> {
        let text = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let provider = text(&self.replication_provider);
        if provider.is_some_and(|path| !path.to_uppercase().contains(HYPERV)) {
            return Ok(());
        }
        let has_certificate = text(&self.certificate_thumb_print).is_some();
        let needs_certificate =
            self.authentication_type == Some(ReplicationAuthentication::Certificate);
        let point = text(&self.recovery_connection_point);
        let hours = self.application_consistent_snapshot_interval.unwrap_or(0);
        let history = self.recovery_history.unwrap_or(0);
        let seconds = self.replication_interval.unwrap_or(DEFAULT_SECONDS);
        let wrong = match point {
            None => Some(InvalidSettings::NoConnectionPoint),
            Some(point) if point.parse::<IpAddr>().is_ok() => Some(InvalidSettings::IpAddress),
            _ if needs_certificate && !has_certificate => Some(InvalidSettings::NoThumbprint),
            _ if history > MOST_POINTS => Some(InvalidSettings::History(history)),
            _ if hours > MOST_HOURS => Some(InvalidSettings::SnapshotInterval(hours)),
            _ if hours > 0 && history == 0 => Some(InvalidSettings::NoHistory),
            _ if !INTERVALS.contains(&seconds) => Some(InvalidSettings::Interval(seconds)),
            _ => None,
        };
        wrong.map_or(Ok(()), Err)
    }
}

/// Error returned when settings of a replication are invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidSettings {
    /// The name of the replica server is missing.
    NoConnectionPoint,
    /// The name of the replica server is an IP address.
    IpAddress,
    /// The thumbprint of the certificate is missing.
    NoThumbprint,
    /// Application-consistent recovery points need additional recovery points.
    NoHistory,
    /// More than 24 additional recovery points.
    History(u16),
    /// More than 12 hours between application-consistent recovery points.
    SnapshotInterval(u16),
    /// Another interval between replications than 30, 300 or 900 seconds.
    Interval(u16),
}

impl fmt::Display for InvalidSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConnectionPoint => f.write_str("the name of the replica server is missing"),
            Self::IpAddress => {
                f.write_str("the name of the replica server is an IP address, and has to be a DNS name")
            }
            Self::NoThumbprint => {
                f.write_str("the thumbprint of the certificate is missing, which certificates need")
            }
            Self::NoHistory => f.write_str(
                "application-consistent recovery points need additional recovery points, and there are none",
            ),
            Self::History(points) => {
                write!(f, "{points} additional recovery points are more than {MOST_POINTS}")
            }
            Self::SnapshotInterval(hours) => write!(
                f,
                "{hours} hours between application-consistent recovery points are more than {MOST_HOURS}"
            ),
            Self::Interval(seconds) => write!(
                f,
                "an interval of {seconds} s between replications is not 30, 300 or 900 s"
            ),
        }
    }
}

impl std::error::Error for InvalidSettings {}

const MOST_POINTS: u16 = 24;
const MOST_HOURS: u16 = 12;
const INTERVALS: [u16; 3] = [30, DEFAULT_SECONDS, 900];
const DEFAULT_SECONDS: u16 = 300;

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 4.2 and 6.2.
    #[test]
    fn each_missing_or_wrong_setting_is_an_error() {
        let good = serde_json::json!({
            "InstanceID": r"Microsoft:0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\HVR\0",
            "AuthenticationType": 1,
            "CertificateThumbPrint": "",
            "RecoveryConnectionPoint": "hv02.example",
            "RecoveryHistory": 24,
            "ApplicationConsistentSnapshotInterval": 12,
            "ReplicationInterval": 900,
        });
        let with = |name: &str, value: serde_json::Value| {
            let mut changed = good.clone();
            changed[name] = value;
            let settings: ReplicationSettings = serde_json::from_value(changed).unwrap();
            settings.check()
        };
        assert_eq!(with("ReplicationInterval", 30.into()), Ok(()));
        for (name, value, wrong) in [
            (
                "RecoveryConnectionPoint",
                "".into(),
                InvalidSettings::NoConnectionPoint,
            ),
            (
                "RecoveryConnectionPoint",
                "2001:db8::7".into(),
                InvalidSettings::IpAddress,
            ),
            (
                "AuthenticationType",
                2.into(),
                InvalidSettings::NoThumbprint,
            ),
            ("RecoveryHistory", 0.into(), InvalidSettings::NoHistory),
            ("RecoveryHistory", 25.into(), InvalidSettings::History(25)),
            (
                "ApplicationConsistentSnapshotInterval",
                13.into(),
                InvalidSettings::SnapshotInterval(13),
            ),
            (
                "ReplicationInterval",
                60.into(),
                InvalidSettings::Interval(60),
            ),
        ] {
            assert_eq!(with(name, value), Err(wrong), "{name}");
        }
    }

    #[test]
    fn settings_of_an_external_provider_are_not_checked() {
        let settings = serde_json::json!({
            "InstanceID": "",
            "ReplicationProvider": r#"root/virtualization/v2:Msvm_ReplicationProvider.Name="5D4C0F52-7A0E-4A6B-8B36-000000000001""#,
        });
        let mut settings: ReplicationSettings = serde_json::from_value(settings).unwrap();
        assert_eq!(settings.check(), Ok(()));
        settings.replication_provider = None;
        assert_eq!(settings.check(), Err(InvalidSettings::NoConnectionPoint));
    }
}
