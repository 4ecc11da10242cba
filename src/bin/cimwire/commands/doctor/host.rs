//! The steps from the login on.

use cimwire::cim::{ClassPath, Instance, Properties, Reference};
use cimwire::transport::{self, Delivery};
use cimwire::{Client, Dialect, Error, ErrorKind, FaultKind, Identity, Wql};

use super::report::{Report, Step};
use super::settings::Found;
use super::{certificate, datetimes, dialect};
use crate::exit::Exit;
use crate::options::AuthScheme;
use crate::output::report::{self, Failure};
use crate::output::short;
use crate::session::Session;
use crate::session::unless_interrupted;

/// Logs in, and examines what the user may do.
pub(super) async fn examine(
    report: &mut Report,
    session: &Session,
    client: &Client,
    wants_datetimes: bool,
) -> Result<(), Failure> {
    let identified = stopped(session, client.identify()).await?;
    let mut found = Found::default();
    if !login(report, session, client, identified)? {
        return Ok(());
    }
    found.sealed = is_sealed(session, client);
    let asked = dialect::examine(report, session, client, &mut found).await?;
    let Some(client) = &asked else {
        return Ok(());
    };
    namespaces(report, session, client).await?;
    invoke(report, session, client).await?;
    limits(report, session, client).await?;
    if wants_datetimes {
        found.datetime_form = datetimes::examine(report, session, client).await?;
    }
    found.tell(report, session)
}

/// Returns whether messages are sealed by the login itself.
fn is_sealed(session: &Session, client: &Client) -> bool {
    let is_tls = client.endpoint().starts_with("https:");
    !is_tls && !goes_with_each_request(session)
}

/// Awaits an operation. A signal ends the examination.
pub(super) async fn stopped<T>(
    session: &Session,
    operation: impl Future<Output = Result<T, Error>>,
) -> Result<Result<T, Error>, Failure> {
    unless_interrupted(session, async { Ok::<_, Failure>(operation.await) }).await
}

/// Reports the steps of the first Identify: login, sealing and response.
fn login(
    report: &mut Report,
    session: &Session,
    client: &Client,
    identified: Result<Identity, Error>,
) -> Result<bool, Failure> {
    let error = match identified {
        Ok(identity) => {
            logged_in(report, session, client, Answered::Yes)?;
            let Identity {
                product_vendor,
                product_version,
                ..
            } = &identity;
            report.pass(
                Step::Identify,
                &format!("{}, {}", short(product_vendor), short(product_version)),
            )?;
            return Ok(true);
        }
        Err(error) => error,
    };
    let cause = error
        .cause::<transport::Error>()
        .map(transport::Error::kind);
    let step = match cause {
        // An envelope came back.
        None => Step::Identify,
        Some(transport::ErrorKind::Sealing) => Step::Sealing,
        Some(_) if error.kind() == ErrorKind::Authentication => Step::Login,
        // Identify is sent once the login is over.
        Some(_) if error.delivery() == Delivery::NotSent => Step::Login,
        Some(_) => Step::Identify,
    };
    match step {
        Step::Login => {}
        Step::Sealing => report.pass(Step::Login, &who(session))?,
        _ if cause.is_some() && goes_with_each_request(session) => {
            report.skip(Step::Login, "no answer came that would tell")?;
        }
        // An envelope came back that says something else.
        _ if cause.is_none() => logged_in(report, session, client, Answered::Yes)?,
        _ => logged_in(report, session, client, Answered::No)?,
    }
    failed(report, step, &error)?;
    if step == Step::Login {
        spn(report, session, client, false)?;
    }
    Ok(false)
}

/// The answer to the first message after the login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answered {
    Yes,
    No,
}

/// Reports whether each request carries the login, so that no separate login can have succeeded.
fn goes_with_each_request(session: &Session) -> bool {
    let options = &session.connection;
    match options.auth {
        Some(AuthScheme::Basic | AuthScheme::Certificate) => true,
        Some(_) => false,
        None => options.client_cert.is_some(),
    }
}

fn logged_in(
    report: &mut Report,
    session: &Session,
    client: &Client,
    answered: Answered,
) -> Result<(), Failure> {
    report.pass(Step::Login, &who(session))?;
    spn(report, session, client, true)?;
    let is_tls = client.endpoint().starts_with("https:");
    if is_tls && certificate::is_any_accepted(session) {
        report.warn(
            Step::Sealing,
            "TLS encrypts what is sent, but any certificate is accepted: an attacker on the way can read and change it",
            "pin the certificate of the host (--pin-certificate), or trust its authority (--ca-file)",
        )
    } else if is_tls {
        report.pass(Step::Sealing, "TLS protects what is sent")
    } else if !is_sealed(session, client) {
        report.fail(
            Step::Sealing,
            Exit::Failure,
            "the password and all messages go in the clear",
            "use an https:// address, or log in with --auth negotiate, which seals messages",
        )
    } else if answered == Answered::Yes {
        report.pass(
            Step::Sealing,
            "a sealed message was answered with a sealed one",
        )
    } else {
        report.skip(Step::Sealing, "no sealed answer was seen")
    }
}

fn who(session: &Session) -> String {
    let user = session.connection.user.as_deref();
    format!(
        "{} is let in",
        user.unwrap_or("the holder of the certificate or ticket")
    )
}

