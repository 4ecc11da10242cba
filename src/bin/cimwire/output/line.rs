//! A line of JSON that neither moves a cursor, nor turns text around, nor ends before its end.

use std::fmt::Write as _;

use serde::Serialize;

/// Returns an object as one line of JSON, without the line end.
///
/// JSON lets characters stand that a terminal acts on, and that readers of lines take for a line end; here they are
/// written as `\u009b`. A parser reads the same text from both.
///
/// # Errors
///
/// Returns an error if the object cannot be written as JSON.
pub(crate) fn line_of(object: &impl Serialize) -> Result<String, serde_json::Error> {
    let line = serde_json::to_string(object)?;
    if !line.contains(is_unsafe) {
        return Ok(line);
    }
    let mut escaped = String::with_capacity(line.len() + 8);
    for c in line.chars() {
        if is_unsafe(c) {
            // Writing to a String does not fail. Outside of its strings JSON has none of these characters.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Ok(escaped)
}

/// Returns whether a character is a control character that JSON does not escape by itself, a line separator of Unicode,
/// or one that sets the direction of text (UAX #9, 2).
fn is_unsafe(c: char) -> bool {
    matches!(c, '\u{7F}'..='\u{9F}' | '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_bidirectional_characters_are_escaped() {
        let unsafe_ranges = [
            (0x80, 0x9F),
            (0x61C, 0x61C),
            (0x200E, 0x200F),
            (0x202A, 0x202E),
            (0x2066, 0x2069),
        ];
        for (first, last) in unsafe_ranges {
            for code in first..=last {
                let text = format!("a{}ü", char::from_u32(code).unwrap());
                let line = line_of(&text).unwrap();
                assert_eq!(line, format!("\"a\\u{code:04x}ü\""));
                assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
            }
        }
    }

    #[test]
    fn other_text_stays_as_it_is() {
        let text = "web & <db> \"01\" fünf 仮想 \u{200D}\u{1F600}\n";
        assert_eq!(
            line_of(&text).unwrap(),
            serde_json::to_string(text).unwrap()
        );
    }
}
