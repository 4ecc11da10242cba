//! CIM values: what a WS-Management service sends and takes, free of XML and IO.
//!
//! [`Instance`] holds named [`Value`]s and decodes them when asked, by the Rust type that the caller names
//! ([`FromValue`]). Most services send a scalar as text without its type, leave a null array out and write an array
//! of one value like a scalar, so only the reader knows what a property should be.
//!
//! [`DateTime`] and [`Interval`] keep all that the 25-character CIM form can say, wildcards and an offset in minutes
//! included. [`Reference`] is an endpoint reference without its address, and the same thing as a WMI object path.
//!
//! # Types of your own
//!
//! [`Instance::deserialize`], [`Instance::into_typed`], [`Output::deserialize`](crate::Output::deserialize) and
//! [`Client::instances`](crate::Client::instances) read structs that derive `serde::Deserialize`; [`to_properties`] and
//! [`to_instance`] make the other way. Names are found in any case, so that `#[serde(rename_all = "PascalCase")]` finds
//! `InstanceID` for `instance_id`.
//!
//! | a field of | takes |
//! |---|---|
//! | an integer, `bool`, `f32`, `f64`, `String` | what [`FromValue`] takes for it; `Cow<str>` and `&str` borrow the text |
//! | `char` | a `char16`, or a string of one character |
//! | [`DateTime`], [`Interval`], [`Reference`], [`Instance`], [`Value`] | what [`FromValue`] takes for it |
//! | `Option<T>` | null and an absent property too |
//! | `Vec<T>` | an array, one value, null, or an absent property |
//! | a struct, a map | an embedded instance, or the CIM-XML text of one |
//! | an enum of names alone | a string or number that is one of the names: `#[serde(rename = "2")]` |
//! | an enum with a struct in each variant | an embedded instance of the class that bears the variant's name |
//! | a type with `#[serde(try_from = "u16")]` | what that type takes; so codes become enums |
//! | a newtype struct | what is in it |
//!
//! The instance as a whole may be read as a struct, as an enum with a variant for each class (`#[serde(other)]` takes the
//! rest), or as a map: `HashMap<String, Value>`.
//!
//! Whatever serde has to read before it knows the type (`#[serde(flatten)]`, and enums that are untagged or tagged inside)
//! gets text as text, and names in the case in which they were sent; other fields of a struct with a flattened one are
//! typed, but are found in that case only.
//!
//! [`DateTime`] as text (for a `String`, or a time type of another crate) is RFC 3339 where it names an instant. The
//! features `jiff` and `chrono` convert [`DateTime`] and [`Interval`] to and from the types of these crates.

mod civil;
mod class;
mod class_path;
mod convert;
mod datetime;
pub(crate) mod de;
mod fraction;
mod from_json;
mod from_value;
mod handed;
mod instance;
mod interval;
mod json;
mod object_path;
mod properties;
mod reference;
pub(crate) mod resource_uri;
mod schema;
mod ser;
mod value;
#[cfg(feature = "chrono")]
mod with_chrono;
#[cfg(feature = "jiff")]
mod with_jiff;

pub use class::Class;
pub(crate) use class_path::is_cim_name;
pub use class_path::{ClassPath, ParseClassPathError};
pub use datetime::{DateTime, ParseDateTimeError};
pub use from_value::{DecodeError, FromValue, Mismatch};
pub use instance::Instance;
pub use interval::{Interval, ParseIntervalError};
pub use object_path::ParseObjectPathError;
pub use properties::Properties;
pub use reference::{KeyValue, Reference};
pub use schema::{
    CimType, ClassSchema, ElementSchema, InvalidInput, MethodSchema, Qualifier, Repository,
};
pub use ser::{SerializeError, to_instance, to_properties};
pub use value::Value;
