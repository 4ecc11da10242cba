//! Declarations of classes.

use cimwire::cim::{
    CimType, ClassPath, ClassSchema, ElementSchema, MethodSchema, Qualifier, Value,
};
use serde::Serialize;

use super::{Output, Render};
use crate::output::report::Failure;

/// A class as its host declares it.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) class: ClassPath,
    pub(crate) schema: ClassSchema,
}

impl Render for Declared {
    fn render(&self, output: Output) -> Result<(), Failure> {
        output.json(&ClassRow::new(&self.class, &self.schema))?;
        let mut lines = lines(&self.class, &self.schema).into_iter();
        lines.try_for_each(|line| output.line(&line))
    }
}

/// A declaration as text, similar to MOF.
fn lines(class: &ClassPath, schema: &ClassSchema) -> Vec<String> {
    let mut title = ClassPath::new(class.namespace(), schema.name.as_str()).to_string();
    if let Some(superclass) = &schema.superclass {
        title.push_str(&format!(" : {superclass}"));
    }
    let mut lines = vec![title];
    if !schema.properties.is_empty() {
        lines.extend([String::new(), "Properties:".to_owned()]);
    }
    for property in &schema.properties {
        let key = if property.is_key() { "key " } else { "" };
        lines.push(format!("  {key}{}", typed(property)));
        lines.extend(names(property.value_map()));
    }
    if !schema.methods.is_empty() {
        lines.extend([String::new(), "Methods:".to_owned()]);
    }
    for method in &schema.methods {
        lines.push(format!("  {}", signature(method)));
        lines.extend(names(method.value_map()));
    }
    lines
}

fn signature(method: &MethodSchema) -> String {
    let parameters: Vec<_> = method.parameters.iter().map(parameter).collect();
    let class = if method.is_static() { "static " } else { "" };
    let parameters = parameters.join(", ");
    format!(
        "{class}{} {}({parameters})",
        method.return_type, method.name
    )
}

fn parameter(parameter: &ElementSchema) -> String {
    let mut words = String::new();
    for (is_so, word) in [
        (parameter.is_required(), "required "),
        (parameter.is_input() && parameter.is_output(), "in out "),
        (!parameter.is_input() && parameter.is_output(), "out "),
    ] {
        if is_so {
            words.push_str(word);
        }
    }
    words + &typed(parameter)
}

fn typed(element: &ElementSchema) -> String {
    let array = if element.is_array { "[]" } else { "" };
    let embedded = match element.embedded_class() {
        Some(class) => format!(" ({class})"),
        None => String::new(),
    };
    format!("{} {}{array}{embedded}", element.cim_type, element.name)
}

fn names(map: Vec<(String, String)>) -> impl Iterator<Item = String> {
    map.into_iter()
        .map(|(value, name)| format!("      {value} = {name}"))
}

/// A declaration as JSON.
#[derive(Serialize)]
struct ClassRow<'a> {
    class: String,
    name: &'a str,
    superclass: Option<&'a str>,
    description: Option<&'a str>,
    properties: Vec<ElementRow<'a>>,
    methods: Vec<MethodRow<'a>>,
}

#[derive(Serialize)]
struct MethodRow<'a> {
    name: &'a str,
    description: Option<&'a str>,
    r#static: bool,
    return_type: String,
    values: Vec<ValueRow>,
    parameters: Vec<ParameterRow<'a>>,
}

#[derive(Serialize)]
struct ParameterRow<'a> {
    #[serde(flatten)]
    element: ElementRow<'a>,
    r#in: bool,
    out: bool,
}

#[derive(Serialize)]
struct ElementRow<'a> {
    name: &'a str,
    description: Option<&'a str>,
    r#type: String,
    /// The class that a reference refers to.
    reference_class: Option<&'a str>,
    /// The class of the instances in a text.
    embedded_class: Option<&'a str>,
    array: bool,
    key: bool,
    required: bool,
    values: Vec<ValueRow>,
}

#[derive(Serialize)]
struct ValueRow {
    value: String,
    name: String,
}

impl<'a> ClassRow<'a> {
    fn new(class: &ClassPath, schema: &'a ClassSchema) -> Self {
        Self {
            class: ClassPath::new(class.namespace(), schema.name.as_str()).to_string(),
            name: &schema.name,
            superclass: schema.superclass.as_deref(),
            description: description(&schema.qualifiers),
            properties: schema.properties.iter().map(ElementRow::from).collect(),
            methods: schema.methods.iter().map(MethodRow::from).collect(),
        }
    }
}

impl<'a> From<&'a MethodSchema> for MethodRow<'a> {
    fn from(method: &'a MethodSchema) -> Self {
        let parameters = method.parameters.iter().map(|parameter| ParameterRow {
            element: parameter.into(),
            r#in: parameter.is_input(),
            out: parameter.is_output(),
        });
        Self {
            name: &method.name,
            description: description(&method.qualifiers),
            r#static: method.is_static(),
            return_type: method.return_type.to_string(),
            values: value_rows(method.value_map()),
            parameters: parameters.collect(),
        }
    }
}

impl<'a> From<&'a ElementSchema> for ElementRow<'a> {
    fn from(element: &'a ElementSchema) -> Self {
        let (name, reference_class) = match &element.cim_type {
            CimType::Reference(class) => ("reference".to_owned(), Some(class.as_str())),
            other => (other.to_string(), None),
        };
        Self {
            name: &element.name,
            description: description(&element.qualifiers),
            r#type: name,
            reference_class,
            embedded_class: element.embedded_class(),
            array: element.is_array,
            key: element.is_key(),
            required: element.is_required(),
            values: value_rows(element.value_map()),
        }
    }
}

fn description(qualifiers: &[Qualifier]) -> Option<&str> {
    let mut named = qualifiers
        .iter()
        .filter(|qualifier| qualifier.name.eq_ignore_ascii_case("Description"));
    named
        .next()
        .map(|qualifier| &qualifier.value)
        .and_then(Value::as_str)
}

fn value_rows(map: Vec<(String, String)>) -> Vec<ValueRow> {
    map.into_iter()
        .map(|(value, name)| ValueRow { value, name })
        .collect()
}
