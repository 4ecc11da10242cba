//! Responses of every kind of server.

use uuid::Uuid;

use super::*;
use crate::cim::{KeyValue, Value};
use crate::wsman::{Dialect, FaultKind, Operation, SentRequest};

const NAMESPACE: &str = "root/virtualization/v2";

fn envelope(body: &str) -> String {
    format!(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"
            xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
            xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
            xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xmlns:r="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob"
            ><s:Header><a:RelatesTo>uuid:1</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"#
    )
}

fn without_relation(body: &str) -> String {
    envelope(body).replace("<a:RelatesTo>uuid:1</a:RelatesTo>", "")
}

fn page_of(body: &str) -> Page {
    page(&envelope(body), NAMESPACE).unwrap()
}

fn ids(page: &Page) -> Vec<String> {
    let id = |item: &Item| item.instance.as_ref().unwrap().get("InstanceID").unwrap();
    page.items.iter().map(id).collect()
}

fn job(id: &str) -> String {
    format!("<r:Msvm_ConcreteJob><r:InstanceID>{id}</r:InstanceID></r:Msvm_ConcreteJob>")
}

fn unexpected(read: Result<impl std::fmt::Debug, ReplyError>) -> String {
    match read.unwrap_err() {
        ReplyError::Unexpected(what) => what,
        other => panic!("{other:?}"),
    }
}

#[test]
fn pages_of_all_servers() {
    let one = job("A");
    for (body, context) in [
        // Windows: a context and items in the namespace of the response to Enumerate, then in that of Pull.
        (
            format!(
                "<n:EnumerateResponse><n:EnumerationContext>uuid:1</n:EnumerationContext><w:Items>{one}</w:Items></n:EnumerateResponse>"
            ),
            Some("uuid:1"),
        ),
        (
            format!(
                "<n:EnumerateResponse><n:EnumerationContext/><w:Items>{one}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
            ),
            None,
        ),
        (
            format!("<n:PullResponse><n:Items>{one}</n:Items><n:EndOfSequence/></n:PullResponse>"),
            None,
        ),
        // The other way round.
        (
            format!(
                "<n:EnumerateResponse><n:Items>{one}</n:Items><n:EndOfSequence/></n:EnumerateResponse>"
            ),
            None,
        ),
        (
            format!(
                "<n:PullResponse><n:EnumerationContext>2</n:EnumerationContext><w:Items>{one}</w:Items></n:PullResponse>"
            ),
            Some("2"),
        ),
        // OMI: the context is beside the end.
        (
            format!(
                "<n:PullResponse><n:EnumerationContext>3</n:EnumerationContext><n:Items>{one}</n:Items><n:EndOfSequence/></n:PullResponse>"
            ),
            None,
        ),
        // openwsman: the context comes after the items.
        (
            format!(
                "<n:EnumerateResponse><w:Items>{one}</w:Items><n:EnumerationContext>4</n:EnumerationContext></n:EnumerateResponse>"
            ),
            Some("4"),
        ),
        (
            format!(
                "<n:EnumerateResponse><w:Items>{one}</w:Items><n:EnumerationContext/><w:EndOfSequence/></n:EnumerateResponse>"
            ),
            None,
        ),
        // The end is in the other namespace, and is not empty.
        (
            format!(
                "<n:PullResponse><n:Items>{one}</n:Items><w:EndOfSequence>x</w:EndOfSequence><n:Expires/></n:PullResponse>"
            ),
            None,
        ),
    ] {
        let page = page_of(&body);
        assert_eq!(page.broken, None, "{body}");
        assert_eq!(ids(&page), ["A"], "{body}");
        assert_eq!(page.context.as_deref(), context, "{body}");
    }
}

#[test]
fn pages_without_items() {
    for (body, context) in [
        (
            "<n:EnumerateResponse><n:EnumerationContext>1</n:EnumerationContext></n:EnumerateResponse>",
            Some("1"),
        ),
        (
            "<n:EnumerateResponse><n:EnumerationContext>1</n:EnumerationContext><w:Items></w:Items></n:EnumerateResponse>",
            Some("1"),
        ),
        (
            "<n:EnumerateResponse><n:EnumerationContext/><w:Items/><w:EndOfSequence/></n:EnumerateResponse>",
            None,
        ),
        (
            "<n:PullResponse><n:Items/><n:EndOfSequence/></n:PullResponse>",
            None,
        ),
        (
            "<n:EnumerateResponse><n:EnumerationContext>1</n:EnumerationContext><w:Items/><w:EndOfSequence/></n:EnumerateResponse>",
            None,
        ),
    ] {
        let page = page_of(body);
        assert_eq!(
            (page.items.len(), page.broken.as_ref()),
            (0, None),
            "{body}"
        );
        assert_eq!(page.context.as_deref(), context, "{body}");
    }
}

