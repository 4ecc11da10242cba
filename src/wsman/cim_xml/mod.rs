//! CIM-XML (DSP0201), which WS-Management carries as text in embedded instances, and as the declaration of a class.

mod class;
mod instance;

pub(super) use class::read as read_class;
pub(crate) use instance::{read, write};
