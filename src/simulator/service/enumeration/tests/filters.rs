//! Instances by filters, and those of derived classes.

use super::*;

/// An Enumerate of a class, with these elements in it, in the form of the DMTF.
fn of_dmtf(class: &str, namespace: &str, more: &str) -> String {
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    let body = format!("<n:Enumerate>{}{more}</n:Enumerate>", optimised(50));
    let keys = [("__cimnamespace", namespace)];
    message(action, &format!("{DMTF}/{class}"), &keys, &body)
}

fn polymorphism(mode: &str) -> String {
    let ns = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
    format!("<b:PolymorphismMode xmlns:b=\"{ns}\">{mode}</b:PolymorphismMode>")
}

#[test]
fn instances_of_derived_classes() {
    let service = service();
    service.answered(&start(&start_web01()));
    let namespace = "root/virtualization/v2";
    let ask =
        |class: &str, mode: &str| service.answered(&of_dmtf(class, namespace, &polymorphism(mode)));
    let whole = ask("CIM_ConcreteJob", "IncludeSubClassProperties");
    assert_eq!(count(&whole, "</p:Msvm_ConcreteJob>"), 1);
    assert_eq!(count(&whole, "</p:JobType>"), 1);
    // JobType is of Msvm_ConcreteJob, JobState of CIM_ConcreteJob (win32, Msvm_ConcreteJob).
    let cut = ask("CIM_ConcreteJob", "ExcludeSubClassProperties");
    assert_eq!(count(&cut, "</p:CIM_ConcreteJob>"), 1);
    assert_eq!(count(&cut, "</p:JobState>"), 1);
    assert_eq!(count(&cut, "</p:JobType>"), 0);
    assert!(
        cut.contains(&format!("xmlns:p=\"{DMTF}/CIM_ConcreteJob\"")),
        "{cut}"
    );
    assert!(ask("CIM_ConcreteJob", "None").contains("<w:Items></w:Items>"));
    assert_eq!(count(&ask("Msvm_ConcreteJob", "None"), "</p:JobType>"), 1);
    // The replication service and the management service, neither with more than CIM_Service declares.
    let services = ask("CIM_Service", "ExcludeSubClassProperties");
    assert_eq!(count(&services, "</p:CIM_Service>"), 2);
    assert_eq!(count(&services, "</p:Started>"), 2);
    let message = of_dmtf("CIM_ConcreteJob", namespace, &polymorphism("Some"));
    assert_eq!(
        service.refused(&message),
        ("PolymorphismModeNotSupported".to_owned(), 0x8033_8137)
    );
    // MS-WSMV 3.1.4.1.27: Windows ignores it.
    let body = format!(
        "<n:Enumerate>{}{}</n:Enumerate>",
        optimised(5),
        polymorphism("None")
    );
    let ignored = enumeration("Enumerate", &format!("{V2}/CIM_ConcreteJob"), &body);
    assert_eq!(
        count(&service.answered(&ignored), "</p:Msvm_ConcreteJob>"),
        1
    );
}

#[test]
fn instances_by_the_values_of_properties() {
    let service = service();
    let class = format!("{V2}/Msvm_ComputerSystem");
    let ask = |class: &str, selectors: &str| {
        let filter = format!(
            "<n:Enumerate>{}<w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter\">\
             {selectors}</w:Filter></n:Enumerate>",
            optimised(50)
        );
        enumeration("Enumerate", class, &filter)
    };
    let set = |name: &str, value: &str| {
        format!("<w:SelectorSet><w:Selector Name=\"{name}\">{value}</w:Selector></w:SelectorSet>")
    };
    assert_eq!(
        machines(&service.answered(&ask(&class, &set("elementname", "TWIN")))),
        2
    );
    assert_eq!(
        machines(&service.answered(&ask(&class, &set("EnabledState", "3")))),
        2
    );
    assert_eq!(
        machines(&service.answered(&ask(&class, &set("ElementName", "nobody")))),
        0
    );
    assert_eq!(
        machines(&service.answered(&ask(&class, "<w:SelectorSet/>"))),
        COUNT
    );
    let invalid = ("CannotProcessFilter".to_owned(), 0x8033_8107);
    for selectors in [
        set("Nothing", "x"),
        set("OperationalStatus", "2"),
        set("InstallDate", "x"),
        set("ElementName", "it's"),
        format!("{}{}", set("Name", "x"), set("Name", "y")),
        "<w:Selector Name=\"Name\">x</w:Selector>".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            service.refused(&ask(&class, &selectors)),
            invalid,
            "{selectors}"
        );
    }
    let all = ask(&format!("{V2}/*"), &set("Name", "x"));
    assert_eq!(service.refused(&all).0, "CannotProcessFilter");
}

#[test]
fn all_classes_in_the_form_of_the_dmtf() {
    let wql = "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">\
        SELECT * FROM Msvm_ReplicationService</w:Filter>";
    let message = of_dmtf("x", "root/virtualization/v2", wql).replace(
        &format!("{DMTF}/x"),
        "http://schemas.dmtf.org/wbem/wscim/1/*",
    );
    let answer = service().answered(&message);
    let class = format!("xmlns:p=\"{DMTF}/Msvm_ReplicationService\"");
    assert!(answer.contains(&class), "{answer}");
}
