//! Messages of other makes than the captures have: other encodings, headless requests, sealed bodies, several files at
//! once, and what is no message.

use std::fs;

use serde_json::Value as Json;

use super::{decode, digest};

/// What the program says about a message on standard input.
fn said(message: &[u8]) -> Json {
    let output = decode(&["--output", "json"], message);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*errors), (Some(0), ""));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the program says about it to people.
fn shown(message: &[u8]) -> String {
    let output = decode(&["-"], message);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// Why it says nothing.
fn refused(message: &[u8]) -> String {
    let output = decode(&[], message);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    String::from_utf8(output.stderr).unwrap()
}

fn envelope(headers: &str, body: &str) -> String {
    format!(
        "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' \
         xmlns:q='http://schemas.xmlsoap.org/ws/2004/08/addressing' \
         xmlns:m='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
         xmlns:x='http://schemas.xmlsoap.org/ws/2004/09/transfer' \
         xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration' \
         xmlns:i='http://www.w3.org/2001/XMLSchema-instance' \
         xmlns:c='http://schemas.dmtf.org/wbem/wscim/1/common'>{headers}<e:Body>{body}</e:Body></e:Envelope>"
    )
}

#[test]
fn any_encoding() {
    let fault = "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>m:TimedOut</e:Value></e:Subcode>\
                 </e:Code><e:Reason><e:Text>zu spät \u{1F600}</e:Text></e:Reason></e:Fault>";
    let text = envelope("", fault);
    let units = |swap: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(swap).collect::<Vec<_>>();
    for message in [
        text.clone().into_bytes(),
        format!("\u{FEFF}{text}").into_bytes(),
        format!("<?xml version='1.0'?>\r\n{text}\n").into_bytes(),
        [&[0xFF, 0xFE][..], &units(u16::to_le_bytes)].concat(),
        [&[0xFE, 0xFF][..], &units(u16::to_be_bytes)].concat(),
        units(u16::to_le_bytes),
        [
            b"HTTP/1.1 500 x\r\nContent-Type: application/soap+xml;charset=UTF-16\r\n\r\n",
            &units(u16::to_be_bytes)[..],
        ]
        .concat(),
    ] {
        let shown = shown(&message);
        assert!(shown.contains("zu spät \u{1F600} (TimedOut)"), "{shown}");
        assert!(shown.contains("raise the operation timeout"), "{shown}");
    }
}

#[test]
fn requests_without_headers() {
    let pull = "<n:Pull><n:EnumerationContext>7</n:EnumerationContext></n:Pull>";
    let invoke = "<u:Stop_INPUT xmlns:u='http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service'>\
                  <u:Force i:type='c:cimBoolean'>TRUE</u:Force><u:Level i:type='c:cimUnsignedShort'>7</u:Level>\
                  <u:Wait i:type='c:cimUnsignedByte'>300</u:Wait><u:At i:nil='true'/></u:Stop_INPUT>";
    for (body, expected) in [
        (pull, "request Pull context 7"),
        ("<n:Enumerate/>", "request Enumerate objects"),
        // What is out of range stays text.
        (
            invoke,
            "request Invoke Stop (Force: boolean true; Level: uint16 7; Wait: text 300; At: null)",
        ),
    ] {
        let message = envelope("", body);
        assert_eq!(digest::of(&said(message.as_bytes()), &[]), expected);
    }
}

#[test]
fn what_no_capture_asks() {
    let headers = |action: &str, uri: &str, more: &str| {
        format!(
            "<e:Header><q:Action>http://schemas.xmlsoap.org/ws/2004/09/{action}</q:Action>\
             <m:ResourceURI>{uri}</m:ResourceURI>{more}</e:Header>"
        )
    };
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Environment";
    let names = "<m:SelectorSet><m:Selector Name='__cimnamespace'>root\\cimv2</m:Selector>\
                 <m:Selector Name='ClassName'>Win32_Service</m:Selector></m:SelectorSet>";
    let classes = "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*";
    let instance =
        format!("<u:Win32_Environment xmlns:u='{uri}'><u:Name>TZ</u:Name></u:Win32_Environment>");
    let put = said(envelope(&headers("transfer/Put", uri, ""), &instance).as_bytes());
    assert_eq!(
        (&put["operation"], &put["target"]["namespace"]),
        (&"Put".into(), &"root/cimv2".into())
    );
    assert_eq!(put["instance"]["properties"][0]["value"], "TZ");
    let create = said(envelope(&headers("transfer/Create", uri, ""), &instance).as_bytes());
    assert_eq!(
        (&create["operation"], &create["instance"]["class"]),
        (&"Create".into(), &"Win32_Environment".into())
    );

    let class = said(envelope(&headers("transfer/Get", classes, names), "").as_bytes());
    assert_eq!(class["operation"], "GetClass");
    assert_eq!(
        class["class"],
        serde_json::json!({"namespace": "root/cimv2", "class": "Win32_Service"})
    );
    let fragment = headers(
        "transfer/Get",
        uri,
        "<m:FragmentTransfer>Name</m:FragmentTransfer>",
    );
    assert_eq!(said(envelope(&fragment, "").as_bytes())["fragment"], "Name");

    let filter = "<n:Enumerate><m:Filter Dialect='http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter'>\
                  <m:SelectorSet><m:Selector Name='State'>Stopped</m:Selector></m:SelectorSet></m:Filter>\
                  <b:PolymorphismMode xmlns:b='http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd'>None\
                  </b:PolymorphismMode></n:Enumerate>";
    let filter = said(envelope(&headers("enumeration/Enumerate", uri, ""), filter).as_bytes());
    assert_eq!(filter["filter"]["selectors"]["State"], "Stopped");
    assert_eq!(filter["polymorphism"], "None");
    let eventing = |name: &str, more: &str| {
        let body = format!(
            "<v:{name} xmlns:v='http://schemas.xmlsoap.org/ws/2004/08/eventing'>{more}</v:{name}>"
        );
        said(envelope(&headers(&format!("eventing/{name}"), uri, ""), &body).as_bytes())
    };
    let wql = "<m:Filter Dialect='http://schemas.microsoft.com/wbem/wsman/1/WQL'>SELECT</m:Filter>";
    let subscribe = eventing("Subscribe", wql);
    assert_eq!(
        (&subscribe["operation"], &subscribe["filter"]["wql"]),
        (&"Subscribe".into(), &"SELECT".into())
    );
    assert_eq!(eventing("Unsubscribe", "")["operation"], "Unsubscribe");
    // What this crate has no name for is an action at least.
    let renew = eventing("Renew", "");
    assert_eq!(renew["operation"], "other");
    assert!(
        renew["headers"]["action"]
            .as_str()
            .unwrap()
            .ends_with("/eventing/Renew")
    );
    let answer = "<v:SubscribeResponse xmlns:v='http://schemas.xmlsoap.org/ws/2004/08/eventing'>\
                  <n:EnumerationContext>7</n:EnumerationContext></v:SubscribeResponse>";
    let answer = said(envelope("", answer).as_bytes());
    assert_eq!(
        (&answer["answer"], &answer["context"]),
        (&"subscription".into(), &"7".into())
    );
}

/// A SubscribeResponse names the subscription, and a request about it repeats the name in a header.
#[test]
fn the_id_of_a_subscription_is_shown() {
    let id = "uuid:5F1A0C5E-7A54-4B0D-8C0F-2F6D3C1B0A01";
    let answer = format!(
        "<v:SubscribeResponse xmlns:v='http://schemas.xmlsoap.org/ws/2004/08/eventing'>\
         <v:SubscriptionManager><q:Address>http://hv01.example:5985/wsman</q:Address><q:ReferenceParameters>\
         <v:Identifier>{id}</v:Identifier></q:ReferenceParameters></v:SubscriptionManager>\
         <n:EnumerationContext>7</n:EnumerationContext></v:SubscribeResponse>"
    );
    let answer = envelope("", &answer);
    assert_eq!(said(answer.as_bytes())["identifier"], id);
    let named = format!(
        "<e:Header><q:Action>http://schemas.xmlsoap.org/ws/2004/08/eventing/Unsubscribe</q:Action>\
         <v:Identifier xmlns:v='http://schemas.xmlsoap.org/ws/2004/08/eventing'>{id}</v:Identifier></e:Header>"
    );
    let body = "<v:Unsubscribe xmlns:v='http://schemas.xmlsoap.org/ws/2004/08/eventing'/>";
    let request = envelope(&named, body);
    assert_eq!(said(request.as_bytes())["headers"]["subscription"], id);
    for message in [answer, request] {
        let output = decode(&[], message.as_bytes());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(id), "{text}");
    }
}

