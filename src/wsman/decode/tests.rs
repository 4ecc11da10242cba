//! Decoding of values as servers write them.

use super::*;
use crate::cim::{DateTime, Interval};

const NAMESPACE: &str = "root/virtualization/v2";
const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";

fn try_instance(document: &str) -> Result<Instance, Error> {
    let mut reader = Reader::new(document);
    let root = reader.root()?;
    let instance = Decoder::new(NAMESPACE).instance(&mut reader, &root)?;
    reader.end()?;
    Ok(instance)
}

/// Returns an instance of C with these properties; `p` is bound to its class.
fn instance(properties: &str) -> Instance {
    try_instance(&format!(
        r#"<p:C xmlns:p="{WMI}C" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"
            xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{properties}</p:C>"#
    ))
    .unwrap()
}

#[test]
fn classes() {
    let class = |document: &str| {
        let instance = try_instance(document).unwrap();
        instance
            .class()
            .map(|class| (class.to_string(), class.base().map(str::to_owned)))
    };
    let here = |name: &str| Some((format!("{NAMESPACE}:{name}"), None));
    // The URI of the class names the namespace, in the case of the request.
    assert_eq!(class(&format!("<p:C xmlns:p='{WMI}C'/>")), here("C"));
    assert_eq!(
        class(&format!(
            "<C xmlns='{}'/>",
            format!("{WMI}C").to_uppercase()
        )),
        Some(("ROOT/VIRTUALIZATION/V2:C".to_owned(), None))
    );
    // It names no namespace, or is missing: the namespace is that of the request.
    assert_eq!(class(&format!("<p:C xmlns:p='{DMTF}C'/>")), here("C"));
    assert_eq!(class("<C/>"), here("C"));
    // A subclass in the namespace of the enumerated class.
    assert_eq!(class(&format!("<p:D xmlns:p='{WMI}C'/>")), here("D"));
    // A class of a vendor.
    let vendor = "http://schemas.dell.com/wbem/wscim/1/cim-schema/2/";
    assert_eq!(
        class(&format!("<p:DCIM_X xmlns:p='{vendor}DCIM_X'/>")),
        Some((
            format!("{NAMESPACE}:{vendor}DCIM_X"),
            Some(vendor.to_owned())
        ))
    );
    // A projection of Windows.
    assert_eq!(
        class("<XmlFragment xmlns='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd'/>"),
        None
    );
    assert_eq!(class("<XmlFragment/>"), here("XmlFragment"));
}

#[test]
fn the_prefix_p_is_bound_anew() {
    let document = format!(
        "<p:C xmlns:p='{WMI}C'><p:A xmlns:p='http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd'>1</p:A><p:B>2</p:B></p:C>"
    );
    let instance = try_instance(&document).unwrap();
    assert_eq!((instance.get("A"), instance.get("B")), (Ok(1u8), Ok(2u8)));
}

#[test]
fn scalars() {
    let read = instance(
        "<p:Text>web &amp; &lt;db&gt; &#252;</p:Text><p:Empty></p:Empty><p:None/><p:Null xsi:nil='true'/>\
         <p:NullToo xsi:nil=' 1 '>ignored<x/></p:NullToo><p:NotNull xsi:nil='false'>x</p:NotNull>\
         <p:OtherNil nil='true'>x</p:OtherNil><p:Yes>TRUE</p:Yes><p:No>false</p:No>\
         <p:Big>18446744073709551615</p:Big><p:Typed xsi:type='cim:cimUnsignedInt'>7</p:Typed>\
         <p:Forbidden>a&#1;b</p:Forbidden><p:Data><![CDATA[<x>]]></p:Data>",
    );
    for (name, text) in [
        ("Text", Some("web & <db> ü")),
        ("Empty", Some("")),
        ("None", Some("")),
        ("Null", None),
        ("NullToo", None),
        ("NotNull", Some("x")),
        ("OtherNil", Some("x")),
        ("Forbidden", Some("a\u{1}b")),
        ("Data", Some("<x>")),
        ("Absent", None),
    ] {
        assert_eq!(
            read.get::<Option<String>>(name),
            Ok(text.map(str::to_owned)),
            "{name}"
        );
    }
    assert_eq!((read.get("Yes"), read.get("No")), (Ok(true), Ok(false)));
    assert_eq!(read.get("Big"), Ok(u64::MAX));
    assert_eq!(read.get("Typed"), Ok(7u32));
}

