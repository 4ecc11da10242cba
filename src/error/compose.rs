//! Errors made of those of the lower layers.

use std::error::Error as StdError;
use std::fmt;

use crate::cim::{DecodeError, InvalidInput};
use crate::remedy::Remedy;
use crate::transport::{self, Delivery};
use crate::wsman::{Dialect, EncodeError, Fault, FaultKind, Operation, ReplyError};

use super::forms::other_form;
use super::{Error, ErrorKind};

impl Error {
    /// Returns the error of an exchange that failed. If the operation may have changed something and may have arrived,
    /// its outcome is unknown.
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
        let error = Self::new(kind, doing).with_source(error);
        match kind {
            ErrorKind::OutcomeUnknown => error.with_unknown_outcome(),
            _ => error,
        }
    }

    /// Returns the error of a response to an operation. If the operation may have changed something, an unreadable
    /// response or a timeout fault leaves the outcome unknown.
    pub(crate) fn from_answer(doing: String, error: ReplyError, operation: &Operation) -> Self {
        let changes = operation.changes();
        let kind = match &error {
            ReplyError::Fault(fault) => Some(fault.kind()),
            _ => None,
        };
        let error = Self::from_reply(doing, error);
        match kind {
            None | Some(FaultKind::TimedOut) if changes => error.with_unknown_outcome(),
            Some(FaultKind::SchemaValidation) if changes => {
                let (form, remedy) = other_form(operation);
                let hint = format!(
                    "the host did not like the form of what was sent, or could not write what came of it: look at the \
                     object itself, then {form}"
                );
                error.with_hint(hint).with_remedy(remedy)
            }
            Some(FaultKind::InvalidParameter) if changes => {
                let (form, remedy) = other_form(operation);
                error.with_hint(form).with_remedy(remedy)
            }
            Some(FaultKind::SchemaValidation) => error.with_hint(
                "the host cannot write a property of it, such as a datetime with wildcards: ask for those that you need",
            ),
            _ => error,
        }
    }

    /// Suggests the DMTF dialect if Microsoft OMI refused a request in that of Windows.
    pub(crate) fn in_dialect(self, dialect: Dialect, operation: &Operation) -> Self {
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
        self.with_hint(hint).with_remedy(Some(Remedy::DmtfDialect))
    }

    /// Makes it the error of a change that was sent and has an unknown outcome.
    fn with_unknown_outcome(mut self) -> Self {
        self.0.kind = ErrorKind::OutcomeUnknown;
        self.0
            .doing
            .push_str(", or it was done and the answer lost");
        self.with_hint(MAY_BE_DONE)
    }

    /// Returns the error of a method whose response does not tell whether it was carried out.
    pub(crate) fn unread_outcome(method: &str, error: DecodeError) -> Self {
        let doing = format!("could not tell whether {method} was carried out");
        Self::new(ErrorKind::OutcomeUnknown, doing)
            .with_hint(MAY_BE_DONE)
            .with_source(error)
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
pub(super) struct FaultSource(pub(super) Box<Fault>);

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

const MAY_BE_DONE: &str =
    "look at the object itself before asking again: the host may have done it";
