//! Errors of the GSSAPI library.

use std::fmt;

use libgssapi::error::{Error as GssError, MajorFlags};

use crate::auth::Error;
use crate::printable::printable;

/// An error of Kerberos, with the step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    operation: Operation,
    cause: Cause,
}

/// The step that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// Reading a name.
    Name,
    /// Looking for tickets.
    Cache,
    /// Getting a ticket with a password.
    Password,
    /// Getting a ticket for the service.
    Begin,
    /// Reading the host's response to the ticket.
    Finish,
    Seal,
    Unseal,
}

impl Failure {
    /// Records the error of the library. The library keeps the details for each thread, so this must run on the thread
    /// that failed.
    pub(super) fn new(operation: Operation, error: GssError) -> Self {
        Self {
            operation,
            cause: Cause {
                major: error.major.bits(),
                minor: error.minor,
                text: match out_of_order(error.major) {
                    Some(text) => text.to_owned(),
                    None => text(&error.to_string(), error.minor),
                },
            },
        }
    }

    /// Adds the requested principals. If the library looked for the host in another realm last, its error names the
    /// ticket of that realm only.
    pub(super) fn asked_for(mut self, first: &str, second: &str) -> Self {
        let asked = format!(" (asked for {first} and {second})");
        self.cause.text += &printable(&asked);
        self
    }

    pub(crate) fn cause(&self) -> &Cause {
        &self.cause
    }

    /// Reports whether the error occurred locally, before anything was sent to the host.
    pub(super) fn is_before_the_host(&self) -> bool {
        self.operation == Operation::Begin
    }

    /// Reports whether the KDC does not know the principal of the service.
    pub(super) fn is_unknown_service(&self) -> bool {
        self.operation == Operation::Begin
            && self.cause.minor == KDC_ERR_S_PRINCIPAL_UNKNOWN.cast_unsigned()
    }

    /// Returns the hint for the user.
    pub(crate) fn hint(&self) -> Option<&'static str> {
        let Cause { major, minor, .. } = self.cause;
        // Error codes of krb5 are negative numbers in C.
        let known = HINTS.iter().find(|(code, _)| code.cast_unsigned() == minor);
        if let Some((_, hint)) = known {
            return Some(hint);
        }
        let major = MajorFlags::from_bits_retain(major);
        if is_routine_error(major, MajorFlags::GSS_S_CREDENTIALS_EXPIRED) {
            Some(RENEW)
        } else if self.operation == Operation::Cache {
            Some(GET_TICKET)
        } else {
            None
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.operation {
            Operation::Name => "Kerberos cannot read a name",
            Operation::Cache => "Kerberos has no ticket for the user",
            Operation::Password => "Kerberos got no ticket with the password",
            Operation::Begin => "Kerberos got no ticket for the host",
            Operation::Finish => "Kerberos does not take the host's answer",
            Operation::Seal => "Kerberos cannot seal a message",
            Operation::Unseal => "Kerberos cannot unseal a message",
        })
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Kerberos(failure)
    }
}

/// The library's description of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cause {
    major: u32,
    minor: u32,
    text: String,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {}

/// Returns the relevant part of "Unspecified GSS failure. Minor code may provide more information (No such file)": the
/// error of Kerberos, if there is one.
fn text(said: &str, minor: u32) -> String {
    let said = printable(said);
    let (major, of_kerberos) = said
        .strip_suffix(')')
        .and_then(|said| said.split_once(" ("))
        .unwrap_or((&said, ""));
    let is_told = |text: &&str| !text.is_empty() && !text.to_lowercase().contains("success");
    let texts = if minor == 0 {
        [major, ""]
    } else {
        [of_kerberos, major]
    };
    let text = texts.iter().find(|text| is_told(text));
    let text = text.copied().unwrap_or("the library gave no reason");
    text.chars().take(MAX_TEXT).collect()
}

