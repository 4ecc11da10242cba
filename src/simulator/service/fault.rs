//! Refusals, in the shape of WinRM's faults (MS-WSMV 2.2.4.43, DSP0226 14).

use crate::xml::{self, Writer, uri};

/// A refusal of a request: one of the constants below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal(&'static Fault);

/// The form of the detail of a fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FaultDialect {
    /// `WSManFault`.
    #[default]
    Wsman,
    /// `MSFT_WmiError`, for a request with the header OperationID (MS-WSMV 3.1.4.1.39).
    ManagementInfrastructure,
}

/// The content of a fault.
#[derive(Clone, Copy, Debug)]
struct Fault {
    /// `s:Sender` and the like; the prefixes are those of the envelope.
    code: &'static str,
    subcode: Option<&'static str>,
    /// The number of WsmError.h, or of Win32.
    wsman: u32,
    /// The last part of the URI of the fault detail.
    detail: Option<&'static str>,
    reason: &'static str,
    provider: Option<ProviderFault>,
}

/// A fault of WMI, or of the provider behind it.
#[derive(Clone, Copy, Debug)]
struct ProviderFault {
    code: u32,
    message: &'static str,
    /// The operation of WMI that failed, for an `__ExtendedStatus`.
    operation: Option<&'static str>,
}

impl Refusal {
    /// Returns the action of the response.
    pub(crate) fn action(self) -> &'static str {
        match self.0.subcode.and_then(|subcode| subcode.split(':').next()) {
            Some("a") => "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
            Some("x") => "http://schemas.xmlsoap.org/ws/2004/09/transfer/fault",
            Some("e") => "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault",
            Some("n") => "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
            _ => "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
        }
    }

    /// Writes the body of the response of a host of this name.
    pub(crate) fn write(
        self,
        writer: &mut Writer,
        machine: &str,
        dialect: FaultDialect,
    ) -> Result<(), xml::Error> {
        self.0.write(writer, machine, dialect)
    }
}

impl Fault {
    const fn sender(subcode: &'static str, wsman: u32, reason: &'static str) -> Self {
        Self {
            code: "s:Sender",
            subcode: Some(subcode),
            wsman,
            detail: None,
            reason,
            provider: None,
        }
    }

    const fn receiver(subcode: &'static str, wsman: u32, reason: &'static str) -> Self {
        Self {
            code: "s:Receiver",
            ..Self::sender(subcode, wsman, reason)
        }
    }

    const fn with_detail(mut self, detail: &'static str) -> Self {
        self.detail = Some(detail);
        self
    }

    const fn with_provider(mut self, code: u32, message: &'static str) -> Self {
        self.provider = Some(ProviderFault {
            code,
            message,
            operation: None,
        });
        self
    }

    const fn while_doing(mut self, operation: &'static str) -> Self {
        if let Some(provider) = &mut self.provider {
            provider.operation = Some(operation);
        }
        self
    }

    fn write(
        &self,
        writer: &mut Writer,
        machine: &str,
        dialect: FaultDialect,
    ) -> Result<(), xml::Error> {
        writer.start("s:Fault", &[])?;
        writer.start("s:Code", &[])?;
        writer.element("s:Value", &[], self.code)?;
        if let Some(subcode) = self.subcode {
            writer.start("s:Subcode", &[])?;
            writer.element("s:Value", &[], subcode)?;
            writer.end()?;
        }
        writer.end()?;
        writer.start("s:Reason", &[])?;
        writer.element("s:Text", &[("xml:lang", "en-US")], self.reason)?;
        writer.end()?;
        writer.start("s:Detail", &[])?;
        if let Some(detail) = self.detail {
            let detail = format!("{FAULT_DETAIL}{detail}");
            writer.element("w:FaultDetail", &[], &detail)?;
        }
        match dialect {
            FaultDialect::Wsman => self.write_wsman_fault(writer, machine)?,
            FaultDialect::ManagementInfrastructure => self.write_wmi_error(writer)?,
        }
        // Detail, Fault.
        writer.end()?;
        writer.end()
    }

