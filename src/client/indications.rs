//! A stream of the events of a host.
//!
//! ```text
//! Start ──Subscribe──▶ Idle ──Pull──▶ page … ──▶ Ended
//!                        └──Unsubscribe, when dropped or requested──▶ Ended
//! ```

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;
use tokio::time::Instant;

use crate::cim::{ClassPath, Instance};
use crate::error::{Error, ErrorKind};
use crate::transport::BoxFuture;
use crate::wsman::{
    self, FaultKind, Item, OpenEnvelope, Operation, Page, SentRequest, Subscription, Wql,
};

use super::page::is_over;
use super::{Client, Namespace};

/// A [`Stream`] of the indications that match a query. It does not end by itself.
///
/// Nothing is sent before the first event is requested; then the client subscribes and pulls. The host holds a pull for
/// one operation timeout at most; a pull without events is followed by the next. Between two pulls the host queues the
/// events, up to a limit of its own.
///
/// After an error the stream ends; events since the last one are lost. When dropped, it ends the subscription at the
/// host in the background, within five seconds, if a tokio runtime is available. [`unsubscribe`](Self::unsubscribe)
/// ends the subscription and waits.
///
/// # Status
///
/// **No Windows host has been tested yet.** The messages follow the specifications (DSP0226, MS-WSMV 3.1.4.6) and
/// recorded subscriptions to event logs, which another component of Windows answers. Windows 8 and Server 2012 or later
/// should support it. If no event may be missed, poll instead.
///
/// ```
/// use std::time::Duration;
/// use cimwire::Wql;
/// use cimwire::cim::Instance;
///
/// # use std::sync::atomic::{AtomicUsize, Ordering};
/// # use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
/// # #[derive(Default)]
/// # struct Host(AtomicUsize);
/// # impl Transport for Host {
/// #     fn endpoint(&self) -> &str {
/// #         "http://hv01.example:5985/wsman"
/// #     }
/// #     fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
/// #         let body = match self.0.fetch_add(1, Ordering::SeqCst) {
/// #             0 => "<e:SubscribeResponse xmlns:e='http://schemas.xmlsoap.org/ws/2004/08/eventing'>\
/// #                 <n:EnumerationContext>1</n:EnumerationContext></e:SubscribeResponse>",
/// #             1 => "<n:PullResponse><n:EnumerationContext>2</n:EnumerationContext><n:Items>\
/// #                 <p:__InstanceModificationEvent \
/// #                 xmlns:p='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/__InstanceModificationEvent'>\
/// #                 <p:TargetInstance xmlns:x='http://www.w3.org/2001/XMLSchema-instance' x:type='p:Win32_Service_Type'>\
/// #                 <p:Name>vmms</p:Name></p:TargetInstance>\
/// #                 </p:__InstanceModificationEvent></n:Items></n:PullResponse>",
/// #             _ => "",
/// #         };
/// #         let body = format!("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' \
/// #             xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><s:Body>{body}</s:Body></s:Envelope>");
/// #         Box::pin(async move { Ok(Response { status: 200, charset: None, body: body.into(), authenticated: true }) })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cimwire::Error> {
/// # let client = cimwire::Client::over(Host::default());
/// let stopped = Wql::select("__InstanceModificationEvent")
///     .within(Duration::from_secs(2))
///     .isa("TargetInstance", "Win32_Service")
///     .equals("TargetInstance.State", "Stopped");
/// let mut events = client.namespace("root/cimv2").subscribe(stopped)?;
/// while let Some(event) = events.next().await {
///     let service: Instance = event?.get("TargetInstance")?;
///     println!("{} has stopped", service.get::<String>("Name")?);
/// #   assert_eq!(service.get::<String>("Name")?, "vmms");
/// #   break;
/// }
/// events.unsubscribe().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is read"]
pub struct Indications {
    client: Client,
    /// All classes of the namespace (`*`).
    class: ClassPath,
    query: String,
    state: State,
    events: VecDeque<Item>,
    /// The error after the last event in `events`.
    broken: Option<Error>,
    /// The number of events handed out.
    given: u64,
}

