//! The guard in front of a client's connections, and the clock that starts when a connection is established.
//!
//! NTLM and Kerberos log in one TCP connection, and every later request must go over that connection. The pool inside
//! the HTTP client does not guarantee it: if the previous response is not quite complete, the pool races the checkout
//! of the returning connection against a new connect, and a sealed message may go out on a connection without a login.
//! The guard therefore lets one connect through. A later connect waits, so that the returning connection can win the
//! race, and then fails with [`AlreadyConnected`]: the connection is gone, and nothing of the request was sent.
//!
//! With a proxy, the one connect is that to the proxy, including the tunnel and TLS inside it, if any.
//!
//! The HTTP client connects only for a request. A login whose first token names the TLS channel needs the connection
//! before that. The guard can therefore [hold](ConnectGuard::hold) it back from a request, which then fails unsent, and hand it
//! to the next one.

use std::any::Any;
use std::error::Error as StdError;
use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};
use tower_layer::Layer;
use tower_service::Service;

/// A guard between one HTTP client and its connector.
#[derive(Clone, Debug)]
pub(crate) struct ConnectGuard {
    once: bool,
    state: Arc<watch::Sender<State>>,
    hold: Arc<Mutex<Hold>>,
}

/// The connection kept for a later request.
#[derive(Debug)]
enum Hold {
    No,
    /// The next connection will be kept.
    #[cfg_attr(
        not(feature = "kerberos"),
        expect(dead_code, reason = "only Kerberos needs the channel that early")
    )]
    Next,
    /// A connection is kept. Its type is private to the HTTP client.
    Has(Box<dyn Any + Send>),
}

/// The progress of the latest connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Untried,
    Connecting,
    Connected(Instant),
}

impl ConnectGuard {
    /// Creates a guard that lets one connect through, ever.
    pub(crate) fn once() -> Self {
        Self::new(true)
    }

    /// Creates a guard that lets every connect through and only keeps the time.
    pub(crate) fn open() -> Self {
        Self::new(false)
    }

    fn new(once: bool) -> Self {
        Self {
            once,
            state: Arc::new(watch::Sender::new(State::Untried)),
            hold: Arc::new(Mutex::new(Hold::No)),
        }
    }

    /// Holds the next connection back: the request that it is made for fails with [`HeldBack`], and the next request
    /// gets the connection.
    #[cfg(feature = "kerberos")]
    pub(crate) fn hold(&self) {
        self.set_hold(Hold::Next);
    }

    fn set_hold(&self, hold: Hold) -> Hold {
        let mut held = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        mem::replace(&mut held, hold)
    }

    /// Waits until `allowed` has passed since the call, not counting the time spent on connecting.
    ///
    /// The wait also ends if nothing ever connects. It does not end during a connect, which has a timeout of its own.
    pub(crate) async fn elapsed(&self, allowed: Duration) {
        let allowed = allowed.min(LONGEST);
        let mut state = self.state.subscribe();
        let mut start = Instant::now();
        loop {
            // Waiting cannot fail, since the sender lives in `self`.
            let up = state.wait_for(|state| *state != State::Connecting).await;
            if let Some(State::Connected(at)) = up.ok().map(|state| *state) {
                start = start.max(at);
            }
            sleep_until(start + allowed).await;
            let over = match *state.borrow() {
                State::Untried => true,
                State::Connecting => false,
                State::Connected(at) => at <= start,
            };
            if over {
                return;
            }
        }
    }

    /// Reports whether this connect may go ahead, and records that it has begun if so.
    fn admit(&self) -> bool {
        self.state.send_if_modified(|state| {
            let admitted = !self.once || *state == State::Untried;
            if admitted {
                *state = State::Connecting;
            }
            admitted
        })
    }
}

impl<S> Layer<S> for ConnectGuard {
    type Service = Gated<S>;

    fn layer(&self, connector: S) -> Gated<S> {
        Gated {
            connector,
            guard: self.clone(),
        }
    }
}

/// A connector with a [`ConnectGuard`] in front of it.
#[derive(Clone, Debug)]
pub(crate) struct Gated<S> {
    connector: S,
    guard: ConnectGuard,
}

type BoxError = Box<dyn StdError + Send + Sync>;

impl<S, R> Service<R> for Gated<S>
where
    S: Service<R, Error = BoxError>,
    S::Response: Send + 'static,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, destination: R) -> Self::Future {
        let hold = match self.guard.set_hold(Hold::No) {
            Hold::Has(connection) => {
                let connection = connection.downcast().map(|connection| *connection);
                // The downcast cannot fail: only this type is ever stored.
                return Box::pin(async { connection.map_err(|_| AlreadyConnected.into()) });
            }
            Hold::Next => true,
            Hold::No => false,
        };
        if !self.guard.admit() {
            return Box::pin(async {
                sleep(RETURN_TIME).await;
                Err(AlreadyConnected.into())
            });
        }
        let connect = self.connector.call(destination);
        let connecting = Connecting(Arc::clone(&self.guard.state));
        let guard = self.guard.clone();
        Box::pin(async move {
            let _connecting = connecting;
            let connection = connect.await?;
            if hold {
                guard.set_hold(Hold::Has(Box::new(connection)));
                return Err(HeldBack.into());
            }
            Ok(connection)
        })
    }
}

