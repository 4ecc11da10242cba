//! The addressing of resources, each refusal with the subcode and the code of DSP0226 5.3 and WsmError.h.

use super::super::testing::*;

#[test]
fn selectors_that_are_refused() {
    let service = service();
    let vm = format!("{V2}/Msvm_ComputerSystem");
    let class = ("CreationClassName", "Msvm_ComputerSystem");
    let name = ("Name", WEB01);
    for (resource, selectors, subcode, code) in [
        (&vm, vec![], "InvalidSelectors", 0x8033_80FA),
        (&vm, vec![name], "DestinationUnreachable", 0x8033_8000),
        (&vm, vec![class], "DestinationUnreachable", 0x8033_8000),
        (
            &vm,
            vec![class, ("Name", "nobody")],
            "DestinationUnreachable",
            0x8033_8000,
        ),
        (
            &vm,
            vec![class, name, ("Caption", "x")],
            "InvalidSelectors",
            0x8033_805B,
        ),
        (
            &vm,
            vec![class, name, ("name", WEB01)],
            "InvalidSelectors",
            0x8033_805F,
        ),
        (
            &vm,
            vec![class, ("Name", "<a:EndpointReference/>")],
            "InvalidSelectors",
            0x8033_805C,
        ),
        (
            &vm,
            vec![class, name, ("__cimnamespace", "root/cimv2")],
            "InternalError",
            0x8033_813B,
        ),
        (
            &format!("{V2}/Msvm_Nothing"),
            vec![name],
            "DestinationUnreachable",
            0x8033_8000,
        ),
        (
            &format!("{DMTF}/Msvm_ComputerSystem"),
            vec![class, name],
            "DestinationUnreachable",
            0x8033_8000,
        ),
    ] {
        let refused = service.refused(&get(resource, &selectors));
        assert_eq!(
            refused,
            (subcode.to_owned(), code),
            "{resource} {selectors:?}"
        );
    }
    let many: Vec<_> = (0..1_000).map(|number| format!("k{number}")).collect();
    let many: Vec<_> = many.iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(service.refused(&get(&vm, &many)).1, 0x8033_804A);
}

#[test]
fn selectors_and_resources_in_any_case() {
    let service = service();
    let upper = V2.replace("root/virtualization/v2", "ROOT/Virtualization/V2");
    let keys = [
        ("CREATIONCLASSNAME", "msvm_computersystem"),
        ("name", &*WEB01.to_lowercase()),
        ("__cimnamespace", "root\\virtualization\\v2"),
    ];
    let resource = format!("{upper}/msvm_computersystem");
    let answer = service.answered(&get(&resource, &keys));
    // The caller's spelling is echoed.
    assert!(
        answer.contains(&format!(
            "<p:Msvm_ComputerSystem xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
        xmlns:p=\"{resource}\""
        )),
        "{answer}"
    );
}

#[test]
fn namespaces_that_are_not_there() {
    let service = service();
    let resource = V2.replace("virtualization", "nothing");
    let get = get(&format!("{resource}/Msvm_ComputerSystem"), &[("Name", "x")]);
    let fault = service.ask(&get).fault();
    let provider = fault.provider_fault().unwrap();
    assert_eq!(provider.code(), Some(0x8004_100E));
    let status = provider.extended_status().unwrap();
    assert_eq!(status.get::<u32>("StatusCode"), Ok(0x8004_100E));
}
