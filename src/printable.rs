//! Escaping of text from servers for display.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Escapes control, escape and bidirectional characters as `\u{1b}`, so that the text can neither move a terminal's
/// cursor nor forge a line. Line ends and tabs become spaces.
///
/// Errors of this crate contain text from a host in this form. Values are not escaped: they contain the text as sent.
///
/// ```
/// assert_eq!(cimwire::printable("web01\u{1b}[2J\n"), r"web01\u{1b}[2J ");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => shown.push(' '),
            c if is_unsafe(c) => {
                // Writing to a `String` does not fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// Escapes a text and truncates it to `most` characters, since text from a server can be as long as an envelope.
pub(crate) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => printable(text),
        Some((end, _)) => {
            let beginning = text.get(..end).unwrap_or_default();
            Cow::Owned(format!("{}…", printable(beginning)))
        }
    }
}

/// Escapes the beginning of a text, enough for any content type, host name or cause.
pub(crate) fn excerpt(text: &str) -> String {
    shortened(text, EXCERPT).into_owned()
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// The longest excerpt in an error message, in characters.
const EXCERPT: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminals_are_safe() {
        assert_eq!(printable("web & <db> 仮想"), "web & <db> 仮想");
        assert_eq!(
            printable("a\x1b[2Jb\r\nc\u{202E}d\0"),
            "a\\u{1b}[2Jb  c\\u{202e}d\\u{0}"
        );
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(shortened("fünf", 4), "fünf");
        assert_eq!(shortened("\u{1b}ünf", 3), "\\u{1b}ün…");
        assert_eq!(shortened("", 0), "");
    }
}
