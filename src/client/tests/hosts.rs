//! The host that errors of streams and of values name; `answers` has those of whole responses.

use serde::Deserialize;

use super::{client, envelope, fault};
use crate::cim::{Class, Properties, Reference};
use crate::error::{Error, ErrorKind};
use crate::hyperv::Outcome;
use crate::wsman::{PolymorphismMode, QueryTarget, Wql};

const X: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/X";

fn page(items: &str) -> String {
    envelope(&format!(
        "<n:EnumerateResponse><n:Items>{items}</n:Items><n:EndOfSequence/></n:EnumerateResponse>"
    ))
}

fn row(properties: &str) -> String {
    format!("<X xmlns=\"{X}\">{properties}</X>")
}

#[derive(Debug, Deserialize)]
struct Typed {
    #[serde(rename = "Size")]
    _size: u32,
}

impl Class for Typed {
    const NAME: &'static str = "X";
    const NAMESPACE: &'static str = "root/x";
}

#[tokio::test]
async fn errors_of_items_name_the_host() {
    let good = row("<Name>a</Name>");
    let broken = page(&format!("{good}<n:Items/>"));
    let x = |answer: String| client([answer]).namespace("root/x").enumerate("X");
    let reference = format!(
        "<a:EndpointReference xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><a:Address>x</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{X}</w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">a\
         </w:Selector></w:SelectorSet></a:ReferenceParameters></a:EndpointReference>"
    );
    // Other is not a key, so that the reference cannot be compared with it.
    let matching = client([page(&reference)]).namespace("root/x");
    let matching = matching
        .matching("X", [("Other", "a")])
        .endpoint_references();
    let errors: [(Error, ErrorKind); 5] = [
        (x(broken).collect().await.unwrap_err(), ErrorKind::Answer),
        (
            x(page(&good))
                .endpoint_references()
                .collect()
                .await
                .unwrap_err(),
            ErrorKind::Answer,
        ),
        (
            client([page(&row("<Size>a</Size>"))])
                .enumerate::<Typed>()
                .collect()
                .await
                .unwrap_err(),
            ErrorKind::Decode,
        ),
        (matching.collect().await.unwrap_err(), ErrorKind::Answer),
        (
            x(fault("UnsupportedFeature", 0))
                .polymorphism(PolymorphismMode::None)
                .collect()
                .await
                .unwrap_err(),
            ErrorKind::Fault,
        ),
    ];
    for (error, kind) in errors {
        assert_eq!(
            (error.kind(), error.host()),
            (kind, Some("hv01.example")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn errors_of_events_name_the_host() {
    let subscribed = envelope(
        "<e:SubscribeResponse xmlns:e=\"http://schemas.xmlsoap.org/ws/2004/08/eventing\">\
         <n:EnumerationContext>c</n:EnumerationContext></e:SubscribeResponse>",
    );
    let items = "<n:PullResponse><n:Items><n:Items/></n:Items><n:EnumerationContext>c\
                 </n:EnumerationContext></n:PullResponse>";
    let client = client([subscribed, envelope(items)]);
    let mut events = client
        .namespace("root/x")
        .subscribe(Wql::select("X"))
        .unwrap();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.host()),
        (ErrorKind::Answer, Some("hv01.example"))
    );
}

#[tokio::test]
async fn errors_of_input_and_of_values_name_the_host() {
    let wrong = || Wql::select("X").equals("a b", "c");
    let size = envelope("<w:XmlFragment><Size>a</Size></w:XmlFragment>");
    let client = client([size]);
    let namespace = client.namespace("root/x");
    let target = Reference::new("root/x", "X").with_key("Name", "a");
    let mut profile = client.profile();
    profile.query_target = QueryTarget::AllClasses;
    let all = client.with_profile(profile);
    for (error, kind) in [
        (namespace.query(wrong()).unwrap_err(), ErrorKind::Usage),
        (namespace.subscribe(wrong()).unwrap_err(), ErrorKind::Usage),
        (
            all.associators(&target).instances().unwrap_err(),
            ErrorKind::Usage,
        ),
        (
            client
                .get_property::<u32>(&target, "Size")
                .await
                .unwrap_err(),
            ErrorKind::Decode,
        ),
    ] {
        assert_eq!(
            (error.kind(), error.host()),
            (kind, Some("hv01.example")),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_refusal_names_the_host() {
    let answer = format!("<Do_OUTPUT xmlns=\"{X}\"><ReturnValue>32775</ReturnValue></Do_OUTPUT>");
    let client = client([envelope(&answer)]);
    let target = Reference::new("root/x", "X").with_key("Name", "a");
    let output = client
        .invoke(&target, "Do", Properties::new())
        .await
        .unwrap();
    let error = Outcome::read(&client, &output).unwrap_err();
    assert_eq!(
        (error.kind(), error.host()),
        (ErrorKind::Refused, Some("hv01.example"))
    );
}
