//! The content of a message as a tree, which serializes as JSON and is displayed as an outline.

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::cim::{
    ClassPath, ClassSchema, DateTime, ElementSchema, Instance, Interval, Properties, Qualifier,
    Reference, Value,
};
use crate::wsman::cim_xml;

/// A value in the tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// No value.
    Missing,
    Text(String),
    Number(usize),
    Flag(bool),
    /// A code of Windows, in hexadecimal.
    Code(u32),
    List(Vec<Self>),
    Fields(Fields),
    /// Named texts, such as options.
    Pairs(Vec<(String, String)>),
    /// The keys of a reference.
    Keys(Reference),
    Reference(Reference),
    Class(ClassPath),
    Instance(Instance),
    Values(Properties),
    Declaration(ClassSchema),
}

/// Named values in order, with a title that says what they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fields {
    pub(super) title: String,
    pub(super) fields: Vec<Field>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// False if the title says it already, or if it is of use for programs only.
    pub(super) is_displayed: bool,
    pub(super) node: Node,
}

impl Fields {
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            fields: Vec::new(),
        }
    }

    /// Adds a value, if there is one.
    pub(crate) fn with(self, name: &'static str, node: impl Into<Node>) -> Self {
        self.add(name, true, node.into())
    }

    /// Adds a value that the outline leaves out, if there is one.
    pub(crate) fn with_hidden(self, name: &'static str, node: impl Into<Node>) -> Self {
        self.add(name, false, node.into())
    }

    fn add(mut self, name: &'static str, is_displayed: bool, node: Node) -> Self {
        if node != Node::Missing {
            self.fields.push(Field {
                name,
                is_displayed,
                node,
            });
        }
        self
    }

    /// Adds the values of others after these.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.fields.extend(others.fields);
        self
    }

    /// Renames a field.
    pub(crate) fn renamed(mut self, name: &str, other: &'static str) -> Self {
        for field in self.fields.iter_mut().filter(|field| field.name == name) {
            field.name = other;
        }
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Node> {
        let mut fields = self.fields.iter();
        fields
            .find(|field| field.name == name)
            .map(|field| &field.node)
    }

    pub(crate) fn title(&self) -> &str {
        &self.title
    }

    /// Removes the title, where the fields around these say it.
    pub(crate) fn untitled(mut self) -> Self {
        self.title.clear();
        self
    }
}

macro_rules! from {
    ($($type:ty => $variant:ident,)*) => {
        $(impl From<$type> for Node {
            fn from(value: $type) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

from! {
    String => Text,
    usize => Number,
    bool => Flag,
    Vec<Node> => List,
    Fields => Fields,
    Reference => Reference,
    ClassPath => Class,
    Instance => Instance,
    Properties => Values,
    ClassSchema => Declaration,
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl<N> From<Option<N>> for Node
where
    Self: From<N>,
{
    fn from(value: Option<N>) -> Self {
        value.map_or(Self::Missing, Self::from)
    }
}

impl From<Vec<String>> for Node {
    fn from(texts: Vec<String>) -> Self {
        Self::List(texts.into_iter().map(Self::Text).collect())
    }
}

impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Missing => serializer.serialize_unit(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Number(number) => number.serialize(serializer),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Code(code) => serializer.collect_str(&format_args!("{code:#010x}")),
            Self::List(nodes) => serializer.collect_seq(nodes),
            Self::Fields(fields) => fields.serialize(serializer),
            Self::Pairs(pairs) => {
                serializer.collect_map(pairs.iter().map(|(name, text)| (name, text)))
            }
            Self::Keys(reference) => serializer.collect_map(reference.keys()),
            Self::Reference(reference) => serialize_reference(reference, serializer),
            Self::Class(class) => class_fields(class).serialize(serializer),
            Self::Instance(instance) => serialize_instance(instance, serializer),
            Self::Values(values) => serialize_values(values, serializer),
            Self::Declaration(class) => declaration(class).serialize(serializer),
        }
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.fields.iter();
        serializer.collect_map(fields.map(|field| (field.name, &field.node)))
    }
}

fn class_fields(class: &ClassPath) -> Fields {
    Fields::default()
        .with("namespace", class.namespace())
        .with("class", class.name())
}

fn serialize_reference<S: Serializer>(
    reference: &Reference,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let keys = Node::Keys(reference.clone());
    let fields = class_fields(reference.class()).with("keys", keys);
    fields.serialize(serializer)
}

fn serialize_instance<S: Serializer>(
    instance: &Instance,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let class = instance.class().map(class_fields).unwrap_or_default();
    let fields = class.with("properties", instance.properties().clone());
    fields.serialize(serializer)
}

fn serialize_values<S: Serializer>(values: &Properties, serializer: S) -> Result<S::Ok, S::Error> {
    let mut list = serializer.serialize_seq(Some(values.len()))?;
    for (name, value) in values.iter() {
        list.serialize_element(&NamedValue { name, value })?;
    }
    list.end()
}

struct NamedValue<'a> {
    name: &'a str,
    value: &'a Value,
}

impl Serialize for NamedValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", self.name)?;
        map.serialize_entry("type", &type_of(self.value))?;
        map.serialize_entry("value", &Structured(self.value))?;
        map.end()
    }
}

