//! Every operation, sent to a host that always gives one response.

use super::*;

/// An operation to send to a host that always gives one response.
#[derive(Clone, Copy, Debug)]
pub(super) enum Asked {
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
    pub(super) const ALL: [Self; 13] = [
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

    pub(super) fn changes(self) -> bool {
        matches!(self, Self::Put | Self::Create | Self::Delete | Self::Invoke)
    }

    /// Returns the body and the action of the response that Windows sends.
    pub(super) fn answer(self) -> (String, String) {
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

    /// Sends the operation to a host that gives this response.
    pub(super) async fn of(self, answer: String) -> Result<(), Error> {
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
                // The response to the next Pull belongs to another request too.
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

    /// Sends the operation, and expects that the response is rejected.
    pub(super) async fn is_not_answered_by(self, answer: String) -> Error {
        let Err(error) = self.of(answer.clone()).await else {
            panic!("{self:?} is answered by {answer}");
        };
        let (kind, delivery) = match self.changes() {
            true => (ErrorKind::OutcomeUnknown, Delivery::Unknown),
            false => (ErrorKind::Answer, Delivery::Answered),
        };
        let found = (error.kind(), error.delivery());
        assert_eq!(found, (kind, delivery), "{self:?} of {answer}: {error:?}");
        assert_eq!(error.host(), Some("hv01.example"), "{self:?} of {answer}");
        if self.changes() {
            let hint = error.hint().unwrap();
            assert!(hint.contains("the host may have done it"), "{hint}");
        }
        error
    }
}
