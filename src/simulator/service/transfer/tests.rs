//! Put, Create and Delete: subcodes and codes are those of DSP0226 7 and WsmError.h.

use super::super::testing::*;

const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const KEYS: [(&str, &str); 2] = [("Name", "Shade"), ("UserName", "&lt;SYSTEM&gt;")];

fn variable() -> String {
    format!("{CIMV2}/Win32_Environment")
}

/// An instance of the class of a resource, with these elements in it.
fn representation(resource: &str, elements: &str) -> String {
    let class = resource.rsplit('/').next().unwrap();
    format!("<r:{class} xmlns:r=\"{resource}\">{elements}</r:{class}>")
}

fn create(elements: &str) -> String {
    let body = representation(&variable(), elements);
    message(&format!("{TRANSFER}/Create"), &variable(), &[], &body)
}

fn create_shade() -> String {
    create(
        "<r:Name>Shade</r:Name><r:UserName>&lt;SYSTEM&gt;</r:UserName>\
         <r:VariableValue>a &amp; b</r:VariableValue>",
    )
}

fn put(elements: &str) -> String {
    let body = representation(&variable(), elements);
    message(&format!("{TRANSFER}/Put"), &variable(), &KEYS, &body)
}

fn delete(resource: &str, keys: &[(&str, &str)]) -> String {
    message(&format!("{TRANSFER}/Delete"), resource, keys, "")
}

fn refusal(subcode: &str, code: u32) -> (String, u32) {
    (subcode.to_owned(), code)
}

#[test]
fn what_is_created_is_found_changed_and_deleted() {
    let service = service();
    let created = service.answered(&create_shade());
    let reference = format!("<a:Action>{TRANSFER}/CreateResponse</a:Action>");
    assert!(created.contains(&reference), "{created}");
    let body = format!(
        "<s:Body><x:ResourceCreated>\
         <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{}</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"Name\">Shade</w:Selector>\
         <w:Selector Name=\"UserName\">&lt;SYSTEM&gt;</w:Selector></w:SelectorSet>\
         </a:ReferenceParameters></x:ResourceCreated></s:Body>",
        variable()
    );
    assert!(created.contains(&body), "{created}");
    let found = service.answered(&get(&variable(), &KEYS));
    assert!(
        found.contains("<p:VariableValue>a &amp; b</p:VariableValue>"),
        "{found}"
    );
    assert!(
        found.contains("<p:SystemVariable>true</p:SystemVariable>"),
        "{found}"
    );

    let changed = service.answered(&put("<r:VariableValue>c</r:VariableValue>"));
    assert!(changed.contains(&format!("<a:Action>{TRANSFER}/PutResponse</a:Action>")));
    assert!(changed.contains("<p:Name>Shade</p:Name>"), "{changed}");
    assert!(
        changed.contains("<p:VariableValue>c</p:VariableValue>"),
        "{changed}"
    );
    // What a client has read it may send back, with the case of its keys.
    let back = "<r:Name>shade</r:Name><r:Status>OK</r:Status><r:InstallDate xsi:nil=\"true\"/>\
        <r:SystemVariable>true</r:SystemVariable>";
    let same = service.answered(&put(back));
    assert!(
        same.contains("<p:VariableValue>c</p:VariableValue>"),
        "{same}"
    );
    let null = service.answered(&put("<r:VariableValue xsi:nil=\"true\"/>"));
    assert!(
        null.contains("<p:VariableValue xsi:nil=\"true\"/>"),
        "{null}"
    );

    let deleted = service.answered(&delete(&variable(), &KEYS));
    assert!(deleted.contains(&format!("<a:Action>{TRANSFER}/DeleteResponse</a:Action>")));
    assert!(deleted.contains("<s:Body></s:Body>"), "{deleted}");
    let gone = refusal("DestinationUnreachable", 0x8033_8000);
    assert_eq!(service.refused(&get(&variable(), &KEYS)), gone);
    assert_eq!(service.refused(&delete(&variable(), &KEYS)), gone);
    assert_eq!(service.refused(&put("")), gone);
}

#[test]
fn keys_of_a_new_instance_may_be_selectors() {
    let service = service();
    let body = representation(&variable(), "<r:VariableValue>x</r:VariableValue>");
    let by_selectors = message(&format!("{TRANSFER}/Create"), &variable(), &KEYS, &body);
    service.answered(&by_selectors);
    service.answered(&get(&variable(), &KEYS));
    let twice = by_selectors.replace("<r:Var", "<r:Name>Other</r:Name><r:Var");
    assert_eq!(
        service.refused(&twice),
        refusal("InvalidRepresentation", 0x8033_8056)
    );
}

