//! Parts of instances.

use super::super::testing::*;

#[test]
fn a_part_of_an_instance() {
    let service = service();
    let keys = [
        ("CreationClassName", "Msvm_ComputerSystem"),
        ("Name", WEB01),
    ];
    let fragment = |path: &str| {
        let header = format!(
            "<w:FragmentTransfer s:mustUnderstand=\"true\">{path}</w:FragmentTransfer></s:Header>"
        );
        get(&format!("{V2}/Msvm_ComputerSystem"), &keys).replace("</s:Header>", &header)
    };
    // MS-WSMV 3.1.4.1.18: the elements of a fragment have no namespace.
    for (path, expected) in [
        ("ElementName", "<ElementName>web01</ElementName>"),
        ("ElementName/text()", "<ElementName>web01</ElementName>"),
        (
            "OperationalStatus[1]",
            "<OperationalStatus>2</OperationalStatus>",
        ),
        ("OtherEnabledState", "<OtherEnabledState xsi:nil=\"true\"/>"),
        ("Roles", ""),
    ] {
        let answer = service.answered(&fragment(path));
        let expected = format!(
            "<w:XmlFragment xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">{expected}</w:XmlFragment>"
        );
        assert!(answer.contains(&expected), "{path}: {answer}");
    }
    for path in [
        "elementname",
        "Nothing",
        "OperationalStatus[2]",
        "Name[0]",
        "Name[x]",
        "",
        "../Name",
    ] {
        assert_eq!(
            service.refused(&fragment(path)),
            ("CannotProcessFilter".to_owned(), 0x8033_8093),
            "{path}"
        );
    }
    let optional = fragment("ElementName").replace(
        "<w:FragmentTransfer s:mustUnderstand=\"true\">",
        "<w:FragmentTransfer s:mustUnderstand=\"false\">",
    );
    assert_eq!(
        service.refused(&optional),
        ("InvalidMessageInformationHeader".to_owned(), 0x8033_800F)
    );
}
