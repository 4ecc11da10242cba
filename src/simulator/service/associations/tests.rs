//! Associations, asked for in both ways: by WQL, and by the filter of DSP0227.

use super::super::testing::*;

const OPTIMISED: &str = "<w:OptimizeEnumeration/><w:MaxElements>50</w:MaxElements>";

fn ask(wql: &str) -> String {
    query(wql, OPTIMISED).replace("root/virtualization/v2", "root/cimv2")
}

/// The names of the services in an answer.
fn names(answer: &str) -> Vec<&str> {
    let items = answer.split("<p:Name>").skip(1);
    items.map(|rest| rest.split('<').next().unwrap()).collect()
}

/// An association filter with these elements in it, about a service.
fn filter(kind: &str, service: &str, elements: &str) -> String {
    let body = format!(
        "<n:Enumerate>{OPTIMISED}\
         <w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter\">\
         <b:{kind} xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\"><b:Object>\
         <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{DMTF}/Win32_Service</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"Name\">{service}</w:Selector>\
         <w:Selector Name=\"__cimnamespace\">root/cimv2</w:Selector></w:SelectorSet></a:ReferenceParameters>\
         </b:Object>{elements}</b:{kind}></w:Filter></n:Enumerate>"
    );
    let keys = [("__cimnamespace", "root/cimv2")];
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    message(
        action,
        "http://schemas.dmtf.org/wbem/wscim/1/*",
        &keys,
        &body,
    )
}

#[test]
fn both_ends_of_an_association() {
    let service = service();
    let of = "ASSOCIATORS OF {Win32_Service.Name='winmgmt'}";
    for (conditions, expected) in [
        ("", vec!["vmms", "RpcSs"]),
        ("WHERE Role=Antecedent", vec!["vmms"]),
        ("WHERE ResultRole=Dependent", vec!["vmms"]),
        ("WHERE Role=Dependent", vec!["RpcSs"]),
        (
            "WHERE ResultRole=Antecedent ResultClass=CIM_Service",
            vec!["RpcSs"],
        ),
        (
            "WHERE AssocClass=CIM_Dependency Role=Dependent",
            vec!["RpcSs"],
        ),
        ("WHERE Role=Nobody", vec![]),
        ("WHERE ResultClass=Win32_Process", vec![]),
        ("WHERE AssocClass=Win32_Process", vec![]),
    ] {
        let answer = service.answered(&ask(&format!("{of} {conditions}")));
        assert_eq!(names(&answer), expected, "{conditions}");
        assert!(answer.contains("<w:EndOfSequence/>"));
    }
}

#[test]
fn associations_themselves() {
    let service = service();
    let of = "REFERENCES OF {Win32_Service.Name=\"Winmgmt\"}";
    for (conditions, expected) in [
        ("", 2),
        ("WHERE Role=Antecedent", 1),
        ("WHERE ResultClass=Win32_DependentService", 2),
        ("WHERE ResultClass=Win32_Process", 0),
    ] {
        let answer = service.answered(&ask(&format!("{of} {conditions}")));
        let count = answer.matches("</p:Win32_DependentService>").count();
        assert_eq!(count, expected, "{conditions}: {answer}");
    }
    // As the captured Msvm_AffectedJobElement has it: a reference is bare in its property.
    let answer = service.answered(&ask(&format!("{of} WHERE Role=Antecedent")));
    let end = |role: &str, name: &str| {
        format!(
            "<p:{role} xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
             xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">\
             <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
             <a:ReferenceParameters><w:ResourceURI>{CIMV2}/Win32_Service</w:ResourceURI><w:SelectorSet>\
             <w:Selector Name=\"Name\">{name}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:{role}>"
        )
    };
    for expected in [end("Antecedent", "Winmgmt"), end("Dependent", "vmms")] {
        assert!(answer.contains(&expected), "{expected}: {answer}");
    }
    // DSP0226 5.1.2.2: in a selector it has its wrapper.
    let mode = format!("{OPTIMISED}<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>");
    let references = query(&format!("{of} WHERE Role=Antecedent"), &mode);
    let answer = service.answered(&references.replace("root/virtualization/v2", "root/cimv2"));
    let key = "<w:Selector Name=\"Antecedent\"><a:EndpointReference><a:Address>";
    assert!(answer.contains(key), "{answer}");
}

