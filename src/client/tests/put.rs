//! Properties that a Put leaves out keep their values, whatever the server does with them.

use std::sync::{Arc, Mutex};

use super::*;
use crate::cim::Value;
use crate::transport::{self, BoxFuture, Request, Response};
use crate::wsman::PutUpdates;

/// A server with one instance, which a Put replaces as a whole: properties that are left out become null, as on
/// openwsman with sfcb.
#[derive(Clone)]
struct Replacing(Arc<Inner>);

struct Inner {
    identify: String,
    state: Mutex<Vec<(&'static str, Option<String>)>>,
    asked: Mutex<Vec<String>>,
}

impl Replacing {
    fn of(vendor: &str) -> Self {
        Self::identified(envelope(&format!(
            "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">\
             <i:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</i:ProtocolVersion>\
             <i:ProductVendor>{vendor}</i:ProductVendor><i:ProductVersion>2.8</i:ProductVersion></i:IdentifyResponse>"
        )))
    }

    fn identified(identify: String) -> Self {
        let state = [
            ("Name", "a"),
            ("Caption", "old"),
            ("Owner", "o"),
            ("Size", "5"),
        ];
        Self(Arc::new(Inner {
            identify,
            state: Mutex::new(
                state
                    .map(|(name, value)| (name, Some(value.to_owned())))
                    .into(),
            ),
            asked: Mutex::default(),
        }))
    }

    fn client(&self) -> Client {
        Client::over(self.clone())
    }

    fn client_that(&self, put: PutUpdates) -> Client {
        let mut profile = ServerProfile::windows();
        profile.put = put;
        Client::builder("hv01")
            .profile(profile)
            .build_over(self.clone())
    }

    /// Returns the operations requested so far.
    fn asked(&self) -> Vec<&'static str> {
        let asked = self.0.asked.lock().unwrap();
        asked.iter().map(|envelope| verb(envelope)).collect()
    }

    /// Returns the names of the properties in the last request.
    fn sent(&self) -> Vec<String> {
        let asked = self.0.asked.lock().unwrap();
        properties(asked.last().unwrap())
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    fn value(&self, name: &str) -> Option<String> {
        let state = self.0.state.lock().unwrap();
        state
            .iter()
            .find(|(known, _)| *known == name)
            .unwrap()
            .1
            .clone()
    }

    fn answer(&self, request: &str) -> String {
        let mut state = self.0.state.lock().unwrap();
        match verb(request) {
            "Identify" => return self.0.identify.clone(),
            "Put" => {
                let sent = properties(request);
                // A key keeps its value, whatever is sent.
                for (name, value) in state.iter_mut().filter(|(name, _)| *name != "Name") {
                    let given = sent.iter().find(|(given, _)| given == *name);
                    *value = given.and_then(|(_, value)| value.clone());
                }
            }
            _ => {}
        }
        let properties: String = state
            .iter()
            .map(|(name, value)| match value {
                Some(value) => format!("<p:{name}>{value}</p:{name}>"),
                None => format!("<p:{name} xsi:nil=\"true\"/>"),
            })
            .collect();
        envelope(&format!(
            "<p:X xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/x/X\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">{properties}</p:X>"
        ))
    }
}

impl Transport for Replacing {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, transport::Error>> {
        let request = String::from_utf8(request.envelope.to_vec()).unwrap();
        let body = self.answer(&request).into();
        self.0.asked.lock().unwrap().push(request);
        let response = Response {
            status: 200,
            charset: None,
            body,
            authenticated: true,
        };
        Box::pin(async move { Ok(response) })
    }
}

fn verb(envelope: &str) -> &'static str {
    let verbs = ["/transfer/Get<", "/transfer/Put<"];
    match verbs.map(|verb| envelope.contains(verb)) {
        [true, _] => "Get",
        [_, true] => "Put",
        _ => "Identify",
    }
}

/// Returns the properties in the body of a Put, null ones without a value.
fn properties(envelope: &str) -> Vec<(String, Option<String>)> {
    let body = envelope.split_once("<s:Body>").unwrap().1;
    let elements = body.split("<r:").skip(2);
    let read = |element: &str| {
        let (tag, rest) = element.split_once('>').unwrap();
        let name = tag.split([' ', '/']).next().unwrap().to_owned();
        let value = (!tag.ends_with('/')).then(|| rest.split('<').next().unwrap().to_owned());
        (name, value)
    };
    elements.map(read).collect()
}

fn target() -> Reference {
    Reference::new("root/x", "X").with_key("Name", "a")
}

fn change() -> Instance {
    Instance::new(ClassPath::new("root/x", "X")).with("caption", "new")
}

