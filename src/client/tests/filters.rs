//! Selector filters are applied again by the client: OMI accepts them and sends all instances.

use super::envelope;
use super::script::Host;
use crate::cim::Instance;
use crate::client::Items;
use crate::error::ErrorKind;

const X: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/X";

fn object(name: &str, rest: &str) -> String {
    format!("<X xmlns=\"{X}\"><Name>{name}</Name>{rest}</X>")
}

fn reference(name: &str) -> String {
    format!(
        "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><a:ReferenceParameters>\
         <w:ResourceURI>{X}</w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">{name}</w:Selector>\
         </w:SelectorSet></a:ReferenceParameters></a:EndpointReference>"
    )
}

/// Returns the stream of a host that ignores the filter.
fn matching(items: &[String], conditions: &[(&str, &str)]) -> Items<Instance> {
    let items = items.concat();
    let page = format!(
        "<n:EnumerateResponse><w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    let client = Host::answering([envelope(&page)]).client();
    let conditions = conditions.iter().copied();
    client.namespace("root/x").matching("X", conditions)
}

async fn names(items: &[String], conditions: &[(&str, &str)]) -> Vec<String> {
    let found = matching(items, conditions).collect().await.unwrap();
    let names = found.iter().map(|found| found.get("Name").unwrap());
    names.collect()
}

#[tokio::test]
async fn instances_that_do_not_match_are_left_out() {
    let items = [
        object("a", "<State>Stopped</State><Size>7</Size>"),
        object("b", "<State>running</State><Size>7</Size>"),
        object("c", "<State>RUNNING</State><Size>8</Size>"),
        object("d", "<Size>7</Size>"),
        object(
            "e",
            "<State x:nil=\"true\" xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"/>",
        ),
    ];
    for (conditions, expected) in [
        (&[("State", "Running")][..], &["b", "c"][..]),
        (&[("state", "Running"), ("SIZE", "7")], &["b"]),
        (&[("Size", "007")], &["a", "b", "d"]),
        (&[("Name", "D")], &["d"]),
        (&[("State", "")], &[]),
        (&[("Other", "x")], &[]),
        (&[], &["a", "b", "c", "d", "e"]),
    ] {
        assert_eq!(names(&items, conditions).await, expected, "{conditions:?}");
    }
}

#[tokio::test]
async fn references_are_compared_by_their_keys() {
    let items = [reference("a"), reference("b"), reference("B")];
    let found = matching(&items, &[("name", "b")])
        .endpoint_references()
        .collect()
        .await
        .unwrap();
    let names: Vec<_> = found
        .iter()
        .map(|found| found.key("Name").cloned().unwrap())
        .collect();
    assert_eq!(names, ["b".into(), "B".into()]);

    let error = matching(&items, &[("State", "Running")])
        .endpoint_references()
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert_eq!(
        error.to_string(),
        "could not compare State of root/x:X: it is not a key of the references"
    );
    assert!(error.hint().unwrap().contains("instances"), "{error:?}");
}

#[tokio::test]
async fn an_object_with_its_reference_is_compared_by_its_properties() {
    let item = |name: &str, state: &str| {
        let object = object(name, &format!("<State>{state}</State>"));
        format!("<w:Item>{object}{}</w:Item>", reference(name))
    };
    let items = [item("a", "Running"), item("b", "Stopped")];
    let found = matching(&items, &[("State", "stopped")])
        .with_endpoint_references()
        .collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].1.key("Name"), Some(&"b".into()));
}

#[tokio::test]
async fn an_array_cannot_be_compared() {
    let items = [object("a", "<Roles>x</Roles><Roles>y</Roles>")];
    let error = matching(&items, &[("Roles", "x")])
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert!(error.to_string().contains("Roles"), "{error}");
}

#[tokio::test]
async fn what_does_not_match_is_counted_where_an_error_names_a_place() {
    let broken = format!("<X xmlns=\"{X}\"><Name>c<Y/></X>");
    let items = [object("a", ""), object("b", ""), broken];
    let error = matching(&items, &[("Name", "b")])
        .collect()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "could not read item 3 of root/x:X");
}
