//! A pool that hands out connections, each to one exchange at a time.
//!
//! A logged-in connection has a running cipher and one request in flight, so it is moved out to its user. It returns
//! only through [`Turn::give_back`]: after an error, a lost login or a dropped future it stays with its user and is
//! closed.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

/// A limited number of connections to one host. When all are in use, callers wait and are served in the order of their
/// arrival.
#[derive(Debug)]
pub(crate) struct Pool<C> {
    turns: Semaphore,
    idle: Mutex<Vec<Idle<C>>>,
}

#[derive(Debug)]
struct Idle<C> {
    connection: C,
    since: Instant,
}

impl<C> Pool<C> {
    pub(crate) fn new(connections: usize) -> Self {
        Self {
            turns: Semaphore::new(connections.clamp(1, Semaphore::MAX_PERMITS)),
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Waits until one more exchange is allowed.
    pub(crate) async fn turn(&self) -> Turn<'_, C> {
        Turn {
            pool: self,
            // Fails only for a closed semaphore, and this one is never closed.
            _permit: self.turns.acquire().await.ok(),
        }
    }

    /// Closes the idle connections: the event that ended one of them has most likely ended all.
    pub(crate) fn forget_idle(&self) {
        self.idle().clear();
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Idle<C>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to use one connection.
#[derive(Debug)]
pub(crate) struct Turn<'a, C> {
    pool: &'a Pool<C>,
    _permit: Option<SemaphorePermit<'a>>,
}

impl<C> Turn<'_, C> {
    /// Takes the connection that was used last, and closes those that have been idle for too long.
    pub(crate) fn idle(&self) -> Option<C> {
        let mut idle = self.pool.idle();
        idle.retain(|idle| idle.since.elapsed() < IDLE_TIME);
        idle.pop().map(|idle| idle.connection)
    }

    /// Returns a working connection to the pool.
    pub(crate) fn give_back(&self, connection: C) {
        self.pool.idle().push(Idle {
            connection,
            since: Instant::now(),
        });
    }
}

/// The longest time that a connection may be idle. WinRM closes idle connections after up to two minutes (\[MS-WSMV\]
/// product note 22); half of that avoids the moment when it does so while a request is on its way.
const IDLE_TIME: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_not_given_back_is_gone() {
        let pool = Pool::new(2);
        let turn = pool.turn().await;
        assert_eq!(turn.idle(), None);
        turn.give_back('a');
        assert_eq!(turn.idle(), Some('a'));
        assert_eq!(turn.idle(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_goes_first_and_the_old_are_retired() {
        let pool = Pool::new(2);
        let turn = pool.turn().await;
        turn.give_back('a');
        tokio::time::advance(Duration::from_secs(30)).await;
        turn.give_back('b');
        assert_eq!(turn.idle(), Some('b'));
        turn.give_back('b');
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(turn.idle(), Some('b'));
        assert_eq!(turn.idle(), None, "a was idle for a minute");
    }

    #[tokio::test(start_paused = true)]
    async fn forgets_the_idle_ones() {
        let pool = Pool::new(1);
        let turn = pool.turn().await;
        turn.give_back('a');
        pool.forget_idle();
        assert_eq!(turn.idle(), None);
    }

    #[tokio::test]
    async fn turns_are_bounded_and_served_in_order() {
        let pool = Pool::<char>::new(1);
        let mut cx = Context::from_waker(Waker::noop());
        let held = pool.turn().await;
        let mut second = pin!(pool.turn());
        let mut third = pin!(pool.turn());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        assert!(third.as_mut().poll(&mut cx).is_pending());
        drop(held);
        assert!(third.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_ready());
        assert!(third.as_mut().poll(&mut cx).is_ready());
    }
}
