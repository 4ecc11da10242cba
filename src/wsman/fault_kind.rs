//! The codes in a fault and their meanings.

use super::Fault;
use crate::remedy::Remedy;

/// The meaning of a fault, independent of the code that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The account lacks a permission: in WinRM, in WMI, or in the provider.
    AccessDenied,
    /// The instance does not exist; on some services, the class.
    NotFound,
    /// An instance with the same keys already exists.
    AlreadyExists,
    /// The class does not exist in the namespace.
    InvalidClass,
    /// The namespace does not exist on the host.
    InvalidNamespace,
    /// The query is malformed or names an unknown class.
    InvalidQuery,
    /// The class does not have the method.
    MethodNotFound,
    /// Keys are missing, superfluous or wrong.
    InvalidSelectors,
    /// A parameter has a wrong name, type or value.
    InvalidParameter,
    /// The body does not match the schema that the service expects.
    SchemaValidation,
    /// The operation exceeded its timeout.
    TimedOut,
    /// Too many concurrent operations, users or shells; a retry may succeed.
    Quota,
    /// The response does not fit into the maximum envelope size.
    EnvelopeTooLarge,
    /// The enumeration context has ended, expired or never existed.
    InvalidEnumerationContext,
    /// The service does not support the operation.
    Unsupported,
    /// The service supports the operation, but the provider of the class does not.
    NotCapable,
    /// Another fault.
    Other,
}

impl FaultKind {
    /// Returns a hint on how to solve the problem, in one sentence, or `None` if only the fault itself can tell.
    pub fn hint(self) -> Option<&'static str> {
        Some(match self {
            Self::AccessDenied => {
                "the account needs the right to invoke (WinRM's Execute), access to the WMI namespace, and for Hyper-V \
                 membership of Hyper-V Administrators; a local account other than Administrator is filtered by UAC"
            }
            Self::NotFound => "check the class, its namespace and the values of its keys",
            Self::AlreadyExists => {
                "change the existing instance with these keys, or delete it first"
            }
            Self::InvalidClass => {
                "check the name of the class and its namespace; Hyper-V's is root/virtualization/v2"
            }
            Self::InvalidNamespace => {
                "check the namespace; root/virtualization/v2 is there only on a host with the Hyper-V role"
            }
            Self::InvalidQuery => {
                "check the query: the class must exist in the namespace, strings stand in '', and WMI bounds the number of \
                 conditions"
            }
            Self::MethodNotFound => "check the name of the method, with its case",
            Self::InvalidSelectors => "give every key of the class and no other property",
            Self::InvalidParameter => {
                "check the names of the parameters, with their case, and their values"
            }
            Self::SchemaValidation => {
                "check the names of what was sent, with their case, and the types of the values"
            }
            Self::TimedOut => "raise the operation timeout, or request less at once",
            Self::Quota => "retry later: the host is busy with too many operations of this user",
            Self::EnvelopeTooLarge => {
                "request fewer items or properties, or raise the envelope size"
            }
            Self::InvalidEnumerationContext => "start the enumeration again",
            Self::Unsupported => "try another dialect: the service does not support the operation",
            Self::NotCapable => {
                "look for a method of the class: its provider does not support the operation"
            }
            Self::Other => return None,
        })
    }

    /// Returns the setting that the [hint](Self::hint) is about.
    pub(crate) fn remedy(self) -> Option<Remedy> {
        match self {
            Self::TimedOut => Some(Remedy::OperationTimeout),
            Self::EnvelopeTooLarge => Some(Remedy::MaxEnvelopeSize),
            _ => None,
        }
    }
}

/// Returns the kind of a fault. The provider's own code is the most specific, then the code of WinRM, then the subcode.
pub(super) fn kind(fault: &Fault) -> FaultKind {
    let provider = fault.provider_fault();
    let status = provider.and_then(|provider| provider.extended_status());
    let status = status
        .and_then(|status| status.get::<String>("StatusCode").ok())
        .and_then(|code| parse(&code));
    let error = fault.cim_error();
    let wmi = error
        .and_then(|error| error.get::<String>("error_Code").ok())
        .and_then(|code| parse(&code));
    let codes = [
        status,
        wmi,
        provider.and_then(|provider| provider.code()),
        fault.wsman_code(),
    ];
    let by_code = codes.into_iter().flatten().find_map(kind_of_code);
    let cim_status = || {
        error
            .and_then(|error| error.get::<u32>("CIMStatusCode").ok())
            .and_then(kind_of_cim_status)
    };
    let by_subcode = || fault.subcode().and_then(kind_of_subcode);
    by_code
        .or_else(cim_status)
        .or_else(by_subcode)
        .unwrap_or(FaultKind::Other)
}