#[test]
fn items_of_all_kinds() {
    let reference = "<a:EndpointReference><a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>\
        http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet>\
        <w:Selector Name=\"InstanceID\">A</w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>";
    let (object, fragment) = (
        job("A"),
        "<w:XmlFragment><InstanceID>A</InstanceID></w:XmlFragment>",
    );
    let body = format!(
        "<n:PullResponse><n:Items>{object}{reference}<w:Item>{object}{reference}</w:Item>{fragment}\
         <w:Item>{reference}{fragment}</w:Item></n:Items></n:PullResponse>"
    );
    let page = page_of(&body);
    let seen: Vec<_> = page
        .items
        .iter()
        .map(|item| {
            (
                item.instance.as_ref().map(Instance::class_name),
                item.reference.is_some(),
            )
        })
        .collect();
    assert_eq!(
        seen,
        [
            (Some("Msvm_ConcreteJob"), false),
            (None, true),
            (Some("Msvm_ConcreteJob"), true),
            (Some(""), false),
            (Some(""), true)
        ]
    );
    let expected = Reference::new(NAMESPACE, "Msvm_ConcreteJob").with_key("InstanceID", "A");
    let references = page.items.iter().filter_map(|item| item.reference.as_ref());
    assert!(
        references
            .into_iter()
            .all(|reference| *reference == expected)
    );
}

#[test]
fn what_came_before_a_break_is_kept() {
    let (first, second) = (job("A"), job("B"));
    for (body, items, context) in [
        (
            format!(
                "<n:PullResponse><n:EnumerationContext>1</n:EnumerationContext><n:Items>{first}{second}<p:x/>"
            ),
            2,
            Some("1"),
        ),
        (
            format!("<n:PullResponse><n:Items>{first}<r:X><r:Y></r:X>"),
            1,
            None,
        ),
        (
            format!("<n:PullResponse><n:Items>{first}{second}</n:Items><n:EnumerationContext><x/>"),
            2,
            None,
        ),
        (
            format!("<n:PullResponse><n:Items>{first}</n:Items><n:EndOfSequence><x>"),
            1,
            None,
        ),
        (
            format!("<n:PullResponse><n:Items>{first}</n:Items></n:PullResponse><x>"),
            1,
            None,
        ),
    ] {
        let page = page_of(&body);
        assert_eq!(page.items.len(), items, "{body}");
        assert!(page.broken.is_some(), "{body}");
        assert_eq!(page.context.as_deref(), context, "{body}");
    }
}

#[test]
fn instances() {
    let read = |body: &str| instance(&envelope(body), NAMESPACE);
    let found = read(&format!("\n{}\n", job("A"))).unwrap();
    assert_eq!(
        found.class().unwrap().to_string(),
        "root/virtualization/v2:Msvm_ConcreteJob"
    );
    assert_eq!(unexpected(read("")), "the answer has an empty body");
    assert_eq!(unexpected(read("text")), "the answer has an empty body");
    assert!(matches!(read("<a/><s:Body>"), Err(ReplyError::Xml(_))));
}

/// A response to another request must not be read as an instance whose properties are all missing.
#[test]
fn what_is_no_instance() {
    let pulled = envelope("<n:PullResponse><n:Items/><n:EndOfSequence/></n:PullResponse>");
    let what = "the answer is PullResponse, not an instance";
    assert_eq!(unexpected(instance(&pulled, NAMESPACE)), what);
    assert_eq!(unexpected(replaced(&pulled, NAMESPACE)), what);
    let fragment = envelope("<w:XmlFragment><InstanceID>1</InstanceID></w:XmlFragment>");
    let what = "the answer is XmlFragment, not an instance";
    assert_eq!(unexpected(instance(&fragment, NAMESPACE)), what);
}

