//! A stream of the instances of an enumeration as a Rust type.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde::de::DeserializeOwned;

use crate::cim::de::Reading;
use crate::cim::{Class, ClassPath, SerializeError};
use crate::error::{Error, ErrorKind};
use crate::wsman::{PolymorphismMode, Wql};

use super::deserialize::{PROJECTION, embedded, into_typed};
use super::{Client, Instances};

/// A [`Stream`] of the instances of an enumeration as a Rust type, used like [`Instances`].
///
/// An instance that does not fit the type is an error of [`ErrorKind::Decode`], which names the class, the property and
/// the value. The stream continues after it; any other error ends the stream.
///
/// ```
/// use cimwire::{Client, ErrorKind};
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize)]
/// #[serde(rename_all = "PascalCase")]
/// struct Service {
///     name: String,
///     process_id: u32,
/// }
///
/// cimwire::cim_class!(Service: "root/cimv2", "Win32_Service");
///
/// # use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
/// # struct Answer;
/// # impl Transport for Answer {
/// #     fn endpoint(&self) -> &str {
/// #         "http://hv01.example:5985/wsman"
/// #     }
/// #     fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
/// #         let body = "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/><s:Body>\
/// #             <EnumerateResponse xmlns='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><EnumerationContext/>\
/// #             <w:Items xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
/// #             xmlns:p='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service'>\
/// #             <p:Win32_Service><p:Name>vmms</p:Name><p:ProcessId>2412</p:ProcessId></p:Win32_Service>\
/// #             <p:Win32_Service><p:Name>bits</p:Name><p:ProcessId>none</p:ProcessId></p:Win32_Service>\
/// #             </w:Items><w:EndOfSequence xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'/>\
/// #             </EnumerateResponse></s:Body></s:Envelope>";
/// #         Box::pin(async move { Ok(Response { status: 200, charset: None, body: body.into(), authenticated: true }) })
/// #     }
/// # }
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), cimwire::Error> {
/// # let client = Client::over(Answer);
/// let mut services = client.instances::<Service>();
/// let (mut names, mut misfits) = (Vec::new(), Vec::new());
/// while let Some(service) = services.next().await {
///     match service {
///         Ok(service) => names.push(service.name),
///         Err(error) if error.kind() == ErrorKind::Decode => misfits.push(error.to_string()),
///         Err(error) => return Err(error),
///     }
/// }
/// assert_eq!(names, ["vmms"]);
/// assert_eq!(misfits, ["could not read item 2 of root/cimv2:Win32_Service"]);
/// # Ok(())
/// # }
/// ```
#[must_use = "a stream does nothing unless it is read"]
pub struct Typed<T> {
    instances: Instances,
    reading: Reading,
    /// The class that the type represents.
    class: Option<ClassPath>,
    /// The number of items handed out.
    given: u64,
    item: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Typed<T> {
    fn new(instances: Instances, class: Option<ClassPath>) -> Self {
        Self {
            instances,
            reading: Reading::new(embedded),
            class,
            given: 0,
            item: PhantomData,
        }
    }

    /// Requests the next page while the current one is read, like [`Items::prefetch`](super::Items::prefetch).
    pub fn prefetch(mut self, ahead: bool) -> Self {
        self.instances = self.instances.prefetch(ahead);
        self
    }

    /// Sets the maximum number of instances in a page, like [`Items::page_size`](super::Items::page_size).
    pub fn page_size(mut self, items: u32) -> Self {
        self.instances = self.instances.page_size(items);
        self
    }

    /// Sets the treatment of subclasses, like [`Items::polymorphism`](super::Items::polymorphism).
    pub fn polymorphism(mut self, mode: PolymorphismMode) -> Self {
        self.instances = self.instances.polymorphism(mode);
        self
    }

    /// Returns the next instance, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns all remaining instances.
    ///
    /// # Errors
    ///
    /// Returns the first error of the stream, including an instance that does not fit the type.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    /// Ends the enumeration at the host, if it has more items.
    ///
    /// # Errors
    ///
    /// Returns an error in the cases of [`Instances::release`].
    pub async fn release(self) -> Result<(), Error> {
        self.instances.release().await
    }
}

impl<T: DeserializeOwned> Stream for Typed<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let instance = match ready!(Pin::new(&mut self.instances).poll_next(context)) {
            Some(Ok(instance)) => instance,
            Some(Err(error)) => return Poll::Ready(Some(Err(error))),
            None => return Poll::Ready(None),
        };
        self.given += 1;
        let nameless = self.class.as_ref().map_or(PROJECTION, ClassPath::name);
        let item = into_typed(instance, &self.reading, nameless);
        Poll::Ready(Some(item.map_err(|error| {
            let class = self.class.as_ref();
            let class = class.unwrap_or_else(|| self.instances.subject());
            Error::from_decode(
                format!("could not read item {} of {class}", self.given),
                error,
            )
        })))
    }
}