/// A connect in progress. It is over when this guard is dropped, even if the connect is no longer waited for: on a
/// connect timeout, the HTTP client drops the future.
struct Connecting(Arc<watch::Sender<State>>);

impl Drop for Connecting {
    fn drop(&mut self) {
        self.0.send_replace(State::Connected(Instant::now()));
    }
}

/// The error of a gated client whose one connection is gone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AlreadyConnected;

impl fmt::Display for AlreadyConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the authenticated connection is gone")
    }
}

impl StdError for AlreadyConnected {}

/// The error of a request whose connection was made and is held back for the next request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeldBack;

impl fmt::Display for HeldBack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is held back for the login")
    }
}

impl StdError for HeldBack {}

/// The longest time of a wait. A longer one could not be added to an instant.
const LONGEST: Duration = Duration::from_secs(30 * 365 * 24 * 60 * 60);
/// The longest time that a connection may take to return to the pool after its response. It takes microseconds; the
/// rest is for a machine under load.
const RETURN_TIME: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use std::future::{Ready, ready};

    use super::*;

    #[derive(Clone)]
    struct Connector;

    impl Service<u8> for Connector {
        type Response = u8;
        type Error = BoxError;
        type Future = Ready<Result<u8, BoxError>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, destination: u8) -> Self::Future {
            ready(Ok(destination))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn lets_one_connect_through_and_fails_the_next_after_a_while() {
        let guard = ConnectGuard::once();
        let mut first = guard.layer(Connector);
        let mut second = first.clone();
        assert_eq!(first.call(1).await.unwrap(), 1);
        let before = Instant::now();
        let refused = second.call(2).await.unwrap_err();
        assert!(refused.is::<AlreadyConnected>());
        assert_eq!(before.elapsed(), Duration::from_millis(500));
    }

    #[cfg(feature = "kerberos")]
    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_held_back_goes_to_the_next_request() {
        let guard = ConnectGuard::once();
        let mut gated = guard.layer(Connector);
        guard.hold();
        let held = gated.call(1).await.unwrap_err();
        assert!(held.is::<HeldBack>());
        let before = Instant::now();
        assert_eq!(gated.clone().call(2).await.unwrap(), 1, "the first one");
        assert_eq!(before.elapsed(), Duration::ZERO);
        let closed = gated.call(3).await.unwrap_err();
        assert!(
            closed.is::<AlreadyConnected>(),
            "there is one connection, ever"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn an_open_gate_lets_all_through() {
        let mut gated = ConnectGuard::open().layer(Connector);
        assert_eq!(gated.call(1).await.unwrap(), 1);
        assert_eq!(gated.call(2).await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn time_spent_on_connecting_does_not_count() {
        let guard = ConnectGuard::once();
        let allowed = Duration::from_secs(10);
        let before = Instant::now();
        guard.elapsed(allowed).await;
        assert_eq!(before.elapsed(), allowed, "nothing ever connected");

        assert!(guard.admit());
        let clock = tokio::spawn({
            let guard = guard.clone();
            async move { guard.elapsed(allowed).await }
        });
        sleep(Duration::from_secs(60)).await;
        assert!(!clock.is_finished());
        let connected = Instant::now();
        guard.state.send_replace(State::Connected(connected));
        clock.await.unwrap();
        assert_eq!(connected.elapsed(), allowed);
    }

    #[tokio::test(start_paused = true)]
    async fn no_time_is_too_long_to_be_counted() {
        let guard = ConnectGuard::open();
        let endless = guard.elapsed(Duration::MAX);
        let hour = Duration::from_secs(60 * 60);
        assert!(tokio::time::timeout(hour, endless).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connect_that_is_given_up_is_over() {
        let mut gated = ConnectGuard::open().layer(Connector);
        let guard = gated.guard.clone();
        drop(gated.call(1));
        let (allowed, before) = (Duration::from_secs(10), Instant::now());
        let over = tokio::time::timeout(2 * allowed, guard.elapsed(allowed));
        over.await.expect("nothing connects any longer");
        assert_eq!(before.elapsed(), allowed);
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_connection_starts_the_time_anew() {
        let guard = ConnectGuard::open();
        let allowed = Duration::from_secs(10);
        guard.state.send_replace(State::Connected(Instant::now()));
        let clock = tokio::spawn({
            let guard = guard.clone();
            async move { guard.elapsed(allowed).await }
        });
        sleep(Duration::from_secs(5)).await;
        let again = Instant::now();
        guard.state.send_replace(State::Connected(again));
        clock.await.unwrap();
        assert_eq!(again.elapsed(), allowed);
    }
}
