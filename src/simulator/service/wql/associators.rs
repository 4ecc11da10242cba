//! `ASSOCIATORS OF {path} WHERE …` and `REFERENCES OF {path} WHERE …` (WMI SDK, the pages of these statements).

use crate::cim::Reference;

use super::super::associations::AssociationQuery;
use super::lexer::{Token, tokens};
use super::query::InvalidQuery;

/// Reads a query for associations. Returns `None` if the text is a query of another kind.
///
/// The conditions follow each other without AND.
pub(crate) fn association_query(text: &str) -> Option<Result<AssociationQuery, InvalidQuery>> {
    let (verb, rest) = text.trim_start().split_once(char::is_whitespace)?;
    let wants_links = match verb.to_ascii_uppercase().as_str() {
        "ASSOCIATORS" => false,
        "REFERENCES" => true,
        _ => return None,
    };
    Some(read(rest, wants_links).ok_or(InvalidQuery))
}

fn read(rest: &str, wants_links: bool) -> Option<AssociationQuery> {
    let (of, rest) = rest.split_once('{')?;
    if !of.trim().eq_ignore_ascii_case("OF") {
        return None;
    }
    let end = closing_brace(rest)?;
    let mut query = AssociationQuery {
        object: Some(object_path(rest.get(..end)?.trim())?),
        wants_links,
        ..AssociationQuery::default()
    };
    let mut words = tokens(rest.get(end + 1..)?)?.into_iter();
    match words.next() {
        None => return Some(query),
        Some(word) if word.is_word("WHERE") => {}
        Some(_) => return None,
    }
    let mut is_empty = true;
    while let Some(word) = words.next() {
        is_empty = false;
        let Token::Word(condition) = word else {
            return None;
        };
        let (Some(Token::Symbol("=")), Some(Token::Word(name))) = (words.next(), words.next())
        else {
            return None;
        };
        let place = match condition.to_ascii_lowercase().as_str() {
            "assocclass" if !wants_links => &mut query.association_class,
            "resultclass" => &mut query.result_class,
            "role" => &mut query.role,
            "resultrole" if !wants_links => &mut query.result_role,
            _ => return None,
        };
        if place.replace(name).is_some() {
            return None;
        }
    }
    (!is_empty).then_some(query)
}

/// Returns the place of the brace that closes the path. A brace in quotation marks does not.
fn closing_brace(text: &str) -> Option<usize> {
    let mut quote = None;
    let mut characters = text.char_indices();
    while let Some((at, c)) = characters.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                characters.next();
            }
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '}') => return Some(at),
            _ => {}
        }
    }
    None
}

/// Reads an object path. WQL allows its strings in single quotation marks.
fn object_path(text: &str) -> Option<Reference> {
    let mut path = String::with_capacity(text.len());
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(_), '\\') => {
                path.push('\\');
                path.push(characters.next()?);
            }
            (Some(open), c) if c == open => {
                quote = None;
                path.push('"');
            }
            (Some('\''), '"') => path.push_str("\\\""),
            (None, '"' | '\'') => {
                quote = Some(c);
                path.push('"');
            }
            (_, c) => path.push(c),
        }
    }
    path.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> AssociationQuery {
        association_query(text)
            .unwrap_or_else(|| panic!("{text}"))
            .unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn queries() {
        let asked = read(
            "associators of {Win32_Service.Name='a}\\'\"\\\\'} where AssocClass=A ResultClass = B role=C ResultRole=D",
        );
        let object = Reference::new("", "Win32_Service").with_key("Name", "a}'\"\\");
        let name = |name: &str| Some(name.to_owned());
        let expected = AssociationQuery {
            object: Some(object.clone()),
            wants_links: false,
            association_class: name("A"),
            result_class: name("B"),
            role: name("C"),
            result_role: name("D"),
        };
        assert_eq!(asked, expected);
        let asked = read(r#"REFERENCES OF {Win32_Service.Name="a}'\"\\"}"#);
        assert_eq!(asked.object, Some(object));
        assert!(asked.wants_links);
    }

    #[test]
    fn what_is_none() {
        assert!(association_query("SELECT * FROM Win32_Service").is_none());
        for text in [
            "ASSOCIATORS OF",
            "ASSOCIATORS OF {}",
            "ASSOCIATORS OF {Win32_Service.Name='a'",
            "ASSOCIATORS {Win32_Service.Name='a'}",
            "ASSOCIATORS OF {Win32_Service.Name='a'} WHERE",
            "ASSOCIATORS OF {Win32_Service.Name='a'} Role=x",
            "ASSOCIATORS OF {Win32_Service.Name='a'} WHERE Role=x Role=y",
            "ASSOCIATORS OF {Win32_Service.Name='a'} WHERE Role=x AND ResultRole=y",
            "ASSOCIATORS OF {Win32_Service.Name='a'} WHERE Role='x'",
            "REFERENCES OF {Win32_Service.Name='a'} WHERE AssocClass=x",
            "REFERENCES OF {Win32_Service.Name='a'} WHERE ResultRole=x",
        ] {
            assert!(
                association_query(text)
                    .unwrap_or_else(|| panic!("{text}"))
                    .is_err(),
                "{text}"
            );
        }
    }
}
