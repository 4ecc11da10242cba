//! The meaning of an envelope, independent of its spelling: the form in which [`Replay`](super::Replay) compares
//! requests.
//!
//! This is the only module of `transport` that reads the contents of envelopes. It uses `quick-xml` directly and not
//! the crate's own reader, since a reader that shares no code with the writer of the envelopes cannot make the same
//! mistake twice.

mod difference;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
use quick_xml::reader::NsReader;

pub(super) use self::difference::Difference;
use crate::printable::excerpt;

/// An element with resolved names. Prefixes, the order of attributes, comments and indentation are dropped, and so is
/// the order of children if it has no meaning (SOAP headers, selectors).
#[derive(Debug)]
pub(super) struct Element {
    name: Name,
    attributes: Vec<(Name, String)>,
    text: String,
    children: Vec<Self>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    local: String,
    ns: String,
}

impl Element {
    /// Reads an envelope.
    pub(super) fn parse(envelope: &[u8]) -> Result<Self, Unreadable> {
        let text = std::str::from_utf8(envelope).map_err(|_| Unreadable("not UTF-8".into()))?;
        let mut reader = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
        reader.config_mut().expand_empty_elements = true;
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        loop {
            let event = reader.read_event();
            match event.map_err(|error| Unreadable(error.to_string()))? {
                Event::Start(_) if open.len() == MAX_DEPTH || root.is_some() => {
                    return Err(Unreadable("too deep, or a second root".into()));
                }
                Event::Start(start) => open.push(Self::start(&start, reader.resolver())?),
                Event::End(_) => {
                    let Some(element) = open.pop().map(Self::ended) else {
                        continue;
                    };
                    match open.last_mut() {
                        Some(parent) => parent.children.push(element),
                        None => root = Some(element),
                    }
                }
                Event::Text(text) => push_text(&mut open, &text.xml10_content())?,
                Event::CData(text) => push_text(&mut open, &text.xml10_content())?,
                Event::GeneralRef(entity) => push_text(&mut open, &resolve(&entity)?)?,
                Event::DocType(_) => {
                    return Err(Unreadable("a document type declaration".into()));
                }
                Event::Eof if open.is_empty() => {
                    return root.ok_or_else(|| Unreadable("no element".into()));
                }
                Event::Eof => return Err(Unreadable("it ends in the middle".into())),
                Event::Empty(_) | Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            }
        }
    }

    /// Returns the text of a SOAP header in the namespace of WS-Addressing.
    pub(super) fn addressing(&self, local: &str) -> Option<&str> {
        let header = self.children.iter().find(|part| part.is(SOAP, "Header"))?;
        let found = header
            .children
            .iter()
            .find(|header| header.is(ADDRESSING, local))?;
        Some(found.text.trim())
    }

    fn start(start: &BytesStart<'_>, resolver: &NamespaceResolver) -> Result<Self, Unreadable> {
        let (resolved, local) = resolver.resolve_element(start.name());
        let mut element = Self {
            name: Name::new(&resolved, local.into_inner())?,
            attributes: Vec::new(),
            text: String::new(),
            children: Vec::new(),
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| Unreadable(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let (resolved, local) = resolver.resolve_attribute(attribute.key);
            let name = Name::new(&resolved, local.into_inner())?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| Unreadable(error.to_string()))?;
            let value = name.value(&value, resolver);
            element.attributes.push((name, value));
        }
        Ok(element)
    }

    fn ended(mut self) -> Self {
        if !self.children.is_empty() && self.text.trim_ascii().is_empty() {
            self.text.clear();
        }
        if self.is_unordered() {
            self.children.sort_by(|a, b| a.key().cmp(&b.key()));
        }
        self
    }

    fn is(&self, ns: &str, local: &str) -> bool {
        self.name.ns == ns && self.name.local == local
    }

    /// Reports whether the order of the children has no meaning (SOAP 1.2 part 1, 5.2; DSP0226 5.1.2.2).
    fn is_unordered(&self) -> bool {
        self.is(SOAP, "Header") || self.is(WSMAN, "SelectorSet")
    }

