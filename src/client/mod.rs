//! The client: operations on any class of a CIM host.

mod associations;
mod builder;
mod cursor;
mod deserialize;
mod items;
mod namespace;
mod output;
mod typed;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tracing::{Instrument, debug, debug_span};
use uuid::Uuid;

use crate::cim::{ClassPath, ClassSchema, DecodeError, FromValue, Instance, Properties, Reference};
use crate::error::Error;
use crate::transport::{Repeat, Request, Response, Transport};
use crate::wsman::{self, FaultKind, Filter, Head, Identity, Operation, ReplyError, ServerProfile};
use crate::xml;

pub use associations::Associations;
pub use builder::{ClientBuilder, Dangerous};
pub use items::{FromItem, Instances, Items, References};
pub use namespace::Namespace;
pub use output::Output;
pub use typed::Typed;

/// A client of one WS-Management service.
///
/// Cloning is cheap, and clones share the connections. Operations may run side by side; each has a connection to
/// itself while it runs. Dropping a future gives its operation up and harms no other. A deadline of the caller's own
/// is `tokio::time::timeout` around the future, beside the operation time-out that the host keeps.
///
/// ```no_run
/// use cimwire::cim::Reference;
/// use cimwire::{Client, Credentials, Wql};
///
/// # async fn example() -> Result<(), cimwire::Error> {
/// let client = Client::builder("hv01.example")
///     .credentials(Credentials::password(r"EXAMPLE\operator", "secret"))
///     .build()?;
/// let mut stopped = client
///     .namespace("root/cimv2")
///     .query(Wql::select("Win32_Service").equals("State", "Stopped"))?;
/// while let Some(service) = stopped.next().await {
///     println!("{}", service?.get::<String>("Name")?);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Box<dyn Transport>,
    settings: Settings,
}

/// What every envelope of a client says.
#[derive(Clone, Debug)]
struct Settings {
    profile: ServerProfile,
    max_envelope_size: u32,
    operation_timeout: Duration,
    locale: Option<String>,
    page_size: u32,
}

impl Client {
    /// A client of the host of that name, `hv01.example`, or at that address, `https://hv01.example:5986/wsman`.
    ///
    /// What the address leaves out is what WinRM has: http, port 5985 (5986 for https), and the path `/wsman`. Over
    /// http messages are sealed.
    pub fn builder(host: impl Into<String>) -> ClientBuilder {
        ClientBuilder::new(host.into())
    }

    /// A client over a transport of your own, or over recorded answers.
    ///
    /// [`ClientBuilder::build_over`] does the same with other settings.
    pub fn over(transport: impl Transport) -> Self {
        ClientBuilder::new(String::new()).build_over(transport)
    }

