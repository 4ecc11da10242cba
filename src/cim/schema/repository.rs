//! A repository of class declarations, by namespace and name.

use std::collections::BTreeMap;

use super::{ClassSchema, ElementSchema};
use crate::cim::ClassPath;

/// A set of class declarations without inherited members. Inherited members are added on request, along the chain of
/// superclasses.
///
/// Names of namespaces and classes match in any case, as in CIM.
///
/// ```
/// use cimwire::cim::{ClassPath, ClassSchema, Repository};
///
/// let mut repository = Repository::default();
/// repository.add("root/x", ClassSchema::new("CIM_Job"));
/// let mut job = ClassSchema::new("Msvm_ConcreteJob");
/// job.superclass = Some("CIM_Job".to_owned());
/// repository.add("root/x", job);
/// let job = ClassPath::new("root/x", "msvm_concretejob");
/// assert!(repository.is_a(&job, "CIM_Job"));
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repository {
    classes: BTreeMap<Key, ClassSchema>,
    /// The namespaces as they were added, by their names in lower case.
    namespaces: BTreeMap<String, String>,
}

/// The key of a declaration: namespace and class name, in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key(String, String);

impl Key {
    fn new(namespace: &str, class: &str) -> Self {
        Self(namespace.to_ascii_lowercase(), class.to_ascii_lowercase())
    }
}

impl Repository {
    /// Adds a declaration, or replaces the one of the same name.
    pub fn add(&mut self, namespace: &str, class: ClassSchema) {
        let key = Key::new(namespace, &class.name);
        let spelling = self.namespaces.entry(key.0.clone());
        spelling.or_insert_with(|| namespace.to_owned());
        self.classes.insert(key, class);
    }

    /// Returns the namespaces that have classes, in alphabetical order.
    pub fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.values().map(String::as_str)
    }

    /// Returns the names of the classes declared in a namespace, in alphabetical order.
    pub fn names(&self, namespace: &str) -> impl Iterator<Item = &str> {
        let namespace = namespace.to_ascii_lowercase();
        self.classes
            .iter()
            .filter(move |(key, _)| key.0 == namespace)
            .map(|(_, class)| class.name.as_str())
    }

    /// Returns the declaration of a class, without inherited members.
    #[must_use]
    pub fn declared(&self, class: &ClassPath) -> Option<&ClassSchema> {
        self.classes.get(&Key::new(class.namespace(), class.name()))
    }

    /// Returns the declarations of a class and its superclasses, beginning with the class.
    ///
    /// The chain ends at a superclass that is not declared. Its length is bounded, so a cycle of superclasses ends too.
    pub fn chain(&self, class: &ClassPath) -> impl Iterator<Item = &ClassSchema> {
        let namespace = class.namespace().to_owned();
        let first = self.declared(class);
        std::iter::successors(first, move |class| {
            let name = class.superclass.as_deref()?;
            self.classes.get(&Key::new(&namespace, name))
        })
        .take(LONGEST_CHAIN)
    }

    /// Returns the declaration of a class with inherited members. A member that is declared again replaces the
    /// inherited one; a key remains a key.
    #[must_use]
    pub fn class(&self, class: &ClassPath) -> Option<ClassSchema> {
        let mut chain = self.chain(class);
        let mut whole = chain.next()?.clone();
        for inherited in chain {
            for property in &inherited.properties {
                match whole
                    .properties
                    .iter_mut()
                    .find(|own| is_same(own, property))
                {
                    None => whole.properties.push(property.clone()),
                    Some(own) if property.is_key() && !own.is_key() => {
                        let key = property.qualifier("Key").cloned();
                        own.qualifiers.extend(key);
                    }
                    Some(_) => {}
                }
            }
            for method in &inherited.methods {
                let mut own = whole.methods.iter();
                if !own.any(|own| own.name.eq_ignore_ascii_case(&method.name)) {
                    whole.methods.push(method.clone());
                }
            }
        }
        Some(whole)
    }

    /// Reports whether a class has this name or derives from a class of this name, as far as the classes are declared.
    #[must_use]
    pub fn is_a(&self, class: &ClassPath, base: &str) -> bool {
        class.name().eq_ignore_ascii_case(base)
            || self.chain(class).any(|declared| {
                let superclass = declared.superclass.as_deref();
                superclass.is_some_and(|name| name.eq_ignore_ascii_case(base))
            })
    }

    /// Reports whether a class is `base` or derives from it. Returns `None` if that is not known: if one of the two, or a
    /// superclass between the class and its root, is not declared.
    ///
    /// ```
    /// use cimwire::cim::{ClassPath, ClassSchema, Repository};
    ///
    /// let mut repository = Repository::default();
    /// repository.add("root/x", ClassSchema::new("CIM_Job"));
    /// repository.add("root/x", ClassSchema::new("CIM_Process"));
    /// let [job, process, other] =
    ///     ["CIM_Job", "CIM_Process", "CIM_Other"].map(|name| ClassPath::new("root/x", name));
    /// assert_eq!(repository.derives(&job, &process), Some(false));
    /// assert_eq!(repository.derives(&job, &other), None);
    /// ```
    #[must_use]
    pub fn derives(&self, class: &ClassPath, base: &ClassPath) -> Option<bool> {
        if self.is_a(class, base.name()) {
            return Some(true);
        }
        let root = self.chain(class).last()?;
        (root.superclass.is_none() && self.declared(base).is_some()).then_some(false)
    }
}

