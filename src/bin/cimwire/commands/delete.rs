//! `delete`: an instance no more.

use clap::Args;

use super::target::Target;
use crate::connect;
use crate::output::report::Failure;
use crate::output::results::Deleted;
use crate::session::Session;
use crate::session::to_its_end;

/// Delete an instance
#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    target: Target,
}

impl Delete {
    pub(crate) async fn run(self, session: &Session) -> Result<Deleted, Failure> {
        let reference = self.target.reference(session)?;
        let client = connect::client(session).await?;
        to_its_end(session, client.delete(&reference)).await?;
        Ok(Deleted { reference })
    }
}