    fn write_wsman_fault(&self, writer: &mut Writer, machine: &str) -> Result<(), xml::Error> {
        open_wsman_fault(writer, self.wsman, machine)?;
        match &self.provider {
            None => writer.text(self.reason)?,
            Some(provider) => provider.write(writer, machine)?,
        }
        writer.end()?;
        writer.end()
    }

    /// Writes the properties that a published answer of Windows has, the null ones left out. The status code is that of
    /// a general failure.
    fn write_wmi_error(&self, writer: &mut Writer) -> Result<(), xml::Error> {
        let attributes = [
            ("xmlns:xsi", uri::XSI),
            ("xmlns:p", WMI_ERROR),
            ("xmlns:cim", uri::CIM),
            ("b:IsCIM_Error", "true"),
        ];
        writer.start("p:MSFT_WmiError", &attributes)?;
        let message_id = format!("HRESULT 0x{:08x}", self.wsman);
        let code = self.wsman.to_string();
        let message = self
            .provider
            .map_or(self.reason, |provider| provider.message);
        for (name, cim_type, value) in [
            ("p:CIMStatusCode", "cim:cimUnsignedInt", "1"),
            ("p:Message", "cim:cimString", message),
            ("p:MessageID", "cim:cimString", &message_id),
            ("p:error_Category", "cim:cimUnsignedInt", "30"),
            ("p:error_Code", "cim:cimUnsignedInt", &code),
            ("p:error_Type", "cim:cimString", "HRESULT"),
            ("p:error_WindowsErrorMessage", "cim:cimString", self.reason),
        ] {
            writer.element(name, &[("xsi:type", cim_type)], value)?;
        }
        writer.end()
    }
}

/// Opens a WSManFault and its message.
fn open_wsman_fault(writer: &mut Writer, code: u32, machine: &str) -> Result<(), xml::Error> {
    let attributes = [
        ("xmlns:f", uri::WSMAN_FAULT),
        ("Code", &code.to_string()),
        ("Machine", machine),
    ];
    writer.start("f:WSManFault", &attributes)?;
    writer.start("f:Message", &[])
}

impl ProviderFault {
    fn write(&self, writer: &mut Writer, machine: &str) -> Result<(), xml::Error> {
        let attributes = [("provider", PROVIDER), ("path", PROVIDER_PATH)];
        writer.start("f:ProviderFault", &attributes)?;
        open_wsman_fault(writer, self.code, machine)?;
        writer.text(self.message)?;
        writer.end()?;
        writer.end()?;
        if let Some(operation) = self.operation {
            self.write_extended_status(writer, operation)?;
        }
        writer.end()
    }

    fn write_extended_status(
        &self,
        writer: &mut Writer,
        operation: &str,
    ) -> Result<(), xml::Error> {
        writer.start("f:ExtendedError", &[])?;
        let attributes = [
            ("xmlns:xsi", uri::XSI),
            ("xmlns:p", EXTENDED_STATUS),
            ("xmlns:cim", uri::CIM),
            ("xsi:type", "p:__ExtendedStatus_Type"),
        ];
        writer.start("p:__ExtendedStatus", &attributes)?;
        writer.element("p:Description", &[], self.message)?;
        writer.element("p:Operation", &[], operation)?;
        writer.empty("p:ParameterInfo", &[("xsi:nil", "true")])?;
        writer.element("p:ProviderName", &[], "WinMgmt")?;
        writer.element("p:StatusCode", &[], &self.code.to_string())?;
        writer.end()?;
        writer.end()
    }
}

/// A response that cannot be written is an internal error.
impl From<xml::Error> for Refusal {
    fn from(_: xml::Error) -> Self {
        INTERNAL
    }
}

/// Declares refusals: subcode and code as in WsmError.h, and the reason. The doc comment is the meaning in WinRM.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $refusal:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: Refusal = Refusal(&const { $refusal });)*
    };
}

