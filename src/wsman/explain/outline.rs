//! The outline of a tree: a title, and below it one line a value.

use std::fmt;

use crate::cim::{ClassSchema, ElementSchema, Instance, Properties, Reference, Value};
use crate::printable::printable;

use super::tree::{Fields, Node, type_of};

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outline = Outline::default();
        outline.line(&self.title);
        outline.inside(|outline| outline.fields(self));
        f.write_str(outline.text.trim_end_matches('\n'))
    }
}

/// Lines, each indented by its depth.
#[derive(Default)]
struct Outline {
    text: String,
    depth: usize,
}

impl Outline {
    /// Adds a line, with the characters escaped that a terminal interprets.
    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(&printable(line.trim_end()));
        self.text.push('\n');
    }

    fn inside(&mut self, add: impl FnOnce(&mut Self)) {
        self.depth += 1;
        add(self);
        self.depth -= 1;
    }

    /// Adds rows with the cells of each column below each other.
    fn rows<const N: usize>(&mut self, rows: &[[String; N]]) {
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<_> = (0..N).map(width).collect();
        for row in rows {
            let cells = row.iter().zip(&widths);
            let cells: Vec<_> = cells
                .map(|(cell, width)| format!("{cell:width$}"))
                .collect();
            self.line(&cells.join("  "));
        }
    }

    /// Adds the short values first, one a line, then those that need several lines.
    fn fields(&mut self, fields: &Fields) {
        let displayed = || fields.fields.iter().filter(|field| field.is_displayed);
        let short = displayed().filter_map(|field| {
            let text = short(&field.node)?;
            Some([label(field.name), text]).filter(|[_, text]| !text.is_empty())
        });
        self.rows(&short.collect::<Vec<_>>());
        for field in displayed() {
            self.long(&label(field.name), &field.node);
        }
    }

    /// Adds a value that needs several lines.
    fn long(&mut self, label: &str, node: &Node) {
        match node {
            Node::List(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    self.item(&format!("{}.", index + 1), node);
                }
            }
            Node::Fields(fields) if fields.fields.iter().any(|field| field.is_displayed) => {
                self.line(match fields.title.as_str() {
                    "" => label,
                    title => title,
                });
                self.inside(|outline| outline.fields(fields));
            }
            Node::Instance(instance) => self.instance(label, instance),
            Node::Values(values) => self.values(label, values),
            Node::Keys(reference) => self.keys(label, reference),
            Node::Declaration(class) => self.declaration(class),
            _ => {}
        }
    }

    /// Adds an item of a list. One with a single value needs no title.
    fn item(&mut self, number: &str, node: &Node) {
        let Node::Fields(fields) = node else { return };
        match &fields.fields[..] {
            [only] if fields.title.is_empty() => match short(&only.node) {
                Some(text) => self.line(&format!("{number} {text}")),
                None => self.long(number, &only.node),
            },
            _ => {
                self.line(&format!("{number} {}", fields.title));
                self.inside(|outline| outline.fields(fields));
            }
        }
    }

    fn instance(&mut self, label: &str, instance: &Instance) {
        let class = instance.class().map(ToString::to_string);
        let class = class.unwrap_or_else(|| "without a class".to_owned());
        self.values(&format!("{label} {class}"), instance.properties());
    }

    fn values(&mut self, label: &str, values: &Properties) {
        let rows = values
            .iter()
            .map(|(name, value)| [name.to_owned(), type_of(value), text_of(value)]);
        self.titled(label, &rows.collect::<Vec<_>>());
    }

    fn keys(&mut self, label: &str, reference: &Reference) {
        let rows = reference.keys().map(|(name, value)| {
            let text = value.as_text().map(Into::into);
            [name.to_owned(), text.unwrap_or_else(|| value.to_string())]
        });
        self.titled(label, &rows.collect::<Vec<_>>());
    }

    fn titled<const N: usize>(&mut self, title: &str, rows: &[[String; N]]) {
        if !rows.is_empty() {
            self.line(title);
            self.inside(|outline| outline.rows(rows));
        }
    }

    fn declaration(&mut self, class: &ClassSchema) {
        if let Some(superclass) = &class.superclass {
            self.line(&format!("Extends {superclass}"));
        }
        let properties: Vec<_> = class.properties.iter().map(declared).collect();
        self.titled("Properties", &properties);
        for method in &class.methods {
            self.line(&format!("Method {} {}", method.return_type, method.name));
            let rows = method.parameters.iter().map(|parameter| {
                let [name, declared] = declared(parameter);
                let way = match (parameter.is_input(), parameter.is_output()) {
                    (true, true) => "in, out",
                    (false, true) => "out",
                    _ => "in",
                };
                [name, way.to_owned(), declared]
            });
            self.inside(|outline| outline.rows(&rows.collect::<Vec<_>>()));
        }
    }
}

/// Returns the text of a value that fits on a line.
fn short(node: &Node) -> Option<String> {
    Some(match node {
        Node::Text(text) => text.trim().to_owned(),
        Node::Number(number) => number.to_string(),
        Node::Flag(flag) => flag.to_string(),
        Node::Code(code) => format!("{code:#010x} ({code})"),
        Node::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(name, text)| format!("{name}={text}"));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Node::Reference(reference) => reference.to_string(),
        Node::Class(class) => class.to_string(),
        Node::List(nodes) => {
            let texts: Option<Vec<_>> = nodes.iter().map(short).collect();
            texts?.join(", ")
        }
        _ => return None,
    })
}

fn text_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        Value::Reference(reference) => reference.to_string(),
        Value::DateTime(time) => time.to_rfc3339().unwrap_or_else(|| time.to_string()),
        Value::Instance(instance) => {
            let values = instance.properties().iter();
            let values: Vec<_> = values
                .map(|(name, value)| format!("{name}={}", text_of(value)))
                .collect();
            format!("{} {{{}}}", instance.class_name(), values.join(", "))
        }
        scalar => scalar.to_text().unwrap_or_default().into_owned(),
    }
}

fn declared(element: &ElementSchema) -> [String; 2] {
    let array = if element.is_array { "[]" } else { "" };
    [element.name.clone(), format!("{}{array}", element.cim_type)]
}

/// Returns the name of a field as words: `resource_uri` as `Resource URI`.
fn label(name: &str) -> String {
    let words = name.split('_').map(|word| match word {
        "uri" => "URI",
        "wsman" => "WSMan",
        word => word,
    });
    let words = words.collect::<Vec<_>>().join(" ");
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}
