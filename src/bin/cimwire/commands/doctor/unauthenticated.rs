//! The steps before a login: what the host shows without a login.

use std::time::{Duration, SystemTime};

use cimwire::transport::{Error, ErrorKind, Phase, Probe, Unauthenticated};

use super::certificate;
use super::report::{Report, Step};
use crate::exit::Exit;
use crate::options::AuthScheme;
use crate::output::report::{self, Failure};
use crate::output::{excerpt, short};
use crate::session::Session;

/// Looks at what was seen without a login; whether it makes sense to log in.
pub(super) fn examine(
    report: &mut Report,
    session: &Session,
    probe: &Probe,
) -> Result<bool, Failure> {
    match &probe.answer {
        Ok(answer) => {
            reached(report, probe, Step::Http)?;
            channel(report, session, probe)?;
            http(report, answer)?;
            let offered = schemes(report, session, answer)?;
            clock(report, answer)?;
            Ok(offered)
        }
        Err(error) if error.kind() == ErrorKind::Timeout(Phase::Answer) => {
            silent(report, session, probe, error)?;
            Ok(true)
        }
        Err(error) => {
            broken(report, session, probe, error)?;
            Ok(false)
        }
    }
}

/// Tells that a request without a login was not answered, which is no reason not to log in: Microsoft OMI answers none.
fn silent(
    report: &mut Report,
    session: &Session,
    probe: &Probe,
    error: &Error,
) -> Result<(), Failure> {
    reached(report, probe, Step::Http)?;
    channel(report, session, probe)?;
    let next = report::with_options(error.hint().unwrap_or(LOOK), error.remedy());
    report.warn(
        Step::Http,
        "a request without a login was not answered",
        &next,
    )?;
    let why = "no answer without a login";
    report.skip(Step::Schemes, why)?;
    report.skip(Step::Clock, why)
}

/// Tells which step an error belongs to, and that those before it are well.
fn broken(
    report: &mut Report,
    session: &Session,
    probe: &Probe,
    error: &Error,
) -> Result<(), Failure> {
    let step = match error.kind() {
        ErrorKind::NameNotResolved => Step::Name,
        ErrorKind::Connect | ErrorKind::Proxy | ErrorKind::Timeout(Phase::Connect) => Step::Port,
        ErrorKind::Tls => Step::Tls,
        _ => Step::Http,
    };
    reached(report, probe, step)?;
    if step == Step::Http {
        channel(report, session, probe)?;
    }
    let mut seen = report::chain(error);
    if let (Step::Tls, Some(der)) = (step, &probe.certificate) {
        seen = format!("{seen}; it is {}", excerpt(&certificate::describe(der)));
    }
    let next = report::with_options(error.hint().unwrap_or(LOOK), error.remedy());
    report.fail(step, Exit::Connection, &seen, &next)
}

/// The steps before this one, which have to be well for it to be reached.
fn reached(report: &mut Report, probe: &Probe, step: Step) -> Result<(), Failure> {
    if step != Step::Name {
        match &probe.proxy {
            None => report.pass(Step::Name, "the host's name leads somewhere")?,
            Some(proxy) => {
                report.skip(Step::Name, &format!("the proxy {proxy} looks the name up"))?;
            }
        }
        if step != Step::Port {
            report.pass(Step::Port, "something takes connections there")?;
        }
    }
    Ok(())
}

fn channel(report: &mut Report, session: &Session, probe: &Probe) -> Result<(), Failure> {
    let Some(der) = &probe.certificate else {
        let why = format!("{} is not an https address", probe.endpoint);
        return report.skip(Step::Tls, &why);
    };
    let shown = excerpt(&certificate::describe(der));
    if certificate::is_any_accepted(session) {
        let why = format!("any certificate is accepted; this is {shown}");
        return report.skip(Step::Tls, &why);
    }
    match certificate::days_left(der) {
        Some(days @ ..SOON) => report.pass(
            Step::Tls,
            &format!("{shown}; renew it, {days} days are left"),
        ),
        _ => report.pass(Step::Tls, &shown),
    }
}