enum State {
    Start,
    Subscribing(BoxFuture<'static, Result<Subscription, Error>>),
    Idle(Subscription),
    /// A pull in progress, and the subscription with the context that it was sent with.
    Pulling(BoxFuture<'static, Result<Page, Error>>, Subscription),
    Ended,
}

impl Namespace {
    /// Returns a stream of the events that match a query ([`Indications`]). Nothing is sent before the first event is
    /// requested.
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`] if the query contains an invalid identifier.
    pub fn subscribe(&self, query: Wql) -> Result<Indications, Error> {
        let doing = || format!("could not subscribe to events of {}", self.name());
        let query = query.into_text();
        let client = self.client();
        let query = query.map_err(|error| client.attribute(Error::from_encode(doing(), error)))?;
        Ok(Indications {
            client: self.client().clone(),
            class: ClassPath::new(self.name(), "*"),
            query,
            state: State::Start,
            events: VecDeque::new(),
            broken: None,
            given: 0,
        })
    }
}

impl Indications {
    /// Waits for the next event, without a time limit. Returns `None` after the host has ended the subscription.
    pub async fn next(&mut self) -> Option<Result<Instance, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Ends the subscription at the host.
    ///
    /// # Errors
    ///
    /// Returns an error if the host cannot be reached or refuses.
    pub async fn unsubscribe(mut self) -> Result<(), Error> {
        let state = std::mem::replace(&mut self.state, State::Ended);
        end(self.client.clone(), self.class.clone(), state).await
    }

    fn unsubscribe_in_background(&mut self) {
        let state = std::mem::replace(&mut self.state, State::Ended);
        if matches!(state, State::Start | State::Ended) {
            return;
        }
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        let end = end(self.client.clone(), self.class.clone(), state);
        // The result is ignored: the stream has been dropped or has failed already.
        runtime.spawn(async { tokio::time::timeout(UNSUBSCRIBE_TIME, end).await });
    }

    fn subscribe(&self) -> State {
        let (client, class) = (self.client.clone(), self.class.clone());
        let query = self.query.clone();
        State::Subscribing(Box::pin(async move {
            let operation = Operation::Subscribe { class, query };
            client
                .call(&operation, |answer| wsman::subscription(answer))
                .await
        }))
    }

    fn pull(&self, subscription: Subscription) -> State {
        let (client, class) = (self.client.clone(), self.class.clone());
        let context = subscription.context.clone();
        State::Pulling(Box::pin(pull(client, class, context)), subscription)
    }

    fn take_page(&mut self, page: Page, subscription: Subscription) {
        self.events = page.items.into();
        self.broken = page.broken.map(|error| {
            let place = self.given + u64::try_from(self.events.len()).unwrap_or(u64::MAX) + 1;
            let doing = format!("could not read event {place} of {}", self.class.namespace());
            Error::from_reply(doing, error)
        });
        self.state = match page.context {
            Some(context) => State::Idle(Subscription {
                context,
                ..subscription
            }),
            None => State::Ended,
        };
    }

    /// Takes the instance of an event. An event without an instance is lost, so it ends the stream.
    fn take_event(&mut self, event: Item) -> Result<Instance, Error> {
        event.instance.ok_or_else(|| {
            self.events.clear();
            self.broken = None;
            self.unsubscribe_in_background();
            let (number, namespace) = (self.given, self.class.namespace());
            let doing = format!("event {number} of {namespace} is not an instance");
            Error::new(ErrorKind::Answer, doing)
        })
    }

    /// Handles a failed pull.
    fn fail(&mut self, error: Error, subscription: Subscription) -> Error {
        if !is_over(&error) {
            self.state = State::Idle(subscription);
            self.unsubscribe_in_background();
            return error;
        }
        let (namespace, given) = (self.class.namespace(), self.given);
        let doing = format!(
            "the host ended the subscription to events of {namespace} after {given} events"
        );
        Error::new(ErrorKind::Fault, doing)
            .with_hint("subscribe again and read the objects: the events in between are lost")
            .with_source(error)
    }

    fn poll_state(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match std::mem::replace(&mut self.state, State::Ended) {
            State::Ended => {}
            State::Start => self.state = self.subscribe(),
            State::Idle(subscription) => self.state = self.pull(subscription),
            State::Subscribing(mut answer) => match answer.as_mut().poll(context) {
                Poll::Pending => {
                    self.state = State::Subscribing(answer);
                    return Poll::Pending;
                }
                Poll::Ready(subscription) => self.state = State::Idle(subscription?),
            },
            State::Pulling(mut page, subscription) => match page.as_mut().poll(context) {
                Poll::Pending => {
                    self.state = State::Pulling(page, subscription);
                    return Poll::Pending;
                }
                Poll::Ready(Ok(page)) => self.take_page(page, subscription),
                Poll::Ready(Err(error)) => {
                    return Poll::Ready(Err(self.fail(error, subscription)));
                }
            },
        }
        Poll::Ready(Ok(()))
    }
}

/// Waits for events, without a time limit.
async fn pull(client: Client, class: ClassPath, mut context: String) -> Result<Page, Error> {
    let namespace = class.namespace().to_owned();
    loop {
        let operation = Operation::Pull {
            class: class.clone(),
            context: context.clone(),
            max_elements: client.inner.settings.page_size,
        };
        let read = |answer: OpenEnvelope<'_>| wsman::events(answer, &namespace);
        let began = Instant::now();
        let sent = SentRequest::for_events(&operation);
        let page = client
            .exchange(sent, read, |page| Some(page.items.len()))
            .await;
        match page {
            // A pull without events times out; the context stays valid (DSP0226).
            Err(error) if error.fault_kind() == Some(FaultKind::TimedOut) => {}
            Ok(Page {
                items,
                broken: None,
                context: Some(next),
            }) if items.is_empty() => context = next,
            page => return page,
        }
        // Limits the request rate at hosts that answer an empty pull at once.
        tokio::time::sleep(EMPTY_PAUSE.saturating_sub(began.elapsed())).await;
    }
}

/// Ends a subscription, if there is one. Waits for a Subscribe in progress, since only its response names the
/// subscription.
async fn end(client: Client, class: ClassPath, state: State) -> Result<(), Error> {
    let identifier = match state {
        State::Start | State::Ended => return Ok(()),
        State::Idle(subscription) => subscription.identifier,
        State::Pulling(pull, subscription) => {
            // It may occupy the only connection until an event occurs.
            drop(pull);
            subscription.identifier
        }
        State::Subscribing(answer) => match tokio::time::timeout(SUBSCRIBE_TIME, answer).await {
            Ok(Ok(subscription)) => subscription.identifier,
            Ok(Err(_)) | Err(_) => return Ok(()),
        },
    };
    let operation = Operation::Unsubscribe { class, identifier };
    client
        .call(&operation, |answer| wsman::acknowledge(answer))
        .await
}

impl Stream for Indications {
    type Item = Result<Instance, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                self.given += 1;
                let event = self.take_event(event);
                return Poll::Ready(Some(event.map_err(|error| self.client.attribute(error))));
            }
            if let Some(error) = self.broken.take() {
                self.unsubscribe_in_background();
                return Poll::Ready(Some(Err(self.client.attribute(error))));
            }
            if let State::Ended = self.state {
                return Poll::Ready(None);
            }
            if let Err(error) = ready!(self.poll_state(context)) {
                return Poll::Ready(Some(Err(self.client.attribute(error))));
            }
        }
    }
}

impl Drop for Indications {
    fn drop(&mut self) {
        self.unsubscribe_in_background();
    }
}

impl fmt::Debug for Indications {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Indications")
            .field("of", &self.class.namespace())
            .field("given", &self.given)
            .finish_non_exhaustive()
    }
}

/// The time limit for ending the subscription of a dropped stream.
const UNSUBSCRIBE_TIME: Duration = Duration::from_secs(5);
/// The time limit for a Subscribe in progress when the subscription is to be ended.
const SUBSCRIBE_TIME: Duration = Duration::from_secs(3);
/// The shortest interval between the starts of two pulls if the first one returned no events.
const EMPTY_PAUSE: Duration = Duration::from_millis(500);