/// Describes a status that only complains about the order of messages. The library does not treat these bits as errors,
/// and describes some of them as success (RFC 2744 section 3.9.1).
fn out_of_order(major: MajorFlags) -> Option<&'static str> {
    if major.bits() & (ROUTINE_ERRORS | CALLING_ERRORS) != 0 {
        return None;
    }
    let found = ORDER.iter().find(|(bit, _)| major.contains(*bit));
    found.map(|(_, text)| *text)
}

const ORDER: [(MajorFlags, &str); 4] = [
    (MajorFlags::GSS_S_DUPLICATE_TOKEN, "it came twice"),
    (
        MajorFlags::GSS_S_OLD_TOKEN,
        "it is too old to tell whether it came twice",
    ),
    (MajorFlags::GSS_S_UNSEQ_TOKEN, "a later one came before it"),
    (MajorFlags::GSS_S_GAP_TOKEN, "one before it did not come"),
];

const CALLING_ERRORS: u32 = 0xff00_0000;

/// Reports whether the status has this routine error. Routine errors are numbers in a field of eight bits, not flags
/// (RFC 2744 section 3.9.1).
pub(super) fn is_routine_error(major: MajorFlags, error: MajorFlags) -> bool {
    major.bits() & ROUTINE_ERRORS == error.bits()
}

const ROUTINE_ERRORS: u32 = 0x00ff_0000;

/// The longest description. Parts of it come from the KDC.
const MAX_TEXT: usize = 300;

const GET_TICKET: &str =
    "get a ticket (kinit), name the client's keytab (KRB5_CLIENT_KTNAME), or give a password";
const RENEW: &str = "the ticket has expired: get a new one (kinit)";
const WRONG_ACCOUNT: &str = "the service principal name belongs to another account than the service runs as, or to another host (setspn -Q)";
const WHICH_REALM: &str =
    "name the realm and its KDCs in krb5.conf, and write the user as user@REALM";

/// Hints for error codes of krb5 (`krb5.h`).
const HINTS: [(i32, &str); 15] = [
    (
        KDC_ERR_C_PRINCIPAL_UNKNOWN,
        "check the user's name, written as user@REALM",
    ),
    (
        KDC_ERR_S_PRINCIPAL_UNKNOWN,
        "address the host by the name that it is registered under (setspn -L HOST lists them), or choose the service \
         principal name",
    ),
    (
        KDC_ERR_CLIENT_REVOKED,
        "the account is locked, disabled or expired",
    ),
    (
        KDC_ERR_KEY_EXP,
        "the password has expired: change it (kpasswd)",
    ),
    (KDC_ERR_PREAUTH_FAILED, "check the password"),
    (PREAUTH_FAILED, "check the password"),
    (AP_ERR_TKT_EXPIRED, RENEW),
    (
        AP_ERR_SKEW,
        "set the clocks of this machine, the host and the domain controller: they may differ by 5 minutes",
    ),
    (AP_ERR_NOT_US, WRONG_ACCOUNT),
    (AP_ERR_MODIFIED, WRONG_ACCOUNT),
    (AP_ERR_BADKEYVER, WRONG_ACCOUNT),
    (
        KDC_UNREACH,
        "see that a KDC of the realm can be reached from here (port 88)",
    ),
    (REALM_UNKNOWN, WHICH_REALM),
    (REALM_CANT_RESOLVE, WHICH_REALM),
    (CONFIG_NODEFREALM, WHICH_REALM),
];