#[test]
fn outputs_of_all_servers() {
    let job = "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>\
        http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob</w:ResourceURI>\
        <w:SelectorSet><w:Selector Name=\"InstanceID\">A</w:Selector></w:SelectorSet></a:ReferenceParameters>";
    let reference = Reference::new(NAMESPACE, "Msvm_ConcreteJob")
        .with_key("InstanceID", KeyValue::Text("A".to_owned()));
    for (body, expected) in [
        // Windows and openwsman: the reference first, without a wrapper.
        (
            format!("<r:M_OUTPUT><r:Job>{job}</r:Job><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>"),
            Some(&reference),
        ),
        // OMI: another element, in a namespace of its own.
        (
            format!("<p:M xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/M'><p:ReturnValue>4096</p:ReturnValue><p:Job>{job}</p:Job></p:M>"),
            Some(&reference),
        ),
        // In a wrapper, which no server was seen to write.
        (
            format!("<r:M_OUTPUT><r:Job><a:EndpointReference>{job}</a:EndpointReference></r:Job><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>"),
            Some(&reference),
        ),
        ("<r:M_OUTPUT><r:Job xsi:nil='true'/><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>".to_owned(), None),
        ("<r:M_OUTPUT><r:ReturnValue xsi:type='cim:cimUnsignedInt' xmlns:cim='x'>4096</r:ReturnValue></r:M_OUTPUT>".to_owned(), None),
    ] {
        let found = output(&envelope(&body), NAMESPACE).unwrap();
        assert_eq!(found.get("ReturnValue"), Ok(4096u32), "{body}");
        assert_eq!(found.get::<Option<Reference>>("Job").unwrap().as_ref(), expected, "{body}");
    }
}

#[test]
fn outputs_that_are_none() {
    let invoke = Operation::Invoke {
        target: Reference::new(NAMESPACE, "Msvm_ConcreteJob"),
        method: "M".to_owned(),
        input: Properties::new(),
    };
    let read = |body: &str| {
        let answer = without_relation(body);
        let request = SentRequest::new(&invoke);
        output(request.open(&answer, Uuid::nil(), Dialect::Wmi)?, NAMESPACE)
    };
    assert_eq!(
        unexpected(read("<r:N_OUTPUT/>")),
        "the answer is N_OUTPUT, not that of M"
    );
    assert_eq!(unexpected(read("")), "the answer has an empty body");
    let long = format!("<r:{}\u{1b}/>", "N".repeat(10_000));
    let message = unexpected(read(&long));
    assert!(
        message.len() < 100 && message.ends_with("N…, not that of M"),
        "{message}"
    );
    let empty = read("<r:M_OUTPUT/>").unwrap();
    assert_eq!(empty.value("ReturnValue"), None::<&Value>);
}

#[test]
fn identities() {
    let text = |name: &str| {
        format!(
            "<{name}><i:ProtocolVersion>p</i:ProtocolVersion><i:ProductVendor>v</i:ProductVendor>\
             <i:X><i:ProductVendor>no</i:ProductVendor></i:X><i:ProductVersion>1</i:ProductVersion>\
             <i:SecurityProfiles><i:SecurityProfileName>a</i:SecurityProfileName>\
             <i:SecurityProfileName>b</i:SecurityProfileName></i:SecurityProfiles></{name}>"
        )
    };
    let with_namespace = |name: &str| {
        let body = text(name).replacen(
            '>',
            " xmlns:i='http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd'>",
            1,
        );
        identity(&envelope(&body)).unwrap()
    };
    let expected = Identity {
        protocol_version: "p".to_owned(),
        product_vendor: "v".to_owned(),
        product_version: "1".to_owned(),
        security_profiles: vec!["a".to_owned(), "b".to_owned()],
    };
    // OMI puts the element into the namespace of SOAP.
    for name in ["i:IdentifyResponse", "s:IdentifyResponse"] {
        assert_eq!(with_namespace(name), expected, "{name}");
    }
    assert_eq!(
        unexpected(identity(&envelope("<r:Other/>"))),
        "the answer is Other, not IdentifyResponse"
    );
}

#[test]
fn what_is_no_envelope() {
    for (text, what) in [
        (
            "<html><body>Not found</body></html>",
            "the answer is html, not a SOAP envelope",
        ),
        (
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><a/></s:Body></s:Envelope>",
            "the answer is Envelope, not a SOAP envelope",
        ),
        (
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Header/></s:Envelope>",
            "the envelope has no body",
        ),
    ] {
        assert_eq!(unexpected(acknowledge(text)), what);
        assert_eq!(unexpected(instance(text, "")), what);
        assert_eq!(unexpected(page(text, "").map(|page| page.context)), what);
    }
}