refusals! {
    /// The envelope is not well-formed XML, or is XML that SOAP does not allow.
    MALFORMED = Fault::sender("w:SchemaValidationError", 0x8033_8043, "The request contains invalid XML.");
    /// The XML does not match the schema of the operation.
    SCHEMA = Fault::sender("w:SchemaValidationError", 0x8033_8041,
        "The SOAP XML in the message does not match the corresponding XML schema definition.");
    /// The envelope is not of SOAP 1.2.
    SOAP_VERSION = Fault {
        code: "s:VersionMismatch",
        subcode: None,
        ..Fault::sender("", 0x8033_800D, "The service does not support the SOAP version of the request.")
    };
    /// A header with mustUnderstand is unknown.
    NOT_UNDERSTOOD = Fault {
        code: "s:MustUnderstand",
        subcode: None,
        ..Fault::sender("", 0x8033_8010, "A header that must be understood is not known here.")
    };
    /// A header that WS-Addressing requires is missing.
    HEADER_REQUIRED = Fault::sender("a:MessageInformationHeaderRequired", 0x8033_8011,
        "The request lacks a message information header, such as ReplyTo or MessageID.");
    /// A header has an invalid value.
    INVALID_HEADER = Fault::sender("a:InvalidMessageInformationHeader", 0x8033_800F,
        "A message information header of the request is not valid.");
    /// Answers go to the sender of the request alone.
    ADDRESSING_MODE = Fault::sender("w:UnsupportedFeature", 0x8033_8076,
        "The request asks for the answer to be sent elsewhere, which is not supported.").with_detail("AddressingMode");
    /// The locale has mustUnderstand (MS-WSMV 3.1.4.1.8).
    LOCALE = Fault::sender("w:UnsupportedFeature", 0x8033_8087,
        "The request insists on a language, which is not supported.").with_detail("Locale");
    /// The enumeration mode is unknown.
    ENUMERATION_MODE = Fault::sender("w:UnsupportedFeature", 0x8033_8086,
        "The enumeration mode is not supported.").with_detail("EnumerationMode");
    /// The maximum envelope size is below the minimum (MS-WSMV 3.1.4.1.7).
    MINIMUM_ENVELOPE = Fault::sender("w:EncodingLimit", 0x8033_807E,
        "The maximum envelope size of the request is below 8192.").with_detail("MinimumEnvelopeLimit");
    /// The response is larger than the request allows.
    TOO_LARGE = Fault::sender("w:EncodingLimit", 0x8033_8048,
        "The answer would be larger than the maximum envelope size of the request.").with_detail("MaxEnvelopeSize");
    /// The resource, the class or the instance does not exist.
    NOT_FOUND = Fault::sender("a:DestinationUnreachable", 0x8033_8000,
        "The resource that the request names does not exist.");
    /// The resource URI is missing or invalid.
    INVALID_RESOURCE = Fault::sender("a:DestinationUnreachable", 0x8033_803B,
        "The resource URI is missing or unknown.").with_detail("InvalidResourceURI");
    /// The namespace does not exist.
    NO_NAMESPACE = NOT_FOUND.0.with_provider(0x8004_100E, "Invalid namespace").while_doing("ConnectServer");
    /// The action is unknown, or the class does not have the method.
    ACTION_NOT_SUPPORTED = Fault::sender("a:ActionNotSupported", 0x8033_8013,
        "The action is not supported by this resource.");
    /// The body does not belong to the action.
    ACTION_MISMATCH = Fault::sender("a:ActionNotSupported", 0x8033_8031,
        "The action of the request does not fit its body.").with_detail("ActionMismatch");
    /// The filter is missing or is not a query.
    NO_FILTER = Fault::sender("n:CannotProcessFilter", 0x8033_801A, CANNOT_PROCESS);
    /// WMI does not accept the query.
    INVALID_QUERY = NO_FILTER.0.with_provider(0x8004_1017, "Invalid query").while_doing("ExecQuery");
    /// The filter names a class that does not exist. The text and the repeated code are as captured.
    NO_CLASS_IN_QUERY = NO_FILTER.0.with_provider(0x8033_801A, "The specified class does not exist in the given namespace. ");
    /// The query is for a namespace that does not exist.
    NO_NAMESPACE_IN_QUERY = NO_FILTER.0.with_provider(0x8004_100E, "Invalid namespace").while_doing("ConnectServer");
    /// The filter asks for the associations of an object that does not exist.
    NO_OBJECT_IN_QUERY = NO_FILTER.0.with_provider(0x8004_1002, "Not found").while_doing("ExecQuery");
    /// The filter is malformed for its dialect, or asks for something that the dialect does not support.
    INVALID_FILTER = Fault::sender("n:CannotProcessFilter", 0x8033_8107,
        "The XML of the filter is not valid.");
    /// The polymorphism mode is not supported for this class (DSP0227).
    POLYMORPHISM = Fault::sender("b:PolymorphismModeNotSupported", 0x8033_8137,
        "The polymorphism mode is not supported for this class.");
    /// The expiration time of an enumeration is invalid or in the past.
    EXPIRATION_TIME = Fault::sender("n:InvalidExpirationTime", 0x8033_8016,
        "The expiration time of the enumeration is not valid.");
    /// A query is sent to a class, or with selectors. WinRM accepts one on `*` alone.
    QUERY_ON_CLASS = Fault::sender("n:CannotProcessFilter", 0x8033_80FB,
        "A WQL query needs a resource URI that ends in * and no selectors.");
    /// The filter dialect is unknown.
    FILTER_DIALECT = Fault::sender("n:FilterDialectRequestedUnavailable", 0x8033_8019,
        "The filter dialect is not supported.");
    /// An enumeration has selectors.
    ENUMERATE_WITH_KEYS = Fault::sender("w:InvalidSelectors", 0x8033_8108,
        "The resource URI of an enumeration must not have selectors.");
    /// A request for an instance has no selector.
    NO_KEYS = Fault::sender("w:InvalidSelectors", 0x8033_80FA,
        "The class is not a singleton; its keys are needed as selectors.").with_detail("InsufficientSelectors");
    /// A selector is not a key.
    UNEXPECTED_SELECTOR = Fault::sender("w:InvalidSelectors", 0x8033_805B,
        "The request has a selector that is not a key of the class.").with_detail("UnexpectedSelectors");
    /// The request has too many selectors.
    SELECTOR_LIMIT = Fault::sender("w:InvalidSelectors", 0x8033_804A,
        "The request has too many selectors.");
    /// A selector occurs twice.
    DUPLICATE_SELECTOR = Fault::sender("w:InvalidSelectors", 0x8033_805F,
        "The request has a selector twice.").with_detail("DuplicateSelectors");
    /// A selector is a reference, and the key a text, or the other way round.
    SELECTOR_TYPE = Fault::sender("w:InvalidSelectors", 0x8033_805C,
        "The value of a selector is not of the type of its key.").with_detail("TypeMismatch");
    /// The resource URI and a selector name different namespaces.
    OTHER_NAMESPACE = Fault::receiver("w:InternalError", 0x8033_813B,
        "The selector __cimnamespace differs from the namespace of the resource URI.");
    /// The context is over, expired, or another user's.
    INVALID_CONTEXT = Fault::receiver("n:InvalidEnumerationContext", 0x8033_801B,
        "The enumeration context is not valid; the enumeration has ended, has expired, or never began.");
    /// A user has too many operations open. WinRM answers with an internal error, as captured.
    TOO_MANY_OPERATIONS = Fault::receiver("w:InternalError", 0x8033_81A6,
        "The user has too many operations open at once.");
    /// The delivery mode is not the one of WMI's events, which are pulled.
    DELIVERY_MODE = Fault::sender("e:DeliveryModeRequestedUnavailable", 0x8033_80FF,
        "Events of this resource can be pulled, and are delivered in no other way.");
    /// The expiration time of a subscription is invalid or in the past.
    SUBSCRIPTION_EXPIRATION = Fault::sender("e:InvalidExpirationTime", 0x8033_801F,
        "The expiration time of the subscription is not valid.");
    /// The filter dialect of a subscription is unknown.
    EVENT_FILTER_DIALECT = Fault::sender("e:FilteringRequestedUnavailable", 0x8033_8022,
        "The filter dialect is not supported for events.");
    /// The subscription does not exist.
    NO_SUBSCRIPTION = Fault::sender("e:InvalidMessage", 0x8033_8025,
        "The request names no subscription, or one that has ended.");
    /// The query is for events of all classes.
    TOO_BROAD = NO_FILTER.0.with_provider(0x8004_2001, "The query asks for the events of all classes")
        .while_doing("ExecNotificationQuery");
    /// No provider reports these events, and the query has no polling interval.
    TOO_PRECISE = NO_FILTER.0.with_provider(0x8004_2002, "The query for events lacks WITHIN")
        .while_doing("ExecNotificationQuery");
    /// The operation timeout passed without an event.
    TIMED_OUT = Fault::receiver("w:TimedOut", 0x8033_8029, "The operation did not end in time.");
    /// The user may not do this.
    ACCESS_DENIED = Fault::sender("w:AccessDenied", 5, "Access is denied.");
    /// A method of an instance is called without selectors.
    NO_INSTANCE = Fault::receiver("w:InternalError", 0x8004_102F, INTERNAL_ERROR)
        .with_provider(0x8004_102F, "Invalid method Parameter(s)").while_doing("ExecMethod");
    /// The method does not have the parameter.
    PARAMETER_NAME = Fault::sender("w:InvalidParameter", 0x8033_8055,
        "The method has no parameter of that name.").with_detail("InvalidName");
    /// A parameter has a value of another type.
    PARAMETER_TYPE = Fault::sender("w:InvalidParameter", 0x8033_8054,
        "A parameter is not of the type that the method declares.").with_detail("TypeMismatch");
    /// A reference in a parameter does not name its instance completely.
    PARAMETER_REFERENCE = Fault::sender("w:InvalidParameter", 0x8033_811E,
        "The provider does not take a parameter.").with_detail("InvalidValue")
        .with_provider(0x8004_1008, "Invalid parameter").while_doing("ExecMethod");
    /// The instance to be created exists already.
    ALREADY_EXISTS = Fault::sender("w:AlreadyExists", 0x8033_8033,
        "The resource cannot be created, since it is there already.");
    /// A value is invalid for the instance, or a key or another property cannot be changed.
    INVALID_VALUES = Fault::sender("x:InvalidRepresentation", 0x8033_8056,
        "The representation has a value that the instance cannot have.").with_detail("InvalidValues");
    /// A required value is missing, such as a key.
    MISSING_VALUES = Fault::sender("x:InvalidRepresentation", 0x8033_8057,
        "The representation lacks a value that the instance needs.").with_detail("MissingValues");
    /// The class does not take this kind of change. The text is that of the code of WMI's provider.
    NOT_CAPABLE = Fault::sender("a:ActionNotSupported", 0x8033_8102,
        "The WMI provider could not perform the requested operation.")
        .with_provider(0x8004_1024, "Provider is not capable of the attempted operation").while_doing("PutInstance");
    /// The provider does not implement a declared method: WBEM_E_METHOD_NOT_IMPLEMENTED.
    NOT_IMPLEMENTED = Fault::receiver("w:InternalError", 0x8004_1055,
        "This method is not implemented in any class.")
        .with_provider(0x8004_1055, "This method is not implemented in any class").while_doing("ExecMethod");
    /// The fragment does not name a property of the class, or its form is not supported.
    INVALID_FRAGMENT = Fault::sender("n:CannotProcessFilter", 0x8033_8093,
        "The fragment path is invalid; its case must be that of the property.");
    /// The class does not exist, or the request does not name one.
    NO_CLASS = NOT_FOUND.0.with_provider(0x8004_1002, "Not found").while_doing("GetObject");
    /// An internal error of the simulated host.
    INTERNAL = Fault::receiver("w:InternalError", 1359, INTERNAL_ERROR);
}

const CANNOT_PROCESS: &str = "The data source could not process the filter. The filter might be missing or it might be \
    invalid. Change the filter and try the request again. ";
const INTERNAL_ERROR: &str = "The service cannot complete the request for an internal reason.";
const FAULT_DETAIL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";
const WMI_ERROR: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError";
const EXTENDED_STATUS: &str =
    "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/__ExtendedStatus";
const PROVIDER: &str = "WMI Provider";
const PROVIDER_PATH: &str = r"%systemroot%\system32\WsmWmiPl.dll";