#[test]
fn arrays() {
    let read = instance(
        "<p:Many>1</p:Many><p:Many>2</p:Many><p:Many>3</p:Many><p:One>1</p:One><p:Nil xsi:nil='true'/>\
         <p:Holes xsi:nil='true'/><p:Holes>2</p:Holes><p:Apart>1</p:Apart><p:X/><p:Apart>2</p:Apart>",
    );
    for (name, values) in [
        ("Many", vec![1u16, 2, 3]),
        ("One", vec![1]),
        ("Nil", vec![]),
        ("Absent", vec![]),
        ("Apart", vec![1, 2]),
    ] {
        assert_eq!(read.get::<Vec<u16>>(name), Ok(values), "{name}");
    }
    assert_eq!(read.get("Holes"), Ok(vec![None, Some(2u16)]));
    assert_eq!(read.get::<Option<Vec<u16>>>("Nil"), Ok(None));
}

#[test]
fn a_property_in_another_case_is_the_same_one() {
    let read = instance("<p:Name>a</p:Name><p:NAME>b</p:NAME>");
    assert_eq!(read.properties().len(), 1);
    assert_eq!(read.get("name"), Ok(vec!["a".to_owned(), "b".to_owned()]));
    assert!(read.get::<String>("Name").is_err());
}

/// Timestamps as Windows (2003 to today), OMI, openwsman and the Windows client write them (wsman-wire).
#[test]
fn times() {
    for (written, expected) in [
        (
            "<cim:Datetime>2013-04-15T20:28:25Z</cim:Datetime>",
            "20130415202825.000000+000",
        ),
        (
            "<cim:Datetime>2013-04-15T20:28:20.9Z</cim:Datetime>",
            "20130415202820.900000+000",
        ),
        (
            "<cim:Datetime>2013-04-15T20:28:20.913Z</cim:Datetime>",
            "20130415202820.913000+000",
        ),
        (
            "<cim:Datetime>2013-04-15T20:28:20.488171Z</cim:Datetime>",
            "20130415202820.488171+000",
        ),
        (
            "<cim:Datetime>2013-04-15T20:28:20.5+08:00</cim:Datetime>",
            "20130415202820.500000+480",
        ),
        (
            "\n  <cim:Datetime>\n2013-04-15T20:28:20Z </cim:Datetime>\n",
            "20130415202820.000000+000",
        ),
        (
            "<cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime>",
            "16010101000000.000000+000",
        ),
        (
            "<Datetime>2013-04-15T20:28:25Z</Datetime>",
            "20130415202825.000000+000",
        ),
        (
            "<cim:CIM_DateTime>20300115210000.000000+000</cim:CIM_DateTime>",
            "20300115210000.000000+000",
        ),
        (
            "<CIM_DateTime>20300115210000.000000-120</CIM_DateTime>",
            "20300115210000.000000-120",
        ),
        (
            "<cim:CIM_DateTimeString>20300115210000.000000+000</cim:CIM_DateTimeString>",
            "20300115210000.000000+000",
        ),
        (
            "<cim:CIM_DateTime>203001********.******+000</cim:CIM_DateTime>",
            "203001********.******+000",
        ),
        (
            "<cim:Date>2013-04-15</cim:Date>",
            "20130415******.******+***",
        ),
        ("<cim:Time>20:28:25</cim:Time>", "********202825.000000+***"),
        ("20240229123456.000000+060", "20240229123456.000000+060"),
        ("2013-04-15T20:28:25Z", "20130415202825.000000+000"),
    ] {
        let read = instance(&format!("<p:T>{written}</p:T>"));
        let time = read.get::<DateTime>("T").map(|time| time.to_string());
        assert_eq!(time.as_deref(), Ok(expected), "{written}");
    }
    let never = instance("<p:T><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:T>");
    assert!(never.get::<DateTime>("T").unwrap().is_never());
}

#[test]
fn intervals() {
    for (written, expected) in [
        (
            "<cim:Interval>P0DT0H5M0S</cim:Interval>",
            "00000000000500.000000:000",
        ),
        (
            "<cim:Interval>P0DT0H0M0.014947S</cim:Interval>",
            "00000000000000.014947:000",
        ),
        (
            "<cim:Interval>P0DT0H0M1.00417S</cim:Interval>",
            "00000000000001.004170:000",
        ),
        (
            "<cim:Interval>PT5M</cim:Interval>",
            "00000000000500.000000:000",
        ),
        (
            "<cim:Interval>PT39.563286S</cim:Interval>",
            "00000000000039.563286:000",
        ),
        (
            "<cim:Interval>P1DT23H59M</cim:Interval>",
            "00000001235900.000000:000",
        ),
        (
            "<Interval>P0DT0H5M0S</Interval>",
            "00000000000500.000000:000",
        ),
        (
            "<cim:CIM_DateTime>00000001020304.500000:000</cim:CIM_DateTime>",
            "00000001020304.500000:000",
        ),
        ("00000000000210.562214:000", "00000000000210.562214:000"),
    ] {
        let read = instance(&format!("<p:T>{written}</p:T>"));
        let interval = read
            .get::<Interval>("T")
            .map(|interval| interval.to_string());
        assert_eq!(interval.as_deref(), Ok(expected), "{written}");
    }
}

