//! Requests that clients in production send to a Hyper-V host, as raw envelopes: they owe nothing to this crate's own
//! client.
//!
//! The login is Basic in the clear, so that the envelopes can be sent over a bare socket.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use cimwire::cim::DateTime;
use cimwire::cim_class;
use serde::{Deserialize, Deserializer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

/// A host whose clock stands still, and which takes envelopes in the clear.
async fn host() -> Simulator {
    let host = Simulator::builder().clock_speed(0.0);
    let host = host.basic(true).allow_unencrypted(true).start().await;
    host.expect("a loopback port is free")
}

/// Sends an envelope. Returns the status and the envelope of the answer.
async fn send(host: &Simulator, envelope: &str) -> (u16, String) {
    let address = host.url()["http://".len()..].trim_end_matches("/wsman");
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    // SIM\operator:Simulated-Pa55w0rd
    let request = format!(
        "POST /wsman HTTP/1.1\r\nHost: sim\r\nConnection: close\r\n\
         Authorization: Basic U0lNXG9wZXJhdG9yOlNpbXVsYXRlZC1QYTU1dzByZA==\r\n\
         Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\n\r\n{envelope}",
        envelope.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head["HTTP/1.1 ".len()..][..3].parse().unwrap();
    (status, body.to_owned())
}

/// Sends an envelope that is answered without a fault.
async fn answered(host: &Simulator, envelope: &str) -> String {
    let (status, answer) = send(host, envelope).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// An envelope with the headers of a client of 2014: selectors are pairs of names and values.
fn envelope(action: &str, uri: &str, selectors: &[(&str, &str)], body: &str) -> String {
    let selectors: String = selectors
        .iter()
        .map(|(name, value)| format!("<w:Selector Name=\"{name}\">{value}</w:Selector>"))
        .collect();
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\"><s:Header>\
         <a:To>http://sim:5985/wsman</a:To><w:ResourceURI s:mustUnderstand=\"true\">{uri}</w:ResourceURI>\
         <a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>\
         <a:Action s:mustUnderstand=\"true\">{action}</a:Action>\
         <a:MessageID>uuid:4A6F3C52-0000-4000-8000-000000000001</a:MessageID>\
         <w:SelectorSet>{selectors}</w:SelectorSet><w:OperationTimeout>PT60.000S</w:OperationTimeout></s:Header>\
         <s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn query(namespace: &str, wql: &str) -> String {
    let body = format!(
        "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>\
         <w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">{wql}</w:Filter></n:Enumerate>"
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    envelope(action, &format!("{WMI}/{namespace}/*"), &[], &body)
        .replace("<w:SelectorSet></w:SelectorSet>", "")
}

fn invoke(class: &str, method: &str, selectors: &[(&str, &str)], parameters: &str) -> String {
    let uri = format!("{WMI}/{class}");
    let body = format!("<p:{method}_INPUT xmlns:p=\"{uri}\">{parameters}</p:{method}_INPUT>");
    envelope(&format!("{uri}/{method}"), &uri, selectors, &body)
}

/// The content of the elements of that name, of whatever prefix.
fn texts<'a>(answer: &'a str, name: &str) -> Vec<&'a str> {
    let tag = format!("{name}>");
    let starts = answer.match_indices(&tag).filter(|(at, _)| {
        let (_, prefix) = answer[..*at].rsplit_once('<').unwrap();
        prefix.is_empty() || prefix.ends_with(':') && !prefix.starts_with('/')
    });
    let content = |at: usize| answer[at + tag.len()..].split("</").next().unwrap();
    starts.map(|(at, _)| content(at)).collect()
}

fn text<'a>(answer: &'a str, name: &str) -> &'a str {
    match texts(answer, name).as_slice() {
        [text] => text,
        other => panic!("{name} occurs {} times: {answer}", other.len()),
    }
}

