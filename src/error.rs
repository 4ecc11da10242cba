//! The one error that the crate's users meet.

use std::error::Error as StdError;
use std::fmt;

use crate::cim::{DecodeError, InvalidInput, Properties, Value};
use crate::remedy::Remedy;
use crate::transport::{self, Delivery};
use crate::wsman::{Dialect, EncodeError, Fault, FaultKind, Operation, ReplyError};

/// Why an operation failed.
///
/// It is opaque and one word wide. `Display` says what was being done, in one phrase; why it failed is reached through
/// [`source`](StdError::source), level by level, without repetition. Neither `Display` nor `Debug` holds a secret or
/// the text of an envelope.
///
/// ```
/// # fn report(error: cimwire::Error) {
/// eprint!("{error}");
/// let mut cause = std::error::Error::source(&error);
/// while let Some(error) = cause {
///     eprint!(": {error}");
///     cause = error.source();
/// }
/// eprintln!();
/// if let Some(hint) = error.hint() {
///     eprintln!("hint: {hint}");
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    doing: String,
    hint: Option<String>,
    remedy: Option<Remedy>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an error, for a program to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The request makes no sense: a setting, a name, a value that has no form on the wire.
    Usage,
    /// The host did not accept the login.
    Authentication,
    /// There is no password to log in with: its [keeper](crate::Credentials::password_from) did not give it.
    NoPassword,
    /// No connection, or none that an answer came back on.
    Connection,
    /// Something took too long.
    Timeout,
    /// The server answered with a [fault](Error::fault).
    Fault,
    /// The answer cannot be understood.
    Answer,
    /// A value is not of the type that was asked for.
    Decode,
    /// The object is not there.
    NotFound,
    /// The name fits several objects.
    Ambiguous,
    /// The method ran, and returned that it will not do it.
    Refused,
    /// The job failed.
    JobFailed,
    /// The job was cancelled.
    JobCancelled,
    /// It is not known what became of it: the connection broke after a method call was sent, or the job vanished.
    OutcomeUnknown,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, doing: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            doing: doing.into(),
            hint: None,
            remedy: None,
            source: None,
        }))
    }

    #[must_use]
    pub(crate) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    #[must_use]
    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns what kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns what the server said, where it refused.
    pub fn fault(&self) -> Option<&Fault> {
        self.cause::<FaultSource>().map(|source| &*source.0)
    }

    /// Returns what the fault means; `None` where the server did not refuse.
    pub fn fault_kind(&self) -> Option<FaultKind> {
        self.fault().map(Fault::kind)
    }

    /// Reports whether the request reached the host. For a method call, [`Delivery::Unknown`] wants a look at the
    /// host's state before it is sent again.
    pub fn delivery(&self) -> Delivery {
        match (self.0.kind, self.cause::<transport::Error>()) {
            // An answer that cannot be read or believed does not tell what the host has done.
            (ErrorKind::OutcomeUnknown, _) => Delivery::Unknown,
            (_, Some(error)) => error.delivery(),
            (ErrorKind::Usage, None) => Delivery::NotSent,
            (_, None) => Delivery::Answered,
        }
    }

    /// Returns what to do about it, in a sentence.
    pub fn hint(&self) -> Option<&str> {
        let own = self.0.hint.as_deref();
        let transport = || {
            self.cause::<transport::Error>()
                .and_then(transport::Error::hint)
        };
        let fault = || self.fault_kind().and_then(FaultKind::hint);
        own.or_else(transport).or_else(fault)
    }

    /// Returns the setting that the [hint](Self::hint) is about.
    pub fn remedy(&self) -> Option<Remedy> {
        if self.0.hint.is_some() {
            return self.0.remedy;
        }
        let cause = self.cause::<transport::Error>();
        cause.and_then(transport::Error::remedy)
    }

    /// The first error of a type among the causes, to reach what a layer knows beyond this.
    pub fn cause<E: StdError + 'static>(&self) -> Option<&E> {
        let mut next = self.source();
        while let Some(error) = next {
            if let Some(found) = error.downcast_ref() {
                return Some(found);
            }
            next = error.source();
        }
        None
    }

    pub(crate) fn from_transport(doing: String, error: transport::Error, changes: bool) -> Self {
        use transport::ErrorKind as Transport;
        let kind = match error.kind() {
            _ if changes && error.delivery() == Delivery::Unknown => ErrorKind::OutcomeUnknown,
            Transport::Config => ErrorKind::Usage,
            Transport::Authentication => ErrorKind::Authentication,
            Transport::NoPassword => ErrorKind::NoPassword,
            Transport::Timeout(_) => ErrorKind::Timeout,
            Transport::Sealing | Transport::TooLarge => ErrorKind::Answer,
            Transport::Replay => ErrorKind::Usage,
            _ => ErrorKind::Connection,
        };
        if kind == ErrorKind::OutcomeUnknown {
            return Self::unknown(&doing).with_source(error);
        }
        Self::new(kind, doing).with_source(error)
    }

    /// The error of an answer to an operation. Where that may have changed something, an answer that cannot be read, or
    /// that says that time ran out, does not tell whether it did.
    pub(crate) fn from_answer(doing: String, error: ReplyError, operation: &Operation) -> Self {
        let changes = operation.changes();
        let kind = match &error {
            ReplyError::Fault(fault) => Some(fault.kind()),
            _ => None,
        };
        let mut error = Self::from_reply(doing, error);
        match kind {
            None | Some(FaultKind::TimedOut) if changes => {
                let unknown = Self::unknown(&error.0.doing);
                error.0.kind = unknown.0.kind;
                error.0.doing = unknown.0.doing;
                error.0.hint = unknown.0.hint;
                error
            }
            Some(FaultKind::SchemaValidation) if changes => {
                let (form, remedy) = other_form(operation);
                error.0.remedy = remedy;
                error.with_hint(format!(
                    "the host did not like the form of what was sent, or could not write what came of it: look at the \
                     object itself, then {form}"
                ))
            }
            Some(FaultKind::InvalidParameter) if changes => {
                let (form, remedy) = other_form(operation);
                error.0.remedy = remedy;
                error.with_hint(form)
            }
            Some(FaultKind::SchemaValidation) => error.with_hint(
                "the host cannot write a property of it, such as a datetime with wildcards: ask for those that you need",
            ),
            _ => error,
        }
    }

    /// Suggests the DMTF dialect if Microsoft OMI refused a request in that of Windows.
    pub(crate) fn in_dialect(mut self, dialect: Dialect, operation: &Operation) -> Self {
        let is_other = dialect == Dialect::Dmtf || self.0.kind != ErrorKind::Fault;
        let Some(fault) = self.fault().filter(|_| !is_other) else {
            return self;
        };
        // OMI finds no class under a URI of Windows, and refuses a method there without a word.
        let hint = match fault.kind() {
            FaultKind::AccessDenied | FaultKind::Quota => return self,
            _ if is_of_omi(fault) => "use the DMTF dialect, which Microsoft OMI speaks",
            FaultKind::Other if operation.changes() && fault.message().is_empty() => {
                "use the DMTF dialect if the server is not Windows"
            }
            _ => return self,
        };
        self.0.remedy = Some(Remedy::DmtfDialect);
        self.with_hint(hint)
    }

    /// The same error of something else that was being done.
    pub(crate) fn with_doing(mut self, doing: impl Into<String>) -> Self {
        self.0.doing = doing.into();
        self
    }

    /// A change that was sent, and whose outcome is unknown.
    fn unknown(doing: &str) -> Self {
        Self::new(
            ErrorKind::OutcomeUnknown,
            format!("{doing}, or it was done and the answer lost"),
        )
        .with_hint(MAY_BE_DONE)
    }

    /// Returns the error of a method whose answer does not tell whether it was carried out.
    pub(crate) fn untold(method: &str, error: DecodeError) -> Self {
        let doing = format!("could not tell whether {method} was carried out");
        Self::new(ErrorKind::OutcomeUnknown, doing)
            .with_hint(MAY_BE_DONE)
            .with_source(error)
    }

    /// Reports whether the same may go well a moment later: the host restarts its service, or is busy, or the network
    /// hiccups.
    pub(crate) fn is_transient(&self) -> bool {
        use transport::ErrorKind as Transport;
        if let Some(kind) = self.fault_kind() {
            return matches!(
                kind,
                FaultKind::Quota | FaultKind::TimedOut | FaultKind::Other
            );
        }
        self.cause::<transport::Error>()
            .is_some_and(|error| match error.kind() {
                Transport::Connect
                | Transport::Lost
                | Transport::ContextLost
                | Transport::Timeout(_) => true,
                Transport::Status => error.status() == Some(503),
                _ => false,
            })
    }

    pub(crate) fn from_reply(doing: String, error: ReplyError) -> Self {
        match error {
            ReplyError::Fault(fault) => {
                Self::new(ErrorKind::Fault, doing).with_source(FaultSource(fault))
            }
            error => Self::new(ErrorKind::Answer, doing).with_source(error),
        }
    }

    pub(crate) fn from_encode(doing: String, error: EncodeError) -> Self {
        Self::new(ErrorKind::Usage, doing).with_source(error)
    }

    pub(crate) fn from_decode(doing: impl Into<String>, error: DecodeError) -> Self {
        Self::new(ErrorKind::Decode, doing).with_source(error)
    }
}

