//! Envelopes of all operations.

use super::*;
use crate::cim::{DateTime, Interval, Value};
use crate::wsman::{DatetimeForm, Dialect, EmbeddedForm, QueryTarget};

const SERVICE: &str = "Msvm_ReplicationService";
const V2: &str = "root/virtualization/v2";
const WMI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";
const DMTF: &str = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";

fn head(dialect: Dialect) -> Head<'static> {
    Head {
        to: "http://hv01.example:5985/wsman",
        message_id: Uuid::from_u128(0x0f1e_2d3c_4b5a_6978_8796_a5b4_c3d2_e1f0),
        max_envelope_size: 512_000,
        operation_timeout: Duration::from_secs(60),
        locale: None,
        profile: ServerProfile {
            dialect,
            ..ServerProfile::default()
        },
    }
}

/// Returns an envelope with the headers of every request, in the order of the Windows client.
fn expected(resource: &str, action: &str, selectors: &str, body: &str) -> String {
    let selectors = if selectors.is_empty() {
        String::new()
    } else {
        format!("<w:SelectorSet>{selectors}</w:SelectorSet>")
    };
    format!(
        "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
         xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\" \
         xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" \
         xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\" \
         xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><s:Header>\
         <a:To>http://hv01.example:5985/wsman</a:To>\
         <w:ResourceURI s:mustUnderstand=\"true\">{resource}</w:ResourceURI>\
         <a:ReplyTo><a:Address s:mustUnderstand=\"true\">http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous\
         </a:Address></a:ReplyTo>\
         <a:Action s:mustUnderstand=\"true\">{action}</a:Action>\
         <w:MaxEnvelopeSize s:mustUnderstand=\"true\">512000</w:MaxEnvelopeSize>\
         <a:MessageID>uuid:0F1E2D3C-4B5A-6978-8796-A5B4C3D2E1F0</a:MessageID>{selectors}\
         <w:OperationTimeout>PT60.000S</w:OperationTimeout></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn written(operation: &Operation, dialect: Dialect) -> String {
    write(operation, &head(dialect)).unwrap()
}

fn service() -> Reference {
    Reference::new(V2, SERVICE)
        .with_key("CreationClassName", SERVICE)
        .with_key("Name", "replicasvc")
}

fn selector(name: &str, value: &str) -> String {
    format!("<w:Selector Name=\"{name}\">{value}</w:Selector>")
}

fn service_selectors() -> String {
    selector("CreationClassName", SERVICE) + &selector("Name", "replicasvc")
}

fn in_namespace() -> String {
    selector("__cimnamespace", V2)
}

fn invoke(input: Properties) -> Operation {
    Operation::Invoke {
        target: service(),
        method: "StartReplication".to_owned(),
        input,
    }
}

#[test]
fn identify() {
    let expected = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
        xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"><s:Header/><s:Body>\
        <wsmid:Identify/></s:Body></s:Envelope>";
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        assert_eq!(written(&Operation::Identify, dialect), expected);
    }
}

#[test]
fn get() {
    let get = Operation::Get { target: service() };
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    assert_eq!(
        written(&get, Dialect::Wmi),
        expected(&format!("{WMI}{SERVICE}"), action, &service_selectors(), "")
    );
    assert_eq!(
        written(&get, Dialect::Dmtf),
        expected(
            &format!("{DMTF}{SERVICE}"),
            action,
            &(service_selectors() + &in_namespace()),
            ""
        )
    );
}

#[test]
fn enumerate_a_class() {
    let operation = Operation::Enumerate(Enumerate::class(ClassPath::new(V2, SERVICE), 20));
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    let body =
        "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements></n:Enumerate>";
    assert_eq!(
        written(&operation, Dialect::Wmi),
        expected(&format!("{WMI}{SERVICE}"), action, "", body)
    );
    assert_eq!(
        written(&operation, Dialect::Dmtf),
        expected(&format!("{DMTF}{SERVICE}"), action, &in_namespace(), body)
    );
}

