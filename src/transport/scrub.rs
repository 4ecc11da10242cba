//! Removal of secrets from envelopes that are shown or kept.

use std::borrow::Cow;

use quick_xml::escape::{escape, unescape};

/// Returns an envelope without secrets: `***` stands for
///
/// - the content and the attributes of elements whose name, or whose attribute `Name`, says password, secret, key or
///   token, and attributes with such a name;
/// - the literal that such a name is compared with or set to, as in WQL, object paths and MOF;
/// - the known secrets, wherever they stand.
///
/// The same holds for text that is escaped or in CDATA, such as embedded instances in CIM-XML. A text that is not XML is
/// scrubbed as far as it can be read; what cannot be read is left out.
pub(crate) fn scrubbed(xml: &str, secrets: &[&str]) -> String {
    let secrets = secrets.iter().filter(|secret| !secret.is_empty());
    let scrubber = Scrubber {
        secrets: secrets.copied().collect(),
    };
    scrubber.xml(xml, DEPTH)
}

struct Scrubber<'a> {
    secrets: Vec<&'a str>,
}

/// A token of a document, as it was read.
enum Token<'a> {
    Text(&'a str),
    CData(&'a str),
    /// The content of a start tag, without the angle brackets.
    Start(&'a str),
    End(&'a str),
    Comment,
    /// A processing instruction or a document type.
    Other(&'a str),
    /// The beginning of a piece without its end.
    Broken,
}

impl Scrubber<'_> {
    fn xml(&self, xml: &str, depth: usize) -> String {
        let hide = |xml: String, secret: &&str| xml.replace(secret, HIDDEN);
        let xml = self.secrets.iter().fold(xml.to_owned(), hide);
        let mut out = String::with_capacity(xml.len());
        // The open elements, and whether the content of each is secret.
        let mut open: Vec<(&str, bool)> = Vec::new();
        let mut rest = xml.as_str();
        while !rest.is_empty() {
            let is_secret = open.last().is_some_and(|&(_, is_secret)| is_secret);
            let (token, after) = next(rest);
            rest = after;
            match token {
                Token::Text(text) => out.push_str(&self.text(text, is_secret, depth)),
                Token::CData(_) if is_secret || depth == 0 => out.push_str(HIDDEN),
                Token::CData(text) => {
                    let text = self.xml(text, depth - 1);
                    out.extend(["<![CDATA[", &text, "]]>"]);
                }
                Token::Start(_) if open.len() == NESTING => {
                    out.push_str(HIDDEN);
                    break;
                }
                Token::Start(tag) => {
                    let is_secret = self.start(tag, is_secret, depth, &mut out);
                    if !tag.ends_with('/') {
                        open.push((name_of(tag), is_secret));
                    }
                }
                Token::End(tag) => {
                    let name = name_of(tag);
                    if let Some(at) = open.iter().rposition(|&(open, _)| open == name) {
                        open.truncate(at);
                    }
                    out.extend(["</", tag, ">"]);
                }
                Token::Other(text) => out.push_str(text),
                Token::Comment => out.extend(["<!--", HIDDEN, "-->"]),
                Token::Broken => out.push_str(HIDDEN),
            }
        }
        out
    }

    /// Writes a start tag, and returns true if the content of the element is secret.
    fn start(&self, tag: &str, parent_is_secret: bool, depth: usize, out: &mut String) -> bool {
        let name = name_of(tag);
        let element = local(name);
        let mut attributes = Vec::new();
        let mut rest = &tag[name.len()..];
        while let Some((before, quote, value, after)) = literal(rest, false) {
            attributes.push((before, quote, value));
            rest = after;
        }
        let named = |&(before, _, value): &(&str, &str, &str)| {
            is_name(before) && says_secret(&decoded(value))
        };
        let is_secret = parent_is_secret
            || (!STRUCTURE.contains(&element) && says_secret(element))
            || (element != QUALIFIER && attributes.iter().any(named));
        out.extend(["<", name]);
        for (before, quote, value) in attributes {
            let attribute = attribute_of(before);
            let is_declaration = before.trim_start().starts_with("xmlns");
            let is_kept = is_declaration || (!parent_is_secret && KEPT.contains(&attribute));
            let hides = !is_kept && !is_name(before) && (is_secret || says_secret(attribute));
            let hides = hides || (is_name(before) && parent_is_secret);
            out.extend([before, quote, &self.text(value, hides, depth), quote]);
        }
        out.extend([rest, ">"]);
        is_secret
    }

    /// Returns a text or the value of an attribute, as it stands in the document.
    fn text<'t>(&self, text: &'t str, is_secret: bool, depth: usize) -> Cow<'t, str> {
        if text.trim().is_empty() {
            return text.into();
        }
        if is_secret {
            return HIDDEN.into();
        }
        let plain = decoded(text);
        if plain == text {
            return without_literals(text);
        }
        let clean = match depth.checked_sub(1) {
            Some(depth) => self.xml(&plain, depth),
            None => HIDDEN.to_owned(),
        };
        if clean == plain {
            text.into()
        } else {
            escape(clean).into_owned().into()
        }
    }
}

/// Returns the first piece of a document that is not empty, and the rest.
fn next<'a>(xml: &'a str) -> (Token<'a>, &'a str) {
    type Make<'a> = fn(&'a str) -> Token<'a>;
    let ends: [(&str, &str, Make<'a>); 5] = [
        ("<!--", "-->", |_| Token::Comment),
        ("<![CDATA[", "]]>", Token::CData),
        ("<?", "?>", Token::Other),
        ("<!", ">", Token::Other),
        ("</", ">", Token::End),
    ];
    for (begin, end, token) in ends {
        if let Some(rest) = xml.strip_prefix(begin) {
            let Some(length) = rest.find(end) else {
                return (Token::Broken, "");
            };
            let after = begin.len() + length + end.len();
            return match token(&rest[..length]) {
                Token::Other(_) => (Token::Other(&xml[..after]), &xml[after..]),
                token => (token, &xml[after..]),
            };
        }
    }
    if is_start(xml) {
        return match end_of_tag(xml) {
            Some(end) => (Token::Start(&xml[1..end]), &xml[end + 1..]),
            None => (Token::Broken, ""),
        };
    }
    let markup = |&(at, _): &(usize, &str)| at > 0 && is_markup(&xml[at..]);
    let end = xml.match_indices('<').find(markup);
    let (text, rest) = xml.split_at(end.map_or(xml.len(), |(at, _)| at));
    (Token::Text(text), rest)
}

