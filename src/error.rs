//! The error type of the crate.

use std::error::Error as StdError;
use std::fmt;

use crate::cim::{DecodeError, InvalidInput, Properties, Value};
use crate::remedy::Remedy;
use crate::transport::{self, Delivery};
use crate::wsman::{Dialect, EncodeError, Fault, FaultKind, Operation, ReplyError};

/// An error returned by an operation.
///
/// The type is opaque and the size of one pointer. `Display` gives the operation that failed, in one phrase. The causes
/// are reached through [`source`](StdError::source), level by level, without repetition. Neither `Display` nor `Debug`
/// contains a secret or the text of an envelope.
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
    host: Option<Box<str>>,
    /// True if the operation was a change that was not sent, since a read before it failed.
    is_unsent: bool,
    remedy: Option<Remedy>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// The kind of an [`Error`], for a program to decide on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is invalid: a setting, a name, or a value that has no form on the wire.
    Usage,
    /// The host rejected the credentials.
    Authentication,
    /// The [password source](crate::Credentials::password_from) did not supply a password.
    NoPassword,
    /// The connection could not be made, or was lost before a response came back.
    Connection,
    /// A time limit was exceeded.
    Timeout,
    /// The server answered with a [fault](Error::fault).
    Fault,
    /// The response is malformed or does not belong to the request.
    Answer,
    /// A value does not have the requested type.
    Decode,
    /// The object was not found.
    NotFound,
    /// More than one object was found.
    Ambiguous,
    /// The method ran and returned an error code.
    Refused,
    /// The job failed.
    JobFailed,
    /// The job was cancelled.
    JobCancelled,
    /// The outcome of a change is unknown: the connection broke after the request was sent, the response could not be
    /// understood, or the job vanished.
    OutcomeUnknown,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, doing: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            doing: doing.into(),
            hint: None,
            host: None,
            is_unsent: false,
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
    pub(crate) fn with_hint_or_none(mut self, hint: Option<impl Into<String>>) -> Self {
        self.0.hint = hint.map(Into::into);
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

    /// Adds the host that the error came from, unless it has one.
    #[must_use]
    pub(crate) fn or_host(mut self, host: impl FnOnce() -> Option<Box<str>>) -> Self {
        self.0.host = self.0.host.or_else(host);
        self
    }

    /// Returns the kind of the error.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the fault of the server, if it answered with one.
    pub fn fault(&self) -> Option<&Fault> {
        self.cause::<FaultSource>().map(|source| &*source.0)
    }

    /// Returns the kind of the fault, or `None` if the server did not answer with one.
    pub fn fault_kind(&self) -> Option<FaultKind> {
        self.fault().map(Fault::kind)
    }

    /// Returns whether the operation reached the host. After a method call with [`Delivery::Unknown`], check the state of
    /// the host before sending it again.
    pub fn delivery(&self) -> Delivery {
        match (self.0.kind, self.cause::<transport::Error>()) {
            // A response that cannot be read or trusted does not tell what the host has done.
            _ if self.0.is_unsent => Delivery::NotSent,
            (ErrorKind::OutcomeUnknown, _) => Delivery::Unknown,
            (_, Some(error)) => error.delivery(),
            (ErrorKind::Usage, None) => Delivery::NotSent,
            (_, None) => Delivery::Answered,
        }
    }

    /// Returns the host that the operation was sent to, or would have been: its name or address, as in the
    /// [endpoint](crate::Client::endpoint) of the client. It is `None` for input that was wrong before there was a
    /// client, and for a value that the caller reads from an instance.
    pub fn host(&self) -> Option<&str> {
        self.0.host.as_deref()
    }

    /// Returns a hint on how to solve the problem, in one sentence.
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

    /// Returns the first error of type `E` among the causes. It gives access to the details of a lower layer.
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

    /// Returns the error of a response to an operation. If the operation may have changed something, an unreadable
    /// response or a timeout fault leaves the outcome unknown.
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
        // OMI finds no class under a resource URI of Windows, and refuses a method there without a message.
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

    /// Replaces the description of the operation that failed.
    pub(crate) fn with_doing(mut self, doing: impl Into<String>) -> Self {
        self.0.doing = doing.into();
        self
    }

    /// Marks the error of a read that a change needs first: whether the read arrived, the change was not sent.
    pub(crate) fn of_unsent_change(mut self) -> Self {
        self.0.is_unsent = true;
        self
    }

    /// Returns the error of a change that was sent and has an unknown outcome.
    fn unknown(doing: &str) -> Self {
        Self::new(
            ErrorKind::OutcomeUnknown,
            format!("{doing}, or it was done and the answer lost"),
        )
        .with_hint(MAY_BE_DONE)
    }

    /// Returns the error of a method whose response does not tell whether it was carried out.
    pub(crate) fn untold(method: &str, error: DecodeError) -> Self {
        let doing = format!("could not tell whether {method} was carried out");
        Self::new(ErrorKind::OutcomeUnknown, doing)
            .with_hint(MAY_BE_DONE)
            .with_source(error)
    }

    /// Returns true if a retry may succeed: the service is restarting or busy, or the network failed.
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

/// Returns true if a fault contains the error instance of Microsoft OMI.
fn is_of_omi(fault: &Fault) -> bool {
    let error = fault.cim_error();
    error.is_some_and(|error| error.class_name().eq_ignore_ascii_case("OMI_Error"))
}

/// Returns a hint for a request whose form the host refused, and the setting for those values of the operation that
/// have several forms.
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

/// The kinds of values in an operation that have several forms on the wire.
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

/// Allows `?` on property accessors in functions that return [`Error`].
impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::from_decode("could not read a value", error)
    }
}

/// Allows `?` on checked input in functions that return [`Error`].
impl From<InvalidInput> for Error {
    fn from(error: InvalidInput) -> Self {
        Self::new(ErrorKind::Usage, "nothing was sent").with_source(error)
    }
}

/// A fault as an error type, which [`Error::cause`] finds among the causes.
struct FaultSource(Box<Fault>);

impl fmt::Debug for FaultSource {
    /// Formats the fault in one line, since all of it may be as long as the response.
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
