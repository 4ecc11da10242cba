//! Ctrl-C: the first stops waiting in good order, the second ends the program at once.

use tokio::sync::watch;

use crate::exit::Exit;

/// Tells whether Ctrl-C was pressed.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Listens from now on, in the background.
    pub(crate) fn listen() -> Self {
        let (pressed, interrupt) = watch::channel(false);
        tokio::spawn(async move {
            // Where signals cannot be listened to, Ctrl-C ends the program as it would any other.
            while tokio::signal::ctrl_c().await.is_ok() {
                if pressed.send_replace(true) {
                    std::process::exit(Exit::Interrupted.code().into());
                }
            }
            std::future::pending::<()>().await;
        });
        Self(interrupt)
    }

    /// Waits for the first Ctrl-C.
    pub(crate) async fn pressed(&self) {
        let mut interrupt = self.0.clone();
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