#[test]
fn nothing_to_say() {
    acknowledge(&envelope("")).unwrap();
    acknowledge(&envelope("\n")).unwrap();
    let wrapped = "<t:DeleteResponse xmlns:t='http://schemas.xmlsoap.org/ws/2004/09/transfer'/>";
    acknowledge(&envelope(wrapped)).unwrap();
    assert!(acknowledge(&envelope("<t:DeleteResponse xmlns:t='urn:t'/>")).is_err());
    let cut = envelope("").replace("</s:Envelope>", "");
    assert!(acknowledge(&cut).is_err());
    assert!(replaced(&cut, "").is_err());
}

#[test]
fn what_tells_of_nothing_done() {
    let page = "<n:EnumerateResponse xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'/>";
    for (body, what) in [
        (page, "the answer is EnumerateResponse, not an empty body"),
        ("<What/>", "the answer is What, not an empty body"),
    ] {
        assert_eq!(unexpected(acknowledge(&envelope(body))), what);
    }
    let wrapped = "<DeleteResponse xmlns='http://schemas.xmlsoap.org/ws/2004/09/transfer'/>";
    let cut = envelope(wrapped).replace("</s:Body>", "");
    assert!(acknowledge(&cut).is_err());
}

#[test]
fn what_is_of_the_protocol_is_no_instance() {
    let page = "<n:PullResponse xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'/>";
    let what = "the answer is PullResponse, not an instance";
    assert_eq!(unexpected(instance(&envelope(page), "")), what);
    assert_eq!(unexpected(replaced(&envelope(page), "")), what);
    let items = "<n:PullResponse xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><n:Items>\
        <X/><n:Items/><X/></n:Items></n:PullResponse>";
    let page = super::page(&envelope(items), "").unwrap();
    assert_eq!(page.items.len(), 1);
    let what = "it is Items, not an instance or a reference";
    assert_eq!(page.broken.unwrap().to_string(), what);
}

#[test]
fn a_fault_is_the_answer_to_anything() {
    let body = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>w:AccessDenied</s:Value>\
        </s:Subcode></s:Code></s:Fault>";
    let text = envelope(body);
    for error in [
        identity(&text).map(drop).unwrap_err(),
        instance(&text, "").map(drop).unwrap_err(),
        page(&text, "").map(drop).unwrap_err(),
        output(&text, "").map(drop).unwrap_err(),
        acknowledge(&text).unwrap_err(),
    ] {
        match error {
            ReplyError::Fault(fault) => assert_eq!(fault.kind(), FaultKind::AccessDenied),
            other => panic!("{other:?}"),
        }
    }
}

const X: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/X";

fn answer(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header/><s:Body>{body}</s:Body></s:Envelope>"
    )
}

#[test]
fn a_fragment_holds_a_property() {
    let states = answer(
        "<w:XmlFragment><p:S xmlns:p=\"urn:x\">1</p:S><p:S xmlns:p=\"urn:x\">2</p:S></w:XmlFragment>",
    );
    let value = property(&states, "root/x", "S").unwrap();
    assert_eq!(value.elements().len(), 2);
    // An empty or null array leaves no element.
    let none = answer("<w:XmlFragment/>");
    assert_eq!(property(&none, "root/x", "S"), Ok(Value::Null));
    assert!(property(&answer("<S>1</S>"), "root/x", "S").is_err());
}

#[test]
fn what_was_created_has_a_reference() {
    let created_x = answer(&format!(
        "<x:ResourceCreated><a:Address>http://hv01.example/wsman</a:Address><a:ReferenceParameters>\
         <w:ResourceURI>{X}</w:ResourceURI><w:SelectorSet><w:Selector Name=\"K\">v</w:Selector></w:SelectorSet>\
         </a:ReferenceParameters></x:ResourceCreated>"
    ));
    let reference = created(&created_x, "root/x").unwrap();
    assert_eq!(reference, Reference::new("root/x", "X").with_key("K", "v"));
}

#[test]
fn what_was_put_may_come_back() {
    let whole = answer(&format!("<p:X xmlns:p=\"{X}\"><p:K>v</p:K></p:X>"));
    let instance = replaced(&whole, "root/x").unwrap().unwrap();
    assert_eq!(instance.get::<String>("K"), Ok("v".to_owned()));
    assert_eq!(replaced(&answer(""), "root/x"), Ok(None));
}

