//! Faults of every kind of server.

use super::*;
use crate::wsman::ReplyError;

/// Returns the fault of an envelope without headers: `RelatesTo` may be missing.
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
    // The provider is more specific than WinRM, which blames the filter.
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

    // The extended status may complete the nested fault.
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
    // An unbound prefix.
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
        ("w:AlreadyExists", FaultKind::AlreadyExists),
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
fn kinds_by_the_status_of_wmi() {
    // MS-WMI 2.2.11
    for (code, kind) in [
        ("2147749913", FaultKind::AlreadyExists), // 0x80041019
        ("2147749924", FaultKind::NotCapable),    // 0x80041024
        ("2147749900", FaultKind::NotCapable),    // 0x8004100C
        ("2147500033", FaultKind::NotCapable),    // 0x80004001
        ("2150858802", FaultKind::Other),         // of WinRM, 0x80338032: not known
        ("2150859010", FaultKind::NotCapable),    // of WinRM, 0x80338102
    ] {
        assert_eq!(winrm("w:InternalError", code, "x").kind(), kind, "{code}");
        assert_ne!(kind.hint().is_none(), kind != FaultKind::Other);
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
    // Windows does not use w:QuotaLimit for too many concurrent operations, nor 0x803380FA for a missing class.
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
