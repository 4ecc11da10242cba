//! Providers: the sources of instances.

use crate::cim::{ClassPath, Instance, Properties, Value};

use super::change::Writing;
use super::class::{Class, class};
use super::clock::Moment;
use super::rows::Rows;
use super::state::Host;

/// A source of the instances of one declared class, which runs its methods and makes its changes.
///
/// The fields that a provider does not set are taken from [`Provider::PLAIN`].
pub(crate) struct Provider {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    pub(crate) addressing: Addressing,
    /// Makes its instances at a moment.
    pub(crate) instances: fn(&Host, Moment) -> Rows,
    /// The methods that it runs, by their declared names. The others are answered with "not implemented".
    pub(crate) methods: &'static [(&'static str, Run)],
    /// The changes that Put, Create and Delete make.
    pub(crate) writing: Writing,
    /// Present if it tells of events itself, so that no query has to poll: the properties whose changes it does not
    /// report.
    pub(crate) tells_all_but: Option<&'static [&'static str]>,
}

/// The keys that select an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// All of them.
    AllKeys,
    /// `CreationClassName` and whatever others are given, as measured on services of Hyper-V.
    CreationClassName,
    /// Any or none: the class has the qualifier Singleton.
    Singleton,
}

/// Runs a method.
pub(crate) type Run = fn(&mut Host, &Call<'_>) -> Result<Output, CallError>;

/// A method call that has been checked against the class.
pub(crate) struct Call<'a> {
    /// The instance that it goes to; for a method of the class, one without values.
    pub(crate) target: &'a Instance,
    /// The input parameters, each of the type that the method declares.
    pub(crate) input: &'a Properties,
    /// The user who calls.
    pub(crate) caller: &'a str,
    pub(crate) now: Moment,
}

/// The output of a method.
#[derive(Debug, PartialEq)]
pub(crate) struct Output {
    /// The output parameters; null ones are named too.
    pub(crate) parameters: Vec<(&'static str, Value)>,
    pub(crate) return_value: u32,
}

/// A call that the provider does not take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallError {
    /// A reference does not carry the keys of its class.
    IncompleteReference,
}

impl Provider {
    /// A provider of a class that has no instances.
    pub(super) const PLAIN: Self = Self {
        namespace: "",
        name: "",
        addressing: Addressing::AllKeys,
        instances: |_, _| Rows::none(),
        methods: &[],
        writing: Writing::NONE,
        tells_all_but: None,
    };

    /// Returns the declared class. A test makes sure that each provider has one.
    pub(super) fn class(&self) -> Option<&'static Class> {
        class(self.namespace, self.name)
    }

    /// Makes an instance with these values, and null for everything else that the class declares: for an array, no
    /// element at all.
    pub(super) fn instance(
        &self,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Instance {
        let class = self.class();
        match class {
            Some(class) => class.instance(values),
            None => Instance::new(ClassPath::new(self.namespace, self.name)),
        }
    }

    pub(super) fn is_a(&self, name: &str) -> bool {
        self.class().is_some_and(|class| class.is_a(name))
    }
}

impl Output {
    pub(super) fn code(return_value: u32) -> Self {
        Self {
            parameters: Vec::new(),
            return_value,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.parameters.push((name, value.into()));
        self
    }
}
