//! The form of the part headers of sealed messages, a setting of profiles and of the HTTP transport.

/// The form of the part headers of sealed messages (MS-WSMV 2.2.9.1). Responses are read in either form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartHeaders {
    /// A tab before each header, as the specification requires and every version of Windows accepts.
    #[default]
    Tabs,
    /// No tab, the only form that OMI and openwec accept: OMI closes the connection on a tab, and openwec answers 400
    /// with an empty body.
    NoTabs,
}

impl PartHeaders {
    /// Returns the other form.
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Tabs => Self::NoTabs,
            Self::NoTabs => Self::Tabs,
        }
    }
}
