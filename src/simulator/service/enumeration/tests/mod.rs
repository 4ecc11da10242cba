//! Pages and contexts.

mod filters;
mod limits;

use std::time::Duration;

use super::super::testing::*;

const ALL: &str = "SELECT * FROM Msvm_ComputerSystem";
/// The host and ten virtual machines.
const COUNT: usize = 11;

fn pull(context: &str, more: &str) -> String {
    let body =
        format!("<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext>{more}</n:Pull>");
    enumeration("Pull", &format!("{V2}/*"), &body)
}

fn release(context: &str) -> String {
    let body =
        format!("<n:Release><n:EnumerationContext>{context}</n:EnumerationContext></n:Release>");
    enumeration("Release", &format!("{V2}/*"), &body)
}

fn optimised(max_elements: usize) -> String {
    format!("<w:OptimizeEnumeration/><w:MaxElements>{max_elements}</w:MaxElements>")
}

fn context_of(answer: &str) -> Option<String> {
    let after = answer.split_once("<n:EnumerationContext>")?.1;
    Some(after.split_once('<')?.0.to_owned())
}

fn count(answer: &str, what: &str) -> usize {
    answer.matches(what).count()
}

fn machines(answer: &str) -> usize {
    count(answer, "</p:Msvm_ComputerSystem>")
}

#[test]
fn what_fits_comes_at_once() {
    let service = service();
    let answer = service.answered(&query(ALL, &optimised(50)));
    assert!(
        answer.contains(
            "<n:EnumerateResponse><n:EnumerationContext/><w:Items><p:Msvm_ComputerSystem "
        ),
        "{answer}"
    );
    assert!(
        answer
            .contains("</p:Msvm_ComputerSystem></w:Items><w:EndOfSequence/></n:EnumerateResponse>")
    );
    assert_eq!(machines(&answer), COUNT);
    assert_eq!(service.open_enumerations(), 0);
}

#[test]
fn nothing_found_is_an_empty_page() {
    let service = service();
    let answer = service.answered(&query(&format!("{ALL} WHERE Name = 'x'"), &optimised(50)));
    assert!(
        answer.contains("<n:EnumerationContext/><w:Items></w:Items><w:EndOfSequence/>"),
        "{answer}"
    );
    let answer = service.answered(&query("SELECT * FROM Msvm_ConcreteJob", ""));
    let context = context_of(&answer).unwrap();
    let answer = service.answered(&pull(&context, ""));
    assert!(
        answer.contains("<n:PullResponse><n:Items></n:Items><n:EndOfSequence/></n:PullResponse>"),
        "{answer}"
    );
}

#[test]
fn every_answer_has_a_context_of_its_own() {
    let service = service();
    let answer = service.answered(&query(ALL, ""));
    assert_eq!(count(&answer, "Items"), 0);
    let mut contexts = vec![context_of(&answer).unwrap()];
    let mut total = 0;
    loop {
        assert_eq!(service.open_enumerations(), 1);
        let last = contexts.last().unwrap();
        let answer = service.answered(&pull(last, "<n:MaxElements>4</n:MaxElements>"));
        total += machines(&answer);
        assert!(total <= COUNT, "{answer}");
        let Some(context) = context_of(&answer) else {
            assert!(answer.contains("</n:Items><n:EndOfSequence/>"), "{answer}");
            break;
        };
        assert!(!answer.contains("EndOfSequence"), "{answer}");
        assert_eq!(service.refused(&pull(last, "")).1, 2_150_858_779);
        contexts.push(context);
    }
    // Four, four and three.
    assert_eq!((total, contexts.len()), (COUNT, 3));
    assert_eq!(service.open_enumerations(), 0);
}

#[test]
fn without_a_number_there_is_one_item() {
    let service = service();
    let answer = service.answered(&query(ALL, "<w:OptimizeEnumeration/>"));
    assert_eq!(machines(&answer), 1);
    let answer = service.answered(&pull(&context_of(&answer).unwrap(), ""));
    assert_eq!(machines(&answer), 1);
}

