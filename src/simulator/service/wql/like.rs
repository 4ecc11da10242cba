//! The patterns of LIKE: `%`, `_`, `[a-f]` and `[^a-f]` (WMI SDK, "LIKE Operator").

/// A pattern.
#[derive(Debug, PartialEq)]
pub(super) struct Pattern(Vec<Part>);

#[derive(Debug, PartialEq)]
enum Part {
    /// Any number of any characters.
    Anything,
    /// Any one character.
    AnyOne,
    /// One character of these ranges, or outside of all of them.
    OneOf {
        ranges: Vec<(char, char)>,
        negated: bool,
    },
    This(char),
}

impl Pattern {
    /// Reads a pattern. Returns `None` if a bracket is not closed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let folded = folded(text);
        let mut rest = folded.chars();
        while let Some(c) = rest.next() {
            parts.push(match c {
                '%' => Part::Anything,
                '_' => Part::AnyOne,
                '[' => {
                    let (set, after) = rest.as_str().split_once(']')?;
                    rest = after.chars();
                    one_of(set)
                }
                c => Part::This(c),
            });
        }
        Some(Self(parts))
    }

    /// Reports whether a text matches. Only the last `%` is widened, step by step, so the time is bounded by the
    /// product of both lengths.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = folded(text).chars().collect();
        let (mut at, mut part) = (0, 0);
        let mut last_anything: Option<(usize, usize)> = None;
        while let Some(c) = text.get(at) {
            match self.0.get(part) {
                Some(Part::Anything) => {
                    part += 1;
                    last_anything = Some((part, at));
                }
                Some(one) if one.takes(*c) => {
                    at += 1;
                    part += 1;
                }
                _ => {
                    let Some((after, swallowed)) = last_anything else {
                        return false;
                    };
                    last_anything = Some((after, swallowed + 1));
                    (at, part) = (swallowed + 1, after);
                }
            }
        }
        let mut left = self.0.iter().skip(part);
        left.all(|part| *part == Part::Anything)
    }
}

impl Part {
    fn takes(&self, c: char) -> bool {
        match self {
            Self::Anything => false,
            Self::AnyOne => true,
            Self::This(this) => *this == c,
            Self::OneOf { ranges, negated } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&c)) != *negated
            }
        }
    }
}

fn one_of(set: &str) -> Part {
    let (set, negated) = set
        .strip_prefix('^')
        .map_or((set, false), |set| (set, true));
    let mut ranges = Vec::new();
    let mut rest = set.chars().peekable();
    while let Some(low) = rest.next() {
        let mut ahead = rest.clone();
        let high = match (ahead.next(), ahead.next()) {
            (Some('-' | '='), Some(high)) => {
                rest = ahead;
                high
            }
            _ => low,
        };
        ranges.push((low, high));
    }
    Part::OneOf { ranges, negated }
}

/// Returns a text in the form in which WMI compares it.
pub(super) fn folded(text: &str) -> String {
    text.to_lowercase()
}
