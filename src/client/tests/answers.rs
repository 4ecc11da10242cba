//! An answer is the answer: what does not answer the request is an error, and of a change the outcome is unknown.

use super::script::Host;
use super::{envelope, fault};
use crate::cim::{ClassPath, Instance, Properties, Reference, Value};
use crate::client::{Client, Output};
use crate::error::{Error, ErrorKind};
use crate::transport::Delivery;
use crate::wsman::{Dialect, PutUpdates, ServerProfile, Wql};

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/";
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
const TRANSFER: &str = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";

/// An envelope with headers of WS-Addressing, of which the prefix is `a`.
fn with_headers(headers: &str, body: &str) -> String {
    let bound = "<s:Envelope xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"";
    let answer = envelope(body).replacen("<s:Envelope", bound, 1);
    answer.replacen(
        "<s:Body>",
        &format!("<s:Header>{headers}</s:Header><s:Body>"),
        1,
    )
}

fn with_action(action: &str, body: &str) -> String {
    with_headers(&format!("<a:Action>{action}</a:Action>"), body)
}

/// An instance of the class X with these properties.
fn x(properties: &str) -> String {
    format!("<X xmlns=\"{WMI}X\">{properties}</X>")
}

fn target() -> Reference {
    Reference::new("root/x", "X").with_key("Name", "web01")
}

async fn invoke_by(client: Client) -> Result<Output, Error> {
    client.invoke(&target(), "Do", Properties::new()).await
}

async fn invoke(answer: String) -> Result<Output, Error> {
    invoke_by(super::client([answer])).await
}

async fn get(answer: String) -> Result<Instance, Error> {
    super::client([answer]).get(&target()).await
}

/// The client with a profile by which a put takes one exchange.
fn sends_partial_puts(client: &Client) -> Client {
    let mut profile = client.profile();
    profile.put = PutUpdates::Partial;
    client.with_profile(profile)
}

async fn enumerate(answers: impl IntoIterator<Item = String>) -> Result<Vec<Instance>, Error> {
    let client = super::client(answers);
    client.namespace("root/x").enumerate("X").collect().await
}

/// An operation, to be asked of a host that gives one answer.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Identify,
    Get,
    GetProperty,
    GetClass,
    Enumerate,
    Pull,
    Release,
    Subscribe,
    Unsubscribe,
    Put,
    Create,
    Delete,
    Invoke,
}

impl Asked {
    const ALL: [Self; 13] = [
        Self::Identify,
        Self::Get,
        Self::GetProperty,
        Self::GetClass,
        Self::Enumerate,
        Self::Pull,
        Self::Release,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Put,
        Self::Create,
        Self::Delete,
        Self::Invoke,
    ];

    fn changes(self) -> bool {
        matches!(self, Self::Put | Self::Create | Self::Delete | Self::Invoke)
    }

    /// The body of the answer that Windows gives, and its action.
    fn answer(self) -> (String, String) {
        let page = |name: &str| {
            let items = x("<Name>web01</Name>");
            format!("<n:{name}><w:Items>{items}</w:Items><n:EndOfSequence/></n:{name}>")
        };
        let identity = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";
        let (body, of, action) = match self {
            Self::Identify => (
                format!("<i:IdentifyResponse xmlns:i=\"{identity}\"/>"),
                "",
                "",
            ),
            Self::Get => (x("<Name>web01</Name>"), TRANSFER, "Get"),
            Self::GetProperty => (
                "<w:XmlFragment><Size>1</Size></w:XmlFragment>".to_owned(),
                TRANSFER,
                "Get",
            ),
            Self::GetClass => ("<CLASS NAME=\"X\"/>".to_owned(), TRANSFER, "Get"),
            Self::Enumerate => (page("EnumerateResponse"), ENUMERATION, "Enumerate"),
            Self::Pull => (page("PullResponse"), ENUMERATION, "Pull"),
            Self::Release => (String::new(), ENUMERATION, "Release"),
            Self::Subscribe => (
                format!(
                    "<e:SubscribeResponse xmlns:e=\"{EVENTING}\"><n:EnumerationContext>c\
                     </n:EnumerationContext></e:SubscribeResponse>"
                ),
                EVENTING,
                "Subscribe",
            ),
            Self::Unsubscribe => (String::new(), EVENTING, "Unsubscribe"),
            Self::Put => (x("<Name>web01</Name>"), TRANSFER, "Put"),
            Self::Create => (
                format!(
                    "<t:ResourceCreated xmlns:t=\"{TRANSFER}\" \
                     xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><a:ReferenceParameters>\
                     <w:ResourceURI>{WMI}X</w:ResourceURI></a:ReferenceParameters></t:ResourceCreated>"
                ),
                TRANSFER,
                "Create",
            ),
            Self::Delete => (String::new(), TRANSFER, "Delete"),
            Self::Invoke => (
                format!("<Do_OUTPUT xmlns=\"{WMI}X\"><ReturnValue>0</ReturnValue></Do_OUTPUT>"),
                WMI,
                "X/Do",
            ),
        };
        let slash = if of.ends_with('/') { "" } else { "/" };
        (body, format!("{of}{slash}{action}Response"))
    }

