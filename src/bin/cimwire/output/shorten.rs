//! Text from hosts, as long as a line or a message may show it.

/// Returns the beginning of a text from a host, as long as a line may name something by it.
pub(crate) fn short(text: &str) -> String {
    cut(text, LONGEST)
}

/// Returns the beginning of a sentence from a host, as long as a message may show it.
pub(crate) fn excerpt(text: &str) -> String {
    cut(text, EXCERPT)
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

/// The longest name in a line: Hyper-V's are no longer than 100 characters.
const LONGEST: usize = 100;
/// The longest sentence in a message, as in the errors of the library.
const EXCERPT: usize = 300;
