//! `associators` and `references`: what an instance is associated with, and by what.

use cimwire::{Associations, Client};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::stream::{self, Listing, Types};
use super::target::Target;
use crate::connect;
use crate::exit::Exit;
use crate::output::report::Failure;
use crate::session::Session;

/// Show the instances that an instance is associated with
#[derive(Debug, Args)]
pub(crate) struct Associators {
    #[command(flatten)]
    target: Target,

    /// Only by associations of this class
    #[arg(long, value_name = "CLASS", value_parser = NonEmptyStringValueParser::new())]
    association_class: Option<String>,

    #[command(flatten)]
    common: Common,

    /// Only instances that the association refers to by this property
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    result_role: Option<String>,
}

/// Show the associations of an instance themselves
#[derive(Debug, Args)]
pub(crate) struct References {
    #[command(flatten)]
    target: Target,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Only what is of this class
    #[arg(long, value_name = "CLASS", value_parser = NonEmptyStringValueParser::new())]
    result_class: Option<String>,

    /// Only associations that refer to the instance by this property
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    role: Option<String>,

    #[command(flatten)]
    listing: Listing,
}

impl Associators {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let object = self.target.reference(session)?;
        let client = connect::client(session).await?;
        let asked = client.associators(&object);
        let asked = with(
            asked,
            self.association_class,
            Associations::association_class,
        );
        let asked = with(asked, self.result_role, Associations::result_role);
        self.common.show(session, &client, asked).await
    }
}

impl References {
    pub(crate) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let object = self.target.reference(session)?;
        let client = connect::client(session).await?;
        let asked = client.references(&object);
        self.common.show(session, &client, asked).await
    }
}

impl Common {
    async fn show(
        self,
        session: &Session,
        client: &Client,
        asked: Associations,
    ) -> Result<Exit, Failure> {
        let asked = with(asked, self.result_class, Associations::result_class);
        let asked = with(asked, self.role, Associations::role);
        let types = Types::of_instances(session, client);
        let shown = self.listing.show(session, asked.instances()?, types).await;
        stream::hint_at_options(shown, NAMES)
    }
}

fn with(
    asked: Associations,
    name: Option<String>,
    set: fn(Associations, String) -> Associations,
) -> Associations {
    match name {
        Some(name) => set(asked, name),
        None => asked,
    }
}

const NAMES: &str = "check the object path, and the names of the classes and roles that are given";
