//! CIM-XML (DSP0201), which WS-Management carries as text in embedded instances and as the declaration of a class.

mod class;
#[cfg(feature = "simulator")]
mod declared;
mod instance;

pub(super) use class::read as read_class;
#[cfg(feature = "simulator")]
pub use declared::declared_classes;
pub(crate) use instance::{read, type_name, write};