#[test]
fn representations_that_are_refused() {
    let service = service();
    service.answered(&create_shade());
    let schema = refusal("SchemaValidationError", 0x8033_8041);
    let invalid = refusal("InvalidRepresentation", 0x8033_8056);
    let missing = refusal("InvalidRepresentation", 0x8033_8057);
    for (message, expected) in [
        (create_shade(), refusal("AlreadyExists", 0x8033_8033)),
        (create("<r:Name>Other</r:Name>"), missing.clone()),
        (
            create("<r:Name xsi:nil=\"true\"/><r:UserName>x</r:UserName>"),
            missing,
        ),
        (create("<r:Nothing>x</r:Nothing>"), schema.clone()),
        (put("<r:Nothing>x</r:Nothing>"), schema.clone()),
        (put("<r:variablevalue>x</r:variablevalue>"), schema.clone()),
        (
            put("<r:VariableValue>x</r:VariableValue><r:VariableValue>y</r:VariableValue>"),
            schema.clone(),
        ),
        (
            put("").replace("r:Win32_Environment", "r:Win32_Process"),
            schema.clone(),
        ),
        (put("<r:Name>Other</r:Name>"), invalid.clone()),
        (put("<r:Status>Degraded</r:Status>"), invalid.clone()),
        (put("<r:SystemVariable>perhaps</r:SystemVariable>"), invalid),
        (
            message(
                &format!("{TRANSFER}/Put"),
                &variable(),
                &[],
                &representation(&variable(), ""),
            ),
            refusal("InvalidSelectors", 0x8033_80FA),
        ),
        (
            delete(&variable(), &[]),
            refusal("InvalidSelectors", 0x8033_80FA),
        ),
        (
            delete(&format!("{CIMV2}/Win32_Nothing"), &KEYS),
            refusal("DestinationUnreachable", 0x8033_8000),
        ),
    ] {
        assert_eq!(service.refused(&message), expected, "{message}");
    }
    // Nothing of it was done.
    let found = service.answered(&get(&variable(), &KEYS));
    assert!(
        found.contains("<p:VariableValue>a &amp; b</p:VariableValue>"),
        "{found}"
    );
}

#[test]
fn a_class_takes_what_its_provider_does() {
    let service = service();
    let not_capable = refusal("ActionNotSupported", 0x8033_8102);
    let winrm = [("Name", "WinRM")];
    let services = format!("{CIMV2}/Win32_Service");
    let fault = service.ask(&delete(&services, &winrm)).fault();
    assert_eq!(fault.provider_fault().unwrap().code(), Some(0x8004_1024));
    assert_eq!(service.refused(&delete(&services, &winrm)), not_capable);
    let body = representation(&services, "<r:Name>x</r:Name>");
    let create = message(&format!("{TRANSFER}/Create"), &services, &[], &body);
    assert_eq!(service.refused(&create), not_capable);

    let os = format!("{CIMV2}/Win32_OperatingSystem");
    let body = representation(&os, "<r:Description>the one</r:Description>");
    service.answered(&message(&format!("{TRANSFER}/Put"), &os, &[], &body));
    let found = service.answered(&get(&os, &[]));
    assert!(
        found.contains("<p:Description>the one</p:Description>"),
        "{found}"
    );
    assert_eq!(service.refused(&delete(&os, &[])), not_capable);
}

#[test]
fn a_reader_changes_nothing() {
    let service = service();
    for message in [create_shade(), put(""), delete(&variable(), &KEYS)] {
        let answer = service.tell(message.as_bytes(), None, &reader());
        assert_eq!(answer.fault().wsman_code(), Some(5), "{message}");
    }
}

#[test]
fn a_fragment_can_be_put() {
    let service = service();
    service.answered(&create_shade());
    let header = "<w:FragmentTransfer s:mustUnderstand=\"true\">VariableValue</w:FragmentTransfer></s:Header>";
    let body = "<w:XmlFragment><VariableValue>new</VariableValue></w:XmlFragment>";
    let put = message(&format!("{TRANSFER}/Put"), &variable(), &KEYS, body);
    let answer = service.answered(&put.replace("</s:Header>", header));
    assert!(
        answer.contains("<VariableValue>new</VariableValue></w:XmlFragment>"),
        "{answer}"
    );
    let other = put.replace("</s:Header>", &header.replace("VariableValue", "Status"));
    assert_eq!(
        service.refused(&other),
        refusal("SchemaValidationError", 0x8033_8041)
    );
    // Without the header it is not a representation.
    assert_eq!(
        service.refused(&put),
        refusal("SchemaValidationError", 0x8033_8041)
    );
}
