//! The items of an enumeration, as a stream.

use std::fmt;
use std::future::poll_fn;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::cim::{ClassPath, Instance, Reference};
use crate::error::{Error, ErrorKind};
use crate::wsman::{Enumerate, Item, Mode};

use super::Client;
use super::cursor::Cursor;

/// The items of an enumeration: a [`Stream`] that asks for the next page when the last one is used up, so that one
/// page lies in memory at a time.
///
/// After an error it ends; what came before the error is not lost. Dropped before its end, it tells the host to
/// release the enumeration, in the background and for at most five seconds, if a tokio runtime is there;
/// [`release`](Self::release) does so and waits.
#[must_use = "a stream does nothing unless it is read"]
pub struct Items<T> {
    cursor: Cursor,
    of: PhantomData<fn() -> T>,
}

/// The instances of an enumeration, as a stream.
pub type Instances = Items<Instance>;
/// The references of the instances of an enumeration, as a stream.
pub type References = Items<Reference>;

/// What the items of an enumeration can be: [`Instance`], [`Reference`], or both.
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

    /// What is enumerated.
    pub(super) fn subject(&self) -> &ClassPath {
        self.cursor.subject()
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
    /// Where the host cannot be told. It forgets the enumeration by itself after a minute or so.
    pub async fn release(self) -> Result<(), Error> {
        self.cursor.release().await
    }
}

impl<T: FromItem> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(Pin::new(&mut self.cursor).poll_next(context));
        Poll::Ready(item.map(|item| {
            T::from_item(item?).ok_or_else(|| {
                let doing = format!(
                    "an item of {} is not what was asked for",
                    self.cursor.subject()
                );
                Error::new(ErrorKind::Answer, doing)
            })
        }))
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Items").field(&self.cursor).finish()
    }
}