fn http(report: &mut Report, answer: &Unauthenticated) -> Result<(), Failure> {
    let server = answer
        .server
        .as_deref()
        .unwrap_or("a server without a name");
    let seen = format!("{} answers HTTP {}", short(server), answer.status);
    report.pass(Step::Http, &seen)
}

/// Reports whether the host offers what is to be used. What it offers never chooses for us.
fn schemes(
    report: &mut Report,
    session: &Session,
    answer: &Unauthenticated,
) -> Result<bool, Failure> {
    let offered = excerpt(&answer.schemes.join(", "));
    let wanted: &[&str] = match session.connection.auth {
        // Certificates are never among what is offered.
        Some(AuthScheme::Certificate) => &[],
        None if session.connection.client_cert.is_some() => &[],
        Some(AuthScheme::Basic) => &["Basic"],
        Some(AuthScheme::Kerberos) => &["Kerberos", "Negotiate"],
        _ => &["Negotiate"],
    };
    let is_offered = |scheme: &&str| {
        let mut schemes = answer.schemes.iter();
        schemes.any(|offered| offered.eq_ignore_ascii_case(scheme))
    };
    if answer.status != UNAUTHORIZED {
        report.skip(Step::Schemes, "the host asks for no login")?;
    } else if wanted.is_empty() {
        report.skip(Step::Schemes, "certificates need not be offered")?;
    } else if wanted.iter().any(is_offered) {
        report.pass(Step::Schemes, &format!("the host offers {offered}"))?;
    } else {
        let (seen, next) = not_offered(wanted, &offered);
        report.fail(Step::Schemes, Exit::Authentication, &seen, &next)?;
        return Ok(false);
    }
    Ok(true)
}

fn not_offered(wanted: &[&str], offered: &str) -> (String, String) {
    let wanted = wanted.first().copied().unwrap_or_default();
    if offered.is_empty() {
        return (
            "the host offers no way to log in".to_owned(),
            "a proxy on the way may have taken the offer out: connect without it".to_owned(),
        );
    }
    let offers = |scheme: &str| {
        let mut schemes = offered.split(", ");
        schemes.any(|offered| offered.eq_ignore_ascii_case(scheme))
    };
    let other = if offers("Kerberos") {
        "or log in with --auth kerberos"
    } else if offers("Basic") {
        "or log in with --auth basic, over https"
    } else {
        "or log in another way (--auth)"
    };
    (
        format!("the host does not offer {wanted}, but {offered}"),
        format!(
            "turn it on at the host (winrm set winrm/config/service/auth @{{{wanted}=\"true\"}}), {other}"
        ),
    )
}

fn clock(report: &mut Report, answer: &Unauthenticated) -> Result<(), Failure> {
    let Some(date) = answer.date else {
        return report.skip(Step::Clock, "the host does not show its clock");
    };
    let now = SystemTime::now();
    let (off, way) = match date.duration_since(now) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    if off <= MAX_SKEW {
        return report.pass(Step::Clock, "the clocks agree, to within five minutes");
    }
    let (minutes, seconds) = (off.as_secs() / 60, off.as_secs() % 60);
    let seen = format!("the host's clock is {minutes} min {seconds} s {way} ours");
    report.fail(
        Step::Clock,
        Exit::Failure,
        &seen,
        "set both clocks, best from one time server: Kerberos allows five minutes",
    )
}

/// The clock skew that Kerberos allows by default (RFC 4120).
const MAX_SKEW: Duration = Duration::from_secs(5 * 60);
/// When a certificate is to be renewed, in days.
const SOON: i64 = 30;
const UNAUTHORIZED: u16 = 401;
const LOOK: &str =
    "look at what stands between here and the host, and run it again with RUST_LOG=debug";
