//! Blocking calls, kept off the async threads.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// A pool that runs a limited number of blocking calls at a time.
///
/// A call cannot be cancelled: it continues when the future that waits for it is dropped. It keeps its permit until it
/// ends, so a caller that repeatedly gives up on a KDC leaves at most this many calls behind.
#[derive(Clone, Debug)]
pub(crate) struct BlockingPool(Arc<Semaphore>);

impl BlockingPool {
    pub(crate) fn new(calls: usize) -> Self {
        Self(Arc::new(Semaphore::new(
            calls.clamp(1, Semaphore::MAX_PERMITS),
        )))
    }

    /// Waits for a permit, then for the call. The call must own all that it uses.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        // Fails only for a closed semaphore, and this one is never closed.
        let room = Arc::clone(&self.0).acquire_owned().await.ok();
        spawn_blocking(move || {
            let result = call();
            drop(room);
            result
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn a_call_that_is_not_waited_for_keeps_its_slot() {
        let blocking = BlockingPool::new(1);
        let (go_on, wait) = mpsc::channel::<()>();
        let call = tokio::spawn({
            let blocking = blocking.clone();
            async move { blocking.run(move || wait.recv()).await }
        });
        while blocking.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        call.abort();
        assert!(call.await.unwrap_err().is_cancelled());
        assert_eq!(blocking.0.available_permits(), 0);

        go_on.send(()).unwrap();
        assert_eq!(blocking.run(|| 7).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_call_that_panics_is_an_error_and_makes_room() {
        let blocking = BlockingPool::new(1);
        let panicked = blocking.run(|| panic!("on purpose")).await;
        assert!(panicked.unwrap_err().is_panic());
        assert_eq!(blocking.run(|| 7).await.unwrap(), 7);
    }
}
