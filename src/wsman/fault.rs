//! A server's refusal, put together from all the places where it says why.

use std::fmt;

use crate::cim::Instance;
use crate::printable::shortened;
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::decode::Decoder;
use super::fault_codes::{self, FaultKind};

/// A SOAP fault, with what WS-Management, WinRM, WMI and CIM add to it (MS-WSMV 2.2.4.43, DSP0226 14).
///
/// Texts are in the language of the host; [`kind`](Self::kind) and the codes are what to decide on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    code: String,
    subcode: Option<(Ns, String)>,
    reason: String,
    detail: Option<String>,
    wsman_code: Option<u32>,
    message: String,
    provider: Option<ProviderFault>,
    cim_error: Option<Instance>,
}

/// What the provider behind WinRM said.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderFault {
    provider: String,
    code: Option<u32>,
    message: String,
    extended_status: Option<Instance>,
}

impl ProviderFault {
    /// The name of the provider: `WMI Provider`.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// Its code: one of WS-Management, a WMI status or an HRESULT.
    pub fn code(&self) -> Option<u32> {
        self.code
    }

    /// Its words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The `__ExtendedStatus` or `Msvm_Error` that it sent along.
    pub fn extended_status(&self) -> Option<&Instance> {
        self.extended_status.as_ref()
    }
}

impl Fault {
    /// What the fault means, as far as its codes tell.
    pub fn kind(&self) -> FaultKind {
        fault_codes::kind(self)
    }

    /// Who is at fault: `Sender` or `Receiver`, mostly.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The subcode, without its prefix: `InvalidSelectors`.
    pub fn subcode(&self) -> Option<&str> {
        self.subcode.as_ref().map(|(_, local)| local.as_str())
    }

    /// The URI of the namespace of the subcode.
    pub fn subcode_namespace(&self) -> Option<&str> {
        self.subcode.as_ref().map(|(ns, _)| ns.uri())
    }

    /// The reason, in the language of the host.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The last part of the WS-Management fault detail URI: `UnexpectedSelectors`.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The code of the WSManFault: a WsmError number, a Win32 error or an HRESULT.
    pub fn wsman_code(&self) -> Option<u32> {
        self.wsman_code
    }

    /// What the provider said, where it was the provider that refused.
    pub fn provider_fault(&self) -> Option<&ProviderFault> {
        self.provider.as_ref()
    }

    /// The CIM error instance: `MSFT_WmiError` of Windows, `OMI_Error` of OMI.
    pub fn cim_error(&self) -> Option<&Instance> {
        self.cim_error.as_ref()
    }

    /// The most telling text among those that the server sent, or an empty one.
    pub fn message(&self) -> &str {
        let provider = self
            .provider
            .as_ref()
            .map_or("", |provider| &provider.message);
        let texts = [provider, &self.message, &self.reason];
        texts
            .into_iter()
            .map(str::trim)
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    }
}

/// One line: the words of the server, then the codes.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self
            .message()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let message = shortened(&message, LONGEST_MESSAGE);
        f.write_str(if message.is_empty() {
            "the server refused without a reason"
        } else {
            message.trim_end_matches('.')
        })?;
        let name = self
            .subcode()
            .or(Some(&self.code))
            .filter(|name| !name.is_empty());
        let name = shortened(name.unwrap_or("fault"), LONGEST_NAME);
        write!(f, " ({name}")?;
        if let Some(code) = self.wsman_code {
            match fault_codes::name(code) {
                Some(name) => write!(f, ", {name} {code:#010x}")?,
                None => write!(f, ", code {code:#010x}")?,
            }
        }
        if let Some(code) = self
            .provider
            .as_ref()
            .and_then(ProviderFault::code)
            .filter(|code| Some(*code) != self.wsman_code)
        {
            match fault_codes::name(code) {
                Some(name) => write!(f, ", provider {name} {code:#010x}")?,
                None => write!(f, ", provider code {code:#010x}")?,
            }
        }
        f.write_str(")")
    }
}

/// Reads the `s:Fault` that has just been opened, to its end.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Fault, Error> {
    let mut fault = Fault::default();
    while let Some(part) = reader.next_child()? {
        match part.local() {
            "Code" => read_code(reader, &mut fault)?,
            "Reason" => {
                while reader.next_child()?.is_some() {
                    let text = reader.text()?;
                    if fault.reason.trim().is_empty() {
                        fault.reason = text.into_owned();
                    }
                }
            }
            "Detail" => read_detail(reader, &mut fault)?,
            _ => reader.skip()?,
        }
    }
    Ok(fault)
}