/// The scenarios of this crate hold each kind of answer.
#[test]
fn each_kind_of_answer() {
    for (file, answer, pointer, value) in [
        (
            "client-create/01-response.xml",
            "created",
            "/created/keys/Name",
            "TZ",
        ),
        ("client-delete/01-response.xml", "empty", "/answer", "empty"),
        (
            "client-property/03-response.xml",
            "fragment",
            "/properties/0/type",
            "datetime",
        ),
        (
            "client-schema/01-response.xml",
            "class",
            "/class/methods/0/parameters/3/type",
            "datetime",
        ),
        (
            "client-embedded/02-response.xml",
            "output",
            "/parameters/0/value/0/properties/3/type",
            "uint32",
        ),
        (
            "client-projection/01-response.xml",
            "page",
            "/items/0/instance/properties/0/name",
            "CreationDate",
        ),
    ] {
        let said = said(&fs::read(format!("xml-fixtures/{file}")).unwrap());
        assert_eq!(said["answer"], answer, "{file}");
        assert_eq!(said.pointer(pointer), Some(&value.into()), "{file}: {said}");
    }
    // What comes before a broken item is not lost.
    let broken = said(&fs::read("xml-fixtures/client-broken-item/01-response.xml").unwrap());
    assert_eq!(broken["items"].as_array().unwrap().len(), 2);
    assert!(broken["broken"].as_str().unwrap().contains("at byte"));
    let class = shown(&fs::read("xml-fixtures/client-schema/01-response.xml").unwrap());
    assert!(class.contains("Method uint32 StartReplication"), "{class}");
    assert!(
        class.contains("InitialReplicationType            in   uint16"),
        "{class}"
    );
}

