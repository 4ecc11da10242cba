//! What an envelope says, however it is written: the form in which [`Replay`](super::Replay) compares requests.
//!
//! It is the only place on this side of the seam that looks into envelopes. It reads them with `quick-xml` itself and
//! not with the crate's own reader: `transport` knows no XML room, and a reader that shares nothing with what wrote the
//! envelopes cannot make the same mistake twice.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{NamespaceResolver, QName, ResolveResult};
use quick_xml::reader::NsReader;

use crate::printable::excerpt;

/// An element with resolved names: prefixes, the order of attributes, comments and indentation are gone, and so is the
/// order where there is none to keep (among SOAP headers, among selectors).
#[derive(Debug, PartialEq)]
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

    /// The text of a SOAP header in the namespace of WS-Addressing.
    pub(super) fn addressing(&self, local: &str) -> Option<&str> {
        let header = self.children.iter().find(|part| part.is(SOAP, "Header"))?;
        let found = header
            .children
            .iter()
            .find(|header| header.is(ADDRESSING, local))?;
        Some(found.text.trim())
    }

    /// The first place where a request says something else than this one; `None` where both say the same.
    ///
    /// What stands in elements of the names in `may_differ` may be another text, though not another structure.
    pub(super) fn difference(&self, found: &Self, may_differ: &[String]) -> Option<Difference> {
        if self.name != found.name {
            return Some(Difference::of_elements(Some(self), Some(found)));
        }
        compare(self, found, may_differ, false)
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
        element.attributes.sort();
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

    /// Whether the order of what it holds means nothing (SOAP 1.2 part 1, 5.2; DSP0226 5.1.2.2).
    fn is_unordered(&self) -> bool {
        self.is(SOAP, "Header") || self.is(WSMAN, "SelectorSet")
    }

    /// What tells it from its like: the name, and for a selector which one it is.
    fn key(&self) -> (&Name, Option<&str>) {
        let named = |(name, _): &&(Name, String)| name.ns.is_empty() && name.local == "Name";
        let which = self.attributes.iter().find(named);
        (&self.name, which.map(|(_, value)| value.as_str()))
    }

    /// How a path names it.
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

    /// The value of an attribute of this name: a type without its prefix, a truth value in words.
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

/// Compares two elements of one name. `free` says that texts from here on may differ.
fn compare(
    expected: &Element,
    found: &Element,
    may_differ: &[String],
    free: bool,
) -> Option<Difference> {
    let free = free || may_differ.contains(&expected.name.local);
    let inside = compare_attributes(expected, found)
        .or_else(|| {
            (!free && expected.text != found.text)
                .then(|| Difference::of_texts(String::new(), &expected.text, &found.text))
        })
        .or_else(|| compare_children(expected, found, may_differ, free));
    inside.map(|difference| difference.under(&expected.segment()))
}

fn compare_attributes(expected: &Element, found: &Element) -> Option<Difference> {
    let value = |element: &Element, name: &Name| {
        let attribute = element.attributes.iter().find(|(known, _)| known == name);
        attribute.map(|(_, value)| value.clone())
    };
    let names = expected.attributes.iter().chain(&found.attributes);
    names.map(|(name, _)| name).find_map(|name| {
        let (wanted, got) = (value(expected, name), value(found, name));
        let quoted = |value: Option<String>| {
            value.map_or_else(|| NOTHING.to_owned(), |value| quoted(&value))
        };
        (wanted != got).then(|| Difference {
            path: format!("@{}", name.local),
            expected: quoted(wanted),
            found: quoted(got),
        })
    })
}

fn compare_children(
    expected: &Element,
    found: &Element,
    may_differ: &[String],
    free: bool,
) -> Option<Difference> {
    let unordered = expected.is_unordered();
    let count = expected.children.len().max(found.children.len());
    (0..count).find_map(
        |place| match (expected.children.get(place), found.children.get(place)) {
            (Some(a), Some(b)) if a.key() == b.key() => {
                let free = free || (expected.is(SOAP, "Header") && is_personal(&a.name));
                compare(a, b, may_differ, free)
            }
            // Both sides are sorted, so the lesser one has no counterpart.
            (Some(a), Some(b)) if unordered && a.key() < b.key() => {
                Some(Difference::of_elements(Some(a), None))
            }
            (Some(_), Some(b)) if unordered => Some(Difference::of_elements(None, Some(b))),
            (a, b) => Some(Difference::of_elements(a, b)),
        },
    )
}

/// Whether a header is another one in each message, or for each host.
fn is_personal(name: &Name) -> bool {
    matches!(
        (name.ns.as_str(), name.local.as_str()),
        (ADDRESSING, "MessageID" | "To") | (WINRM, "OperationID")
    )
}

/// Puts the id of the request that was sent into the answer to the one that was recorded.
///
/// An answer that relates to another message, or that cannot be read, stays as it is.
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

/// Where the text of the header `RelatesTo` stands.
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

/// The first place where two requests say different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    path: String,
    expected: String,
    found: String,
}

