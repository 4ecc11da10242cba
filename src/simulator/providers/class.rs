//! The declared classes of the host.

use std::sync::LazyLock;

use crate::cim::{
    CimType, ClassPath, ClassSchema, ElementSchema, Instance, MethodSchema, Reference, Repository,
    Value,
};
use crate::wsman::declared_classes;

use super::namespaces::V2;

/// A declared class.
pub(crate) struct Class {
    /// The declaration without what it inherits.
    own: &'static ClassSchema,
    /// The declaration with what it inherits, its properties in the alphabetical order in which WinRM sends them.
    whole: ClassSchema,
    /// Its superclasses, the nearest first.
    bases: Vec<&'static str>,
    keys: Vec<String>,
    /// The keys without which no instance is selected.
    required_keys: Vec<String>,
    namespace: &'static str,
}

/// Reports whether the host has a namespace.
pub(crate) fn has_namespace(namespace: &str) -> bool {
    CLASSES.iter().any(|class| class.is_in(namespace))
}

/// Returns all classes.
pub(super) fn classes() -> impl Iterator<Item = &'static Class> {
    CLASSES.iter()
}

/// Returns the class of that name, in any case.
pub(crate) fn class(namespace: &str, name: &str) -> Option<&'static Class> {
    CLASSES
        .iter()
        .find(|class| class.is_in(namespace) && class.is_named(name))
}

/// Returns the class of that name and all that derive from it.
pub(crate) fn family(namespace: &str, name: &str) -> Vec<&'static Class> {
    let members = CLASSES.iter();
    members
        .filter(|class| class.is_in(namespace) && class.is_a(name))
        .collect()
}

/// Returns the classes of a namespace.
pub(crate) fn classes_in(namespace: &str) -> impl Iterator<Item = &'static Class> {
    CLASSES.iter().filter(move |class| class.is_in(namespace))
}

/// Returns the associations of a namespace.
pub(crate) fn associations(namespace: &str) -> impl Iterator<Item = &'static Class> {
    classes_in(namespace).filter(|class| class.is_association())
}

/// Reports whether values of a property are instances as elements. Those that Hyper-V takes as CIM-XML are strings.
pub(crate) fn is_embedded(property: &ElementSchema) -> bool {
    property.qualifier("EmbeddedInstance").is_some()
        || property.qualifier("EmbeddedObject").is_some()
}

impl Class {
    fn new(
        repository: &'static Repository,
        namespace: &'static str,
        name: &'static str,
    ) -> Option<Self> {
        let path = ClassPath::new(namespace, name);
        let mut whole = repository.class(&path)?;
        whole
            .properties
            .sort_by_key(|property| property.name.to_ascii_lowercase());
        let keys: Vec<_> = whole.keys().map(|key| key.name.clone()).collect();
        let superclasses = repository.chain(&path);
        Some(Self {
            own: repository.declared(&path)?,
            bases: superclasses
                .filter_map(|class| class.superclass.as_deref())
                .collect(),
            required_keys: required_keys(repository, &path, &whole, &keys),
            keys,
            whole,
            namespace,
        })
    }

    pub(crate) fn name(&self) -> &'static str {
        &self.own.name
    }

    pub(super) fn namespace(&self) -> &'static str {
        self.namespace
    }

    /// Returns the declaration without what it inherits.
    pub(crate) fn own(&self) -> &'static ClassSchema {
        self.own
    }

    /// Returns the declaration with what it inherits.
    pub(crate) fn whole(&self) -> &ClassSchema {
        &self.whole
    }

    pub(crate) fn keys(&self) -> &[String] {
        &self.keys
    }

    /// Returns the keys without which no instance is selected; a singleton has none.
    pub(crate) fn required_keys(&self) -> &[String] {
        &self.required_keys
    }

    /// Reports whether the class is an association: its keys are references.
    pub(crate) fn is_association(&self) -> bool {
        self.ends().next().is_some()
    }

    /// Returns the names of the keys that refer to the ends of an association.
    pub(crate) fn ends(&self) -> impl Iterator<Item = &str> {
        let keys = self.whole.keys();
        keys.filter(|key| matches!(key.cim_type, CimType::Reference(_)))
            .map(|key| key.name.as_str())
    }

    pub(crate) fn path(&self) -> ClassPath {
        ClassPath::new(self.namespace, self.name())
    }

    pub(crate) fn is_in(&self, namespace: &str) -> bool {
        self.namespace.eq_ignore_ascii_case(namespace)
    }

    /// Reports whether the class has that name, or derives from a class that does.
    pub(crate) fn is_a(&self, name: &str) -> bool {
        self.is_named(name)
            || self
                .bases
                .iter()
                .any(|base| base.eq_ignore_ascii_case(name))
    }

    pub(crate) fn is_named(&self, name: &str) -> bool {
        self.name().eq_ignore_ascii_case(name)
    }

    pub(crate) fn property(&self, name: &str) -> Option<&ElementSchema> {
        self.whole.property(name)
    }

    pub(crate) fn has_key(&self, name: &str) -> bool {
        self.keys.iter().any(|key| key.eq_ignore_ascii_case(name))
    }

    /// Returns a method. Windows compares the names of methods exactly.
    pub(crate) fn method(&self, name: &str) -> Option<&MethodSchema> {
        let mut methods = self.whole.methods.iter();
        methods.find(|method| method.name == name)
    }

    /// Makes an instance with these values, and null for every other property that the class declares; an array without
    /// a value gets no element.
    pub(super) fn instance(
        &self,
        values: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Instance {
        let mut given: Vec<_> = values.into_iter().collect();
        let mut instance = Instance::new(self.path());
        for property in &self.whole.properties {
            let at = given.iter().position(|(name, _)| *name == property.name);
            let value = match at {
                Some(at) => given.swap_remove(at).1,
                None if property.is_array => Value::Array(Vec::new()),
                None => Value::Null,
            };
            debug_assert!(
                is_of(property, &value),
                "{}.{} is declared as {}, not {value:?}",
                self.name(),
                property.name,
                property.cim_type
            );
            instance.set(property.name.as_str(), value);
        }
        debug_assert!(given.is_empty(), "{} declares no {given:?}", self.name());
        instance
    }

    /// Makes an instance without values.
    pub(crate) fn blank(&self) -> Instance {
        self.instance([])
    }

    /// Returns the reference to an instance of this class.
    pub(crate) fn reference(&self, instance: &Instance) -> Reference {
        let reference = Reference::new(self.namespace, self.name());
        self.keys
            .iter()
            .fold(reference, |reference, key| match instance.value(key) {
                Some(Value::Reference(end)) => reference.with_key(key.as_str(), (**end).clone()),
                value => {
                    let text = value.and_then(Value::to_text).unwrap_or_default();
                    reference.with_key(key.as_str(), text.into_owned())
                }
            })
    }
}