fn read_code(reader: &mut Reader<'_>, fault: &mut Fault) -> Result<(), Error> {
    while let Some(part) = reader.next_child()? {
        match part.local() {
            "Value" => fault.code = read_name(reader)?.1,
            "Subcode" => {
                while let Some(part) = reader.next_child()? {
                    match part.local() {
                        "Value" => fault.subcode = Some(read_name(reader)?),
                        _ => reader.skip()?,
                    }
                }
            }
            _ => reader.skip()?,
        }
    }
    Ok(())
}

/// A qualified name in text. Its prefix is the server's choice, so it is resolved; where it is not bound, the name is
/// taken without it.
fn read_name(reader: &mut Reader<'_>) -> Result<(Ns, String), Error> {
    let text = reader.text()?;
    Ok(reader.resolve(&text).unwrap_or_else(|| {
        let text = text.trim();
        (
            Ns::None,
            text.rsplit_once(':')
                .map_or(text, |(_, local)| local)
                .to_owned(),
        )
    }))
}

fn read_detail(reader: &mut Reader<'_>, fault: &mut Fault) -> Result<(), Error> {
    while let Some(part) = reader.next_child()? {
        match (part.ns(), part.local()) {
            (Ns::Wsman, "FaultDetail") => {
                let uri = reader.text()?;
                fault.detail = uri.trim().rsplit('/').next().map(str::to_owned);
            }
            (Ns::WsmanFault, "WSManFault") => read_wsman_fault(reader, &part, fault)?,
            // MSFT_WmiError, OMI_Error, CIM_Error: an instance, whatever its class.
            (Ns::Other(_), _) => fault.cim_error = Some(Decoder::new("").instance(reader, &part)?),
            _ => reader.skip()?,
        }
    }
    Ok(())
}

fn read_wsman_fault(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
    fault: &mut Fault,
) -> Result<(), Error> {
    fault.wsman_code = code_of(reader, element)?;
    while let Some(part) = reader.next_child()? {
        if part.local() != "Message" {
            reader.skip()?;
            continue;
        }
        match reader.content()? {
            Content::Text(text) => fault.message = text.into_owned(),
            Content::Element(first) => {
                let mut next = Some(first);
                while let Some(part) = next {
                    if part.is(&Ns::WsmanFault, "ProviderFault") {
                        fault.provider = Some(read_provider_fault(reader, &part)?);
                    } else {
                        reader.skip()?;
                    }
                    next = reader.next_child()?;
                }
            }
        }
    }
    Ok(())
}

fn read_provider_fault(
    reader: &mut Reader<'_>,
    element: &Element<'_>,
) -> Result<ProviderFault, Error> {
    let provider = reader
        .attribute(element, &Ns::None, "provider")?
        .unwrap_or_default();
    let mut fault = ProviderFault {
        provider: provider.trim().to_owned(),
        ..ProviderFault::default()
    };
    let mut next = match reader.content()? {
        Content::Text(text) => {
            fault.message = text.into_owned();
            return Ok(fault);
        }
        Content::Element(first) => Some(first),
    };
    while let Some(part) = next {
        match (part.ns(), part.local()) {
            (Ns::WsmanFault, "WSManFault") => {
                let mut inner = Fault::default();
                read_wsman_fault(reader, &part, &mut inner)?;
                fault.code = inner.wsman_code;
                fault.message = inner.message().to_owned();
            }
            (Ns::WsmanFault, "ExtendedError") => {
                while let Some(status) = reader.next_child()? {
                    fault.extended_status = Some(Decoder::new("").instance(reader, &status)?);
                }
            }
            _ => reader.skip()?,
        }
        next = reader.next_child()?;
    }
    Ok(fault)
}

/// The attribute `Code`: an unsigned number, though some write an HRESULT as a negative one.
fn code_of(reader: &Reader<'_>, element: &Element<'_>) -> Result<Option<u32>, Error> {
    let code = reader.attribute(element, &Ns::None, "Code")?;
    Ok(code.and_then(|code| fault_codes::parse(&code)))
}

