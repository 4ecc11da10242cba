//! Bounded, namespace-aware XML over `quick-xml`, strict for documents from servers.
//!
//! Names are matched by namespace URI and local name, since servers choose their own prefixes and may bind one prefix
//! twice in a response. This module rejects some documents that quick-xml accepts: document type declarations, unbound
//! prefixes, unclosed elements, a second root, and documents with too much nesting or too many attributes. Characters
//! that XML 1.0 forbids are accepted on read, since a real server writes them, and rejected on write.

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
