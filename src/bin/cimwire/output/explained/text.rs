//! An explained message for people: a line that says what it is, and what it holds below it.

use cimwire::Fault;
use cimwire::cim::{ClassSchema, ElementSchema, Instance, Properties, Reference};
use cimwire::explain::{
    Answer, Association, Body, Envelope, Explanation, Headers, Page, Request, Requested,
    RequestedFilter,
};
use cimwire::printable;

use super::json::mode_name;
use super::text_http::{http_message, sealed};
use super::{operation_name, type_of};
use crate::output::{rows, table};

/// Returns what a file says.
pub(crate) fn text(file: &str, explanation: &Explanation) -> String {
    let mut outline = Outline::default();
    match explanation {
        Explanation::Envelope(said) => {
            outline.line(&format!("{file}: {}", title(said)));
            outline.inside(|outline| envelope(outline, said));
        }
        Explanation::Http(messages) => {
            outline.line(&format!("{file}: HTTP"));
            outline.inside(|outline| {
                messages
                    .iter()
                    .for_each(|message| http_message(outline, message));
            });
        }
        Explanation::Sealed(body) => {
            outline.line(&format!("{file}: {}", sealed(body)));
        }
        _ => outline.line(&format!("{file}: a message")),
    }
    outline.text
}

/// Lines, each indented as deep as it lies.
#[derive(Default)]
pub(super) struct Outline {
    text: String,
    depth: usize,
}

impl Outline {
    /// Adds a line, with nothing in it that a terminal would act on.
    pub(super) fn line(&mut self, line: &str) {
        self.safe_line(&printable(line));
    }

    fn safe_line(&mut self, line: &str) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
    }

    pub(super) fn inside(&mut self, add: impl FnOnce(&mut Self)) {
        self.depth += 1;
        add(self);
        self.depth -= 1;
    }

    /// Adds names and values, one pair a line, without those that have no value.
    fn pairs(&mut self, pairs: &[(&str, String)]) {
        if pairs.iter().any(|(_, value)| !value.is_empty()) {
            self.block(&table::summary(pairs));
        }
    }

    /// Adds lines that are safe already.
    fn block(&mut self, lines: &str) {
        lines.lines().for_each(|line| self.safe_line(line));
    }

    /// Adds a title, and named values with their types below it.
    fn values(&mut self, title: &str, values: &Properties) {
        if values.is_empty() {
            return;
        }
        self.line(title);
        let rows = values
            .iter()
            .map(|(name, value)| [name.to_owned(), type_of(value), rows::text(value)]);
        let lines = table::aligned(rows);
        self.inside(|outline| outline.block(&lines));
    }

    fn instance(&mut self, title: &str, instance: &Instance) {
        let class = instance.class().map(ToString::to_string);
        let class = class.unwrap_or_else(|| "without a class".to_owned());
        self.values(&format!("{title} {class}"), instance.properties());
    }
}

pub(super) fn title(envelope: &Envelope) -> String {
    match &envelope.body {
        Body::Request(request) => request_title(request),
        Body::Answer(answer) => format!("answer, {}", answer_title(answer)),
        Body::Fault(fault) => format!("fault, {fault}"),
        _ => "an envelope".to_owned(),
    }
}

fn request_title(request: &Request) -> String {
    let name = match &request.operation {
        Requested::Invoke { method, .. } => format!("Invoke {method}"),
        Requested::GetClass(class) => return format!("request, GetClass of {class}"),
        operation => operation_name(operation).to_owned(),
    };
    match &request.target {
        Some(target) => format!("request, {name} of {}", target.class()),
        None => format!("request, {name}"),
    }
}

