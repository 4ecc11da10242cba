//! What the client costs beside the network: a method call, and pages of instances.
//!
//! `cargo bench`

#![allow(
    missing_docs,
    reason = "criterion's macros make public items without documentation"
)]

use std::fmt::Write as _;

use bytes::Bytes;
use cimwire::cim::{DateTime, Properties, Reference};
use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
use cimwire::{Client, Wql};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use serde::Deserialize;
use tokio::runtime::Runtime;

/// Answers every request with the same bytes.
struct Canned(Bytes);

impl Transport for Canned {
    fn endpoint(&self) -> &str {
        "http://hv01.example:5985/wsman"
    }

    fn exchange(&self, _: Request) -> BoxFuture<'_, Result<Response, Error>> {
        let response = Response {
            status: 200,
            charset: None,
            body: self.0.clone(),
            authenticated: true,
        };
        Box::pin(std::future::ready(Ok(response)))
    }
}

fn invoke(criterion: &mut Criterion) {
    let client = Client::over(Canned(Bytes::from(STARTED)));
    let runtime = runtime();
    let service = Reference::new("root/virtualization/v2", "Msvm_ReplicationService")
        .with_key("CreationClassName", "Msvm_ReplicationService");
    let vm = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01");
    criterion.bench_function("invoke StartReplication", |bencher| {
        bencher.iter(|| {
            let input = Properties::new()
                .with("ComputerSystem", &vm)
                .with("InitialReplicationType", 1u16)
                .with("StartTime", DateTime::NEVER);
            let output = runtime.block_on(client.invoke(&service, "StartReplication", input));
            output
                .and_then(|output| output.get::<Reference>("Job"))
                .expect("the answer is a good one")
        });
    });
}

fn enumerate(criterion: &mut Criterion) {
    let page = page_of_services(1000);
    let mut group = criterion.benchmark_group("read");
    group.throughput(Throughput::Bytes(
        page.len().try_into().expect("a page is small"),
    ));
    let client = Client::over(Canned(Bytes::from(page)));
    let runtime = runtime();
    group.bench_function("1,000 instances of Win32_Service", |bencher| {
        bencher.iter(|| {
            let services = client
                .namespace("root/cimv2")
                .query(Wql::select("Win32_Service"));
            let services = services.expect("the query is a good one");
            let services = runtime
                .block_on(services.collect())
                .expect("the answer is a good one");
            assert_eq!(services.len(), 1000);
            services
        });
    });
    group.bench_function("1,000 instances of Win32_Service, typed", |bencher| {
        bencher.iter(|| {
            let services = client.query::<Service>(Wql::select("Win32_Service"));
            let services = services.expect("the query is a good one");
            let services = runtime
                .block_on(services.collect())
                .expect("the instances fit");
            assert_eq!(services.len(), 1000);
            services
        });
    });
    group.finish();
}

/// A property of each kind that a service has.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "only reading is measured")]
struct Service {
    name: String,
    display_name: String,
    description: Option<String>,
    process_id: u32,
    started: bool,
    install_date: Option<DateTime>,
    path_name: String,
}

cimwire::cim_class! { Service: "root/cimv2", "Win32_Service" }

/// A page as Windows sends it: about 1.7 KB an instance.
fn page_of_services(count: usize) -> String {
    let mut page = String::from(HEAD);
    for index in 0..count {
        page.push_str(CLASS);
        for (name, value) in PROPERTIES {
            let _ = write!(page, "<p:{name}>{value}</p:{name}>");
        }
        let _ = write!(
            page,
            "<p:InstallDate xsi:nil=\"true\"/><p:Name>service{index}</p:Name></p:Win32_Service>"
        );
    }
    page.push_str("</w:Items><w:EndOfSequence/></n:EnumerateResponse></s:Body></s:Envelope>");
    page
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
}

const STARTED: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><p:StartReplication_OUTPUT xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ReplicationService" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><p:Job><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters><w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet><w:Selector Name="InstanceID">AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job><p:ReturnValue>4096</p:ReturnValue></p:StartReplication_OUTPUT></s:Body></s:Envelope>"#;
const HEAD: &str = r#"<s:Envelope xml:lang="en-US" xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:n="http://schemas.xmlsoap.org/ws/2004/09/enumeration" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Body><n:EnumerateResponse><n:EnumerationContext/><w:Items>"#;
const CLASS: &str = r#"<p:Win32_Service xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:p="http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Service" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:Win32_Service_Type">"#;
const PROPERTIES: [(&str, &str); 24] = [
    ("AcceptPause", "false"),
    ("AcceptStop", "true"),
    ("Caption", "A service &amp; what it does"),
    ("CheckPoint", "0"),
    ("CreationClassName", "Win32_Service"),
    ("DelayedAutoStart", "false"),
    (
        "Description",
        "Does what services do, and says so at some length for everybody who reads descriptions.",
    ),
    ("DesktopInteract", "false"),
    ("DisplayName", "A service"),
    ("ErrorControl", "Normal"),
    ("ExitCode", "0"),
    (
        "PathName",
        r"C:\Windows\System32\svchost.exe -k LocalServiceNetworkRestricted -p",
    ),
    ("ProcessId", "1234"),
    ("ServiceSpecificExitCode", "0"),
    ("ServiceType", "Share Process"),
    ("Started", "true"),
    ("StartMode", "Auto"),
    ("StartName", r"NT AUTHORITY\LocalService"),
    ("State", "Running"),
    ("Status", "OK"),
    ("SystemCreationClassName", "Win32_ComputerSystem"),
    ("SystemName", "HV01"),
    ("TagId", "0"),
    ("WaitHint", "0"),
];

criterion_group!(benches, invoke, enumerate);
criterion_main!(benches);
