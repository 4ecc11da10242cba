//! `identify`: which product answers.

use crate::connect;
use crate::output::report::Failure;
use crate::output::results::Identified;
use crate::session::Session;
use crate::session::unless_interrupted;

pub(super) async fn run(session: &Session) -> Result<Identified, Failure> {
    let client = connect::client(session).await?;
    let identity = unless_interrupted(session, client.identify()).await?;
    Ok(Identified {
        endpoint: client.endpoint().to_owned(),
        identity,
    })
}
