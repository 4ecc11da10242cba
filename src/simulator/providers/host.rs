//! One host: its providers, among which a class finds its own.

use std::any::Any;

use crate::cim::Instance;

use super::call::{Call, CallError, Change, ChangeError, Output};
use super::class::Class;
use super::clock::Moment;
use super::config::HostConfig;
use super::hyperv::{Hyperv, Order};
use super::peers::Peers;
use super::provider::{EventSource, Provider};
use super::rows::Rows;
use super::synthetic::Synthetic;
use super::windows::Windows;

/// The providers of a host.
#[derive(Debug)]
pub(crate) struct Host {
    name: String,
    providers: [Box<dyn Provider>; 3],
}

/// A host at a moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Snapshot<'h> {
    host: &'h Host,
    now: Moment,
}

impl<'h> Snapshot<'h> {
    /// Returns the name of the host.
    pub(crate) fn name(self) -> &'h str {
        &self.host.name
    }

    /// Makes the instances of a class, without those of derived classes. A class without a provider has none.
    pub(crate) fn instances(self, class: &Class) -> Rows {
        let mut providers = self.host.providers.iter();
        let provider = providers.find(|one| one.events(class).is_some());
        provider.map_or_else(Rows::none, |one| one.instances(class, self.now))
    }
}

impl Host {
    /// Returns a host that was booted now.
    pub(crate) fn new(config: &HostConfig, now: Moment) -> Self {
        Self {
            name: config.name.clone(),
            providers: [
                Box::new(Hyperv::new(config, now)),
                Box::new(Windows::new(&config.name, now)),
                Box::new(Synthetic::new(config.synthetic, now)),
            ],
        }
    }

    /// Returns the origin of the events of a class.
    pub(crate) fn events(&self, class: &Class) -> EventSource {
        let mut providers = self.providers.iter();
        let events = providers.find_map(|one| one.events(class));
        events.unwrap_or(EventSource::Polling)
    }

    /// Reports whether a class takes a kind of change.
    pub(crate) fn takes(&self, class: &Class, change: Change) -> bool {
        self.providers.iter().any(|one| one.takes(class, change))
    }

    /// Returns the host as it is at a moment.
    pub(crate) fn at(&self, now: Moment) -> Snapshot<'_> {
        Snapshot { host: self, now }
    }

    /// Returns the states of the providers, each with the name of the host.
    pub(crate) fn states(&mut self) -> impl Iterator<Item = (&str, &mut (dyn Any + 'static))> {
        let name = self.name.as_str();
        let providers = self.providers.iter_mut();
        providers.map(move |one| {
            let state: &mut dyn Any = &mut **one;
            (name, state)
        })
    }

    /// Runs a function on the state of Hyper-V.
    fn hyperv<T>(&mut self, run: impl FnOnce(&mut Hyperv) -> T) -> Option<T> {
        let mut states = self.states();
        let hyperv = states.find_map(|(_, state)| state.downcast_mut::<Hyperv>());
        hyperv.map(run)
    }

    /// Carries out an order for a virtual machine. Returns `false` if that is impossible.
    pub(crate) fn order(&mut self, vm: &str, order: Order, peers: &dyn Peers, now: Moment) -> bool {
        let done = self.hyperv(|hyperv| hyperv.order(vm, order, peers, now));
        done.flatten().is_some()
    }

    /// Connects the host to the other hosts of its site, or cuts it off from them.
    pub(crate) fn set_reachable(&mut self, reachable: bool, peers: &dyn Peers, now: Moment) {
        self.hyperv(|hyperv| hyperv.set_reachable(reachable, peers, now));
    }

    /// Restarts the virtualization service.
    pub(crate) fn restart_service(&mut self) {
        self.hyperv(Hyperv::restart);
    }

    /// Runs a method. Returns `None` if no provider implements it.
    pub(crate) fn call(
        &mut self,
        class: &Class,
        method: &str,
        call: &Call<'_>,
    ) -> Option<Result<Output, CallError>> {
        let mut providers = self.providers.iter_mut();
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
        let mut providers = self.providers.iter_mut();
        providers.find_map(|one| one.change(class, change, instance, now))
    }
}
