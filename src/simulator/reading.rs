//! Small parts of requests.

use std::time::Duration;

use crate::cim::{DateTime, Interval};
use crate::xml::{Element, Error, Ns, Reader};

use super::fault::{self, Refusal};
use super::host::Moment;

/// Refuses what is not well-formed.
pub(crate) fn malformed(_: Error) -> Refusal {
    fault::MALFORMED
}

/// Checks that the body holds an element of WS-Enumeration of this name.
pub(crate) fn expect(body: Option<&Element<'_>>, name: &str) -> Result<(), Refusal> {
    match body {
        Some(body) if body.is(&Ns::Enumeration, name) => Ok(()),
        _ => Err(fault::ACTION_MISMATCH),
    }
}

/// Reads the text of the open element, which must hold nothing else, to its end.
pub(crate) fn text_alone(reader: &mut Reader<'_>) -> Result<String, Refusal> {
    let text = reader.text().map_err(|_| fault::SCHEMA)?;
    Ok(text.trim().to_owned())
}

/// Reads a number of items, which must be at least one.
pub(crate) fn count(reader: &mut Reader<'_>) -> Result<usize, Refusal> {
    let count: usize = text_alone(reader)?.parse().map_err(|_| fault::SCHEMA)?;
    if count == 0 {
        Err(fault::SCHEMA)
    } else {
        Ok(count)
    }
}

/// Reads a moment to come: a time, or an interval from now.
pub(crate) fn moment(text: &str, now: Moment) -> Option<Moment> {
    let at = match text.parse::<Interval>() {
        Ok(interval) => now.plus(Duration::from_micros(interval.micros()?)),
        Err(_) => Moment::of(&text.parse::<DateTime>().ok()?)?,
    };
    (at > now).then_some(at)
}
