//! `get`: one instance.

use cimwire::cim::{Instance, Value};
use clap::Args;

use super::target::Target;
use crate::connect;
use crate::declared::Declarations;
use crate::output::report::Failure;
use crate::session::Session;
use crate::session::unless_interrupted;

/// Show an instance
#[derive(Debug, Args)]
pub(crate) struct Get {
    #[command(flatten)]
    target: Target,

    /// Only these properties, each of which is asked for by itself
    #[arg(long, value_name = "NAME,…", value_delimiter = ',')]
    properties: Vec<String>,
}

impl Get {
    pub(crate) async fn run(self, session: &Session) -> Result<Instance, Failure> {
        let target = self.target.reference(session)?;
        let client = connect::client(session).await?;
        if self.properties.is_empty() {
            let instance = unless_interrupted(session, client.get(&target)).await?;
            return Ok(Declarations::new(session, &client).typed(instance).await);
        }
        let mut some = Instance::new(target.class().clone());
        for name in &self.properties {
            let property = client.get_property::<Value>(&target, name);
            some.set(name.as_str(), unless_interrupted(session, property).await?);
        }
        let mut declarations = Declarations::new(session, &client);
        Ok(declarations.projected(target.class(), some).await)
    }
}