#[test]
fn a_time_that_is_none_harms_nothing_else() {
    let read = instance(
        "<p:T><cim:Datetime>soon</cim:Datetime></p:T><p:T2><cim:Datetime/></p:T2><p:A>1</p:A>",
    );
    assert_eq!(read.get("T"), Ok("soon".to_owned()));
    assert!(read.get::<DateTime>("T").is_err() && read.get::<DateTime>("T2").is_err());
    assert_eq!(read.get("A"), Ok(1u8));
}

#[test]
fn projections_have_no_namespaces() {
    let document = "<w:XmlFragment xmlns:w='http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd' \
        xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><CreationDate><Datetime>2013-04-15T20:28:25Z</Datetime>\
        </CreationDate><ElapsedTime><Interval>P0DT0H5M0S</Interval></ElapsedTime><Name>a</Name><Name>b</Name>\
        <Null xsi:nil='true'/></w:XmlFragment>";
    let read = try_instance(document).unwrap();
    assert!(read.class().is_none());
    assert!(matches!(
        read.value("CreationDate"),
        Some(Value::DateTime(_))
    ));
    assert!(matches!(
        read.value("ElapsedTime"),
        Some(Value::Interval(_))
    ));
    assert_eq!(read.get("Name"), Ok(vec!["a".to_owned(), "b".to_owned()]));
    assert_eq!(read.value("Null"), Some(&Value::Null));
}

fn endpoint(uri: &str, selectors: &str) -> String {
    format!(
        "<a:Address>http://somewhere.else/wsman</a:Address><a:ReferenceParameters><w:ResourceURI>{uri}</w:ResourceURI>\
         <w:SelectorSet>{selectors}</w:SelectorSet></a:ReferenceParameters>"
    )
}

#[test]
fn references() {
    let job = Reference::new(NAMESPACE, "Msvm_ConcreteJob").with_key("InstanceID", "A");
    let key = "<w:Selector Name='InstanceID'>A</w:Selector>";
    let wmi = endpoint(&format!("{WMI}Msvm_ConcreteJob"), key);
    let named = format!("<w:Selector Name='__cimnamespace'>{NAMESPACE}</w:Selector>{key}");
    let parts = [
        wmi.clone(),
        format!("<a:EndpointReference>{wmi}</a:EndpointReference>"),
        format!("\n<a:EndpointReference>\n{wmi}\n</a:EndpointReference>\n"),
        endpoint(&format!("{DMTF}Msvm_ConcreteJob"), &named),
        endpoint(&format!("{WMI}Msvm_ConcreteJob"), &named),
        // Without a namespace anywhere, and without an address.
        endpoint(&format!("{DMTF}Msvm_ConcreteJob"), key),
        endpoint(&format!(" \n{WMI}Msvm_ConcreteJob\n"), key)
            .replace("http://somewhere.else/wsman", ""),
        // Something else among the parts.
        format!(
            "<a:Metadata><x/></a:Metadata>{}<a:X/>",
            wmi.replace("</w:ResourceURI>", "</w:ResourceURI><w:X/>")
        ),
        wmi.replace("ReferenceParameters", "ReferenceProperties"),
    ];
    for part in parts {
        let read = instance(&format!("<p:R>{part}</p:R>"));
        assert_eq!(read.get::<Reference>("R"), Ok(job.clone()), "{part}");
    }
    let elsewhere = endpoint(
        &format!("{DMTF}X"),
        "<w:Selector Name='__CIMNamespace'>root\\cimv2</w:Selector>",
    );
    let read = instance(&format!(
        "<p:R>{elsewhere}</p:R><p:S>{wmi}</p:S><p:S>{wmi}</p:S>"
    ));
    assert_eq!(read.get("R"), Ok(Reference::new("root/cimv2", "X")));
    assert_eq!(read.get("S"), Ok(vec![job.clone(), job]));
}

#[test]
fn a_reference_in_a_selector() {
    let vm = endpoint(
        &format!("{WMI}Msvm_ComputerSystem"),
        "<w:Selector Name='Name'>&lt;B&gt;</w:Selector>",
    );
    let vm_key = Reference::new(NAMESPACE, "Msvm_ComputerSystem").with_key("Name", "<B>");
    for inner in [
        format!("<a:EndpointReference>{vm}</a:EndpointReference>"),
        vm,
    ] {
        let selectors = format!(
            "<w:Selector Name='Antecedent'>{inner}</w:Selector><w:Selector Name='Empty'/><w:Selector>nameless</w:Selector>"
        );
        let association = endpoint(&format!("{WMI}Msvm_HostedService"), &selectors);
        let read = instance(&format!("<p:R>{association}</p:R>"));
        let expected = Reference::new(NAMESPACE, "Msvm_HostedService")
            .with_key("Antecedent", vm_key.clone())
            .with_key("Empty", "");
        assert_eq!(read.get::<Reference>("R"), Ok(expected), "{inner}");
    }
}

