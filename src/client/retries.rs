//! Retries: operations, pauses and the budget.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::transport::{self, Delivery, Repeat};

/// For how long, and how often, a client tries again where that does no harm.
///
/// | what happened                                          | reads           | Pull, Invoke and all other changes |
/// |--------------------------------------------------------|-----------------|------------------------------------|
/// | the service has too many operations of this user (the fault `QUOTA_MAX_OPERATIONS`, 2150859174, and its kin) | within the budget | within the budget where the answer is [authenticated](transport::Response::authenticated), which proves that nothing ran; else never |
/// | HTTP 425, 429 or 503 in the place of an answer         | within the budget | so where the envelope had not been sent; else never |
/// | no connection, or one that broke                       | twice           | twice where the envelope had not been sent; else never |
/// | a refused login, a time-out, any other fault           | never           | never                              |
///
/// Before each new attempt there is a pause, twice as long as the one before and up to a half shorter by chance, so that
/// clients that were refused together do not come back together. Where the host names a pause of its own
/// (`Retry-After`), it is kept. An error that comes after all says how many attempts there were, and its
/// [`delivery`](Error::delivery) is that of all of them. Each attempt shows in the trace, with its reason.
///
/// Besides this, an HTTP transport replaces a connection that had grown old, and sends a read once more on the new one
/// ([`HttpTransport`](crate::transport::HttpTransport)); that counts as one attempt. It never sends a change twice.
///
/// ```
/// use std::time::Duration;
/// use cimwire::{Client, Credentials, Retries};
///
/// let client = Client::builder("hv01.example")
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .retries(Retries::default().budget(Duration::from_secs(120)))
///     .build()?;
/// # Ok::<(), cimwire::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries {
    budget: Duration,
    first_pause: Duration,
    longest_pause: Duration,
}

impl Default for Retries {
    /// For 30 s, with pauses of 0.25 s to 5 s.
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(30),
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl Retries {
    /// Nothing is tried again.
    #[must_use]
    pub fn none() -> Self {
        Self::default().budget(Duration::ZERO)
    }

    /// Sets how long after the first attempt the last one may begin.
    #[must_use]
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget.min(LONGEST);
        self
    }

    /// The pause before the second attempt, which may be up to a half shorter.
    #[must_use]
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause.min(LONGEST);
        self
    }

    /// Sets what the pauses grow to.
    #[must_use]
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause.min(LONGEST);
        self
    }

    /// The pause after so many attempts. `chance` is between 0 and 1.
    fn pause(&self, attempts: u32, chance: f64) -> Duration {
        let doublings = 2u32.saturating_pow(attempts - 1);
        let whole = self.first_pause.saturating_mul(doublings);
        whole.min(self.longest_pause).mul_f64(0.5 + chance / 2.0)
    }
}

/// The attempts at one operation.
pub(super) struct Attempts<'r> {
    retries: &'r Retries,
    repeat: Repeat,
    began: Instant,
    /// Of the attempt that is under way.
    number: u32,
    /// The number of attempts that failed for lack of a connection.
    unconnected: u32,
    /// True if an earlier one may have reached the host.
    may_have_arrived: bool,
    /// True if the last answer is certain to come from the host.
    authenticated: bool,
}

/// That there is to be another attempt.
#[derive(Debug, PartialEq)]
pub(super) struct Again {
    pub(super) delay: Duration,
    pub(super) reason: &'static str,
}

impl<'r> Attempts<'r> {
    pub(super) fn new(retries: &'r Retries, repeat: Repeat) -> Self {
        Self {
            retries,
            repeat,
            began: Instant::now(),
            number: 1,
            unconnected: 0,
            may_have_arrived: false,
            authenticated: false,
        }
    }

    /// Which attempt is under way, from 1.
    pub(super) fn number(&self) -> u32 {
        self.number
    }

    /// Takes note of an answer.
    pub(super) fn answered(&mut self, response: &transport::Response) {
        self.authenticated = response.authenticated;
    }

    /// The error of a transport, with what the attempts before it mean for it.
    pub(super) fn account_for(&self, error: transport::Error) -> transport::Error {
        if self.may_have_arrived {
            error.after_attempt()
        } else {
            error
        }
    }

    /// Reports whether there is to be another attempt after this error, and when.
    pub(super) fn again(&mut self, error: &Error, chance: f64) -> Option<Again> {
        let harmless = self.repeat == Repeat::Read || error.delivery() == Delivery::NotSent;
        let (reason, asked) = if let Some(fault) = error.fault() {
            // The fault says that the operation did not run, if the host has written it.
            let believed = harmless || self.authenticated;
            let busy = believed && fault.is_quota_at_the_door();
            (busy.then_some(BUSY)?, None)
        } else {
            let cause = error.cause::<transport::Error>().filter(|_| harmless)?;
            (self.reason(cause)?, cause.retry_after())
        };
        let pause = self.retries.pause(self.number, chance);
        let delay = pause.max(asked.unwrap_or_default());
        // Without a runtime there is no clock to wait by.
        let clock = tokio::runtime::Handle::try_current().is_ok();
        if !clock || self.retries.budget.is_zero() {
            return None;
        }
        // The host may ask for more time than can be counted.
        if self.began.elapsed().saturating_add(delay) > self.retries.budget {
            return None;
        }
        self.number += 1;
        self.may_have_arrived |= error.delivery() == Delivery::Unknown;
        Some(Again { delay, reason })
    }

    fn reason(&mut self, cause: &transport::Error) -> Option<&'static str> {
        use transport::ErrorKind as Kind;
        match (cause.kind(), cause.status()) {
            (Kind::Status, Some(425 | 429 | 503)) => Some(NOT_READY),
            (Kind::Connect | Kind::Lost, _) if self.unconnected < CONNECTIONS => {
                self.unconnected += 1;
                Some(NO_CONNECTION)
            }
            _ => None,
        }
    }
}

const BUSY: &str = "the host is busy";
const NOT_READY: &str = "the host is not ready";
const NO_CONNECTION: &str = "no connection";
/// The number of times that a connection is tried again. What is not there after a second will not be there soon, and a user who mistyped
/// an address wants to know.
const CONNECTIONS: u32 = 2;
/// Little enough to be counted with.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
