//! Envelopes as answers.

use crate::cim::{Instance, Properties, Reference};
use crate::printable::shortened;
use crate::xml::{Element, Ns, Reader};

use super::decode::Decoder;
use super::error::ReplyError;
use super::fault;

/// Which product answers (DSP0226 11).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// The protocol: the namespace of WS-Management.
    pub protocol_version: String,
    /// Who made the product: `Microsoft Corporation`.
    pub product_vendor: String,
    /// The version: `OS: 10.0.20348 SP: 0.0 Stack: 3.0`.
    pub product_version: String,
    /// The security profiles that the service names.
    pub security_profiles: Vec<String>,
}

/// One answer of an enumeration.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The items, up to the first that could not be read.
    pub(crate) items: Vec<Item>,
    /// What was wrong with the item after the last.
    pub(crate) broken: Option<ReplyError>,
    /// Where the enumeration stands; `None` at its end.
    pub(crate) context: Option<String>,
}

/// An item of an enumeration: an object, a reference, or both.
#[derive(Debug, PartialEq)]
pub(crate) struct Item {
    /// The object.
    pub(crate) instance: Option<Instance>,
    /// Its reference.
    pub(crate) reference: Option<Reference>,
}

/// Reads the answer to Identify. OMI puts its answer into the namespace of SOAP.
pub(crate) fn identity(text: &str) -> Result<Identity, ReplyError> {
    let (mut reader, body) = open(text)?;
    expect(&body, "IdentifyResponse")?;
    let mut identity = Identity::default();
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "ProtocolVersion" => identity.protocol_version = reader.text()?.into_owned(),
            "ProductVendor" => identity.product_vendor = reader.text()?.into_owned(),
            "ProductVersion" => identity.product_version = reader.text()?.into_owned(),
            "SecurityProfiles" => {
                while reader.next_child()?.is_some() {
                    identity.security_profiles.push(reader.text()?.into_owned());
                }
            }
            _ => reader.skip()?,
        }
    }
    close(reader)?;
    Ok(identity)
}

/// Reads the answer to Get.
pub(crate) fn instance(text: &str, namespace: &str) -> Result<Instance, ReplyError> {
    let (mut reader, body) = open(text)?;
    let body =
        body.ok_or_else(|| ReplyError::Unexpected("the answer has an empty body".to_owned()))?;
    let instance = Decoder::new(namespace).instance(&mut reader, &body)?;
    close(reader)?;
    Ok(instance)
}

/// Reads the answer to Invoke: output parameters and `ReturnValue`.
///
/// Windows names the element `Method_OUTPUT`, OMI `Method`, each in a namespace of its own.
pub(crate) fn output(text: &str, namespace: &str, method: &str) -> Result<Properties, ReplyError> {
    let (mut reader, body) = open(text)?;
    let body =
        body.ok_or_else(|| ReplyError::Unexpected("the answer has an empty body".to_owned()))?;
    let named = body.local();
    if named.strip_suffix("_OUTPUT").unwrap_or(named) != method {
        return Err(unlike(Some(&body), &format!("that of {method}")));
    }
    let output = Decoder::new(namespace).properties(&mut reader)?;
    close(reader)?;
    Ok(output)
}

/// Reads the answer to a Release, which has nothing to say.
pub(crate) fn acknowledge(text: &str) -> Result<(), ReplyError> {
    open(text).map(|_| ())
}

/// Reads the answer to Enumerate or Pull.
///
/// Items and the end of the sequence stand in the namespace of WS-Management in the one and of WS-Enumeration in the
/// other, before or after the context (sfcb), and are taken from either. The end wins over a context beside it (OMI).
pub(crate) fn page(text: &str, namespace: &str) -> Result<Page, ReplyError> {
    let (mut reader, body) = open(text)?;
    if !body
        .as_ref()
        .is_some_and(|body| matches!(body.local(), "EnumerateResponse" | "PullResponse"))
    {
        return Err(unlike(
            body.as_ref(),
            "an EnumerateResponse or PullResponse",
        ));
    }
    let mut page = Page::default();
    let read = match read_page(&mut reader, namespace, &mut page) {
        Ok(()) => close(reader),
        Err(error) => Err(error),
    };
    // What came before a break is not lost.
    page.broken = read.err();
    Ok(page)
}

fn read_page(reader: &mut Reader<'_>, namespace: &str, page: &mut Page) -> Result<(), ReplyError> {
    let mut ended = false;
    while let Some(child) = reader.next_child()? {
        match (child.ns(), child.local()) {
            (Ns::Enumeration, "EnumerationContext") => {
                let context = reader.text()?.into_owned();
                page.context = Some(context).filter(|context| !context.trim().is_empty());
            }
            (Ns::Enumeration | Ns::Wsman, "EndOfSequence") => {
                ended = true;
                reader.skip()?;
            }
            (Ns::Enumeration | Ns::Wsman, "Items") => items(reader, namespace, &mut page.items)?,
            _ => reader.skip()?,
        }
    }
    if ended {
        page.context = None;
    }
    Ok(())
}

fn items(
    reader: &mut Reader<'_>,
    namespace: &str,
    items: &mut Vec<Item>,
) -> Result<(), ReplyError> {
    let mut decoder = Decoder::new(namespace);
    while let Some(element) = reader.next_child()? {
        let item = match (element.ns(), element.local()) {
            (Ns::Addressing, "EndpointReference") => Item {
                instance: None,
                reference: Some(decoder.endpoint(reader, None)?),
            },
            (Ns::Wsman, "Item") => {
                let mut item = Item {
                    instance: None,
                    reference: None,
                };
                while let Some(part) = reader.next_child()? {
                    if part.is(&Ns::Addressing, "EndpointReference") {
                        item.reference = Some(decoder.endpoint(reader, None)?);
                    } else {
                        item.instance = Some(decoder.instance(reader, &part)?);
                    }
                }
                item
            }
            _ => Item {
                instance: Some(decoder.instance(reader, &element)?),
                reference: None,
            },
        };
        items.push(item);
    }
    Ok(())
}

