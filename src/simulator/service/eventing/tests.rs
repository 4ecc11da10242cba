//! Subscriptions as messages, on a clock that stands still.

use std::time::Duration;

use super::super::dispatch::Service;
use super::super::testing::*;

const PULL: &str = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull";
const QUERY: &str =
    "SELECT * FROM __InstanceCreationEvent WITHIN 2 WHERE TargetInstance ISA 'Win32_Environment'";
const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";

/// A Subscribe whose delivery and whose body have more elements in them.
fn subscribe(mode: &str, delivery: &str, more: &str) -> String {
    let body = format!(
        "<e:Subscribe xmlns:e=\"{EVENTING}\"><e:Delivery Mode=\"{mode}\">{delivery}</e:Delivery>{more}\
         <w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">{QUERY}</w:Filter></e:Subscribe>"
    );
    let action = format!("{EVENTING}/Subscribe");
    message(&action, &format!("{CIMV2}/*"), &[], &body)
}

fn unsubscribe(identifier: &str) -> String {
    let body = format!("<e:Unsubscribe xmlns:e=\"{EVENTING}\"/>");
    let action = format!("{EVENTING}/Unsubscribe");
    let header =
        format!("<e:Identifier xmlns:e=\"{EVENTING}\">{identifier}</e:Identifier></s:Header>");
    message(&action, &format!("{CIMV2}/*"), &[], &body).replace("</s:Header>", &header)
}

fn pull(context: &str) -> String {
    let body = format!(
        "<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext><n:MaxElements>2</n:MaxElements></n:Pull>"
    );
    enumeration("Pull", &format!("{CIMV2}/*"), &body)
}

fn between<'a>(answer: &'a str, element: &str) -> &'a str {
    let after = answer.split_once(&format!("<{element}>")).unwrap().1;
    after.split_once('<').unwrap().0
}

fn context(answer: &str) -> &str {
    between(answer, "n:EnumerationContext")
}

