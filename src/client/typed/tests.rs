use bytes::Bytes;
use serde::Deserialize;

use super::*;
use crate::transport::{self, BoxFuture, Request, Response, Transport};

/// A transport that answers every request with one last page of items.
struct Answers(String);

impl Transport for Answers {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, transport::Error>> {
        let body = Bytes::from(self.0.clone());
        Box::pin(async move {
            Ok(Response {
                status: 200,
                charset: None,
                body,
                authenticated: true,
            })
        })
    }
}

fn client(items: &str) -> Client {
    Client::over(Answers(format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
             xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
             xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
             xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service\">\
             <s:Header/><s:Body><n:EnumerateResponse><n:EnumerationContext/>\
             <w:Items>{items}</w:Items><w:EndOfSequence/></n:EnumerateResponse></s:Body></s:Envelope>"
    )))
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "PascalCase")]
struct Service {
    name: String,
    process_id: u16,
    roles: Vec<String>,
}

crate::cim_class!(Service: "root/cimv2", "Win32_Service");

fn service(name: &str, process_id: u16, roles: &[&str]) -> Service {
    Service {
        name: name.to_owned(),
        process_id,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
    }
}

const ITEMS: &str = "\
        <p:Win32_Service><p:Name>a</p:Name><p:ProcessId>1</p:ProcessId></p:Win32_Service>\
        <p:Win32_Service><p:Name>b</p:Name><p:ProcessId>70000</p:ProcessId></p:Win32_Service>\
        <p:Win32_Service><p:Name>c</p:Name><p:ProcessId>3</p:ProcessId><p:Roles>r</p:Roles></p:Win32_Service>";

#[tokio::test]
async fn an_item_that_does_not_fit_harms_no_other() {
    let mut services = client(ITEMS).enumerate::<Service>();
    assert_eq!(
        services.next().await.unwrap().unwrap(),
        service("a", 1, &[])
    );
    let error = services.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "could not read item 2 of root/cimv2:Win32_Service"
    );
    assert_eq!(
        std::error::Error::source(&error).unwrap().to_string(),
        "ProcessId of Win32_Service is not a uint16: \"70000\""
    );
    assert_eq!(
        services.next().await.unwrap().unwrap(),
        service("c", 3, &["r"])
    );
    assert!(services.next().await.is_none());
    assert!(
        client(ITEMS)
            .enumerate::<Service>()
            .collect()
            .await
            .is_err()
    );
}

#[tokio::test]
async fn projections_are_called_by_the_class_of_the_type() {
    let items = "<w:XmlFragment><Name>a</Name><ProcessId>x</ProcessId></w:XmlFragment>";
    let query = Wql::select_properties(Service::NAME, ["Name", "ProcessId"]);
    let mut services = client(items).query::<Service>(query.clone()).unwrap();
    let error = services.next().await.unwrap().unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "ProcessId of Win32_Service is not a uint16: \"x\"");

    let instances = client(items).namespace("root/cimv2").query(query).unwrap();
    let error = instances.typed::<Service>().collect().await.unwrap_err();
    assert_eq!(error.to_string(), "could not read item 1 of root/cimv2:*");
}

#[tokio::test]
async fn mixed_classes() {
    #[derive(Debug, Deserialize, PartialEq)]
    #[allow(non_camel_case_types, reason = "the names of the classes")]
    enum Any {
        Win32_Service(Service),
        #[serde(other)]
        Other,
    }
    let items = "<p:Win32_SystemDriver><p:Name>d</p:Name></p:Win32_SystemDriver>\
            <p:Win32_Service><p:Name>a</p:Name><p:ProcessId>1</p:ProcessId></p:Win32_Service>";
    let instances = client(items)
        .namespace("root/cimv2")
        .enumerate("Win32_BaseService");
    let all = instances.typed::<Any>().collect().await.unwrap();
    assert_eq!(all, [Any::Other, Any::Win32_Service(service("a", 1, &[]))]);
}

#[test]
fn can_be_sent_to_another_thread() {
    fn sent<T: Send>(_: T) {}
    sent(client("").enumerate::<Service>().collect());
}