#[test]
fn pages_are_cut_to_the_envelope() {
    let service = service();
    let small = |message: String| message.replace("153600", "8192");
    let answer = service.answered(&small(query(ALL, &optimised(50))));
    assert!(answer.len() <= 8_192, "{}", answer.len());
    let mut total = machines(&answer);
    assert!((1..COUNT).contains(&total));
    let mut context = context_of(&answer);
    while let Some(last) = context {
        let answer = service.answered(&small(pull(&last, "<n:MaxElements>50</n:MaxElements>")));
        assert!(answer.len() <= 8_192, "{}", answer.len());
        total += machines(&answer);
        assert!(total <= COUNT, "{answer}");
        context = context_of(&answer);
    }
    assert_eq!(total, COUNT);
}

#[test]
fn contexts_expire_and_are_released() {
    let service = service();
    let first = context_of(&service.answered(&query(ALL, ""))).unwrap();
    service.clock().advance(Duration::from_secs(59));
    let second = context_of(&service.answered(&pull(&first, ""))).unwrap();
    service.clock().advance(Duration::from_secs(60));
    assert_eq!(service.open_enumerations(), 0);
    let refused = service.refused(&pull(&second, ""));
    assert_eq!(
        refused,
        ("InvalidEnumerationContext".to_owned(), 2_150_858_779)
    );

    let context = context_of(&service.answered(&query(ALL, ""))).unwrap();
    let answer = service.answered(&release(&context));
    assert!(
        answer.contains("/enumeration/ReleaseResponse</a:Action>"),
        "{answer}"
    );
    assert!(answer.contains("<s:Body></s:Body>"), "{answer}");
    assert_eq!(service.open_enumerations(), 0);
    assert_eq!(service.refused(&release(&context)).1, 2_150_858_779);
}

#[test]
fn an_enumeration_can_be_pulled_by_its_owner_alone() {
    let service = service();
    let context = context_of(&service.answered(&query(ALL, ""))).unwrap();
    let answer = service.tell(pull(&context, "").as_bytes(), None, &reader());
    assert_eq!(answer.fault().wsman_code(), Some(2_150_858_779));
    service.answered(&pull(&context, ""));
}

#[test]
fn what_cannot_be_enumerated() {
    let service = service();
    let class = format!("{V2}/Msvm_ComputerSystem");
    let all = format!("{V2}/*");
    let plain = "<n:Enumerate/>";
    let good = query(ALL, "");
    let filter = "CannotProcessFilter";
    for (message, subcode, code) in [
        // A query on a class, and a class without a query.
        (good.replace(&all, &class), filter, 0x8033_80FB),
        (enumeration("Enumerate", &all, plain), filter, 2_150_858_778),
        (
            query("SELECT * FROM Msvm_Nothing", ""),
            filter,
            2_150_858_778,
        ),
        (
            query("SELECT * FROM Win32_Service", ""),
            filter,
            2_150_858_778,
        ),
        (query("SELECT *", ""), filter, 2_150_858_778),
        (
            query(&format!("{ALL} WHERE Nothing = 1"), ""),
            filter,
            2_150_858_778,
        ),
        (
            good.replace("root/virtualization/v2/*", "root/nothing/*"),
            filter,
            2_150_858_778,
        ),
        (
            enumeration("Enumerate", &format!("{V2}/Msvm_Nothing"), plain),
            "DestinationUnreachable",
            2_150_858_752,
        ),
        (
            good.replace("wsman/1/WQL", "wsman/1/SQL"),
            "FilterDialectRequestedUnavailable",
            0x8033_8019,
        ),
        (
            good.replace(" Dialect=", " Other="),
            "FilterDialectRequestedUnavailable",
            0x8033_8019,
        ),
        (
            query(ALL, "<w:EnumerationMode>All</w:EnumerationMode>"),
            "UnsupportedFeature",
            0x8033_8086,
        ),
        (
            query(ALL, "<w:MaxElements>0</w:MaxElements>"),
            "SchemaValidationError",
            2_150_858_817,
        ),
        (
            query(ALL, "<w:MaxElements>x</w:MaxElements>"),
            "SchemaValidationError",
            2_150_858_817,
        ),
        (
            enumeration("Enumerate", &class, "<n:Pull/>"),
            "ActionNotSupported",
            0x8033_8031,
        ),
        (
            enumeration("Enumerate", &class, ""),
            "ActionNotSupported",
            0x8033_8031,
        ),
        (
            enumeration("Pull", &class, "<n:Pull/>"),
            "SchemaValidationError",
            2_150_858_817,
        ),
        (
            pull("uuid:1", ""),
            "InvalidEnumerationContext",
            2_150_858_779,
        ),
    ] {
        assert_eq!(
            service.refused(&message),
            (subcode.to_owned(), code),
            "{message}"
        );
    }
    let keyed = enumeration("Enumerate", &class, plain).replace(
        "<w:OperationTimeout>",
        "<w:SelectorSet><w:Selector Name=\"Name\">x</w:Selector></w:SelectorSet><w:OperationTimeout>",
    );
    assert_eq!(
        service.refused(&keyed),
        ("InvalidSelectors".to_owned(), 0x8033_8108)
    );
    assert_eq!(service.open_enumerations(), 0);
}