/// A value whose references and instances are objects.
struct Structured<'a>(&'a Value);

impl Serialize for Structured<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Reference(reference) => serialize_reference(reference, serializer),
            Value::Instance(instance) => serialize_instance(instance, serializer),
            Value::Array(values) => serializer.collect_seq(values.iter().map(Structured)),
            value => value.serialize(serializer),
        }
    }
}

fn declaration(class: &ClassSchema) -> Declaration<'_> {
    Declaration {
        name: &class.name,
        superclass: class.superclass.as_deref(),
        qualifiers: Qualifiers(&class.qualifiers),
        properties: class.properties.iter().map(element).collect(),
        methods: class
            .methods
            .iter()
            .map(|method| Method {
                name: &method.name,
                returns: method.return_type.to_string(),
                parameters: method.parameters.iter().map(element).collect(),
                qualifiers: Qualifiers(&method.qualifiers),
            })
            .collect(),
    }
}

fn element(element: &ElementSchema) -> Element<'_> {
    Element {
        name: &element.name,
        cim_type: element.cim_type.to_string(),
        is_array: element.is_array,
        qualifiers: Qualifiers(&element.qualifiers),
    }
}

#[derive(serde::Serialize)]
struct Declaration<'a> {
    name: &'a str,
    superclass: Option<&'a str>,
    qualifiers: Qualifiers<'a>,
    properties: Vec<Element<'a>>,
    methods: Vec<Method<'a>>,
}

#[derive(serde::Serialize)]
struct Method<'a> {
    name: &'a str,
    returns: String,
    parameters: Vec<Element<'a>>,
    qualifiers: Qualifiers<'a>,
}

#[derive(serde::Serialize)]
struct Element<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    cim_type: String,
    is_array: bool,
    qualifiers: Qualifiers<'a>,
}

struct Qualifiers<'a>(&'a [Qualifier]);

impl Serialize for Qualifiers<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let qualifiers = self.0.iter();
        serializer.collect_map(qualifiers.map(|qualifier| (&qualifier.name, &qualifier.value)))
    }
}

/// Returns the type of a value as far as the message tells. Text in the 25-character form of a datetime counts as one.
pub(super) fn type_of(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let first = values.iter().find(|value| !value.is_null());
            return format!("{}[]", first.map_or_else(|| "null".to_owned(), type_of));
        }
        Value::String(text) => type_of_text(text),
        Value::Interval(_) => "interval",
        Value::Reference(_) => "reference",
        Value::Instance(_) => "instance",
        value => cim_xml::type_name(value).unwrap_or("null"),
    }
    .to_owned()
}

fn type_of_text(text: &str) -> &'static str {
    let has_form = text.len() == 25 && text.as_bytes().get(14) == Some(&b'.');
    if has_form && text.parse::<DateTime>().is_ok() {
        "datetime"
    } else if has_form && text.parse::<Interval>().is_ok() {
        "interval"
    } else {
        "text"
    }
}
