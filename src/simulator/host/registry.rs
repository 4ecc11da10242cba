//! The list of providers, and the way from a class to its own.

use crate::cim::MethodSchema;

use super::change::Writing;
use super::class::Class;
use super::clock::Moment;
use super::provider::{Addressing, Provider, Run};
use super::rows::Rows;
use super::state::Host;

impl Class {
    fn provider(&self) -> &'static Provider {
        let mut providers = PROVIDERS.into_iter();
        let own = providers
            .find(|provider| provider.name == self.name() && self.is_in(provider.namespace));
        own.unwrap_or(&NOTHING)
    }

    pub(crate) fn addressing(&self) -> Addressing {
        self.provider().addressing
    }

    pub(crate) fn writing(&self) -> &'static Writing {
        &self.provider().writing
    }

    pub(crate) fn tells_all_but(&self) -> Option<&'static [&'static str]> {
        self.provider().tells_all_but
    }

    /// Makes the instances of the class itself at a moment.
    pub(crate) fn instances(&self, host: &Host, now: Moment) -> Rows {
        (self.provider().instances)(host, now)
    }

    /// Returns what runs a method, if the provider implements it.
    pub(crate) fn run(&self, method: &MethodSchema) -> Option<Run> {
        let mut methods = self.provider().methods.iter();
        let implemented = methods.find(|(name, _)| *name == method.name);
        implemented.map(|(_, run)| *run)
    }

    /// Reports whether a provider makes its instances.
    #[cfg(test)]
    pub(super) fn is_provided(&self) -> bool {
        self.provider().name == self.name()
    }
}

static NOTHING: Provider = Provider::PLAIN;

/// The providers. A class that is declared and has none has no instances.
static PROVIDERS: [&Provider; 14] = [
    &super::vm_class::COMPUTER_SYSTEM,
    &super::job_class::CONCRETE_JOB,
    &super::replication::REPLICATION_SERVICE,
    &super::relationship::REPLICATION_RELATIONSHIP,
    &super::windows::OPERATING_SYSTEM,
    &super::windows::SERVICE,
    &super::process::PROCESS,
    &super::environment::ENVIRONMENT,
    &super::setting_data::SETTING_DATA,
    &super::management_service::MANAGEMENT_SERVICE,
    &super::links::SETTINGS_DEFINE_STATE,
    &super::links::AFFECTED_JOB_ELEMENT,
    &super::links::DEPENDENT_SERVICE,
    &super::synthetic::SYNTHETIC,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_has_a_declared_class_and_declared_methods() {
        for provider in PROVIDERS {
            let class = provider.class();
            let class = class.unwrap_or_else(|| panic!("{} is not declared", provider.name));
            for (method, _) in provider.methods {
                assert!(class.method(method).is_some(), "{} {method}", provider.name);
            }
        }
    }
}
