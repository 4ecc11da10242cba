//! Enumerations of codes that preserve unknown codes.

/// Declares an enumeration of the codes of a property. Each code has a name and a text; other codes are kept as
/// `Unknown`.
macro_rules! codes {
    (
        $(#[$meta:meta])*
        pub enum $name:ident($type:ty) {
            $($(#[$doc:meta])* $code:literal = $variant:ident $words:literal,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* $variant,)*
            /// A code without a name here.
            Unknown($type),
        }

        impl $name {
            /// Returns the code.
            pub fn code(self) -> $type {
                match self {
                    $(Self::$variant => $code,)*
                    Self::Unknown(code) => code,
                }
            }
        }

        impl From<$type> for $name {
            fn from(code: $type) -> Self {
                match code {
                    $($code => Self::$variant,)*
                    code => Self::Unknown(code),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant => f.pad($words),)*
                    Self::Unknown(code) => write!(f, "unknown ({code})"),
                }
            }
        }

        impl $crate::cim::FromValue for $name {
            fn from_value(value: &$crate::cim::Value) -> Result<Self, $crate::cim::Mismatch> {
                <$type as $crate::cim::FromValue>::from_value(value).map(Self::from)
            }
        }
    };
}

pub(crate) use codes;
