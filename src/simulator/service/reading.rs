//! Small readers that several operations share.

use std::time::Duration;

use crate::cim::{DateTime, Interval};
use crate::simulator::providers::Moment;
use crate::xml::{Element, Error, Ns, Reader};

use super::fault::{self, Refusal};

/// Reads the next child of the open element, or its end.
pub(crate) fn next<'a>(reader: &mut Reader<'a>) -> Result<Option<Element<'a>>, Refusal> {
    reader.next_child().map_err(malformed)
}

pub(crate) fn malformed(_: Error) -> Refusal {
    fault::MALFORMED
}

/// Checks that the body is this element of WS-Enumeration.
pub(crate) fn expect(body: Option<&Element<'_>>, name: &str) -> Result<(), Refusal> {
    match body {
        Some(body) if body.is(&Ns::Enumeration, name) => Ok(()),
        _ => Err(fault::ACTION_MISMATCH),
    }
}

/// Reads the text of the open element, to its end.
pub(crate) fn text_alone(reader: &mut Reader<'_>) -> Result<String, Refusal> {
    let text = reader.text().map_err(|_| fault::SCHEMA)?;
    Ok(text.trim().to_owned())
}

/// Reads a number of items, of which there must be at least one.
pub(crate) fn count(reader: &mut Reader<'_>) -> Result<usize, Refusal> {
    let count: usize = text_alone(reader)?.parse().map_err(|_| fault::SCHEMA)?;
    if count == 0 {
        Err(fault::SCHEMA)
    } else {
        Ok(count)
    }
}

/// Returns the moment of an `Expires`: a time, or a duration from now.
///
/// # Errors
///
/// Returns `refusal` if the text is neither, or names a time that is over.
pub(crate) fn expires(
    text: Option<&str>,
    now: Moment,
    refusal: Refusal,
) -> Result<Option<Moment>, Refusal> {
    let at = text.map(|text| moment(text, now).ok_or(refusal));
    at.transpose()
}

fn moment(text: &str, now: Moment) -> Option<Moment> {
    let at = match text.parse::<Interval>() {
        Ok(interval) => now.plus(Duration::from_micros(interval.micros()?)),
        Err(_) => Moment::of(&text.parse::<DateTime>().ok()?)?,
    };
    (at > now).then_some(at)
}