#[test]
fn what_of_subclasses_is_wanted() {
    for (mode, name) in [
        (
            PolymorphismMode::IncludeSubclassProperties,
            "IncludeSubClassProperties",
        ),
        (
            PolymorphismMode::ExcludeSubclassProperties,
            "ExcludeSubClassProperties",
        ),
        (PolymorphismMode::None, "None"),
    ] {
        let operation = Operation::Enumerate(Enumerate {
            polymorphism: Some(mode),
            mode: EnumerationMode::Epr,
            ..Enumerate::class(ClassPath::new(V2, SERVICE), 20)
        });
        let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
        let body = format!(
            "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements>\
             <w:EnumerationMode>EnumerateEPR</w:EnumerationMode>\
             <b:PolymorphismMode xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\">{name}\
             </b:PolymorphismMode></n:Enumerate>"
        );
        assert_eq!(
            written(&operation, Dialect::Wmi),
            expected(&format!("{WMI}{SERVICE}"), action, "", &body)
        );
    }
}

#[test]
fn enumerate_a_query() {
    let operation = Operation::Enumerate(Enumerate::query(
        V2,
        "SELECT * FROM C WHERE A < 'x & y'",
        20,
    ));
    let action = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
    let body = "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>20</w:MaxElements>\
        <w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">SELECT * FROM C WHERE A &lt; &apos;x &amp; y&apos;\
        </w:Filter></n:Enumerate>";
    // A query is sent to all classes, with a resource URI of Windows in both dialects.
    let uri = format!("{WMI}*");
    assert_eq!(
        written(&operation, Dialect::Wmi),
        expected(&uri, action, "", body)
    );
    assert_eq!(
        written(&operation, Dialect::Dmtf),
        expected(&uri, action, &in_namespace(), body)
    );
}

