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

fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

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
}
