//! `schema`: the declaration of a class.

use clap::Args;

use super::target::Class;
use crate::connect;
use crate::output::report::Failure;
use crate::output::schema::Declared;
use crate::session::Session;
use crate::session::unless_interrupted;

/// Show what a class declares: its properties, its methods, and the names of their values
///
/// Hosts before Windows 8 and Server 2012, and servers other than Windows, may not tell.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    #[command(flatten)]
    class: Class,
}

impl Schema {
    pub(crate) async fn run(self, session: &Session) -> Result<Declared, Failure> {
        let class = self.class.path(session)?;
        let client = connect::client(session).await?;
        let schema = unless_interrupted(session, client.schema(&class)).await?;
        Ok(Declared { class, schema })
    }
}