#[tokio::test]
async fn the_machine_is_asked_for_first() {
    let host = host().await;
    let ask = async |wql: &str| answered(&host, &query(CIMV2, wql)).await;
    let system =
        "SELECT DNSHostName, NumberOfProcessors, TotalPhysicalMemory FROM Win32_ComputerSystem";
    let system = ask(system).await;
    assert_eq!(text(&system, "DNSHostName"), "SIM");
    let uuid = ask("SELECT UUID FROM Win32_ComputerSystemProduct").await;
    let uuid = text(&uuid, "UUID").parse::<uuid::Uuid>();
    assert!(uuid.is_ok(), "{uuid:?}");
    // One machine: as many processors, and as much memory, whichever class is asked.
    let processors = ask("SELECT * FROM Win32_Processor").await;
    let sockets = texts(&processors, "DeviceID").len().to_string();
    assert_eq!(text(&system, "NumberOfProcessors"), sockets);
    let whole = ask("SELECT * FROM Win32_ComputerSystem").await;
    let threads = "NumberOfLogicalProcessors";
    assert_eq!(text(&whole, threads), text(&processors, threads));
    let os = ask("SELECT * FROM Win32_OperatingSystem").await;
    let number = |answer: &str, name: &str| text(answer, name).parse::<u64>().unwrap();
    let (memory, visible) = (
        number(&system, "TotalPhysicalMemory"),
        number(&os, "TotalVisibleMemorySize"),
    );
    assert_eq!(memory, visible * 1_024);
    assert!(number(&os, "FreePhysicalMemory") < visible);
    assert_eq!(
        number(&os, "FreeVirtualMemory"),
        number(&os, "FreePhysicalMemory") + number(&os, "FreeSpaceInPagingFiles")
    );
    let processes = ask("SELECT ProcessId FROM Win32_Process").await;
    let count = texts(&processes, "ProcessId").len().to_string();
    assert_eq!(text(&os, "NumberOfProcesses"), count);
    // Class names in any case, and a path with escaped separators.
    let wql =
        r"SELECT Name, Version FROM CIM_Datafile WHERE Name = 'c:\\windows\\system32\\vmms.exe'";
    let file = ask(wql).await;
    assert_eq!(text(&file, "Name"), r"c:\windows\system32\vmms.exe");
    let version = text(&file, "Version");
    assert!(
        version.starts_with(&format!("{}.", text(&os, "Version"))),
        "{version}"
    );
}

#[tokio::test]
async fn the_hosts_of_a_site_are_different_machines() {
    let site = cimwire::simulator::Site::new(0.0);
    let mut found = Vec::new();
    for name in ["HV01", "HV02"] {
        let builder = Simulator::builder().site(&site).name(name);
        let host = builder
            .basic(true)
            .allow_unencrypted(true)
            .start()
            .await
            .unwrap();
        let uuid = query(CIMV2, "SELECT UUID FROM Win32_ComputerSystemProduct");
        found.push(text(&answered(&host, &uuid).await, "UUID").to_owned());
    }
    assert_ne!(found[0], found[1]);
}

#[tokio::test]
async fn virtual_machines_are_what_is_not_the_server() {
    let host = host().await;
    let wql = "SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER";
    let machines = answered(&host, &query(V2, wql)).await;
    assert_eq!(texts(&machines, "ElementName").len(), 10);
    assert!(!machines.contains("Hosting Computer System"), "{machines}");
    let own = "SELECT * FROM Msvm_ComputerSystem WHERE Name = __server";
    let own = answered(&host, &query(V2, own)).await;
    assert_eq!(text(&own, "Caption"), "Hosting Computer System");
    // Each running machine has a process of its own, and the others have none.
    let mut processes = texts(&machines, "ProcessID");
    assert_eq!(processes.len(), 8);
    processes.sort_unstable();
    processes.dedup();
    assert_eq!(processes.len(), 8);
    let settings = "SELECT VirtualSystemIdentifier, BIOSGUID FROM Msvm_VirtualSystemSettingData";
    let settings = answered(&host, &query(V2, settings)).await;
    let mut guids = texts(&settings, "BIOSGUID");
    guids.sort_unstable();
    guids.dedup();
    assert_eq!(guids.len(), 10);
    for guid in guids {
        let bare = guid
            .strip_prefix('{')
            .and_then(|guid| guid.strip_suffix('}'));
        assert!(bare.unwrap().parse::<uuid::Uuid>().is_ok(), "{guid}");
    }
}

