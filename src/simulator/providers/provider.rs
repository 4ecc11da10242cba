//! Providers: state, and for each class that lives in it a table of functions over that state.

use crate::cim::Instance;

use super::call::{Call, CallError, Change, ChangeError, Output};
use super::class::Class;
use super::clock::Moment;
use super::named::Named;
use super::rows::Rows;

/// The state behind some classes. It answers for them at a moment; nothing in it happens between two calls.
pub(crate) trait Provider: Sized + 'static {
    /// The tables of its classes, one a class.
    const TABLES: &'static [&'static Table<Self>];

    /// Returns the table of a class, or `None` if the class belongs to another provider.
    fn table(class: &Class) -> Option<&'static Table<Self>> {
        let mut tables = Self::TABLES.iter().copied();
        tables.find(|table| table.class.is(class))
    }

    /// Makes the instances of a class, without those of derived classes.
    fn instances(&self, class: &Class, now: Moment) -> Option<Rows> {
        Self::table(class).map(|table| (table.instances)(self, now))
    }

    /// Runs a method. Returns `None` if no function implements it.
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

    /// Makes a change. Returns `None` if the class does not take it.
    fn change(
        &mut self,
        class: &Class,
        change: Change,
        instance: &Instance,
        now: Moment,
    ) -> Option<Result<(), ChangeError>> {
        let mut changes = Self::table(class)?.changes.iter();
        let (_, make) = changes.find(|(kind, _)| *kind == change)?;
        Some(make(self, instance, now))
    }
}

/// One class as a provider with the state `S` provides it. Fields that a table does not set come from
/// [`Table::EMPTY`].
pub(crate) struct Table<S: 'static> {
    pub(super) class: Named,
    pub(super) facts: Facts,
    /// Makes its instances at a moment.
    pub(super) instances: fn(&S, Moment) -> Rows,
    /// The methods that it runs, by their declared names. The others are answered with "not implemented".
    pub(super) methods: &'static [(&'static str, Run<S>)],
    /// The changes that it takes. The others are refused.
    pub(super) changes: &'static [(Change, Make<S>)],
}

/// Runs a method.
pub(super) type Run<S> = fn(&mut S, &Call<'_>) -> Result<Output, CallError>;

/// Makes a change, given the instance as it is to be or, for a deletion, as it was.
pub(super) type Make<S> = fn(&mut S, &Instance, Moment) -> Result<(), ChangeError>;

/// Properties of a class that its declaration does not tell.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) addressing: Addressing,
    /// Present if the provider reports events itself, so that a query for them needs no polling interval: the
    /// properties whose changes it does not report.
    pub(crate) tells_all_but: Option<&'static [&'static str]>,
}

/// The keys that select an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// All of them.
    AllKeys,
    /// `CreationClassName` and any other keys that are given, as measured on services of Hyper-V.
    CreationClassName,
    /// Any subset: the class has the qualifier Singleton.
    Singleton,
}

impl<S> Table<S> {
    /// A table without instances, methods and changes.
    pub(super) const EMPTY: Self = Self {
        class: Named::new("", ""),
        facts: Facts::PLAIN,
        instances: |_, _| Rows::none(),
        methods: &[],
        changes: &[],
    };

    pub(super) fn takes(&self, change: Change) -> bool {
        self.changes.iter().any(|(kind, _)| *kind == change)
    }
}

impl Facts {
    /// All keys select an instance, and events are found by polling.
    pub(super) const PLAIN: Self = Self {
        addressing: Addressing::AllKeys,
        tells_all_but: None,
    };

    pub(super) const fn addressed_by(addressing: Addressing) -> Self {
        Self {
            addressing,
            ..Self::PLAIN
        }
    }
}
