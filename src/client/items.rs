//! A stream of the items of an enumeration.

use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::cim::de::TypeReader;
use crate::cim::{ClassPath, Instance, Reference};
use crate::error::Error;
use crate::wsman::{Enumerate, EnumerationMode, Item, PolymorphismMode};

use super::Client;
use super::cursor::Cursor;
use super::deserialize::embedded_instance;

/// A [`Stream`] of the items of an enumeration: instances ([`Instance`]), endpoint references of instances
/// ([`Reference`]), both, or instances as a Rust type ([`typed`](Items::typed)).
///
/// It requests the next page when the current one is used up, so memory holds one page at a time, or two with
/// [`prefetch`](Self::prefetch). Nothing is sent before the first item is requested; until then the settings of the
/// stream can be changed.
///
/// An error ends the stream; items before the error are returned first. The one exception is an instance that does not
/// fit the Rust type: the stream continues after this error of [`ErrorKind::Decode`](crate::ErrorKind::Decode).
///
/// A stream dropped before its end releases the enumeration at the host in the background, within five seconds, if a
/// tokio runtime is available. A stream at its [`limit`](Self::limit) does the same and ends when the host has answered.
/// [`release`](Self::release) does the same and returns the result. All wait up to three seconds for a requested page,
/// since each page has a new enumeration context.
#[must_use = "a stream does nothing unless it is read"]
pub struct Items<T> {
    pub(super) cursor: Cursor,
    /// The state of decoding into a Rust type.
    pub(super) reading: TypeReader,
    /// The class that the Rust type represents.
    pub(super) class: Option<ClassPath>,
    decode: Decode<T>,
}

/// A function that makes an item of a stream from an item of a page.
type Decode<T> = fn(&mut Items<T>, Item) -> Result<T, Error>;

impl Items<Instance> {
    pub(super) fn new(client: Client, enumerate: Enumerate) -> Self {
        Self {
            cursor: Cursor::new(client, enumerate),
            reading: TypeReader::new(embedded_instance),
            class: None,
            decode: |items, item| items.cursor.part(item.instance),
        }
    }

    /// Requests endpoint references in place of the instances (DSP0226, EnumerateEPR), before the first item is
    /// requested.
    ///
    /// ```no_run
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let services = client.namespace("root/cimv2").enumerate("Win32_Service");
    /// for service in services.endpoint_references().collect().await? {
    ///     println!("{service}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn endpoint_references(mut self) -> Items<Reference> {
        self.cursor.enumerate_mut().mode = EnumerationMode::Epr;
        self.decoded(|items, item| items.cursor.part(item.reference))
    }

    /// Requests the instances with their endpoint references (DSP0226, EnumerateObjectAndEPR), before the first item is
    /// requested.
    ///
    /// ```no_run
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let services = client.namespace("root/cimv2").enumerate("Win32_Service");
    /// for (service, reference) in services.with_endpoint_references().collect().await? {
    ///     println!("{reference}: {}", service.get::<String>("State")?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn with_endpoint_references(mut self) -> Items<(Instance, Reference)> {
        self.cursor.enumerate_mut().mode = EnumerationMode::ObjectAndEpr;
        self.decoded(|items, item| items.cursor.part(item.instance.zip(item.reference)))
    }

    /// Returns the same stream with items of another type.
    pub(super) fn decoded<T>(self, decode: Decode<T>) -> Items<T> {
        Items {
            cursor: self.cursor,
            reading: self.reading,
            class: self.class,
            decode,
        }
    }
}

