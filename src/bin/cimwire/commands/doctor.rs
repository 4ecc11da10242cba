//! `doctor`: what is wrong with a connection, step by step.
//!
//! What a host shows to strangers is looked at first, since it costs no login. Nothing is changed at the host, and each
//! step says what to do next.

mod certificate;
mod host;
mod report;
mod stranger;

use self::report::Report;
use super::unless_interrupted;
use crate::connect;
use crate::exit::Exit;
use crate::report::Failure;
use crate::session::Session;

pub(crate) async fn run(session: &Session) -> Result<Exit, Failure> {
    let (builder, knows_who) = connect::unbuilt(session).await?;
    let mut report = Report::new(session.output);
    let probe = unless_interrupted(session, builder.probe()).await?;
    if !stranger::examine(&mut report, session, &probe)? {
        return report.end("not reached");
    }
    if !knows_who {
        let why = r"nobody is named who could log in (--user DOMAIN\user)";
        return report.end(why);
    }
    let client = builder.build()?;
    host::examine(&mut report, session, &client).await?;
    report.end("not reached")
}

pub(crate) const AFTER_HELP: &str = "\
Nothing is changed at the host. The exit code is that of the first step that fails: 4 for the connection, 3 for the
login, 5 where the host refuses, 2 where an option does not suit, 1 for the rest.";