    /// Asks a host that gives this answer.
    async fn of(self, answer: String) -> Result<(), Error> {
        let more = "<n:EnumerateResponse><n:EnumerationContext>c</n:EnumerationContext><w:Items>\
            <X/></w:Items></n:EnumerateResponse>";
        let before = match self {
            Self::Pull | Self::Release => Some(envelope(more)),
            Self::Unsubscribe => Some(envelope(&Self::Subscribe.answer().0)),
            _ => None,
        };
        let host = Host::answering(before.into_iter().chain([answer]));
        let client = host.client();
        let (target, namespace) = (target(), client.namespace("root/x"));
        let instance = || Instance::new(ClassPath::new("root/x", "X")).with("Name", "web01");
        match self {
            Self::Identify => client.identify().await.map(drop),
            Self::Get => client.get(&target).await.map(drop),
            Self::GetProperty => {
                let size: u32 = client.get_property(&target, "Size").await?;
                assert_eq!(size, 1);
                Ok(())
            }
            Self::GetClass => client.schema(target.class()).await.map(drop),
            Self::Enumerate | Self::Pull => namespace.enumerate("X").collect().await.map(drop),
            Self::Release => {
                let mut some = namespace.enumerate("X");
                some.next().await.unwrap()?;
                some.release().await
            }
            Self::Subscribe => {
                // The answer to the pull after it is another's, too.
                let mut events = namespace.subscribe(Wql::select("E"))?;
                let error = events.next().await.unwrap().unwrap_err();
                let subscribed = error.to_string().starts_with("could not pull");
                if subscribed { Ok(()) } else { Err(error) }
            }
            Self::Unsubscribe => {
                let mut events = namespace.subscribe(Wql::select("E"))?;
                let pull = tokio::time::timeout(std::time::Duration::ZERO, events.next());
                host.hold_back(1);
                pull.await.unwrap_err();
                host.let_go(2);
                events.unsubscribe().await
            }
            Self::Put => sends_partial_puts(&client)
                .put(&target, instance())
                .await
                .map(drop),
            Self::Create => client.create(instance()).await.map(drop),
            Self::Delete => client.delete(&target).await,
            Self::Invoke => invoke_by(client).await.map(drop),
        }
    }

    /// Asks, and expects that the answer counts as none.
    async fn is_not_answered_by(self, answer: String) -> Error {
        let Err(error) = self.of(answer.clone()).await else {
            panic!("{self:?} is answered by {answer}");
        };
        let (kind, delivery) = match self.changes() {
            true => (ErrorKind::OutcomeUnknown, Delivery::Unknown),
            false => (ErrorKind::Answer, Delivery::Answered),
        };
        let found = (error.kind(), error.delivery());
        assert_eq!(found, (kind, delivery), "{self:?} of {answer}: {error:?}");
        if self.changes() {
            let hint = error.hint().unwrap();
            assert!(hint.contains("the host may have done it"), "{hint}");
        }
        error
    }
}

/// Why an error says that the answer does not count.
fn reason(error: &Error) -> String {
    let mut reason = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        reason = error.to_string();
        cause = error.source();
    }
    reason
}

#[tokio::test]
async fn an_answer_as_windows_gives_it_is_the_answer() {
    for asked in Asked::ALL {
        let (body, action) = asked.answer();
        asked.of(envelope(&body)).await.unwrap();
        asked.of(with_action(&action, &body)).await.unwrap();
    }
}