/// Opens an envelope up to the first element of its body; a fault becomes an error.
fn open(text: &str) -> Result<(Reader<'_>, Option<Element<'_>>), ReplyError> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if !root.is(&Ns::Soap, "Envelope") {
        return Err(unlike(Some(&root), "a SOAP envelope"));
    }
    loop {
        let Some(part) = reader.next_child()? else {
            return Err(ReplyError::Unexpected(
                "the envelope has no body".to_owned(),
            ));
        };
        if part.is(&Ns::Soap, "Body") {
            break;
        }
        reader.skip()?;
    }
    let first = reader.next_child()?;
    if first
        .as_ref()
        .is_some_and(|first| first.is(&Ns::Soap, "Fault"))
    {
        return Err(ReplyError::Fault(Box::new(fault::read(&mut reader)?)));
    }
    if first.is_none() {
        reader.next_child()?;
    }
    Ok((reader, first))
}

/// Reads on from the end of the body's first element to the end of the document, so that an answer cut off is noticed.
fn close(mut reader: Reader<'_>) -> Result<(), ReplyError> {
    // The rest of the body, then what follows it in the envelope.
    for _ in 0..2 {
        while reader.next_child()?.is_some() {
            reader.skip()?;
        }
    }
    Ok(reader.end()?)
}

fn expect(body: &Option<Element<'_>>, local: &str) -> Result<(), ReplyError> {
    match body {
        Some(element) if element.local() == local => Ok(()),
        other => Err(unlike(other.as_ref(), local)),
    }
}

fn unlike(body: Option<&Element<'_>>, expected: &str) -> ReplyError {
    let found = body.map_or("an empty body", Element::local);
    let found = shortened(found, LONGEST_NAME);
    ReplyError::Unexpected(format!("the answer is {found}, not {expected}"))
}

/// As much of an element's name as a message shows.
const LONGEST_NAME: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::{KeyValue, Value};
    use crate::wsman::FaultKind;

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
            // Windows: a context and items in the namespace of Enumerate's answer, then in that of Pull's.
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
                format!(
                    "<n:PullResponse><n:Items>{one}</n:Items><n:EndOfSequence/></n:PullResponse>"
                ),
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
            // OMI: the context stands beside the end.
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
            // Anything else is passed over.
            (
                format!(
                    "<n:PullResponse><r:Items>{one}</r:Items><n:Items>{one}</n:Items><w:EndOfSequence>x</w:EndOfSequence><w:X/></n:PullResponse>"
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
            ("<n:PullResponse/>", None),
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
                format!(
                    "<n:PullResponse><n:Items>{first}{second}</n:Items><n:EnumerationContext><x/>"
                ),
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

    #[test]
    fn outputs_of_all_servers() {
        let job = "<a:Address>x</a:Address><a:ReferenceParameters><w:ResourceURI>\
            http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob</w:ResourceURI>\
            <w:SelectorSet><w:Selector Name=\"InstanceID\">A</w:Selector></w:SelectorSet></a:ReferenceParameters>";
        let reference = Reference::new(NAMESPACE, "Msvm_ConcreteJob")
            .with_key("InstanceID", KeyValue::Text("A".to_owned()));
        for (body, expected) in [
            // Windows and openwsman: the reference first, bare.
            (
                format!("<r:M_OUTPUT><r:Job>{job}</r:Job><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>"),
                Some(&reference),
            ),
            // OMI: another element, in a namespace of its own.
            (
                format!("<p:M xmlns:p='http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/M'><p:ReturnValue>4096</p:ReturnValue><p:Job>{job}</p:Job></p:M>"),
                Some(&reference),
            ),
            // In a wrapper, which nobody was seen to write.
            (
                format!("<r:M_OUTPUT><r:Job><a:EndpointReference>{job}</a:EndpointReference></r:Job><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>"),
                Some(&reference),
            ),
            ("<r:M_OUTPUT><r:Job xsi:nil='true'/><r:ReturnValue>4096</r:ReturnValue></r:M_OUTPUT>".to_owned(), None),
            ("<r:M_OUTPUT><r:ReturnValue xsi:type='cim:cimUnsignedInt' xmlns:cim='x'>4096</r:ReturnValue></r:M_OUTPUT>".to_owned(), None),
        ] {
            let found = output(&envelope(&body), NAMESPACE, "M").unwrap();
            assert_eq!(found.get("ReturnValue"), Ok(4096u32), "{body}");
            assert_eq!(found.get::<Option<Reference>>("Job").unwrap().as_ref(), expected, "{body}");
        }
    }

    #[test]
    fn outputs_that_are_none() {
        let read = |body: &str| output(&envelope(body), NAMESPACE, "M");
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
        let cut = envelope("").replace("</s:Envelope>", "");
        assert!(acknowledge(&cut).is_err());
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
            output(&text, "", "M").map(drop).unwrap_err(),
            acknowledge(&text).unwrap_err(),
        ] {
            match error {
                ReplyError::Fault(fault) => assert_eq!(fault.kind(), FaultKind::AccessDenied),
                other => panic!("{other:?}"),
            }
        }
    }
}