fn is_same(one: &ElementSchema, other: &ElementSchema) -> bool {
    one.name.eq_ignore_ascii_case(&other.name)
}

/// The longest chain of superclasses. CIM's hierarchies are less than ten classes deep; the bound ends cycles.
const LONGEST_CHAIN: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::{CimType, Qualifier, Value};

    fn class(name: &str, superclass: Option<&str>, properties: &[(&str, bool)]) -> ClassSchema {
        let property = |&(name, is_key): &(&str, bool)| ElementSchema {
            name: name.to_owned(),
            cim_type: CimType::String,
            is_array: false,
            qualifiers: is_key
                .then(|| Qualifier {
                    name: "key".to_owned(),
                    value: Value::Boolean(true),
                })
                .into_iter()
                .collect(),
        };
        ClassSchema {
            name: name.to_owned(),
            superclass: superclass.map(str::to_owned),
            properties: properties.iter().map(property).collect(),
            ..ClassSchema::default()
        }
    }

    fn repository() -> Repository {
        let mut repository = Repository::default();
        repository.add("root/x", class("A", None, &[("Id", true), ("Name", false)]));
        repository.add(
            "root/x",
            class("B", Some("a"), &[("id", false), ("Size", false)]),
        );
        repository.add("root/y", class("B", None, &[]));
        repository
    }

    #[test]
    fn joins_the_superclasses_and_keeps_keys() {
        let b = repository().class(&ClassPath::new("ROOT/X", "b")).unwrap();
        let names: Vec<_> = b
            .properties
            .iter()
            .map(|property| property.name.as_str())
            .collect();
        assert_eq!(names, ["id", "Size", "Name"]);
        let keys: Vec<_> = b.keys().map(|key| key.name.as_str()).collect();
        assert_eq!(keys, ["id"], "declared again without the qualifier");
    }

    #[test]
    fn namespaces_are_apart() {
        let repository = repository();
        assert!(
            repository
                .class(&ClassPath::new("root/y", "B"))
                .unwrap()
                .properties
                .is_empty()
        );
        assert_eq!(repository.class(&ClassPath::new("root/y", "A")), None);
        assert_eq!(repository.names("root/X").collect::<Vec<_>>(), ["A", "B"]);
    }

    #[test]
    fn a_circle_of_superclasses_ends() {
        let mut repository = Repository::default();
        repository.add("n", class("A", Some("B"), &[]));
        repository.add("n", class("B", Some("A"), &[]));
        let a = ClassPath::new("n", "A");
        assert!(repository.chain(&a).count() <= LONGEST_CHAIN);
        assert!(repository.is_a(&a, "B") && !repository.is_a(&a, "C"));
    }

    #[test]
    fn what_is_not_declared_is_not_known_to_derive() {
        let mut repository = repository();
        repository.add("root/x", class("C", Some("Undeclared"), &[]));
        for (class, base, expected) in [
            ("B", "A", Some(true)),
            ("B", "b", Some(true)),
            ("A", "B", Some(false)),
            ("C", "Undeclared", Some(true)),
            ("C", "A", None),
            ("A", "Undeclared", None),
            ("Undeclared", "A", None),
        ] {
            let path = |name| ClassPath::new("root/x", name);
            assert_eq!(
                repository.derives(&path(class), &path(base)),
                expected,
                "{class} and {base}"
            );
        }
    }
}
