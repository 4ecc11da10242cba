//! Providers: state, and for each class that lives in it a table of functions over that state.

use std::any::Any;
use std::fmt;

use crate::cim::Instance;

use super::call::{Call, CallError, Change, ChangeError, Output};
use super::class::Class;
use super::class_name::ClassName;
use super::clock::Moment;
use super::rows::Rows;

/// The state behind some classes. It answers for them at a moment; nothing in it happens between two calls.
pub(crate) trait Provider: Any + fmt::Debug + Send {
    /// Returns the origin of the events of a class, or `None` if the class belongs to another provider.
    fn events(&self, class: &Class) -> Option<EventSource>;

    /// Reports whether a class takes a kind of change.
    fn takes(&self, class: &Class, change: Change) -> bool;

    /// Makes the instances of a class, without those of derived classes.
    fn instances(&self, class: &Class, now: Moment) -> Rows;

    /// Runs a method. Returns `None` if no function implements it.
    fn call(
        &mut self,
        class: &Class,
        method: &str,
        call: &Call<'_>,
    ) -> Option<Result<Output, CallError>>;

    /// Makes a change. Returns `None` if the class does not take it.
    fn change(
        &mut self,
        class: &Class,
        change: Change,
        instance: &Instance,
        now: Moment,
    ) -> Option<Result<(), ChangeError>>;
}

/// A state with the tables of its classes, which make it a provider.
pub(super) trait Tables: fmt::Debug + Send + Sized + 'static {
    /// One table a class.
    const TABLES: &'static [&'static Table<Self>];

    fn table(class: &Class) -> Option<&'static Table<Self>> {
        let mut tables = Self::TABLES.iter().copied();
        tables.find(|table| table.class.is(class))
    }
}

impl<S: Tables> Provider for S {
    fn events(&self, class: &Class) -> Option<EventSource> {
        Self::table(class).map(|table| table.events)
    }

    fn takes(&self, class: &Class, change: Change) -> bool {
        Self::table(class).is_some_and(|table| table.change(change).is_some())
    }

    fn instances(&self, class: &Class, now: Moment) -> Rows {
        Self::table(class).map_or_else(Rows::none, |table| (table.instances)(self, now))
    }

    fn call(
        &mut self,
        class: &Class,
        method: &str,
        call: &Call<'_>,
    ) -> Option<Result<Output, CallError>> {
        let mut methods = Self::table(class)?.methods.iter();
        let (_, run) = methods.find(|(name, _)| *name == method)?;
        Some(run(self, call))
    }

    fn change(
        &mut self,
        class: &Class,
        change: Change,
        instance: &Instance,
        now: Moment,
    ) -> Option<Result<(), ChangeError>> {
        let make = Self::table(class)?.change(change)?;
        Some(make(self, instance, now))
    }
}

/// One class as a provider with the state `S` provides it. Fields that a table does not set come from
/// [`Table::EMPTY`].
pub(crate) struct Table<S: 'static> {
    pub(super) class: ClassName,
    pub(super) events: EventSource,
    /// Makes its instances at a moment.
    pub(super) instances: fn(&S, Moment) -> Rows,
    /// The methods that it runs, by their declared names. The others are answered with "not implemented".
    pub(super) methods: &'static [(&'static str, MethodFn<S>)],
    /// The changes that it takes. The others are refused.
    pub(super) changes: &'static [(Change, ChangeFn<S>)],
}

/// Runs a method.
pub(super) type MethodFn<S> = fn(&mut S, &Call<'_>) -> Result<Output, CallError>;

/// Makes a change, given the instance as it is to be or, for a deletion, as it was.
pub(super) type ChangeFn<S> = fn(&mut S, &Instance, Moment) -> Result<(), ChangeError>;

/// The origin of the events of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventSource {
    /// WMI polls the instances, so a query for events needs an interval.
    Polling,
    /// The provider reports events itself, except changes of the named properties alone.
    Provider { except: &'static [&'static str] },
}

impl<S> Table<S> {
    /// A table without instances, methods and changes.
    pub(super) const EMPTY: Self = Self {
        class: ClassName::new("", ""),
        events: EventSource::Polling,
        instances: |_, _| Rows::none(),
        methods: &[],
        changes: &[],
    };

    fn change(&self, change: Change) -> Option<ChangeFn<S>> {
        let mut changes = self.changes.iter();
        Some(changes.find(|(kind, _)| *kind == change)?.1)
    }
}
