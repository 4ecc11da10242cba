//! Classes that are named by their resource URI.

use super::*;
use crate::wsman::Wql;

const URI: &str = "http://sblim.sf.net/wbem/wscim/1/cim-schema/2/Linux_OperatingSystem";

fn last_page() -> String {
    envelope("<n:EnumerateResponse><w:Items/><w:EndOfSequence/></n:EnumerateResponse>")
}

fn resource(uri: &str) -> String {
    format!("<w:ResourceURI s:mustUnderstand=\"true\">{uri}</w:ResourceURI>")
}

#[tokio::test]
async fn a_class_named_by_its_resource_uri_is_asked_for_there() {
    for (namespace, dialect) in [
        ("root/cimv2", Dialect::Wmi),
        ("root/cimv2", Dialect::Dmtf),
        ("", Dialect::Dmtf),
    ] {
        let host = Host::answering([last_page()]);
        let client = Client::builder("hv01")
            .profile(ServerProfile::of(dialect))
            .build_over(host.clone());
        client
            .namespace(namespace)
            .enumerate(URI)
            .collect()
            .await
            .unwrap();
        let found = client.namespace(namespace).matching(URI, [("Name", "a")]);
        found.collect().await.unwrap();
        for envelope in host.envelopes() {
            assert!(envelope.contains(&resource(URI)), "{envelope}");
            let selector = "<w:Selector Name=\"__cimnamespace\">root/cimv2</w:Selector>";
            assert_eq!(
                envelope.contains(selector),
                !namespace.is_empty(),
                "{envelope}"
            );
            assert_eq!(envelope.contains("__cimnamespace"), !namespace.is_empty());
        }
    }
}

#[tokio::test]
async fn a_reference_to_a_vendors_class_survives_as_text() {
    let item = format!(
        "<n:EnumerateResponse><w:Items><a:EndpointReference \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><a:Address>http://other.example</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{URI}</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"__cimnamespace\">root/cimv2</w:Selector><w:Selector Name=\"Name\">a.b/c</w:Selector>\
         </w:SelectorSet></a:ReferenceParameters></a:EndpointReference></w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    let found = client([envelope(&item)])
        .namespace("root/cimv2")
        .enumerate(URI)
        .endpoint_references();
    let found = found.collect().await.unwrap().remove(0);
    let text = found.to_string();
    assert_eq!(text, format!("root/cimv2:{URI}.Name=\"a.b/c\""));
    assert_eq!(text.parse(), Ok(found));

    let host = Host::answering([fault("AccessDenied", 5)]);
    let read: Reference = text.parse().unwrap();
    host.client().get(&read).await.unwrap_err();
    let envelope = host.envelopes().remove(0);
    for part in [
        &resource(URI),
        "<w:Selector Name=\"Name\">a.b/c</w:Selector>",
        "<w:Selector Name=\"__cimnamespace\">root/cimv2</w:Selector>",
    ] {
        assert!(envelope.contains(part), "{envelope}");
    }
}

#[tokio::test]
async fn jobs_of_a_vendors_class_are_listed_at_its_resource_uri() {
    let uri = "http://v.example/schema/V_Job";
    let host = Host::answering([envelope(&format!(
        "<n:EnumerateResponse><w:Items><V_Job xmlns=\"{uri}\"><InstanceID>A</InstanceID><JobState>7</JobState></V_Job>\
         </w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    ))]);
    let jobs = Job::list(&host.client(), &ClassPath::new("root/x", uri))
        .await
        .unwrap();
    assert!(host.envelopes().remove(0).contains(&resource(uri)));
    let path = jobs[0].reference.as_reference().to_string();
    assert_eq!(path, format!("root/x:{uri}.InstanceID=\"A\""));
    let text = jobs[0].reference.to_string();
    let service = "http://hv01.example:5985";
    assert_eq!(text, format!("{service}/root/x:{uri}.InstanceID=%22A%22"));
    assert_eq!(text.parse(), Ok(jobs[0].reference.clone()));
}

#[tokio::test]
async fn a_query_names_a_class_without_its_base() {
    let wql = Wql::select(URI).isa("TargetInstance", URI);
    assert_eq!(
        wql.to_string(),
        "SELECT * FROM Linux_OperatingSystem WHERE TargetInstance ISA 'Linux_OperatingSystem'"
    );
    let host = Host::answering([last_page()]);
    let object = Reference::new("root/cimv2", URI).with_key("Name", "a");
    let question = host.client().associators(&object);
    let question = question.association_class(URI).result_class(URI);
    question.instances().unwrap().collect().await.unwrap();
    let asked = host.asked().remove(0).replace("&quot;", "\"");
    assert!(
        asked.contains(
            "ASSOCIATORS OF {Linux_OperatingSystem.Name=\"a\"} WHERE AssocClass = Linux_OperatingSystem \
             ResultClass = Linux_OperatingSystem"
        ),
        "{asked}"
    );
}
