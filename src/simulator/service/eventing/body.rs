//! The content of a Subscribe.

use std::time::Duration;

use crate::cim::Interval;
use crate::wsman::server_side::uris;
use crate::xml::{Element, Ns, Reader};

use super::super::fault::{self, Refusal};
use super::super::reading::{malformed, text_alone};

pub(super) struct SubscribeBody {
    /// The query of the filter, if there is one.
    pub(super) query: Option<String>,
    /// The longest time without a response to a Pull.
    pub(super) heartbeats: Option<Duration>,
    /// The expiration time, as the request has it.
    pub(super) expires: Option<String>,
}

impl SubscribeBody {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        body: Option<&Element<'_>>,
    ) -> Result<Self, Refusal> {
        let mut parsed = Self {
            query: None,
            heartbeats: None,
            expires: None,
        };
        if !body.is_some_and(|body| body.is(&Ns::Eventing, "Subscribe")) {
            return Err(fault::ACTION_MISMATCH);
        }
        // Without a mode, events are to be pushed (WS-Eventing).
        let mut is_pulled = false;
        while let Some(part) = reader.next_child().map_err(malformed)? {
            match (part.ns(), part.local()) {
                (Ns::Eventing, "Delivery") => {
                    let mode = reader.attribute(&part, &Ns::None, "Mode");
                    is_pulled = mode.map_err(malformed)?.as_deref() == Some(uris::PULL_DELIVERY);
                    parsed.heartbeats = read_heartbeats(reader)?;
                }
                (Ns::Wsman | Ns::Eventing, "Filter") => {
                    if parsed.query.replace(read_query(reader, &part)?).is_some() {
                        return Err(fault::SCHEMA);
                    }
                }
                (Ns::Eventing, "Expires") => parsed.expires = Some(text_alone(reader)?),
                _ => reader.skip().map_err(malformed)?,
            }
        }
        if is_pulled {
            Ok(parsed)
        } else {
            Err(fault::DELIVERY_MODE)
        }
    }
}

/// Reads the open delivery element, to its end.
fn read_heartbeats(reader: &mut Reader<'_>) -> Result<Option<Duration>, Refusal> {
    let mut heartbeats = None;
    while let Some(part) = reader.next_child().map_err(malformed)? {
        if !part.is(&Ns::Wsman, "Heartbeats") {
            reader.skip().map_err(malformed)?;
            continue;
        }
        let interval: Result<Interval, _> = text_alone(reader)?.parse();
        let length = interval.ok().and_then(|interval| interval.micros());
        let length = length.filter(|micros| *micros > 0).ok_or(fault::SCHEMA)?;
        heartbeats = Some(Duration::from_micros(length));
    }
    Ok(heartbeats)
}

fn read_query(reader: &mut Reader<'_>, filter: &Element<'_>) -> Result<String, Refusal> {
    let dialect = reader.attribute(filter, &Ns::None, "Dialect");
    match dialect.map_err(malformed)?.as_deref() {
        Some(uris::WQL) => text_alone(reader),
        _ => Err(fault::EVENT_FILTER_DIALECT),
    }
}