/// Returns operations on all classes of a namespace, with the ends of their actions.
fn of_all_classes() -> [(Operation, &'static str); 6] {
    let class = || ClassPath::new(V2, "*");
    let context = || "1".to_owned();
    let associators = Enumerate {
        filter: Some(Filter::Association(association(false))),
        ..Enumerate::class(class(), 20)
    };
    let query = Enumerate::query(V2, "SELECT * FROM C", 20);
    let (pull, release) = (
        Operation::Pull {
            class: class(),
            context: context(),
            max_elements: 50,
        },
        Operation::Release {
            class: class(),
            context: context(),
        },
    );
    let subscribe = Operation::Subscribe {
        class: class(),
        query: "SELECT * FROM E".to_owned(),
    };
    let unsubscribe = Operation::Unsubscribe {
        class: class(),
        identifier: None,
    };
    [
        (Operation::Enumerate(query), "Enumerate"),
        (Operation::Enumerate(associators), "Enumerate"),
        (pull, "Pull"),
        (release, "Release"),
        (subscribe, "Subscribe"),
        (unsubscribe, "Unsubscribe"),
    ]
}

#[test]
fn queries_and_subscriptions_go_where_the_profile_says() {
    const ALL_CLASSES: &str = "http://schemas.dmtf.org/wbem/wscim/1/*";
    let in_namespace = in_namespace();
    for (dialect, target, uri, selector) in [
        (
            Dialect::Wmi,
            QueryTarget::Namespace,
            format!("{WMI}*"),
            None,
        ),
        (
            Dialect::Dmtf,
            QueryTarget::Namespace,
            format!("{WMI}*"),
            Some(&in_namespace),
        ),
        (
            Dialect::Wmi,
            QueryTarget::AllClasses,
            ALL_CLASSES.to_owned(),
            Some(&in_namespace),
        ),
        (
            Dialect::Dmtf,
            QueryTarget::AllClasses,
            ALL_CLASSES.to_owned(),
            Some(&in_namespace),
        ),
    ] {
        let mut head = head(dialect);
        head.profile.query_target = target;
        for (operation, action) in of_all_classes() {
            let envelope = write(&operation, &head).unwrap();
            let resource =
                format!("<w:ResourceURI s:mustUnderstand=\"true\">{uri}</w:ResourceURI>");
            let (header, _) = envelope.split_once("</s:Header>").unwrap();
            assert!(header.contains(&resource), "{envelope}");
            assert!(
                header.contains(&format!("/{action}</a:Action>")),
                "{envelope}"
            );
            match selector {
                Some(selector) => assert!(header.contains(selector), "{envelope}"),
                None => assert!(!header.contains("__cimnamespace"), "{envelope}"),
            }
        }
        // An operation on one class is sent to that class.
        let get = Operation::Get { target: service() };
        let of_class = head_of_class(dialect);
        assert!(write(&get, &head).unwrap().contains(&of_class));
    }
}

fn head_of_class(dialect: Dialect) -> String {
    let base = match dialect {
        Dialect::Wmi => WMI,
        Dialect::Dmtf => DMTF,
    };
    format!("<w:ResourceURI s:mustUnderstand=\"true\">{base}{SERVICE}</w:ResourceURI>")
}

#[test]
fn pull_and_release() {
    let class = ClassPath::new(V2, SERVICE);
    let context = "uuid:1 & <2>".to_owned();
    let pull = Operation::Pull {
        class: class.clone(),
        context: context.clone(),
        max_elements: 50,
    };
    let release = Operation::Release { class, context };
    let context = "<n:EnumerationContext>uuid:1 &amp; &lt;2&gt;</n:EnumerationContext>";
    for (operation, action, body) in [
        (
            pull,
            "Pull",
            format!("<n:Pull>{context}<n:MaxElements>50</n:MaxElements></n:Pull>"),
        ),
        (
            release,
            "Release",
            format!("<n:Release>{context}</n:Release>"),
        ),
    ] {
        let action = format!("http://schemas.xmlsoap.org/ws/2004/09/enumeration/{action}");
        assert_eq!(
            written(&operation, Dialect::Wmi),
            expected(&format!("{WMI}{SERVICE}"), &action, "", &body)
        );
        assert_eq!(
            written(&operation, Dialect::Dmtf),
            expected(&format!("{DMTF}{SERVICE}"), &action, &in_namespace(), &body)
        );
    }
}

/// The headers of an Unsubscribe as the collector of Windows writes it; the body of a Subscribe as in DSP0226.
#[test]
fn subscribe_and_unsubscribe() {
    const EVENTING: &str = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
    let class = ClassPath::new(V2, "*");
    let subscribe = Operation::Subscribe {
        class: class.clone(),
        query: "SELECT * FROM E WITHIN 2 WHERE T ISA 'C'".to_owned(),
    };
    let body = format!(
        "<e:Subscribe xmlns:e=\"{EVENTING}\">\
         <e:Delivery Mode=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull\">\
         <w:ContentEncoding>UTF-8</w:ContentEncoding></e:Delivery>\
         <w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">\
         SELECT * FROM E WITHIN 2 WHERE T ISA &apos;C&apos;</w:Filter></e:Subscribe>"
    );
    let uri = format!("{WMI}*");
    assert_eq!(
        written(&subscribe, Dialect::Wmi),
        expected(&uri, &format!("{EVENTING}/Subscribe"), "", &body)
    );
    let unsubscribe = |identifier: Option<&str>| Operation::Unsubscribe {
        class: class.clone(),
        identifier: identifier.map(str::to_owned),
    };
    let action = format!("{EVENTING}/Unsubscribe");
    let body = format!("<e:Unsubscribe xmlns:e=\"{EVENTING}\"/>");
    let without = expected(&uri, &action, "", &body);
    assert_eq!(written(&unsubscribe(None), Dialect::Wmi), without);
    let header =
        format!("<e:Identifier xmlns:e=\"{EVENTING}\">143D&amp;</e:Identifier></s:Header>");
    assert_eq!(
        written(&unsubscribe(Some("143D&")), Dialect::Wmi),
        without.replace("</s:Header>", &header)
    );
}

#[test]
fn invoke_with_a_reference() {
    let vm = Reference::new(V2, "Msvm_ComputerSystem")
        .with_key("CreationClassName", "Msvm_ComputerSystem")
        .with_key("Name", "A");
    let operation = invoke(
        Properties::new()
            .with("ComputerSystem", vm)
            .with("InitialReplicationType", 1u16)
            .with("InitialReplicationExportLocation", Value::Null)
            .with("StartTime", Value::Null),
    );
    let body = |uri: &str, namespace: &str| {
        format!(
            "<r:StartReplication_INPUT xmlns:r=\"{uri}{SERVICE}\"><r:ComputerSystem>\
             <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters>\
             <w:ResourceURI>{uri}Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>\
             <w:Selector Name=\"CreationClassName\">Msvm_ComputerSystem</w:Selector><w:Selector Name=\"Name\">A</w:Selector>\
             {namespace}</w:SelectorSet></a:ReferenceParameters></r:ComputerSystem>\
             <r:InitialReplicationType>1</r:InitialReplicationType></r:StartReplication_INPUT>"
        )
    };
    assert_eq!(
        written(&operation, Dialect::Wmi),
        expected(
            &format!("{WMI}{SERVICE}"),
            &format!("{WMI}{SERVICE}/StartReplication"),
            &service_selectors(),
            &body(WMI, "")
        )
    );
    assert_eq!(
        written(&operation, Dialect::Dmtf),
        expected(
            &format!("{DMTF}{SERVICE}"),
            &format!("{DMTF}{SERVICE}/StartReplication"),
            &(service_selectors() + &in_namespace()),
            &body(DMTF, &in_namespace())
        )
    );
}

/// A static method has no selectors on Windows (MS-WSMV 4.1.4).
#[test]
fn invoke_of_a_class() {
    let operation = Operation::Invoke {
        target: Reference::new("root/cimv2", "Win32_Process"),
        method: "Create".to_owned(),
        input: Properties::new().with("CommandLine", "notepad.exe"),
    };
    let uri = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/Win32_Process";
    let body = format!(
        "<r:Create_INPUT xmlns:r=\"{uri}\"><r:CommandLine>notepad.exe</r:CommandLine></r:Create_INPUT>"
    );
    assert_eq!(
        written(&operation, Dialect::Wmi),
        expected(uri, &format!("{uri}/Create"), "", &body)
    );
}

#[test]
fn headers_that_are_asked_for() {
    let mut head = head(Dialect::Wmi);
    head.locale = Some("de-DE");
    head.operation_timeout = Duration::from_millis(1500);
    head.max_envelope_size = 8192;
    let envelope = write(&Operation::Get { target: service() }, &head).unwrap();
    for part in [
        "</a:MessageID><w:Locale xml:lang=\"de-DE\" s:mustUnderstand=\"false\"/>\
         <p:DataLocale xml:lang=\"de-DE\" s:mustUnderstand=\"false\"/><w:SelectorSet>",
        "<w:OperationTimeout>PT1.500S</w:OperationTimeout>",
        "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">8192</w:MaxEnvelopeSize>",
    ] {
        assert!(envelope.contains(part), "{part}: {envelope}");
    }
}

/// Returns the text between the tags of the parameter P.
fn parameter(value: impl Into<Value>, form: DatetimeForm) -> Result<String, EncodeError> {
    let mut head = head(Dialect::Wmi);
    head.profile.datetime_form = form;
    let envelope = write(&invoke(Properties::new().with("P", value)), &head)?;
    let start = format!("<r:StartReplication_INPUT xmlns:r=\"{WMI}{SERVICE}\">");
    let (_, body) = envelope.split_once(&start).unwrap();
    let (body, _) = body.split_once("</r:StartReplication_INPUT>").unwrap();
    Ok(body.to_owned())
}

#[test]
fn times_in_each_form() {
    let time: DateTime = "2030-01-15T22:00:00.5+01:00".parse().unwrap();
    let interval: Interval = "P1DT2H3M4.5S".parse().unwrap();
    for (form, expected_time, expected_interval) in [
        (
            DatetimeForm::Typed,
            "<r:P xsi:type=\"cim:cimDateTime\"><CIM_DateTime>20300115220000.500000+060</CIM_DateTime></r:P>",
            "<r:P xsi:type=\"cim:cimDateTime\"><CIM_DateTime>00000001020304.500000:000</CIM_DateTime></r:P>",
        ),
        (
            DatetimeForm::CimDateTime,
            "<r:P><cim:CIM_DateTime>20300115220000.500000+060</cim:CIM_DateTime></r:P>",
            "<r:P><cim:CIM_DateTime>00000001020304.500000:000</cim:CIM_DateTime></r:P>",
        ),
        (
            DatetimeForm::XmlSchema,
            "<r:P><cim:Datetime>2030-01-15T21:00:00.5Z</cim:Datetime></r:P>",
            "<r:P><cim:Interval>P1DT2H3M4.5S</cim:Interval></r:P>",
        ),
        (
            DatetimeForm::Text,
            "<r:P>20300115220000.500000+060</r:P>",
            "<r:P>00000001020304.500000:000</r:P>",
        ),
    ] {
        assert_eq!(
            parameter(time, form).as_deref(),
            Ok(expected_time),
            "{form}"
        );
        assert_eq!(
            parameter(interval, form).as_deref(),
            Ok(expected_interval),
            "{form}"
        );
    }
    // A wildcard has no form in XML Schema, but has one in the other forms.
    let open: DateTime = "203001********.******+000".parse().unwrap();
    let some: Interval = "00000001******.******:000".parse().unwrap();
    assert!(parameter(open, DatetimeForm::XmlSchema).is_err());
    assert!(parameter(some, DatetimeForm::XmlSchema).is_err());
    assert_eq!(
        parameter(open, DatetimeForm::CimDateTime).as_deref(),
        Ok("<r:P><cim:CIM_DateTime>203001********.******+000</cim:CIM_DateTime></r:P>")
    );
}

#[test]
fn values_of_all_kinds() {
    let array = |values: Vec<Value>| Value::Array(values);
    for (value, expected) in [
        (Value::Null, ""),
        ("".into(), "<r:P></r:P>"),
        (
            "web & <db> \"01\" ]]>".into(),
            "<r:P>web &amp; &lt;db&gt; &quot;01&quot; ]]&gt;</r:P>",
        ),
        (true.into(), "<r:P>true</r:P>"),
        (u64::MAX.into(), "<r:P>18446744073709551615</r:P>"),
        (i8::MIN.into(), "<r:P>-128</r:P>"),
        (Value::Char16(65), "<r:P>65</r:P>"),
        (f64::NEG_INFINITY.into(), "<r:P>-INF</r:P>"),
        (array(vec![]), ""),
        (
            array(vec![1u8.into(), Value::Null, 3u8.into()]),
            "<r:P>1</r:P><r:P xsi:nil=\"true\"/><r:P>3</r:P>",
        ),
        (
            Instance::new(ClassPath::new("", "C")).with("A", "<").into(),
            "<r:P>&lt;INSTANCE CLASSNAME=&quot;C&quot;&gt;&lt;PROPERTY NAME=&quot;A&quot; TYPE=&quot;string&quot;&gt;\
             &lt;VALUE&gt;&amp;lt;&lt;/VALUE&gt;&lt;/PROPERTY&gt;&lt;/INSTANCE&gt;</r:P>",
        ),
    ] {
        assert_eq!(
            parameter(value.clone(), DatetimeForm::default()).as_deref(),
            Ok(expected),
            "{value:?}"
        );
    }
    assert!(
        parameter(
            array(vec![array(vec![1u8.into()])]),
            DatetimeForm::default()
        )
        .is_err()
    );
}

#[test]
fn a_reference_in_a_selector() {
    let vm = Reference::new(V2, "Msvm_ComputerSystem").with_key("Name", "<A>");
    let target = Reference::new(V2, "Msvm_HostedService")
        .with_key("Antecedent", vm)
        .with_key("Index", 7u32)
        .with_key("On", true);
    let wrapped = |uri: &str, namespace: &str| {
        format!(
            "<w:Selector Name=\"Antecedent\"><a:EndpointReference>\
             <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters>\
             <w:ResourceURI>{uri}Msvm_ComputerSystem</w:ResourceURI><w:SelectorSet>\
             <w:Selector Name=\"Name\">&lt;A&gt;</w:Selector>{namespace}</w:SelectorSet></a:ReferenceParameters>\
             </a:EndpointReference></w:Selector><w:Selector Name=\"Index\">7</w:Selector>\
             <w:Selector Name=\"On\">true</w:Selector>{namespace}"
        )
    };
    let get = Operation::Get { target };
    let action = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
    assert_eq!(
        written(&get, Dialect::Wmi),
        expected(
            &format!("{WMI}Msvm_HostedService"),
            action,
            &wrapped(WMI, ""),
            ""
        )
    );
    assert_eq!(
        written(&get, Dialect::Dmtf),
        expected(
            &format!("{DMTF}Msvm_HostedService"),
            action,
            &wrapped(DMTF, &in_namespace()),
            ""
        )
    );
}

/// Names become parts of elements and URIs, which cannot be escaped.
#[test]
fn names_that_are_none() {
    for name in [
        "",
        "A B",
        "A/B",
        "A:B",
        "A\"B",
        "A><x/><r:A",
        "A\u{1}",
        "9A",
        "*",
    ] {
        let class = Reference::new(V2, name);
        let operations = [
            Operation::Get {
                target: class.clone(),
            },
            Operation::Get {
                target: service().with_key(name, "x"),
            },
            Operation::Get {
                target: service().with_key("A", class.clone()),
            },
            Operation::Invoke {
                target: service(),
                method: name.to_owned(),
                input: Properties::new(),
            },
            invoke(Properties::new().with(name, 1u8)),
            invoke(Properties::new().with("A", class)),
        ];
        for operation in operations {
            let error = write(&operation, &head(Dialect::Wmi));
            assert!(
                matches!(error, Err(EncodeError::Name { .. })),
                "{operation:?}: {error:?}"
            );
        }
        let enumerate = Operation::Enumerate(Enumerate::class(ClassPath::new(V2, name), 1));
        assert_eq!(
            write(&enumerate, &head(Dialect::Wmi)).is_ok(),
            name == "*",
            "{name}"
        );
    }
}

#[test]
fn values_cannot_break_out() {
    let evil = "\"/><x a='\">]]><!--";
    let escaped = "&quot;/&gt;&lt;x a=&apos;&quot;&gt;]]&gt;&lt;!--";
    let head = Head {
        to: evil,
        locale: Some(evil),
        ..head(Dialect::Dmtf)
    };
    let operation = Operation::Invoke {
        target: Reference::new(evil, SERVICE).with_key("Name", evil),
        method: "M".to_owned(),
        input: Properties::new().with("A", evil).with(
            "B",
            Reference::to_class(ClassPath::new("", "C").with_base(evil)),
        ),
    };
    let envelope = write(&operation, &head).unwrap();
    assert!(
        !envelope.contains("<x") && !envelope.contains("<!--"),
        "{envelope}"
    );
    let mut reader = crate::xml::Reader::new(&envelope);
    reader.root().unwrap();
    reader.skip().unwrap();
    reader.end().unwrap();
    for part in [
        format!("<a:To>{escaped}</a:To>"),
        format!("<w:Selector Name=\"Name\">{escaped}</w:Selector>"),
        format!("<r:A>{escaped}</r:A>"),
        format!("<w:ResourceURI>{escaped}C</w:ResourceURI>"),
    ] {
        assert!(envelope.contains(&part), "{part}: {envelope}");
    }
}

#[test]
fn characters_that_xml_cannot_bear() {
    let bad = "a\u{1}";
    let operations = [
        Operation::Get {
            target: service().with_key("Name", bad),
        },
        Operation::Get {
            target: Reference::new(bad, "C"),
        },
        Operation::Enumerate(Enumerate::query(V2, bad, 1)),
        Operation::Pull {
            class: ClassPath::new(V2, "C"),
            context: bad.to_owned(),
            max_elements: 1,
        },
        invoke(Properties::new().with("A", bad)),
        invoke(Properties::new().with("A", Value::Array(vec!["x".into(), "\u{FFFF}".into()]))),
    ];
    for operation in operations {
        let error = write(&operation, &head(Dialect::Wmi));
        assert!(
            matches!(error, Err(EncodeError::Xml(_) | EncodeError::XmlAt { .. })),
            "{operation:?}: {error:?}"
        );
    }
    let head = Head {
        locale: Some(bad),
        ..head(Dialect::Wmi)
    };
    assert!(write(&Operation::Get { target: service() }, &head).is_err());
}

#[test]
fn put_create_and_delete() {
    // WS-Transfer: the body is the instance, in the namespace of its class.
    let class = format!("{WMI}Msvm_X");
    let target = Reference::new(V2, "Msvm_X").with_key("K", "v");
    let instance = Instance::new(ClassPath::new(V2, "Msvm_X"))
        .with("Text", "a & b")
        .with("Gone", Value::Null)
        .with("Many", vec![1u8, 2]);
    let body = format!(
        "<r:Msvm_X xmlns:r=\"{class}\"><r:Text>a &amp; b</r:Text><r:Gone xsi:nil=\"true\"/><r:Many>1</r:Many>\
         <r:Many>2</r:Many></r:Msvm_X>"
    );
    let transfer = |verb: &str| format!("http://schemas.xmlsoap.org/ws/2004/09/transfer/{verb}");
    let put = Operation::Put {
        target: target.clone(),
        instance: instance.clone(),
    };
    let wanted = expected(&class, &transfer("Put"), &selector("K", "v"), &body);
    assert_eq!(written(&put, Dialect::Wmi), wanted);
    let create = Operation::Create { instance };
    let wanted = expected(&class, &transfer("Create"), "", &body);
    assert_eq!(written(&create, Dialect::Wmi), wanted);
    let delete = Operation::Delete { target };
    let wanted = expected(&class, &transfer("Delete"), &selector("K", "v"), "");
    assert_eq!(written(&delete, Dialect::Wmi), wanted);
    assert!(put.changes() && create.changes() && delete.changes());
    assert!(!put.is_read() && !create.is_read() && !delete.is_read());
}

#[test]
fn a_property_as_a_fragment() {
    let operation = Operation::GetProperty {
        target: Reference::new(V2, "Msvm_X").with_key("K", "v"),
        property: "State".to_owned(),
    };
    let envelope = written(&operation, Dialect::Wmi);
    let fragment =
        "<w:FragmentTransfer s:mustUnderstand=\"true\">State</w:FragmentTransfer></s:Header>";
    assert!(envelope.contains(fragment), "{envelope}");
    assert!(envelope.contains(">http://schemas.xmlsoap.org/ws/2004/09/transfer/Get<"));
    let operation = Operation::GetProperty {
        target: Reference::new(V2, "Msvm_X"),
        property: "State|Name".to_owned(),
    };
    assert!(write(&operation, &head(Dialect::Wmi)).is_err());
}

#[test]
fn the_declaration_of_a_class() {
    // The request of the Windows client (MS-WSMV 3.1.4.1.38), in either dialect.
    let operation = Operation::GetClass {
        class: ClassPath::new(V2, SERVICE),
    };
    let selectors = selector("__cimnamespace", V2) + &selector("ClassName", SERVICE);
    let wanted = expected(
        "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*",
        "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get",
        &selectors,
        "",
    );
    let options = "<w:OptionSet><w:Option Name=\"IncludeQualifiers\" Type=\"xs:boolean\">true</w:Option>\
                   <w:Option Name=\"IncludeInheritedElements\" Type=\"xs:boolean\">true</w:Option></w:OptionSet>";
    let wanted = wanted.replace("</w:SelectorSet>", &format!("</w:SelectorSet>{options}"));
    for dialect in [Dialect::Wmi, Dialect::Dmtf] {
        assert_eq!(written(&operation, dialect), wanted);
    }
}

#[test]
fn filters_and_modes() {
    let enumerate = |filter, mode| {
        let class = ClassPath::new(V2, "Msvm_X");
        let enumerate = Enumerate {
            filter,
            mode,
            ..Enumerate::class(class, 50)
        };
        let envelope = written(&Operation::Enumerate(enumerate), Dialect::Wmi);
        let (_, body) = envelope.split_once("<s:Body>").unwrap();
        body.to_owned()
    };
    let begin = "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>50</w:MaxElements>";
    let end = "</n:Enumerate></s:Body></s:Envelope>";
    assert_eq!(
        enumerate(None, EnumerationMode::Epr),
        format!("{begin}<w:EnumerationMode>EnumerateEPR</w:EnumerationMode>{end}")
    );
    assert_eq!(
        enumerate(None, EnumerationMode::ObjectAndEpr),
        format!("{begin}<w:EnumerationMode>EnumerateObjectAndEPR</w:EnumerationMode>{end}")
    );
    let selectors = Reference::new("", "").with_key("State", "a<b");
    assert_eq!(
        enumerate(Some(Filter::Selectors(selectors)), EnumerationMode::Objects),
        format!(
            "{begin}<w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter\">\
             <w:SelectorSet><w:Selector Name=\"State\">a&lt;b</w:Selector></w:SelectorSet></w:Filter>{end}"
        )
    );
}

fn association(references: bool) -> Association {
    Association {
        object: Reference::new(V2, "Msvm_X").with_key("K", "a\"b"),
        references,
        association_class: Some("Msvm_Link".to_owned()),
        result_class: (!references).then(|| "Msvm_Y".to_owned()),
        role: Some("Antecedent".to_owned()),
        result_role: None,
    }
}

#[test]
fn associations_by_filter() {
    // DSP0227.
    let enumerate = Enumerate {
        filter: Some(Filter::Association(association(false))),
        ..Enumerate::class(ClassPath::new(V2, "*"), 50)
    };
    let envelope = written(&Operation::Enumerate(enumerate), Dialect::Dmtf);
    let filter = format!(
        "<w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter\">\
         <b:AssociatedInstances xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\"><b:Object>\
         <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address><a:ReferenceParameters>\
         <w:ResourceURI>{DMTF}Msvm_X</w:ResourceURI><w:SelectorSet><w:Selector Name=\"K\">a&quot;b</w:Selector>{}\
         </w:SelectorSet></a:ReferenceParameters></b:Object><b:AssociationClassName>Msvm_Link</b:AssociationClassName>\
         <b:Role>Antecedent</b:Role><b:ResultClassName>Msvm_Y</b:ResultClassName></b:AssociatedInstances></w:Filter>",
        selector("__cimnamespace", V2)
    );
    assert!(envelope.contains(&filter), "{envelope}\nwithout\n{filter}");
}

/// For associations themselves CIM has one class filter and one role; OMI ignores any other, so it would return too
/// many results.
#[test]
fn associations_themselves_by_filter() {
    let filter = |association: Association| {
        let enumerate = Enumerate {
            filter: Some(Filter::Association(association)),
            ..Enumerate::class(ClassPath::new(V2, "*"), 50)
        };
        let envelope = written(&Operation::Enumerate(enumerate), Dialect::Dmtf);
        let (_, after) = envelope.split_once("</b:Object>").unwrap();
        let (conditions, _) = after.split_once("</b:AssociationInstances>").unwrap();
        conditions.to_owned()
    };
    let of = |class: &str| {
        format!("<b:Role>Antecedent</b:Role><b:ResultClassName>{class}</b:ResultClassName>")
    };
    assert_eq!(filter(association(true)), of("Msvm_Link"));
    let both = Association {
        result_class: Some("Msvm_Y".to_owned()),
        result_role: Some("Dependent".to_owned()),
        ..association(true)
    };
    assert_eq!(filter(both), of("Msvm_Y"));
}

#[test]
fn associations_in_wql() {
    // WMI SDK, "ASSOCIATORS OF Statement": the conditions are listed without AND.
    let wql = association(false).to_wql().unwrap();
    let wanted = "ASSOCIATORS OF {Msvm_X.K=\"a\\\"b\"} WHERE AssocClass = Msvm_Link ResultClass = Msvm_Y Role = Antecedent";
    assert_eq!(wql, wanted);
    let wql = association(true).to_wql().unwrap();
    assert_eq!(
        wql,
        "REFERENCES OF {Msvm_X.K=\"a\\\"b\"} WHERE ResultClass = Msvm_Link Role = Antecedent"
    );
    let misnamed = Association {
        role: Some("A} WHERE".to_owned()),
        ..association(true)
    };
    assert!(misnamed.to_wql().is_err());
}

/// A property that is left out keeps its value (MS-WSMV 3.1.4.1.26: a null array is written as one element).
#[test]
fn an_array_without_values_is_said() {
    let instance = Instance::new(ClassPath::new(V2, "C"))
        .with("Ids", Value::Array(Vec::new()))
        .with("Name", "x");
    let target = Reference::new(V2, "C").with_key("K", "1");
    let put = Operation::Put { target, instance };
    let envelope = written(&put, Dialect::Wmi);
    let body = "<r:Ids xsi:nil=\"true\"/><r:Name>x</r:Name></r:C>";
    assert!(envelope.contains(body), "{envelope}");
}

/// The form in which OMI sends embedded instances, as in the response to GetErrorEx among its captures.
#[test]
fn embedded_instances_as_elements() {
    let disk = Instance::new(ClassPath::new(V2, "D"))
        .with("Name", "a & b")
        .with("Size", Value::Null);
    let job = Instance::new(ClassPath::new(V2, "J"))
        .with("Disk", disk)
        .with("Ids", vec![1u16, 2]);
    let operation = |value: Instance| invoke(Properties::new().with("Job", value));
    let head = |dialect| Head {
        profile: ServerProfile {
            dialect,
            embedded_form: EmbeddedForm::Elements,
            ..ServerProfile::default()
        },
        ..head(dialect)
    };
    for (dialect, uri) in [(Dialect::Wmi, WMI), (Dialect::Dmtf, DMTF)] {
        let text = write(&operation(job.clone()), &head(dialect)).unwrap();
        let expected = format!(
            "<r:Job xmlns:i=\"{uri}J\" xsi:type=\"i:J_Type\">\
             <i:Disk xmlns:i=\"{uri}D\" xsi:type=\"i:D_Type\"><i:Name>a &amp; b</i:Name><i:Size xsi:nil=\"true\"/></i:Disk>\
             <i:Ids>1</i:Ids><i:Ids>2</i:Ids></r:Job></r:"
        );
        assert!(text.contains(&expected), "{text}");
    }
    // An instance made from a caller's struct has a class without a namespace: it is that of the request.
    let nowhere = Instance::new(ClassPath::new("", "J")).with("Name", "x");
    let text = write(&operation(nowhere), &head(Dialect::Wmi)).unwrap();
    let expected =
        format!("<r:Job xmlns:i=\"{WMI}J\" xsi:type=\"i:J_Type\"><i:Name>x</i:Name></r:Job>");
    assert!(text.contains(&expected), "{text}");
}