#[test]
fn the_declaration_of_a_class() {
    // The elements of DSP0201 in the declaration of a class with a method.
    let declared = answer(
        "<CLASS NAME=\"X\" SUPERCLASS=\"CIM_X\"><QUALIFIER NAME=\"Description\" TYPE=\"string\"><VALUE>A class</VALUE>\
         </QUALIFIER><PROPERTY NAME=\"K\" TYPE=\"string\"><QUALIFIER NAME=\"Key\" TYPE=\"boolean\"><VALUE>TRUE</VALUE>\
         </QUALIFIER></PROPERTY><PROPERTY.ARRAY NAME=\"States\" TYPE=\"uint16\"></PROPERTY.ARRAY>\
         <METHOD NAME=\"Start\" TYPE=\"uint32\"><PARAMETER.REFERENCE NAME=\"System\" REFERENCECLASS=\"CIM_System\">\
         <QUALIFIER NAME=\"In\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER></PARAMETER.REFERENCE>\
         <PARAMETER NAME=\"When\" TYPE=\"datetime\"/><PARAMETER.ARRAY NAME=\"Errors\" TYPE=\"string\">\
         <QUALIFIER NAME=\"Out\" TYPE=\"boolean\"><VALUE>true</VALUE></QUALIFIER></PARAMETER.ARRAY></METHOD></CLASS>",
    );
    let class = class(&declared).unwrap();
    assert_eq!(
        (class.name.as_str(), class.superclass.as_deref()),
        ("X", Some("CIM_X"))
    );
    let keys: Vec<_> = class.keys().map(|key| key.name.as_str()).collect();
    assert_eq!(keys, ["K"]);
    let states = class.property("states").unwrap();
    assert!(states.is_array && states.cim_type.to_string() == "uint16");
    let parameters = class
        .method("start")
        .unwrap()
        .parameters
        .iter()
        .map(|parameter| {
            (
                parameter.name.as_str(),
                parameter.cim_type.to_string(),
                parameter.is_input(),
                parameter.is_output(),
            )
        });
    assert_eq!(
        parameters.collect::<Vec<_>>(),
        [
            ("System", "CIM_System REF".to_owned(), true, false),
            ("When", "datetime".to_owned(), true, false),
            ("Errors", "string".to_owned(), false, true),
        ]
    );
}

/// A subscription as Windows confirms it for an event log, with the context that pull delivery adds.
#[test]
fn subscriptions() {
    let subscribed = |manager: &str, rest: &str| {
        subscription(&envelope(&format!(
            "<e:SubscribeResponse xmlns:e='http://schemas.xmlsoap.org/ws/2004/08/eventing'>\
             <e:SubscriptionManager><a:Address>http://hv01.example:5985/wsman</a:Address>{manager}</e:SubscriptionManager>\
             <e:Expires>PT0.0S</e:Expires>{rest}</e:SubscribeResponse>"
        )))
    };
    let context = "<n:EnumerationContext>uuid:2</n:EnumerationContext>";
    for name in ["ReferenceProperties", "ReferenceParameters"] {
        let manager = format!(
            "<a:{name}><w:ResourceURI>x</w:ResourceURI><e:Identifier>143D</e:Identifier></a:{name}>"
        );
        let subscription = subscribed(&manager, context).unwrap();
        assert_eq!(subscription.identifier.as_deref(), Some("143D"));
        assert_eq!(subscription.context, "uuid:2");
    }
    assert_eq!(subscribed("", context).unwrap().identifier, None);
    for nothing in ["", "<n:EnumerationContext/>"] {
        assert_eq!(
            unexpected(subscribed("", nothing)),
            "the response does not contain the enumeration context of the subscription"
        );
    }
    assert_eq!(
        unexpected(subscription(&envelope("<n:PullResponse/>"))),
        "the answer is PullResponse, not SubscribeResponse"
    );
}

#[test]
fn events_may_be_wrapped() {
    let action = "http://schemas.dmtf.org/wbem/wsman/1/wsman";
    let page = page_of(&format!(
        "<n:PullResponse><n:EnumerationContext>c</n:EnumerationContext><n:Items>{}\
         <w:Event Action='{action}/Heartbeat'/><w:Event Action='{action}/Event'>{}</w:Event>{}</n:Items></n:PullResponse>",
        job("A"),
        job("B"),
        job("C"),
    ));
    assert_eq!(ids(&page), ["A", "B", "C"]);
    assert_eq!(page.broken, None);
}