#[tokio::test]
async fn the_summaries_of_virtual_machines_are_elements() {
    let host = host().await;
    let service = "root/virtualization/v2/Msvm_VirtualSystemManagementService";
    let keys = [("CreationClassName", "Msvm_VirtualSystemManagementService")];
    let requested = "<p:RequestedInformation>0</p:RequestedInformation>\
                     <p:RequestedInformation>1</p:RequestedInformation>\
                     <p:RequestedInformation>4</p:RequestedInformation>\
                     <p:RequestedInformation>103</p:RequestedInformation>";
    let settings = |id: &str| {
        format!(
            "<p:SettingData><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
             <a:ReferenceParameters><w:ResourceURI>{WMI}/root/virtualization/v2/Msvm_VirtualSystemSettingData\
             </w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">Microsoft:{id}</w:Selector></w:SelectorSet>\
             </a:ReferenceParameters></p:SettingData>"
        )
    };
    let ask = async |parameters: &str| {
        answered(
            &host,
            &invoke(service, "GetSummaryInformation", &keys, parameters),
        )
        .await
    };
    let all = ask(requested).await;
    assert_eq!(text(&all, "ReturnValue"), "0");
    assert_eq!(texts(&all, "ElementName").len(), 10);
    let cold01 = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000004";
    let two = format!("{}{}{requested}", settings(WEB01), settings(cold01));
    let two = ask(&two).await;
    assert!(
        two.contains(&format!(
            "<p:SummaryInformation xmlns:q=\"{WMI}/root/virtualization/v2/Msvm_SummaryInformation\""
        )),
        "{two}"
    );
    assert_eq!(texts(&two, "Name"), [WEB01, cold01]);
    assert_eq!(texts(&two, "NumberOfProcessors"), ["2", "2"]);
    // In megabytes, and of a running machine alone.
    assert_eq!(texts(&two, "MemoryUsage"), ["1024"]);
    // What was not asked for is null.
    assert!(two.contains("<q:EnabledState xsi:nil=\"true\"/>"), "{two}");
    let unknown = ask(&format!("{}{requested}", settings("x"))).await;
    assert_eq!(text(&unknown, "ReturnValue"), "32773");
}

#[tokio::test]
async fn a_virtual_machine_is_started_and_stopped() {
    let host = host().await;
    let cold01 = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000004";
    let keys = [
        ("CreationClassName", "Msvm_ComputerSystem"),
        ("Name", cold01),
    ];
    let class = "root/virtualization/v2/Msvm_ComputerSystem";
    let request = async |state: u16| {
        let state = format!("<p:RequestedState>{state}</p:RequestedState>");
        answered(&host, &invoke(class, "RequestStateChange", &keys, &state)).await
    };
    let wql = format!("SELECT * FROM Msvm_ComputerSystem WHERE Name = '{cold01}'");
    let look = async || answered(&host, &query(V2, &wql)).await;
    let states = |machine: &str| {
        (
            text(machine, "EnabledState").to_owned(),
            text(machine, "RequestedState").to_owned(),
        )
    };
    let pair = |enabled: &str, requested: &str| (enabled.to_owned(), requested.to_owned());
    assert_eq!(states(&look().await), pair("3", "12"));
    let started = request(2).await;
    assert_eq!(text(&started, "ReturnValue"), "4096");
    let job = started.split("Name=\"InstanceID\">").nth(1).unwrap();
    let job = job.split('<').next().unwrap();
    let job = format!("SELECT * FROM Msvm_ConcreteJob WHERE InstanceID = '{job}'");
    // While the change is in progress, the machine shows what was requested, and takes no other request.
    assert_eq!(states(&look().await), pair("3", "2"));
    for other in [2, 3] {
        assert_eq!(text(&request(other).await, "ReturnValue"), "32775");
    }
    host.advance(Duration::from_millis(2_500));
    assert_eq!(
        text(&answered(&host, &query(V2, &job)).await, "JobState"),
        "7"
    );
    let running = look().await;
    assert_eq!(states(&running), pair("2", "12"));
    assert_eq!(text(&running, "OnTimeInMilliseconds"), "0");
    assert_eq!(texts(&running, "ProcessID").len(), 1);
    // It is running already, and a state of the first version of Hyper-V is not supported.
    for wrong in [2, 4, 32_769] {
        assert_eq!(
            text(&request(wrong).await, "ReturnValue"),
            "32775",
            "{wrong}"
        );
    }
    for (requested, enabled) in [(9, "9"), (2, "2"), (11, "2"), (6, "6"), (10, "2"), (3, "3")] {
        assert_eq!(text(&request(requested).await, "ReturnValue"), "4096");
        host.advance(Duration::from_millis(2_500));
        assert_eq!(states(&look().await), pair(enabled, "12"), "{requested}");
    }
    // The host is not a virtual machine.
    let own = [
        ("CreationClassName", "Msvm_ComputerSystem"),
        ("Name", "SIM"),
    ];
    let state = "<p:RequestedState>3</p:RequestedState>";
    let own = answered(&host, &invoke(class, "RequestStateChange", &own, state)).await;
    assert_eq!(text(&own, "ReturnValue"), "32775");
}

