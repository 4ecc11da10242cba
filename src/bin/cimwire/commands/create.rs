//! `create`: a new instance.

use cimwire::cim::Instance;
use clap::Args;

use super::target::Class;
use crate::connect;
use crate::input::{self, Input};
use crate::output::report::Failure;
use crate::output::results::Created;
use crate::session::Session;
use crate::session::to_its_end;

/// Create an instance, and show its object path
#[derive(Debug, Args)]
pub(crate) struct Create {
    #[command(flatten)]
    class: Class,

    #[command(flatten)]
    input: Input,
}

impl Create {
    pub(crate) async fn run(self, session: &Session) -> Result<Created, Failure> {
        let class = self.class.path(session)?;
        let mut properties = self.input.typed()?;
        let client = connect::client(session).await?;
        if let Some(schema) = self.input.schema(session, &client, &class).await? {
            properties = input::of_class(session, &client, &class, &schema, &properties).await?;
        }
        let empty = Instance::new(class);
        let instance = input::with_properties(empty, &properties);
        let reference = to_its_end(session, client.create(instance)).await?;
        Ok(Created { reference })
    }
}
