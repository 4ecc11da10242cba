//! The replication service of a host, as the verbs ask it.

use cimwire::hyperv::{Outcome, ReplicationService};
use cimwire::{Client, Error};

use crate::output::report::Failure;
use crate::session::{Session, to_its_end, unless_interrupted};

/// The replication service of a host, and the run that asks it.
pub(super) struct Host<'a> {
    pub(super) session: &'a Session,
    pub(super) client: &'a Client,
    pub(super) service: ReplicationService,
}

impl<'a> Host<'a> {
    /// Finds the replication service of a host.
    pub(super) async fn connect(session: &'a Session, client: &'a Client) -> Result<Self, Failure> {
        let service = unless_interrupted(session, ReplicationService::connect(client)).await?;
        Ok(Self {
            session,
            client,
            service,
        })
    }

    /// Awaits something that only reads, which a signal stops.
    pub(super) async fn read<T>(
        &self,
        reading: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        unless_interrupted(self.session, reading).await
    }

    /// Awaits a change, which the first signal does not stop.
    pub(super) async fn change(
        &self,
        call: impl Future<Output = Result<Outcome, Error>>,
    ) -> Result<Outcome, Failure> {
        to_its_end(self.session, call).await.map_err(Into::into)
    }
}
