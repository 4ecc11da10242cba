//! A test for the forms of datetime parameters that a host accepts, without side effects.

use std::fmt;

use crate::cim::{DateTime, KeyValue, Properties, Reference};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::{DatetimeForm, FaultKind, Wql};

use super::{NAMESPACE, ReplicationService, VirtualMachine};

/// The results of a host for each form of a datetime parameter, in the order of the calls.
#[derive(Debug)]
pub struct DatetimeForms(Vec<(DatetimeForm, FormAnswer)>);

/// The result of a host for one form of a datetime parameter.
#[derive(Debug)]
#[non_exhaustive]
pub enum FormAnswer {
    /// The host parsed the parameter: it returned a code, or a fault that the virtual machine does not exist.
    Accepted,
    /// The host rejected the form of the message.
    Rejected(Error),
    /// The response is about something else and does not tell.
    Inconclusive(Error),
}

impl DatetimeForms {
    /// Returns the forms with their results.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (DatetimeForm, &FormAnswer)> {
        self.0.iter().map(|(form, answer)| (*form, answer))
    }

    /// Returns the forms that the host accepts.
    pub fn accepted(&self) -> impl Iterator<Item = DatetimeForm> {
        let forms = self.iter();
        forms.filter_map(|(form, answer)| matches!(answer, FormAnswer::Accepted).then_some(form))
    }
}

impl fmt::Display for FormAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Accepted => "accepted",
            Self::Rejected(_) => "rejected",
            Self::Inconclusive(_) => "inconclusive",
        })
    }
}

/// Tests which forms of datetime parameters a host accepts.
///
/// Calls `StartReplication` with each form in turn, for a virtual machine whose GUID is all zeros, after the host has
/// confirmed that it does not exist. A schema fault rejects the form. A return code, or a fault that the virtual
/// machine does not exist, comes from a host that has parsed the parameter. Nothing can start.
///
/// ```no_run
/// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
/// let forms = cimwire::hyperv::datetime_forms(&client).await?;
/// if let Some(form) = forms.accepted().next() {
///     let mut profile = client.profile();
///     profile.datetime_form = form;
///     let client = client.with_profile(profile);
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Returns an error, and sends no further calls, if the host has no replication service, if the query for the virtual
/// machine fails or finds it, if the host denies the call or cannot be reached, or if it reports that the call has
/// started something.
pub async fn datetime_forms(client: &Client) -> Result<DatetimeForms, Error> {
    try_forms(client)
        .await
        .map_err(|error| client.attribute(error))
}

async fn try_forms(client: &Client) -> Result<DatetimeForms, Error> {
    let service = ReplicationService::connect(client).await?;
    expect_no_vm(client).await?;
    let mut answers = Vec::with_capacity(FORMS.len());
    for form in FORMS {
        answers.push((form, ask(client, &service, form).await?));
    }
    Ok(DatetimeForms(answers))
}

/// Checks that the virtual machine does not exist.
///
/// # Errors
///
/// Returns an error if it exists, or if the response does not tell.
async fn expect_no_vm(client: &Client) -> Result<(), Error> {
    let wql = Wql::select(VirtualMachine::CLASS).equals("Name", NO_VM);
    let rows = client.namespace(NAMESPACE).query(wql)?.collect().await?;
    for row in rows {
        // A host that ignores the filter sends other virtual machines too.
        let id = row.get::<String>("Name").map_err(|error| {
            Error::from_decode(
                "could not make sure that no virtual machine is meant",
                error,
            )
        })?;
        if id.trim_matches(['{', '}']).eq_ignore_ascii_case(NO_VM) {
            let doing = format!("the host has a virtual machine {NO_VM}");
            return Err(Error::new(ErrorKind::Ambiguous, doing)
                .with_hint("set the datetime form by hand: it cannot be found out here"));
        }
    }
    Ok(())
}

async fn ask(
    client: &Client,
    service: &ReplicationService,
    form: DatetimeForm,
) -> Result<FormAnswer, Error> {
    let mut profile = client.profile();
    profile.datetime_form = form;
    let client = client.with_profile(profile);
    let called = client
        .invoke(service.reference(), METHOD, input()?)
        .await
        .and_then(|output| output.return_value());
    match called {
        Ok(code) if STARTED.contains(&code) => Err(started(code)),
        Ok(_) => Ok(FormAnswer::Accepted),
        Err(error) => judge(error),
    }
}

/// Classifies a response that is not a return code.
fn judge(error: Error) -> Result<FormAnswer, Error> {
    match error.fault_kind() {
        Some(FaultKind::NotFound) => Ok(FormAnswer::Accepted),
        Some(FaultKind::SchemaValidation) => Ok(FormAnswer::Rejected(error)),
        // Access is checked before the message is parsed, so every form would get this fault.
        Some(FaultKind::AccessDenied) => Err(error),
        Some(_) => Ok(FormAnswer::Inconclusive(error)),
        // A missing or unreadable response tells nothing about the form.
        None if error.kind() == ErrorKind::OutcomeUnknown => Ok(FormAnswer::Inconclusive(error)),
        None => Err(error),
    }
}

/// Returns the parameters for starting replication over the network in the far future, for the virtual machine that
/// does not exist.
fn input() -> Result<Properties, Error> {
    let start: DateTime = START.parse().map_err(|error| {
        Error::new(ErrorKind::Usage, "could not set the start time").with_source(error)
    })?;
    let vm = Reference::new(NAMESPACE, VirtualMachine::CLASS)
        .with_key("CreationClassName", VirtualMachine::CLASS)
        .with_key("Name", KeyValue::Text(NO_VM.to_owned()));
    Ok(Properties::new()
        .with("ComputerSystem", vm)
        .with("InitialReplicationType", OVER_NETWORK)
        .with("StartTime", start))
}

/// Returns the error for a host that reports success for a virtual machine that does not exist.
fn started(code: u32) -> Error {
    let doing = format!(
        "the host returned {code} for the start of a virtual machine that it does not have"
    );
    Error::new(ErrorKind::OutcomeUnknown, doing)
        .with_hint("list the jobs of the host: it may have started something")
}

/// The form of Microsoft's client comes first.
const FORMS: [DatetimeForm; 4] = [
    DatetimeForm::Typed,
    DatetimeForm::CimDateTime,
    DatetimeForm::XmlSchema,
    DatetimeForm::Text,
];
const METHOD: &str = "StartReplication";
/// A GUID that Hyper-V assigns to no virtual machine.
const NO_VM: &str = "00000000-0000-0000-0000-000000000000";
/// The value of `InitialReplicationType` for a copy over the network, which can be scheduled.
const OVER_NETWORK: u16 = 1;
/// A start time far beyond the seven days that Microsoft's client allows.
const START: &str = "20990101000000.000000+000";
/// The return codes for completion and for a started job.
const STARTED: [u32; 2] = [0, 4096];
