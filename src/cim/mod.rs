//! CIM values that a WS-Management service sends and accepts. This module does no XML and no I/O.
//!
//! [`Instance`] holds named [`Value`]s, and decodes them on request into the Rust type that the caller names
//! ([`FromValue`]). Most services send a scalar as text without its type, omit a null array, and write an array of one
//! value like a scalar, so only the caller knows the type of a property.
//!
//! [`DateTime`] and [`Interval`] preserve everything in the 25-character CIM form, including wildcards and an offset in
//! minutes. [`Reference`] is an endpoint reference without its address, and equivalent to a WMI object path.
//!
//! # Types of your own
//!
//! [`Instance::deserialize`], [`Instance::into_typed`], [`Output::deserialize`](crate::Output::deserialize) and
//! [`Client::enumerate`](crate::Client::enumerate) read structs that derive `serde::Deserialize`. [`to_properties`] and
//! [`to_instance`] do the reverse. Names match in any case, so `#[serde(rename_all = "PascalCase")]` finds `InstanceID`
//! for `instance_id`.
//!
//! | type of a field | accepted values |
//! |---|---|
//! | an integer, `bool`, `f32`, `f64`, `String` | as in [`FromValue`]; `Cow<str>` and `&str` borrow the text |
//! | `char` | a `char16`, or a string of one character |
//! | [`DateTime`], [`Interval`], [`Reference`], [`Instance`], [`Value`] | as in [`FromValue`] |
//! | `Option<T>` | also null and an absent property |
//! | `Vec<T>` | an array, one value, null, or an absent property |
//! | a struct, a map | an embedded instance, or the CIM-XML text of one |
//! | an enum of unit variants | a string or number equal to a variant's name: `#[serde(rename = "2")]` |
//! | an enum with a struct in each variant | an embedded instance of the class named like the variant |
//! | a type with `#[serde(try_from = "u16")]` | as for that type; this maps codes to enums |
//! | a newtype struct | as for the inner type |
//!
//! An instance as a whole can be read as a struct, as an enum with a variant for each class (`#[serde(other)]` accepts
//! other classes), or as a map: `HashMap<String, Value>`.
//!
//! Some serde attributes read values before the type is known: `#[serde(flatten)]`, and untagged and internally tagged
//! enums. They receive text as text, and names in the case in which they were sent. In a struct with a flattened field,
//! the other fields are typed, but match names in that case only.
//!
//! A [`DateTime`] read as text (into a `String`, or a time type of another crate) is RFC 3339 if it names an instant.
//! [`DateTime`] and [`Interval`] convert to and from the types of `std::time` and, with the feature `jiff`, of the crate
//! `jiff`.

mod civil;
mod class;
mod class_path;
mod convert;
mod datetime;
pub(crate) mod de;
mod deserialize;
mod fraction;
mod from_value;
mod instance;
mod interval;
mod object_path;
mod out_of_band;
mod properties;
mod reference;
pub(crate) mod resource_uri;
mod schema;
mod ser;
mod serialize;
mod value;
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
