//! `replica test-connection`: tests whether a host can connect to a replica server.

use cimwire::hyperv::{Outcome, ReplicaServer, ReplicationAuthentication};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::change::{How, Subject, Verb};
use super::host::Host;
use super::settings::ServerOptions;
use crate::output::change::Words;
use crate::output::report::Failure;

/// Test whether the host can connect to a replica server, from the would-be primary host
#[derive(Debug, Args)]
pub(crate) struct TestConnection {
    /// DNS name of the replica server, or of the Replica Broker of a cluster
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    replica_server: String,

    #[command(flatten)]
    server: ServerOptions,

    /// Do not wait for the job
    #[arg(long)]
    no_wait: bool,
}

impl Verb for TestConnection {
    fn words(&self) -> Words {
        Words {
            doing: "Testing the connection to the replica server from",
            event: "connection_tested",
            done: "the host can connect to the replica server",
            changes: false,
            ..Words::CHANGE
        }
    }

    fn how(&self) -> How {
        How {
            no_wait: self.no_wait,
            ..How::default()
        }
    }

    async fn subjects(&self, _: &Host<'_>) -> Result<Vec<Subject>, Failure> {
        Ok(vec![None])
    }

    async fn is_done(&self, _: &Host<'_>, _: &Subject) -> Result<bool, Failure> {
        Ok(false)
    }

    async fn check(&self, _: &Host<'_>, _: &Subject) -> Result<(), Failure> {
        Ok(())
    }

    async fn call(&self, host: &Host<'_>, _: &Subject) -> Result<Outcome, Failure> {
        let kerberos = ReplicationAuthentication::Kerberos;
        let authentication = self.server.authentication().unwrap_or(kerberos);
        let server = ReplicaServer {
            connection_point: self.replica_server.clone(),
            port: self.server.port(authentication),
            authentication,
            certificate_thumbprint: self.server.certificate().map(str::to_owned),
            bypass_proxy: self.server.bypasses_proxy().unwrap_or_default(),
        };
        host.change(host.service.test_connection(&server)).await
    }
}
