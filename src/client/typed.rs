//! Streams of instances as a Rust type.

use serde::de::DeserializeOwned;

use crate::cim::{Class, ClassPath, Instance, SerializeError};
use crate::error::{Error, ErrorKind};
use crate::wsman::{Item, Wql};

use super::deserialize::{PROJECTION, into_typed};
use super::{Client, Items};

impl Items<Instance> {
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
    pub fn typed<T: DeserializeOwned>(self) -> Items<T> {
        self.decoded(decode)
    }

    fn of_class<T: Class + DeserializeOwned>(mut self) -> Items<T> {
        self.class = Some(T::class_path());
        self.typed()
    }
}

impl Client {
    /// Returns a stream of all instances of a type's class. Nothing is sent before the first one is requested.
    ///
    /// The streams of a client have the names of those of a [`Namespace`](super::Namespace): `enumerate` is a class,
    /// `query` a query. Here the type gives namespace and class, and the items have the type.
    ///
    /// An instance that does not fit the type is an error of [`ErrorKind::Decode`], which names the class, the property
    /// and the value. The stream continues after it; any other error ends the stream.
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
    /// let mut services = client.enumerate::<Service>();
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
    pub fn enumerate<T: Class + DeserializeOwned>(&self) -> Items<T> {
        let instances = self.namespace(T::NAMESPACE).enumerate(T::NAME);
        instances.of_class::<T>()
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
    pub fn query<T: Class + DeserializeOwned>(&self, wql: Wql) -> Result<Items<T>, Error> {
        let instances = self.namespace(T::NAMESPACE).query(wql)?;
        Ok(instances.of_class::<T>())
    }
}

fn decode<T: DeserializeOwned>(items: &mut Items<T>, item: Item) -> Result<T, Error> {
    let instance = items.cursor.part(item.instance)?;
    let nameless = items.class.as_ref().map_or(PROJECTION, ClassPath::name);
    into_typed(instance, &items.reading, nameless).map_err(|error| {
        let class = items.class.as_ref();
        let class = class.unwrap_or_else(|| items.cursor.subject());
        let number = items.cursor.given();
        Error::from_decode(format!("could not read item {number} of {class}"), error)
    })
}

/// Allows `?` on method input in functions that return [`Error`].
impl From<SerializeError> for Error {
    fn from(error: SerializeError) -> Self {
        Self::new(ErrorKind::Usage, "could not make the values to send").with_source(error)
    }
}

#[cfg(test)]
mod tests;
