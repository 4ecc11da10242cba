//! `identify`: which product answers.

use serde_json::json;

use crate::connect;
use crate::exit::Exit;
use crate::output::table;
use crate::report::Failure;
use crate::session::Session;
use crate::session::unless_interrupted;

pub(crate) async fn run(session: &Session) -> Result<Exit, Failure> {
    let client = connect::client(session).await?;
    let identity = unless_interrupted(session, client.identify()).await?;
    session.output.json(&json!({
        "endpoint": client.endpoint(),
        "product_vendor": identity.product_vendor,
        "product_version": identity.product_version,
        "protocol_version": identity.protocol_version,
        "security_profiles": identity.security_profiles,
    }))?;
    let lines = table::summary(&[
        ("Endpoint", client.endpoint().to_owned()),
        ("Vendor", identity.product_vendor),
        ("Version", identity.product_version),
        ("Protocol", identity.protocol_version),
        ("Security", identity.security_profiles.join(", ")),
    ]);
    session.output.block(&lines)?;
    Ok(Exit::Done)
}