/// Parses a code as servers write it: decimal, hexadecimal, or an HRESULT as a negative number.
pub(super) fn parse(text: &str) -> Option<u32> {
    let text = text.trim();
    if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        return u32::from_str_radix(digits, 16).ok();
    }
    text.parse()
        .ok()
        .or_else(|| text.parse::<i32>().ok().map(i32::cast_unsigned))
}

/// Returns the name of a code of WinRM (WsmError.h) or WMI (MS-WMI 2.2.11).
pub(super) fn name(code: u32) -> Option<&'static str> {
    CODES
        .iter()
        .find(|(known, ..)| *known == code)
        .map(|(_, name, _)| *name)
}

fn kind_of_code(code: u32) -> Option<FaultKind> {
    CODES
        .iter()
        .find(|(known, ..)| *known == code)
        .and_then(|(.., kind)| *kind)
}

/// Maps the status codes of DSP0223 annex A, which OMI sends as `CIMStatusCode`.
fn kind_of_cim_status(status: u32) -> Option<FaultKind> {
    Some(match status {
        2 => FaultKind::AccessDenied,
        3 => FaultKind::InvalidNamespace,
        4 => FaultKind::InvalidParameter,
        5 => FaultKind::InvalidClass,
        6 => FaultKind::NotFound,
        7 => FaultKind::Unsupported,
        11 => FaultKind::AlreadyExists,
        14 | 15 => FaultKind::InvalidQuery,
        16 | 17 => FaultKind::MethodNotFound,
        _ => return None,
    })
}

/// Maps the subcodes of DSP0226 14 and the specifications it builds on.
fn kind_of_subcode(subcode: &str) -> Option<FaultKind> {
    Some(match subcode {
        "AccessDenied" => FaultKind::AccessDenied,
        "DestinationUnreachable" => FaultKind::NotFound,
        "AlreadyExists" => FaultKind::AlreadyExists,
        "CannotProcessFilter" => FaultKind::InvalidQuery,
        "ActionNotSupported" => FaultKind::MethodNotFound,
        "InvalidSelectors" => FaultKind::InvalidSelectors,
        "InvalidParameter" => FaultKind::InvalidParameter,
        "SchemaValidationError" | "InvalidRepresentation" => FaultKind::SchemaValidation,
        "TimedOut" => FaultKind::TimedOut,
        "QuotaLimit" => FaultKind::Quota,
        "EncodingLimit" => FaultKind::EnvelopeTooLarge,
        "InvalidEnumerationContext" => FaultKind::InvalidEnumerationContext,
        "UnsupportedFeature" | "FilteringNotSupported" | "FilterDialectRequestedUnavailable" => {
            FaultKind::Unsupported
        }
        _ => return None,
    })
}

/// Fills [`CODES`] with one row per line.
macro_rules! codes {
    (@kind) => { None };
    (@kind $kind:ident) => { Some(FaultKind::$kind) };
    ($($code:literal $name:ident $($kind:ident)?;)*) => {
        /// Code, name and, if the code is more specific than the subcode beside it, kind.
        const CODES: &[(u32, &str, Option<FaultKind>)] =
            &[$(($code, stringify!($name), codes!(@kind $($kind)?))),*];
    };
}

