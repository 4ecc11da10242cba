//! XML over `quick-xml`: bounded, aware of namespaces, and strict for documents from servers.
//!
//! Names are matched by namespace URI and local name, since servers choose prefixes as they like and bind one prefix
//! twice in one answer. What quick-xml lets through and must not pass is refused here: document type declarations,
//! unbound prefixes, elements left open, a second root, and documents that are too deep or carry too many attributes.
//! Characters that XML 1.0 forbids are tolerated on read, since a real server writes them, and refused on write.

mod error;
mod names;
mod reader;
mod text;
mod writer;

pub(crate) use error::Error;
pub(crate) use names::{Ns, uri};
pub(crate) use reader::{Content, Element, Reader};
pub(crate) use text::decode;
pub(crate) use writer::Writer;
