//! Classes of vendors, which are named by their resource URI, and servers that want the dialect of the DMTF.

use cimwire::simulator::Simulator;

use crate::hosts::Host;
use crate::program::{Outcome, Program};

const URI: &str = "http://sblim.sf.net/wbem/wscim/1/cim-schema/2/Linux_OperatingSystem";
const NAMESPACE: &str = "<w:Selector Name=\"__cimnamespace\">root/cimv2</w:Selector>";

/// Runs the program at a host with one answer; what it was asked, and how that ended.
async fn asked(answer: &str, arguments: &[&str]) -> (String, Outcome) {
    let envelope = format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Body>{answer}</s:Body></s:Envelope>"
    );
    let mut host = Host::scripted([envelope]).await;
    let basic = [
        "--auth",
        "basic",
        "--dangerously-send-password-in-the-clear",
    ];
    let program = Program::at(&host.url, "operator", "c0rrect-h0rse").arguments(&basic);
    let outcome = program.run(arguments).await;
    let request = String::from_utf8(host.was_asked().await).expect("text");
    (request, outcome)
}

fn page() -> String {
    format!(
        "<n:EnumerateResponse><w:Items><p:Linux_OperatingSystem xmlns:p=\"{URI}\"><p:Name>a</p:Name>\
         </p:Linux_OperatingSystem></w:Items><w:EndOfSequence/></n:EnumerateResponse>"
    )
}

fn one() -> String {
    format!(
        "<p:Linux_OperatingSystem xmlns:p=\"{URI}\"><p:Name>a</p:Name></p:Linux_OperatingSystem>"
    )
}

fn is_sent_to(request: &str, uri: &str) -> bool {
    request.contains(&format!(
        "<w:ResourceURI s:mustUnderstand=\"true\">{uri}</w:ResourceURI>"
    ))
}

#[tokio::test]
async fn a_class_is_named_by_its_resource_uri() {
    let in_namespace = format!("root/cimv2:{URI}");
    for (arguments, names_namespace) in [
        // The URI says all that there is to say: the namespace is the server's choice.
        (&["enumerate", URI][..], false),
        (&["enumerate", URI, "--namespace", "root/cimv2"], true),
        (&["enumerate", &in_namespace], true),
        (&["enumerate", URI, "--where", "Name=a"], false),
        (&["--dialect", "dmtf", "enumerate", URI], false),
    ] {
        let (request, outcome) = asked(&page(), arguments).await;
        assert!(is_sent_to(&request, URI), "{arguments:?}: {request}");
        assert_eq!(request.contains(NAMESPACE), names_namespace, "{request}");
        assert_eq!(
            request.contains("__cimnamespace"),
            names_namespace,
            "{request}"
        );
        let outcome = outcome.expect(0);
        assert!(outcome.stdout.contains('a'), "{}", outcome.stdout);
    }
}

#[tokio::test]
async fn an_instance_is_named_by_the_resource_uri_of_its_class() {
    let path = format!("{URI}.Name=\"a\"");
    let in_namespace = format!("root/cimv2:{path}");
    for (arguments, names_namespace) in [
        (&["get", URI, "--key", "Name=a"][..], false),
        (&["get", &path], false),
        (&["get", &in_namespace], true),
        (&["get", &path, "--namespace", "root/cimv2"], true),
    ] {
        let (request, outcome) = asked(&one(), arguments).await;
        assert!(is_sent_to(&request, URI), "{arguments:?}: {request}");
        assert!(
            request.contains("<w:Selector Name=\"Name\">a</w:Selector>"),
            "{request}"
        );
        assert_eq!(request.contains(NAMESPACE), names_namespace, "{request}");
        outcome.expect(0);
    }
}

#[tokio::test]
async fn a_job_is_named_by_the_resource_uri_of_its_class() {
    let uri = "http://v.example/schema/V_Job";
    let job = format!(
        "<p:V_Job xmlns:p=\"{uri}\"><p:InstanceID>1</p:InstanceID><p:JobState>7</p:JobState></p:V_Job>"
    );
    let path = format!("root/x:{uri}.InstanceID=\"1\"");
    let (request, outcome) = asked(&job, &["job", "show", &path]).await;
    assert!(is_sent_to(&request, uri), "{request}");
    assert!(request.contains("<w:Selector Name=\"__cimnamespace\">root/x</w:Selector>"));
    let outcome = outcome.expect(0);
    assert!(outcome.stdout.contains(&path), "{}", outcome.stdout);
}

#[tokio::test]
async fn queries_go_to_the_target_that_is_set() {
    let host = Simulator::start().await.unwrap();
    for target in ["namespace", "all-classes"] {
        for dialect in ["wmi", "dmtf"] {
            let set = ["--query-target", target, "--dialect", dialect];
            let query = [
                "query",
                "SELECT Name FROM Win32_Service WHERE Name = 'vmms'",
            ];
            let outcome = Program::on(&host)
                .arguments(&set)
                .run(&query)
                .await
                .expect(0);
            assert!(outcome.stdout.contains("vmms"), "{}", outcome.stdout);
        }
    }
    let query = ["--query-target", "all-classes", "query", "SELECT * FROM X"];
    let (request, _) = asked(&page(), &query).await;
    assert!(
        is_sent_to(&request, "http://schemas.dmtf.org/wbem/wscim/1/*"),
        "{request}"
    );
}

/// OMI finds no class under a URI of Windows, and says so in a fault with an OMI_Error.
#[tokio::test]
async fn a_fault_of_omi_is_told_with_the_option_for_its_dialect() {
    let fault = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>a:DestinationUnreachable</s:Value>\
         </s:Subcode></s:Code><s:Reason><s:Text>CIM ERROR:INVALID_CLASS</s:Text></s:Reason><s:Detail>\
         <p:OMI_Error xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/OMI_Error\">\
         <p:CIMStatusCode>5</p:CIMStatusCode><p:OMI_Code>5</p:OMI_Code></p:OMI_Error></s:Detail></s:Fault>";
    for format in ["table", "json"] {
        let get = ["-o", format, "get", "X", "--key", "Name=a"];
        let (_, outcome) = asked(fault, &get).await;
        let outcome = outcome.expect(5);
        assert!(
            outcome.stderr.contains("--dialect dmtf"),
            "{}",
            outcome.stderr
        );
        let dmtf = [&["--dialect", "dmtf"][..], &get].concat();
        let (_, outcome) = asked(fault, &dmtf).await;
        assert!(!outcome.stderr.contains("--dialect"), "{}", outcome.stderr);
    }
}
