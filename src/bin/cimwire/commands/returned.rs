//! The output of a method, shown and judged.

use cimwire::cim::{CimType, MethodSchema, Properties, Reference, Value};
use cimwire::hyperv::ReturnCode;
use cimwire::job::{Job, JobReference};
use cimwire::{Client, Error, Output};

use crate::exit::Exit;
use crate::output::event::Event;
use crate::output::json::Json;
use crate::output::report::Problem;
use crate::output::returned::{ReturnValue, ReturnedRow};

/// The output of a method.
#[derive(Debug)]
pub(super) struct Returned {
    target: Reference,
    method: String,
    value: Value,
    /// The value as a number, where it is one that says how it went.
    code: Option<i64>,
    /// The error if the value should be a code and is not.
    unread: Option<Error>,
    name: Option<String>,
    job: Option<JobReference>,
    output: Properties,
}

/// The end of a call.
#[derive(Debug)]
pub(super) enum End<'a> {
    Done,
    /// The answer does not tell whether the method was carried out.
    Unknown(&'a Error),
    /// A job does it, which the host may have named.
    Started(Option<&'a JobReference>),
    Refused,
}

impl Returned {
    pub(super) fn read(
        client: &Client,
        target: &Reference,
        output: &Output,
        typed: &Properties,
        declared: Option<&MethodSchema>,
    ) -> Self {
        let value = typed.value(RETURN_VALUE).cloned().unwrap_or_default();
        let is_code = declared.is_none_or(|method| is_integer(&method.return_type));
        let number = output.get::<Option<i64>>(RETURN_VALUE).ok().flatten();
        // A value outside of uint32 is a number too.
        let is_unread = number.is_none() || is_repeated(output);
        let unread = output
            .return_value()
            .err()
            .filter(|_| is_unread && says_how_it_went(output, declared));
        let code = number.filter(|_| is_code);
        let declared = declared.and_then(|method| method.value_name(&value));
        let others = typed.iter();
        Self {
            target: target.clone(),
            method: output.method().to_owned(),
            name: declared.or_else(|| hyperv_code(target, code).map(|code| code.to_string())),
            value,
            code,
            unread,
            job: job(client, output),
            output: others
                .filter(|(name, _)| !name.eq_ignore_ascii_case(RETURN_VALUE))
                .map(|(name, value)| (name, value.clone()))
                .collect(),
        }
    }

    /// Returns the output as it is shown.
    pub(super) fn shown<'a>(&'a self, watch: Option<&'a str>) -> ReturnedRow<'a> {
        let event = Event::new("returned");
        ReturnedRow {
            event: match self.started() {
                Some(job) => event.job(job).watch(watch),
                None => event,
            },
            reference: &self.target,
            method: &self.method,
            return_value: self
                .code
                .map_or(ReturnValue::Other(Json(&self.value)), ReturnValue::Code),
            return_name: self.name.as_deref(),
            output: Json(&self.output),
        }
    }

    /// Returns how it went. A method that returns nothing, or is declared to return another type than a whole number,
    /// says nothing of that, and counts as done.
    pub(super) fn end(&self) -> End<'_> {
        if let Some(error) = &self.unread {
            return End::Unknown(error);
        }
        match self.code {
            None | Some(DONE) => End::Done,
            Some(STARTED) => End::Started(self.job.as_ref()),
            Some(_) => End::Refused,
        }
    }

    /// Returns the job that carries the method out.
    pub(super) fn started(&self) -> Option<&JobReference> {
        match self.end() {
            End::Started(job) => job,
            End::Done | End::Unknown(_) | End::Refused => None,
        }
    }

    /// That the method returned something else than success.
    pub(super) fn refusal(&self) -> Problem {
        let code = self.code.unwrap_or_default();
        let mut what = format!("{} of {} returned {code}", self.method, self.target.class());
        if let Some(name) = &self.name {
            what.push_str(&format!(" ({name})"));
        }
        let problem = Problem::new(Exit::Refused, what).return_code(code);
        match hyperv_code(&self.target, self.code).and_then(|code| code.hint_for(&self.method)) {
            Some(hint) => problem.hint(hint),
            None => problem,
        }
    }
}

/// Returns the job that an output names, with its host.
fn job(client: &Client, output: &Output) -> Option<JobReference> {
    let named = output.get::<Option<JobReference>>("Job").ok().flatten()?;
    let job = Job::new(client, named).ok()?;
    Some(job.reference().clone())
}

/// The methods of Hyper-V share a table of codes, which their declarations leave out in part.
fn hyperv_code(target: &Reference, code: Option<i64>) -> Option<ReturnCode> {
    let code = ReturnCode::of_class(target.class(), u32::try_from(code?).ok()?)?;
    (!matches!(code, ReturnCode::Unknown(_))).then_some(code)
}

/// Returns whether the answer has to hold a return value that is a whole number: where that is declared, or where nothing is
/// declared and there is a return value. A method without a declaration may return nothing (DSP0004: void).
fn says_how_it_went(output: &Output, declared: Option<&MethodSchema>) -> bool {
    match declared {
        Some(method) => is_integer(&method.return_type) || is_repeated(output),
        None => output.value(RETURN_VALUE).is_some(),
    }
}

/// Returns whether there are several return values, of which a method of any type has one.
fn is_repeated(output: &Output) -> bool {
    matches!(output.value(RETURN_VALUE), Some(Value::Array(_)))
}

fn is_integer(cim_type: &CimType) -> bool {
    use CimType::{Sint8, Sint16, Sint32, Sint64, Uint8, Uint16, Uint32, Uint64};
    matches!(
        cim_type,
        Uint8 | Uint16 | Uint32 | Uint64 | Sint8 | Sint16 | Sint32 | Sint64
    )
}

const RETURN_VALUE: &str = "ReturnValue";
/// The return value of a CIM method that is done.
const DONE: i64 = 0;
/// The return value of a CIM method that started a job.
const STARTED: i64 = 4096;
