//! Server profiles: the settings that differ between services.

use std::fmt;
use std::str::FromStr;

use crate::part_headers::PartHeaders;

/// The settings of a service: how classes are addressed and how values are written.
///
/// The default suits Windows. [`ServerProfile::dmtf`] suits services that speak the DMTF dialect, such as OMI. Both are
/// starting points; each field can be set on its own:
///
/// ```
/// use cimwire::{Client, Credentials, DatetimeForm, PartHeaders, ServerProfile};
///
/// let mut profile = ServerProfile::dmtf();
/// profile.datetime_form = DatetimeForm::Text;
/// assert_eq!(profile.part_headers, PartHeaders::NoTabs);
/// let client = Client::builder("omi01.example")
///     .credentials(Credentials::password("operator", "secret"))
///     .profile(profile)
///     .build()?;
/// # Ok::<(), cimwire::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ServerProfile {
    /// The addressing of classes.
    pub dialect: Dialect,
    /// The form of datetime parameters.
    pub datetime_form: DatetimeForm,
    /// The form of instances in parameters and properties.
    pub embedded_form: EmbeddedForm,
    /// The resource that WQL queries, subscriptions and association filters are sent to.
    pub query_target: QueryTarget,
    /// The form of the part headers of sealed messages.
    pub part_headers: PartHeaders,
    /// The instance that [`Client::put`](crate::Client::put) sends.
    pub put: PutUpdates,
}

impl ServerProfile {
    /// Returns the profile of Windows, which is the default.
    #[must_use]
    pub fn windows() -> Self {
        Self::default()
    }

    /// Returns the profile of a service that speaks the DMTF dialect, such as Microsoft OMI.
    ///
    /// OMI and openwec refuse tabs in part headers, OMI writes embedded instances as elements, and a Put replaces the
    /// whole instance at servers that are not Windows (seen at openwsman with sfcb).
    #[must_use]
    pub fn dmtf() -> Self {
        Self {
            dialect: Dialect::Dmtf,
            embedded_form: EmbeddedForm::Elements,
            part_headers: PartHeaders::NoTabs,
            put: PutUpdates::Whole,
            ..Self::default()
        }
    }

    /// Returns the profile that suits services of a dialect.
    #[must_use]
    pub fn of(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Wmi => Self::windows(),
            Dialect::Dmtf => Self::dmtf(),
        }
    }
}

/// The addressing of classes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// The namespace is part of the resource URI: `…/wmi/root/virtualization/v2/Msvm_ComputerSystem` (MS-WSMV
    /// 3.1.4.1.1). Windows and openwsman accept it.
    #[default]
    Wmi,
    /// The namespace is a selector: `…/cim-schema/2/Msvm_ComputerSystem` and `__cimnamespace` (DSP0227). OMI requires
    /// it for methods.
    Dmtf,
}

/// The form of a datetime parameter (DSP0230 8.1).
///
/// No published capture shows how Windows answers a request with a datetime parameter. The default is the form of
/// Microsoft's client: the parser of Microsoft OMI, written to read that client, expects the child without a namespace,
/// and MS-WSMV's examples of that client's requests bind no prefix for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DatetimeForm {
    /// A child `CIM_DateTime` without a namespace, with the 25 characters, and `xsi:type="cim:cimDateTime"` on the
    /// parameter.
    #[default]
    Typed,
    /// A child `cim:CIM_DateTime` with the 25 characters, for intervals too.
    CimDateTime,
    /// A child `cim:Datetime` with an `xs:dateTime`, or `cim:Interval` with an `xs:duration`.
    XmlSchema,
    /// The 25 characters as text.
    Text,
}

/// The resource that WQL queries, subscriptions and association filters are sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum QueryTarget {
    /// All classes of a namespace: `…/wmi/root/cimv2/*` (MS-WSMV 3.1.4.1.1). Windows and OMI accept it.
    #[default]
    Namespace,
    /// The all-classes URI `http://schemas.dmtf.org/wbem/wscim/1/*` with the selector `__cimnamespace` (DSP0227).
    /// openwsman accepts it as shipped.
    AllClasses,
}

/// The instance that a Put sends, chosen so that properties which the caller leaves out keep their values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PutUpdates {
    /// [`Partial`](Self::Partial) for a service whose Identify response names Microsoft's WinRM, else
    /// [`Whole`](Self::Whole). It takes one Identify request per client.
    #[default]
    Ask,
    /// Only the properties given by the caller. Windows leaves the others as they are.
    Partial,
    /// The whole instance, read first and then changed. Other servers set properties that are left out to null.
    Whole,
}

/// The form of an instance in a parameter or property. Responses are read in either form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EmbeddedForm {
    /// CIM-XML text, the only form that Hyper-V accepts.
    #[default]
    CimXml,
    /// Elements with the type of the class (DSP0230). Providers of the Management Infrastructure, such as that of
    /// scheduled tasks, expect it, and OMI sends it.
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
    Typed = "typed",
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
named!(
    QueryTarget,
    "query target",
    Namespace = "namespace",
    AllClasses = "all-classes"
);
named!(
    PartHeaders,
    "form of part headers",
    Tabs = "tabs",
    NoTabs = "no-tabs"
);
named!(
    PutUpdates,
    "form of put",
    Ask = "ask",
    Partial = "partial",
    Whole = "whole"
);

/// Error returned when parsing the name of a setting fails.
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
            ("typed", DatetimeForm::Typed),
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
        for (name, target) in [
            ("namespace", QueryTarget::Namespace),
            ("all-classes", QueryTarget::AllClasses),
        ] {
            assert_eq!(name.parse(), Ok(target));
            assert_eq!(target.to_string(), name);
        }
        for (name, form) in [
            ("tabs", PartHeaders::Tabs),
            ("no-tabs", PartHeaders::NoTabs),
        ] {
            assert_eq!(name.parse(), Ok(form));
            assert_eq!(form.to_string(), name);
        }
        for (name, updates) in [
            ("ask", PutUpdates::Ask),
            ("partial", PutUpdates::Partial),
            ("whole", PutUpdates::Whole),
        ] {
            assert_eq!(name.parse(), Ok(updates));
            assert_eq!(updates.to_string(), name);
        }
        let error = "WMI".parse::<Dialect>().unwrap_err();
        assert_eq!(error.to_string(), "no such dialect; there are: wmi dmtf");
    }

    #[test]
    fn the_default_suits_windows() {
        let profile = ServerProfile::default();
        assert_eq!(profile.dialect, Dialect::Wmi);
        assert_eq!(profile.datetime_form, DatetimeForm::Typed);
        assert_eq!(profile.embedded_form, EmbeddedForm::CimXml);
        assert_eq!(profile.query_target, QueryTarget::Namespace);
        assert_eq!(profile.part_headers, PartHeaders::Tabs);
        assert_eq!(profile.put, PutUpdates::Ask);
        assert_eq!(ServerProfile::of(Dialect::Wmi), profile);
    }

    #[test]
    fn the_dmtf_profile_seals_without_tabs_and_embeds_elements() {
        let profile = ServerProfile::of(Dialect::Dmtf);
        assert_eq!(profile.dialect, Dialect::Dmtf);
        assert_eq!(profile.embedded_form, EmbeddedForm::Elements);
        assert_eq!(profile.part_headers, PartHeaders::NoTabs);
        assert_eq!(profile.put, PutUpdates::Whole);
    }
}