codes! {
    5 ERROR_ACCESS_DENIED AccessDenied;
    87 ERROR_INVALID_PARAMETER InvalidParameter;
    0x8007_0002 ERROR_FILE_NOT_FOUND;
    0x8007_0005 E_ACCESSDENIED AccessDenied;
    0x8033_8000 RESOURCE_NOT_FOUND NotFound;
    0x8033_8001 INVALID_ACTIONURI;
    0x8033_800F INVALID_MESSAGE_INFORMATION_HEADER;
    0x8033_8010 MUST_UNDERSTAND_FAILED;
    0x8033_8011 MESSAGE_INFORMATION_HEADER_REQUIRED;
    0x8033_8012 DESTINATION_UNREACHABLE;
    0x8033_8013 ACTION_NOT_SUPPORTED MethodNotFound;
    0x8033_8014 ENDPOINT_UNAVAILABLE;
    0x8033_8015 INVALID_REPRESENTATION;
    0x8033_801A CANNOT_PROCESS_FILTER InvalidQuery;
    0x8033_801B INVALID_ENUMERATION_CONTEXT InvalidEnumerationContext;
    0x8033_801C ENUMERATE_TIMED_OUT TimedOut;
    0x8033_8026 ENCODING_LIMIT EnvelopeTooLarge;
    0x8033_8029 OPERATION_TIMEDOUT TimedOut;
    0x8033_8039 INVALID_OPTIONS;
    0x8033_803A INVALID_PARAMETER InvalidParameter;
    0x8033_803B INVALID_RESOURCE_URI InvalidClass;
    0x8033_803D INVALID_SELECTORS InvalidSelectors;
    0x8033_803F QUOTA_LIMIT Quota;
    0x8033_8041 SCHEMA_VALIDATION_ERROR SchemaValidation;
    0x8033_8042 UNSUPPORTED_FEATURE Unsupported;
    0x8033_8043 INVALID_XML SchemaValidation;
    0x8033_8047 ENVELOPE_TOO_LARGE EnvelopeTooLarge;
    0x8033_8048 ENVELOPE_TOO_LARGE EnvelopeTooLarge;
    0x8033_8049 ENVELOPE_TOO_LARGE EnvelopeTooLarge;
    0x8033_8054 PARAMETER_TYPE_MISMATCH SchemaValidation;
    0x8033_8055 INVALID_PARAMETER_NAME InvalidParameter;
    0x8033_8056 INVALID_VALUE SchemaValidation;
    0x8033_805A INSUFFICIENT_SELECTORS InvalidSelectors;
    0x8033_805B UNEXPECTED_SELECTORS InvalidSelectors;
    0x8033_805C SELECTOR_TYPE_MISMATCH InvalidSelectors;
    0x8033_805D INVALID_SELECTOR_VALUE InvalidSelectors;
    0x8033_805E AMBIGUOUS_SELECTORS InvalidSelectors;
    0x8033_805F DUPLICATE_SELECTORS InvalidSelectors;
    0x8033_807F EPR_NESTING_EXCEEDED;
    0x8033_8081 INVALID_TIMEOUT_HEADER;
    0x8033_80A9 METHOD_NOT_FOUND MethodNotFound;
    0x8033_80F9 CANNOT_DECRYPT;
    0x8033_80FA INVALID_URI_WMI_SINGLETON InvalidSelectors;
    0x8033_80FB INVALID_URI_WMI_ENUM_WQL InvalidQuery;
    0x8033_8102 WMI_PROVIDER_NOT_CAPABLE NotCapable;
    0x8033_8104 WMI_SERVICE_ACCESS_DENIED AccessDenied;
    0x8033_8105 WMI_PROVIDER_ACCESS_DENIED AccessDenied;
    0x8033_8106 WMI_CONNECT_ACCESS_DENIED AccessDenied;
    0x8033_8108 ENUMERATE_WMI_INVALID_KEY InvalidSelectors;
    0x8033_8118 INVALID_SELECTOR_NAME InvalidSelectors;
    0x8033_811E WMI_PROVIDER_INVALID_PARAMETER InvalidParameter;
    0x8033_8137 POLYMORPHISM_MODE_UNSUPPORTED Unsupported;
    0x8033_8139 URI_NON_DMTF_CLASS Unsupported;
    0x8033_813A URI_WRONG_DMTF_VERSION Unsupported;
    0x8033_813B DIFFERENT_CIM_SELECTOR InvalidSelectors;
    0x8033_81A5 QUOTA_MAX_SHELLS Quota;
    0x8033_81A6 QUOTA_MAX_OPERATIONS Quota;
    0x8033_81A7 QUOTA_USER Quota;
    0x8033_81A8 QUOTA_SYSTEM Quota;
    0x8033_81AD PULL_PARAMS_NOT_SAME_AS_ENUM InvalidEnumerationContext;
    0x8033_81E7 QUOTA_PLUGIN_USER Quota;
    0x8033_81E8 QUOTA_PLUGIN Quota;
    0x8000_4001 E_NOTIMPL NotCapable;
    0x8004_1001 WBEM_E_FAILED;
    0x8004_1002 WBEM_E_NOT_FOUND NotFound;
    0x8004_1003 WBEM_E_ACCESS_DENIED AccessDenied;
    0x8004_1008 WBEM_E_INVALID_PARAMETER InvalidParameter;
    0x8004_100C WBEM_E_NOT_SUPPORTED NotCapable;
    0x8004_100E WBEM_E_INVALID_NAMESPACE InvalidNamespace;
    0x8004_1010 WBEM_E_INVALID_CLASS InvalidClass;
    0x8004_1017 WBEM_E_INVALID_QUERY InvalidQuery;
    0x8004_1019 WBEM_E_ALREADY_EXISTS AlreadyExists;
    0x8004_1024 WBEM_E_PROVIDER_NOT_CAPABLE NotCapable;
    0x8004_102F WBEM_E_INVALID_METHOD_PARAMETERS InvalidParameter;
    0x8004_106C WBEM_E_QUOTA_VIOLATION;
}
