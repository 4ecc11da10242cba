//! A host that answers by a script and records its requests.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::sync::Semaphore;

use crate::Client;
use crate::transport::{BoxFuture, Error, Request, Response, Transport};

/// The reaction of a host to one request.
pub(super) type Answer = Result<String, Box<dyn Fn() -> Error + Send>>;

/// A host that gives its answers in order, and repeats the last one.
#[derive(Clone)]
pub(super) struct Host(Arc<Inner>);

struct Inner {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<String>>,
    /// A semaphore with a permit for each answer that may be sent.
    gate: Semaphore,
    /// True if its answers are authenticated.
    authenticated: AtomicBool,
    /// The number of requests in progress, and its maximum.
    busy: Mutex<(usize, usize)>,
}

/// A request in progress, until its answer is complete or dropped.
struct UnderWay(Arc<Inner>);

impl UnderWay {
    fn new(host: &Host) -> Self {
        let mut busy = host.0.busy.lock().unwrap();
        busy.0 += 1;
        busy.1 = busy.1.max(busy.0);
        Self(Arc::clone(&host.0))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.busy.lock().unwrap().0 -= 1;
    }
}

impl Host {
    pub(super) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self(Arc::new(Inner {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            gate: Semaphore::new(Semaphore::MAX_PERMITS),
            authenticated: AtomicBool::new(true),
            busy: Mutex::default(),
        }))
    }

    pub(super) fn answering(answers: impl IntoIterator<Item = String>) -> Self {
        Self::new(answers.into_iter().map(Ok))
    }

    pub(super) fn client(&self) -> Client {
        Client::over(self.clone())
    }

    /// Marks the answers as not authenticated.
    pub(super) fn is_not_authenticated(&self) {
        self.0.authenticated.store(false, Ordering::Relaxed);
    }

    /// Holds back all answers except this number.
    pub(super) fn hold_back(&self, but: usize) {
        self.0.gate.forget_permits(Semaphore::MAX_PERMITS);
        self.0.gate.add_permits(but);
    }

    /// Releases this number of answers.
    pub(super) fn let_go(&self, answers: usize) {
        self.0.gate.add_permits(answers);
    }

    /// Returns the maximum number of concurrent requests: a client may have only one connection.
    pub(super) fn most_at_once(&self) -> usize {
        self.0.busy.lock().unwrap().1
    }

    /// Returns the envelopes sent so far.
    pub(super) fn envelopes(&self) -> Vec<String> {
        self.lock().clone()
    }

    /// Returns the requests so far: the body of each envelope.
    pub(super) fn asked(&self) -> Vec<String> {
        let asked = self.lock();
        let bodies = asked.iter().map(|envelope| {
            let body = envelope.split_once("<s:Body>").map(|(_, body)| body);
            let body = body.and_then(|body| body.split_once("</s:Body>"));
            body.map_or_else(String::new, |(body, _)| body.to_owned())
        });
        bodies.collect()
    }

    /// Returns the ids of the messages that were sent.
    pub(super) fn message_ids(&self) -> Vec<String> {
        let asked = self.lock();
        let ids = asked.iter().map(|envelope| {
            let (_, rest) = envelope.split_once("<a:MessageID>").unwrap();
            rest.split('<').next().unwrap().to_owned()
        });
        ids.collect()
    }

    /// Returns the number of bytes sent.
    pub(super) fn sent(&self) -> usize {
        self.lock().iter().map(String::len).sum()
    }

    /// Waits until this number of requests has arrived.
    pub(super) async fn asked_times(&self, times: usize) {
        for _ in 0..PATIENCE {
            if self.lock().len() >= times {
                return;
            }
            tokio::task::yield_now().await;
        }
        panic!("asked {} times, not {times}", self.lock().len());
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.asked.lock().unwrap()
    }

    fn next(&self) -> Result<String, Error> {
        let mut answers = self.0.answers.lock().unwrap();
        let body = |answer: &Answer| match answer {
            Ok(body) => Ok(body.clone()),
            Err(error) => Err(error()),
        };
        match answers.len() {
            1 => body(&answers[0]),
            _ => body(&answers.pop_front().unwrap()),
        }
    }
}

impl Transport for Host {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let envelope = String::from_utf8(request.envelope.to_vec()).unwrap();
        let answer = self.next().map(|answer| page_for(&envelope, &answer));
        self.lock().push(envelope);
        let under_way = UnderWay::new(self);
        Box::pin(async move {
            let _under_way = under_way;
            self.0.gate.acquire().await.unwrap().forget();
            answer.map(|body| Response {
                status: 200,
                charset: None,
                body: body.into(),
                authenticated: self.0.authenticated.load(Ordering::Relaxed),
            })
        })
    }
}

/// Returns the answer with `n:Page` replaced by the element that answers the request.
pub(super) fn page_for(envelope: &str, answer: &str) -> String {
    let name = match envelope.contains("<n:Enumerate>") {
        true => "n:EnumerateResponse",
        false => "n:PullResponse",
    };
    answer
        .replace("<n:Page>", &format!("<{name}>"))
        .replace("</n:Page>", &format!("</{name}>"))
}

/// The number of turns that other tasks get before a wait fails.
const PATIENCE: u32 = 10_000;
