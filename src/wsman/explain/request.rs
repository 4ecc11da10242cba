//! Explanation of requests.

use crate::cim::{ClassPath, Properties, Reference};
use crate::wsman::decode::Decoder;
use crate::wsman::error::ReplyError;
use crate::wsman::operation::{Association, Mode};
use crate::wsman::{reply, uris};
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::headers::{Headers, refer};
use super::{EMBEDDED, Request, Requested, RequestedFilter, opened};

/// Reads the body of a request. The reader is at the first element of the body, if there is one.
pub(super) fn read(
    mut reader: Reader<'_>,
    text: &str,
    headers: &Headers,
    first: Option<Element<'_>>,
) -> Result<Request, ReplyError> {
    let target = headers.target();
    let namespace = target
        .as_ref()
        .map_or("", |target| target.class().namespace())
        .to_owned();
    let operation = match (action_of(headers, first.as_ref()), &first) {
        (uris::PUT, Some(_)) => Requested::Put(reply::instance(text, &namespace)?),
        (uris::CREATE, Some(_)) => Requested::Create(reply::instance(text, &namespace)?),
        (action, first) => {
            let operation = read_body(&mut reader, action, headers, first.as_ref(), &namespace)?;
            match first {
                Some(_) => reply::close(reader)?,
                None => end(reader)?,
            }
            operation
        }
    };
    Ok(Request { target, operation })
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
) -> Result<Requested, Error> {
    let Some(first) = first else {
        return Ok(without_body(action, headers));
    };
    match (action, first.ns(), first.local()) {
        (_, Ns::Identity, "Identify") => {
            reader.skip()?;
            Ok(Requested::Identify)
        }
        (uris::ENUMERATE, Ns::Enumeration, "Enumerate") => read_enumerate(reader, namespace),
        (uris::PULL, Ns::Enumeration, "Pull") => {
            let (context, max_elements) = read_pull(reader)?;
            Ok(Requested::Pull {
                context,
                max_elements,
            })
        }
        (uris::RELEASE, Ns::Enumeration, "Release") => {
            let (context, _) = read_pull(reader)?;
            Ok(Requested::Release { context })
        }
        (_, Ns::Eventing, "Subscribe") => read_subscribe(reader, namespace),
        (_, Ns::Eventing, "Unsubscribe") => {
            reader.skip()?;
            Ok(Requested::Unsubscribe)
        }
        (action, ns, local) => match method_of(action, ns, local) {
            Some(method) => Ok(Requested::Invoke {
                parameters: opened(&Decoder::new(namespace).properties(reader)?, EMBEDDED),
                method,
            }),
            None => {
                reader.skip()?;
                Ok(without_body(action, headers))
            }
        },
    }
}

fn without_body(action: &str, headers: &Headers) -> Requested {
    match action {
        uris::GET if headers.resource_uri.as_deref() == Some(uris::CLASSES) => {
            Requested::GetClass(declared_class(headers))
        }
        uris::GET => Requested::Get {
            fragment: headers.fragment.clone(),
        },
        uris::DELETE => Requested::Delete,
        // A method without parameters may come without a body.
        action => match headers.resource_uri.as_deref().and_then(|uri| {
            let method = action.strip_prefix(uri)?.strip_prefix('/')?;
            (!method.is_empty()).then_some(method)
        }) {
            Some(method) => Requested::Invoke {
                method: method.to_owned(),
                parameters: Properties::new(),
            },
            None => Requested::Other,
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
fn method_of(action: &str, ns: &Ns, local: &str) -> Option<String> {
    if !matches!(ns, Ns::None | Ns::Other(_)) {
        return None;
    }
    let of_body = local.strip_suffix(INPUT);
    let of_action = action.rsplit('/').next().filter(|name| *name == local);
    of_body.or(of_action).map(str::to_owned)
}

fn read_enumerate(reader: &mut Reader<'_>, namespace: &str) -> Result<Requested, Error> {
    let (mut filter, mut mode, mut max_elements) = (None, Mode::Objects, None);
    let (mut optimized, mut polymorphism) = (false, None);
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "OptimizeEnumeration") => {
                optimized = true;
                reader.skip()?;
            }
            (Ns::Wsman | Ns::Enumeration, "MaxElements") => {
                max_elements = Some(reader.text()?.trim().to_owned());
            }
            (Ns::Wsman, "EnumerationMode") => {
                mode = match reader.text()?.trim() {
                    "EnumerateEPR" => Mode::References,
                    "EnumerateObjectAndEPR" => Mode::Both,
                    _ => Mode::Objects,
                };
            }
            (Ns::CimBinding, "PolymorphismMode") => {
                polymorphism = Some(reader.text()?.trim().to_owned());
            }
            (Ns::Wsman | Ns::Enumeration, "Filter") => {
                filter = Some(read_filter(reader, &part, namespace)?);
            }
            _ => reader.skip()?,
        }
    }
    // An optimized response without a stated number of items contains one (DSP0226 8.2.3).
    let max_elements = optimized.then(|| max_elements.unwrap_or_else(|| "1".to_owned()));
    Ok(Requested::Enumerate {
        filter,
        mode,
        polymorphism,
        max_elements,
    })
}

