//! The parser of queries, by recursive descent.

use std::time::Duration;

use super::condition::{Comparison, Condition, Literal};
use super::lexer::{Token, tokens};
use super::like::Pattern;
use super::query::{InvalidQuery, Query};

impl Query {
    /// Reads a query for a host of this name, which stands for `__SERVER` in conditions.
    pub(crate) fn parse(text: &str, server: &str) -> Result<Self, InvalidQuery> {
        query(text, server).ok_or(InvalidQuery)
    }
}

fn query(text: &str, server: &str) -> Option<Query> {
    let mut parser = Parser {
        rest: tokens(text)?.into_iter().peekable(),
        server: server.to_owned(),
        terms: 0,
    };
    parser.keyword("SELECT")?;
    let projection = parser.projection()?;
    parser.keyword("FROM")?;
    let class = parser.name()?;
    let within = match parser.takes("WITHIN") {
        true => Some(parser.seconds()?),
        false => None,
    };
    let condition = match parser.rest.peek() {
        None => None,
        Some(_) => {
            parser.keyword("WHERE")?;
            Some(parser.any(0)?)
        }
    };
    // The query must end here.
    parser.rest.next().is_none().then_some(Query {
        projection,
        class,
        within,
        condition,
    })
}

struct Parser {
    rest: std::iter::Peekable<std::vec::IntoIter<Token>>,
    server: String,
    /// The number of comparisons so far.
    terms: usize,
}

impl Parser {
    fn projection(&mut self) -> Option<Option<Vec<String>>> {
        if self.symbol("*") {
            return Some(None);
        }
        let mut names = vec![self.name()?];
        while self.symbol(",") {
            names.push(self.name()?);
        }
        (names.len() <= MAX_TERMS).then_some(Some(names))
    }

    fn any(&mut self, depth: usize) -> Option<Condition> {
        let mut terms = vec![self.all(depth)?];
        while self.takes("OR") {
            terms.push(self.all(depth)?);
        }
        Some(Condition::any(terms))
    }

    fn all(&mut self, depth: usize) -> Option<Condition> {
        let mut terms = vec![self.term(depth)?];
        while self.takes("AND") {
            terms.push(self.term(depth)?);
        }
        Some(Condition::all(terms))
    }

    fn term(&mut self, depth: usize) -> Option<Condition> {
        if depth >= MAX_DEPTH {
            return None;
        }
        if self.takes("NOT") {
            return Some(Condition::Not(Box::new(self.term(depth + 1)?)));
        }
        if self.symbol("(") {
            let inner = self.any(depth + 1)?;
            return self.symbol(")").then_some(inner);
        }
        self.terms += 1;
        (self.terms <= MAX_TERMS)
            .then(|| self.comparison())
            .flatten()
    }

    fn comparison(&mut self) -> Option<Condition> {
        // WMI accepts the constant on either side.
        if let Some(literal) = self.literal() {
            let turned = match self.operator()? {
                "<" => ">",
                ">" => "<",
                "<=" => ">=",
                ">=" => "<=",
                same => same,
            };
            let comparison = Comparison::of(turned)?;
            return Some(Condition::Compare(self.name()?, comparison, literal));
        }
        let property = self.name()?;
        if self.takes("IS") {
            let negated = self.takes("NOT");
            self.keyword("NULL")?;
            return Some(Condition::null(property, !negated));
        }
        if self.takes("NOT") {
            self.keyword("LIKE")?;
            return Some(Condition::Not(Box::new(self.like(property)?)));
        }
        if self.takes("LIKE") {
            return self.like(property);
        }
        if self.takes("ISA") {
            return match self.rest.next()? {
                Token::Text(class) => Some(Condition::IsA(property, class)),
                _ => None,
            };
        }
        let comparison = Comparison::of(self.operator()?)?;
        match self.literal()? {
            Literal::Null if comparison == Comparison::EQUAL => {
                Some(Condition::null(property, true))
            }
            Literal::Null if comparison == Comparison::UNEQUAL => {
                Some(Condition::null(property, false))
            }
            Literal::Null => None,
            literal => Some(Condition::Compare(property, comparison, literal)),
        }
    }

    fn like(&mut self, property: String) -> Option<Condition> {
        match self.rest.next()? {
            Token::Text(pattern) => Some(Condition::Like(property, Pattern::parse(&pattern)?)),
            _ => None,
        }
    }

    fn operator(&mut self) -> Option<&'static str> {
        match self.rest.next()? {
            Token::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// Reads a constant, if the next word is one.
    fn literal(&mut self) -> Option<Literal> {
        let literal = match self.rest.peek()? {
            Token::Text(text) => Literal::Text(text.clone()),
            Token::Number(number) => Literal::Number(number.clone()),
            word if word.is_word("TRUE") => Literal::Boolean(true),
            word if word.is_word("FALSE") => Literal::Boolean(false),
            word if word.is_word("NULL") => Literal::Null,
            word if word.is_word("__SERVER") => Literal::Text(self.server.clone()),
            _ => return None,
        };
        self.rest.next();
        Some(literal)
    }

    fn name(&mut self) -> Option<String> {
        match self.rest.next()? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    /// Reads a duration, which must not be zero.
    fn seconds(&mut self) -> Option<Duration> {
        let seconds = match self.rest.next()? {
            Token::Number(number) => number.parse().ok()?,
            _ => return None,
        };
        let length = Duration::try_from_secs_f64(seconds).ok()?;
        (!length.is_zero()).then_some(length)
    }

    fn keyword(&mut self, keyword: &str) -> Option<()> {
        self.takes(keyword).then_some(())
    }

    fn takes(&mut self, keyword: &str) -> bool {
        self.rest.next_if(|token| token.is_word(keyword)).is_some()
    }

    fn symbol(&mut self, symbol: &'static str) -> bool {
        self.rest.next_if_eq(&Token::Symbol(symbol)).is_some()
    }
}

/// The depth of parentheses and NOT. Each level costs a few nested calls.
const MAX_DEPTH: usize = 64;
/// The number of comparisons, and of projected properties. WMI has such a bound too, but does not document it.
const MAX_TERMS: usize = 1000;