#[tokio::test]
async fn a_body_in_a_foreign_namespace_is_an_error() {
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        let foreign = match asked {
            Asked::Release => "<ReleaseResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Unsubscribe => "<UnsubscribeResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Delete => "<DeleteResponse xmlns=\"urn:foreign\"/>".to_owned(),
            Asked::Enumerate => body.replace("n:EnumerateResponse", "g:EnumerateResponse"),
            Asked::Pull => body.replace("n:PullResponse", "g:PullResponse"),
            Asked::GetProperty => body.replace("w:XmlFragment", "g:XmlFragment"),
            // The declaration of a class has a namespace with some services, and none with others.
            Asked::GetClass => body.replace("CLASS", "w:CLASS"),
            Asked::Get | Asked::Put | Asked::Invoke => {
                body.replace(&format!("{WMI}X"), "urn:foreign")
            }
            _ => body
                .replace(EVENTING, "urn:foreign")
                .replace(TRANSFER, "urn:foreign")
                .replace(
                    "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd",
                    "urn:foreign",
                ),
        };
        let foreign =
            envelope(&foreign).replacen("<s:Envelope", "<s:Envelope xmlns:g=\"urn:foreign\"", 1);
        let error = asked.is_not_answered_by(foreign).await;
        let reason = reason(&error);
        assert!(reason.starts_with("the answer is "), "{reason}");
    }
}

#[tokio::test]
async fn a_foreign_action_is_an_error() {
    for asked in Asked::ALL {
        let (body, action) = asked.answer();
        if let Asked::Identify = asked {
            // It has no addressing headers.
            continue;
        }
        for foreign in [
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/RenewResponse",
            "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
            &action.replace("Response", "Request"),
            "",
        ] {
            let error = asked.is_not_answered_by(with_action(foreign, &body)).await;
            let reason = reason(&error);
            assert!(
                reason.starts_with("the action of the answer is "),
                "{reason}"
            );
        }
        // Two of them do not tell which it is.
        let two = format!("<a:Action>{action}</a:Action><a:Action>urn:other</a:Action>");
        asked.is_not_answered_by(with_headers(&two, &body)).await;
    }
    let (body, _) = Asked::Invoke.answer();
    for foreign in [
        "X/UndoResponse",
        "Y/DoResponse",
        "X/DoResponseResponse",
        "X/",
    ] {
        let answer = with_action(&format!("{WMI}{foreign}"), &body);
        Asked::Invoke.is_not_answered_by(answer).await;
    }
}

/// OMI names the action of the request, without `Response`; services echo the case of the request; and a vendor's
/// service was seen to answer at its own base what was asked at that of the DMTF.
#[tokio::test]
async fn actions_of_methods_as_services_write_them() {
    let (body, _) = Asked::Invoke.answer();
    for action in [
        format!("{WMI}X/DoResponse"),
        format!("{WMI}X/Do"),
        format!("{WMI}x/DORESPONSE"),
        format!("{DMTF}X/Do"),
        format!(" {DMTF}X/DoResponse\n"),
    ] {
        invoke(with_action(&action, &body)).await.unwrap();
    }
}

#[tokio::test]
async fn two_bodies_are_an_error() {
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        let answer = envelope(&body);
        for two in [
            // A second element in the body, a second body, and a fault beside the answer.
            envelope(&format!("{body}<More/>")).replacen(
                "<s:Body><More/>",
                "<s:Body><A/><More/>",
                1,
            ),
            answer.replace("</s:Body>", "</s:Body><s:Body/>"),
            answer.replace("</s:Body>", "<A/><s:Fault/></s:Body>"),
            answer.replace("<s:Body>", "<s:Body/><s:Body>"),
        ] {
            asked.is_not_answered_by(two).await;
        }
    }
    // The fault says that it was not done, and what stands beside it that it was.
    let refused = fault("AccessDenied", 5);
    let (body, _) = Asked::Invoke.answer();
    let both = refused.replace("</s:Body>", &format!("{body}</s:Body>"));
    Asked::Invoke.is_not_answered_by(both).await;
}

