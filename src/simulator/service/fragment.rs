//! A part of an instance (DSP0226 7.7), by the subset of XPath that names a property: `Name`, `Name/text()`, `Name[2]`.

use crate::cim::{Instance, Properties, Value};
use crate::simulator::providers::Class;

use super::fault::{self, Refusal};

/// Returns the part of an instance that a path names, as a projection.
pub(crate) fn of(class: &Class, instance: Instance, path: &str) -> Result<Instance, Refusal> {
    let path = path.trim();
    let path = path.strip_suffix("/text()").unwrap_or(path);
    let (name, place) = match path.strip_suffix(']').and_then(|path| path.split_once('[')) {
        None => (path, None),
        Some((name, place)) => (
            name,
            Some(
                place
                    .parse::<usize>()
                    .map_err(|_| fault::INVALID_FRAGMENT)?,
            ),
        ),
    };
    // The text of the fault code asks for the case of the property.
    let known = class.property(name).filter(|known| known.name == name);
    let known = known.ok_or(fault::INVALID_FRAGMENT)?;
    let value = instance.value(&known.name).unwrap_or(&Value::Null);
    let value = match place {
        None => value.clone(),
        // XPath counts from one.
        Some(place) => {
            let value = place.checked_sub(1).and_then(|at| value.elements().get(at));
            value.cloned().ok_or(fault::INVALID_FRAGMENT)?
        }
    };
    let part = Properties::new().with(known.name.as_str(), value);
    Ok(Instance::from_parts(None, part))
}

#[cfg(test)]
mod tests;
