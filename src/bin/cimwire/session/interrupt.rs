//! Ctrl-C and SIGTERM: the first stops waiting in good order, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::task::Poll;

use tokio::sync::watch;

use crate::exit::Exit;
use crate::output::report::{self, Problem};

/// The signals to end that the program has received.
#[derive(Clone, Debug)]
pub(crate) struct Interrupt {
    /// The exit code of the first signal.
    received: watch::Receiver<Option<Exit>>,
    /// True while a change at the host is under way.
    calling: Arc<AtomicBool>,
}

/// A guard that marks a change at the host as under way.
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
        let (sender, received) = watch::channel(None);
        let calling = Arc::new(AtomicBool::new(false));
        let called = Arc::clone(&calling);
        // Before anything else is done: the task may not run at once.
        let mut signals = Signals::new();
        tokio::spawn(async move {
            loop {
                let exit = signals.next().await;
                if sender.send_replace(Some(exit)).is_some() {
                    if called.load(Ordering::Relaxed) {
                        unanswered(exit);
                    }
                    std::process::exit(exit.code().into());
                }
            }
        });
        Self { received, calling }
    }

    /// Returns the exit code for the first signal, and a word for it.
    pub(crate) fn end(&self) -> (Exit, &'static str) {
        let exit = self.received.borrow().unwrap_or(Exit::Interrupted);
        (exit, word_of(exit))
    }

    /// Reports whether a signal was received.
    pub(crate) fn came(&self) -> bool {
        self.received.borrow().is_some()
    }

    /// Returns the error of what the first signal has stopped.
    pub(crate) fn problem(&self) -> Problem {
        let (exit, word) = self.end();
        Problem::new(exit, word)
    }

    /// Marks a change at the host as under way, until the returned guard is dropped.
    pub(crate) fn calling(&self) -> Calling {
        self.calling.store(true, Ordering::Relaxed);
        Calling(Arc::clone(&self.calling))
    }

    /// Waits for the first signal.
    pub(crate) async fn received(&self) {
        let mut received = self.received.clone();
        if received.wait_for(Option::is_some).await.is_err() {
            std::future::pending().await
        }
    }

    /// Awaits a future to its end, or drops it at the first signal.
    pub(crate) async fn or<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.received() => None,
            done = work => Some(done),
        }
    }
}

/// Reports that the change under way may have been done.
fn unanswered(exit: Exit) {
    let word = word_of(exit);
    let what =
        format!("{word} before the host had answered: what it was asked for may have been done");
    let problem = Problem::new(exit, what);
    report::problem(&problem.hint("look at the object itself before asking again"));
}

fn word_of(exit: Exit) -> &'static str {
    match exit {
        Exit::Terminated => "terminated",
        _ => "interrupted",
    }
}

/// The signals to end the program. A signal that comes after its creation is not lost.
struct Signals {
    #[cfg(unix)]
    signals: Vec<(tokio::signal::unix::Signal, Exit)>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [
            (SignalKind::interrupt(), Exit::Interrupted),
            (SignalKind::terminate(), Exit::Terminated),
        ];
        // A signal that cannot be listened to ends the program as it would any other.
        let signals = kinds.into_iter();
        let signals = signals.filter_map(|(kind, exit)| Some((signal(kind).ok()?, exit)));
        Self {
            signals: signals.collect(),
        }
    }

    /// Waits for the next signal, and returns the exit code for it.
    async fn next(&mut self) -> Exit {
        std::future::poll_fn(|context| {
            let received = self.signals.iter_mut().find_map(|(signal, exit)| {
                let is_received = signal.poll_recv(context).is_ready();
                is_received.then_some(*exit)
            });
            received.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }
}

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self {}
    }

    async fn next(&mut self) -> Exit {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Exit::Interrupted,
            Err(_) => std::future::pending().await,
        }
    }
}
