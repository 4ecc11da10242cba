//! The client: operations on any class of a CIM host.

mod associations;
mod builder;
mod cursor;
mod deserialize;
mod exchange;
mod filter;
mod indications;
mod items;
mod namespace;
mod output;
mod page;
mod put;
mod retries;
mod trace;
mod typed;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::OnceCell;

use crate::cim::{ClassPath, ClassSchema, DecodeError, FromValue, Instance, Properties, Reference};
use crate::error::Error;
use crate::transport::Transport;
use crate::wsman::{self, FaultKind, Identity, Operation, ServerProfile};

pub use associations::Associations;
pub use builder::{ClientBuilder, Dangerous};
pub use indications::Indications;
pub use items::{FromItem, Instances, Items, References};
pub use namespace::Namespace;
pub use output::Output;
pub use retries::Retries;
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
    /// Shared by the clients that speak to the service by different profiles.
    transport: Arc<dyn Transport>,
    settings: Settings,
    /// True if Identify names Windows, once that was asked.
    is_windows: OnceCell<bool>,
    /// An Identify, to check connections with. It has no message id, so that one serves for all.
    identify: OnceLock<Option<Bytes>>,
}

/// The settings that every envelope of a client states.
#[derive(Clone, Debug)]
struct Settings {
    profile: ServerProfile,
    max_envelope_size: u32,
    operation_timeout: Duration,
    locale: Option<String>,
    page_size: u32,
    retries: Retries,
}

impl Client {
    /// A client of the host of that name, `hv01.example`, or at that address, `https://hv01.example:5986/wsman`.
    ///
    /// Missing parts of the address are what WinRM has: http, port 5985 (5986 for https), and the path `/wsman`. Over
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
                transport: transport.into(),
                settings,
                is_windows: OnceCell::new(),
                identify: OnceLock::new(),
            }),
        }
    }

    /// Returns the profile of the service, as it was set.
    #[must_use]
    pub fn profile(&self) -> ServerProfile {
        self.inner.settings.profile
    }

    /// Returns a client that speaks by another profile, over the connections of this one.
    ///
    /// It is for a service whose classes want different forms, and to find out which forms a service takes. The part
    /// headers of sealed messages belong to the connections, and stay as they are.
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
                transport: Arc::clone(&self.inner.transport),
                settings,
                is_windows: OnceCell::new(),
                identify: OnceLock::new(),
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
    /// Returns an error if the host cannot be reached or is no WS-Management service.
    pub async fn identify(&self) -> Result<Identity, Error> {
        self.call(&Operation::Identify, wsman::identity).await
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
    /// Returns an error if there is no such instance, with [`FaultKind::NotFound`], or the host refuses; and with
    /// [`ErrorKind::Answer`](crate::ErrorKind::Answer) if the answer is another instance. Keys are compared as values,
    /// text without regard to case, as far as the answer shows them.
    pub async fn get(&self, target: &Reference) -> Result<Instance, Error> {
        let operation = Operation::Get {
            target: target.clone(),
        };
        let namespace = target.class().namespace();
        let read = |text: &str| {
            let instance = wsman::instance(text, namespace)?;
            wsman::check_instance(&instance, target)?;
            Ok(instance)
        };
        self.call(&operation, read).await
    }

    /// Reads one instance, or `None` where there is none.
    ///
    /// Windows answers alike for an instance and for a class that does not exist.
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

    /// Reads one property of an instance, as a fragment (DSP0226 7.7), so that nothing else of it is sent.
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
    /// Returns an error if there is no such instance or property, or the value is none of the type asked for.
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
            .call(&operation, |text| {
                wsman::property(text, namespace, property)
            })
            .await?;
        let value = T::from_value(&value);
        Ok(
            value
                .map_err(|mismatch| DecodeError::new(target.class().name(), property, mismatch))?,
        )
    }

    /// Reads the declaration of a class, with what is said about its parts (MS-WSMV 3.1.4.1.38: since Windows 8 and
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
    /// Returns an error if there is no such class, or the service does not tell.
    pub async fn schema(&self, class: &ClassPath) -> Result<ClassSchema, Error> {
        let operation = Operation::GetClass {
            class: class.clone(),
        };
        let read = |text: &str| {
            let schema = wsman::class(text)?;
            wsman::check_class(&schema.name, class.name(), "the declaration")?;
            Ok(schema)
        };
        self.call(&operation, read).await
    }

    /// Makes a new instance of the class that it names (WS-Transfer Create), and brings its reference.
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
    /// Returns an error if the host refuses; with [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) it
    /// may have been done.
    pub async fn create(&self, instance: Instance) -> Result<Reference, Error> {
        let namespace = instance
            .class()
            .map(|class| class.namespace().to_owned())
            .unwrap_or_default();
        let class = instance.class_name().to_owned();
        let operation = Operation::Create { instance };
        // Its keys are the host's to choose (DSP0200, CreateInstance), so that they are not compared.
        let read = |text: &str| {
            let reference = wsman::created(text, &namespace)?;
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
    /// Returns an error if there is none, or the host refuses; with
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) it may have been done.
    pub async fn delete(&self, target: &Reference) -> Result<(), Error> {
        let operation = Operation::Delete {
            target: target.clone(),
        };
        self.call(&operation, wsman::acknowledge).await
    }

    /// Calls a method of an instance, or, with a reference without keys, of a class (MS-WSMV 3.1.4.1.32).
    ///
    /// Null parameters are left out. What the method returned is the caller's to judge. The input is sent as it is; to
    /// have it checked first, and its names and types put right, ask for the class's [`schema`](Self::schema), and give
    /// it to [`ClassSchema::method`] and [`MethodSchema::check`](crate::cim::MethodSchema::check), as the example there
    /// does.
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
    /// Returns an error if the host refuses the call. With
    /// [`ErrorKind::OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) the connection was lost after the call had been
    /// sent, or the answer cannot be read as that of the method: it may have been carried out, and is not sent again.
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
            .call(&operation, |text| wsman::output(text, namespace))
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

/// The time beyond the host's own time-out that an answer may take, so that the host can say that it timed out.
const ANSWER_GRACE: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests;
