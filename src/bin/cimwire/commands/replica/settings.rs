//! The settings of a replication, as the options of a verb name them.

use std::time::Duration;

use cimwire::cim::Interval;
use cimwire::hyperv::{ReplicationAuthentication, ReplicationSettings};
use clap::{Args, ValueEnum};

use super::change::How;
use crate::output::report::Problem;
use crate::time;

/// The options for the replica server of a replication.
#[derive(Clone, Debug, Args)]
pub(super) struct ServerOptions {
    /// Authentication between the hosts [default: kerberos, certificate with --certificate]
    #[arg(long, value_enum, value_name = "SCHEME")]
    replica_auth: Option<ReplicaAuth>,

    /// SHA-1 thumbprint of the certificate of this host, for authentication by certificate
    #[arg(long, value_name = "THUMBPRINT", value_parser = thumbprint)]
    certificate: Option<String>,

    /// Port of the replica server [default: 80 with Kerberos, 443 with certificates]
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    port: Option<u16>,

    /// Bypass the proxy of the host
    #[arg(long, value_enum, value_name = "SWITCH")]
    bypass_proxy: Option<Switch>,
}

/// The options for the other settings of a replication.
#[derive(Clone, Debug, Args)]
pub(super) struct SettingOptions {
    #[command(flatten)]
    pub(super) server: ServerOptions,

    /// Compress the data
    #[arg(long, value_enum, value_name = "SWITCH")]
    compression: Option<Switch>,

    /// Time between replications: 30s, 5m or 15m
    #[arg(long, value_name = "TIME", value_parser = interval)]
    interval: Option<u16>,

    /// Number of additional recovery points, 0 to 24
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(0..=24))]
    recovery_history: Option<u16>,

    /// Hours between application-consistent recovery points, 1 to 12; 0 for none
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u16).range(0..=12))]
    vss_hours: Option<u16>,

    /// Replicate the key-value pairs of the host
    #[arg(long, value_enum, value_name = "SWITCH")]
    kvp_items: Option<Switch>,

    /// Time of day in which the host resynchronizes by itself, such as 18:30-06:00, in its time zone; or `off`
    #[arg(long, value_name = "TIMES", value_parser = AutoResync::read)]
    auto_resync: Option<AutoResync>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReplicaAuth {
    Kerberos,
    Certificate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Switch {
    On,
    Off,
}

impl Switch {
    pub(super) fn is_on(self) -> bool {
        self == Self::On
    }
}

impl ServerOptions {
    /// Returns the authentication that is asked for, if one is.
    pub(super) fn authentication(&self) -> Option<ReplicationAuthentication> {
        match (self.replica_auth, &self.certificate) {
            (Some(ReplicaAuth::Kerberos), _) => Some(ReplicationAuthentication::Kerberos),
            (Some(ReplicaAuth::Certificate), _) | (None, Some(_)) => {
                Some(ReplicationAuthentication::Certificate)
            }
            (None, None) => None,
        }
    }

    pub(super) fn certificate(&self) -> Option<&str> {
        self.certificate.as_deref()
    }

    /// Returns the port that is asked for, or that of an authentication.
    pub(super) fn port(&self, authentication: ReplicationAuthentication) -> u16 {
        self.port.unwrap_or(match authentication {
            ReplicationAuthentication::Certificate => HTTPS,
            _ => HTTP,
        })
    }

    pub(super) fn bypasses_proxy(&self) -> Option<bool> {
        self.bypass_proxy.map(Switch::is_on)
    }

    /// Sets what is asked for, and what belongs to it.
    pub(super) fn apply(&self, settings: &mut ReplicationSettings) {
        if let Some(authentication) = self.authentication() {
            settings.authentication_type = Some(authentication);
            settings.recovery_server_port_number = Some(self.port(authentication));
            // Microsoft's own client sends an empty thumbprint with Kerberos.
            settings.certificate_thumb_print = Some(self.certificate.clone().unwrap_or_default());
        }
        set(&mut settings.recovery_server_port_number, self.port);
        set(&mut settings.bypass_proxy_server, self.bypasses_proxy());
    }
}

impl SettingOptions {
    /// Sets what is asked for; everything else stays.
    pub(super) fn apply(&self, settings: &mut ReplicationSettings) {
        self.server.apply(settings);
        let switch = |switch: Option<Switch>| switch.map(Switch::is_on);
        set(&mut settings.compression_enabled, switch(self.compression));
        set(&mut settings.replication_interval, self.interval);
        set(&mut settings.recovery_history, self.recovery_history);
        set(
            &mut settings.application_consistent_snapshot_interval,
            self.vss_hours,
        );
        set(
            &mut settings.replicate_host_kvp_items,
            switch(self.kvp_items),
        );
        match self.auto_resync {
            Some(AutoResync::Off) => settings.auto_resynchronize_enabled = Some(false),
            Some(AutoResync::Within(start, end)) => {
                settings.auto_resynchronize_enabled = Some(true);
                settings.auto_resynchronize_interval_start = Some(start);
                settings.auto_resynchronize_interval_end = Some(end);
            }
            None => {}
        }
    }
}

/// Checks settings before they are sent, unless that is left to the host.
pub(super) fn check(settings: &ReplicationSettings, how: How) -> Result<(), Problem> {
    if how.no_checks {
        return Ok(());
    }
    let checked = settings.check();
    checked.map_err(|error| Problem::usage(format!("the settings cannot work: {error}")))
}

pub(super) fn set<T>(setting: &mut Option<T>, asked: Option<T>) {
    if asked.is_some() {
        *setting = asked;
    }
}

/// When a host resynchronizes by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
enum AutoResync {
    Off,
    Within(Interval, Interval),
}

impl AutoResync {
    fn read(text: &str) -> Result<Self, String> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let times = text.split_once('-');
        let times = times.and_then(|(start, end)| Some((time_of_day(start)?, time_of_day(end)?)));
        let (start, end) = times.ok_or("write it like 18:30-06:00, or off")?;
        Ok(Self::Within(start, end))
    }
}