    fn assemble(transport: Box<dyn Transport>, settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport,
                settings,
            }),
        }
    }

    /// The address of the service.
    pub fn endpoint(&self) -> &str {
        self.inner.transport.endpoint()
    }

    /// A namespace of the host, to query and enumerate.
    pub fn namespace(&self, name: impl Into<String>) -> Namespace {
        Namespace::new(self.clone(), name.into())
    }

    /// Asks which product answers (DSP0226 11).
    ///
    /// # Errors
    ///
    /// Where the host cannot be reached or is no WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        let answer = self.exchange(&Operation::Identify).await?;
        answer.read(wsman::identity)
    }

    /// Reads one instance (WS-Transfer Get).
    ///
    /// # Errors
    ///
    /// Where there is none, with [`FaultKind::NotFound`], or the host refuses.
    pub async fn get(&self, target: &Reference) -> Result<Instance, Error> {
        let answer = self
            .exchange(&Operation::Get {
                target: target.clone(),
            })
            .await?;
        answer.read(|text| wsman::instance(text, target.class().namespace()))
    }

    /// Reads one instance, or `None` where there is none.
    ///
    /// Windows answers alike for an instance and for a class that does not exist.
    ///
    /// # Errors
    ///
    /// Where the host refuses for another reason.
    pub async fn get_opt(&self, target: &Reference) -> Result<Option<Instance>, Error> {
        match self.get(target).await {
            Ok(instance) => Ok(Some(instance)),
            Err(error) if error.fault_kind() == Some(FaultKind::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads one property of an instance, as a fragment (DSP0226 7.7), so that nothing else of it is sent.
    ///
    /// # Errors
    ///
    /// Where there is no such instance or property, or the value is none of the type asked for.
    pub async fn get_property<T: FromValue>(
        &self,
        target: &Reference,
        property: &str,
    ) -> Result<T, Error> {
        let operation = Operation::GetProperty {
            target: target.clone(),
            property: property.to_owned(),
        };
        let answer = self.exchange(&operation).await?;
        let value =
            answer.read(|text| wsman::property(text, target.class().namespace(), property))?;
        let value = T::from_value(&value);
        Ok(
            value
                .map_err(|mismatch| DecodeError::new(target.class().name(), property, mismatch))?,
        )
    }

    /// Reads the declaration of a class, with what is said about its parts (MS-WSMV 3.1.4.1.38: since Windows 8 and
    /// Server 2012).
    ///
    /// # Errors
    ///
    /// Where there is no such class, or the service does not tell.
    pub async fn schema(&self, class: &ClassPath) -> Result<ClassSchema, Error> {
        let answer = self
            .exchange(&Operation::GetClass {
                class: class.clone(),
            })
            .await?;
        answer.read(wsman::class)
    }

    /// Puts an instance in the place of the one that a reference names (WS-Transfer Put), and brings what it has become,
    /// where the service says so. A property that is left out stays as it is; one that is null becomes null.
    ///
    /// # Errors
    ///
    /// Where the host refuses; with [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) it may have been
    /// done.
    pub async fn put(
        &self,
        target: &Reference,
        instance: Instance,
    ) -> Result<Option<Instance>, Error> {
        let answer = self
            .exchange(&Operation::Put {
                target: target.clone(),
                instance,
            })
            .await?;
        answer.read(|text| wsman::replaced(text, target.class().namespace()))
    }

    /// Makes a new instance of the class that it names (WS-Transfer Create), and brings its reference.
    ///
    /// # Errors
    ///
    /// Where the host refuses; with [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) it may have been
    /// done.
    pub async fn create(&self, instance: Instance) -> Result<Reference, Error> {
        let namespace = instance
            .class()
            .map(|class| class.namespace().to_owned())
            .unwrap_or_default();
        let answer = self.exchange(&Operation::Create { instance }).await?;
        answer.read(|text| wsman::created(text, &namespace))
    }

    /// Deletes an instance (WS-Transfer Delete).
    ///
    /// # Errors
    ///
    /// Where there is none, or the host refuses; with
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) it may have been done.
    pub async fn delete(&self, target: &Reference) -> Result<(), Error> {
        let answer = self
            .exchange(&Operation::Delete {
                target: target.clone(),
            })
            .await?;
        answer.read(wsman::acknowledge)
    }

    /// Calls a method of an instance, or, with a reference without keys, of a class (DSP0226 9).
    ///
    /// Null parameters are left out. What the method returned is the caller's to judge. The input is sent as it is; to
    /// have it checked first, and its names and types put right, ask for the class's [`schema`](Self::schema), and give
    /// it to [`ClassSchema::method`] and [`MethodSchema::check`](crate::cim::MethodSchema::check), as the example there
    /// does.
    ///
    /// # Errors
    ///
    /// Where the host refuses the call. With [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) the connection was lost after the call had
    /// been sent: it may have been carried out, and is not sent again.
    pub async fn invoke(
        &self,
        target: &Reference,
        method: &str,
        input: Properties,
    ) -> Result<Output, Error> {
        let operation = Operation::Invoke {
            target: target.clone(),
            method: method.to_owned(),
            input,
        };
        let answer = self.exchange(&operation).await?;
        let output = answer.read(|text| wsman::output(text, target.class().namespace(), method))?;
        Ok(Output::new(method, output))
    }

    /// Sends an operation and brings its answer.
    async fn exchange(&self, operation: &Operation) -> Result<Answer, Error> {
        let span = debug_span!(
            "wsman",
            operation = operation.name(),
            class = operation.class().map(tracing::field::display),
        );
        self.exchange_unlogged(operation).instrument(span).await
    }

    async fn exchange_unlogged(&self, operation: &Operation) -> Result<Answer, Error> {
        let settings = &self.inner.settings;
        let doing = describe(operation);
        let head = Head {
            to: self.endpoint(),
            message_id: Uuid::new_v4(),
            max_envelope_size: settings.max_envelope_size,
            operation_timeout: settings.operation_timeout,
            locale: settings.locale.as_deref(),
            profile: settings.profile,
        };
        let envelope = match wsman::write(operation, &head) {
            Ok(envelope) => Bytes::from(envelope),
            Err(error) => return Err(Error::from_encode(doing, error)),
        };
        let repeat = if operation.is_read() {
            Repeat::Read
        } else {
            Repeat::Once
        };
        let timeout = settings.operation_timeout + ANSWER_GRACE;
        let sent = envelope.len();
        match self
            .inner
            .transport
            .exchange(Request {
                envelope,
                repeat,
                timeout,
            })
            .await
        {
            Ok(response) => {
                debug!(
                    status = response.status,
                    sent,
                    received = response.body.len(),
                    "answered"
                );
                let changes = operation.changes();
                Ok(Answer {
                    response,
                    doing,
                    changes,
                })
            }
            Err(error) => {
                debug!(%error, sent, "not answered");
                let changes = operation.changes();
                Err(Error::from_transport(doing, error, changes))
            }
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let endpoint = self.endpoint();
        f.debug_struct("Client")
            .field("endpoint", &endpoint)
            .field("settings", &self.inner.settings)
            .finish()
    }
}

/// An envelope that came back, and what it was asked for.
struct Answer {
    response: Response,
    doing: String,
    /// Whether the operation may have changed something at the host.
    changes: bool,
}

impl Answer {
    /// Reads the envelope; whatever it lacks is an error that says what was being done.
    fn read<T>(self, read: impl FnOnce(&str) -> Result<T, ReplyError>) -> Result<T, Error> {
        let text: Result<Cow<'_, str>, _> =
            xml::decode(&self.response.body, self.response.charset.as_deref());
        let answer = text.map_err(ReplyError::from).and_then(|text| read(&text));
        answer.map_err(|error| {
            if let ReplyError::Fault(fault) = &error {
                debug!(status = self.response.status, %fault, "refused");
            }
            Error::from_answer(self.doing, error, self.changes)
        })
    }
}

/// What is being done, in a phrase that begins an error.
fn describe(operation: &Operation) -> String {
    match operation {
        Operation::Identify => "could not identify the service".to_owned(),
        Operation::Get { target } => format!("could not get {}", target.class()),
        Operation::GetProperty { target, property } => {
            format!("could not get {property} of {}", target.class())
        }
        Operation::GetClass { class } => format!("could not get the declaration of {class}"),
        Operation::Put { target, .. } => format!("could not change {}", target.class()),
        Operation::Create { .. } => format!("could not create {}", class_name(operation)),
        Operation::Delete { target } => format!("could not delete {}", target.class()),
        Operation::Enumerate(enumerate) if matches!(enumerate.filter, Some(Filter::Wql(_))) => {
            format!("could not query {}", enumerate.class.namespace())
        }
        Operation::Enumerate(enumerate) => format!("could not enumerate {}", enumerate.class),
        Operation::Pull { class, .. } => format!("could not pull more of {class}"),
        Operation::Release { class, .. } => format!("could not release the enumeration of {class}"),
        Operation::Invoke { target, method, .. } => {
            format!("could not invoke {method} of {}", target.class())
        }
    }
}

fn class_name(operation: &Operation) -> String {
    operation
        .class()
        .map_or_else(|| "an instance".to_owned(), ToString::to_string)
}

/// How much longer than the host's own time-out an answer may take: time for the host to say that it timed out.
const ANSWER_GRACE: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests;
