//! What the host knows of a class: where it lives, how it is addressed, what it has and does.

use crate::cim::{ClassPath, Instance, Properties, Reference, Value};

use super::change::Writing;
use super::rows::Rows;
use super::{Host, Moment};

/// A class of the simulated host, and where its instances come from.
///
/// What a class does not have is taken from [`Class::PLAIN`].
pub(crate) struct Class {
    pub(crate) namespace: &'static str,
    pub(crate) name: &'static str,
    /// Its superclasses, the nearest first.
    pub(crate) bases: &'static [&'static str],
    pub(crate) keys: &'static [&'static str],
    pub(crate) addressing: Addressing,
    /// All its properties, inherited ones included, in the alphabetical order in which WinRM sends them.
    pub(crate) properties: &'static [Property],
    pub(crate) methods: &'static [Method],
    /// Its instances at a moment.
    pub(crate) instances: fn(&Host, Moment) -> Rows,
    /// What Put, Create and Delete do.
    pub(crate) writing: Writing,
    /// Whether it has no instances of its own.
    pub(crate) is_abstract: bool,
    /// Where its provider tells of events, so that nobody needs to look for them: the properties of whose changes it says
    /// nothing.
    pub(crate) tells_all_but: Option<&'static [&'static str]>,
}

/// Which keys select an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Addressing {
    /// All of them.
    AllKeys,
    /// `CreationClassName` and whatever others are given, as measured on services of Hyper-V.
    CreationClassName,
    /// Whatever is given, nothing included: the class has the qualifier Singleton.
    Singleton,
}

/// A property of a class, or a parameter of a method.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) is_array: bool,
    /// The class of what it refers to, or of the instance that is embedded in it.
    pub(crate) class: Option<&'static str>,
    /// Whether Put changes it.
    pub(crate) is_writable: bool,
    /// The values that have names, each with its name (`ValueMap` and `Values`).
    pub(crate) values: &'static [(&'static str, &'static str)],
}

/// The CIM type of a value (DSP0004). A `datetime` is a time or an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Boolean,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Sint8,
    Sint16,
    String,
    DateTime,
    Reference,
    /// An instance as elements. One that Hyper-V takes as CIM-XML is a string here.
    Object,
}

/// A method, and what runs when it is called. It returns a `uint32`.
pub(crate) struct Method {
    pub(crate) name: &'static str,
    pub(crate) inputs: &'static [Property],
    pub(crate) outputs: &'static [Property],
    pub(crate) call: Run,
    /// Whether it is a method of the class, and needs no instance.
    pub(crate) is_static: bool,
}

/// What runs when a method is called.
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

/// What a method gives back.
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

/// A scalar property.
pub(super) const fn one(name: &'static str, kind: Kind) -> Property {
    Property {
        name,
        kind,
        is_array: false,
        class: None,
        is_writable: false,
        values: &[],
    }
}

/// An array property.
pub(super) const fn many(name: &'static str, kind: Kind) -> Property {
    Property {
        is_array: true,
        ..one(name, kind)
    }
}

/// A method of an instance.
pub(super) const fn method(
    name: &'static str,
    inputs: &'static [Property],
    outputs: &'static [Property],
    call: Run,
) -> Method {
    Method {
        name,
        inputs,
        outputs,
        call,
        is_static: false,
    }
}

impl Property {
    /// Says of which class the instance is that it refers to, or that is embedded in it.
    pub(super) const fn of(mut self, class: &'static str) -> Self {
        self.class = Some(class);
        self
    }

    pub(super) const fn writable(mut self) -> Self {
        self.is_writable = true;
        self
    }

    /// Names its values.
    pub(super) const fn valued(mut self, values: &'static [(&'static str, &'static str)]) -> Self {
        self.values = values;
        self
    }
}

impl Method {
    /// Makes it a method of the class.
    pub(super) const fn of_class(mut self) -> Self {
        self.is_static = true;
        self
    }
}

impl Kind {
    /// The name of the type in MOF and CIM-XML.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Boolean => "boolean",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Sint8 => "sint8",
            Self::Sint16 => "sint16",
            Self::DateTime => "datetime",
            Self::Reference => "reference",
            Self::String | Self::Object => "string",
        }
    }
}

impl Class {
    /// What a class has that says nothing else.
    pub(super) const PLAIN: Self = Self {
        namespace: "",
        name: "",
        bases: &[],
        keys: &[],
        addressing: Addressing::AllKeys,
        properties: &[],
        methods: &[],
        instances: |_, _| Rows::none(),
        writing: Writing::NONE,
        is_abstract: false,
        tells_all_but: None,
    };

    /// Whether its instances tie others together: its keys are references.
    pub(crate) fn is_association(&self) -> bool {
        self.ends().next().is_some()
    }

    /// The properties that refer to what an association ties together.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &'static Property> {
        let properties = self.properties.iter();
        properties
            .filter(|property| property.kind == Kind::Reference && self.has_key(property.name))
    }

    pub(crate) fn path(&self) -> ClassPath {
        ClassPath::new(self.namespace, self.name)
    }

    pub(crate) fn is_in(&self, namespace: &str) -> bool {
        self.namespace.eq_ignore_ascii_case(namespace)
    }

    /// Whether the class is the one of that name, or derives from it.
    pub(crate) fn is_a(&self, name: &str) -> bool {
        self.is_named(name)
            || self
                .bases
                .iter()
                .any(|base| base.eq_ignore_ascii_case(name))
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    pub(crate) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties
            .iter()
            .find(|property| property.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn has_key(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.eq_ignore_ascii_case(name))
    }

    /// A method. Windows compares the names of methods exactly.
    pub(crate) fn method(&self, name: &str) -> Option<&'static Method> {
        self.methods.iter().find(|method| method.name == name)
    }

    /// An instance with these values, and null for everything else: for an array, no element at all.
    pub(super) fn instance(
        &self,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Instance {
        let mut given: Vec<_> = values.into_iter().collect();
        let mut instance = Instance::new(self.path());
        for property in self.properties {
            let at = given.iter().position(|(name, _)| *name == property.name);
            let value = match at {
                Some(at) => given.swap_remove(at).1,
                None if property.is_array => Value::Array(Vec::new()),
                None => Value::Null,
            };
            instance.set(property.name, value);
        }
        for (name, value) in given {
            instance.set(name, value);
        }
        instance
    }

    /// An instance without values.
    pub(crate) fn blank(&self) -> Instance {
        self.instance([])
    }

    /// The reference to an instance of this class.
    pub(crate) fn reference(&self, instance: &Instance) -> Reference {
        let reference = Reference::new(self.namespace, self.name);
        self.keys
            .iter()
            .fold(reference, |reference, key| match instance.value(key) {
                Some(Value::Reference(end)) => reference.with_key(*key, (**end).clone()),
                value => {
                    let text = value.and_then(Value::to_text).unwrap_or_default();
                    reference.with_key(*key, text.into_owned())
                }
            })
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