/// Reads `18:30` as the interval since midnight.
fn time_of_day(text: &str) -> Option<Interval> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    if hours > 23 || minutes > 59 {
        return None;
    }
    Duration::from_secs(hours * 3_600 + minutes * 60)
        .try_into()
        .ok()
}

/// Reads one of the three intervals that a host has.
fn interval(text: &str) -> Result<u16, String> {
    match time::duration(text)?.as_secs() {
        30 => Ok(30),
        300 => Ok(300),
        900 => Ok(900),
        _ => Err("a host replicates every 30s, 5m or 15m".to_owned()),
    }
}

/// Reads a thumbprint as `certutil` or the certificate's window shows it: with blanks or colons, in any case.
pub(super) fn thumbprint(text: &str) -> Result<String, String> {
    let digits: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | ':' | '\u{200e}'))
        .collect();
    if digits.len() != 40 || !digits.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err("a SHA-1 thumbprint has 40 hexadecimal digits".to_owned());
    }
    Ok(digits.to_uppercase())
}

/// The ports that a replica server listens on by default (Msvm_ReplicationServiceSettingData).
const HTTP: u16 = 80;
const HTTPS: u16 = 443;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_thumbprints_as_windows_shows_them() {
        // The certificate window puts a left-to-right mark before the first digit.
        let shown = "\u{200e}a9 09 50 2d d8 2a e4 14 33 e6 f8 38 86 b0 0d 42 77 a3 2a 7b";
        let expected = "A909502DD82AE41433E6F83886B00D4277A32A7B";
        assert_eq!(thumbprint(shown).as_deref(), Ok(expected));
        assert!(thumbprint("a909").is_err());
        assert!(thumbprint(&"g".repeat(40)).is_err());
    }

    #[test]
    fn reads_the_times_of_an_automatic_resynchronization() {
        let AutoResync::Within(start, end) = AutoResync::read("18:30-06:00").unwrap() else {
            panic!("it is on");
        };
        // The defaults of Msvm_ReplicationSettingData.
        assert_eq!(start.to_string(), "00000000183000.000000:000");
        assert_eq!(end.to_string(), "00000000060000.000000:000");
        assert_eq!(AutoResync::read("off"), Ok(AutoResync::Off));
        for wrong in ["24:00-06:00", "18:60-06:00", "18-6", "", "18:30"] {
            assert!(AutoResync::read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_replicates_in_one_of_three_intervals() {
        for (text, expected) in [("30s", 30), ("5m", 300), ("900", 900)] {
            assert_eq!(interval(text), Ok(expected));
        }
        assert!(interval("1h").is_err());
    }
}