#[test]
fn an_association_is_got_by_its_references() {
    let end = |name: &str| {
        format!(
            "<a:EndpointReference><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous\
             </a:Address><a:ReferenceParameters><w:ResourceURI>{CIMV2}/Win32_Service</w:ResourceURI><w:SelectorSet>\
             <w:Selector Name=\"Name\">{name}</w:Selector></w:SelectorSet></a:ReferenceParameters>\
             </a:EndpointReference>"
        )
    };
    let resource = format!("{CIMV2}/Win32_DependentService");
    let get = |antecedent: &str, dependent: &str| {
        get(
            &resource,
            &[("Antecedent", antecedent), ("Dependent", dependent)],
        )
    };
    let service = service();
    let answer = service.answered(&get(&end("WINMGMT"), &end("vmms")));
    assert!(answer.contains("<p:Win32_DependentService "), "{answer}");
    assert_eq!(
        service.refused(&get(&end("vmms"), &end("Winmgmt"))).1,
        0x8033_8000
    );
    assert_eq!(
        service.refused(&get(&end("Winmgmt"), "vmms")).1,
        0x8033_805C
    );
}

#[test]
fn by_the_filter_of_the_dmtf() {
    let service = service();
    for (elements, expected) in [
        ("", vec!["vmms", "RpcSs"]),
        ("<b:Role>Antecedent</b:Role>", vec!["vmms"]),
        (
            "<b:AssociationClassName>Win32_DependentService</b:AssociationClassName>\
             <b:ResultClassName>Win32_Service</b:ResultClassName><b:ResultRole>Antecedent</b:ResultRole>",
            vec!["RpcSs"],
        ),
    ] {
        let answer = service.answered(&filter("AssociatedInstances", "Winmgmt", elements));
        assert_eq!(names(&answer), expected, "{elements}");
        let class = format!(
            "<p:Win32_Service xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:p=\"{DMTF}/Win32_Service\""
        );
        assert!(answer.contains(&class), "{answer}");
    }
    let links = service.answered(&filter("AssociationInstances", "Winmgmt", ""));
    assert_eq!(links.matches("</p:Win32_DependentService>").count(), 2);
}

#[test]
fn a_machine_has_settings_and_jobs() {
    let service = service();
    service.answered(&start(&start_web01()));
    let machine = format!(
        "{{Msvm_ComputerSystem.CreationClassName=\"Msvm_ComputerSystem\",Name=\"{WEB01}\"}}"
    );
    let settings = format!("ASSOCIATORS OF {machine} WHERE AssocClass=Msvm_SettingsDefineState");
    let settings = service.answered(&query(&settings, OPTIMISED));
    let id = format!("<p:InstanceID>Microsoft:{WEB01}</p:InstanceID>");
    assert!(settings.contains(&id), "{settings}");
    let jobs = format!("ASSOCIATORS OF {machine} WHERE ResultClass=CIM_ConcreteJob");
    let jobs = service.answered(&query(&jobs, OPTIMISED));
    assert_eq!(jobs.matches("</p:Msvm_ConcreteJob>").count(), 1, "{jobs}");
    let links = service.answered(&query("SELECT * FROM Msvm_AffectedJobElement", OPTIMISED));
    assert!(
        links.contains("<p:ElementEffects>0</p:ElementEffects>"),
        "{links}"
    );
}

#[test]
fn queries_that_are_refused() {
    let service = service();
    let filter_fault = ("CannotProcessFilter".to_owned(), 0x8033_801A);
    for wql in [
        "ASSOCIATORS OF {Win32_Nothing.Name='x'}",
        "ASSOCIATORS OF {Win32_Service.Name='nobody'}",
        "ASSOCIATORS OF {Win32_Service.Name='Winmgmt'} WHERE ResultClass=Win32_Nothing",
        "ASSOCIATORS OF {Win32_Service.Name='Winmgmt'",
        "REFERENCES OF {root\\default:Win32_Service.Name='Winmgmt'}",
    ] {
        assert_eq!(service.refused(&ask(wql)), filter_fault, "{wql}");
    }
    let gone = service
        .ask(&ask("ASSOCIATORS OF {Win32_Service.Name='nobody'}"))
        .fault();
    assert_eq!(gone.provider_fault().unwrap().code(), Some(0x8004_1002));
    let good = filter("AssociatedInstances", "Winmgmt", "");
    let invalid = ("CannotProcessFilter".to_owned(), 0x8033_8107);
    for spoilt in [
        good.replace("b:AssociatedInstances", "b:Instances"),
        good.replace("b:Object", "b:Subject"),
        filter("AssociatedInstances", "Winmgmt", "<b:Nothing/>"),
        filter("AssociatedInstances", "Winmgmt", "<b:Role><b:x/></b:Role>"),
    ] {
        assert_eq!(service.refused(&spoilt), invalid, "{spoilt}");
    }
    let on_class = ask("ASSOCIATORS OF {Win32_Service.Name='Winmgmt'}")
        .replace("root/cimv2/*", "root/cimv2/Win32_Service");
    assert_eq!(service.refused(&on_class).1, 0x8033_80FB);
}