const BASE: i32 = -1_765_328_384;
const KDC_ERR_C_PRINCIPAL_UNKNOWN: i32 = BASE + 6;
const KDC_ERR_S_PRINCIPAL_UNKNOWN: i32 = BASE + 7;
const KDC_ERR_CLIENT_REVOKED: i32 = BASE + 18;
const KDC_ERR_KEY_EXP: i32 = BASE + 23;
const KDC_ERR_PREAUTH_FAILED: i32 = BASE + 24;
const AP_ERR_TKT_EXPIRED: i32 = BASE + 32;
const AP_ERR_NOT_US: i32 = BASE + 35;
const AP_ERR_SKEW: i32 = BASE + 37;
const AP_ERR_MODIFIED: i32 = BASE + 41;
const AP_ERR_BADKEYVER: i32 = BASE + 44;
const REALM_UNKNOWN: i32 = BASE + 154;
const KDC_UNREACH: i32 = BASE + 156;
const PREAUTH_FAILED: i32 = BASE + 210;
const REALM_CANT_RESOLVE: i32 = BASE + 220;
const CONFIG_NODEFREALM: i32 = BASE + 224;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_says_is_boiled_down() {
        for (said, minor, told) in [
            (
                "Unspecified GSS failure.  Minor code may provide more information (Clock skew too great)",
                1,
                "Clock skew too great",
            ),
            (
                "No credentials were supplied (No Kerberos credentials available (default cache: FILE:x))",
                1,
                "No Kerberos credentials available (default cache: FILE:x)",
            ),
            (
                "A token had an invalid MIC (Success)",
                0,
                "A token had an invalid MIC",
            ),
            ("no code", 1, "no code"),
            ("a\u{1b}[2Jb\n", 0, "a\\u{1b}[2Jb "),
        ] {
            assert_eq!(text(said, minor), told);
        }
        assert_eq!(text(&"x".repeat(1000), 0).len(), 300);
    }

    #[test]
    fn a_message_out_of_its_order_is_told_so() {
        // Bits of a status that are not errors (RFC 2744 section 3.9.1). The minor status is 0, which the library
        // describes as "Success".
        for (bit, told) in [
            (MajorFlags::GSS_S_DUPLICATE_TOKEN, "it came twice"),
            (
                MajorFlags::GSS_S_OLD_TOKEN,
                "it is too old to tell whether it came twice",
            ),
            (MajorFlags::GSS_S_UNSEQ_TOKEN, "a later one came before it"),
            (MajorFlags::GSS_S_GAP_TOKEN, "one before it did not come"),
        ] {
            let failure = Failure::new(
                Operation::Unseal,
                GssError {
                    major: bit,
                    minor: 0,
                },
            );
            assert_eq!(failure.to_string(), "Kerberos cannot unseal a message");
            assert_eq!(failure.cause().to_string(), told);
        }
    }

    #[test]
    fn no_failure_is_told_as_a_success() {
        let failure = |major, minor| Failure::new(Operation::Seal, GssError { major, minor });
        for (major, minor) in [
            (MajorFlags::empty(), 0),
            (MajorFlags::GSS_S_CONTINUE_NEEDED, 0),
            (MajorFlags::GSS_S_FAILURE, 0),
            (MajorFlags::empty(), 1),
        ] {
            let failure = failure(major, minor);
            let cause = failure.cause().to_string();
            assert!(!cause.is_empty());
            assert!(!cause.to_lowercase().contains("success"), "{cause}");
        }
    }

    #[test]
    fn codes_are_those_of_krb5_h() {
        // The complete codes of `krb5.h`.
        for (code, number) in [
            (KDC_ERR_C_PRINCIPAL_UNKNOWN, -1_765_328_378),
            (KDC_ERR_S_PRINCIPAL_UNKNOWN, -1_765_328_377),
            (KDC_ERR_CLIENT_REVOKED, -1_765_328_366),
            (KDC_ERR_KEY_EXP, -1_765_328_361),
            (KDC_ERR_PREAUTH_FAILED, -1_765_328_360),
            (AP_ERR_TKT_EXPIRED, -1_765_328_352),
            (AP_ERR_SKEW, -1_765_328_347),
            (AP_ERR_NOT_US, -1_765_328_349),
            (AP_ERR_MODIFIED, -1_765_328_343),
            (AP_ERR_BADKEYVER, -1_765_328_340),
            (REALM_UNKNOWN, -1_765_328_230),
            (KDC_UNREACH, -1_765_328_228),
            (PREAUTH_FAILED, -1_765_328_174),
            (REALM_CANT_RESOLVE, -1_765_328_164),
            (CONFIG_NODEFREALM, -1_765_328_160),
        ] {
            assert_eq!(code, number);
        }
    }
}
