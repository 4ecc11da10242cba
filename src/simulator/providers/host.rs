//! One host: its providers, among which a class finds its own.

use std::time::Duration;

use crate::cim::Instance;

use super::call::{Call, CallError, Change, ChangeError, Output};
use super::class::Class;
use super::clock::Moment;
use super::hyperv::Hyperv;
use super::provider::{Provider, Registration};
use super::rows::Rows;
use super::synthetic::Synthetic;
use super::windows::Windows;

/// The settings of a host that its providers follow.
#[derive(Clone, Debug)]
pub(crate) struct HostConfig {
    pub(crate) name: String,
    /// The duration of a job.
    pub(crate) pace: Duration,
    /// The number of instances of the synthetic class.
    pub(crate) synthetic: u32,
}

/// The providers of a host.
#[derive(Debug)]
pub(crate) struct Host([Box<dyn Provider>; 3]);

impl Host {
    /// Returns a host that was booted now.
    pub(crate) fn new(config: &HostConfig, now: Moment) -> Self {
        Self([
            Box::new(Hyperv::new(&config.name, config.pace, now)),
            Box::new(Windows::new(&config.name, now)),
            Box::new(Synthetic::new(config.synthetic, now)),
        ])
    }

    /// Returns the registration of a class, which without a provider is the default.
    pub(crate) fn registration(&self, class: &Class) -> Registration {
        let mut found = self.0.iter().filter_map(|one| one.registration(class));
        found.next().unwrap_or(Registration::DEFAULT)
    }

    /// Reports whether a class takes a kind of change.
    pub(crate) fn takes(&self, class: &Class, change: Change) -> bool {
        self.0.iter().any(|one| one.takes(class, change))
    }

    /// Makes the instances of a class, without those of derived classes. A class without a provider has none.
    pub(crate) fn instances(&self, class: &Class, now: Moment) -> Rows {
        let mut provider = self.0.iter();
        let provider = provider.find(|one| one.registration(class).is_some());
        provider.map_or_else(Rows::none, |one| one.instances(class, now))
    }

    /// Runs a method. Returns `None` if no provider implements it.
    pub(crate) fn call(
        &mut self,
        class: &Class,
        method: &str,
        call: &Call<'_>,
    ) -> Option<Result<Output, CallError>> {
        let mut providers = self.0.iter_mut();
        providers.find_map(|one| one.call(class, method, call))
    }

    /// Makes a change. Returns `None` if the class does not take it.
    pub(crate) fn change(
        &mut self,
        class: &Class,
        change: Change,
        instance: &Instance,
        now: Moment,
    ) -> Option<Result<(), ChangeError>> {
        let mut providers = self.0.iter_mut();
        providers.find_map(|one| one.change(class, change, instance, now))
    }
}
