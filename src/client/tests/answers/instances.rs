//! Comparison of instances with the requested reference.

use super::*;

#[tokio::test]
async fn a_get_is_answered_by_the_instance_that_was_asked_for() {
    for (properties, is_it) in [
        ("<Name>web01</Name>", true),
        ("<Name>WEB01</Name>", true),
        // A missing key is not compared.
        ("<Size>1</Size>", true),
        ("<name>web01</name>", true),
        ("<Name>web02</Name>", false),
        ("<Name/>", false),
        ("<Name>web01</Name><Name>web02</Name>", false),
        (
            "<Name x:nil=\"true\" xmlns:x=\"http://www.w3.org/2001/XMLSchema-instance\"/>",
            false,
        ),
    ] {
        let found = get(envelope(&x(properties))).await;
        assert_eq!(found.is_ok(), is_it, "{properties}: {found:?}");
        if let Err(error) = found {
            assert_eq!(error.kind(), ErrorKind::Answer);
            let reason = reason(&error);
            assert!(
                reason.contains("Name") && reason.contains("web01"),
                "{reason}"
            );
        }
        let put = sends_partial_puts(&super::super::client([envelope(&x(properties))]))
            .put(&target(), Instance::new(ClassPath::new("root/x", "X")))
            .await;
        let kind = put.as_ref().map_err(Error::kind).map(drop);
        let expected = if is_it {
            Ok(())
        } else {
            Err(ErrorKind::OutcomeUnknown)
        };
        assert_eq!(kind, expected, "{properties}");
    }
}

#[tokio::test]
async fn keys_are_compared_as_values() {
    let same = [
        (Reference::new("root/x", "X").with_key("K", 7u32), "7", true),
        (
            Reference::new("root/x", "X").with_key("K", "007"),
            "7",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", 7u32),
            "8",
            false,
        ),
        // A name made of digits is not a number.
        (
            Reference::new("root/x", "X").with_key("K", "7"),
            "007",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", true),
            "TRUE",
            true,
        ),
        (Reference::new("root/x", "X").with_key("K", true), "1", true),
        (
            Reference::new("root/x", "X").with_key("K", "true"),
            "false",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "20300115220000.000000+060"),
            "<c:Datetime xmlns:c=\"http://schemas.dmtf.org/wbem/wscim/1/common\">2030-01-15T21:00:00Z</c:Datetime>",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "2030-01-15T21:00:00Z"),
            "20300115210000.000000+000",
            true,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "2030-01-15T21:00:01Z"),
            "20300115210000.000000+000",
            false,
        ),
        (
            Reference::new("root/x", "X").with_key("K", "fünf Äpfel"),
            "FÜNF äpfel",
            true,
        ),
    ];
    for (target, value, is_it) in same {
        let answer = envelope(&x(&format!("<K>{value}</K>")));
        let found = super::super::client([answer]).get(&target).await;
        assert_eq!(found.is_ok(), is_it, "{target} and {value}: {found:?}");
    }
    let end = |name: &str, server: &str| {
        format!(
            "<a:Address xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\">http://{server}/wsman</a:Address>\
             <a:ReferenceParameters xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"><w:ResourceURI>{WMI}Y\
             </w:ResourceURI><w:SelectorSet><w:Selector Name=\"Name\">{name}</w:Selector></w:SelectorSet>\
             </a:ReferenceParameters>"
        )
    };
    let key = Reference::new("root/x", "Y").with_key("name", "WEB01");
    let target = Reference::new("root/x", "X").with_key("End", key);
    for (name, is_it) in [("web01", true), ("web02", false)] {
        let answer = envelope(&x(&format!(
            "<End>{}</End>",
            end(name, "elsewhere.example")
        )));
        let found = super::super::client([answer]).get(&target).await;
        assert_eq!(found.is_ok(), is_it, "{name}");
    }
}

#[tokio::test]
async fn an_instance_of_another_class_counts_by_its_keys() {
    let of = |class: &str, properties: &str| {
        let uri = format!("{WMI}X");
        envelope(&format!("<{class} xmlns=\"{uri}\">{properties}</{class}>"))
    };
    // A service may name the class of the instance, a subclass of the requested one.
    get(of("Derived_X", "<Name>web01</Name>")).await.unwrap();
    get(of("x", "<Size>1</Size>")).await.unwrap();
    for (class, properties) in [
        ("Y", "<Size>1</Size>"),
        ("Y", "<Name>web02</Name>"),
        ("Y", ""),
    ] {
        let error = get(of(class, properties)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Answer);
    }
    // The only instance of a class has no keys to compare.
    let only = Reference::new("root/x", "X");
    let answer = of("Y", "<Name>web01</Name>");
    let error = super::super::client([answer]).get(&only).await.unwrap_err();
    let reason = reason(&error);
    assert_eq!(reason, "the answer is an instance of Y, not of X");
    let error = super::super::client([envelope("<CLASS NAME=\"Y\"/>")])
        .schema(only.class())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
}

#[tokio::test]
async fn what_was_created_is_of_the_class_that_was_asked_for() {
    let (created, _) = Asked::Create.answer();
    let other = created.replace(&format!("{WMI}X"), &format!("{WMI}Y"));
    Asked::Create.is_not_answered_by(envelope(&other)).await;
    let nothing = created.replace(&format!("<w:ResourceURI>{WMI}X</w:ResourceURI>"), "");
    Asked::Create.is_not_answered_by(envelope(&nothing)).await;
}

#[tokio::test]
async fn a_fragment_holds_the_property_that_was_asked_for() {
    let fragment = |inside: &str| envelope(&format!("<w:XmlFragment>{inside}</w:XmlFragment>"));
    let read = async |answer| {
        let client = super::super::client([answer]);
        client.get_property::<Option<u32>>(&target(), "Size").await
    };
    assert_eq!(read(fragment("<Size>1</Size>")).await.unwrap(), Some(1));
    // A null array leaves no element.
    assert_eq!(read(fragment("")).await.unwrap(), None);
    let error = read(fragment("<Length>1</Length>")).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Answer);
    assert_eq!(reason(&error), "the answer holds Length, not Size");
}
