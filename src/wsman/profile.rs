//! What a server is like.

use std::fmt;
use std::str::FromStr;

/// How a service wants to be spoken to.
///
/// The default suits Windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServerProfile {
    /// How classes are addressed.
    pub dialect: Dialect,
    /// How datetime parameters are written.
    pub datetime_form: DatetimeForm,
    /// How instances in parameters and properties are written.
    pub embedded_form: EmbeddedForm,
}

/// How classes are addressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The namespace is part of the resource URI: `…/wmi/root/virtualization/v2/Msvm_ComputerSystem` (MS-WSMV
    /// 3.1.4.1.1). What Windows and openwsman take.
    #[default]
    Wmi,
    /// The namespace is a selector: `…/cim-schema/2/Msvm_ComputerSystem` and `__cimnamespace` (DSP0227). What OMI
    /// takes for methods.
    Dmtf,
}

/// How a datetime parameter is written (DSP0230 8.1).
///
/// No request with a datetime parameter that a Windows host answered has been published; the first form is what the
/// Windows client itself sends to its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatetimeForm {
    /// A child `cim:CIM_DateTime` with the 25 characters, for intervals too.
    #[default]
    CimDateTime,
    /// A child `cim:Datetime` with an `xs:dateTime`, or `cim:Interval` with an `xs:duration`.
    XmlSchema,
    /// The 25 characters as text.
    Text,
}

/// How an instance in a parameter or property is written. Both are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmbeddedForm {
    /// As text in CIM-XML, which is what Hyper-V takes, and nothing else.
    #[default]
    CimXml,
    /// As elements, with the type of the class (DSP0230): what providers of the Management Infrastructure take, such as
    /// that of scheduled tasks, and what OMI itself sends.
    Elements,
}

macro_rules! named {
    ($type:ident, $what:literal, $($variant:ident = $name:literal),* $(,)?) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(match self { $(Self::$variant => $name,)* })
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                match name {
                    $($name => Ok(Self::$variant),)*
                    _ => Err(UnknownName { what: $what, names: concat!($(" ", $name),*) }),
                }
            }
        }
    };
}

named!(Dialect, "dialect", Wmi = "wmi", Dmtf = "dmtf");
named!(
    DatetimeForm,
    "datetime form",
    CimDateTime = "cim-datetime",
    XmlSchema = "xml-schema",
    Text = "text"
);

named!(
    EmbeddedForm,
    "embedded form",
    CimXml = "cim-xml",
    Elements = "elements"
);

/// A name that is none of those that a setting has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    what: &'static str,
    names: &'static str,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no such {}; there are:{}", self.what, self.names)
    }
}

impl std::error::Error for UnknownName {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (name, dialect) in [("wmi", Dialect::Wmi), ("dmtf", Dialect::Dmtf)] {
            assert_eq!(name.parse(), Ok(dialect));
            assert_eq!(dialect.to_string(), name);
        }
        for (name, form) in [
            ("cim-datetime", DatetimeForm::CimDateTime),
            ("xml-schema", DatetimeForm::XmlSchema),
            ("text", DatetimeForm::Text),
        ] {
            assert_eq!(name.parse(), Ok(form));
            assert_eq!(form.to_string(), name);
        }
        for (name, form) in [
            ("cim-xml", EmbeddedForm::CimXml),
            ("elements", EmbeddedForm::Elements),
        ] {
            assert_eq!(name.parse(), Ok(form));
            assert_eq!(form.to_string(), name);
        }
        let error = "WMI".parse::<Dialect>().unwrap_err();
        assert_eq!(error.to_string(), "no such dialect; there are: wmi dmtf");
    }

    #[test]
    fn the_default_suits_windows() {
        let profile = ServerProfile::default();
        assert_eq!(profile.dialect, Dialect::Wmi);
        assert_eq!(profile.datetime_form, DatetimeForm::CimDateTime);
        assert_eq!(profile.embedded_form, EmbeddedForm::CimXml);
    }
}
