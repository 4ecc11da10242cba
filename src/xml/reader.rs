//! A pull reader for documents from servers.

use std::borrow::Cow;
use std::sync::Arc;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;

use super::names::Ns;
use super::{Error, text};

/// A reader of a document, from the root downwards, one element at a time.
///
/// The caller must read each [`Element`] to its end: with [`text`](Self::text), [`skip`](Self::skip) or
/// [`content`](Self::content), or by calling [`next_child`](Self::next_child) until it returns `None`.
pub(crate) struct Reader<'a> {
    inner: NsReader<&'a [u8]>,
    depth: usize,
    /// The last namespace that is not a known one. Elements of one class are consecutive.
    last_other: Arc<str>,
}

/// The start of an element.
pub(crate) struct Element<'a> {
    start: BytesStart<'a>,
    ns: Ns,
}

impl Element<'_> {
    /// Returns the namespace.
    pub(crate) fn ns(&self) -> &Ns {
        &self.ns
    }

    /// Returns the name without its prefix.
    pub(crate) fn local(&self) -> &str {
        self.start.local_name().into_inner()
    }

    /// Reports whether the element has this namespace and name.
    pub(crate) fn is(&self, ns: &Ns, local: &str) -> bool {
        self.ns == *ns && self.local() == local
    }

    /// Reports whether the element has attributes, including namespace declarations.
    pub(crate) fn has_attributes(&self) -> bool {
        !self.start.attributes_raw().trim_ascii_start().is_empty()
    }
}

