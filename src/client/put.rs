//! Put: properties that are left out stay as they are.

use crate::cim::{Instance, Reference};
use crate::error::{Error, ErrorKind};
use crate::transport::Delivery;
use crate::wsman::{self, Operation, PutUpdates};

use super::Client;

impl Client {
    /// Changes properties of the instance that a reference names (WS-Transfer Put), and returns the instance as it has
    /// become, if the service sends it.
    ///
    /// A property that is left out stays as it is; one that is null becomes null, and so does an array without values.
    ///
    /// Windows is sent the given properties alone. Other servers replace the whole instance, so there it is read,
    /// changed, and sent as a whole, read-only properties and keys as they were read. A change by another client between
    /// the two is then lost. [`ServerProfile::put`](crate::ServerProfile::put) sets the way; by default the client
    /// decides by one Identify.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::cim::{Instance, Reference, Value};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/client-put")?);
    /// let variable = Reference::new("root/cimv2", "Win32_Environment")
    ///     .with_key("Name", "TZ")
    ///     .with_key("UserName", r"EXAMPLE\operator");
    /// let change = Instance::new(variable.class().clone())
    ///     .with("VariableValue", "Europe/Berlin")
    ///     .with("Description", Value::Null);
    /// let now = client.put(&variable, change).await?.expect("Windows says it");
    /// assert_eq!(now.get::<String>("VariableValue")?, "Europe/Berlin");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses; with [`ErrorKind::OutcomeUnknown`] the change may have been made.
    pub async fn put(
        &self,
        target: &Reference,
        instance: Instance,
    ) -> Result<Option<Instance>, Error> {
        let instance = if self.keeps_what_is_left_out().await? {
            instance
        } else {
            self.whole(target, &instance).await?
        };
        let operation = Operation::Put {
            target: target.clone(),
            instance,
        };
        let namespace = target.class().namespace();
        let read = |text: &str| {
            let instance = wsman::replaced(text, namespace)?;
            if let Some(instance) = &instance {
                wsman::check_instance(instance, target)?;
            }
            Ok(instance)
        };
        self.call(&operation, read).await
    }

    async fn keeps_what_is_left_out(&self) -> Result<bool, Error> {
        match self.inner.settings.profile.put {
            PutUpdates::Partial => Ok(true),
            PutUpdates::Whole => Ok(false),
            PutUpdates::Ask => self.is_windows().await,
        }
    }

    /// Returns whether Identify names Windows. A server that refuses to say counts as another one; it is not asked again.
    async fn is_windows(&self) -> Result<bool, Error> {
        let is_windows = self.inner.is_windows.get_or_try_init(|| async {
            match self.identify().await {
                Ok(identity) => Ok(identity.product_vendor.trim() == MICROSOFT),
                Err(error) if is_unanswerable(&error) => Err(error),
                Err(_) => Ok(false),
            }
        });
        is_windows.await.copied()
    }

    /// Reads an instance, and returns it with a change.
    async fn whole(&self, target: &Reference, change: &Instance) -> Result<Instance, Error> {
        let doing = || format!("could not get {} before changing it", target.class());
        let whole = self.get(target).await;
        let whole = whole.map_err(|error| error.with_doing(doing()))?;
        let changes = change.properties().iter();
        Ok(changes.fold(whole, |whole, (name, value)| {
            whole.with(name, value.clone())
        }))
    }
}

/// Returns whether nothing else will be answered either. A refused login must not be tried twice: accounts are locked.
fn is_unanswerable(error: &Error) -> bool {
    let kinds = [
        ErrorKind::Authentication,
        ErrorKind::NoPassword,
        ErrorKind::Usage,
    ];
    kinds.contains(&error.kind()) || error.delivery() == Delivery::NotSent
}

/// The vendor in the Identify answer of WinRM.
const MICROSOFT: &str = "Microsoft Corporation";