fn answer_title(answer: &Answer) -> String {
    match answer {
        Answer::Identity(_) => "which product answers".to_owned(),
        Answer::Instance(instance) => match instance.class() {
            Some(class) => format!("an instance of {class}"),
            None => "an instance without a class".to_owned(),
        },
        Answer::Fragment(_) => "a fragment of an instance".to_owned(),
        Answer::Page(page) => {
            let count = page.items.len();
            let what = if count == 1 { "item" } else { "items" };
            let end = match page.context {
                Some(_) => "more to come",
                None => "the last",
            };
            format!("a page of {count} {what}, {end}")
        }
        Answer::Output { method, .. } => format!("the output of {method}"),
        Answer::Subscribed { .. } => "a subscription".to_owned(),
        Answer::Class(class) => format!("the declaration of {}", class.name),
        Answer::Created(_) => "what was created".to_owned(),
        Answer::Empty => "done".to_owned(),
        Answer::Other { element } => element.clone(),
        _ => "something".to_owned(),
    }
}

pub(super) fn envelope(outline: &mut Outline, envelope: &Envelope) {
    match &envelope.body {
        Body::Request(said) => request(outline, said),
        Body::Answer(said) => answer(outline, said),
        Body::Fault(said) => fault(outline, said),
        _ => {}
    }
    headers(outline, &envelope.headers);
}

fn headers(outline: &mut Outline, headers: &Headers) {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let options = headers
        .options
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>();
    outline.pairs(&[
        ("Action", shown(&headers.action)),
        ("Resource URI", shown(&headers.resource_uri)),
        ("Subscription", shown(&headers.subscription)),
        ("To", shown(&headers.to)),
        ("Message id", shown(&headers.message_id)),
        ("Relates to", shown(&headers.relates_to)),
        ("Envelope size", shown(&headers.max_envelope_size)),
        ("Time-out", shown(&headers.operation_timeout)),
        ("Locale", shown(&headers.locale)),
        ("Options", options.join(", ")),
    ]);
}

fn request(outline: &mut Outline, request: &Request) {
    if let Some(target) = &request.target {
        keys(outline, "Keys", target);
    }
    match &request.operation {
        Requested::Get { fragment } => {
            outline.pairs(&[("Property", fragment.clone().unwrap_or_default())]);
        }
        Requested::Put(instance) | Requested::Create(instance) => {
            outline.instance("Instance of", instance);
        }
        Requested::Enumerate {
            filter: said,
            mode,
            polymorphism,
            max_elements,
            ..
        } => {
            outline.pairs(&[
                ("Items", mode_name(*mode).to_owned()),
                ("Subclasses", polymorphism.clone().unwrap_or_default()),
                ("At most", max_elements.clone().unwrap_or_default()),
            ]);
            if let Some(said) = said {
                filter(outline, said);
            }
        }
        Requested::Pull {
            context,
            max_elements,
        } => outline.pairs(&[
            ("Context", context.clone()),
            ("At most", max_elements.clone().unwrap_or_default()),
        ]),
        Requested::Subscribe { filter: Some(said) } => filter(outline, said),
        Requested::Release { context } => outline.pairs(&[("Context", context.clone())]),
        Requested::Invoke { parameters, .. } => outline.values("Parameters", parameters),
        _ => {}
    }
}

fn keys(outline: &mut Outline, title: &str, reference: &Reference) {
    if reference.keys().len() == 0 {
        return;
    }
    outline.line(title);
    let rows = reference.keys().map(|(name, value)| {
        let text = value
            .as_text()
            .map_or_else(|| value.to_string(), Into::into);
        [name.to_owned(), text]
    });
    let lines = table::aligned(rows);
    outline.inside(|outline| outline.block(&lines));
}

fn filter(outline: &mut Outline, filter: &RequestedFilter) {
    match filter {
        RequestedFilter::Wql(text) => outline.pairs(&[("Query", text.clone())]),
        RequestedFilter::Selectors(selectors) => keys(outline, "Those with", selectors),
        RequestedFilter::Association(said) => association(outline, said),
        RequestedFilter::Other { dialect, text } => {
            outline.pairs(&[("Filter", text.clone()), ("Dialect", dialect.clone())]);
        }
        _ => {}
    }
}

