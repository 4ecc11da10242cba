//! The forms of datetime parameters that a host takes, found out without an effect.

use std::fmt;

use crate::cim::{DateTime, KeyValue, Properties, Reference};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::{DatetimeForm, FaultKind, Wql};

use super::NAMESPACE;
use super::replication_service::ReplicationService;
use super::virtual_machine::VirtualMachine;

/// The answers of a host to each form of a datetime parameter, in the order in which they were asked for.
#[derive(Debug)]
pub struct DatetimeForms(Vec<(DatetimeForm, FormAnswer)>);

/// The answer of a host to one form of a datetime parameter.
#[derive(Debug)]
#[non_exhaustive]
pub enum FormAnswer {
    /// The host has read the parameter: it returned a code, or said that there is no such virtual machine.
    Taken,
    /// The host has refused the form of the message.
    Refused(Error),
    /// The answer is about something else, so that it does not tell.
    Untold(Error),
}

impl DatetimeForms {
    /// Returns the forms with their answers.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (DatetimeForm, &FormAnswer)> {
        self.0.iter().map(|(form, answer)| (*form, answer))
    }

    /// Returns the forms that the host takes.
    pub fn taken(&self) -> impl Iterator<Item = DatetimeForm> {
        let taken = self.iter();
        taken.filter_map(|(form, answer)| matches!(answer, FormAnswer::Taken).then_some(form))
    }
}

impl fmt::Display for FormAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Taken => "taken",
            Self::Refused(_) => "refused",
            Self::Untold(_) => "not told",
        })
    }
}

/// Asks a host which forms of datetime parameters it takes.
///
/// It calls `StartReplication` with each form in turn, for a virtual machine whose GUID is all zeros, after the host has
/// said that there is none: a schema fault refuses the form, while a return code, or a fault that the virtual machine is
/// not there, comes from a host that has read it. Nothing can start.
///
/// ```no_run
/// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
/// let forms = cimwire::hyperv::datetime_forms(&client).await?;
/// if let Some(form) = forms.taken().next() {
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
/// Returns an error, and sends no more, if the host has no replication service, if it cannot be asked for the virtual
/// machine or has it, if it denies the call or cannot be reached, or if it says that the call has started something.
pub async fn datetime_forms(client: &Client) -> Result<DatetimeForms, Error> {
    let service = ReplicationService::connect(client).await?;
    expect_no_vm(client).await?;
    let mut answers = Vec::with_capacity(FORMS.len());
    for form in FORMS {
        answers.push((form, ask(client, &service, form).await?));
    }
    Ok(DatetimeForms(answers))
}

/// Makes sure that the virtual machine is not there.
///
/// # Errors
///
/// Returns an error if it is, or if the host does not say.
async fn expect_no_vm(client: &Client) -> Result<(), Error> {
    let wql = Wql::select(VirtualMachine::CLASS).equals("Name", NO_VM);
    let rows = client.namespace(NAMESPACE).query(wql)?.collect().await?;
    for row in rows {
        // A host that does not filter sends the others too.
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
        Ok(_) => Ok(FormAnswer::Taken),
        Err(error) => judge(error),
    }
}

/// Judges an answer that is not a return code.
fn judge(error: Error) -> Result<FormAnswer, Error> {
    match error.fault_kind() {
        Some(FaultKind::NotFound) => Ok(FormAnswer::Taken),
        Some(FaultKind::SchemaValidation) => Ok(FormAnswer::Refused(error)),
        // It is said before the message is looked at, and to every form.
        Some(FaultKind::AccessDenied) => Err(error),
        Some(_) => Ok(FormAnswer::Untold(error)),
        // An answer that did not come, or that cannot be read, tells nothing about the form.
        None if error.kind() == ErrorKind::OutcomeUnknown => Ok(FormAnswer::Untold(error)),
        None => Err(error),
    }
}

/// The parameters of a start over the network, far from now, of the virtual machine that is not there.
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

/// The error of a host that has done what cannot be done.
fn started(code: u32) -> Error {
    let doing = format!(
        "the host returned {code} for the start of a virtual machine that it does not have"
    );
    Error::new(ErrorKind::OutcomeUnknown, doing)
        .with_hint("list the jobs of the host: it may have started something")
}

/// The form that Microsoft's client is shown to send comes first.
const FORMS: [DatetimeForm; 4] = [
    DatetimeForm::Typed,
    DatetimeForm::CimDateTime,
    DatetimeForm::XmlSchema,
    DatetimeForm::Text,
];
const METHOD: &str = "StartReplication";
/// The GUID that Hyper-V gives to no virtual machine.
const NO_VM: &str = "00000000-0000-0000-0000-000000000000";
/// The value of `InitialReplicationType` for a copy over the network, which can be scheduled.
const OVER_NETWORK: u16 = 1;
/// Far beyond the seven days that Microsoft's client allows.
const START: &str = "20990101000000.000000+000";
/// Done, and a job started.
const STARTED: [u32; 2] = [0, 4096];