/// Returns whether a fault bears the error instance of Microsoft OMI.
fn is_of_omi(fault: &Fault) -> bool {
    let error = fault.cim_error();
    error.is_some_and(|error| error.class_name().eq_ignore_ascii_case("OMI_Error"))
}

/// Returns what may help if a host refused the form of a request, and the setting for the values in it that have several
/// forms.
fn other_form(operation: &Operation) -> (String, Option<Remedy>) {
    let check = "check the names, with their case, the types and the values";
    let (values, remedy) = match Forms::of(operation) {
        Forms {
            datetime: true,
            instance: true,
        } => (
            "embedded instances or datetimes",
            Remedy::DatetimeOrEmbeddedForm,
        ),
        Forms { datetime: true, .. } => ("datetimes", Remedy::DatetimeForm),
        Forms { instance: true, .. } => ("embedded instances", Remedy::EmbeddedForm),
        Forms { .. } => return (check.to_owned(), None),
    };
    let hint = format!("{check}, and try another form of {values}");
    (hint, Some(remedy))
}

/// Which values of an operation can be written in several forms.
struct Forms {
    datetime: bool,
    instance: bool,
}

impl Forms {
    fn of(operation: &Operation) -> Self {
        let has = |wanted: fn(&Value) -> bool| {
            let values = operation.values().into_iter().flat_map(Properties::iter);
            values.flat_map(|(_, value)| value.elements()).any(wanted)
        };
        Self {
            datetime: has(|value| matches!(value, Value::DateTime(_) | Value::Interval(_))),
            instance: has(|value| matches!(value, Value::Instance(_))),
        }
    }
}

/// Lets a property be read with `?` next to operations.
impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::from_decode("could not read a value", error)
    }
}

/// Lets input be checked with `?` before it is sent.
impl From<InvalidInput> for Error {
    fn from(error: InvalidInput) -> Self {
        Self::new(ErrorKind::Usage, "nothing was sent").with_source(error)
    }
}

/// A fault as an error of its own, so that it can be found among the causes.
struct FaultSource(Box<Fault>);

impl fmt::Debug for FaultSource {
    /// In one line: the whole of it may be as long as the answer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl fmt::Display for FaultSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl StdError for FaultSource {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.doing)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("doing", &self.0.doing)
            .field("hint", &self.0.hint)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| {
            let source: &(dyn StdError + 'static) = source;
            source
        })
    }
}

const MAY_BE_DONE: &str =
    "look at the object itself before asking again: the host may have done it";

#[cfg(test)]
mod tests;
