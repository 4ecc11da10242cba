//! The exit codes of the program.

use std::process::ExitCode;

use cimwire::transport::{self, Phase};
use cimwire::{Error, ErrorKind};

/// The end of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what it should.
    Done,
    /// Something else went wrong.
    Failure,
    /// The request makes no sense.
    Usage,
    /// The host did not accept the login.
    Authentication,
    /// No connection, or none that an answer came back on.
    Connection,
    /// The host answered with a fault.
    Fault,
    /// The method was refused, or its job failed.
    Refused,
    /// It took too long.
    Timeout,
    /// Its outcome is unknown.
    Unknown,
    /// The job was cancelled.
    Cancelled,
    /// Ctrl-C.
    Interrupted,
    /// SIGTERM.
    Terminated,
    /// The reader of stdout went away, which ends other programs by a signal.
    Closed,
}

impl Exit {
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failure => 1,
            Self::Usage => 2,
            Self::Authentication => 3,
            Self::Connection => 4,
            Self::Fault => 5,
            Self::Refused => 6,
            Self::Timeout => 7,
            Self::Unknown => 8,
            Self::Cancelled => 9,
            Self::Interrupted => 130,
            Self::Closed => 141,
            Self::Terminated => 143,
        }
    }

    /// The one to end with where several jobs ended, whatever their order: a failure before an unknown outcome, that
    /// before a cancellation, and success last.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        let rank = |exit| match exit {
            Self::Done => 0,
            Self::Cancelled => 1,
            Self::Unknown => 2,
            Self::Refused => 4,
            _ => 3,
        };
        if rank(other) > rank(self) {
            other
        } else {
            self
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

impl From<&Error> for Exit {
    fn from(error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Usage => Self::Usage,
            ErrorKind::Authentication | ErrorKind::NoPassword => Self::Authentication,
            ErrorKind::Connection => Self::Connection,
            // A host that cannot be reached often shows it by saying nothing.
            ErrorKind::Timeout if never_connected(error) => Self::Connection,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Fault => Self::Fault,
            ErrorKind::Refused | ErrorKind::JobFailed => Self::Refused,
            ErrorKind::OutcomeUnknown => Self::Unknown,
            ErrorKind::JobCancelled => Self::Cancelled,
            _ => Self::Failure,
        }
    }
}

fn never_connected(error: &Error) -> bool {
    error
        .cause::<transport::Error>()
        .map(transport::Error::kind)
        == Some(transport::ErrorKind::Timeout(Phase::Connect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_end_decides() {
        use Exit::{Cancelled, Done, Fault, Refused, Unknown};
        let worst = |ends: &[Exit]| ends.iter().copied().fold(Done, Exit::or_worse);
        assert_eq!(worst(&[]), Done);
        assert_eq!(worst(&[Done, Cancelled, Done]), Cancelled);
        assert_eq!(worst(&[Unknown, Cancelled]), Unknown);
        assert_eq!(worst(&[Cancelled, Refused, Unknown]), Refused);
        assert_eq!(worst(&[Fault, Refused]), Refused);
    }
}
