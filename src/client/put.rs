//! Put, which leaves the other properties unchanged.

use crate::cim::{Instance, Reference};
use crate::error::{Error, ErrorKind};
use crate::transport;
use crate::wsman::{self, FaultKind, OpenEnvelope, Operation, PutUpdates};

use super::Client;

impl Client {
    /// Changes properties of the instance that a reference names (WS-Transfer Put). Returns the instance after the
    /// change, if the service sends it.
    ///
    /// A property that is left out keeps its value. A property that is null or an empty array is set to null.
    ///
    /// Windows receives the given properties only. Other servers replace the whole instance, so the client reads it,
    /// changes it and sends all of it, with keys and read-only properties as they were read. A change by another client
    /// in between is lost. [`ServerProfile::put`](crate::ServerProfile::put) selects the way; by default the client
    /// decides with one Identify.
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
    /// Returns an error if the host refuses. If it is of [`ErrorKind::OutcomeUnknown`], the change may have been made. An
    /// error of Identify or of the read before the change has the [delivery](Error::delivery)
    /// [`NotSent`](crate::transport::Delivery::NotSent).
    pub async fn put(
        &self,
        target: &Reference,
        instance: Instance,
    ) -> Result<Option<Instance>, Error> {
        let instance = self.instance_to_send(target, instance).await;
        let instance = instance.map_err(Error::of_unsent_change)?;
        let operation = Operation::Put {
            target: target.clone(),
            instance,
        };
        let namespace = target.class().namespace();
        let read = |answer: OpenEnvelope<'_>| {
            let instance = wsman::replaced(answer, namespace)?;
            if let Some(instance) = &instance {
                wsman::check_instance(instance, target)?;
            }
            Ok(instance)
        };
        self.call(&operation, read).await
    }

    async fn instance_to_send(
        &self,
        target: &Reference,
        instance: Instance,
    ) -> Result<Instance, Error> {
        if self.keeps_what_is_left_out().await? {
            Ok(instance)
        } else {
            self.whole(target, &instance).await
        }
    }

    async fn keeps_what_is_left_out(&self) -> Result<bool, Error> {
        match self.inner.settings.profile.put {
            PutUpdates::Partial => Ok(true),
            PutUpdates::Whole => Ok(false),
            PutUpdates::Ask => self.is_windows().await,
        }
    }

    /// Returns true if Identify names Windows. A server that refuses Identify counts as another one and is not asked
    /// again. A server that did not answer may be Windows, which is an error.
    async fn is_windows(&self) -> Result<bool, Error> {
        let is_windows = self.inner.is_windows.get_or_try_init(|| async {
            match self.identify().await {
                Ok(identity) => Ok(identity.product_vendor.trim() == MICROSOFT),
                Err(error) if is_refusal(&error) => Ok(false),
                Err(error) => Err(error),
            }
        });
        is_windows.await.copied()
    }

    /// Reads an instance and applies a change to it.
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

/// Returns true if the service has answered Identify, and other requests may succeed. A rejected login must not be
/// retried, since it may lock the account.
fn is_refusal(error: &Error) -> bool {
    use transport::ErrorKind as Transport;
    let Some(cause) = error.cause::<transport::Error>() else {
        let is_busy = matches!(
            error.fault_kind(),
            Some(FaultKind::Quota | FaultKind::TimedOut)
        );
        return matches!(error.kind(), ErrorKind::Fault | ErrorKind::Answer) && !is_busy;
    };
    match cause.kind() {
        Transport::NotWsMan => true,
        // Of a gateway, or of a service that is starting.
        Transport::Status => !matches!(cause.status(), Some(425 | 429 | 502..=504)),
        _ => false,
    }
}

/// The vendor in the Identify response of WinRM.
const MICROSOFT: &str = "Microsoft Corporation";
