//! The step that asks, on request, which forms of datetime parameters the host takes.

use cimwire::hyperv::{self, DatetimeForms, FormAnswer};
use cimwire::{Client, DatetimeForm, ErrorKind, FaultKind};

use super::host::{failed, stopped};
use super::report::{Report, Step};
use crate::exit::Exit;
use crate::output::report::{self, Failure};
use crate::session::Session;

/// Tells which forms the host takes. Returns the one to use, if it takes one.
pub(super) async fn examine(
    report: &mut Report,
    session: &Session,
    client: &Client,
) -> Result<Option<DatetimeForm>, Failure> {
    let forms = match stopped(session, hyperv::datetime_forms(client)).await? {
        Ok(forms) => forms,
        // Without Hyper-V there is no method to ask with.
        Err(error) if is_without_service(&error) => {
            let why = format!(
                "no replication service of Hyper-V: {}",
                report::chain(&error)
            );
            report.skip(Step::Datetimes, &why)?;
            return Ok(None);
        }
        Err(error) => {
            failed(report, Step::Datetimes, &error)?;
            return Ok(None);
        }
    };
    let asked = client.profile().datetime_form;
    let form = forms.accepted().find(|form| *form == asked);
    let form = form.or_else(|| forms.accepted().next());
    tell(report, asked, form, &forms)?;
    Ok(form)
}

fn is_without_service(error: &cimwire::Error) -> bool {
    let missing = [
        FaultKind::InvalidNamespace,
        FaultKind::InvalidClass,
        FaultKind::NotFound,
    ];
    error.kind() == ErrorKind::NotFound
        || error
            .fault_kind()
            .is_some_and(|kind| missing.contains(&kind))
}

fn tell(
    report: &mut Report,
    asked: DatetimeForm,
    form: Option<DatetimeForm>,
    forms: &DatetimeForms,
) -> Result<(), Failure> {
    let each: Vec<_> = forms
        .iter()
        .map(|(form, answer)| shown(form, answer))
        .collect();
    let seen = each.join("; ");
    match form {
        Some(form) if form == asked => report.pass(Step::Datetimes, &seen),
        Some(form) => {
            let next = format!("add --datetime-form {form}");
            report.fail(Step::Datetimes, Exit::Usage, &seen, &next)
        }
        None => {
            let next = "leave times out, or see what the host says about the method";
            report.fail(Step::Datetimes, Exit::Fault, &seen, next)
        }
    }
}

fn shown(form: DatetimeForm, answer: &FormAnswer) -> String {
    match answer {
        FormAnswer::Inconclusive(error) => format!("{form} {answer} ({})", report::chain(error)),
        _ => format!("{form} {answer}"),
    }
}