/// The content of an element.
pub(crate) enum Content<'a> {
    /// Text only. The element has been read to its end.
    Text(Cow<'a, str>),
    /// The first of several elements; [`Reader::next_child`] returns the others.
    Element(Element<'a>),
}

impl<'a> Reader<'a> {
    /// Creates a reader at the beginning of a document.
    pub(crate) fn new(text: &'a str) -> Self {
        let mut inner = NsReader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
        inner.config_mut().expand_empty_elements = true;
        Self {
            inner,
            depth: 0,
            last_other: Arc::from(""),
        }
    }

    /// Reads the start of the root element.
    pub(crate) fn root(&mut self) -> Result<Element<'a>, Error> {
        loop {
            match self.next()? {
                Token::Start(element) => return Ok(element),
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                Token::Text(_) => return Err(self.error("text before the root element")),
                Token::End | Token::Eof => return Err(self.error("no root element")),
            }
        }
    }

    /// Reads the start of the next element inside the open one, or returns `None` at the end of the open one. Text
    /// between elements is skipped.
    pub(crate) fn next_child(&mut self) -> Result<Option<Element<'a>>, Error> {
        loop {
            match self.next()? {
                Token::Start(element) => return Ok(Some(element)),
                Token::Text(_) => {}
                Token::End => return Ok(None),
                Token::Eof => return Err(self.error("the document ends in the middle")),
            }
        }
    }

    /// Reads the text or the first element inside the open element.
    pub(crate) fn content(&mut self) -> Result<Content<'a>, Error> {
        let mut text = Cow::Borrowed("");
        loop {
            match self.next()? {
                Token::Start(element) => return Ok(Content::Element(element)),
                Token::Text(more) if text.is_empty() => text = more,
                Token::Text(more) => text.to_mut().push_str(&more),
                Token::End => return Ok(Content::Text(text)),
                Token::Eof => return Err(self.error("the document ends in the middle")),
            }
        }
    }

    /// Reads the text of the open element to its end. Returns an error if it contains elements.
    pub(crate) fn text(&mut self) -> Result<Cow<'a, str>, Error> {
        match self.content()? {
            Content::Text(text) => Ok(text),
            Content::Element(element) => Err(self.error(format!(
                "an element {:?} where text was expected",
                element.local()
            ))),
        }
    }

    /// Skips the open element to its end.
    pub(crate) fn skip(&mut self) -> Result<(), Error> {
        let outside = self.depth.saturating_sub(1);
        while self.depth > outside {
            if let Token::Eof = self.next()? {
                return Err(self.error("the document ends in the middle"));
            }
        }
        Ok(())
    }

    /// Checks that nothing follows the root element.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        loop {
            match self.next()? {
                Token::Eof => return Ok(()),
                Token::Text(text) if text.trim_ascii().is_empty() => {}
                _ => return Err(self.error("something follows the root element")),
            }
        }
    }

    /// Returns an attribute of the element that was read last, by namespace (`Ns::None` for no prefix) and name.
    pub(crate) fn attribute(
        &self,
        element: &Element<'_>,
        ns: &Ns,
        local: &str,
    ) -> Result<Option<String>, Error> {
        for attribute in element.start.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| self.error(Error::words(&error.into())))?;
            if attribute.key.local_name().into_inner() != local
                || self.attribute_ns(attribute.key) != Some(ns.uri())
            {
                continue;
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
            return value
                .map(|value| Some(value.into_owned()))
                .map_err(|error| self.error(error.to_string()));
        }
        Ok(None)
    }

    fn attribute_ns(&self, key: QName<'_>) -> Option<&str> {
        match self.inner.resolver().resolve_attribute(key).0 {
            ResolveResult::Bound(namespace) => Some(namespace.into_inner()),
            ResolveResult::Unbound => Some(""),
            ResolveResult::Unknown(_) => None,
        }
    }

    /// Resolves a qualified name in text, such as the subcode of a fault or an `xsi:type`, at the position that was
    /// read last.
    pub(crate) fn resolve(&mut self, name: &str) -> Option<(Ns, String)> {
        let name = QName(name.trim());
        let (resolved, local) = self.inner.resolver().resolve_element(name);
        let local = local.into_inner().to_owned();
        match resolved {
            ResolveResult::Bound(namespace) => {
                let uri = namespace.into_inner();
                Some((
                    Ns::known(uri).unwrap_or_else(|| Ns::Other(uri.into())),
                    local,
                ))
            }
            ResolveResult::Unbound => Some((Ns::None, local)),
            ResolveResult::Unknown(_) => None,
        }
    }

    fn next(&mut self) -> Result<Token<'a>, Error> {
        loop {
            let event = self
                .inner
                .read_event()
                .map_err(|error| self.error(Error::words(&error)))?;
            return match event {
                Event::Start(start) => self.open(start).map(Token::Start),
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    Ok(Token::End)
                }
                Event::Text(text) => Ok(Token::Text(text.xml10_content())),
                Event::CData(text) => Ok(Token::Text(text.xml10_content())),
                Event::GeneralRef(reference) => self.entity(&reference).map(Token::Text),
                Event::DocType(_) => {
                    Err(self.error("a document type declaration, which SOAP forbids,"))
                }
                Event::Eof if self.depth > 0 => Err(self.error("the document ends in the middle")),
                Event::Eof => Ok(Token::Eof),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => continue,
                // The configuration expands empty elements to a start and an end.
                Event::Empty(_) => Err(self.error("an empty element")),
            };
        }
    }

    fn open(&mut self, start: BytesStart<'a>) -> Result<Element<'a>, Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(format!("elements nested more than {MAX_DEPTH} deep")));
        }
        if !start.attributes_raw().is_empty() {
            self.check_attributes(&start)?;
        }
        let ns = match self.inner.resolver().resolve_element(start.name()).0 {
            ResolveResult::Unbound => Ns::None,
            ResolveResult::Bound(namespace) => {
                let uri = namespace.into_inner();
                // Most elements are consecutive properties of one class.
                if *self.last_other == *uri {
                    Ns::Other(Arc::clone(&self.last_other))
                } else if let Some(known) = Ns::known(uri) {
                    known
                } else {
                    self.last_other = uri.into();
                    Ns::Other(Arc::clone(&self.last_other))
                }
            }
            ResolveResult::Unknown(prefix) => {
                return Err(self.error(format!("the prefix {prefix:?} is not bound")));
            }
        };
        Ok(Element { start, ns })
    }

    fn check_attributes(&self, start: &BytesStart<'_>) -> Result<(), Error> {
        // Each attribute is compared with those before it; the bound limits the cost.
        for (count, attribute) in start.attributes().enumerate() {
            if count == MAX_ATTRIBUTES {
                return Err(self.error(format!(
                    "more than {MAX_ATTRIBUTES} attributes on an element"
                )));
            }
            attribute.map_err(|error| self.error(Error::words(&error.into())))?;
        }
        Ok(())
    }

    fn entity(&self, reference: &BytesRef<'_>) -> Result<Cow<'a, str>, Error> {
        let unknown = |_| self.error(format!("the character reference &{};", &**reference));
        if let Some(c) = reference.resolve_char_ref().map_err(unknown)? {
            return Ok(Cow::Owned(c.to_string()));
        }
        let text = match &**reference {
            "lt" => "<",
            "gt" => ">",
            "amp" => "&",
            "apos" => "'",
            "quot" => "\"",
            other => return Err(self.error(format!("the unknown entity {other:?}"))),
        };
        Ok(Cow::Borrowed(text))
    }

    fn error(&self, what: impl Into<String>) -> Error {
        Error::at(what, self.inner.buffer_position())
    }
}

