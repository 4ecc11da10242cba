//! The replication service of a host, as the verbs ask it.

use cimwire::hyperv::{Outcome, ReplicationService};
use cimwire::{Client, Error};

use crate::output::report::Failure;
use crate::session::{Session, to_its_end, unless_interrupted};

/// The replication service of a host, and the run that asks it.
pub(crate) struct Host<'a> {
    pub(crate) session: &'a Session,
    pub(crate) client: &'a Client,
    pub(crate) service: ReplicationService,
}

impl<'a> Host<'a> {
    /// Finds the replication service of a host.
    pub(crate) async fn connect(session: &'a Session, client: &'a Client) -> Result<Self, Failure> {
        let service = unless_interrupted(session, ReplicationService::connect(client)).await?;
        Ok(Self {
            session,
            client,
            service,
        })
    }

    /// Awaits something that only reads, which a signal stops.
    pub(crate) async fn read<T>(
        &self,
        reading: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        unless_interrupted(self.session, reading).await
    }

    /// Awaits a change, which the first signal does not stop.
    pub(crate) async fn change(
        &self,
        call: impl Future<Output = Result<Outcome, Error>>,
    ) -> Result<Outcome, Failure> {
        to_its_end(self.session, call).await.map_err(Into::into)
    }
}
