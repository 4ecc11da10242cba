//! `replica auth`: the primary servers that a replica server accepts.

use cimwire::hyperv::{AuthorizationEntry, Outcome};
use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};

use super::change::{self, How, Subject, Verb};
use super::confirm::{Confirmation, Risk};
use super::host::Host;
use crate::connect;
use crate::exit::Exit;
use crate::output::change::Words;
use crate::output::list::List;
use crate::output::report::Failure;
use crate::session::Session;

/// List, add and remove the primary servers that the host accepts replicas from
#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// List the primary servers that the host accepts replicas from
    List,
    Add(AddEntry),
    Remove(RemoveEntry),
}

/// Accept replicas from a primary server, or change how
#[derive(Debug, Args)]
pub(crate) struct AddEntry {
    /// The primary server: hv01.example.com, *.example.com, or * for any
    #[arg(value_name = "PRIMARY", value_parser = NonEmptyStringValueParser::new())]
    primary: String,

    /// Directory of the host for the replicas
    #[arg(long, value_name = "DIR", value_parser = NonEmptyStringValueParser::new())]
    storage: String,

    /// Trust group: primary servers of one group can take over each other's virtual machines
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    trust_group: String,

    #[command(flatten)]
    how: How,
}

/// Accept no more replicas from a primary server
///
/// The virtual machines that it authorized stop replicating.
#[derive(Debug, Args)]
pub(crate) struct RemoveEntry {
    /// The primary server, as it is listed
    #[arg(value_name = "PRIMARY", value_parser = NonEmptyStringValueParser::new())]
    primary: String,

    #[command(flatten)]
    how: How,

    #[command(flatten)]
    confirmation: Confirmation,
}

impl AuthCommand {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        match self {
            Self::List => {
                let client = connect::client(session).await?;
                let host = Host::connect(session, &client).await?;
                let entries = host.read(host.service.authorization_entries()).await?;
                session.output.show(&List::of(entries))
            }
            Self::Add(add) => change::run(session, &add).await,
            Self::Remove(remove) => change::run(session, &remove).await,
        }
    }
}

impl Verb for AddEntry {
    fn words(&self) -> Words {
        Words {
            doing: "Authorizing a primary server at",
            event: "authorized",
            done: "primary server authorized",
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
        let entry = find(host, &self.primary).await?;
        Ok(entry.is_some_and(|entry| {
            entry.replica_storage_location == self.storage && entry.trust_group == self.trust_group
        }))
    }

    async fn check(&self, _: &Host<'_>, _: &Subject) -> Result<(), Failure> {
        Ok(())
    }

    async fn call(&self, host: &Host<'_>, _: &Subject) -> Result<Outcome, Failure> {
        let entry = AuthorizationEntry {
            allowed_primary_host_system: self.primary.clone(),
            trust_group: self.trust_group.clone(),
            replica_storage_location: self.storage.clone(),
        };
        match find(host, &self.primary).await? {
            Some(_) => {
                let call = host.service.modify_authorization_entry(&entry);
                host.change(call).await
            }
            None => {
                let call = host.service.add_authorization_entry(&entry);
                host.change(call).await
            }
        }
    }
}

impl Verb for RemoveEntry {
    fn words(&self) -> Words {
        Words {
            doing: "Removing the authorization of a primary server at",
            event: "authorization_removed",
            done: "authorization of the primary server removed",
            ..Words::CHANGE
        }
    }

    fn how(&self) -> How {
        self.how
    }

    fn risk(&self) -> Option<Risk> {
        Some(Risk {
            confirmation: self.confirmation,
            doing: "Remove the authorization of a primary server",
            loss: "Its virtual machines stop replicating to this host.",
        })
    }

    async fn subjects(&self, _: &Host<'_>) -> Result<Vec<Subject>, Failure> {
        Ok(vec![None])
    }

    async fn is_done(&self, host: &Host<'_>, _: &Subject) -> Result<bool, Failure> {
        Ok(find(host, &self.primary).await?.is_none())
    }

    async fn check(&self, _: &Host<'_>, _: &Subject) -> Result<(), Failure> {
        Ok(())
    }

    async fn call(&self, host: &Host<'_>, _: &Subject) -> Result<Outcome, Failure> {
        let call = host.service.remove_authorization_entry(&self.primary);
        host.change(call).await
    }
}

async fn find(host: &Host<'_>, primary: &str) -> Result<Option<AuthorizationEntry>, Failure> {
    let entries = host.read(host.service.authorization_entries()).await?;
    let mut entries = entries.into_iter();
    Ok(entries.find(|entry| {
        let name = &entry.allowed_primary_host_system;
        name.eq_ignore_ascii_case(primary)
    }))
}
