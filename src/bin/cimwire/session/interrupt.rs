//! Ctrl-C: the first stops waiting in good order, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::exit::Exit;
use crate::output::report::{self, Problem};

/// Tells whether Ctrl-C was pressed.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt {
    pressed: watch::Receiver<bool>,
    /// True while the host is asked to change something.
    calling: Arc<AtomicBool>,
}

/// While it is there, the host is asked to change something.
#[derive(Debug)]
pub(crate) struct Calling(Arc<AtomicBool>);

impl Drop for Calling {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Interrupt {
    /// Listens from now on, in the background.
    pub(crate) fn listen() -> Self {
        let (pressed, interrupt) = watch::channel(false);
        let calling = Arc::new(AtomicBool::new(false));
        let called = Arc::clone(&calling);
        tokio::spawn(async move {
            // Where signals cannot be listened to, Ctrl-C ends the program as it would any other.
            while tokio::signal::ctrl_c().await.is_ok() {
                if pressed.send_replace(true) {
                    if called.load(Ordering::Relaxed) {
                        unanswered();
                    }
                    std::process::exit(Exit::Interrupted.code().into());
                }
            }
            std::future::pending::<()>().await;
        });
        Self {
            pressed: interrupt,
            calling,
        }
    }

    /// Says that the host is asked to change something, for as long as what is returned is kept.
    pub(crate) fn calling(&self) -> Calling {
        self.calling.store(true, Ordering::Relaxed);
        Calling(Arc::clone(&self.calling))
    }

    /// Waits for the first Ctrl-C.
    pub(crate) async fn pressed(&self) {
        let mut interrupt = self.pressed.clone();
        if interrupt.wait_for(|pressed| *pressed).await.is_err() {
            std::future::pending().await
        }
    }

    /// Does something to its end, or drops it at the first Ctrl-C.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.pressed() => None,
            done = work => Some(done),
        }
    }
}

/// Says what it means to go while the host is asked to change something.
fn unanswered() {
    let what = "interrupted before the host had answered: what it was asked for may have been done";
    let problem = Problem::new(Exit::Interrupted, what);
    report::problem(&problem.hint("look at the object itself before asking again"));
}

/// Waits for the first Ctrl-C, or for the system to ask for an end.
pub(crate) async fn pressed_or_terminated(interrupt: &Interrupt) {
    tokio::select! {
        () = interrupt.pressed() => {}
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => {
            signals.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