/// Reports the service principal name, which Kerberos alone uses.
fn spn(
    report: &mut Report,
    session: &Session,
    client: &Client,
    is_in: bool,
) -> Result<(), Failure> {
    if session.connection.auth != Some(AuthScheme::Kerberos) {
        return report.skip(Step::Spn, "only --auth kerberos is sure to need one");
    }
    let rest = client
        .endpoint()
        .split_once("://")
        .map_or("", |(_, rest)| rest);
    let host = rest.split(['/', ':']).next().unwrap_or_default();
    let name = format!("HTTP/{host}");
    if is_in {
        report.pass(Step::Spn, &format!("there is a ticket for {name}"))
    } else {
        report.skip(
            Step::Spn,
            &format!("the ticket would be for {name}; setspn -Q tells who has it"),
        )
    }
}

/// Reports whether something can be read of each namespace that matters.
async fn namespaces(
    report: &mut Report,
    session: &Session,
    client: &Client,
) -> Result<(), Failure> {
    let named = session.connection.namespace.as_deref();
    if named.is_none() && client.profile().dialect == Dialect::Dmtf {
        return report.skip(Step::Namespace, "none is named (--namespace)");
    }
    for namespace in named.map_or_else(|| vec![CIMV2, VIRTUALIZATION], |one| vec![one]) {
        let class = match namespace {
            CIMV2 => "Win32_OperatingSystem",
            VIRTUALIZATION => "Msvm_ReplicationService",
            // Each namespace of WMI can be asked for those inside of it.
            _ => "__NAMESPACE",
        };
        match stopped(session, first(client, namespace, class)).await? {
            Ok(_) => report.pass(Step::Namespace, &format!("{namespace} can be read"))?,
            // The class itself may be missing: then the namespace is there, and answers.
            Err(error) if class == "__NAMESPACE" && is_without_class(&error) => {
                report.pass(Step::Namespace, &format!("{namespace} can be asked"))?;
            }
            Err(error) => failed(report, Step::Namespace, &error)?,
        }
    }
    Ok(())
}

fn is_without_class(error: &Error) -> bool {
    matches!(
        error.fault_kind(),
        Some(FaultKind::InvalidClass | FaultKind::InvalidQuery | FaultKind::NotFound)
    )
}

/// Asks for the first instance of a class by a query.
pub(super) async fn first(
    client: &Client,
    namespace: &str,
    class: &str,
) -> Result<Option<Instance>, Error> {
    let mut instances = client.namespace(namespace).query(Wql::select(class))?;
    let first = instances.next().await.transpose()?;
    instances.release().await?;
    Ok(first)
}

/// Calls a method that changes nothing. Any return value proves the right to call methods.
async fn invoke(report: &mut Report, session: &Session, client: &Client) -> Result<(), Failure> {
    if client.profile().dialect == Dialect::Dmtf {
        let why = "no method is known that each such host has, and that changes nothing";
        return report.skip(Step::Invoke, why);
    }
    let system = Reference::new(CIMV2, "Win32_Process").with_key("Handle", SYSTEM_PROCESS);
    let called = client.invoke(&system, "GetOwner", Properties::new());
    match stopped(session, called).await? {
        Ok(_) => report.pass(
            Step::Invoke,
            "methods can be called (tried with GetOwner of Win32_Process)",
        ),
        Err(error) if error.fault_kind() == Some(FaultKind::AccessDenied) => {
            failed(report, Step::Invoke, &error)
        }
        Err(error) => {
            let why = format!("it cannot be told: {}", report::chain(&error));
            report.skip(Step::Invoke, &why)
        }
    }
}

/// Reads the configuration of WinRM, which only administrators may.
async fn limits(report: &mut Report, session: &Session, client: &Client) -> Result<(), Failure> {
    let config = ClassPath::new("", "config").with_base(WINRM);
    match stopped(session, client.get(&Reference::to_class(config))).await? {
        Ok(config) => {
            let mut limits = told(&config, &LIMITS);
            if let Ok(service) = config.get::<Instance>("Service") {
                limits.extend(told(&service, &QUOTAS));
            }
            if limits.is_empty() {
                return report.skip(Step::Limits, "the host tells none of those that matter");
            }
            report.pass(Step::Limits, &limits.join(", "))
        }
        Err(error) => {
            let why = format!("they cannot be read: {}", report::chain(&error));
            report.skip(Step::Limits, &why)
        }
    }
}

/// Returns the numbers of a part of the configuration, without those that are missing.
fn told(part: &Instance, names: &[&str]) -> Vec<String> {
    let told = |name: &&str| Some(format!("{name} {}", part.get::<u64>(name).ok()?));
    names.iter().filter_map(told).collect()
}

pub(super) fn failed(report: &mut Report, step: Step, error: &Error) -> Result<(), Failure> {
    let hint = report::hint(error);
    let next = hint
        .as_deref()
        .unwrap_or("run it again with RUST_LOG=debug");
    report.fail(step, error.into(), &report::chain(error), next)
}

pub(super) const CIMV2: &str = "root/cimv2";
pub(super) const VIRTUALIZATION: &str = cimwire::hyperv::NAMESPACE;
/// Windows has it, and always under this number.
const SYSTEM_PROCESS: &str = "4";
/// The prefix of `config` in the address of WinRM's own configuration (MS-WSMV 2.2.4.10).
const WINRM: &str = "http://schemas.microsoft.com/wbem/wsman/1/";
const LIMITS: [&str; 3] = ["MaxEnvelopeSizekb", "MaxTimeoutms", "MaxBatchItems"];
/// Of the part `Service`.
const QUOTAS: [&str; 2] = ["MaxConcurrentOperationsPerUser", "MaxConnections"];
