//! Text from strangers, made safe to look at.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control, escape and bidirectional characters written out as `\u{1b}`, so that it can neither move a
/// terminal's cursor nor forge a line; line ends and tabs become spaces.
///
/// Errors of this crate show what a host said in this form. Values do not: they are what the host sent.
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
                // Writing to a String does not fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

/// The beginning of a text, made safe to look at: enough for any content type, host name or cause.
pub(crate) fn excerpt(text: &str) -> String {
    let end = text.char_indices().nth(EXCERPT).map(|(end, _)| end);
    match end.and_then(|end| text.get(..end)) {
        Some(start) => format!("{}...", printable(start)),
        None => printable(text).into_owned(),
    }
}

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// Who sends more has nothing to say in an error message.
const EXCERPT: usize = 300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(excerpt(&"ä".repeat(300)), "ä".repeat(300));
        assert_eq!(excerpt(&"ä".repeat(301)), "ä".repeat(300) + "...");
        assert_eq!(
            excerpt("text/html; a=\"\u{1b}[2J\u{202e}\r\n"),
            "text/html; a=\"\\u{1b}[2J\\u{202e}  "
        );
    }

    #[test]
    fn terminals_are_safe() {
        assert_eq!(printable("web & <db> 仮想"), "web & <db> 仮想");
        assert_eq!(
            printable("a\x1b[2Jb\r\nc\u{202E}d\0"),
            "a\\u{1b}[2Jb  c\\u{202e}d\\u{0}"
        );
    }
}
