//! Enumerations of codes that preserve unknown codes.

/// Declares an enumeration of the codes of a property. Each code has a name and a text; other codes are kept as
/// `Unknown`. To serde a code is its number.
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

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.code().serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <$type>::deserialize(deserializer).map(Self::from)
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

#[cfg(test)]
mod tests {
    use crate::job::JobState;

    #[test]
    fn serde_has_the_number() {
        // The values of CIM_ConcreteJob.JobState (DMTF), and one of Hyper-V.
        for (state, number) in [
            (JobState::Running, 4),
            (JobState::CompletedWithWarnings, 32768),
            (JobState::Unknown(13), 13),
        ] {
            assert_eq!(serde_json::to_value(state).unwrap(), number);
            let read: JobState = serde_json::from_value(number.into()).unwrap();
            assert_eq!(read, state);
        }
        assert!(serde_json::from_str::<JobState>("70000").is_err());
        assert!(serde_json::from_str::<JobState>("\"running\"").is_err());
    }
}