    /// Returns the key that tells the element from its siblings: its name, and for a selector the selector's name.
    fn key(&self) -> (&Name, Option<&str>) {
        let named = |(name, _): &&(Name, String)| name.ns.is_empty() && name.local == "Name";
        let which = self.attributes.iter().find(named);
        (&self.name, which.map(|(_, value)| value.as_str()))
    }

    /// Returns the name of the element in a path.
    fn segment(&self) -> String {
        match self.key() {
            (name, Some(which)) => format!("{}[{}]", name.local, excerpt(which)),
            (name, None) => name.local.clone(),
        }
    }
}

impl Name {
    fn new(resolved: &ResolveResult<'_>, local: &str) -> Result<Self, Unreadable> {
        let ns = match resolved {
            ResolveResult::Unbound => "",
            ResolveResult::Bound(namespace) => namespace.into_inner(),
            ResolveResult::Unknown(prefix) => {
                return Err(Unreadable(format!("the prefix {prefix:?} is not bound")));
            }
        };
        Ok(Self {
            local: local.to_owned(),
            ns: ns.to_owned(),
        })
    }

    /// Returns the value of an attribute of this name in canonical form: a type without its prefix, a boolean in words.
    fn value(&self, value: &str, resolver: &NamespaceResolver) -> String {
        match (self.ns.as_str(), self.local.as_str(), value.trim()) {
            (XSI, "nil", "1") | (SOAP, "mustUnderstand", "1") => "true".to_owned(),
            (XSI, "nil", "0") | (SOAP, "mustUnderstand", "0") => "false".to_owned(),
            (XSI, "type", name) => {
                let (resolved, local) = resolver.resolve_element(QName(name));
                let name = Self::new(&resolved, local.into_inner());
                name.map_or_else(|_| value.to_owned(), |name| name.in_full())
            }
            _ => value.to_owned(),
        }
    }

    fn in_full(&self) -> String {
        format!("{{{}}}{}", self.ns, self.local)
    }
}

fn push_text(open: &mut [Element], text: &str) -> Result<(), Unreadable> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim_ascii().is_empty() => {}
        None => return Err(Unreadable("text outside of the root element".into())),
    }
    Ok(())
}

fn resolve(entity: &BytesRef<'_>) -> Result<Cow<'static, str>, Unreadable> {
    let unknown = || Unreadable(format!("the entity {:?}", excerpt(entity)));
    if let Some(character) = entity.resolve_char_ref().map_err(|_| unknown())? {
        return Ok(character.to_string().into());
    }
    Ok(match &**entity {
        "lt" => "<",
        "gt" => ">",
        "amp" => "&",
        "apos" => "'",
        "quot" => "\"",
        _ => return Err(unknown()),
    }
    .into())
}

/// Puts the id of the request that was sent into the response to the recorded one.
///
/// Returns `None` if the response relates to another message or cannot be read; it is then used unchanged.
pub(super) fn relate(answer: &[u8], recorded: &str, sent: &str) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(answer).ok()?;
    let document = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let span = relates_to(document)?;
    if document.get(span.clone())?.trim() != recorded {
        return None;
    }
    let mark = text.strip_suffix(document)?;
    let (before, after) = (document.get(..span.start)?, document.get(span.end..)?);
    Some([mark, before, sent, after].concat().into())
}

/// Returns the position of the text of the header `RelatesTo`.
fn relates_to(document: &str) -> Option<Range<usize>> {
    let mut reader = NsReader::from_str(document);
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                let (resolved, local) = reader.resolver().resolve_element(start.name());
                let name = Name::new(&resolved, local.into_inner()).ok()?;
                if name.ns == ADDRESSING && name.local == "RelatesTo" {
                    let span = reader.read_to_end(start.name()).ok()?;
                    return Some(span.start.try_into().ok()?..span.end.try_into().ok()?);
                }
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The reason why an envelope cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not XML that can be compared: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
const WINRM: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The greatest depth of elements. Requests nest about ten deep; comparing recurses once per level.
const MAX_DEPTH: usize = 100;

#[cfg(test)]
mod tests;
