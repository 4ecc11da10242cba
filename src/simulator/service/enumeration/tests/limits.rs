//! Pages that do not fit, contexts that expire, and enumerations without end.

use super::*;

#[test]
fn an_enumeration_ends_when_it_was_to() {
    let service = service();
    let begin = |expires: &str| query(ALL, &format!("<n:Expires>{expires}</n:Expires>"));
    let answer = service.answered(&begin("PT5S"));
    assert!(
        answer.contains("<n:Expires>PT5S</n:Expires><n:EnumerationContext>"),
        "{answer}"
    );
    let context = context_of(&answer).unwrap();
    service.clock().advance(Duration::from_secs(4));
    let context = context_of(&service.answered(&pull(&context, ""))).unwrap();
    service.clock().advance(Duration::from_secs(1));
    assert_eq!(service.refused(&pull(&context, "")).1, 2_150_858_779);
    service.answered(&begin("2200-01-01T00:00:00Z"));
    for expires in ["PT0S", "-PT5S", "2001-01-01T00:00:00Z", "tomorrow", ""] {
        assert_eq!(
            service.refused(&begin(expires)),
            ("InvalidExpirationTime".to_owned(), 0x8033_8016),
            "{expires}"
        );
    }
}

#[test]
fn an_item_that_fits_no_envelope_is_refused_after_those_before_it() {
    let service = service();
    let resource = format!("{CIMV2}/Win32_Environment");
    let body = format!(
        "<r:Win32_Environment xmlns:r=\"{resource}\"><r:Name>Big</r:Name><r:UserName>x</r:UserName>\
         <r:VariableValue>{}</r:VariableValue></r:Win32_Environment>",
        "x".repeat(9_000)
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
    service.answered(&message(action, &resource, &[], &body));
    let small = |message: String| message.replace("153600", "8192");
    let body = format!("<n:Enumerate>{}</n:Enumerate>", optimised(50));
    let answer = service.answered(&small(enumeration("Enumerate", &resource, &body)));
    // Three variables are there from the beginning.
    assert_eq!(count(&answer, "</p:Win32_Environment>"), 3);
    let context = context_of(&answer).unwrap();
    let refused = service.refused(&small(pull(&context, "")));
    assert_eq!(refused, ("EncodingLimit".to_owned(), 0x8033_8048));
    // Nothing is lost: a larger envelope takes it.
    let answer = service.answered(&pull(&context, ""));
    assert_eq!(count(&answer, "</p:Win32_Environment>"), 1);
}

#[test]
fn rows_are_made_when_they_are_wanted() {
    // There are too many to wait for.
    let service = service_with(u32::MAX, Duration::from_secs(60));
    let resource = format!("{CIMV2}/Simulated_Row");
    let body = format!("<n:Enumerate>{}</n:Enumerate>", optimised(100));
    let answer = service.answered(&enumeration("Enumerate", &resource, &body));
    assert_eq!(count(&answer, "</p:Simulated_Row>"), 100);
    assert!(answer.contains("<p:Index>99</p:Index>"), "{answer}");
    let first = answer.find("<p:Simulated_Row ").unwrap();
    let second = answer[first + 1..].find("<p:Simulated_Row ").unwrap();
    assert!((300..1_000).contains(&second), "{second}");
    let wql = query(
        "SELECT Index FROM Simulated_Row WHERE Index >= 500",
        &optimised(1),
    );
    let answer = service.answered(&wql.replace("root/virtualization/v2", "root/cimv2"));
    assert!(answer.contains("<Index>500</Index>"), "{answer}");
}

#[test]
fn the_number_of_open_enumerations_is_bounded() {
    let service = service();
    let message = query("SELECT * FROM Msvm_ReplicationService", "");
    for _ in 0..1_500 {
        service.answered(&message);
    }
    let fault = service.ask(&message).fault();
    assert_eq!(
        (fault.code(), fault.subcode()),
        ("Receiver", Some("InternalError"))
    );
    assert_eq!(fault.wsman_code(), Some(0x8033_81A6));
}