fn read_subscribe(reader: &mut Reader<'_>, namespace: &str) -> Result<Requested, Error> {
    let mut filter = None;
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman | Ns::Eventing, "Filter") => {
                filter = Some(read_filter(reader, &part, namespace)?);
            }
            _ => reader.skip()?,
        }
    }
    Ok(Requested::Subscribe { filter })
}

fn read_filter(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    namespace: &str,
) -> Result<RequestedFilter, Error> {
    let dialect = reader.attribute(element, &Ns::None, "Dialect")?;
    let dialect = dialect.unwrap_or_default();
    let mut next = match reader.content()? {
        Content::Text(text) if dialect == uris::WQL => {
            return Ok(RequestedFilter::Wql(text.into_owned()));
        }
        Content::Text(text) => {
            let text = text.into_owned();
            return Ok(RequestedFilter::Other { dialect, text });
        }
        Content::Element(first) => Some(first),
    };
    let mut filter = None;
    while let Some(part) = next {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "SelectorSet") => {
                let selectors = Decoder::new(namespace).selectors(reader)?;
                let reference = refer(ClassPath::new("", ""), &selectors);
                filter = Some(RequestedFilter::Selectors(reference));
            }
            (Ns::CimBinding, kind @ ("AssociatedInstances" | "AssociationInstances")) => {
                let references = kind == "AssociationInstances";
                let association = read_association(reader, references, namespace)?;
                filter = Some(RequestedFilter::Association(association));
            }
            _ => reader.skip()?,
        }
        next = reader.next_child()?;
    }
    let text = String::new();
    Ok(filter.unwrap_or(RequestedFilter::Other { dialect, text }))
}

fn read_association(
    reader: &mut Reader<'_>,
    references: bool,
    namespace: &str,
) -> Result<Association, Error> {
    let mut association = Association {
        object: Reference::new("", ""),
        references,
        association_class: None,
        result_class: None,
        role: None,
        result_role: None,
    };
    while let Some(part) = reader.next_child()? {
        let name = match part.local() {
            "Object" => {
                association.object = Decoder::new(namespace).endpoint(reader, None)?;
                continue;
            }
            "AssociationClassName" => &mut association.association_class,
            "ResultClassName" => &mut association.result_class,
            "Role" => &mut association.role,
            "ResultRole" => &mut association.result_role,
            _ => {
                reader.skip()?;
                continue;
            }
        };
        *name = Some(reader.text()?.trim().to_owned());
    }
    Ok(association)
}

/// Reads the context and the number of requested items.
fn read_pull(reader: &mut Reader<'_>) -> Result<(String, Option<String>), Error> {
    let (mut context, mut max_elements) = (String::new(), None);
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Enumeration, "EnumerationContext") => context = reader.text()?.into_owned(),
            (Ns::Enumeration | Ns::Wsman, "MaxElements") => {
                max_elements = Some(reader.text()?.trim().to_owned());
            }
            _ => reader.skip()?,
        }
    }
    Ok((context, max_elements))
}

/// The suffix of the element with the parameters of a method.
pub(super) const INPUT: &str = "_INPUT";