#[tokio::test]
async fn a_put_keeps_properties_left_out_where_the_server_replaces_the_whole() {
    for vendor in ["Openwsman Project", "Open Management Infrastructure", ""] {
        let server = Replacing::of(vendor);
        let client = server.client();
        client
            .put(&target(), change().with("Owner", Value::Null))
            .await
            .unwrap();
        assert_eq!(server.asked(), ["Identify", "Get", "Put"], "{vendor}");
        assert_eq!(server.value("Caption").as_deref(), Some("new"));
        assert_eq!(server.value("Owner"), None);
        // The key, and a property that was not given.
        assert_eq!(server.value("Name").as_deref(), Some("a"));
        assert_eq!(server.value("Size").as_deref(), Some("5"));

        // Identify is sent once per client, and a clone is the same client.
        client.clone().put(&target(), change()).await.unwrap();
        assert_eq!(server.asked()[3..], ["Get", "Put"]);
    }
}

#[tokio::test]
async fn a_put_to_windows_sends_what_was_given_alone() {
    let server = Replacing::of("Microsoft Corporation");
    let client = server.client();
    client.put(&target(), change()).await.unwrap();
    client.put(&target(), change()).await.unwrap();
    assert_eq!(server.asked(), ["Identify", "Put", "Put"]);
    assert_eq!(server.sent(), ["caption"]);
}

#[tokio::test]
async fn a_put_reads_the_instance_where_identify_is_refused() {
    for identify in [fault("AccessDenied", 5), envelope("<other/>")] {
        let server = Replacing::identified(identify);
        let client = server.client();
        client.put(&target(), change()).await.unwrap();
        client.put(&target(), change()).await.unwrap();
        assert_eq!(server.asked(), ["Identify", "Get", "Put", "Get", "Put"]);
        assert_eq!(server.value("Size").as_deref(), Some("5"));
    }
}

#[tokio::test]
async fn the_profile_says_what_a_put_sends() {
    let server = Replacing::of("Openwsman Project");
    let client = server.client_that(PutUpdates::Partial);
    client.put(&target(), change()).await.unwrap();
    assert_eq!(server.asked(), ["Put"]);
    assert_eq!(server.sent(), ["caption"]);

    let server = Replacing::of("Microsoft Corporation");
    let client = server.client_that(PutUpdates::Whole);
    client.put(&target(), change()).await.unwrap();
    assert_eq!(server.asked(), ["Get", "Put"]);
    assert_eq!(server.sent(), ["Name", "Caption", "Owner", "Size"]);
}

#[tokio::test]
async fn a_put_that_cannot_read_the_instance_changes_nothing() {
    let host = Host::answering([fault("DestinationUnreachable", 2_150_858_752)]);
    let mut profile = ServerProfile::windows();
    profile.put = PutUpdates::Whole;
    let client = Client::builder("hv01")
        .profile(profile)
        .build_over(host.clone());
    let error = client.put(&target(), change()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Fault, transport::Delivery::NotSent)
    );
    assert_eq!(
        error.to_string(),
        "could not get root/x:X before changing it"
    );
    assert_eq!(host.envelopes().len(), 1);
}

/// A rejected login must not be retried: it may lock the account.
#[tokio::test]
async fn a_put_that_cannot_reach_the_host_or_log_in_tries_no_further() {
    use transport::ErrorKind as Transport;
    for (failure, kind) in [
        (Transport::Connect, ErrorKind::Connection),
        (Transport::Authentication, ErrorKind::Authentication),
    ] {
        let failed: script::Answer = Err(Box::new(move || {
            transport::Error::new(failure, transport::Delivery::NotSent, "it went wrong")
        }));
        let host = Host::new([failed]);
        let client = Client::builder("hv01")
            .retries(Retries::none())
            .build_over(host.clone());
        let error = client.put(&target(), change()).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(host.envelopes().len(), 1);
    }
}

/// A server that says nothing may be Windows, where the whole instance would overwrite what others change meanwhile.
#[tokio::test]
async fn a_put_without_an_answer_to_identify_changes_nothing() {
    use transport::{ErrorKind as Transport, Phase};
    for (failure, status) in [
        (Transport::Lost, None),
        (Transport::Timeout(Phase::Answer), None),
        (Transport::Status, Some(502)),
        (Transport::Status, Some(503)),
    ] {
        let failed: script::Answer = Err(Box::new(move || {
            let unknown = transport::Delivery::Unknown;
            let error = transport::Error::new(failure, unknown, "it went wrong");
            match status {
                Some(status) => error.with_status(status),
                None => error,
            }
        }));
        let host = Host::new([failed]);
        let client = Client::builder("hv01")
            .retries(Retries::none())
            .build_over(host.clone());
        let error = client.put(&target(), change()).await.unwrap_err();
        assert_eq!(error.to_string(), "could not identify the service");
        assert_eq!(error.delivery(), transport::Delivery::NotSent);
        assert_eq!(host.envelopes().len(), 1, "{failure:?}");
    }
}
