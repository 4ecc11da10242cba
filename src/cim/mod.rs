//! CIM values: what a WS-Management service sends and takes, free of XML and IO.
//!
//! [`Instance`] holds named [`Value`]s and decodes them when asked, by the Rust type that the caller names
//! ([`FromValue`]). Most services send a scalar as text without its type, leave a null array out and write an array
//! of one value like a scalar, so only the reader knows what a property should be.
//!
//! [`DateTime`] and [`Interval`] keep all that the 25-character CIM form can say, wildcards and an offset in minutes
//! included. [`Reference`] is an endpoint reference without its address, and the same thing as a WMI object path.

mod civil;
mod class_path;
mod convert;
mod datetime;
mod fraction;
mod from_value;
mod instance;
mod interval;
mod json;
mod object_path;
mod properties;
mod reference;
mod schema;
mod value;

pub(crate) use class_path::is_cim_name;
pub use class_path::{ClassPath, ParseClassPathError};
pub use datetime::{DateTime, ParseDateTimeError};
pub use from_value::{DecodeError, FromValue, Mismatch};
pub use instance::Instance;
pub use interval::{Interval, ParseIntervalError};
pub use object_path::ParseObjectPathError;
pub use properties::Properties;
pub use reference::{KeyValue, Reference};
pub use schema::{CimType, ClassSchema, ElementSchema, InvalidInput, MethodSchema, Qualifier};
pub use value::Value;