fn association(outline: &mut Outline, association: &Association) {
    let shown = |text: &Option<String>| text.clone().unwrap_or_default();
    let lead = if association.references {
        "Associations of"
    } else {
        "Associated with"
    };
    outline.pairs(&[
        (lead, association.object.to_string()),
        ("Association class", shown(&association.association_class)),
        ("Result class", shown(&association.result_class)),
        ("Role", shown(&association.role)),
        ("Result role", shown(&association.result_role)),
    ]);
}

fn answer(outline: &mut Outline, answer: &Answer) {
    match answer {
        Answer::Identity(identity) => outline.pairs(&[
            ("Vendor", identity.product_vendor.clone()),
            ("Version", identity.product_version.clone()),
            ("Protocol", identity.protocol_version.clone()),
            ("Security", identity.security_profiles.join(", ")),
        ]),
        Answer::Instance(instance) => outline.values("Properties", instance.properties()),
        Answer::Fragment(properties) => outline.values("Properties", properties),
        Answer::Page(said) => page(outline, said),
        Answer::Output { parameters, .. } => outline.values("Parameters", parameters),
        Answer::Subscribed {
            context,
            identifier,
        } => outline.pairs(&[
            ("Identifier", identifier.clone().unwrap_or_default()),
            ("Context", context.clone()),
        ]),
        Answer::Class(schema) => class(outline, schema),
        Answer::Created(reference) => outline.pairs(&[("Reference", reference.to_string())]),
        _ => {}
    }
}

fn page(outline: &mut Outline, page: &Page) {
    for (index, item) in page.items.iter().enumerate() {
        let number = index + 1;
        if let Some(reference) = &item.reference {
            outline.line(&format!("{number}. {reference}"));
        }
        if let Some(instance) = &item.instance {
            outline.instance(&format!("{number}."), instance);
        }
    }
    outline.pairs(&[
        ("Broken after", page.broken.clone().unwrap_or_default()),
        ("Context", page.context.clone().unwrap_or_default()),
    ]);
}

fn class(outline: &mut Outline, class: &ClassSchema) {
    outline.pairs(&[("Extends", class.superclass.clone().unwrap_or_default())]);
    let declared = |element: &ElementSchema| {
        let array = if element.is_array { "[]" } else { "" };
        [element.name.clone(), format!("{}{array}", element.cim_type)]
    };
    if !class.properties.is_empty() {
        outline.line("Properties");
        let lines = table::aligned(class.properties.iter().map(declared));
        outline.inside(|outline| outline.block(&lines));
    }
    for method in &class.methods {
        outline.line(&format!("Method {} {}", method.return_type, method.name));
        let rows = method.parameters.iter().map(|parameter| {
            let [name, declared] = declared(parameter);
            let way = match (parameter.is_input(), parameter.is_output()) {
                (true, true) => "in, out",
                (false, true) => "out",
                _ => "in",
            };
            [name, way.to_owned(), declared]
        });
        let lines = table::aligned(rows);
        outline.inside(|outline| outline.block(&lines));
    }
}

fn fault(outline: &mut Outline, fault: &Fault) {
    let code = |code: u32| format!("{code:#010x} ({code})");
    let provider = fault.provider_fault();
    outline.pairs(&[
        ("Hint", fault.kind().hint().unwrap_or_default().to_owned()),
        ("Kind", format!("{:?}", fault.kind())),
        ("Code", fault.code().to_owned()),
        ("Subcode", fault.subcode().unwrap_or_default().to_owned()),
        ("Detail", fault.detail().unwrap_or_default().to_owned()),
        ("Reason", fault.reason().trim().to_owned()),
        (
            "WSMan code",
            fault.wsman_code().map_or_else(String::new, code),
        ),
        (
            "Provider",
            provider.map_or_else(String::new, |provider| provider.provider().to_owned()),
        ),
        (
            "Provider code",
            provider
                .and_then(|provider| provider.code())
                .map_or_else(String::new, code),
        ),
    ]);
    let status = provider.and_then(|provider| provider.extended_status());
    for error in [status, fault.cim_error()].into_iter().flatten() {
        outline.instance("Error of", error);
    }
}
