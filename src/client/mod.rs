//! The client: operations on any class of a CIM host.

mod associations;
mod builder;
mod cursor;
mod deserialize;
mod exchange;
mod filter;
mod host;
mod indications;
mod items;
mod namespace;
mod operation_span;
mod output;
mod page;
mod put;
mod retries;
mod typed;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OnceCell;

use self::host::host_of;
use crate::auth::Credentials;
use crate::cim::{ClassPath, ClassSchema, DecodeError, FromValue, Instance, Properties, Reference};
use crate::error::Error;
use crate::transport::{HttpConfig, Transport};
use crate::wsman::{self, FaultKind, Identity, OpenEnvelope, Operation, ServerProfile};

pub use associations::Associations;
pub use builder::ClientBuilder;
pub use deserialize::embedded_instance;
pub use indications::Indications;
pub use items::Items;
pub use namespace::Namespace;
pub use output::Output;
pub use retries::Retries;

/// A client of one WS-Management service.
///
/// Clones are cheap and share the connections. Operations may run concurrently; each one has a connection to itself
/// while it runs. Dropping a future cancels its operation and does not affect others. For a deadline of your own, put
/// `tokio::time::timeout` around the future; it is independent of the operation timeout that the host enforces.
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
    /// The transport, shared by clients with different profiles.
    transport: Arc<dyn Transport>,
    settings: Settings,
    /// The host as [`Client::host`] returns it.
    host: Option<Box<str>>,
    /// The cached result of Identify: true for Windows.
    is_windows: OnceCell<bool>,
    /// The Identify envelope that tests connections. It has no message id, so one serves for all.
    identify: OnceLock<Option<Bytes>>,
}

/// The settings that apply to every envelope of a client.
#[derive(Clone, Debug)]
struct Settings {
    profile: ServerProfile,
    max_envelope_size: u32,
    operation_timeout: Duration,
    locale: Option<String>,
    page_size: u32,
    retries: Retries,
    /// The credentials whose password traces leave out.
    credentials: Option<Credentials>,
}

impl Client {
    /// Returns a builder for a client of a host, given by name, `hv01.example`, by address,
    /// `https://hv01.example:5986/wsman`, or with further [settings](HttpConfig) of the connections.
    ///
    /// Missing parts of the address default to those of WinRM: http, port 5985 (5986 for https), and the path `/wsman`.
    /// Over http, messages are sealed.
    pub fn builder(http: impl Into<HttpConfig>) -> ClientBuilder {
        ClientBuilder::new(http.into())
    }

    /// Creates a client over a custom transport, such as recorded responses.
    ///
    /// Use [`ClientBuilder::build_over`] for other settings.
    pub fn over(transport: impl Transport) -> Self {
        ClientBuilder::new(HttpConfig::new("")).build_over(transport)
    }