fn is_markup(xml: &str) -> bool {
    is_start(xml) || xml.starts_with("</") || xml.starts_with("<!") || xml.starts_with("<?")
}

fn is_start(xml: &str) -> bool {
    let name = xml.strip_prefix('<').and_then(|rest| rest.chars().next());
    name.is_some_and(|c| c.is_alphabetic() || c == '_')
}

/// Returns the position of the angle bracket that ends a tag; one in quotes does not.
fn end_of_tag(xml: &str) -> Option<usize> {
    let mut quote = None;
    xml.find(|c| match (quote, c) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), _) => {
            if open == c {
                quote = None;
            }
            false
        }
        _ => false,
    })
}

fn name_of(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_whitespace() || c == '/');
    &tag[..end.unwrap_or(tag.len())]
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Returns the local name of an attribute before its value: ` w:Name=`.
fn attribute_of(before: &str) -> &str {
    local(before.trim_end().trim_end_matches('=').trim())
}

fn is_name(before: &str) -> bool {
    attribute_of(before).eq_ignore_ascii_case("name")
}

/// Decodes the entities of a text. An `&` that does not begin one stays: embedded text need not be XML.
fn decoded(text: &str) -> String {
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let entity = format!("&{}", piece.split_inclusive(';').next().unwrap_or_default());
        match unescape(&entity) {
            Ok(decoded) => out.extend([&decoded, &piece[entity.len() - 1..]]),
            Err(_) => out.extend(["&", piece]),
        }
    }
    out
}

/// Splits a text at its first literal: what stands before it, the quote, its content, and the rest. In WQL and MOF a
/// backslash escapes a quote, and a backslash; in XML it does not.
fn literal(text: &str, escapes: bool) -> Option<(&str, &str, &str, &str)> {
    let at = text.find(['"', '\''])?;
    let (before, rest) = text.split_at(at);
    let (quote, rest) = rest.split_at(1);
    let mut end = 0;
    loop {
        end += rest.get(end..)?.find(quote)?;
        let slashes = rest[..end].len() - rest[..end].trim_end_matches('\\').len();
        if !escapes || slashes % 2 == 0 {
            return Some((before, quote, &rest[..end], &rest[end + 1..]));
        }
        end += 1;
    }
}

/// Hides the literals that a secret property is set to or compared with: `Password = "…"`, `Key LIKE '…'`.
fn without_literals(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut rest = text;
    // Whether the last name before a literal was that of a secret; a list of literals has one name.
    let mut is_secret = false;
    while let Some((before, quote, value, after)) = literal(rest, true) {
        let listed = before.trim().trim_matches([',', '(', '{']).is_empty() && !out.is_empty();
        if !listed {
            is_secret = says_secret(last_name(before));
        }
        out.extend([before, quote, if is_secret { HIDDEN } else { value }, quote]);
        rest = after;
    }
    match rest.find(['"', '\'']) {
        // A literal without an end.
        Some(at) if says_secret(last_name(&rest[..at])) => out.extend([&rest[..at], HIDDEN]),
        _ => out.push_str(rest),
    }
    if out == text { text.into() } else { out.into() }
}

/// Returns the name to the left of an operator at the end of a text.
fn last_name(before: &str) -> &str {
    let before = before.trim_end().trim_end_matches(['(', '{']).trim_end();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &str| text.trim_end_matches(is_word).len();
    let last = &before[word(before)..];
    let left = if ["like", "in"]
        .iter()
        .any(|word| last.eq_ignore_ascii_case(word))
    {
        &before[..word(before)]
    } else {
        before.trim_end_matches(['=', '<', '>', '!', ':'])
    };
    let left = left.trim_end().trim_end_matches(['[', ']']);
    &left[word(left)..]
}

/// Returns true if a name says that its value is secret.
fn says_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace("keyboard", "");
    SECRET.iter().any(|word| name.contains(word))
}

/// The text in place of a secret.
pub(crate) const HIDDEN: &str = "***";

const SECRET: [&str; 7] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "key",
    "token",
];

/// Elements of CIM-XML (DSP0201) whose names contain `KEY`, and that hold keys of instances.
const STRUCTURE: [&str; 2] = ["KEYBINDING", "KEYVALUE"];

/// The element of CIM-XML that describes a property, such as its being a key; its value is not that of the property.
const QUALIFIER: &str = "QUALIFIER";

/// Attributes that say no more than the type of a value.
const KEPT: [&str; 7] = [
    "TYPE",
    "VALUETYPE",
    "CLASSORIGIN",
    "PROPAGATED",
    "nil",
    "type",
    "lang",
];

/// The number of times that one text can be escaped in another. Hyper-V embeds instances twice at most.
const DEPTH: usize = 6;

/// The number of elements in each other, above which the rest of a document is left out: the search for the begin of an
/// element takes as many steps.
const NESTING: usize = 1_000;

#[cfg(test)]
mod tests;