#[test]
fn instances_in_elements() {
    // As OMI writes them, and again with only the namespace of the children to name the class.
    let typed = format!(
        "<p:E xmlns:q='{DMTF}Msvm_Error' xsi:type='q:Msvm_Error_Type'><q:MessageID>1</q:MessageID>\
         <q:Actions>a</q:Actions><q:Actions>b</q:Actions><q:At><cim:Datetime>2013-04-15T20:28:25Z</cim:Datetime></q:At></p:E>"
    );
    let untyped = typed.replace(" xsi:type='q:Msvm_Error_Type'", "");
    for document in [
        typed.clone(),
        untyped,
        typed.replace("q:Msvm_Error_Type", "q:Msvm_Error"),
    ] {
        let read = instance(&document);
        let error: Instance = read.get("E").unwrap();
        assert_eq!(
            error.class().unwrap().to_string(),
            format!("{NAMESPACE}:Msvm_Error"),
            "{document}"
        );
        assert_eq!(error.get("MessageID"), Ok("1".to_owned()));
        assert_eq!(
            error.get("Actions"),
            Ok(vec!["a".to_owned(), "b".to_owned()])
        );
        assert_eq!(
            error
                .get::<DateTime>("At")
                .map(|at| at.to_string())
                .as_deref(),
            Ok("20130415202825.000000+000")
        );
    }
    // An element without properties, or with null arrays only, is still an instance.
    let bare = instance(&format!(
        "<p:E xmlns:q='{DMTF}Msvm_Error' xsi:type='q:Msvm_Error_Type'/>"
    ));
    let error: Instance = bare.get("E").unwrap();
    assert_eq!(error.class_name(), "Msvm_Error");
    assert_eq!(error.properties().len(), 0);
    let twice = instance(&format!("{typed}{typed}"));
    assert_eq!(twice.get::<Vec<Instance>>("E").unwrap().len(), 2);
}

#[test]
fn instances_of_one_class_share_what_they_share() {
    let in_wmi = |properties: &str| format!("<p:C xmlns:p='{WMI}C'>{properties}</p:C>");
    // An array of two, then a missing one, then another class of the same name.
    let document = format!(
        "<r>{}{}{}<p:C xmlns:p='http://x/C'><p:B>6</p:B></p:C></r>",
        in_wmi("<p:A>1</p:A><p:B>2</p:B><p:D>3</p:D>"),
        in_wmi("<p:A>1</p:A><p:A>2</p:A><p:B>4</p:B><p:D>5</p:D>"),
        in_wmi("<p:A>1</p:A><p:D>5</p:D>"),
    );
    let mut reader = Reader::new(&document);
    reader.root().unwrap();
    let mut decoder = Decoder::new(NAMESPACE);
    let mut read = Vec::new();
    while let Some(element) = reader.next_child().unwrap() {
        read.push(decoder.instance(&mut reader, &element).unwrap());
    }
    let name = |instance: usize, place: usize| {
        let properties: &Properties = read[instance].properties();
        properties.name_at(place).unwrap()
    };
    for place in 0..3 {
        assert!(Arc::ptr_eq(name(0, place), name(1, place)), "{place}");
    }
    assert!(Arc::ptr_eq(name(1, 2), name(2, 1)));
    assert_eq!(read[1].get("A"), Ok(vec![1u8, 2]));
    assert_eq!((read[1].get("B"), read[2].get("D")), (Ok(4u8), Ok(5u8)));
    let bases: Vec<_> = read
        .iter()
        .map(|instance| instance.class().unwrap().base())
        .collect();
    assert_eq!(bases, [None, None, None, Some("http://x/")]);
}

#[test]
fn properties_are_bounded() {
    let named = |count: usize| {
        (0..count)
            .map(|n| format!("<P{n}>1</P{n}>"))
            .collect::<String>()
    };
    let read = |properties: String| try_instance(&format!("<C>{properties}</C>"));
    assert_eq!(
        read(named(MAX_PROPERTIES)).unwrap().properties().len(),
        1000
    );
    let error = read(named(MAX_PROPERTIES + 1)).unwrap_err().to_string();
    assert_eq!(error, "more than 1000 properties in one instance");
    // The values of an array are one property.
    let array = read("<A>1</A>".repeat(5000)).unwrap();
    assert_eq!(array.get::<Vec<u8>>("A").unwrap().len(), 5000);
}