impl Difference {
    fn of_texts(path: String, expected: &str, found: &str) -> Self {
        Self {
            path,
            expected: quoted(expected),
            found: quoted(found),
        }
    }

    /// Elements of different names, or one that has no counterpart.
    fn of_elements(expected: Option<&Element>, found: Option<&Element>) -> Self {
        let alike = expected.map(Element::segment) == found.map(Element::segment);
        let shown = |element: Option<&Element>| match element {
            None => NOTHING.to_owned(),
            Some(element) if alike => excerpt(&element.name.in_full()),
            Some(element) => format!("the element {}", excerpt(&element.segment())),
        };
        let place = expected.or(found).map(Element::segment);
        Self {
            path: place.unwrap_or_default(),
            expected: shown(expected),
            found: shown(found),
        }
    }

    fn under(mut self, segment: &str) -> Self {
        let slash = if self.path.is_empty() { "" } else { "/" };
        self.path = format!("{}{slash}{}", excerpt(segment), self.path);
        self
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            expected,
            found,
        } = self;
        write!(f, "at {path}: expected {expected}, found {found}")
    }
}

impl std::error::Error for Difference {}

fn quoted(text: &str) -> String {
    format!("\"{}\"", excerpt(text))
}

/// Why an envelope cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no XML that can be compared: {}", self.0)
    }
}

impl std::error::Error for Unreadable {}