    fn assemble(transport: Box<dyn Transport>, settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                host: host_of(transport.endpoint()),
                transport: transport.into(),
                settings,
                is_windows: OnceCell::new(),
                identify: OnceLock::new(),
            }),
        }
    }

    /// Returns the profile that was set for the service.
    #[must_use]
    pub fn profile(&self) -> ServerProfile {
        self.inner.settings.profile
    }

    /// Returns a client with another profile that shares the connections of this one.
    ///
    /// Use it for a service whose classes need different forms, or to find out which forms a service accepts. The part
    /// headers of sealed messages belong to the connections and do not change.
    ///
    /// ```no_run
    /// use cimwire::DatetimeForm;
    ///
    /// # fn example(client: cimwire::Client) {
    /// let mut profile = client.profile();
    /// profile.datetime_form = DatetimeForm::Text;
    /// let other = client.with_profile(profile);
    /// # }
    /// ```
    #[must_use]
    pub fn with_profile(&self, profile: ServerProfile) -> Self {
        let settings = Settings {
            profile,
            ..self.inner.settings.clone()
        };
        Self {
            inner: Arc::new(Inner {
                host: self.inner.host.clone(),
                transport: Arc::clone(&self.inner.transport),
                settings,
                is_windows: OnceCell::new(),
                identify: OnceLock::new(),
            }),
        }
    }

    /// Returns the address of the service.
    pub fn endpoint(&self) -> &str {
        self.inner.transport.endpoint()
    }

    /// Returns a namespace of the host, for queries and enumerations.
    pub fn namespace(&self, name: impl Into<String>) -> Namespace {
        Namespace::new(self.clone(), name.into())
    }

    /// Returns the product that answers (DSP0226 11).
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-identify")?);
    /// let identity = client.identify().await?;
    /// assert_eq!(identity.product_vendor, "Microsoft Corporation");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host cannot be reached or is not a WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        self.call(&Operation::Identify, |answer| wsman::identity(answer))
            .await
    }

    /// Reads one instance (WS-Transfer Get).
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::Reference;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-get")?);
    /// let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
    ///     .with_key("CreationClassName", "Msvm_ComputerSystem")
    ///     .with_key("Name", "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001");
    /// let vm = client.get(&vm).await?;
    /// assert_eq!(vm.get::<String>("ElementName")?, "web01");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error of [`FaultKind::NotFound`] if there is no such instance, an error of
    /// [`ErrorKind::Answer`](crate::ErrorKind::Answer) if the response is another instance, and another error if the
    /// host refuses. Keys are compared as values, text without regard to case, as far as the response contains them.
    pub async fn get(&self, target: &Reference) -> Result<Instance, Error> {
        let operation = Operation::Get {
            target: target.clone(),
        };
        let namespace = target.class().namespace();
        let read = |answer: OpenEnvelope<'_>| {
            let instance = wsman::instance(answer, namespace)?;
            wsman::check_instance(&instance, target)?;
            Ok(instance)
        };
        self.call(&operation, read).await
    }

    /// Reads one instance, or returns `None` if it does not exist.
    ///
    /// Windows sends the same fault for an unknown instance and for an unknown class.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses for another reason.
    pub async fn get_opt(&self, target: &Reference) -> Result<Option<Instance>, Error> {
        match self.get(target).await {
            Ok(instance) => Ok(Some(instance)),
            Err(error) if error.fault_kind() == Some(FaultKind::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads one property of an instance, as a fragment (DSP0226 7.7). The host sends only this property.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::Reference;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-property")?);
    /// let job = Reference::new("root/virtualization/v2", "Msvm_ConcreteJob")
    ///     .with_key("InstanceID", "7A60E6C5-41A5-4B3B-8B7B-5E9C6F0F0001");
    /// let percent: u16 = client.get_property(&job, "PercentComplete").await?;
    /// assert_eq!(percent, 42);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the instance or the property does not exist, or if the value does not have the requested
    /// type.
    pub async fn get_property<T: FromValue>(
        &self,
        target: &Reference,
        property: &str,
    ) -> Result<T, Error> {
        let operation = Operation::GetProperty {
            target: target.clone(),
            property: property.to_owned(),
        };
        let namespace = target.class().namespace();
        let value = self
            .call(&operation, |answer| {
                wsman::property(answer, namespace, property)
            })
            .await?;
        T::from_value(&value).map_err(|mismatch| {
            let error = DecodeError::new(target.class().name(), property, mismatch);
            self.attribute(error.into())
        })
    }

    /// Reads the declaration of a class with the qualifiers of its elements (MS-WSMV 3.1.4.1.38: since Windows 8 and
    /// Server 2012).
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::ClassPath;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-schema")?);
    /// let class = ClassPath::new("root/virtualization/v2", "Msvm_ReplicationService");
    /// let schema = client.schema(&class).await?;
    /// let method = schema.method("StartReplication").expect("the class has it");
    /// assert_eq!(method.parameters[3].cim_type.to_string(), "datetime");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the class does not exist, or if the service does not return declarations.
    pub async fn schema(&self, class: &ClassPath) -> Result<ClassSchema, Error> {
        let operation = Operation::GetClass {
            class: class.clone(),
        };
        let read = |answer: OpenEnvelope<'_>| {
            let schema = wsman::class(answer)?;
            wsman::check_class(&schema.name, class.name(), "the declaration")?;
            Ok(schema)
        };
        self.call(&operation, read).await
    }

    /// Creates an instance of the class that it names (WS-Transfer Create), and returns its reference.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::{ClassPath, Instance};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-create")?);
    /// let variable = Instance::new(ClassPath::new("root/cimv2", "Win32_Environment"))
    ///     .with("Name", "TZ")
    ///     .with("UserName", r"EXAMPLE\operator")
    ///     .with("VariableValue", "a < b & c");
    /// let reference = client.create(variable).await?;
    /// assert_eq!(reference.key("Name"), Some(&"TZ".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses. If it is of
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), the instance may have been created.
    pub async fn create(&self, instance: Instance) -> Result<Reference, Error> {
        let namespace = instance
            .class()
            .map(|class| class.namespace().to_owned())
            .unwrap_or_default();
        let class = instance.class_name().to_owned();
        let operation = Operation::Create { instance };
        // The host chooses the keys (DSP0200, CreateInstance), so they are not compared.
        let read = |answer: OpenEnvelope<'_>| {
            let reference = wsman::created(answer, &namespace)?;
            wsman::check_class(reference.class().name(), &class, "a reference")?;
            Ok(reference)
        };
        self.call(&operation, read).await
    }

    /// Deletes an instance (WS-Transfer Delete).
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::Reference;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-delete")?);
    /// let variable = Reference::new("root/cimv2", "Win32_Environment")
    ///     .with_key("Name", "TZ")
    ///     .with_key("UserName", r"EXAMPLE\operator");
    /// client.delete(&variable).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the instance does not exist, or if the host refuses. If it is of
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), the instance may have been deleted.
    pub async fn delete(&self, target: &Reference) -> Result<(), Error> {
        let operation = Operation::Delete {
            target: target.clone(),
        };
        self.call(&operation, |answer| wsman::acknowledge(answer))
            .await
    }

    /// Calls a method of an instance or, if the reference has no keys, a static method of a class (MS-WSMV 3.1.4.1.32).
    ///
    /// Null parameters are left out. The caller has to check the return value. The input is sent as it is. To check it
    /// first and to correct its names and types, read the [`schema`](Self::schema) of the class and pass the input to
    /// [`ClassSchema::method`] and [`MethodSchema::check`](crate::cim::MethodSchema::check), as the example there does.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::{Properties, Reference};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-static-method")?);
    /// let class = Reference::new("root/cimv2", "Win32_Process");
    /// let input = Properties::new().with("CommandLine", r#"notepad.exe "a & b""#);
    /// let output = client.invoke(&class, "Create", input).await?;
    /// assert_eq!(output.return_value()?, 0);
    /// assert_eq!(output.get::<u32>("ProcessId")?, 5128);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses the call. If it is of
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), the connection was lost after the call had been
    /// sent, or the response cannot be read as that of the method: the call may have been carried out, and is not sent
    /// again.
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
        let namespace = target.class().namespace();
        let output = self
            .call(&operation, |answer| wsman::output(answer, namespace))
            .await?;
        Ok(Output::new(method, output))
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

/// The time that a response may take beyond the operation timeout, so that the host can report its timeout.
const ANSWER_GRACE: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests;
