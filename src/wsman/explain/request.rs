//! Explanation of requests.

use crate::cim::{ClassPath, Properties};
use crate::wsman::decode::Decoder;
use crate::wsman::error::ReplyError;
use crate::wsman::{reply, uris};
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::headers::{Headers, refer};
use super::{EMBEDDED, Fields, Node, opened};

/// Reads the body of a request. The reader is at the first element of the body, if there is one. The field `operation`
/// names the operation; `other` is one that this crate does not know.
pub(super) fn read(
    mut reader: Reader<'_>,
    text: &str,
    headers: &Headers,
    first: Option<Element<'_>>,
) -> Result<Fields, ReplyError> {
    let target = headers.target();
    let namespace = target
        .as_ref()
        .map_or("", |target| target.class().namespace())
        .to_owned();
    let (name, fields) = match (action_of(headers, first.as_ref()), &first) {
        (uris::PUT, Some(_)) => ("Put", whole(text, &namespace)?),
        (uris::CREATE, Some(_)) => ("Create", whole(text, &namespace)?),
        (action, first) => {
            let operation = read_body(&mut reader, action, headers, first.as_ref(), &namespace)?;
            match first {
                Some(_) => reply::close(reader)?,
                None => end(reader)?,
            }
            operation
        }
    };
    let title = match (fields.get("method"), &target) {
        (Some(Node::Text(method)), Some(target)) => {
            format!("request, Invoke {method} of {}", target.class())
        }
        (Some(Node::Text(method)), None) => format!("request, Invoke {method}"),
        (_, Some(target)) if name != "GetClass" => format!("request, {name} of {}", target.class()),
        _ => format!("request, {name}"),
    };
    let request = Fields::new(title).with_hidden("operation", name);
    let request = match target {
        // The title says the class already.
        Some(target) if target.keys().len() == 0 => request.with_hidden("target", target),
        target => request.with("target", target),
    };
    Ok(request.and(fields))
}

fn whole(text: &str, namespace: &str) -> Result<Fields, ReplyError> {
    Ok(Fields::default().with("instance", reply::instance(text, namespace)?))
}

/// Reads on from the end of the body to the end of the document.
fn end(mut reader: Reader<'_>) -> Result<(), Error> {
    while reader.next_child()?.is_some() {
        reader.skip()?;
    }
    reader.end()
}

/// Returns the action. If the header is missing, derives it from the body.
fn action_of<'a>(headers: &'a Headers, first: Option<&Element<'_>>) -> &'a str {
    let by_body = || match first.map(|first| (first.ns(), first.local())) {
        Some((Ns::Enumeration, "Enumerate")) => uris::ENUMERATE,
        Some((Ns::Enumeration, "Pull")) => uris::PULL,
        Some((Ns::Enumeration, "Release")) => uris::RELEASE,
        _ => "",
    };
    headers.action.as_deref().unwrap_or_else(by_body)
}

/// Reads the first element of the body to its end, or to the end of an empty body.
fn read_body(
    reader: &mut Reader<'_>,
    action: &str,
    headers: &Headers,
    first: Option<&Element<'_>>,
    namespace: &str,
) -> Result<(&'static str, Fields), Error> {
    let Some(first) = first else {
        return Ok(without_body(action, headers));
    };
    match (action, first.ns(), first.local()) {
        (_, Ns::Identity, "Identify") => {
            reader.skip()?;
            Ok(("Identify", Fields::default()))
        }
        (uris::ENUMERATE, Ns::Enumeration, "Enumerate") => {
            Ok(("Enumerate", read_enumerate(reader, namespace)?))
        }
        (uris::PULL, Ns::Enumeration, "Pull") => Ok(("Pull", read_pull(reader)?)),
        (uris::RELEASE, Ns::Enumeration, "Release") => Ok(("Release", read_pull(reader)?)),
        (_, Ns::Eventing, "Subscribe") => Ok(("Subscribe", read_subscribe(reader, namespace)?)),
        (_, Ns::Eventing, "Unsubscribe") => {
            reader.skip()?;
            Ok(("Unsubscribe", Fields::default()))
        }
        (action, ns, local) => match method_of(action, ns, local) {
            Some(method) => {
                let parameters = opened(&Decoder::new(namespace).properties(reader)?, EMBEDDED);
                Ok(invoke(method, parameters))
            }
            None => {
                reader.skip()?;
                Ok(without_body(action, headers))
            }
        },
    }
}

fn invoke(method: &str, parameters: Properties) -> (&'static str, Fields) {
    let fields = Fields::default()
        .with_hidden("method", method)
        .with("parameters", parameters);
    ("Invoke", fields)
}

fn without_body(action: &str, headers: &Headers) -> (&'static str, Fields) {
    match action {
        uris::GET if headers.resource_uri.as_deref() == Some(uris::CLASSES) => {
            let class = declared_class(headers);
            ("GetClass", Fields::default().with("class", class))
        }
        uris::GET => {
            let fragment = headers.fragment.clone();
            ("Get", Fields::default().with("fragment", fragment))
        }
        uris::DELETE => ("Delete", Fields::default()),
        // A method without parameters may come without a body.
        action => match headers.resource_uri.as_deref().and_then(|uri| {
            let method = action.strip_prefix(uri)?.strip_prefix('/')?;
            (!method.is_empty()).then_some(method)
        }) {
            Some(method) => invoke(method, Properties::new()),
            None => ("other", Fields::default()),
        },
    }
}

