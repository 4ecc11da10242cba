//! The tasks, done by a client that only sends and receives.

use reqwest::Client;

use crate::contender::{CALLS, PAGE, Task};
use crate::host::{PASSWORD, USER, VM};

pub(crate) fn run(task: Task, url: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        // Without a provider of ciphers the client cannot be built, though none is used.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().build().expect("a client");
        match task {
            Task::Invoke => invoke(&client, url).await,
            Task::Enumerate => enumerate(&client, url).await,
        }
    });
}

async fn invoke(client: &Client, url: &str) {
    let class = format!("{WMI}/root/virtualization/v2/Msvm_ReplicationService");
    let body = format!(
        "<p:StartReplication_INPUT xmlns:p=\"{class}\"><p:ComputerSystem><a:Address>{ANONYMOUS}</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{WMI}/root/virtualization/v2/Msvm_ComputerSystem</w:ResourceURI>\
         <w:SelectorSet><w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector>\
         <w:Selector Name=\"Name\">{VM}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:ComputerSystem>\
         <p:InitialReplicationType>1</p:InitialReplicationType><p:StartTime>\
         <cim:CIM_DateTime xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\">21000101000000.000000+000\
         </cim:CIM_DateTime></p:StartTime></p:StartReplication_INPUT>"
    );
    let selectors = "<w:SelectorSet><w:Selector Name=\"CreationClassName\">Msvm_ReplicationService</w:Selector>\
                     </w:SelectorSet>";
    for number in 0..CALLS {
        let action = format!("{class}/StartReplication");
        let envelope = envelope(url, &class, &action, selectors, number, &body);
        let answer = post(client, url, envelope).await;
        assert!(answer.windows(4).any(|part| part == b"4096"));
    }
}

async fn enumerate(client: &Client, url: &str) {
    let class = format!("{WMI}/root/cimv2/Simulated_Row");
    let limits = format!("<w:MaxElements>{PAGE}</w:MaxElements>");
    let body = format!("<n:Enumerate><w:OptimizeEnumeration/>{limits}</n:Enumerate>");
    let first = envelope(
        url,
        &class,
        &format!("{ENUMERATION}/Enumerate"),
        "",
        0,
        &body,
    );
    let mut answer = post(client, url, first).await;
    let mut number = 0;
    while let Some(context) = context(&answer) {
        number += 1;
        let body = format!(
            "<n:Pull><n:EnumerationContext>{context}</n:EnumerationContext><n:MaxElements>{PAGE}</n:MaxElements></n:Pull>"
        );
        let action = format!("{ENUMERATION}/Pull");
        answer = post(
            client,
            url,
            envelope(url, &class, &action, "", number, &body),
        )
        .await;
    }
}

async fn post(client: &Client, url: &str, envelope: String) -> Vec<u8> {
    let request = client
        .post(url)
        .basic_auth(USER, Some(PASSWORD))
        .header("Content-Type", "application/soap+xml;charset=UTF-8")
        .body(envelope);
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    answer.bytes().await.expect("its body").into()
}

/// The context stands at the beginning or at the end of an answer, so that hardly anything of it is read.
fn context(answer: &[u8]) -> Option<String> {
    let (head, tail) = (
        &answer[..answer.len().min(2_000)],
        &answer[answer.len().saturating_sub(2_000)..],
    );
    [head, tail].into_iter().find_map(|part| {
        let text = String::from_utf8_lossy(part);
        let (_, rest) = text.split_once("EnumerationContext>")?;
        let (context, _) = rest.split_once('<')?;
        (!context.is_empty()).then(|| context.to_owned())
    })
}

fn envelope(
    url: &str,
    class: &str,
    action: &str,
    selectors: &str,
    number: usize,
    body: &str,
) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header><a:To>{url}</a:To>\
         <w:ResourceURI s:mustUnderstand=\"true\">{class}</w:ResourceURI><a:ReplyTo>\
         <a:Address s:mustUnderstand=\"true\">{ANONYMOUS}</a:Address></a:ReplyTo>\
         <a:Action s:mustUnderstand=\"true\">{action}</a:Action>\
         <w:MaxEnvelopeSize s:mustUnderstand=\"true\">512000</w:MaxEnvelopeSize>\
         <a:MessageID>uuid:00000000-0000-4000-8000-{number:012}</a:MessageID>\
         {selectors}<w:OperationTimeout>PT60S</w:OperationTimeout></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi";
const ENUMERATION: &str = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
const ANONYMOUS: &str = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
