//! An XML writer that prevents injection.

use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use super::Error;
use super::reader::forbidden;

/// A writer of a document, from the root downwards.
///
/// Names come from this crate or have been checked to be CIM identifiers. Values are untrusted and are escaped. A value
/// with a character that XML 1.0 forbids is an error, since it cannot be escaped.
pub(crate) struct Writer {
    inner: quick_xml::Writer<Vec<u8>>,
    open: Vec<String>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self {
            inner: quick_xml::Writer::new(Vec::with_capacity(2048)),
            open: Vec::new(),
        }
    }

    /// Opens an element. A namespace is declared like any attribute: `("xmlns:p", uri)`.
    pub(crate) fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Error> {
        let start = Self::tag(name, attributes)?;
        self.write(Event::Start(start))?;
        self.open.push(name.to_owned());
        Ok(())
    }

    /// Closes the element that was opened last.
    pub(crate) fn end(&mut self) -> Result<(), Error> {
        match self.open.pop() {
            Some(name) => self.write(Event::End(BytesEnd::new(name))),
            None => Err(Error::new("no element is open")),
        }
    }

    /// Writes an element without content.
    pub(crate) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Error> {
        let start = Self::tag(name, attributes)?;
        self.write(Event::Empty(start))
    }

    /// Writes an element that contains text only.
    pub(crate) fn element(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        text: &str,
    ) -> Result<(), Error> {
        self.start(name, attributes)?;
        self.text(text)?;
        self.end()
    }

    /// Writes text.
    pub(crate) fn text(&mut self, text: &str) -> Result<(), Error> {
        check(text)?;
        self.write(Event::Text(BytesText::new(text)))
    }

    /// Returns the document.
    pub(crate) fn finish(self) -> Result<String, Error> {
        if !self.open.is_empty() {
            return Err(Error::new("an element is still open"));
        }
        String::from_utf8(self.inner.into_inner()).map_err(|_| Error::new("not UTF-8"))
    }

    fn tag<'n>(name: &'n str, attributes: &[(&str, &str)]) -> Result<BytesStart<'n>, Error> {
        let mut start = BytesStart::new(name);
        for (name, value) in attributes {
            check(value)?;
            start.push_attribute((*name, *value));
        }
        Ok(start)
    }

    fn write(&mut self, event: Event<'_>) -> Result<(), Error> {
        self.inner
            .write_event(event)
            .map_err(|error| Error::new(error.to_string()))
    }
}

fn check(value: &str) -> Result<(), Error> {
    match forbidden(value) {
        Some(c) => Err(Error::new(format!(
            "the character {c:?} is not allowed in XML"
        ))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Ns, Reader};
    use super::*;

    #[test]
    fn whatever_is_written_is_read() {
        for value in [
            "",
            "web & <db> \"01\"",
            "a\rb\nc\td",
            "]]>",
            "fünf 仮想 \u{1F600}",
            "  ",
            "'\u{85}\u{2028}",
        ] {
            let mut writer = Writer::new();
            writer.element("a", &[("b", value)], value).unwrap();
            let document = writer.finish().unwrap();
            let mut reader = Reader::new(&document);
            let root = reader.root().unwrap();
            assert_eq!(
                reader.attribute(&root, &Ns::None, "b").unwrap().as_deref(),
                Some(value),
                "{document}"
            );
            assert_eq!(reader.text().unwrap(), value, "{document}");
        }
    }

    #[test]
    fn forbidden_characters() {
        for value in ["\0", "\u{1}", "\u{B}", "\u{FFFE}", "\u{FFFF}"] {
            assert!(Writer::new().element("a", &[], value).is_err(), "{value:?}");
            assert!(
                Writer::new().element("a", &[("b", value)], "").is_err(),
                "{value:?}"
            );
        }
    }

    #[test]
    fn ends_must_match() {
        let mut writer = Writer::new();
        writer.start("a", &[]).unwrap();
        assert!(writer.finish().is_err());
        assert!(Writer::new().end().is_err());
    }
}