/// Returns the requested class, which two selectors name.
fn declared_class(headers: &Headers) -> ClassPath {
    let text = |name| {
        let value = headers.selector(name).and_then(|value| value.as_text());
        value.unwrap_or_default()
    };
    ClassPath::new(&text(uris::CIM_NAMESPACE), text("ClassName"))
}

/// Returns the method that a body calls: `Method_INPUT`, for an action that ends in `/Method`.
///
/// Some clients leave `_INPUT` out. Elements in a namespace of the protocol are not method calls.
fn method_of<'a>(action: &'a str, ns: &Ns, local: &'a str) -> Option<&'a str> {
    if !matches!(ns, Ns::None | Ns::Other(_)) {
        return None;
    }
    let of_body = local.strip_suffix(INPUT);
    let of_action = action.rsplit('/').next().filter(|name| *name == local);
    of_body.or(of_action)
}

fn read_enumerate(reader: &mut Reader<'_>, namespace: &str) -> Result<Fields, Error> {
    let (mut filter, mut items, mut max_elements) = (None, "objects", None);
    let (mut optimized, mut polymorphism) = (false, None);
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "OptimizeEnumeration") => {
                optimized = true;
                reader.skip()?;
            }
            (Ns::Wsman | Ns::Enumeration, "MaxElements") => max_elements = Some(trimmed(reader)?),
            (Ns::Wsman, "EnumerationMode") => {
                items = match reader.text()?.trim() {
                    "EnumerateEPR" => "references",
                    "EnumerateObjectAndEPR" => "objects and references",
                    _ => "objects",
                };
            }
            (Ns::CimBinding, "PolymorphismMode") => polymorphism = Some(trimmed(reader)?),
            (Ns::Wsman | Ns::Enumeration, "Filter") => {
                filter = Some(read_filter(reader, &part, namespace)?);
            }
            _ => reader.skip()?,
        }
    }
    // An optimized response without a stated number of items contains one (DSP0226 8.2.3).
    let max_elements = optimized.then(|| max_elements.unwrap_or_else(|| "1".to_owned()));
    Ok(Fields::default()
        .with("items", items)
        .with("polymorphism", polymorphism)
        .with("max_elements", max_elements)
        .with("filter", filter))
}

fn trimmed(reader: &mut Reader<'_>) -> Result<String, Error> {
    Ok(reader.text()?.trim().to_owned())
}

fn read_subscribe(reader: &mut Reader<'_>, namespace: &str) -> Result<Fields, Error> {
    let mut filter = None;
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman | Ns::Eventing, "Filter") => {
                filter = Some(read_filter(reader, &part, namespace)?);
            }
            _ => reader.skip()?,
        }
    }
    Ok(Fields::default().with("filter", filter))
}

fn read_filter(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    namespace: &str,
) -> Result<Fields, Error> {
    let dialect = reader.attribute(element, &Ns::None, "Dialect")?;
    let dialect = dialect.unwrap_or_default();
    let other = |dialect: &str, text: &str| {
        Fields::default()
            .with("dialect", dialect)
            .with("text", text)
    };
    let mut next = match reader.content()? {
        Content::Text(text) if dialect == uris::WQL => {
            return Ok(Fields::default().with("wql", &*text));
        }
        Content::Text(text) => return Ok(other(&dialect, &text)),
        Content::Element(first) => Some(first),
    };
    let mut filter = None;
    while let Some(part) = next {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "SelectorSet") => {
                let selectors = Decoder::new(namespace).selectors(reader)?;
                let keys = Node::Keys(refer(ClassPath::new("", ""), &selectors));
                filter = Some(Fields::default().with("selectors", keys));
            }
            (Ns::CimBinding, kind @ ("AssociatedInstances" | "AssociationInstances")) => {
                let items = match kind {
                    "AssociationInstances" => "associations",
                    _ => "associated instances",
                };
                let association = read_association(reader, namespace)?.with("items", items);
                filter = Some(Fields::default().with("association", association));
            }
            _ => reader.skip()?,
        }
        next = reader.next_child()?;
    }
    // The text of other elements is not read.
    Ok(filter.unwrap_or_else(|| other(&dialect, "")))
}

fn read_association(reader: &mut Reader<'_>, namespace: &str) -> Result<Fields, Error> {
    let mut association = Fields::default();
    while let Some(part) = reader.next_child()? {
        let name = match part.local() {
            "Object" => {
                let object = Decoder::new(namespace).endpoint(reader, None)?;
                association = association.with("of", object);
                continue;
            }
            "AssociationClassName" => "association_class",
            "ResultClassName" => "result_class",
            "Role" => "role",
            "ResultRole" => "result_role",
            _ => {
                reader.skip()?;
                continue;
            }
        };
        association = association.with(name, trimmed(reader)?);
    }
    Ok(association)
}

/// Reads the context and the number of requested items of a Pull or a Release.
fn read_pull(reader: &mut Reader<'_>) -> Result<Fields, Error> {
    let (mut context, mut max_elements) = (String::new(), None);
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Enumeration, "EnumerationContext") => context = reader.text()?.into_owned(),
            (Ns::Enumeration | Ns::Wsman, "MaxElements") => max_elements = Some(trimmed(reader)?),
            _ => reader.skip()?,
        }
    }
    Ok(Fields::default()
        .with("context", context)
        .with("max_elements", max_elements))
}

/// The suffix of the element with the parameters of a method.
pub(super) const INPUT: &str = "_INPUT";
