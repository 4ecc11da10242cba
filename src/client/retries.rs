//! The retry policy and its state.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::Error;
use crate::transport::{self, Delivery, Repeat};

/// The retry policy of a client, for operations that are safe to retry.
///
/// | failure | reads | Pull, Invoke and all other changes |
/// |---------|-------|------------------------------------|
/// | a quota fault of the service (such as `QUOTA_MAX_OPERATIONS`, 2150859174) | within the budget | within the budget if [authenticated] |
/// | HTTP 425, 429 or 503 instead of a response | within the budget | within the budget if the envelope was not sent |
/// | no connection, or a broken one | twice | twice if the envelope was not sent |
/// | a rejected login, a timeout, any other fault | never | never |
///
/// An [authenticated] quota fault of the service proves that the operation did not run.
///
/// [authenticated]: transport::Response::authenticated
///
/// Before each retry there is a pause, twice as long as the previous one and randomly shortened by up to half, so that
/// clients refused together do not retry together. If the host requests a pause (`Retry-After`), it is kept. A final
/// error gives the number of attempts, and its [`delivery`](Error::delivery) covers all of them. The trace shows each
/// attempt with its reason.
///
/// In addition, an HTTP transport replaces a stale connection and sends a read once more on the new one
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
    /// Returns a policy with a budget of 30 s and pauses of 0.25 s to 5 s.
    fn default() -> Self {
        Self {
            budget: Duration::from_secs(30),
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(5),
        }
    }
}

impl Retries {
    /// Returns a policy that never retries.
    #[must_use]
    pub fn none() -> Self {
        Self::default().budget(Duration::ZERO)
    }

    /// Sets the time after the first attempt within which the last one may begin.
    #[must_use]
    pub fn budget(mut self, budget: Duration) -> Self {
        self.budget = budget.min(LONGEST);
        self
    }

    /// Sets the pause before the second attempt, which is randomly shortened by up to half.
    #[must_use]
    pub fn first_pause(mut self, pause: Duration) -> Self {
        self.first_pause = pause.min(LONGEST);
        self
    }

    /// Sets the longest pause.
    #[must_use]
    pub fn longest_pause(mut self, pause: Duration) -> Self {
        self.longest_pause = pause.min(LONGEST);
        self
    }

    /// Returns the pause after a number of attempts. `chance` is between 0 and 1.
    fn pause(&self, attempts: u32, chance: f64) -> Duration {
        let doublings = 2u32.saturating_pow(attempts - 1);
        let whole = self.first_pause.saturating_mul(doublings);
        whole.min(self.longest_pause).mul_f64(0.5 + chance / 2.0)
    }
}

/// The state of the retries of one operation.
pub(super) struct RetryState<'r> {
    retries: &'r Retries,
    repeat: Repeat,
    began: Instant,
    /// The number of the current attempt.
    attempt: u32,
    /// The number of attempts that failed to connect.
    unconnected: u32,
    /// True if an earlier attempt may have reached the host.
    may_have_arrived: bool,
    /// True if the last response is authenticated as the host's.
    authenticated: bool,
}

/// A retry that is due.
#[derive(Debug, PartialEq)]
pub(super) struct Retry {
    pub(super) delay: Duration,
    pub(super) reason: &'static str,
}

impl<'r> RetryState<'r> {
    pub(super) fn new(retries: &'r Retries, repeat: Repeat) -> Self {
        Self {
            retries,
            repeat,
            began: Instant::now(),
            attempt: 1,
            unconnected: 0,
            may_have_arrived: false,
            authenticated: false,
        }
    }

    /// Returns the number of the current attempt, starting at 1.
    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Records a response.
    pub(super) fn answered(&mut self, response: &transport::Response) {
        self.authenticated = response.authenticated;
    }

    /// Adjusts a transport error for the attempts before it.
    pub(super) fn account_for(&self, error: transport::Error) -> transport::Error {
        if self.may_have_arrived {
            error.after_attempt()
        } else {
            error
        }
    }

    /// Returns the next retry, or `None` if this error ends the operation.
    pub(super) fn next(&mut self, error: &Error, chance: f64) -> Option<Retry> {
        let harmless = self.repeat == Repeat::Read || error.delivery() == Delivery::NotSent;
        let (reason, asked) = if let Some(fault) = error.fault() {
            // A quota fault says that the operation did not run. It is trusted only if the host has authenticated it.
            let believed = harmless || self.authenticated;
            let busy = believed && fault.is_quota_at_the_door();
            (busy.then_some(BUSY)?, None)
        } else {
            let cause = error.cause::<transport::Error>().filter(|_| harmless)?;
            (self.reason(cause)?, cause.retry_after())
        };
        let pause = self.retries.pause(self.attempt, chance);
        let delay = pause.max(asked.unwrap_or_default());
        // Without a runtime there is no timer.
        let clock = tokio::runtime::Handle::try_current().is_ok();
        if !clock || self.retries.budget.is_zero() {
            return None;
        }
        // `Retry-After` may be too large to add.
        if self.began.elapsed().saturating_add(delay) > self.retries.budget {
            return None;
        }
        self.attempt += 1;
        self.may_have_arrived |= error.delivery() == Delivery::Unknown;
        Some(Retry { delay, reason })
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
/// The most retries after a failure to connect. A host that is down after a second will stay down for a while, and a
/// user who mistyped an address wants to know soon.
const CONNECTIONS: u32 = 2;
/// The longest setting, short enough not to overflow an instant.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