#[tokio::test]
async fn text_in_the_body_does_not_say_that_it_was_done() {
    for asked in [Asked::Delete, Asked::Put, Asked::Release] {
        asked.is_not_answered_by(envelope("it failed")).await;
    }
}

#[tokio::test]
async fn an_answer_to_another_message_is_an_error() {
    let related = |id: &str| format!("<a:RelatesTo>{id}</a:RelatesTo>");
    let other = related("uuid:00000000-0000-0000-0000-000000000000");
    // Windows leaves it out of some faults; WS-Addressing has a name for a message without an id.
    let unspecified = related("http://schemas.xmlsoap.org/ws/2004/08/addressing/id/unspecified");
    for asked in Asked::ALL {
        let (body, _) = asked.answer();
        if !matches!(asked, Asked::Identify) {
            let error = asked.is_not_answered_by(with_headers(&other, &body)).await;
            let reason = reason(&error);
            assert!(
                reason.starts_with("the answer is to the message "),
                "{reason}"
            );
        }
        for none in ["", &unspecified, &related(" ")] {
            asked.of(with_headers(none, &body)).await.unwrap();
        }
    }
    let refused = fault("AccessDenied", 5);
    let headers = with_headers(&other, "");
    let (start, _) = headers.split_once("<s:Body>").unwrap();
    let (_, end) = refused.split_once("<s:Body>").unwrap();
    Asked::Invoke
        .is_not_answered_by(format!("{start}<s:Body>{end}"))
        .await;
}

#[tokio::test]
async fn an_answer_to_another_operation_is_an_error() {
    for asked in Asked::ALL {
        for other in Asked::ALL {
            let (body, expected) = (other.answer().0, asked.answer().0);
            let alike = |asked| matches!(asked, Asked::Get | Asked::Put);
            // An empty body is what a Put may be answered by, too.
            let is_empty = body.is_empty() && matches!(asked, Asked::Put);
            if body == expected || is_empty || (alike(asked) && alike(other)) {
                continue;
            }
            asked.is_not_answered_by(envelope(&body)).await;
        }
    }
}