/// As much of a server's words as one line shows; [`Fault::message`] has them all.
const LONGEST_MESSAGE: usize = 1000;
/// Subcodes of the specifications have up to 40 characters.
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wsman::ReplyError;

    /// The fault of an envelope that has no headers at all: `RelatesTo` may be missing.
    fn fault(parts: &str) -> Fault {
        let envelope = format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
             xmlns:a='http://schemas.xmlsoap.org/ws/2004/08/addressing' xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration' \
             xmlns:f='http://schemas.microsoft.com/wbem/wsman/1/wsmanfault' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>\
             <s:Body><s:Fault>{parts}</s:Fault></s:Body></s:Envelope>"
        );
        match crate::wsman::acknowledge(&envelope) {
            Err(ReplyError::Fault(fault)) => *fault,
            other => panic!("{other:?}"),
        }
    }

    fn coded(code: &str, subcode: &str, detail: &str) -> Fault {
        fault(&format!(
            "<s:Code><s:Value>{code}</s:Value><s:Subcode><s:Value>{subcode}</s:Value></s:Subcode></s:Code>\
             <s:Reason><s:Text xml:lang='en-US'>The reason. </s:Text></s:Reason><s:Detail>{detail}</s:Detail>"
        ))
    }

    fn winrm(subcode: &str, code: &str, message: &str) -> Fault {
        let detail = format!(
            "<f:WSManFault Code='{code}' Machine='h'><f:Message>{message}</f:Message></f:WSManFault>"
        );
        coded("s:Sender", subcode, &detail)
    }

    #[test]
    fn a_wsman_fault_with_text() {
        let fault = coded(
            "s:Sender",
            "w:InvalidSelectors",
            "<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/UnexpectedSelectors</w:FaultDetail>\
             <f:WSManFault Code='2150858843' Machine='hv01.example'><f:Message>Too many \n keys. </f:Message></f:WSManFault>",
        );
        assert_eq!(
            (fault.code(), fault.subcode()),
            ("Sender", Some("InvalidSelectors"))
        );
        assert_eq!(
            fault.subcode_namespace(),
            Some("http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd")
        );
        assert_eq!(fault.reason(), "The reason. ");
        assert_eq!(fault.detail(), Some("UnexpectedSelectors"));
        assert_eq!(fault.wsman_code(), Some(0x8033_805B));
        assert!(fault.provider_fault().is_none() && fault.cim_error().is_none());
        assert_eq!(fault.kind(), FaultKind::InvalidSelectors);
        assert_eq!(
            fault.to_string(),
            "Too many keys (InvalidSelectors, UNEXPECTED_SELECTORS 0x8033805b)"
        );
    }

    #[test]
    fn a_provider_fault_with_all_it_may_have() {
        let status =
            "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/__ExtendedStatus";
        let fault = winrm(
            "n:CannotProcessFilter",
            "2150858778",
            &format!(
                "<f:ProviderFault provider='WMI Provider ' path='%systemroot%\\system32\\WsmWmiPl.dll'>\
                 <f:WSManFault Code='2147749904' Machine=''><f:Message>No such class. </f:Message></f:WSManFault>\
                 <f:ExtendedError><p:__ExtendedStatus xmlns:p='{status}' i:type='p:__ExtendedStatus_Type'>\
                 <p:Description i:nil='true'/><p:Operation>ExecQuery</p:Operation><p:ParameterInfo>SELECT</p:ParameterInfo>\
                 <p:ProviderName>WinMgmt</p:ProviderName><p:StatusCode i:nil='true'/></p:__ExtendedStatus></f:ExtendedError>\
                 </f:ProviderFault>"
            ),
        );
        let provider = fault.provider_fault().unwrap();
        assert_eq!(
            (provider.provider(), provider.code()),
            ("WMI Provider", Some(0x8004_1010))
        );
        assert_eq!(provider.message(), "No such class.");
        let status = provider.extended_status().unwrap();
        assert_eq!(status.class_name(), "__ExtendedStatus");
        assert_eq!(status.get("Operation"), Ok("ExecQuery".to_owned()));
        // The provider knows better than WinRM, which blames the filter.
        assert_eq!(fault.kind(), FaultKind::InvalidClass);
        assert_eq!(
            fault.to_string(),
            "No such class (CannotProcessFilter, CANNOT_PROCESS_FILTER 0x8033801a, provider WBEM_E_INVALID_CLASS 0x80041010)"
        );
    }

    #[test]
    fn a_provider_fault_with_less() {
        let text = winrm(
            "w:InternalError",
            "5",
            "<f:ProviderFault provider='X'>In plain words</f:ProviderFault>",
        );
        let provider = text.provider_fault().unwrap();
        assert_eq!(
            (provider.message(), provider.code()),
            ("In plain words", None)
        );
        assert_eq!(
            text.to_string(),
            "In plain words (InternalError, ERROR_ACCESS_DENIED 0x00000005)"
        );

        let empty = winrm("w:InternalError", "1", "<f:ProviderFault/>");
        assert_eq!(empty.provider_fault(), Some(&ProviderFault::default()));
        assert_eq!(empty.message(), "The reason.");

        // What the nested fault does not say, its extended status may.
        let status = winrm(
            "w:InternalError",
            "2150858770",
            "<f:ProviderFault><f:WSManFault Code='2150858770'><f:Message>x</f:Message></f:WSManFault><f:ExtendedError>\
             <p:__ExtendedStatus xmlns:p='http://x/__ExtendedStatus'><p:StatusCode>2147749891</p:StatusCode></p:__ExtendedStatus>\
             </f:ExtendedError></f:ProviderFault>",
        );
        assert_eq!(status.kind(), FaultKind::AccessDenied);
    }

    #[test]
    fn an_error_of_the_management_infrastructure() {
        let fault = coded(
            "s:Receiver",
            "w:InternalError",
            "<p:MSFT_WmiError b:IsCIM_Error='true' xmlns:b='http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd' \
             xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError' \
             xmlns:cim='http://schemas.dmtf.org/wbem/wscim/1/common'><p:CIMStatusCode i:type='cim:cimUnsignedInt'>1</p:CIMStatusCode>\
             <p:Message i:type='cim:cimString'>Too many shells.</p:Message><p:MessageID i:type='cim:cimString'>HRESULT 0x803381a5\
             </p:MessageID><p:error_Code i:type='cim:cimUnsignedInt'>2150859173</p:error_Code></p:MSFT_WmiError>",
        );
        let error = fault.cim_error().unwrap();
        assert_eq!(error.class_name(), "MSFT_WmiError");
        assert_eq!(error.get("MessageID"), Ok("HRESULT 0x803381a5".to_owned()));
        assert_eq!(fault.wsman_code(), None);
        assert_eq!(fault.kind(), FaultKind::Quota);
    }

    #[test]
    fn an_error_of_omi() {
        let omi = |status: u32| {
            let detail = format!(
                "<p:OMI_Error xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error'><p:ErrorType i:nil='true'/>\
                 <p:CIMStatusCode>{status}</p:CIMStatusCode></p:OMI_Error>"
            );
            coded("s:Receiver", "w:InternalError", &detail).kind()
        };
        for (status, kind) in [
            (2, FaultKind::AccessDenied),
            (3, FaultKind::InvalidNamespace),
            (4, FaultKind::InvalidParameter),
            (5, FaultKind::InvalidClass),
            (6, FaultKind::NotFound),
            (7, FaultKind::Unsupported),
            (12, FaultKind::Other),
            (15, FaultKind::InvalidQuery),
            (17, FaultKind::MethodNotFound),
        ] {
            assert_eq!(omi(status), kind, "{status}");
        }
    }

    #[test]
    fn subcodes_by_whatever_prefix() {
        let subcode = |text: &str| {
            let fault = coded("s:Sender", text, "");
            (
                fault.subcode().map(str::to_owned),
                fault.subcode_namespace().map(str::to_owned),
                fault.kind(),
            )
        };
        let addressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
        let unreachable = |ns: &str| {
            (
                Some("DestinationUnreachable".to_owned()),
                Some(ns.to_owned()),
                FaultKind::NotFound,
            )
        };
        assert_eq!(subcode("a:DestinationUnreachable"), unreachable(addressing));
        assert_eq!(
            subcode("\n a:DestinationUnreachable "),
            unreachable(addressing)
        );
        // A prefix that nobody bound.
        assert_eq!(subcode("wsa:DestinationUnreachable"), unreachable(""));
        assert_eq!(subcode("DestinationUnreachable"), unreachable(""));
        let own = "<s:Code><s:Value>s:Sender</s:Value><s:Subcode><q:Value xmlns:q='http://www.w3.org/2003/05/soap-envelope' \
            xmlns:zz='http://schemas.xmlsoap.org/ws/2004/08/addressing'>zz:DestinationUnreachable</q:Value></s:Subcode></s:Code>";
        assert_eq!(fault(own).subcode_namespace(), Some(addressing));
    }

    #[test]
    fn kinds_by_subcode() {
        for (subcode, kind) in [
            ("w:AccessDenied", FaultKind::AccessDenied),
            ("n:CannotProcessFilter", FaultKind::InvalidQuery),
            ("a:ActionNotSupported", FaultKind::MethodNotFound),
            ("w:InvalidSelectors", FaultKind::InvalidSelectors),
            ("w:InvalidParameter", FaultKind::InvalidParameter),
            ("w:SchemaValidationError", FaultKind::SchemaValidation),
            ("w:TimedOut", FaultKind::TimedOut),
            ("n:TimedOut", FaultKind::TimedOut),
            ("w:QuotaLimit", FaultKind::Quota),
            ("w:EncodingLimit", FaultKind::EnvelopeTooLarge),
            (
                "n:InvalidEnumerationContext",
                FaultKind::InvalidEnumerationContext,
            ),
            ("w:UnsupportedFeature", FaultKind::Unsupported),
            ("w:InternalError", FaultKind::Other),
        ] {
            assert_eq!(coded("s:Sender", subcode, "").kind(), kind, "{subcode}");
        }
    }

    #[test]
    fn codes_in_all_spellings() {
        for (written, code, shown) in [
            (
                "2150858752",
                Some(0x8033_8000),
                "RESOURCE_NOT_FOUND 0x80338000",
            ),
            (
                "-2144108544",
                Some(0x8033_8000),
                "RESOURCE_NOT_FOUND 0x80338000",
            ),
            (
                "0x80338000",
                Some(0x8033_8000),
                "RESOURCE_NOT_FOUND 0x80338000",
            ),
            (
                " 0X80338000\n",
                Some(0x8033_8000),
                "RESOURCE_NOT_FOUND 0x80338000",
            ),
            (
                "2147942402",
                Some(0x8007_0002),
                "ERROR_FILE_NOT_FOUND 0x80070002",
            ),
            ("-2147023570", Some(0x8007_052E), "code 0x8007052e"),
        ] {
            let fault = winrm("w:InternalError", written, "x");
            assert_eq!(fault.wsman_code(), code, "{written}");
            assert_eq!(fault.to_string(), format!("x (InternalError, {shown})"));
        }
        for written in ["", "many", "99999999999", "-99999999999"] {
            assert_eq!(
                winrm("w:InternalError", written, "x").wsman_code(),
                None,
                "{written}"
            );
        }
        // Too many operations at once is no w:QuotaLimit on Windows, and 0x803380FA no missing class.
        assert_eq!(
            winrm("w:InternalError", "2150859174", "x").kind(),
            FaultKind::Quota
        );
        assert_eq!(
            winrm("w:InvalidSelectors", "2150859002", "x").kind(),
            FaultKind::InvalidSelectors
        );
    }

    #[test]
    fn faults_that_say_little() {
        assert_eq!(
            fault("").to_string(),
            "the server refused without a reason (fault)"
        );
        assert_eq!(fault("").kind(), FaultKind::Other);
        let bare = fault(
            "<s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text xml:lang='en'></s:Text></s:Reason>",
        );
        assert_eq!(
            bare.to_string(),
            "the server refused without a reason (Receiver)"
        );
        assert_eq!(bare.subcode(), None);
        let two = fault(
            "<s:Reason><s:Text xml:lang='de'> </s:Text><s:Text xml:lang='en'>Two</s:Text><s:Text>Three</s:Text></s:Reason>",
        );
        assert_eq!(two.reason(), "Two");
        let odd = coded(
            "s:Sender",
            "w:X",
            "<x/><w:Other/><f:WSManFault><f:Other/><f:Message/></f:WSManFault>",
        );
        assert_eq!((odd.wsman_code(), odd.message()), (None, "The reason."));
    }

    #[test]
    fn texts_are_safe_to_look_at() {
        let fault = winrm(
            "w:X&#27;[2J",
            "1",
            &format!("a&#27;[2Jb&#x202e;\r\nc {}", "x".repeat(2000)),
        );
        let shown = fault.to_string();
        assert!(shown.starts_with("a\\u{1b}[2Jb\\u{202e} c xxx"), "{shown}");
        assert!(
            shown.ends_with("xx… (X\\u{1b}[2J, code 0x00000001)"),
            "{shown}"
        );
        assert!(shown.len() < 1200);
        assert!(fault.message().len() > 2000);
    }
}
