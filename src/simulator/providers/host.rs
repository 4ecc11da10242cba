//! One host: its providers, among which a class finds its own.

use std::time::Duration;

use crate::cim::Instance;

use super::call::{Call, CallError, Change, ChangeError, Output};
use super::class::Class;
use super::clock::Moment;
use super::hyperv::Hyperv;
#[cfg(test)]
use super::named::Named;
use super::provider::{Facts, Provider};
use super::rows::Rows;
use super::synthetic::Synthetic;
use super::windows::Windows;

/// The providers of a host.
#[derive(Debug)]
pub(crate) struct Host {
    hyperv: Hyperv,
    windows: Windows,
    synthetic: Synthetic,
}

impl Host {
    /// Returns a host of this name that was booted now, and whose jobs take `pace`.
    pub(crate) fn new(name: &str, pace: Duration, now: Moment) -> Self {
        Self {
            hyperv: Hyperv::new(name, pace, now),
            windows: Windows::new(name, now),
            synthetic: Synthetic::new(now),
        }
    }

    /// Sets the number of instances of the synthetic class.
    pub(crate) fn set_synthetic(&mut self, instances: u32) {
        self.synthetic.count = instances;
    }

    /// Returns what a provider says about a class beyond its declaration.
    pub(crate) fn facts(class: &Class) -> Facts {
        fn of<P: Provider>(class: &Class) -> Option<Facts> {
            P::table(class).map(|table| table.facts)
        }
        let facts = of::<Hyperv>(class)
            .or_else(|| of::<Windows>(class))
            .or_else(|| of::<Synthetic>(class));
        facts.unwrap_or(Facts::PLAIN)
    }

    /// Reports whether a class takes a kind of change.
    pub(crate) fn takes(class: &Class, change: Change) -> bool {
        fn by<P: Provider>(class: &Class, change: Change) -> bool {
            P::table(class).is_some_and(|table| table.takes(change))
        }
        by::<Hyperv>(class, change)
            || by::<Windows>(class, change)
            || by::<Synthetic>(class, change)
    }

    /// Makes the instances of a class, without those of derived classes. A class without a provider has none.
    pub(crate) fn instances(&self, class: &Class, now: Moment) -> Rows {
        let rows = self.hyperv.instances(class, now);
        rows.or_else(|| self.windows.instances(class, now))
            .or_else(|| self.synthetic.instances(class, now))
            .unwrap_or_else(Rows::none)
    }

    /// Runs a method. Returns `None` if no provider implements it.
    pub(crate) fn call(
        &mut self,
        class: &Class,
        method: &str,
        call: &Call<'_>,
    ) -> Option<Result<Output, CallError>> {
        let answered = self.hyperv.call(class, method, call);
        answered
            .or_else(|| self.windows.call(class, method, call))
            .or_else(|| self.synthetic.call(class, method, call))
    }

    /// Makes a change. Returns `None` if the class does not take it.
    pub(crate) fn change(
        &mut self,
        class: &Class,
        change: Change,
        instance: &Instance,
        now: Moment,
    ) -> Option<Result<(), ChangeError>> {
        let changed = self.hyperv.change(class, change, instance, now);
        changed
            .or_else(|| self.windows.change(class, change, instance, now))
            .or_else(|| self.synthetic.change(class, change, instance, now))
    }

    /// Returns the classes of all providers, with the methods that they implement.
    #[cfg(test)]
    pub(super) fn implemented() -> Vec<(Named, Vec<&'static str>)> {
        fn by<P: Provider>() -> impl Iterator<Item = (Named, Vec<&'static str>)> {
            let name = |(name, _): &(&'static str, _)| *name;
            let tables = P::TABLES.iter();
            tables.map(move |table| (table.class, table.methods.iter().map(name).collect()))
        }
        let windows = by::<Windows>().chain(by::<Synthetic>());
        by::<Hyperv>().chain(windows).collect()
    }
}