/// OMI names the output of a C++ provider by the class that declares the method; its action tells the method.
#[test]
fn an_output_named_by_its_class() {
    let base = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
    let headers = format!("<e:Header><q:Action>{base}X_Number/Spell</q:Action></e:Header>");
    let body = format!(
        "<u:X_Number_OUTPUT xmlns:u='{base}X_Number'><u:ReturnValue>one</u:ReturnValue></u:X_Number_OUTPUT>"
    );
    let expected = "answer output Spell (ReturnValue: text one)";
    let message = envelope(&headers, &body);
    assert_eq!(digest::of(&said(message.as_bytes()), &[]), expected);
}

/// An event of openwsman stands directly in the answer.
#[test]
fn an_event_without_items() {
    let body = "<n:PullResponse><n:EnumerationContext>c</n:EnumerationContext><u:E xmlns:u='urn:x/E'/></n:PullResponse>";
    let said = digest::of(&said(envelope("", body).as_bytes()), &[]);
    assert!(said.starts_with("answer page more c\n  E"), "{said}");
}

#[test]
fn several_files_of_which_some_say_nothing() {
    let good = "xml-fixtures/client-get/01-response.xml";
    let output = decode(
        &["Cargo.toml", good, "no-such-file", "-", good],
        b"<html></html>",
    );
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        shown
            .matches("an instance of root/virtualization/v2:Msvm_ComputerSystem")
            .count(),
        2
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = errors.lines().collect();
    assert_eq!(lines.len(), 3, "{errors}");
    assert_eq!(
        lines[0],
        "error: Cargo.toml: could not explain it as WS-Management: it is neither XML nor HTTP"
    );
    assert!(
        lines[1].starts_with("error: could not read no-such-file: "),
        "{errors}"
    );
    assert_eq!(
        lines[2],
        "error: -: could not explain it as WS-Management: it is XML, but html and no SOAP envelope"
    );
}

