//! Declarations, by hand from DSP0201 and the pages of the classes.

use super::super::testing::*;
use crate::wsman;

const CLASSES: &str = "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*";

fn ask(namespace: &str, class: &str, is_qualified: bool) -> String {
    let options = format!(
        "<w:OptionSet><w:Option Name=\"IncludeQualifiers\" Type=\"xs:boolean\">{is_qualified}</w:Option>\
         <w:Option Name=\"IncludeInheritedElements\" Type=\"xs:boolean\">true</w:Option></w:OptionSet></s:Header>"
    );
    let keys = [("__cimnamespace", namespace), ("ClassName", class)];
    get(CLASSES, &keys).replace("</s:Header>", &options)
}

#[test]
fn a_class_is_declared() {
    let answer = service().answered(&ask("root/cimv2", "win32_process", true));
    for part in [
        "<s:Body><CLASS NAME=\"Win32_Process\" SUPERCLASS=\"CIM_Process\">",
        "<PROPERTY NAME=\"Handle\" TYPE=\"string\"><QUALIFIER NAME=\"Key\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER>",
        "<METHOD NAME=\"Create\" TYPE=\"uint32\">",
        "<QUALIFIER NAME=\"Static\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER>",
        "<PARAMETER NAME=\"CommandLine\" TYPE=\"string\"><QUALIFIER NAME=\"In\" TYPE=\"boolean\">",
        "<PARAMETER NAME=\"ProcessId\" TYPE=\"uint32\"><QUALIFIER NAME=\"Out\" TYPE=\"boolean\">",
        "<QUALIFIER NAME=\"EmbeddedInstance\" TYPE=\"string\"><VALUE>Win32_ProcessStartup</VALUE></QUALIFIER>",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let plain = service().answered(&ask("root/cimv2", "Win32_Process", false));
    assert!(!plain.contains("QUALIFIER"), "{plain}");
}

#[test]
fn references_arrays_and_named_values() {
    let service = service();
    let answer = service.answered(&ask(
        "root/virtualization/v2",
        "Msvm_ReplicationService",
        true,
    ));
    for part in [
        "<PARAMETER.REFERENCE NAME=\"ComputerSystem\" REFERENCECLASS=\"CIM_ComputerSystem\">",
        "<PARAMETER.REFERENCE NAME=\"Job\" REFERENCECLASS=\"CIM_ConcreteJob\">",
        "<PROPERTY.ARRAY NAME=\"OperationalStatus\" TYPE=\"uint16\">",
    ] {
        assert!(answer.contains(part), "{part}: {answer}");
    }
    let job =
        wsman::class(&service.answered(&ask("root/virtualization/v2", "Msvm_ConcreteJob", true)));
    let job = job.unwrap();
    let states = job.property("JobState").unwrap().value_map();
    assert!(
        states.contains(&("7".to_owned(), "Completed".to_owned())),
        "{states:?}"
    );
    let keys: Vec<_> = job.keys().map(|key| key.name.as_str()).collect();
    assert_eq!(keys, ["InstanceID"]);
}

#[test]
fn what_is_refused() {
    let service = service();
    let good = ask("root/cimv2", "Win32_Process", true);
    for (message, subcode, code) in [
        (
            ask("root/cimv2", "Win32_Nothing", true),
            "DestinationUnreachable",
            0x8033_8000,
        ),
        (
            ask("root/nothing", "Win32_Process", true),
            "DestinationUnreachable",
            0x8033_8000,
        ),
        (
            good.replace("Name=\"ClassName\"", "Name=\"Class\""),
            "InvalidSelectors",
            0x8033_805B,
        ),
        (
            good.replace("transfer/Get", "transfer/Put"),
            "ActionNotSupported",
            0x8033_8013,
        ),
        (
            get(CLASSES, &[("__cimnamespace", "root/cimv2")]),
            "InvalidSelectors",
            0x8033_80FA,
        ),
    ] {
        assert_eq!(
            service.refused(&message),
            (subcode.to_owned(), code),
            "{message}"
        );
    }
}

#[test]
fn what_is_inherited_is_left_out_where_it_is_not_wanted() {
    let namespace = "root/virtualization/v2";
    let whole = ask(namespace, "CIM_ManagedSystemElement", true);
    assert!(service().answered(&whole).contains("NAME=\"ElementName\""));
    let own = whole.replace(
        "Elements\" Type=\"xs:boolean\">true",
        "Elements\" Type=\"xs:boolean\">false",
    );
    let own = service().answered(&own);
    // Of CIM_ManagedElement is the one, of this class the other.
    assert!(!own.contains("NAME=\"ElementName\""), "{own}");
    assert!(own.contains("NAME=\"OperationalStatus\""), "{own}");
    let abstract_one =
        "<QUALIFIER NAME=\"Abstract\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER>";
    assert!(own.contains(abstract_one), "{own}");
}