#[tokio::test]
async fn the_counters_of_replication_are_those_of_replicating_machines() {
    let host = host().await;
    let classes = ["Raw", "Formatted"]
        .map(|kind| format!("Win32_Perf{kind}Data_HyperVReplicaStats_HyperVReplicaVM"));
    let ask =
        async |class: &str| answered(&host, &query(CIMV2, &format!("SELECT * FROM {class}"))).await;
    for class in &classes {
        assert_eq!(texts(&ask(class).await, "Name"), [""; 0], "{class}");
    }
    let reference = format!(
        "<p:ComputerSystem><a:Address>x</a:Address><a:ReferenceParameters>\
         <w:ResourceURI>{WMI}/root/virtualization/v2/Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>\
         <w:Selector Name=\"Name\">{WEB01}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ComputerSystem>\
         <p:InitialReplicationType>1</p:InitialReplicationType>"
    );
    let keys = [("CreationClassName", "Msvm_ReplicationService")];
    let class = "root/virtualization/v2/Msvm_ReplicationService";
    let started = answered(&host, &invoke(class, "StartReplication", &keys, &reference)).await;
    assert_eq!(text(&started, "ReturnValue"), "4096");
    // Twice 2.5 s until it replicates, and 10 minutes, in which it replicates twice.
    host.advance(Duration::from_secs(605));
    for class in &classes {
        let rows = ask(class).await;
        assert_eq!(text(&rows, "Name"), "web01");
        assert_eq!(text(&rows, "ReplicationCount"), "2");
    }
}

#[tokio::test]
async fn a_method_of_a_service_is_found_by_two_of_its_keys() {
    let host = host().await;
    let service = "root/virtualization/v2/Msvm_VirtualSystemManagementService";
    let keys = [
        ("CreationClassName", "Msvm_VirtualSystemManagementService"),
        ("SystemCreationClassName", "Msvm_ComputerSystem"),
    ];
    let request = invoke(service, "GetSummaryInformation", &keys, "");
    assert_eq!(text(&answered(&host, &request).await, "ReturnValue"), "0");
}

/// The input element alone is in the namespace of WS-Management, and white space stands around the resource URI.
#[tokio::test]
async fn an_input_in_the_namespace_of_ws_management_is_taken() {
    let host = host().await;
    let keys = [("Name", "Spooler")];
    let uri = format!("{WMI}/root/cimv2/Win32_Process");
    let body = format!(
        "<w:Create_INPUT><p:CommandLine xmlns:p=\"{uri}\">a.exe</p:CommandLine></w:Create_INPUT>"
    );
    let create = envelope(
        &format!("{uri}/Create"),
        &format!("\n  {uri}\n "),
        &[],
        &body,
    );
    let create = create.replace("<w:SelectorSet></w:SelectorSet>", "");
    assert_eq!(text(&answered(&host, &create).await, "ReturnValue"), "0");
    let stop = invoke("root/cimv2/Win32_Service", "StopService", &keys, "");
    assert_eq!(text(&answered(&host, &stop).await, "ReturnValue"), "0");
}

#[tokio::test]
async fn a_pull_may_name_another_resource() {
    let host = host().await;
    let begin = query(CIMV2, "SELECT * FROM Win32_Service").replace(">100<", ">2<");
    let begun = answered(&host, &begin).await;
    let body = format!(
        "<n:Pull><n:EnumerationContext>{}</n:EnumerationContext><n:MaxElements>100</n:MaxElements></n:Pull>",
        text(&begun, "EnumerationContext")
    );
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
    let pull = envelope(
        action,
        &format!("{WMI}/root/cimv2/Win32_Process"),
        &[],
        &body,
    );
    let pull = pull.replace("<w:SelectorSet></w:SelectorSet>", "");
    let rest = answered(&host, &pull).await;
    assert_eq!(texts(&rest, "DisplayName").len(), 6);
}