#[test]
fn base_classes_find_what_derives_from_them() {
    let service = service();
    service.answered(&start(&start_web01()));
    for (class, found, expected) in [
        ("CIM_ComputerSystem", "Msvm_ComputerSystem", COUNT),
        ("cim_concretejob", "Msvm_ConcreteJob", 1),
        ("CIM_Service", "Msvm_ReplicationService", 1),
        ("CIM_Job", "Msvm_ConcreteJob", 1),
    ] {
        let by_query = service.answered(&query(&format!("SELECT * FROM {class}"), &optimised(50)));
        assert_eq!(
            count(&by_query, &format!("</p:{found}>")),
            expected,
            "{class}"
        );
        assert!(
            by_query.contains(&format!("xmlns:p=\"{V2}/{found}\"")),
            "{by_query}"
        );
        let body = format!("<n:Enumerate>{}</n:Enumerate>", optimised(50));
        let by_class = service.answered(&enumeration("Enumerate", &format!("{V2}/{class}"), &body));
        assert_eq!(
            count(&by_class, &format!("</p:{found}>")),
            expected,
            "{class}"
        );
    }
}

#[test]
fn projections_are_fragments_without_namespaces() {
    let wql = "SELECT Name, LastReplicationTime, Caption, InstallDate, Roles FROM Msvm_ComputerSystem WHERE Name = 'SIM'";
    let answer = service().answered(&query(wql, &optimised(5)));
    // The fragments of a real host have this shape (MS-WSMV 3.1.4.1.18); this host has neither date.
    let items = "<w:Items><w:XmlFragment xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
        xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><Caption>Hosting Computer System</Caption>\
        <InstallDate xsi:nil=\"true\"/><LastReplicationTime xsi:nil=\"true\"/><Name>SIM</Name></w:XmlFragment></w:Items>";
    assert!(answer.contains(items), "{answer}");
    let wql = format!("SELECT LastReplicationTime FROM Msvm_ComputerSystem WHERE Name = '{WEB01}'");
    let answer = service().answered(&query(&wql, &optimised(5)));
    let time =
        "<LastReplicationTime><Datetime>1601-01-01T00:00:00Z</Datetime></LastReplicationTime>";
    assert!(answer.contains(time), "{answer}");
}

#[test]
fn references_as_items() {
    let wql = format!("{ALL} WHERE Name = '{WEB01}'");
    let reference = format!(
        "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">{}</a:EndpointReference>",
        reference(WEB01)
    );
    let mode = |mode: &str| {
        format!(
            "{}<w:EnumerationMode>{mode}</w:EnumerationMode>",
            optimised(5)
        )
    };
    let answer = service().answered(&query(&wql, &mode("EnumerateEPR")));
    assert!(
        answer.contains(&format!("<w:Items>{reference}</w:Items>")),
        "{answer}"
    );
    let answer = service().answered(&query(&wql, &mode("EnumerateObjectAndEPR")));
    assert!(
        answer.contains("<w:Items><w:Item><p:Msvm_ComputerSystem "),
        "{answer}"
    );
    assert!(
        answer.contains(&format!(
            "</p:Msvm_ComputerSystem>{reference}</w:Item></w:Items>"
        )),
        "{answer}"
    );
}
