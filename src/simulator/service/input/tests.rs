//! Which parameters are taken, and which are refused in which way.

use super::super::testing::*;

const TAKEN: &str = "<p:ReturnValue>4096</p:ReturnValue>";

/// A start of web01 with its type and more.
fn with(more: &str) -> String {
    start(&format!("{}{more}", start_web01()))
}

#[test]
fn times_that_are_taken() {
    for time in [
        "<r:StartTime><cim:CIM_DateTime>20300115210000.000000+000</cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:Datetime>2030-01-15T21:00:00Z</cim:Datetime></r:StartTime>",
        // As many characters as the CIM form has.
        "<r:StartTime><cim:Datetime>2030-01-15T21:00:00+00:00</cim:Datetime></r:StartTime>",
        "<r:StartTime xsi:type=\"cim:cimDateTime\"><cim:CIM_DateTime>20300115210000.000000+000</cim:CIM_DateTime>\
         </r:StartTime>",
        "<r:StartTime xsi:type=\"cim:cimDateTime\"><CIM_DateTime>20300115210000.000000+000</CIM_DateTime></r:StartTime>",
        "<r:StartTime xsi:nil=\"true\"/>",
        "",
    ] {
        assert!(service().answered(&with(time)).contains(TAKEN), "{time}");
    }
}

#[test]
fn times_that_are_a_schema_fault() {
    for time in [
        "<r:StartTime>20300115210000.000000+000</r:StartTime>",
        "<r:StartTime>2030-01-15T21:00:00Z</r:StartTime>",
        "<r:StartTime/>",
        "<r:StartTime><CIM_DateTime>20300115210000.000000+000</CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:CIM_DateTime>2030-01-15T21:00:00Z</cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:CIM_DateTime>2030-01-15T21:00:00+00:00</cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:CIM_DateTime>20301315210000.000000+000</cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:CIM_DateTime>tomorrow</cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:CIM_DateTime><x/></cim:CIM_DateTime></r:StartTime>",
        "<r:StartTime><cim:Datetime>20300115210000.000000+000</cim:Datetime></r:StartTime>",
        "<r:StartTime><cim:Date>2030-01-15</cim:Date></r:StartTime>",
        "<r:StartTime><cim:Datetime>2030-01-15T21:00:00Z</cim:Datetime><cim:Date>2030-01-15</cim:Date></r:StartTime>",
    ] {
        let refused = service().refused(&with(time));
        assert_eq!(
            refused,
            ("SchemaValidationError".to_owned(), 2_150_858_817),
            "{time}"
        );
    }
}

#[test]
fn references_stand_bare() {
    let bare = reference(WEB01);
    let kind = "<r:InitialReplicationType>1</r:InitialReplicationType>";
    let start_of = |inside: &str| {
        start(&format!(
            "<r:ComputerSystem>{inside}</r:ComputerSystem>{kind}"
        ))
    };
    assert!(service().answered(&start_of(&bare)).contains(TAKEN));
    for inside in [
        &*format!("<a:EndpointReference>{bare}</a:EndpointReference>"),
        &bare.replace("a:", "w:"),
        &format!("<a:Other/>{bare}"),
        &bare.replace(&format!("{V2}/Msvm_ComputerSystem"), ""),
        "",
        "web01",
        "root/virtualization/v2:Msvm_ComputerSystem.Name=\"x\"",
    ] {
        let refused = service().refused(&start_of(inside));
        assert_eq!(
            refused,
            ("SchemaValidationError".to_owned(), 2_150_858_817),
            "{inside}"
        );
    }
    let by_name = bare.replace(
        "<w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>",
        "",
    );
    let refused = service().refused(&start_of(&by_name));
    assert_eq!(refused, ("InvalidParameter".to_owned(), 0x8033_811E));
    let unknown = bare.replace(WEB01, "00000000-0000-0000-0000-000000000000");
    assert!(
        service()
            .answered(&start_of(&unknown))
            .contains("<p:ReturnValue>32773</p:ReturnValue>")
    );
}

#[test]
fn a_reference_in_the_other_dialect() {
    let dmtf = reference(WEB01)
        .replace(&format!("{V2}/Msvm_ComputerSystem"), &format!("{DMTF}/Msvm_ComputerSystem"))
        .replace("</w:SelectorSet>", "<w:Selector Name=\"__cimnamespace\">root/virtualization/v2</w:Selector></w:SelectorSet>");
    let parameters = format!(
        "<r:ComputerSystem>{dmtf}</r:ComputerSystem><r:InitialReplicationType>1</r:InitialReplicationType>"
    );
    assert!(service().answered(&start(&parameters)).contains(TAKEN));
}

#[test]
fn names_are_compared_exactly() {
    let good = start(&start_web01());
    for (from, to, subcode, code) in [
        (
            "r:InitialReplicationType",
            "r:initialReplicationType",
            "InvalidParameter",
            0x8033_8055,
        ),
        (
            "r:InitialReplicationType",
            "a:InitialReplicationType",
            "InvalidParameter",
            0x8033_8055,
        ),
        (
            "r:InitialReplicationType",
            "r:Kind",
            "InvalidParameter",
            0x8033_8055,
        ),
        (
            "StartReplication_INPUT",
            "startReplication_INPUT",
            "ActionNotSupported",
            0x8033_8031,
        ),
        (
            "StartReplication_INPUT",
            "StartReplication",
            "ActionNotSupported",
            0x8033_8031,
        ),
        (
            "_INPUT xmlns:r=\"",
            "_INPUT xmlns:r=\"x",
            "ActionNotSupported",
            0x8033_8031,
        ),
        (
            "/StartReplication<",
            "/startReplication<",
            "ActionNotSupported",
            2_150_858_771,
        ),
        (
            "/StartReplication<",
            "/Nothing<",
            "ActionNotSupported",
            2_150_858_771,
        ),
    ] {
        assert!(good.contains(from), "{from}");
        let refused = service().refused(&good.replace(from, to));
        assert_eq!(refused, (subcode.to_owned(), code), "{from} {to}");
    }
}

#[test]
fn numbers_are_of_their_type() {
    let good = start(&start_web01());
    for (number, expected) in [
        ("65536", 0x8033_8054),
        ("-1", 0x8033_8054),
        ("one", 0x8033_8054),
        ("", 0x8033_8054),
    ] {
        let message = good.replace("Type>1<", &format!("Type>{number}<"));
        assert_eq!(service().refused(&message).1, expected, "{number}");
    }
    let twice = with("<r:InitialReplicationType>1</r:InitialReplicationType>");
    assert_eq!(service().refused(&twice).1, 2_150_858_817);
    let nested = good.replace("Type>1<", "Type><x/><");
    assert_eq!(service().refused(&nested).1, 2_150_858_817);
    let nine = good.replace("Type>1<", "Type>9<");
    assert!(
        service()
            .answered(&nine)
            .contains("<p:ReturnValue>32773</p:ReturnValue>")
    );
}

#[test]
fn an_input_must_be_there() {
    let good = start(&start_web01());
    let (head, rest) = good.split_once("<s:Body>").unwrap();
    let tail = rest.split_once("</s:Body>").unwrap().1;
    let empty = format!("{head}<s:Body></s:Body>{tail}");
    assert_eq!(service().refused(&empty).1, 2_150_858_817);
}
