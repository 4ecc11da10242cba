//! Refusals of headers, each with the subcode and the code of MS-WSMV 3.1.4.1 and WsmError.h.

use super::super::testing::*;

/// A Get that is answered, with a part of it replaced.
fn spoilt(from: &str, to: &str) -> String {
    let good = get_web01();
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

const REPLY_TO: &str = "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">\
    http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>";
const MESSAGE_ID: &str = "<a:MessageID>uuid:11111111-2222-3333-4444-555555555555</a:MessageID>";
const GET: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
const ACTION: &str = "<a:Action s:mustUnderstand=\"true\">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action>";
const SIZE: &str = "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">153600</w:MaxEnvelopeSize>";
const TIMEOUT: &str = "<w:OperationTimeout>PT60S</w:OperationTimeout>";

#[test]
fn headers_that_are_refused() {
    let service = service();
    let long_id = format!("<a:MessageID>{}</a:MessageID>", "x".repeat(2_049));
    let resource = format!(
        "<w:ResourceURI s:mustUnderstand=\"true\">{V2}/Msvm_ComputerSystem</w:ResourceURI>"
    );
    for (from, to, subcode, code) in [
        (
            REPLY_TO,
            "",
            "MessageInformationHeaderRequired",
            2_150_858_769,
        ),
        (
            MESSAGE_ID,
            "",
            "MessageInformationHeaderRequired",
            2_150_858_769,
        ),
        (
            ACTION,
            "",
            "MessageInformationHeaderRequired",
            2_150_858_769,
        ),
        (
            "/role/anonymous",
            "/role/none",
            "UnsupportedFeature",
            0x8033_8076,
        ),
        (
            MESSAGE_ID,
            "<a:MessageID/>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            MESSAGE_ID,
            "<a:MessageID> </a:MessageID>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            MESSAGE_ID,
            &long_id,
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            MESSAGE_ID,
            &MESSAGE_ID.repeat(2),
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            REPLY_TO,
            &REPLY_TO.repeat(2),
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            GET,
            &format!("{V2}/Msvm_ReplicationService/Get"),
            "ActionNotSupported",
            2_150_858_771,
        ),
        (
            GET,
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/Other",
            "ActionNotSupported",
            2_150_858_771,
        ),
        (
            GET,
            &format!("{V2}/Msvm_ComputerSystem/"),
            "ActionNotSupported",
            2_150_858_771,
        ),
        (&resource, "", "DestinationUnreachable", 2_150_858_811),
        (
            &resource,
            "<w:ResourceURI>Msvm_ComputerSystem</w:ResourceURI>",
            "DestinationUnreachable",
            2_150_858_811,
        ),
        (
            &resource,
            "<w:ResourceURI>http://example.test/Msvm_ComputerSystem</w:ResourceURI>",
            "DestinationUnreachable",
            2_150_858_811,
        ),
        (
            SIZE,
            "<w:MaxEnvelopeSize>8191</w:MaxEnvelopeSize>",
            "EncodingLimit",
            0x8033_807E,
        ),
        (
            SIZE,
            "<w:MaxEnvelopeSize>many</w:MaxEnvelopeSize>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            SIZE,
            "<w:MaxEnvelopeSize>-1</w:MaxEnvelopeSize>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            TIMEOUT,
            "<w:OperationTimeout>-PT5S</w:OperationTimeout>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            TIMEOUT,
            "<w:OperationTimeout>soon</w:OperationTimeout>",
            "InvalidMessageInformationHeader",
            2_150_858_767,
        ),
        (
            "s:mustUnderstand=\"false\"",
            "s:mustUnderstand=\"true\"",
            "UnsupportedFeature",
            0x8033_8087,
        ),
        (
            TIMEOUT,
            "<p:DataLocale s:mustUnderstand=\"1\"/>",
            "UnsupportedFeature",
            0x8033_8087,
        ),
        (
            TIMEOUT,
            "<w:Novelty s:mustUnderstand=\"true\"/>",
            "MustUnderstand",
            2_150_858_768,
        ),
    ] {
        let refused = service.refused(&spoilt(from, to));
        assert_eq!(refused, (subcode.to_owned(), code), "{from} {to}");
    }
}

#[test]
fn headers_that_are_taken() {
    let service = service();
    for (from, to) in [
        (SIZE, ""),
        (SIZE, "<w:MaxEnvelopeSize>8192</w:MaxEnvelopeSize>"),
        (
            SIZE,
            "<w:MaxEnvelopeSize>18446744073709551615</w:MaxEnvelopeSize>",
        ),
        (TIMEOUT, ""),
        (
            TIMEOUT,
            "<w:OperationTimeout>PT60.000S</w:OperationTimeout>",
        ),
        (MESSAGE_ID, "<a:MessageID>any text</a:MessageID>"),
        (TIMEOUT, "<w:Novelty/>"),
        (
            TIMEOUT,
            "<w:OptionSet s:mustUnderstand=\"true\"><w:Option Name=\"x\">y</w:Option></w:OptionSet>",
        ),
        (
            TIMEOUT,
            "<p:SessionId s:mustUnderstand=\"false\">uuid:1</p:SessionId>",
        ),
        (TIMEOUT, "<p:DataLocale s:mustUnderstand=\"false\"/>"),
        (" s:mustUnderstand=\"false\"", ""),
    ] {
        service.answered(&spoilt(from, to));
    }
}

#[test]
fn a_fault_names_the_message_that_it_answers() {
    let service = service();
    let related = "<a:RelatesTo>uuid:11111111-2222-3333-4444-555555555555</a:RelatesTo>";
    assert!(service.answered(&get_web01()).contains(related));
    assert!(
        service
            .ask(&spoilt(REPLY_TO, ""))
            .envelope
            .contains(related)
    );
    assert!(
        !service
            .ask(&spoilt(MESSAGE_ID, ""))
            .envelope
            .contains("RelatesTo")
    );
    // What no document can hold is not echoed.
    let odd = service.ask(&spoilt(">uuid:1", ">&#1;uuid:1"));
    assert!(!odd.envelope.contains("RelatesTo"));
    odd.fault();
}

#[test]
fn envelopes_that_are_none() {
    let service = service();
    let good = get_web01();
    let schema = ("SchemaValidationError".to_owned(), 2_150_858_817);
    let version = ("VersionMismatch".to_owned(), 0x8033_800D);
    let malformed = ("SchemaValidationError".to_owned(), 2_150_858_819);
    for (text, expected) in [
        (String::new(), &malformed),
        ("not XML".to_owned(), &malformed),
        (format!("<!DOCTYPE x>{good}"), &malformed),
        (format!("{good}{good}"), &malformed),
        (good.replace("s:Body", "s:Bulk"), &schema),
        (good.replace("s:Envelope", "s:Letter"), &version),
        (
            good.replace("2003/05/soap-envelope", "2001/12/soap-envelope"),
            &version,
        ),
        (good.replace("<s:Body>", "<s:Body><x/><y/>"), &schema),
        (good.replace("</s:Body>", "</s:Body><s:Body/>"), &schema),
    ] {
        assert_eq!(&service.refused(&text), expected, "{text}");
    }
    let not_utf8 = service.tell(b"\xFF\xFF\xFF", None, &operator());
    assert_eq!(not_utf8.fault().wsman_code(), Some(2_150_858_819));
}

#[test]
fn half_an_envelope_does_nothing() {
    let service = service();
    let good = start(&start_web01());
    for length in (0..good.len()).step_by(7) {
        assert!(service.ask(&good[..length]).is_fault, "{length}");
    }
    // It has not been started yet.
    assert!(
        service
            .answered(&good)
            .contains("<p:ReturnValue>4096</p:ReturnValue>")
    );
}

#[test]
fn utf_16_is_read() {
    let text = get_web01();
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(!service().tell(&bytes, Some("UTF-16"), &operator()).is_fault);
}
