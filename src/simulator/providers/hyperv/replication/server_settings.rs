//! Msvm_ReplicationServiceSettingData: ModifyServiceSettings and TestReplicationConnection.

use crate::cim::{DateTime, Instance, Properties};

use super::super::super::{Call, ClassName, Table, V2, values};
use super::super::codes::INVALID_PARAMETER;
use super::super::state::Hyperv;
use super::request::{Started, embedded};
use super::statistics::DEFAULT_INTERVAL;

pub(in super::super) static TABLE: Table<Hyperv> = Table {
    class: ClassName::new(V2, "Msvm_ReplicationServiceSettingData"),
    instances: |hyperv, _| vec![instance(hyperv)].into(),
    ..Table::EMPTY
};

fn instance(hyperv: &Hyperv) -> Instance {
    let nine: Option<DateTime> = "16010101090000.000000+000".parse().ok();
    let mut instance = TABLE.class.instance(values! {
        AllowedAuthenticationType: 0u16,
        Caption: "Replication Service Settings",
        CertificateThumbPrint: "",
        Description: "Replication Service Settings",
        ElementName: "Replication Service Settings",
        HttpPort: 80u16,
        HttpsPort: 443u16,
        InstanceID: id(hyperv),
        MonitoringInterval: DEFAULT_INTERVAL,
        MonitoringStartTime: nine,
        RecoveryServerEnabled: false,
    });
    for (name, value) in hyperv.server.settings.iter() {
        instance.set(name, value.clone());
    }
    instance
}

/// Returns the `InstanceID` of the settings.
pub(super) fn id(hyperv: &Hyperv) -> String {
    format!(r"Microsoft:{}\Replication", hyperv.machine)
}

/// Changes the settings of the replica server.
pub(super) fn modify(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let given = embedded(call, "SettingData", TABLE.class)?;
    let mut settings = hyperv.server.settings.clone();
    for (name, value) in given.iter().filter(|(name, _)| *name != "InstanceID") {
        settings.set(name, value.clone());
    }
    if !is_valid(&settings) {
        return Err(INVALID_PARAMETER.into());
    }
    hyperv.server.settings = settings;
    let work = hyperv.work(90, "", call.now);
    Ok(Some(hyperv.begin_job(work, call)))
}

fn is_valid(settings: &Properties) -> bool {
    let number = |name, default| settings.get::<u16>(name).unwrap_or(default);
    let authentication = number("AllowedAuthenticationType", 0);
    let thumbprint: String = settings.get("CertificateThumbPrint").unwrap_or_default();
    let interval = settings
        .get("MonitoringInterval")
        .unwrap_or(DEFAULT_INTERVAL);
    let is_enabled = settings.get("RecoveryServerEnabled") == Ok(true);
    authentication <= 3
        && (!is_enabled || authentication > 0)
        // 2 and 3 allow certificates.
        && (authentication < 2 || !thumbprint.is_empty())
        && number("HttpPort", 80) > 0
        && number("HttpsPort", 443) > 0
        && (3_600..=604_800).contains(&interval)
}

/// Tests whether this host can connect to a replica server. The job fails if it cannot.
pub(super) fn test(hyperv: &mut Hyperv, call: &Call<'_>) -> Started {
    let text = |name| call.input.get::<Option<String>>(name).ok().flatten();
    let number = |name| call.input.get::<Option<u16>>(name).ok().flatten();
    let point = text("RecoveryConnectionPoint").filter(|point| !point.is_empty());
    let port = number("RecoveryServerPortNumber").filter(|port| *port > 0);
    let authentication = number("AuthenticationType").filter(|kind| matches!(kind, 1 | 2));
    let settings = Properties::new()
        .with("RecoveryConnectionPoint", point.ok_or(INVALID_PARAMETER)?)
        .with("RecoveryServerPortNumber", port.ok_or(INVALID_PARAMETER)?)
        .with(
            "AuthenticationType",
            authentication.ok_or(INVALID_PARAMETER)?,
        );
    let mut work = hyperv.work(115, "", call.now);
    if let Err((trouble, server)) = hyperv.reach(call, &settings) {
        work.ending = hyperv.failure(trouble, &work, &server);
    }
    Ok(Some(hyperv.begin_job(work, call)))
}
