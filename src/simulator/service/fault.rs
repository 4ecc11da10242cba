//! Refusals, in the shape of WinRM's faults (MS-WSMV 2.2.4.43, DSP0226 14).

use crate::xml::{self, Writer, uri};

/// A request that is not answered as it wished: which of the refusals below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal(&'static Fault);

/// What a fault says.
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
    provider: Option<Provider>,
}

/// What WMI or the provider behind it says.
#[derive(Clone, Copy, Debug)]
struct Provider {
    code: u32,
    message: &'static str,
    /// What WMI was doing, for an `__ExtendedStatus`.
    operation: Option<&'static str>,
}

impl Refusal {
    /// The action of the answer.
    pub(crate) fn action(self) -> &'static str {
        match self.0.subcode.and_then(|subcode| subcode.split(':').next()) {
            Some("a") => "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault",
            Some("x") => "http://schemas.xmlsoap.org/ws/2004/09/transfer/fault",
            Some("e") => "http://schemas.xmlsoap.org/ws/2004/08/eventing/fault",
            Some("n") => "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault",
            _ => "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
        }
    }

    /// Writes what stands in the body of the answer of a host of this name.
    pub(crate) fn write(self, writer: &mut Writer, machine: &str) -> Result<(), xml::Error> {
        self.0.write(writer, machine)
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
        self.provider = Some(Provider {
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

    fn write(&self, writer: &mut Writer, machine: &str) -> Result<(), xml::Error> {
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
        open_wsman_fault(writer, self.wsman, machine)?;
        match &self.provider {
            None => writer.text(self.reason)?,
            Some(provider) => provider.write(writer, machine)?,
        }
        // Message, WSManFault, Detail, Fault.
        (0..4).try_for_each(|_| writer.end())
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

impl Provider {
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

/// Text that cannot be written is a mistake of the simulated host.
impl From<xml::Error> for Refusal {
    fn from(_: xml::Error) -> Self {
        INTERNAL
    }
}

/// Every refusal by its name: subcode, code (both as WsmError.h has them), and what WinRM means by it.
macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident = $refusal:expr;)*) => {
        $($(#[$doc])* pub(crate) const $name: Refusal = Refusal(&const { $refusal });)*
    };
}

refusals! {
    /// The envelope is no XML, or none that SOAP allows.
    MALFORMED = Fault::sender("w:SchemaValidationError", 0x8033_8043, "The request contains invalid XML.");
    /// The XML is not what the operation wants.
    SCHEMA = Fault::sender("w:SchemaValidationError", 0x8033_8041,
        "The SOAP XML in the message does not match the corresponding XML schema definition.");
    /// The envelope is of another SOAP, or of none.
    SOAP_VERSION = Fault {
        code: "s:VersionMismatch",
        subcode: None,
        ..Fault::sender("", 0x8033_800D, "The service does not support the SOAP version of the request.")
    };
    /// A header that must be understood is not.
    NOT_UNDERSTOOD = Fault {
        code: "s:MustUnderstand",
        subcode: None,
        ..Fault::sender("", 0x8033_8010, "A header that must be understood is not known here.")
    };
    /// A header that addressing needs is missing.
    HEADER_REQUIRED = Fault::sender("a:MessageInformationHeaderRequired", 0x8033_8011,
        "The request lacks a message information header, such as ReplyTo or MessageID.");
    /// A header has a value that it cannot have.
    INVALID_HEADER = Fault::sender("a:InvalidMessageInformationHeader", 0x8033_800F,
        "A message information header of the request is not valid.");
    /// Answers go to the sender of the request alone.
    ADDRESSING_MODE = Fault::sender("w:UnsupportedFeature", 0x8033_8076,
        "The request asks for the answer to be sent elsewhere, which is not supported.").with_detail("AddressingMode");
    /// The language must be understood (MS-WSMV 3.1.4.1.8).
    LOCALE = Fault::sender("w:UnsupportedFeature", 0x8033_8087,
        "The request insists on a language, which is not supported.").with_detail("Locale");
    /// Items in a form that is not known.
    ENUMERATION_MODE = Fault::sender("w:UnsupportedFeature", 0x8033_8086,
        "The enumeration mode is not supported.").with_detail("EnumerationMode");
    /// The answer may be smaller than any answer (MS-WSMV 3.1.4.1.7).
    MINIMUM_ENVELOPE = Fault::sender("w:EncodingLimit", 0x8033_807E,
        "The maximum envelope size of the request is below 8192.").with_detail("MinimumEnvelopeLimit");
    /// The answer is larger than the request allows.
    TOO_LARGE = Fault::sender("w:EncodingLimit", 0x8033_8048,
        "The answer would be larger than the maximum envelope size of the request.").with_detail("MaxEnvelopeSize");
    /// There is no such resource, class or instance.
    NOT_FOUND = Fault::sender("a:DestinationUnreachable", 0x8033_8000,
        "The resource that the request names does not exist.");
    /// There is no resource URI, or it is none.
    INVALID_RESOURCE = Fault::sender("a:DestinationUnreachable", 0x8033_803B,
        "The resource URI is missing, or is none that is known here.").with_detail("InvalidResourceURI");
    /// There is no such namespace.
    NO_NAMESPACE = NOT_FOUND.0.with_provider(0x8004_100E, "Invalid namespace").while_doing("ConnectServer");
    /// There is no such action, or the class has no such method.
    ACTION_NOT_SUPPORTED = Fault::sender("a:ActionNotSupported", 0x8033_8013,
        "The action is not supported by this resource.");
    /// The body is not the one that belongs to the action.
    ACTION_MISMATCH = Fault::sender("a:ActionNotSupported", 0x8033_8031,
        "The action of the request does not fit its body.").with_detail("ActionMismatch");
    /// The filter is missing, or is no query.
    NO_FILTER = Fault::sender("n:CannotProcessFilter", 0x8033_801A, CANNOT_PROCESS);
    /// The filter is no query, says WMI.
    INVALID_QUERY = NO_FILTER.0.with_provider(0x8004_1017, "Invalid query").while_doing("ExecQuery");
    /// The filter names a class that does not exist. WMI's words, and the same code within, as captured.
    NO_CLASS_IN_QUERY = NO_FILTER.0.with_provider(0x8033_801A, "The specified class does not exist in the given namespace. ");
    /// The filter goes to a namespace that does not exist.
    NO_NAMESPACE_IN_QUERY = NO_FILTER.0.with_provider(0x8004_100E, "Invalid namespace").while_doing("ConnectServer");
    /// The filter asks for the associations of an object that does not exist.
    NO_OBJECT_IN_QUERY = NO_FILTER.0.with_provider(0x8004_1002, "Not found").while_doing("ExecQuery");
    /// The filter is in a form that its dialect does not have, or asks for what it does not take.
    INVALID_FILTER = Fault::sender("n:CannotProcessFilter", 0x8033_8107,
        "The XML of the filter is not valid.");
    /// Items of other classes than was asked for, in a way that is not known for this class (DSP0227).
    POLYMORPHISM = Fault::sender("b:PolymorphismModeNotSupported", 0x8033_8137,
        "The polymorphism mode is not supported for this class.");
    /// The time at which an enumeration is to expire is none, or over.
    EXPIRATION_TIME = Fault::sender("n:InvalidExpirationTime", 0x8033_8016,
        "The expiration time of the enumeration is not valid.");
    /// A query goes to a class, or with keys, where WinRM takes it on `*` alone.
    QUERY_ON_CLASS = Fault::sender("n:CannotProcessFilter", 0x8033_80FB,
        "A WQL query needs a resource URI that ends in * and no selectors.");
    /// The filter is in a language that is not known here.
    FILTER_DIALECT = Fault::sender("n:FilterDialectRequestedUnavailable", 0x8033_8019,
        "The filter dialect is not supported.");
    /// An enumeration with selectors.
    ENUMERATE_WITH_KEYS = Fault::sender("w:InvalidSelectors", 0x8033_8108,
        "The resource URI of an enumeration must not have selectors.");
    /// An instance is asked for without any key.
    NO_KEYS = Fault::sender("w:InvalidSelectors", 0x8033_80FA,
        "The class is no singleton, so that its keys are needed as selectors.").with_detail("InsufficientSelectors");
    /// A selector that is no key.
    UNEXPECTED_SELECTOR = Fault::sender("w:InvalidSelectors", 0x8033_805B,
        "The request has a selector that is no key of the class.").with_detail("UnexpectedSelectors");
    /// More selectors than anything has.
    SELECTOR_LIMIT = Fault::sender("w:InvalidSelectors", 0x8033_804A,
        "The request has too many selectors.");
    /// A selector twice.
    DUPLICATE_SELECTOR = Fault::sender("w:InvalidSelectors", 0x8033_805F,
        "The request has a selector twice.").with_detail("DuplicateSelectors");
    /// A selector that is a reference where the key is a text.
    SELECTOR_TYPE = Fault::sender("w:InvalidSelectors", 0x8033_805C,
        "The value of a selector is not of the type of its key.").with_detail("TypeMismatch");
    /// A resource URI of one namespace and a selector of another.
    OTHER_NAMESPACE = Fault::receiver("w:InternalError", 0x8033_813B,
        "The selector __cimnamespace differs from the namespace of the resource URI.");
    /// The context is over, expired, or another user's.
    INVALID_CONTEXT = Fault::receiver("n:InvalidEnumerationContext", 0x8033_801B,
        "The enumeration context is not valid; the enumeration has ended, has expired, or never began.");
    /// Too many operations of one user. WinRM says so with an internal error, as captured.
    TOO_MANY_OPERATIONS = Fault::receiver("w:InternalError", 0x8033_81A6,
        "The user has too many operations open at once.");
    /// Events that are to be delivered in another way than WMI's provider does.
    DELIVERY_MODE = Fault::sender("e:DeliveryModeRequestedUnavailable", 0x8033_80FF,
        "Events of this resource can be pulled, and are delivered in no other way.");
    /// The time at which a subscription is to expire is none, or over.
    SUBSCRIPTION_EXPIRATION = Fault::sender("e:InvalidExpirationTime", 0x8033_801F,
        "The expiration time of the subscription is not valid.");
    /// The filter of a subscription is in a language that is not known here.
    EVENT_FILTER_DIALECT = Fault::sender("e:FilteringRequestedUnavailable", 0x8033_8022,
        "The filter dialect is not supported for events.");
    /// There is no such subscription.
    NO_SUBSCRIPTION = Fault::sender("e:InvalidMessage", 0x8033_8025,
        "The request names no subscription, or one that has ended.");
    /// Events of any class are asked for.
    TOO_BROAD = NO_FILTER.0.with_provider(0x8004_2001, "The query asks for the events of all classes")
        .while_doing("ExecNotificationQuery");
    /// No provider tells of these events, and the query does not say how often they are to be looked for.
    TOO_PRECISE = NO_FILTER.0.with_provider(0x8004_2002, "The query for events lacks WITHIN")
        .while_doing("ExecNotificationQuery");
    /// Nothing has happened for as long as the request may take.
    TIMED_OUT = Fault::receiver("w:TimedOut", 0x8033_8029, "The operation did not end in time.");
    /// The user may not do this.
    ACCESS_DENIED = Fault::sender("w:AccessDenied", 5, "Access is denied.");
    /// A method of an instance is called without selectors.
    NO_INSTANCE = Fault::receiver("w:InternalError", 0x8004_102F, INTERNAL_ERROR)
        .with_provider(0x8004_102F, "Invalid method Parameter(s)").while_doing("ExecMethod");
    /// The method has no such parameter.
    PARAMETER_NAME = Fault::sender("w:InvalidParameter", 0x8033_8055,
        "The method has no parameter of that name.").with_detail("InvalidName");
    /// A parameter has a value of another type.
    PARAMETER_TYPE = Fault::sender("w:InvalidParameter", 0x8033_8054,
        "A parameter is not of the type that the method declares.").with_detail("TypeMismatch");
    /// A reference in a parameter does not name its instance completely.
    PARAMETER_REFERENCE = Fault::sender("w:InvalidParameter", 0x8033_811E,
        "The provider does not take a parameter.").with_detail("InvalidValue")
        .with_provider(0x8004_1008, "Invalid parameter").while_doing("ExecMethod");
    /// What is to be created is there.
    ALREADY_EXISTS = Fault::sender("w:AlreadyExists", 0x8033_8033,
        "The resource cannot be created, since it is there already.");
    /// A value is one that the instance cannot have, or a key or another property that cannot be changed.
    INVALID_VALUES = Fault::sender("x:InvalidRepresentation", 0x8033_8056,
        "The representation has a value that the instance cannot have.").with_detail("InvalidValues");
    /// What an instance needs is missing, a key for one.
    MISSING_VALUES = Fault::sender("x:InvalidRepresentation", 0x8033_8057,
        "The representation lacks a value that the instance needs.").with_detail("MissingValues");
    /// The class cannot be changed in this way. Of WMI's provider, as the text of the code has it.
    NOT_CAPABLE = Fault::sender("a:ActionNotSupported", 0x8033_8102,
        "The WMI provider could not perform the requested operation.")
        .with_provider(0x8004_1024, "Provider is not capable of the attempted operation").while_doing("PutInstance");
    /// The provider does not implement a declared method: WBEM_E_METHOD_NOT_IMPLEMENTED.
    NOT_IMPLEMENTED = Fault::receiver("w:InternalError", 0x8004_1055,
        "This method is not implemented in any class.")
        .with_provider(0x8004_1055, "This method is not implemented in any class").while_doing("ExecMethod");
    /// A fragment that is no property of the class, or none in a form that is known here.
    INVALID_FRAGMENT = Fault::sender("n:CannotProcessFilter", 0x8033_8093,
        "The fragment path is invalid; its case must be that of the property.");
    /// There is no such class, or the question is not for one.
    NO_CLASS = NOT_FOUND.0.with_provider(0x8004_1002, "Not found").while_doing("GetObject");
    /// The simulated host has made a mistake.
    INTERNAL = Fault::receiver("w:InternalError", 1359, INTERNAL_ERROR);
}

const CANNOT_PROCESS: &str = "The data source could not process the filter. The filter might be missing or it might be \
    invalid. Change the filter and try the request again. ";
const INTERNAL_ERROR: &str = "The service cannot complete the request for an internal reason.";
const FAULT_DETAIL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/";
const EXTENDED_STATUS: &str =
    "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/__ExtendedStatus";
const PROVIDER: &str = "WMI Provider";
const PROVIDER_PATH: &str = r"%systemroot%\system32\WsmWmiPl.dll";