fn create(service: &Service, name: &str) {
    let class = format!("{CIMV2}/Win32_Environment");
    let body = format!(
        "<r:Win32_Environment xmlns:r=\"{class}\"><r:Name>{name}</r:Name><r:UserName>u</r:UserName>\
         <r:VariableValue>a &amp; b</r:VariableValue></r:Win32_Environment>"
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create";
    service.answered(&message(action, &class, &[], &body));
}

fn refusal(subcode: &str, code: u32) -> (String, u32) {
    (subcode.to_owned(), code)
}

/// The shape is that of `xml-fixtures/client-subscribe`.
#[test]
fn events_come_in_pages_and_the_subscription_goes_on() {
    let service = service();
    let begun = service.answered(&subscribe(PULL, "", ""));
    assert_eq!(between(&begun, "e:Expires"), "PT0.0S");
    for name in ["ONE", "TWO", "THREE"] {
        create(&service, name);
    }
    let first = pull(context(&begun));
    service.clock().advance(Duration::from_millis(1_999));
    assert_eq!(service.refused(&first), refusal("TimedOut", 0x8033_8029));
    service.clock().advance(Duration::from_millis(1));
    let page = service.answered(&first);
    assert_eq!(page.matches("<p:__InstanceCreationEvent ").count(), 2);
    let target = format!(
        "<p:SECURITY_DESCRIPTOR xsi:nil=\"true\"/><p:TargetInstance xmlns:q=\"{CIMV2}/Win32_Environment\" \
         xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xsi:type=\"q:Win32_Environment_Type\">\
         <q:Caption>u\\ONE</q:Caption><q:Description>u\\ONE</q:Description><q:InstallDate xsi:nil=\"true\"/>\
         <q:Name>ONE</q:Name><q:Status>OK</q:Status><q:SystemVariable>false</q:SystemVariable>\
         <q:UserName>u</q:UserName><q:VariableValue>a &amp; b</q:VariableValue></p:TargetInstance><p:TIME_CREATED>"
    );
    assert!(page.contains(&target), "{page}");
    assert!(!page.contains("EndOfSequence"));
    // Each answer has a context of its own, and the last is not the end.
    let invalid = refusal("InvalidEnumerationContext", 0x8033_801B);
    assert_eq!(service.refused(&first), invalid);
    let rest = service.answered(&pull(context(&page)));
    assert_eq!(rest.matches("<p:__InstanceCreationEvent ").count(), 1);
    let next = pull(context(&rest));
    assert_eq!(service.refused(&next), refusal("TimedOut", 0x8033_8029));
    assert_eq!(service.open_subscriptions(), 1);

    let identifier = between(&begun, "e:Identifier");
    service.answered(&unsubscribe(identifier));
    assert_eq!(service.open_subscriptions(), 0);
    assert_eq!(service.refused(&next), invalid);
    let ended = refusal("InvalidMessage", 0x8033_8025);
    assert_eq!(service.refused(&unsubscribe(identifier)), ended);
}

/// Each poll that was due sees the host as it was then, not as it has become.
#[test]
fn what_has_come_and_gone_between_two_pulls_is_told() {
    let service = service();
    let begun = service.answered(&subscribe(PULL, "", ""));
    create(&service, "ONE");
    service.clock().advance(Duration::from_secs(2));
    let class = format!("{CIMV2}/Win32_Environment");
    let delete = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete";
    let keys = [("Name", "ONE"), ("UserName", "u")];
    service.answered(&message(delete, &class, &keys, ""));
    let page = service.answered(&pull(context(&begun)));
    assert!(page.contains("<q:Name>ONE</q:Name>"), "{page}");
}

/// Hyper-V tells of its machines by itself, and does not tell that time passes.
#[test]
fn machines_are_told_of_when_they_change() {
    let service = service();
    let machines =
        "FROM __InstanceModificationEvent WHERE TargetInstance ISA 'Msvm_ComputerSystem'";
    let message = subscribe(PULL, "", "").replace(&QUERY["SELECT * ".len()..], machines);
    let begun = service.answered(&message.replace(CIMV2, V2));
    let pull = pull(context(&begun));
    service.clock().advance(Duration::from_secs(3_600));
    assert_eq!(service.refused(&pull), refusal("TimedOut", 0x8033_8029));
    service.answered(&start(&start_web01()));
    let page = service.answered(&pull);
    assert_eq!(page.matches("<p:__InstanceModificationEvent ").count(), 1);
    assert!(
        page.contains("<q:ReplicationState>2</q:ReplicationState>"),
        "{page}"
    );
}

/// An event that fits no envelope stays, and so do those after it.
#[test]
fn nothing_is_lost_for_an_envelope_that_is_too_small() {
    let service = service();
    let begun = service.answered(&subscribe(PULL, "", ""));
    create(&service, &"N".repeat(3_000));
    service.clock().advance(Duration::from_secs(2));
    let pull = pull(context(&begun));
    let small = pull.replace("153600", "8192");
    assert_eq!(
        service.refused(&small),
        refusal("EncodingLimit", 0x8033_8048)
    );
    let page = service.answered(&pull);
    assert_eq!(page.matches("<p:__InstanceCreationEvent ").count(), 1);
}

#[test]
fn subscriptions_that_are_refused() {
    let service = service();
    let mode = refusal("DeliveryModeRequestedUnavailable", 0x8033_80FF);
    for other in [
        "http://schemas.xmlsoap.org/ws/2004/08/eventing/DeliveryModes/Push",
        "http://schemas.dmtf.org/wbem/wsman/1/wsman/PushWithAck",
        "http://schemas.dmtf.org/wbem/wsman/1/wsman/Events",
        "",
    ] {
        assert_eq!(service.refused(&subscribe(other, "", "")), mode, "{other}");
    }
    let spoilt = |from: &str, to: &str| {
        let message = subscribe(PULL, "", "");
        assert!(message.contains(from), "{from}");
        service.refused(&message.replace(from, to))
    };
    let expires = refusal("InvalidExpirationTime", 0x8033_801F);
    for past in ["PT0S", "2001-01-01T00:00:00Z", "soon"] {
        let past = format!("<e:Expires>{past}</e:Expires></e:Subscribe>");
        assert_eq!(spoilt("</e:Subscribe>", &past), expires, "{past}");
    }
    let dialect = refusal("FilteringRequestedUnavailable", 0x8033_8022);
    assert_eq!(spoilt("wsman/1/WQL", "wsman/1/XPath"), dialect);
    let filter = refusal("CannotProcessFilter", 0x8033_801A);
    for query in [
        "WITHIN 0",
        "WITHIN -1",
        "WITHIN 'x'",
        "WITHIN",
        "WITHIN 1e400",
    ] {
        assert_eq!(spoilt("WITHIN 2", query), filter, "{query}");
    }
    let on_class = refusal("CannotProcessFilter", 0x8033_80FB);
    assert_eq!(
        spoilt("cimv2/*<", "cimv2/__InstanceCreationEvent<"),
        on_class
    );
    let action = refusal("ActionNotSupported", 0x8033_8031);
    assert_eq!(spoilt("e:Subscribe", "e:Renew"), action);
    assert_eq!(service.open_subscriptions(), 0);
}

#[test]
fn a_query_for_instances_says_nothing_of_events() {
    let service = service();
    for wql in [
        "SELECT * FROM Msvm_ComputerSystem WITHIN 2",
        "SELECT * FROM Msvm_ComputerSystem WHERE Name ISA 'Msvm_ComputerSystem'",
        "SELECT * FROM Msvm_ComputerSystem WHERE TargetInstance.Name = 'x'",
    ] {
        let refused = service.refused(&query(wql, ""));
        assert_eq!(
            refused,
            refusal("CannotProcessFilter", 0x8033_801A),
            "{wql}"
        );
    }
}

#[test]
fn a_subscription_is_its_owners_and_expires() {
    let service = service();
    let expires = "<e:Expires>PT10S</e:Expires>";
    let begun = service.answered(&subscribe(PULL, "", expires));
    assert_eq!(between(&begun, "e:Expires"), "PT10S");
    let (pull, end) = (
        pull(context(&begun)),
        unsubscribe(between(&begun, "e:Identifier")),
    );
    for message in [&pull, &end] {
        let answer = service.tell(message.as_bytes(), None, &reader());
        let code = answer.fault().wsman_code();
        assert!(matches!(code, Some(0x8033_801B | 0x8033_8025)), "{code:?}");
    }
    service.clock().advance(Duration::from_secs(9));
    assert_eq!(service.refused(&pull), refusal("TimedOut", 0x8033_8029));
    service.clock().advance(Duration::from_secs(1));
    assert_eq!(service.open_subscriptions(), 0);
    let invalid = refusal("InvalidEnumerationContext", 0x8033_801B);
    assert_eq!(service.refused(&pull), invalid);
}

/// In real time, since the client does not live by the clock of the host.
#[tokio::test]
async fn a_heartbeat_is_a_page_without_events() {
    let service = service();
    let ask = |delivery: &str| service.answered(&subscribe(PULL, delivery, ""));
    let begun = ask("<w:Heartbeats>PT0.05S</w:Heartbeats>");
    let pull = pull(context(&begun));
    let answer = service.answer(pull.as_bytes(), None, &operator()).await;
    assert!(!answer.is_fault, "{}", answer.envelope);
    assert!(
        answer.envelope.contains("<n:Items></n:Items>"),
        "{}",
        answer.envelope
    );
    assert_ne!(context(&answer.envelope), context(&begun));
    assert_eq!(service.open_subscriptions(), 1);
    let never = subscribe(PULL, "<w:Heartbeats>PT0S</w:Heartbeats>", "");
    assert_eq!(
        service.refused(&never),
        refusal("SchemaValidationError", 0x8033_8041)
    );
}

/// Others are answered while a Pull waits, and what they do ends its waiting.
#[tokio::test]
async fn a_pull_that_waits_does_not_delay_other_requests() {
    let service = service();
    let begun = service.answered(&subscribe(PULL, "", ""));
    let (pull, caller) = (pull(context(&begun)), operator());
    let waiting = service.answer(pull.as_bytes(), None, &caller);
    let others = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        create(&service, "ONE");
        service.clock().advance(Duration::from_secs(2));
    };
    let (answer, ()) = tokio::join!(waiting, others);
    assert!(!answer.is_fault, "{}", answer.envelope);
    assert!(
        answer.envelope.contains("<q:Name>ONE</q:Name>"),
        "{}",
        answer.envelope
    );
}
