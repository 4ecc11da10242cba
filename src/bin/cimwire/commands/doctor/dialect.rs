//! The step that finds out, by trying, how classes are addressed and where queries go. The name of the product tells
//! neither: openwsman was seen to take only the one dialect, or only the other.

use cimwire::{Client, Dialect, Error, ErrorKind, FaultKind, QueryTarget, ServerProfile};

use super::host::{CIMV2, VIRTUALIZATION, failed, first, stopped};
use super::report::{Report, Step};
use super::settings::Found;
use crate::exit::Exit;
use crate::output::report::{self, Failure};
use crate::session::Session;

/// Tells which dialect the host takes, and where it takes queries. Returns a client that speaks so, as far as it is known;
/// none if the host cannot be asked any more.
pub(super) async fn examine(
    report: &mut Report,
    session: &Session,
    client: &Client,
    found: &mut Found,
) -> Result<Option<Client>, Failure> {
    let asked = client.profile();
    let mut client = client.clone();
    let mut tried = try_classes(session, &client).await?;
    if let Tried::Refused(why) = tried {
        let other = client.with_profile(in_other_dialect(asked));
        tried = match try_classes(session, &other).await? {
            Tried::Taken(class) => {
                client = other;
                Tried::Taken(class)
            }
            // What was asked for first is what the user wants to know about.
            _ => Tried::Refused(why),
        };
    }
    match tried {
        Tried::Taken(class) => {
            let target = try_targets(session, &mut client, class).await?;
            found.dialect = Some(client.profile().dialect);
            found.query_target = target;
            tell(report, asked, client.profile().dialect, target)?;
            Ok(Some(client))
        }
        Tried::Refused(error) => {
            let why = error.map_or_else(String::new, |error| report::chain(&error));
            report.skip(Step::Dialect, &format!("it cannot be told: {why}"))?;
            Ok(Some(client))
        }
        Tried::Broken(error) => {
            failed(report, Step::Dialect, &error)?;
            Ok(None)
        }
    }
}

/// A class in a namespace.
type Class<'a> = (&'a str, &'static str);

/// The answer of the host to classes that are addressed in one dialect.
enum Tried<'a> {
    /// This one was found.
    Taken(Class<'a>),
    /// None was, for this reason.
    Refused(Option<Error>),
    /// The host cannot be asked.
    Broken(Error),
}

/// Enumerates classes that hosts are known to have, one after the other until one is found.
async fn try_classes<'a>(session: &'a Session, client: &Client) -> Result<Tried<'a>, Failure> {
    let mut refused = None;
    for (namespace, class) in classes(session) {
        match stopped(session, found(client, namespace, class)).await? {
            Ok(()) => return Ok(Tried::Taken((namespace, class))),
            Err(error) if error.fault().is_none() && error.kind() != ErrorKind::Answer => {
                return Ok(Tried::Broken(error));
            }
            // That access is denied tells more than that another class is not there.
            Err(error) if error.fault_kind() == Some(FaultKind::AccessDenied) => {
                return Ok(Tried::Refused(Some(error)));
            }
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    Ok(Tried::Refused(refused))
}

/// Enumerates a class up to its first instance; a class without instances is found too.
async fn found(client: &Client, namespace: &str, class: &str) -> Result<(), Error> {
    let mut instances = client.namespace(namespace).enumerate(class).page_size(1);
    instances.next().await.transpose()?;
    instances.release().await
}

/// Queries a class at either target, and has the client use the one that answers.
async fn try_targets(
    session: &Session,
    client: &mut Client,
    (namespace, class): Class<'_>,
) -> Result<Option<QueryTarget>, Failure> {
    let asked = client.profile();
    let other = match asked.query_target {
        QueryTarget::Namespace => QueryTarget::AllClasses,
        _ => QueryTarget::Namespace,
    };
    for target in [asked.query_target, other] {
        let mut profile = asked;
        profile.query_target = target;
        let there = client.with_profile(profile);
        if stopped(session, first(&there, namespace, class))
            .await?
            .is_ok()
        {
            *client = there;
            return Ok(Some(target));
        }
    }
    Ok(None)
}

fn tell(
    report: &mut Report,
    asked: ServerProfile,
    dialect: Dialect,
    target: Option<QueryTarget>,
) -> Result<(), Failure> {
    let mut flags = Vec::new();
    let mut seen = format!("classes are found in the dialect {dialect}");
    if dialect != asked.dialect {
        seen.push_str(&format!(", and not in {}", asked.dialect));
        flags.push(format!("--dialect {dialect}"));
    }
    match target {
        None => seen.push_str("; no query was answered"),
        Some(target) if target == asked.query_target => {
            seen.push_str(&format!("; queries are answered at the target {target}"));
        }
        Some(target) => {
            let not = asked.query_target;
            let answered =
                format!("; queries are answered at the target {target}, and not at {not}");
            seen.push_str(&answered);
            flags.push(format!("--query-target {target}"));
        }
    }
    if !flags.is_empty() {
        let next = format!("add {}", flags.join(" "));
        report.fail(Step::Dialect, Exit::Usage, &seen, &next)
    } else if target.is_none() {
        let next = "use enumerate and get, which send no query";
        report.warn(Step::Dialect, &seen, next)
    } else {
        report.pass(Step::Dialect, &seen)
    }
}

/// Returns the profile that the other dialect brings with it.
fn in_other_dialect(asked: ServerProfile) -> ServerProfile {
    let mut profile = ServerProfile::of(match asked.dialect {
        Dialect::Wmi => Dialect::Dmtf,
        _ => Dialect::Wmi,
    });
    profile.query_target = asked.query_target;
    profile.datetime_form = asked.datetime_form;
    profile
}

/// Returns classes of which each kind of host has one.
fn classes(session: &Session) -> Vec<Class<'_>> {
    match session.connection.namespace.as_deref() {
        Some(named) => [SYSTEM, COMPUTER, REPLICATION, "__NAMESPACE"]
            .map(|class| (named, class))
            .to_vec(),
        None => vec![
            (CIMV2, SYSTEM),
            (CIMV2, COMPUTER),
            (VIRTUALIZATION, REPLICATION),
            // Of Microsoft OMI, whatever providers it has.
            ("root/omi", "OMI_Identify"),
        ],
    }
}

/// Of Windows.
const SYSTEM: &str = "Win32_OperatingSystem";
/// Of most object managers.
const COMPUTER: &str = "CIM_ComputerSystem";
/// Of Hyper-V.
const REPLICATION: &str = "Msvm_ReplicationService";
