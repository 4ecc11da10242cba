//! `delete`: an instance no more.

use clap::Args;
use serde_json::json;

use super::target::Target;
use crate::connect;
use crate::exit::Exit;
use crate::report::Failure;
use crate::session::Session;
use crate::session::to_its_end;

/// Delete an instance
#[derive(Debug, Args)]
pub(crate) struct Delete {
    #[command(flatten)]
    target: Target,
}

impl Delete {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let target = self.target.reference(session)?;
        let client = connect::client(session).await?;
        to_its_end(session, client.delete(&target)).await?;
        session
            .output
            .json(&json!({"event": "deleted", "reference": target}))?;
        session.output.line(&format!("Deleted {target}"))?;
        Ok(Exit::Done)
    }
}
