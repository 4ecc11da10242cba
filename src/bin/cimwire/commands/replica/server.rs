//! `replica server`: the settings of the replica server of a host.

use cimwire::hyperv::{AllowedAuthentication, Outcome, ReplicaServerSettings};
use clap::{ArgGroup, Args, Subcommand, ValueEnum};

use super::change::{self, How, Subject, Verb};
use super::host::Host;
use super::settings::{Switch, set, thumbprint};
use crate::connect;
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::report::Failure;
use crate::session::Session;
use crate::time;

/// Show and change the settings of the host as a replica server
#[derive(Debug, Subcommand)]
pub(crate) enum ServerCommand {
    /// Show the settings of the host as a replica server
    Show,
    Set(SetServer),
}

/// Change the settings of the host as a replica server
///
/// Settings without an option stay as they are. On a node of a failover cluster they belong to the Replica Broker. Open
/// the firewall of the host too: its rules "Hyper-V Replica HTTP Listener" and "HTTPS Listener" are off by default.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true).args([
    "enabled", "allow", "certificate", "http_port", "https_port", "monitoring_interval",
])))]
pub(crate) struct SetServer {
    /// Accept replicas
    #[arg(long, value_enum, value_name = "SWITCH")]
    enabled: Option<Switch>,

    /// Authentication that is accepted
    #[arg(long, value_enum, value_name = "SCHEME")]
    allow: Option<Allowed>,

    /// SHA-1 thumbprint of the certificate of the host, for authentication by certificate
    #[arg(long, value_name = "THUMBPRINT", value_parser = thumbprint)]
    certificate: Option<String>,

    /// Port for Kerberos
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    http_port: Option<u16>,

    /// Port for certificates
    #[arg(long, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    https_port: Option<u16>,

    /// Length of a monitoring interval, 1h to 7d
    #[arg(long, value_name = "TIME", value_parser = monitoring_interval)]
    monitoring_interval: Option<u32>,

    #[command(flatten)]
    how: How,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Allowed {
    Kerberos,
    Certificate,
    Both,
}

impl ServerCommand {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::Show => {
                let client = connect::client(session).await?;
                let host = Host::connect(session, &client).await?;
                let settings = host.read(host.service.server_settings()).await?;
                session.output.show(&settings)
            }
            Self::Set(set) => change::run(session, &set).await,
        }
    }
}

impl SetServer {
    fn apply(&self, settings: &mut ReplicaServerSettings) {
        set(
            &mut settings.recovery_server_enabled,
            self.enabled.map(Switch::is_on),
        );
        let allowed = self.allow.map(|allow| match allow {
            Allowed::Kerberos => AllowedAuthentication::Kerberos,
            Allowed::Certificate => AllowedAuthentication::Certificate,
            Allowed::Both => AllowedAuthentication::CertificateAndKerberos,
        });
        set(&mut settings.allowed_authentication_type, allowed);
        set(
            &mut settings.certificate_thumb_print,
            self.certificate.clone(),
        );
        set(&mut settings.http_port, self.http_port);
        set(&mut settings.https_port, self.https_port);
        set(&mut settings.monitoring_interval, self.monitoring_interval);
    }
}

impl Verb for SetServer {
    fn words(&self) -> Words {
        Words {
            doing: "Changing the replica server settings of",
            event: "server_changed",
            done: "replica server settings changed",
            ..Words::CHANGE
        }
    }

    fn how(&self) -> How {
        self.how
    }

    async fn subjects(&self, _: &Host<'_>) -> Result<Vec<Subject>, Failure> {
        Ok(vec![None])
    }

    async fn is_done(&self, host: &Host<'_>, _: &Subject) -> Result<bool, Failure> {
        let before = host.read(host.service.server_settings()).await?;
        let mut after = before.clone();
        self.apply(&mut after);
        Ok(after == before)
    }

    async fn check(&self, _: &Host<'_>, _: &Subject) -> Result<(), Failure> {
        Ok(())
    }

    async fn call(&self, host: &Host<'_>, _: &Subject) -> Result<Outcome, Failure> {
        let mut settings = host.read(host.service.server_settings()).await?;
        self.apply(&mut settings);
        host.change(host.service.modify_server_settings(&settings))
            .await
    }
}

/// Reads a length that a host takes: 3,600 to 604,800 seconds.
fn monitoring_interval(text: &str) -> Result<u32, String> {
    let seconds = time::duration(text)?.as_secs();
    let seconds = u32::try_from(seconds).ok();
    seconds
        .filter(|seconds| (3_600..=604_800).contains(seconds))
        .ok_or_else(|| "an interval has 1h to 7d".to_owned())
}