#[tokio::test]
async fn an_enumeration_without_a_context_and_without_an_end_is_unfinished() {
    let item = x("<Name>web01</Name>");
    for rest in [
        String::new(),
        "<n:EnumerationContext/>".to_owned(),
        "<n:EnumerationContext> </n:EnumerationContext>".to_owned(),
        "<w:Items/>".to_owned(),
        format!("<w:Items>{item}</w:Items>"),
        format!("<n:EnumerationContext/><w:Items>{item}</w:Items>"),
    ] {
        let first = envelope(&format!(
            "<n:EnumerateResponse>{rest}</n:EnumerateResponse>"
        ));
        let error = enumerate([first]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{rest}");
        let reason = reason(&error);
        assert!(
            reason.contains("neither EnumerationContext nor EndOfSequence"),
            "{reason}"
        );
        let more = "<n:EnumerateResponse><n:EnumerationContext>c</n:EnumerationContext></n:EnumerateResponse>";
        let second = envelope(&format!("<n:PullResponse>{rest}</n:PullResponse>"));
        let error = enumerate([envelope(more), second]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{rest}");
    }
    // What came before is not lost.
    let page = format!("<n:EnumerateResponse><w:Items>{item}</w:Items></n:EnumerateResponse>");
    let client = super::client([envelope(&page)]);
    let mut items = client.namespace("root/x").enumerate("X");
    items.next().await.unwrap().unwrap();
    items.next().await.unwrap().unwrap_err();
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn what_is_unknown_in_a_page_is_an_error() {
    let item = x("<Name>web01</Name>");
    for unknown in [
        format!("<f:Items xmlns:f=\"urn:foreign\">{item}</f:Items>"),
        // openwsman puts events here, and nothing else has a reason to.
        item.clone(),
        "<w:Unknown/>".to_owned(),
        "<n:Unknown/>".to_owned(),
        "<f:EndOfSequence xmlns:f=\"urn:foreign\"/>".to_owned(),
    ] {
        let body =
            format!("<n:EnumerateResponse>{unknown}<w:EndOfSequence/></n:EnumerateResponse>");
        let error = enumerate([envelope(&body)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer, "{unknown}");
        let reason = reason(&error);
        assert!(reason.contains(" in a page"), "{reason}");
    }
    // What the specifications have there is passed over.
    let known = "<n:Expires>PT60S</n:Expires><w:TotalItemsCountEstimate>1</w:TotalItemsCountEstimate>\
        <w:Bookmark><B xmlns=\"urn:b\"/></w:Bookmark>";
    let body = format!(
        "<n:EnumerateResponse>{known}<w:Items>{item}</w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    );
    assert_eq!(enumerate([envelope(&body)]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_get_is_answered_by_the_instance_that_was_asked_for() {
    for (properties, is_it) in [
        ("<Name>web01</Name>", true),
        ("<Name>WEB01</Name>", true),
        // A key that is not shown tells nothing.
        ("<Size>1</Size>", true),
        ("<name>web01</name>", true),
        ("<Name>web02</Name>", false),
        ("<Name/>", false),
        ("<Name>web01</Name><Name>web02</Name>", false),
        (
            "<Name x:nil=\"true\" xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"/>",
            false,
        ),
    ] {
        let found = get(envelope(&x(properties))).await;
        assert_eq!(found.is_ok(), is_it, "{properties}: {found:?}");
        if let Err(error) = found {
            assert_eq!(error.kind(), ErrorKind::Answer);
            let reason = reason(&error);
            assert!(
                reason.contains("Name") && reason.contains("web01"),
                "{reason}"
            );
        }
        let put = sends_partial_puts(&super::client([envelope(&x(properties))]))
            .put(&target(), Instance::new(ClassPath::new("root/x", "X")))
            .await;
        let kind = put.as_ref().map_err(Error::kind).map(drop);
        let expected = if is_it {
            Ok(())
        } else {
            Err(ErrorKind::OutcomeUnknown)
        };
        assert_eq!(kind, expected, "{properties}");
    }
}

#[tokio::test]
async fn keys_are_compared_as_values() {
    let same = [
        (Reference::new("root/x", "X").with_key("K", 7u32), "7", true),
        (
            Reference::new("root/x", "X").with_key("K", "007"),
            "7",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", 7u32),
            "8",
            false,
        ),
        // A name made of digits is not a number.
        (
            Reference::new("root/x", "X").with_key("K", "7"),
            "007",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", true),
            "TRUE",
            true,
        ),
        (Reference::new("root/x", "X").with_key("K", true), "1", true),
        (
            Reference::new("root/x", "X").with_key("K", "true"),
            "false",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "20300115220000.000000+060"),
            "<c:Datetime xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2030-01-15T21:00:00Z</c:Datetime>",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "2030-01-15T21:00:00Z"),
            "20300115210000.000000+000",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "2030-01-15T21:00:01Z"),
            "20300115210000.000000+000",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "fünf Äpfel"),
            "FÜNF äpfel",
            true,
        ),
    ];
    for (target, value, is_it) in same {
        let answer = envelope(&x(&format!("<K>{value}</K>")));
        let found = super::client([answer]).get(&target).await;
        assert_eq!(found.is_ok(), is_it, "{target} and {value}: {found:?}");
    }
    let end = |name: &str, server: &str| {
        format!(
            "<a:Address xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">http://{server}/wsman</a:Address>\
             <a:ReferenceParameters xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><w:ResourceURI>{WMI}Y\
             </w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">{name}</w:Selector></w:SelectorSet>\
             </a:ReferenceParameters>"
        )
    };
    let key = Reference::new("root/x", "Y").with_key("name", "WEB01");
    let target = Reference::new("root/x", "X").with_key("End", key);
    for (name, is_it) in [("web01", true), ("web02", false)] {
        let answer = envelope(&x(&format!(
            "<End>{}</End>",
            end(name, "elsewhere.example")
        )));
        let found = super::client([answer]).get(&target).await;
        assert_eq!(found.is_ok(), is_it, "{name}");
    }
}

#[tokio::test]
async fn an_instance_of_another_class_counts_by_its_keys() {
    let of = |class: &str, properties: &str| {
        let uri = format!("{WMI}X");
        envelope(&format!("<{class} xmlns=\"{uri}\">{properties}</{class}>"))
    };
    // A service may name the class of the instance, which is below the one that was asked for.
    get(of("Derived_X", "<Name>web01</Name>")).await.unwrap();
    get(of("x", "<Size>1</Size>")).await.unwrap();
    for (class, properties) in [
        ("Y", "<Size>1</Size>"),
        ("Y", "<Name>web02</Name>"),
        ("Y", ""),
    ] {
        let error = get(of(class, properties)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer);
    }
    // The only instance of a class has no keys that could tell.
    let only = Reference::new("root/x", "X");
    let answer = of("Y", "<Name>web01</Name>");
    let error = super::client([answer]).get(&only).await.unwrap_err();
    let reason = reason(&error);
    assert_eq!(reason, "the answer is an instance of Y, not of X");
    let error = super::client([envelope("<CLASS NAME=\"Y\"/>")])
        .schema(only.class())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
}

#[tokio::test]
async fn what_was_created_is_of_the_class_that_was_asked_for() {
    let (created, _) = Asked::Create.answer();
    let other = created.replace(&format!("{WMI}X"), &format!("{WMI}Y"));
    Asked::Create.is_not_answered_by(envelope(&other)).await;
    let nothing = created.replace(&format!("<w:ResourceURI>{WMI}X</w:ResourceURI>"), "");
    Asked::Create.is_not_answered_by(envelope(&nothing)).await;
}

#[tokio::test]
async fn a_fragment_holds_the_property_that_was_asked_for() {
    let fragment = |inside: &str| envelope(&format!("<w:XmlFragment>{inside}</w:XmlFragment>"));
    let read = async |answer| {
        let client = super::client([answer]);
        client.get_property::<Option<u32>>(&target(), "Size").await
    };
    assert_eq!(read(fragment("<Size>1</Size>")).await.unwrap(), Some(1));
    // A null array leaves nothing behind.
    assert_eq!(read(fragment("")).await.unwrap(), None);
    let error = read(fragment("<Length>1</Length>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert_eq!(reason(&error), "the answer holds Length, not Size");
}

/// OMI names the output of a C++ provider by the class that declares the method.
#[tokio::test]
async fn an_output_named_by_its_class_is_taken_in_the_dialect_of_the_dmtf() {
    let output = |class: &str| {
        format!(
            "<p:{class}_OUTPUT xmlns:p=\"{DMTF}{class}\"><p:ReturnValue>0</p:ReturnValue></p:{class}_OUTPUT>"
        )
    };
    let by = |dialect, answer: String| {
        let builder = Client::builder("replayed").profile(ServerProfile::of(dialect));
        invoke_by(builder.build_over(Host::answering([answer])))
    };
    let action = |class: &str| format!("{DMTF}{class}/Do");
    for answer in [
        envelope(&output("X")),
        with_action(&action("X"), &output("X")),
        // A class above it declares the method, and the action names the one that was asked.
        with_action(&action("X"), &output("CIM_X")),
    ] {
        let output = by(Dialect::Dmtf, answer.clone()).await.unwrap();
        assert_eq!(output.return_value().unwrap(), 0);
        let error = by(Dialect::Wmi, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    }
    for answer in [
        envelope(&output("CIM_X")),
        with_action(&action("CIM_X"), &output("CIM_X")),
        envelope(&output("X").replace(DMTF, "urn:foreign/Y")),
    ] {
        let error = by(Dialect::Dmtf, answer).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    }
}

#[tokio::test]
async fn what_the_host_named_is_bounded_and_printable() {
    let long = format!("a\u{9b}{}", "b".repeat(100_000));
    let body = format!("<E xmlns=\"urn:{long}\"/>");
    for answer in [
        envelope(&body),
        with_action(&long, &x("<Name>web01</Name>")),
        with_headers(&format!("<a:RelatesTo>{long}</a:RelatesTo>"), &x("")),
        envelope(&x(&format!("<Name>{long}</Name>"))),
    ] {
        let error = get(answer).await.unwrap_err();
        let reason = reason(&error);
        assert!(reason.len() < 1_000, "{}", reason.len());
        assert!(!reason.contains(char::is_control), "{reason:?}");
    }
    let value = Value::from("web01");
    assert_eq!(
        get(envelope(&x("<Name>web01</Name>")))
            .await
            .unwrap()
            .value("Name"),
        Some(&value)
    );
}
