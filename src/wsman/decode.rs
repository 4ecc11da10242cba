//! Elements as CIM values.

use std::sync::Arc;

use crate::cim::{ClassPath, Instance, KeyValue, Properties, Reference, Value};
use crate::xml::{Content, Element, Error, Ns, Reader};

use super::uris;

/// Reads instances, and remembers what the instances of one class share: the class, and the names of its properties.
pub(crate) struct Decoder<'n> {
    /// The namespace that was asked, for classes whose resource URI does not name one.
    namespace: &'n str,
    /// The class met last, under the URI and the name it was met by.
    last_class: Option<(Ns, Arc<ClassPath>)>,
    /// The property names of the instance read last, in order: the next one mostly has the same.
    names: Vec<Arc<str>>,
}

impl<'n> Decoder<'n> {
    pub(crate) fn new(namespace: &'n str) -> Self {
        Self {
            namespace,
            last_class: None,
            names: Vec::new(),
        }
    }

    /// Reads the instance whose element has just been opened, to its end.
    ///
    /// Windows sends a projection as a `w:XmlFragment`, without a class and without namespaces (MS-WSMV 3.1.4.1.18).
    pub(crate) fn instance(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<Instance, Error> {
        let class = match element.ns() {
            Ns::Wsman if element.local() == "XmlFragment" => None,
            ns => Some(self.class(ns, element.local())),
        };
        let mut properties = Properties::new();
        properties.reserve(self.names.len());
        while let Some(child) = reader.next_child()? {
            self.property(reader, &child, &mut properties)?;
        }
        self.names.clear();
        self.names
            .extend((0..properties.len()).filter_map(|index| properties.name_at(index).cloned()));
        Ok(Instance::from_parts(class, properties))
    }

    /// Reads the children of the element that has just been opened, to its end, as named values.
    pub(crate) fn properties(&mut self, reader: &mut Reader<'_>) -> Result<Properties, Error> {
        let mut properties = Properties::new();
        while let Some(child) = reader.next_child()? {
            self.property(reader, &child, &mut properties)?;
        }
        Ok(properties)
    }

    fn property(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
        properties: &mut Properties,
    ) -> Result<(), Error> {
        let name = self.name(element.local(), properties.len());
        let value = self.value(reader, element)?;
        properties.append(name, value);
        check_count(properties)
    }

    /// The shared name, if the last instance had it hereabouts: a repeated element, or a property left out because it
    /// is a null array, shifts the place by one.
    fn name(&self, name: &str, index: usize) -> Arc<str> {
        let near = index.saturating_sub(1)..(index + 2).min(self.names.len());
        let known = self
            .names
            .get(near)
            .into_iter()
            .flatten()
            .find(|known| ***known == *name);
        known.map_or_else(|| Arc::from(name), Arc::clone)
    }

    fn class(&mut self, ns: &Ns, local: &str) -> Arc<ClassPath> {
        if let Some((known, class)) = &self.last_class
            && known == ns
            && class.name() == local
        {
            return Arc::clone(class);
        }
        // The element bears the class of the instance; its namespace may be that of the class that was enumerated.
        let family = uris::class_of(ns.uri());
        let mut class = ClassPath::new(family.namespace(), local).or_namespace(self.namespace);
        if let Some(base) = family.base() {
            class = class.with_base(base);
        }
        let class = Arc::new(class);
        self.last_class = Some((ns.clone(), Arc::clone(&class)));
        class
    }

    /// Reads the value of the element that has just been opened, to its end.
    pub(crate) fn value(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<Value, Error> {
        let mut class = None;
        if element.has_attributes() {
            if xsi_nil(reader, element)? {
                reader.skip()?;
                return Ok(Value::Null);
            }
            class = self.typed_class(reader, element)?;
        }
        match reader.content()? {
            Content::Text(text) => Ok(Value::String(text.into_owned())),
            Content::Element(first) => self.structure(reader, first, class),
        }
    }

    /// The class that `xsi:type="p:Class_Type"` names (DSP0230 8.3); types such as `cim:cimString` name none.
    fn typed_class(
        &mut self,
        reader: &mut Reader<'_>,
        element: &Element<'_>,
    ) -> Result<Option<Arc<ClassPath>>, Error> {
        let Some(name) = reader.attribute(element, &Ns::Xsi, "type")? else {
            return Ok(None);
        };
        Ok(match reader.resolve(&name) {
            Some((ns @ Ns::Other(_), local)) => {
                Some(self.class(&ns, local.strip_suffix("_Type").unwrap_or(&local)))
            }
            _ => None,
        })
    }

    /// Reads a value that consists of elements, of which the first is open: a reference, a time, or an instance.
    fn structure(
        &mut self,
        reader: &mut Reader<'_>,
        first: Element<'_>,
        class: Option<Arc<ClassPath>>,
    ) -> Result<Value, Error> {
        match first.ns() {
            Ns::Addressing if first.local() == "EndpointReference" => {
                let reference = self.endpoint(reader, None)?;
                while reader.next_child()?.is_some() {
                    reader.skip()?;
                }
                Ok(reference.into())
            }
            Ns::Addressing => Ok(self.endpoint(reader, Some(first))?.into()),
            // A projection leaves the namespace of the child out.
            Ns::Cim | Ns::None if TIMES.contains(&first.local()) => {
                let value = time(&reader.text()?);
                while reader.next_child()?.is_some() {
                    reader.skip()?;
                }
                Ok(value)
            }
            ns => {
                let class = class.unwrap_or_else(|| {
                    let family = uris::class_of(ns.uri());
                    Arc::new(family.or_namespace(self.namespace))
                });
                let mut inner = Decoder::new(self.namespace);
                let mut properties = Properties::new();
                inner.property(reader, &first, &mut properties)?;
                while let Some(child) = reader.next_child()? {
                    inner.property(reader, &child, &mut properties)?;
                }
                Ok(Instance::from_parts(Some(class), properties).into())
            }
        }
    }

    /// Reads an endpoint reference to the end of the element that holds its parts; the first part may be open already.
    pub(crate) fn endpoint(
        &mut self,
        reader: &mut Reader<'_>,
        first: Option<Element<'_>>,
    ) -> Result<Reference, Error> {
        let mut parts = Endpoint::default();
        if let Some(part) = first {
            self.endpoint_part(reader, &part, &mut parts)?;
        }
        while let Some(part) = reader.next_child()? {
            self.endpoint_part(reader, &part, &mut parts)?;
        }
        let mut reference = Reference::to_class(uris::class_of(&parts.resource));
        for (name, value) in parts.selectors {
            match value {
                KeyValue::Text(namespace) if name.eq_ignore_ascii_case(uris::CIM_NAMESPACE) => {
                    reference = reference.or_namespace(&namespace.replace('\\', "/"));
                }
                value => reference = reference.with_key(name, value),
            }
        }
        Ok(reference.or_namespace(self.namespace))
    }

    fn endpoint_part(
        &mut self,
        reader: &mut Reader<'_>,
        part: &Element<'_>,
        parts: &mut Endpoint,
    ) -> Result<(), Error> {
        if !matches!(
            (part.ns(), part.local()),
            (
                Ns::Addressing,
                "ReferenceParameters" | "ReferenceProperties"
            )
        ) {
            return reader.skip();
        }
        while let Some(parameter) = reader.next_child()? {
            match (parameter.ns(), parameter.local()) {
                (Ns::Wsman, "ResourceURI") => parts.resource = reader.text()?.trim().to_owned(),
                (Ns::Wsman, "SelectorSet") => parts.selectors = self.selectors(reader)?,
                _ => reader.skip()?,
            }
        }
        Ok(())
    }

    /// Reads the selectors of the set that has just been opened, to its end.
    pub(crate) fn selectors(
        &mut self,
        reader: &mut Reader<'_>,
    ) -> Result<Vec<(String, KeyValue)>, Error> {
        let mut selectors = Vec::new();
        while let Some(selector) = reader.next_child()? {
            let Some(name) = reader.attribute(&selector, &Ns::None, "Name")? else {
                reader.skip()?;
                continue;
            };
            let value = match self.value(reader, &selector)? {
                Value::Reference(reference) => KeyValue::Reference(reference),
                value => KeyValue::Text(value.to_text().unwrap_or_default().into_owned()),
            };
            selectors.push((name, value));
        }
        Ok(selectors)
    }
}

#[derive(Default)]
struct Endpoint {
    resource: String,
    selectors: Vec<(String, KeyValue)>,
}

/// Refuses instances that no class has: each name is looked for among those before it.
pub(super) fn check_count(properties: &Properties) -> Result<(), Error> {
    if properties.len() > MAX_PROPERTIES {
        return Err(Error::new(format!(
            "more than {MAX_PROPERTIES} properties in one instance"
        )));
    }
    Ok(())
}

/// Whether the element that has just been opened is null.
pub(crate) fn xsi_nil(reader: &Reader<'_>, element: &Element<'_>) -> Result<bool, Error> {
    let nil = reader.attribute(element, &Ns::Xsi, "nil")?;
    Ok(nil.is_some_and(|nil| matches!(nil.trim(), "true" | "1")))
}

/// The value of a time. What is none stays text, so that it harms no other property.
fn time(text: &str) -> Value {
    if let Ok(time) = text.parse() {
        return Value::DateTime(time);
    }
    match text.parse() {
        Ok(interval) => Value::Interval(interval),
        Err(_) => Value::String(text.to_owned()),
    }
}

/// How many properties an instance may have. The largest classes of Windows, performance counters, have a few hundred.
const MAX_PROPERTIES: usize = 1000;
/// The children that a datetime may have (DSP0230 8.1; the last one by Server 2003, MS-WSMAN 2.2.5.1).
const TIMES: [&str; 6] = [
    "Datetime",
    "CIM_DateTime",
    "Interval",
    "Date",
    "Time",
    "CIM_DateTimeString",
];

#[cfg(test)]
mod tests {
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

    /// An instance of C with these properties; `p` is bound to its class.
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
        // The URI of the class says its namespace, in the case of whoever asked.
        assert_eq!(class(&format!("<p:C xmlns:p='{WMI}C'/>")), here("C"));
        assert_eq!(
            class(&format!(
                "<C xmlns='{}'/>",
                format!("{WMI}C").to_uppercase()
            )),
            Some(("ROOT/VIRTUALIZATION/V2:C".to_owned(), None))
        );
        // It does not, or there is none: it is the one that was asked.
        assert_eq!(class(&format!("<p:C xmlns:p='{DMTF}C'/>")), here("C"));
        assert_eq!(class("<C/>"), here("C"));
        // A subclass in the namespace of the class that was enumerated.
        assert_eq!(class(&format!("<p:D xmlns:p='{WMI}C'/>")), here("D"));
        // A vendor's.
        let vendor = "http://schemas.dell.com/wbem/wscim/1/cim-schema/2/";
        assert_eq!(
            class(&format!("<p:DCIM_X xmlns:p='{vendor}DCIM_X'/>")),
            Some((format!("{NAMESPACE}:DCIM_X"), Some(vendor.to_owned())))
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

    /// wsman-wire: timestamps as Windows (2003 to today), OMI, openwsman and the Windows client write them.
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
        // As OMI writes them, and once more with nothing but the namespace of the children to tell the class.
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
        let twice = instance(&format!("{typed}{typed}"));
        assert_eq!(twice.get::<Vec<Instance>>("E").unwrap().len(), 2);
    }

    #[test]
    fn instances_of_one_class_share_what_they_share() {
        let document = format!(
            "<r><p:C xmlns:p='{WMI}C'><p:A>1</p:A><p:B>2</p:B></p:C><p:C xmlns:p='{WMI}C'><p:A>1</p:A><p:A>2</p:A><p:B>3</p:B></p:C>\
            <p:D xmlns:p='{WMI}D'><p:B>4</p:B></p:D></r>"
        );
        let mut reader = Reader::new(&document);
        reader.root().unwrap();
        let mut decoder = Decoder::new(NAMESPACE);
        let mut read = Vec::new();
        while let Some(element) = reader.next_child().unwrap() {
            read.push(decoder.instance(&mut reader, &element).unwrap());
        }
        let name =
            |instance: usize, place: usize| read[instance].properties().name_at(place).unwrap();
        assert!(Arc::ptr_eq(name(0, 0), name(1, 0)) && Arc::ptr_eq(name(0, 1), name(1, 1)));
        assert_eq!(read[1].get("A"), Ok(vec![1u8, 2]));
        assert_eq!((read[1].get("B"), read[2].get("B")), (Ok(3u8), Ok(4u8)));
        let classes: Vec<_> = read.iter().map(Instance::class_name).collect();
        assert_eq!(classes, ["C", "C", "D"]);
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
}