/// A client that asks for the namespace of the first version sends an operation id, and reads the fault of the
/// management infrastructure.
#[tokio::test]
async fn a_missing_namespace_is_a_fault_of_the_dialect_of_the_request() {
    let host = host().await;
    let asked = query("root/virtualization", "SELECT * FROM Msvm_ComputerSystem");
    let (status, plain) = send(&host, &asked).await;
    assert_eq!(status, 500);
    assert!(plain.contains("Code=\"2150858778\""), "{plain}");
    let id = "<x:OperationID xmlns:x=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\">uuid:1</x:OperationID>";
    let asked = asked.replace("</s:Header>", &format!("{id}</s:Header>"));
    let (status, fault) = send(&host, &asked).await;
    assert_eq!(status, 500);
    let open = "<p:MSFT_WmiError xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
                xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError\" \
                xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" b:IsCIM_Error=\"true\">";
    assert!(
        fault.contains(open) && !fault.contains("WSManFault"),
        "{fault}"
    );
    let code = "<p:error_Code xsi:type=\"cim:cimUnsignedInt\">2150858778</p:error_Code>";
    assert!(fault.contains(code), "{fault}");
    let id = "<p:MessageID xsi:type=\"cim:cimString\">HRESULT 0x8033801a</p:MessageID>";
    assert!(fault.contains(id), "{fault}");
}

#[tokio::test]
async fn an_instance_that_was_read_is_put_back_although_time_has_passed() {
    let host = host().await;
    let uri = format!("{WMI}/root/cimv2/Win32_OperatingSystem");
    let transfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
    let without_keys = |envelope: String| envelope.replace("<w:SelectorSet></w:SelectorSet>", "");
    let get = without_keys(envelope(&format!("{transfer}/Get"), &uri, &[], ""));
    let got = answered(&host, &get).await;
    let start = got.find("<p:Win32_OperatingSystem ").unwrap();
    let end = got.find("</s:Body>").unwrap();
    host.advance(Duration::from_secs(600));
    let put =
        |instance: &str| without_keys(envelope(&format!("{transfer}/Put"), &uri, &[], instance));
    let changed = got[start..end].replace(
        "<p:Description></p:Description>",
        "<p:Description>changed</p:Description>",
    );
    let answer = answered(&host, &put(&changed)).await;
    assert_eq!(text(&answer, "Description"), "changed");
    assert_ne!(text(&answer, "LocalDateTime"), text(&got, "LocalDateTime"));
    // A property that does not move by itself is still protected.
    let wrong = changed.replace("<p:Version>10.0.20348<", "<p:Version>6.3.9600<");
    assert_eq!(send(&host, &put(&wrong)).await.0, 500);
}

#[tokio::test]
async fn booleans_are_read_in_any_case() {
    let host = host().await;
    let uri = format!("{WMI}/root/cimv2/Win32_Environment");
    let keys = [("Name", "OS"), ("UserName", "&lt;SYSTEM&gt;")];
    let put = |value: &str| {
        let body = format!(
            "<p:Win32_Environment xmlns:p=\"{uri}\"><p:SystemVariable>{value}</p:SystemVariable></p:Win32_Environment>"
        );
        envelope(
            "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put",
            &uri,
            &keys,
            &body,
        )
    };
    for value in ["true", "TRUE", "True", "1"] {
        let answer = answered(&host, &put(value)).await;
        assert_eq!(text(&answer, "SystemVariable"), "true");
    }
    for wrong in ["yes", "FALSE"] {
        assert_eq!(send(&host, &put(wrong)).await.0, 500, "{wrong}");
    }
}

#[tokio::test]
async fn services_are_stopped_and_started() {
    let host = host().await;
    let control = async |service: &str, method: &str| {
        let request = invoke("root/cimv2/Win32_Service", method, &[("Name", service)], "");
        text(&answered(&host, &request).await, "ReturnValue").to_owned()
    };
    let wql = "SELECT * FROM Win32_Service WHERE Name = 'Spooler'";
    let state = async || text(&answered(&host, &query(CIMV2, wql)).await, "State").to_owned();
    // The return codes of the pages of StopService and StartService.
    for (service, method, code, after) in [
        ("Spooler", "StartService", "10", "Running"),
        ("Spooler", "StopService", "0", "Stopped"),
        ("Spooler", "StopService", "5", "Stopped"),
        ("RpcSs", "StopService", "3", "Stopped"),
        ("Spooler", "StartService", "0", "Running"),
    ] {
        assert_eq!(control(service, method).await, code, "{service} {method}");
        assert_eq!(state().await, after);
    }
}

/// Reads a property that must be in the row, even if it is null.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<T, D::Error> {
    T::deserialize(value)
}

/// A row that must have each of the properties, and no other. WinRM leaves a null array out, so arrays after the
/// semicolon may be missing.
macro_rules! row {
    ($row:ident { $($property:ident: $kind:ty),+; $($array:ident: $item:ty),* }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, non_snake_case, reason = "the properties keep their names")]
        struct $row {
            $(#[serde(deserialize_with = "present")] $property: $kind,)+
            $($array: Option<Vec<$item>>,)*
        }
    };
}