/// Services of Hyper-V are selected by `CreationClassName` and any other keys, as measured; a class with the qualifier
/// Singleton by any keys; instances of other classes by all of them.
fn required_keys(
    repository: &Repository,
    path: &ClassPath,
    whole: &ClassSchema,
    keys: &[String],
) -> Vec<String> {
    let mut qualifiers = whole.qualifiers.iter();
    if qualifiers.any(|one| one.name == "Singleton" && one.value == Value::Boolean(true)) {
        return Vec::new();
    }
    if path.namespace() == V2 && repository.is_a(path, "CIM_Service") {
        return vec!["CreationClassName".to_owned()];
    }
    keys.to_vec()
}

/// Reports whether a value is of the declared type, or null.
pub(super) fn is_of(property: &ElementSchema, value: &Value) -> bool {
    let is_one = |value: &Value| match value {
        Value::Null => true,
        Value::Instance(_) => is_embedded(property),
        value => property.cim_type.convert(value).as_ref() == Ok(value),
    };
    match value {
        Value::Array(values) => property.is_array && values.iter().all(is_one),
        Value::Null => true,
        value => !property.is_array && is_one(value),
    }
}

static CLASSES: LazyLock<Vec<Class>> = LazyLock::new(|| all(declared_classes()));

/// Returns the classes of all namespaces.
fn all(repository: &'static Repository) -> Vec<Class> {
    let classes = |namespace: &'static str| {
        let names = repository.names(namespace);
        names.filter_map(move |name| Class::new(repository, namespace, name))
    };
    repository.namespaces().flat_map(classes).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn classes_of_every_namespace_are_known() {
        let mut repository = Repository::default();
        repository.add(
            "root/Microsoft/Windows/Storage",
            ClassSchema::new("MSFT_Disk"),
        );
        repository.add(
            "root/wmi",
            ClassSchema::new("MSAcpi_ThermalZoneTemperature"),
        );
        let classes = all(Box::leak(Box::new(repository)));
        let paths: Vec<_> = classes
            .iter()
            .map(|class| class.path().to_string())
            .collect();
        let expected = [
            "root/Microsoft/Windows/Storage:MSFT_Disk",
            "root/wmi:MSAcpi_ThermalZoneTemperature",
        ];
        assert_eq!(paths, expected);
    }

    #[test]
    fn every_declaration_is_compiled_in() {
        fn expect_classes(folder: &Path, namespace: &str) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap();
                if path.is_dir() {
                    expect_classes(&path, format!("{namespace}/{name}").trim_start_matches('/'));
                } else {
                    let is_known = class(namespace, name).is_some();
                    assert!(
                        is_known,
                        "{namespace}:{name}: see \"Add a class\" of CONTRIBUTING"
                    );
                }
            }
        }
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("xml-fixtures");
        expect_classes(&fixtures.join("classes"), "");
    }

    #[test]
    fn a_row_with_a_value_of_another_type_is_noticed() {
        let class = class(V2, "Msvm_ConcreteJob").unwrap();
        let percent = class.property("PercentComplete").unwrap();
        assert!(is_of(percent, &Value::Uint16(1)) && is_of(percent, &Value::Null));
        assert!(!is_of(percent, &Value::Uint32(1)));
        assert!(!is_of(percent, &Value::Array(vec![Value::Uint16(1)])));
        let status = class.property("OperationalStatus").unwrap();
        assert!(is_of(status, &Value::Array(vec![Value::Uint16(1)])));
        assert!(!is_of(status, &Value::Uint16(1)));
    }
}