impl<T> Items<T> {
    /// Ends the stream after a number of items, and releases the enumeration at the host. The host is asked for no more
    /// items than are needed.
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
    /// # let replay = Replay::open("xml-fixtures/client-release")?;
    /// # let client = Client::builder("replayed").page_size(2).build_over(replay);
    /// let services = client.namespace("root/cimv2").enumerate("Win32_Service");
    /// let two = services.limit(2).collect().await?;
    /// assert_eq!(two.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn limit(mut self, items: u64) -> Self {
        self.cursor.set_limit(items);
        self
    }

    /// Requests the next page as soon as the current one has arrived, so that host and caller work at the same time.
    /// Memory then holds two pages.
    ///
    /// The page is fetched by a task of the tokio runtime; without a runtime, pages are fetched on demand.
    ///
    /// ```
    /// # use std::sync::atomic::{AtomicUsize, Ordering};
    /// # use std::sync::Arc;
    /// # use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
    /// # #[derive(Default)]
    /// # struct Pages(AtomicUsize);
    /// # impl Transport for Pages {
    /// #     fn endpoint(&self) -> &str {
    /// #         "http://hv01.example:5985/wsman"
    /// #     }
    /// #     fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
    /// #         let (answer, rest) = match self.0.fetch_add(1, Ordering::SeqCst) {
    /// #             0 => ("EnumerateResponse", "<EnumerationContext>1</EnumerationContext>"),
    /// #             _ => ("PullResponse", "<EndOfSequence/>"),
    /// #         };
    /// #         let body = format!("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>\
    /// #             <{answer} xmlns='http://schemas.xmlsoap.org/ws/2004/09/enumeration'>{rest}<Items>\
    /// #             <Win32_Service xmlns='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service'>\
    /// #             <Name>vmms</Name></Win32_Service></Items></{answer}></s:Body></s:Envelope>");
    /// #         Box::pin(async move { Ok(Response { status: 200, charset: None, body: body.into(), authenticated: true }) })
    /// #     }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), cimwire::Error> {
    /// # let pages = Arc::new(Pages::default());
    /// # let client = cimwire::Client::over(pages.clone());
    /// let mut services = client.namespace("root/cimv2").enumerate("Win32_Service").prefetch(true);
    /// let first = services.next().await.unwrap()?;
    /// // While the caller works on the first page, the second comes.
    /// # while pages.0.load(Ordering::SeqCst) < 2 {
    /// tokio::task::yield_now().await;
    /// # }
    /// let rest = services.collect().await?;
    /// assert_eq!((first.get::<String>("Name")?, rest.len()), ("vmms".to_owned(), 1));
    /// # Ok(())
    /// # }
    /// ```
    pub fn prefetch(mut self, ahead: bool) -> Self {
        self.cursor.set_ahead(ahead);
        self
    }

    /// Sets the maximum number of items in a page, in place of that of the [client](crate::ClientBuilder::page_size).
    pub fn page_size(mut self, items: u32) -> Self {
        self.cursor.enumerate_mut().max_elements = items.max(1);
        self
    }

    /// Sets the treatment of subclasses in an enumeration of a class. By default the host decides; Windows ignores the
    /// setting ([`PolymorphismMode`]). A query includes subclasses by its own rules.
    ///
    /// ```no_run
    /// use cimwire::PolymorphismMode;
    ///
    /// # async fn example(client: cimwire::Client) -> Result<(), cimwire::Error> {
    /// let systems = client.namespace("root/cimv2").enumerate("CIM_ComputerSystem");
    /// let systems = systems.polymorphism(PolymorphismMode::ExcludeSubclassProperties);
    /// for system in systems.collect().await? {
    ///     println!("{}", system.get::<String>("Name")?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn polymorphism(mut self, mode: PolymorphismMode) -> Self {
        self.cursor.enumerate_mut().polymorphism = Some(mode);
        self
    }

    /// Returns the next item, or `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns all remaining items.
    ///
    /// # Errors
    ///
    /// Returns the first error of the stream.
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
    /// Returns an error if the host cannot be reached or refuses. The host ends an idle enumeration by itself after
    /// about a minute.
    pub async fn release(self) -> Result<(), Error> {
        self.cursor.release().await
    }
}

impl<T> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.cursor).poll_next(context));
        let decode = self.decode;
        let item = item.map(|item| decode(&mut self, item?));
        Poll::Ready(item.map(|item| item.map_err(|error| self.cursor.attribute(error))))
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&self.cursor).finish()
    }
}
