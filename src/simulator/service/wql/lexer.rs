//! The words of a query.

use std::iter::Peekable;
use std::str::Chars;

use crate::cim::is_cim_name;

/// A word of a query.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name.
    Word(String),
    /// A literal in quotes, without them and unescaped.
    Text(String),
    /// A number as it was written.
    Number(String),
    Symbol(&'static str),
}

impl Token {
    pub(super) fn is_word(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

/// Splits a query into words. Returns `None` if a part of it is not a word.
pub(super) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut rest = text.chars().peekable();
    let mut tokens = Vec::new();
    loop {
        while rest.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(first) = rest.peek().copied() else {
            return Some(tokens);
        };
        tokens.push(match first {
            '\'' | '"' => Token::Text(quoted(&mut rest)?),
            '-' | '0'..='9' => Token::Number(number(&mut rest)?),
            c if is_symbol(c) => Token::Symbol(symbol(&mut rest)?),
            _ => Token::Word(word(&mut rest)?),
        });
    }
}

fn quoted(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let quote = rest.next()?;
    let mut text = String::new();
    loop {
        match rest.next()? {
            '\\' => text.push(rest.next()?),
            c if c == quote => return Some(text),
            c => text.push(c),
        }
    }
}

fn number(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut number: String = rest.next_if_eq(&'-').into_iter().collect();
    while let Some(digit) = rest.next_if(|c| c.is_ascii_digit() || *c == '.') {
        number.push(digit);
    }
    number.parse::<f64>().is_ok().then_some(number)
}

fn word(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let in_word = |c: &char| !c.is_whitespace() && !is_symbol(*c) && !matches!(c, '\'' | '"');
    let word: String = std::iter::from_fn(|| rest.next_if(in_word)).collect();
    // A query for events can name a property of an object in the event.
    word.split('.').all(is_cim_name).then_some(word)
}

fn is_symbol(c: char) -> bool {
    matches!(c, '(' | ')' | ',' | '*' | '=' | '<' | '>' | '!')
}

fn symbol(rest: &mut Peekable<Chars<'_>>) -> Option<&'static str> {
    Some(match (rest.next()?, rest.peek()) {
        ('<', Some('=')) => double(rest, "<="),
        ('<', Some('>')) => double(rest, "<>"),
        ('>', Some('=')) => double(rest, ">="),
        ('!', Some('=')) => double(rest, "<>"),
        ('(', _) => "(",
        (')', _) => ")",
        (',', _) => ",",
        ('*', _) => "*",
        ('=', _) => "=",
        ('<', _) => "<",
        ('>', _) => ">",
        _ => return None,
    })
}

fn double(rest: &mut Peekable<Chars<'_>>, symbol: &'static str) -> &'static str {
    rest.next();
    symbol
}