enum Token<'a> {
    Start(Element<'a>),
    Text(Cow<'a, str>),
    End,
    Eof,
}

/// Returns the first character of a text that XML does not allow.
pub(super) fn forbidden(value: &str) -> Option<char> {
    value.chars().find(|c| !text::is_allowed(*c))
}

/// The maximum nesting of elements. WinRM rejects references nested deeper than a few levels (0x8033807F), and real
/// responses stay below 20 levels. Each level costs a call or a stack entry.
const MAX_DEPTH: usize = 100;
/// The maximum number of attributes of an element. Real servers declare about a dozen namespaces on the envelope. The
/// check for duplicates is quadratic.
const MAX_ATTRIBUTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(text: &str) -> String {
        let mut reader = Reader::new(text);
        let read = reader
            .root()
            .and_then(|_| reader.skip())
            .and_then(|()| reader.end());
        read.expect_err(text).to_string()
    }

    #[test]
    fn a_prefix_bound_twice() {
        let mut reader =
            Reader::new(r#"<p:a xmlns:p="one"><p:b xmlns:p="two"><p:c/></p:b><p:d/></p:a>"#);
        let mut seen = Vec::new();
        for _ in 0..4 {
            if let Token::Start(element) = reader.next().unwrap() {
                seen.push((element.ns().uri().to_owned(), element.local().to_owned()));
            }
        }
        reader.next().unwrap();
        if let Token::Start(element) = reader.next().unwrap() {
            seen.push((element.ns().uri().to_owned(), element.local().to_owned()));
        }
        let names: Vec<_> = seen
            .iter()
            .map(|(ns, local)| (ns.as_str(), local.as_str()))
            .collect();
        assert_eq!(
            names,
            [("one", "a"), ("two", "b"), ("two", "c"), ("one", "d")]
        );
    }

    #[test]
    fn text_is_put_together() {
        let mut reader = Reader::new("<a>x &amp; <![CDATA[<y>]]>&#252;&#x1;\r\nz</a>");
        reader.root().unwrap();
        assert_eq!(reader.text().unwrap(), "x & <y>ü\u{1}\nz");
        reader.end().unwrap();
    }

    #[test]
    fn attributes_by_namespace() {
        let document = format!(r#"<a xmlns:i="{}" i:nil="true" nil="&lt;x"/>"#, uri_xsi());
        let mut reader = Reader::new(&document);
        let root = reader.root().unwrap();
        assert_eq!(
            reader.attribute(&root, &Ns::Xsi, "nil").unwrap().as_deref(),
            Some("true")
        );
        assert_eq!(
            reader
                .attribute(&root, &Ns::None, "nil")
                .unwrap()
                .as_deref(),
            Some("<x")
        );
        assert_eq!(reader.attribute(&root, &Ns::Soap, "nil").unwrap(), None);
    }

    fn uri_xsi() -> &'static str {
        "http://www.w3.org/2001/XMLSchema-instance"
    }

    #[test]
    fn names_in_text_are_resolved() {
        let mut reader = Reader::new(
            r#"<a xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd">w:TimedOut</a>"#,
        );
        reader.root().unwrap();
        let text = reader.text().unwrap();
        assert_eq!(
            reader.resolve(&text),
            Some((Ns::Wsman, "TimedOut".to_owned()))
        );
        assert_eq!(reader.resolve("x:TimedOut"), None);
    }

    #[test]
    fn what_is_refused() {
        let many: String = (0..65).map(|n| format!(" a{n}=''")).collect();
        for (document, what) in [
            (
                "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>".to_owned(),
                "document type",
            ),
            ("<a>&b;</a>".to_owned(), "unknown entity"),
            ("<p:a/>".to_owned(), "not bound"),
            ("<a><b></a>".to_owned(), "expected"),
            ("<a>".to_owned(), "ends in the middle"),
            ("<a/><b/>".to_owned(), "follows the root"),
            ("<a/>text".to_owned(), "follows the root"),
            ("text<a/>".to_owned(), "before the root"),
            ("".to_owned(), "no root"),
            (format!("<a{many}/>"), "more than 64 attributes"),
            ("<a b='1' b='2'/>".to_owned(), "duplicate"),
            ("<a>".repeat(101), "nested more than 100"),
            ("<a>&#xD800;</a>".to_owned(), "character reference"),
            (bound(200), "more than 128 namespaces are bound at"),
        ] {
            let error = error_of(&document);
            assert!(error.contains(what), "{document:.60}: {error}");
            assert!(!error.contains("::"), "{document:.60}: {error}");
        }
    }

    /// Returns nested elements, each with its own prefixes.
    fn bound(depth: usize) -> String {
        // With eight bindings on each element, the document stays far below the bound on depth.
        let bindings = |n: usize| (0..8).map(move |m| format!(" xmlns:p{n}-{m}='u'"));
        let elements = (0..depth / 8).map(|n| format!("<a{}>", bindings(n).collect::<String>()));
        elements.collect()
    }

    #[test]
    fn a_duplicate_attribute_and_an_unbound_prefix_are_told_in_our_own_words() {
        assert_eq!(
            error_of("<a b='1' b='2'/>"),
            "a duplicate attribute on an element at byte 16 of the XML"
        );
        assert_eq!(
            error_of("<a p:b='1' xmlns:p='u'><q:c/></a>"),
            "the prefix \"q\" is not bound at byte 29 of the XML"
        );
    }
}
