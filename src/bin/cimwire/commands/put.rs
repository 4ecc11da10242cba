//! `put`: an instance changed.

use cimwire::cim::Instance;
use clap::Args;

use super::target::Target;
use crate::connect;
use crate::declared::Declarations;
use crate::input::{self, Input};
use crate::output::report::{Failure, Problem};
use crate::output::results::Changed;
use crate::session::Session;
use crate::session::to_its_end;

/// Change properties of an instance, and show what it has become
///
/// Properties that are not named stay as they are; NAME:=null takes a value away. A host that is not Windows replaces the
/// whole instance, so there it is read, changed and written back, and a change by others in between is lost.
#[derive(Debug, Args)]
pub(crate) struct Put {
    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    input: Input,
}

impl Put {
    pub(crate) async fn run(self, session: &Session) -> Result<Changed, Failure> {
        let target = self.target.reference(session)?;
        let class = target.class();
        let mut properties = self.input.typed()?;
        if properties.is_empty() {
            return Err(Problem::usage("no property is given")
                .hint("say what is to change, as in StartMode=Manual")
                .into());
        }
        let client = connect::client(session).await?;
        let schema = self.input.schema(session, &client, class).await?;
        if let Some(schema) = &schema {
            properties = input::of_class(session, &client, class, schema, &properties).await?;
        }
        let instance = input::with_properties(Instance::new(class.clone()), &properties);
        let now = to_its_end(session, client.put(&target, instance)).await?;
        let mut declarations = Declarations::new(session, &client).knowing(class, schema);
        let now = match now {
            Some(now) => Some(declarations.typed(now).await),
            None => None,
        };
        Ok(Changed {
            reference: target,
            instance: now,
        })
    }
}