#[test]
fn what_is_no_message() {
    let soap11 =
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body/></s:Envelope>";
    for (message, why) in [
        ("", "there is nothing in it"),
        ("hello", "it is neither XML nor HTTP"),
        ("{\"a\": 1}", "it is neither XML nor HTTP"),
        (
            soap11,
            "it is an envelope of http://schemas.xmlsoap.org/soap/envelope/, and WS-Management has SOAP 1.2",
        ),
        (&envelope("", "<n:Pull>")[..], "expected"),
        (
            &envelope("", "<n:Pull/>").replace("</e:Envelope>", ""),
            "ends in the middle",
        ),
        ("<!DOCTYPE a []><a/>", "document type"),
        (
            "--Encrypted Boundary\r\nx",
            "the sealed message ends too early",
        ),
        (
            "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
            "HTTP message 1 has a header without a colon: \"no header\"",
        ),
    ] {
        let errors = refused(message.as_bytes());
        assert!(
            errors.contains(why) && errors.lines().count() == 1,
            "{message}: {errors}"
        );
    }
    // An HTTP message is explained, and what is wrong with its content told.
    let output = decode(
        &[],
        b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<html>\x1b[2J</html>",
    );
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(
        shown.contains("< 404: 17 bytes that are not an envelope"),
        "{shown}"
    );
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(
        errors.contains("the content of message 1: it is XML, but html"),
        "{errors}"
    );
}

#[test]
fn sealed_bodies() {
    let part = "application/HTTP-Kerberos-session-encrypted";
    let body = format!(
        "--Encrypted Boundary\r\nContent-Type: {part}\r\n\
         OriginalContent: type=application/soap+xml;charset=UTF-16;Length=5\r\n--Encrypted Boundary\r\n\
         Content-Type: application/octet-stream\r\n\x03\0\0\0SIGhello--Encrypted Boundary--\r\n"
    );
    let alone = said(body.as_bytes());
    assert_eq!(
        (&alone["is"], &alone["sealed"]["charset"]),
        (&"sealed".into(), &"UTF-16".into())
    );
    let head =
        format!("HTTP/1.1 200\r\nContent-Type: multipart/encrypted;protocol=\"{part}\"\r\n\r\n");
    let message = said(format!("{head}{body}").as_bytes());
    let sealed = &message["messages"][0]["content"]["sealed"];
    assert_eq!(
        (&sealed["protocol"], &sealed["length"]),
        (&part.into(), &5.into())
    );
    let shown = shown(body.as_bytes());
    assert!(
        shown.contains("a sealed envelope of 5 bytes, readable only within its session"),
        "{shown}"
    );
}

/// Passwords are guessed from responses, so that neither format shows any.
#[test]
fn responses_are_not_shown() {
    let dialogue = fs::read("src/auth/ntlm/testdata/omi-transcript.bin").unwrap();
    let text = String::from_utf8_lossy(&dialogue);
    let shown = shown(&dialogue);
    let json = said(&dialogue).to_string();
    let lines: Vec<_> = shown.lines().map(str::trim).collect();
    for line in [
        "NTLM AUTHENTICATE",
        "Domain  vm",
        "User    omitest",
        "Target  HTTP/127.0.0.1",
    ] {
        assert!(lines.contains(&line), "{shown}");
    }
    let tokens = text
        .lines()
        .filter_map(|line| line.split("Negotiate ").nth(1));
    for token in tokens.filter(|token| token.starts_with("TlRM")) {
        let bytes = base64(token);
        // From 24 bytes on there are challenges and responses; names and flags are no longer than that here.
        for window in bytes.windows(8) {
            let hex: String = window.iter().map(|byte| format!("{byte:02x}")).collect();
            let is_secret = window.iter().filter(|byte| **byte != 0).count() >= 7;
            assert!(
                !is_secret || !(shown.contains(&hex) || json.contains(&hex)),
                "{hex}"
            );
        }
        for start in 0..token.len().saturating_sub(12) {
            let part = &token[start..start + 12];
            assert!(!shown.contains(part) && !json.contains(part), "{part}");
        }
    }
    let basic = shown_head("Authorization: Basic dXNlcjpwYXNzd29yZA==");
    assert!(
        basic.contains("Basic") && !basic.contains("dXNlcjpw") && !basic.contains("password"),
        "{basic}"
    );
}

fn shown_head(header: &str) -> String {
    shown(format!("POST /wsman HTTP/1.1\r\n{header}\r\nContent-Length: 0\r\n\r\n").as_bytes())
}

/// Base64 without its padding, enough for tokens.
fn base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for digit in text
        .bytes()
        .filter_map(|c| digits.iter().position(|digit| *digit == c))
    {
        bits = bits << 6 | u32::try_from(digit).unwrap();
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap());
        }
    }
    bytes
}

#[test]
fn needs_no_host() {
    let output = decode(&["--help"], b"");
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("without a host"), "{help}");
}