row!(OperatingSystem {
    BootDevice: String, BuildNumber: String, BuildType: String, Caption: String, CodeSet: String, CountryCode: String,
    CreationClassName: String, CSCreationClassName: String, CSDVersion: Option<String>, CSName: String,
    CurrentTimeZone: i16, DataExecutionPrevention_32BitApplications: bool, DataExecutionPrevention_Available: bool,
    DataExecutionPrevention_Drivers: bool, DataExecutionPrevention_SupportPolicy: u8, Debug: bool, Description: String,
    Distributed: bool, EncryptionLevel: u32, ForegroundApplicationBoost: u8, FreePhysicalMemory: u64,
    FreeSpaceInPagingFiles: u64, FreeVirtualMemory: u64, InstallDate: DateTime, LargeSystemCache: Option<u32>,
    LastBootUpTime: DateTime, LocalDateTime: DateTime, Locale: String, Manufacturer: String, MaxNumberOfProcesses: u32,
    MaxProcessMemorySize: u64, MUILanguages: Vec<String>, Name: String, NumberOfLicensedUsers: u32,
    NumberOfProcesses: u32, NumberOfUsers: u32, OperatingSystemSKU: u32, Organization: String, OSArchitecture: String,
    OSLanguage: u32, OSProductSuite: u32, OSType: u16, OtherTypeDescription: Option<String>, PAEEnabled: Option<bool>,
    PlusProductID: Option<String>, PlusVersionNumber: Option<String>, PortableOperatingSystem: bool, Primary: bool,
    ProductType: u32, QuantumLength: Option<u8>, QuantumType: Option<u8>, RegisteredUser: String, SerialNumber: String,
    ServicePackMajorVersion: u16, ServicePackMinorVersion: u16, SizeStoredInPagingFiles: u64, Status: String,
    SuiteMask: u32, SystemDevice: String, SystemDirectory: String, SystemDrive: String, TotalSwapSpaceSize: Option<u64>,
    TotalVirtualMemorySize: u64, TotalVisibleMemorySize: u64, Version: String, WindowsDirectory: String;
});

row!(ComputerSystem {
    Caption: String, CommunicationStatus: Option<u16>, CreationClassName: String, Description: String,
    DetailedStatus: Option<u16>, ElementName: String, EnabledDefault: u16, EnabledState: u16,
    EnhancedSessionModeState: Option<u16>, FailedOverReplicationType: Option<u16>, HealthState: u16,
    InstallDate: Option<DateTime>, InstanceID: Option<String>,
    LastApplicationConsistentReplicationTime: Option<DateTime>, LastReplicationTime: Option<DateTime>,
    LastReplicationType: Option<u16>, LastSuccessfulBackupTime: Option<DateTime>, Name: String,
    NameFormat: Option<String>, NumberOfNumaNodes: Option<u16>, OnTimeInMilliseconds: Option<u64>,
    OperatingStatus: Option<u16>, OperationalStatus: Vec<u16>, OtherEnabledState: Option<String>,
    PrimaryOwnerContact: Option<String>, PrimaryOwnerName: Option<String>, PrimaryStatus: Option<u16>,
    ProcessID: Option<u32>, ReplicationHealth: Option<u16>, ReplicationMode: Option<u16>, ReplicationState: Option<u16>,
    RequestedState: u16, ResetCapability: u16, Status: String, StatusDescriptions: Vec<String>,
    TimeOfLastConfigurationChange: Option<DateTime>, TimeOfLastStateChange: Option<DateTime>,
    TransitioningToState: Option<u16>;
    AvailableRequestedStates: u16, Dedicated: u16, IdentifyingDescriptions: String, OtherDedicatedDescriptions: String,
    OtherIdentifyingInfo: String, PowerManagementCapabilities: u16, Roles: String
});

cim_class! {
    OperatingSystem: "root/cimv2", "Win32_OperatingSystem";
    ComputerSystem: "root/virtualization/v2", "Msvm_ComputerSystem";
}

#[tokio::test]
async fn every_declared_property_is_in_each_row() {
    let scene = Scene::new(Dialect::Wmi).await;
    let systems: Vec<OperatingSystem> = scene.client.enumerate().collect().await.unwrap();
    assert_eq!(systems.len(), 1);
    let machines: Vec<ComputerSystem> = scene.client.enumerate().collect().await.unwrap();
    assert_eq!(machines.len(), 11);
}

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi";
