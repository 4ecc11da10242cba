//! The items of an enumeration, as a stream.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::cim::{ClassPath, Instance, Reference};
use crate::error::Error;
use crate::wsman::{Enumerate, Item, Mode, PolymorphismMode};

use super::Client;
use super::cursor::Cursor;

/// The items of an enumeration: a [`Stream`] that asks for the next page when the last one is used up, so that one
/// page lies in memory at a time; with [`prefetch`](Self::prefetch) two. Nothing is sent before the first item is asked
/// for, and until then the stream can be set.
///
/// After an error it ends; what came before the error is not lost. Dropped before its end, it tells the host to
/// release the enumeration, in the background and for at most five seconds, if a tokio runtime is there;
/// [`release`](Self::release) does so and waits. A page that is on its way then is waited for, for at most three
/// seconds: the host gives the enumeration a new name with each.
#[must_use = "a stream does nothing unless it is read"]
pub struct Items<T> {
    cursor: Cursor,
    of: PhantomData<fn() -> T>,
}

/// The instances of an enumeration, as a stream.
pub type Instances = Items<Instance>;
/// The references of the instances of an enumeration, as a stream.
pub type References = Items<Reference>;

/// The types of items of an enumeration: [`Instance`], [`Reference`], or both.
pub trait FromItem: sealed::FromItem {}

mod sealed {
    use crate::wsman::{Item, Mode};

    #[allow(
        unnameable_types,
        reason = "sealed: no other crate can say what a server sends"
    )]
    pub trait FromItem: Sized {
        #[allow(private_interfaces, reason = "sealed")]
        const MODE: Mode;
        #[allow(private_interfaces, reason = "sealed")]
        fn from_item(item: Item) -> Option<Self>;
    }
}

impl FromItem for Instance {}
impl sealed::FromItem for Instance {
    #[allow(private_interfaces, reason = "sealed")]
    const MODE: Mode = Mode::Objects;
    #[allow(private_interfaces, reason = "sealed")]
    fn from_item(item: Item) -> Option<Self> {
        item.instance
    }
}

impl FromItem for Reference {}
impl sealed::FromItem for Reference {
    #[allow(private_interfaces, reason = "sealed")]
    const MODE: Mode = Mode::References;
    #[allow(private_interfaces, reason = "sealed")]
    fn from_item(item: Item) -> Option<Self> {
        item.reference
    }
}

impl FromItem for (Instance, Reference) {}
impl sealed::FromItem for (Instance, Reference) {
    #[allow(private_interfaces, reason = "sealed")]
    const MODE: Mode = Mode::Both;
    #[allow(private_interfaces, reason = "sealed")]
    fn from_item(item: Item) -> Option<Self> {
        item.instance.zip(item.reference)
    }
}

impl<T: FromItem> Items<T> {
    pub(super) fn new(client: Client, enumerate: Enumerate) -> Self {
        let enumerate = Enumerate {
            mode: T::MODE,
            ..enumerate
        };
        Self {
            cursor: Cursor::new(client, enumerate),
            of: PhantomData,
        }
    }

    /// Returns what is enumerated.
    pub(super) fn subject(&self) -> &ClassPath {
        self.cursor.subject()
    }

    /// Asks for the next page as soon as one has come, and not when that is used up, so that host and caller work at the
    /// same time. Two pages lie in memory then: the one that is read, and the next.
    ///
    /// It is tokio's runtime that sees to the page ahead; without one, pages come as they are asked for.
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

    /// Sets how many items a page may hold, instead of what the [client](crate::ClientBuilder::page_size) has.
    pub fn page_size(mut self, items: u32) -> Self {
        self.cursor.enumerate_mut().max_elements = items.max(1);
        self
    }

    /// Sets what of subclasses is wanted of an enumeration of a class; the host decides unless said, and Windows
    /// always ([`PolymorphismMode`]). A query brings subclasses by its own rules.
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

    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    ///
    /// The first that the stream gives.
    pub async fn collect(mut self) -> Result<Vec<T>, Error> {
        let mut all = Vec::new();
        while let Some(item) = self.next().await {
            all.push(item?);
        }
        Ok(all)
    }

    /// Ends the enumeration at the host, where it has more to give.
    ///
    /// # Errors
    ///
    /// Returns an error if the host cannot be told. It forgets the enumeration by itself after a minute or so.
    pub async fn release(self) -> Result<(), Error> {
        self.cursor.release().await
    }
}

impl<T: FromItem> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.cursor).poll_next(context));
        Poll::Ready(item.map(|item| T::from_item(item?).ok_or_else(|| self.cursor.refuse())))
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&self.cursor).finish()
    }
}