const NOTHING: &str = "nothing";
const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
const WSMAN: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
const WINRM: &str = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd";
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// Requests nest about ten deep; comparing takes a call a level.
const MAX_DEPTH: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;

    fn differs(expected: &str, found: &str) -> Option<String> {
        differs_beyond(&[], expected, found)
    }

    fn differs_beyond(may_differ: &[&str], expected: &str, found: &str) -> Option<String> {
        let parse = |text: &str| Element::parse(text.as_bytes()).unwrap();
        let may_differ: Vec<_> = may_differ.iter().map(|name| (*name).to_owned()).collect();
        let difference = parse(expected).difference(&parse(found), &may_differ);
        difference.map(|difference| difference.to_string())
    }

    fn envelope(headers: &str, body: &str) -> String {
        format!(
            r#"<s:Envelope xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:p="{WINRM}" xmlns:i="{XSI}">
               <s:Header>{headers}</s:Header><s:Body>{body}</s:Body></s:Envelope>"#
        )
    }

    #[test]
    fn how_it_is_written_is_nothing() {
        let one = r#"<?xml version="1.0"?><!-- c --><p:a xmlns:p="u" xmlns:i="http://www.w3.org/2001/XMLSchema-instance"
            x="1" y="a b"><p:b i:type="p:T" i:nil="1">x &amp; &#121;</p:b>
            <p:c/></p:a>"#;
        let other = "\u{FEFF}<a xmlns=\"u\" y='a b' x='1'><q:b xmlns:q='u' xmlns:t='u' \
            xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='true' i:type='t:T'><![CDATA[x & y]]></q:b><c></c></a>";
        assert_eq!(differs(one, other), None);
        assert_eq!(differs(other, one), None);
    }

    #[test]
    fn headers_and_selectors_have_no_order() {
        let one = envelope(
            r#"<a:Action s:mustUnderstand="1">x</a:Action><w:SelectorSet><w:Selector Name="A">1</w:Selector>
               <w:Selector Name="B">2</w:Selector></w:SelectorSet>"#,
            "",
        );
        let other = envelope(
            r#"<w:SelectorSet><w:Selector Name="B">2</w:Selector><w:Selector Name="A">1</w:Selector></w:SelectorSet>
               <a:Action s:mustUnderstand="true">x</a:Action>"#,
            "",
        );
        assert_eq!(differs(&one, &other), None);
        let body = |body| envelope("", body);
        let swapped = differs(&body("<a:A/><a:B/>"), &body("<a:B/><a:A/>"));
        assert_eq!(
            swapped.as_deref(),
            Some("at Envelope/Body/A: expected the element A, found the element B")
        );
    }

    #[test]
    fn the_first_difference_is_named() {
        let selector = |name, value| {
            let selectors = format!(
                r#"<w:SelectorSet><w:Selector Name="{name}">{value}</w:Selector></w:SelectorSet>"#
            );
            envelope(&selectors, "")
        };
        let body = |body| envelope("", body);
        for (expected, found, difference) in [
            (
                selector("Name", "a"),
                selector("Name", "\u{202e}b"),
                r#"at Envelope/Header/SelectorSet/Selector[Name]: expected "a", found "\u{202e}b""#,
            ),
            (
                selector("Name", "a"),
                selector("Other", "a"),
                "at Envelope/Header/SelectorSet/Selector[Name]: expected the element Selector[Name], found nothing",
            ),
            (
                envelope("", ""),
                selector("Name", "a"),
                "at Envelope/Header/SelectorSet: expected nothing, found the element SelectorSet",
            ),
            (
                envelope("<w:Locale/>", ""),
                envelope("<w:Locale xml:lang='de'/>", ""),
                r#"at Envelope/Header/Locale/@lang: expected nothing, found "de""#,
            ),
            (
                body("<a:A/>"),
                body("<w:A/>"),
                "at Envelope/Body/A: expected {http://schemas.xmlsoap.org/ws/2004/08/addressing}A, \
                 found {http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}A",
            ),
            (
                body("<a:A> x</a:A>"),
                body("<a:A>x</a:A>"),
                r#"at Envelope/Body/A: expected " x", found "x""#,
            ),
            (
                body("<a:A i:type='a:T'/>"),
                body("<a:A i:type='w:T'/>"),
                "at Envelope/Body/A/@type: expected \"{http://schemas.xmlsoap.org/ws/2004/08/addressing}T\", \
                 found \"{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}T\"",
            ),
        ] {
            assert_eq!(differs(&expected, &found).as_deref(), Some(difference));
        }
    }

    #[test]
    fn what_may_differ() {
        let personal = |id| {
            let headers = format!(
                "<a:MessageID>{id}</a:MessageID><a:To>{id}</a:To><p:OperationID>{id}</p:OperationID>"
            );
            envelope(&headers, "")
        };
        assert_eq!(differs(&personal("1"), &personal("2")), None);
        let in_body = |id| envelope("", &format!("<a:MessageID>{id}</a:MessageID>"));
        assert!(differs(&in_body("1"), &in_body("2")).is_some());
        assert!(differs(&personal("1"), &envelope("", "")).is_some());

        let time = |child| envelope("", &format!("<w:StartTime><a:{child}</w:StartTime>"));
        let (one, other) = (time("T>1</a:T>"), time("T>2</a:T>"));
        assert!(differs(&one, &other).is_some());
        assert_eq!(differs_beyond(&["StartTime"], &one, &other), None);
        assert!(differs_beyond(&["StartTime"], &one, &time("U>1</a:U>")).is_some());
    }

    #[test]
    fn what_cannot_be_compared() {
        for bad in [
            "",
            "<a>",
            "<a></b>",
            "<p:a/>",
            "<a/><b/>",
            "<a/>b",
            "<!DOCTYPE a><a/>",
            "<a>&b;</a>",
            "\u{0}",
            &"<a>".repeat(101),
        ] {
            assert!(Element::parse(bad.as_bytes()).is_err(), "{bad:.20}");
        }
        assert!(Element::parse(b"<a>\xff</a>").is_err());
        assert!(
            Element::parse(format!("{}{}", "<a>".repeat(100), "</a>".repeat(100)).as_bytes())
                .is_ok()
        );
    }

    #[test]
    fn answers_relate_to_what_was_sent() {
        let answer = |relates_to: &str| {
            format!(
                "\u{FEFF}<e xmlns:x='{ADDRESSING}'><RelatesTo>uuid:1</RelatesTo><x:RelatesTo>{relates_to}</x:RelatesTo>ü</e>"
            )
        };
        let related = |answer: &str| {
            relate(answer.as_bytes(), "uuid:1", "uuid:2")
                .map(|bytes| String::from_utf8(bytes).unwrap())
        };
        assert_eq!(related(&answer("uuid:1")), Some(answer("uuid:2")));
        assert_eq!(related(&answer("uuid:3")), None);
        assert_eq!(related("<a"), None);
        assert_eq!(relate(b"\xff\xfe<\0", "1", "2"), None);
    }
}