impl<T> fmt::Debug for Typed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed")
            .field("instances", &self.instances)
            .finish_non_exhaustive()
    }
}

impl Instances {
    /// Returns the same stream as a Rust type: for projections, for mixed classes as an enum, for maps.
    ///
    /// ```no_run
    /// use cimwire::{Client, Wql};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// struct Named {
    ///     #[serde(rename = "ElementName")]
    ///     name: String,
    /// }
    ///
    /// # async fn example(client: Client) -> Result<(), cimwire::Error> {
    /// let names = Wql::select_properties("Msvm_ComputerSystem", ["ElementName"]);
    /// let names = client.namespace("root/virtualization/v2").query(names)?;
    /// let all = names.typed::<Named>().collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn typed<T: DeserializeOwned>(self) -> Typed<T> {
        Typed::new(self, None)
    }
}

impl Client {
    /// Returns a stream of all instances of a type's class. Nothing is sent before the first one is requested.
    ///
    /// ```no_run
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Service {
    ///     name: String,
    ///     state: Option<String>,
    /// }
    ///
    /// cimwire::cim_class!(Service: "root/cimv2", "Win32_Service");
    ///
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let services: Vec<Service> = client.instances().collect().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn instances<T: Class + DeserializeOwned>(&self) -> Typed<T> {
        let instances = self.namespace(T::NAMESPACE).enumerate(T::NAME);
        Typed::new(instances, Some(T::class_path()))
    }

    /// Returns a stream of the instances that match a query in the namespace of a type's class. Nothing is sent before
    /// the first one is requested.
    ///
    /// ```no_run
    /// use cimwire::cim::Class;
    /// use cimwire::{Client, Wql};
    /// use serde::Deserialize;
    ///
    /// #[derive(Deserialize)]
    /// #[serde(rename_all = "PascalCase")]
    /// struct Service {
    ///     name: String,
    /// }
    ///
    /// cimwire::cim_class!(Service: "root/cimv2", "Win32_Service");
    ///
    /// # async fn example(client: Client) -> Result<(), cimwire::Error> {
    /// let running = Wql::select(Service::NAME).equals("State", "Running");
    /// for service in client.query::<Service>(running)?.collect().await? {
    ///     println!("{}", service.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Usage`] if the query contains an invalid identifier.
    pub fn query<T: Class + DeserializeOwned>(&self, wql: Wql) -> Result<Typed<T>, Error> {
        let instances = self.namespace(T::NAMESPACE).query(wql)?;
        Ok(Typed::new(instances, Some(T::class_path())))
    }
}

/// Allows `?` on method input in functions that return [`Error`].
impl From<SerializeError> for Error {
    fn from(error: SerializeError) -> Self {
        Self::new(ErrorKind::Usage, "could not make the values to send").with_source(error)
    }
}

#[cfg(test)]
mod tests;
