//! Embedded instances as CIM-XML text (DSP0201): `<INSTANCE CLASSNAME="Msvm_Error">…`.

use crate::cim::{CimType, ClassPath, Instance, KeyValue, Properties, Reference, Value};
use crate::xml::{Element, Error, Ns, Reader, Writer};

use crate::wsman::decode::check_count;
use crate::wsman::encode::checked_name;
use crate::wsman::error::EncodeError;

/// Reads an instance.
pub(crate) fn read(text: &str) -> Result<Instance, Error> {
    let mut reader = Reader::new(text);
    let root = reader.root()?;
    if root.local() != "INSTANCE" {
        return Err(Error::new(format!(
            "{:?} where a CIM-XML INSTANCE was expected",
            root.local()
        )));
    }
    let class = name_of(&reader, &root, "CLASSNAME")?;
    let mut properties = Properties::new();
    while let Some(property) = reader.next_child()? {
        // Qualifiers are not needed in an instance.
        if !property.local().starts_with("PROPERTY") {
            reader.skip()?;
            continue;
        }
        let name = name_of(&reader, &property, "NAME")?;
        let kind = reader
            .attribute(&property, &Ns::None, "TYPE")?
            .unwrap_or_default();
        properties.set(name, read_property(&mut reader, &kind)?);
        check_count(&properties)?;
    }
    reader.end()?;
    Ok(Instance::from_parts(
        Some(ClassPath::new("", class).into()),
        properties,
    ))
}

pub(super) fn name_of(
    reader: &Reader<'_>,
    element: &Element<'_>,
    attribute: &str,
) -> Result<String, Error> {
    let name = reader.attribute(element, &Ns::None, attribute)?;
    name.ok_or_else(|| Error::new(format!("{} without {attribute}", element.local())))
}

/// Reads a property to its end. A property without a value is null.
pub(super) fn read_property(reader: &mut Reader<'_>, kind: &str) -> Result<Value, Error> {
    let mut value = Value::Null;
    while let Some(child) = reader.next_child()? {
        match child.local() {
            "VALUE" => value = typed(kind, &reader.text()?),
            "VALUE.ARRAY" => {
                let mut values = Vec::new();
                while let Some(child) = reader.next_child()? {
                    match child.local() {
                        "VALUE" => values.push(typed(kind, &reader.text()?)),
                        _ => {
                            reader.skip()?;
                            values.push(Value::Null);
                        }
                    }
                }
                value = Value::Array(values);
            }
            "VALUE.REFERENCE" => value = read_reference(reader)?,
            _ => reader.skip()?,
        }
    }
    Ok(value)
}

/// Reads a reference to its end: the name of an instance, and the namespace if a path before it contains one.
fn read_reference(reader: &mut Reader<'_>) -> Result<Value, Error> {
    let mut path = Path::default();
    path.read(reader)?;
    let namespace = path.namespace.join("/");
    let reference = path.instance.map(|name| name.or_namespace(&namespace));
    Ok(reference.map_or(Value::Null, Value::from))
}

#[derive(Default)]
struct Path {
    namespace: Vec<String>,
    instance: Option<Reference>,
}

impl Path {
    /// Reads to the end of the open element. The host in a path is skipped: it never chooses the destination of a
    /// request.
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        while let Some(part) = reader.next_child()? {
            match part.local() {
                "NAMESPACE" => {
                    self.namespace.push(name_of(reader, &part, "NAME")?);
                    reader.skip()?;
                }
                "INSTANCENAME" => {
                    let class = name_of(reader, &part, "CLASSNAME")?;
                    self.instance = Some(read_keys(reader, Reference::new("", class))?);
                }
                _ => self.read(reader)?,
            }
        }
        Ok(())
    }
}

/// Reads the keys of the open instance name, to its end.
fn read_keys(reader: &mut Reader<'_>, mut reference: Reference) -> Result<Reference, Error> {
    while let Some(binding) = reader.next_child()? {
        let key = reader.attribute(&binding, &Ns::None, "NAME")?;
        let mut value = None;
        while let Some(part) = reader.next_child()? {
            match part.local() {
                "KEYVALUE" => value = Some(KeyValue::from(reader.text()?.into_owned())),
                "VALUE.REFERENCE" => {
                    if let Value::Reference(inner) = read_reference(reader)? {
                        value = Some(KeyValue::Reference(inner));
                    }
                }
                _ => reader.skip()?,
            }
        }
        if let (Some(key), Some(value)) = (key, value) {
            reference = reference.with_key(key, value);
        }
    }
    Ok(reference)
}

/// Converts text to a value of the named type; text that does not parse stays text.
fn typed(kind: &str, text: &str) -> Value {
    let raw = Value::from(text);
    match kind {
        // The text is the character itself here, not the number of its code unit.
        "char16" => raw,
        kind => CimType::named(kind).convert(&raw).unwrap_or(raw),
    }
}

/// Writes an instance. Null properties are left out.
pub(crate) fn write(instance: &Instance) -> Result<String, EncodeError> {
    let mut writer = Writer::new();
    let class = checked_name("class", instance.class_name())?;
    writer.start("INSTANCE", &[("CLASSNAME", class)])?;
    for (name, value) in instance.properties().iter() {
        let name = checked_name("property", name)?;
        let first = value.elements().iter().find(|value| !value.is_null());
        // An array without elements takes the elements of a property away. It has no type; the arrays of Hyper-V's settings
        // that can be emptied are of strings.
        let is_emptied = matches!(value, Value::Array(values) if values.is_empty());
        let kind = if is_emptied {
            Some("string")
        } else {
            first.and_then(type_name)
        };
        let Some(kind) = kind else {
            if value.elements().iter().all(Value::is_null) {
                continue;
            }
            return Err(EncodeError::Value(format!(
                "{name} cannot be part of an embedded instance"
            )));
        };
        let attributes = [("NAME", name), ("TYPE", kind)];
        match value {
            Value::Array(values) => {
                writer.start("PROPERTY.ARRAY", &attributes)?;
                writer.start("VALUE.ARRAY", &[])?;
                let mut values = values.iter();
                let written = values.try_for_each(|value| write_value(&mut writer, value));
                written.map_err(|error| error.at(name))?;
                writer.end()?;
            }
            value => {
                writer.start("PROPERTY", &attributes)?;
                write_value(&mut writer, value).map_err(|error| error.at(name))?;
            }
        }
        writer.end()?;
    }
    writer.end()?;
    Ok(writer.finish()?)
}

fn write_value(writer: &mut Writer, value: &Value) -> Result<(), EncodeError> {
    match value {
        Value::Null => writer.empty("VALUE.NULL", &[])?,
        // An instance within an instance is escaped text again.
        Value::Instance(inner) => writer.element("VALUE", &[], &write(inner)?)?,
        Value::Reference(reference) => writer.element("VALUE", &[], &reference.to_string())?,
        value => writer.element("VALUE", &[], &value.to_text().unwrap_or_default())?,
    }
    Ok(())
}

/// Returns the name of a value's type (DSP0201, CIMType). References are sent as object paths in strings, as Hyper-V
/// does.
pub(crate) fn type_name(value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Boolean(_) => "boolean",
        Value::Uint8(_) => "uint8",
        Value::Uint16(_) => "uint16",
        Value::Uint32(_) => "uint32",
        Value::Uint64(_) => "uint64",
        Value::Sint8(_) => "sint8",
        Value::Sint16(_) => "sint16",
        Value::Sint32(_) => "sint32",
        Value::Sint64(_) => "sint64",
        Value::Real32(_) => "real32",
        Value::Real64(_) => "real64",
        Value::Char16(_) => "char16",
        Value::DateTime(_) | Value::Interval(_) => "datetime",
        Value::String(_) | Value::Reference(_) | Value::Instance(_) => "string",
        Value::Null | Value::Array(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cim::{DateTime, Interval};

    fn error_of(text: &str) -> String {
        read(text).expect_err(text).to_string()
    }

    #[test]
    fn what_hyper_v_sends() {
        let read = read(
            "<?xml version=\"1.0\"?>\n<INSTANCE CLASSNAME=\"Msvm_Error\">\
             <QUALIFIER NAME=\"dynamic\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></QUALIFIER>\
             <PROPERTY NAME=\"MessageID\" CLASSORIGIN=\"CIM_Error\" TYPE=\"string\"><QUALIFIER NAME=\"x\"/><VALUE>32022</VALUE></PROPERTY>\
             <PROPERTY NAME=\"Message\" TYPE=\"string\"><VALUE>a &lt;b&gt; &amp; c</VALUE></PROPERTY>\
             <PROPERTY NAME=\"Empty\" TYPE=\"string\"><VALUE></VALUE></PROPERTY>\
             <PROPERTY NAME=\"OwningEntity\" PROPAGATED=\"true\" TYPE=\"string\"></PROPERTY>\
             <PROPERTY NAME=\"OtherErrorType\" TYPE=\"string\"/>\
             <PROPERTY NAME=\"CIMStatusCode\" TYPE=\"uint32\"><VALUE> 1 </VALUE></PROPERTY>\
             <PROPERTY.ARRAY NAME=\"RecommendedActions\" TYPE=\"string\"><VALUE.ARRAY><VALUE>one</VALUE><VALUE.NULL/>\
             <VALUE>two</VALUE></VALUE.ARRAY></PROPERTY.ARRAY>\
             <PROPERTY.ARRAY NAME=\"None\" TYPE=\"string\"></PROPERTY.ARRAY></INSTANCE>",
        )
        .unwrap();
        assert_eq!(
            (read.class_name(), read.class().unwrap().namespace()),
            ("Msvm_Error", "")
        );
        assert_eq!(read.value("MessageID"), Some(&"32022".into()));
        assert_eq!(read.value("Message"), Some(&"a <b> & c".into()));
        assert_eq!(read.value("Empty"), Some(&"".into()));
        assert_eq!(read.value("CIMStatusCode"), Some(&1u32.into()));
        for name in ["OwningEntity", "OtherErrorType", "None"] {
            assert_eq!(read.value(name), Some(&Value::Null), "{name}");
        }
        let actions: Vec<Option<String>> = read.get("RecommendedActions").unwrap();
        assert_eq!(
            actions,
            [Some("one".to_owned()), None, Some("two".to_owned())]
        );
        assert!(read.value("dynamic").is_none());
    }

    #[test]
    fn values_of_all_types() {
        let time: DateTime = "20300115210000.000000+000".parse().unwrap();
        let interval: Interval = "00000000004500.000000:000".parse().unwrap();
        for (kind, text, value) in [
            ("boolean", "TRUE", Value::Boolean(true)),
            ("boolean", "0", Value::Boolean(false)),
            ("uint8", "255", Value::Uint8(255)),
            ("uint16", "65535", Value::Uint16(65_535)),
            ("uint32", "4096", Value::Uint32(4096)),
            ("uint64", "18446744073709551615", Value::Uint64(u64::MAX)),
            ("sint8", "-128", Value::Sint8(-128)),
            ("sint16", "-1", Value::Sint16(-1)),
            ("sint32", "-1", Value::Sint32(-1)),
            ("sint64", "-9223372036854775808", Value::Sint64(i64::MIN)),
            ("real32", "0.5", Value::Real32(0.5)),
            ("real64", "-1E3", Value::Real64(-1000.0)),
            (
                "datetime",
                "20300115210000.000000+000",
                Value::DateTime(time),
            ),
            (
                "datetime",
                "00000000004500.000000:000",
                Value::Interval(interval),
            ),
            ("string", "65", "65".into()),
            // Text that does not parse as its type, or has no type, stays text.
            ("uint8", "256", "256".into()),
            ("boolean", "maybe", "maybe".into()),
            ("datetime", "soon", "soon".into()),
            ("", "1", "1".into()),
        ] {
            let document = format!(
                "<INSTANCE CLASSNAME='C'><PROPERTY NAME='P' TYPE='{kind}'><VALUE>{text}</VALUE></PROPERTY></INSTANCE>"
            );
            assert_eq!(
                read(&document).unwrap().value("P"),
                Some(&value),
                "{kind} {text}"
            );
        }
    }

    #[test]
    fn references() {
        let name = "<INSTANCENAME CLASSNAME='Msvm_X'><KEYBINDING NAME='A'><KEYVALUE VALUETYPE='string'>1</KEYVALUE>\
            </KEYBINDING><KEYBINDING NAME='B'><KEYVALUE>&lt;2&gt;</KEYVALUE></KEYBINDING></INSTANCENAME>";
        let expected = Reference::new("", "Msvm_X")
            .with_key("A", "1")
            .with_key("B", "<2>");
        let read_one = |inner: &str| {
            let document = format!(
                "<INSTANCE CLASSNAME='C'><PROPERTY.REFERENCE NAME='R' REFERENCECLASS='Msvm_X'><VALUE.REFERENCE>{inner}\
                 </VALUE.REFERENCE></PROPERTY.REFERENCE></INSTANCE>"
            );
            read(&document).unwrap().get::<Reference>("R").unwrap()
        };
        assert_eq!(read_one(name), expected);
        // DSP0201, INSTANCEPATH and LOCALINSTANCEPATH.
        let namespace = "<LOCALNAMESPACEPATH><NAMESPACE NAME='root'/><NAMESPACE NAME='x'></NAMESPACE></LOCALNAMESPACEPATH>";
        let there = expected.or_namespace("root/x");
        for path in [
            format!(
                "<INSTANCEPATH><NAMESPACEPATH><HOST>h</HOST>{namespace}</NAMESPACEPATH>{name}</INSTANCEPATH>"
            ),
            format!("<LOCALINSTANCEPATH>{namespace}{name}</LOCALINSTANCEPATH>"),
        ] {
            assert_eq!(read_one(&path), there, "{path}");
            // An association, whose keys are references.
            let link = format!(
                "<INSTANCENAME CLASSNAME='L'><KEYBINDING NAME='K'><VALUE.REFERENCE>{path}</VALUE.REFERENCE></KEYBINDING>\
                 </INSTANCENAME>"
            );
            let wanted = Reference::new("", "L").with_key("K", there.clone());
            assert_eq!(read_one(&link), wanted, "{link}");
        }
    }

    #[test]
    fn what_is_no_instance() {
        for (text, what) in [
            ("", "no root element"),
            ("plain text", "text before the root element"),
            (
                "<CLASS NAME='C'/>",
                "\"CLASS\" where a CIM-XML INSTANCE was expected",
            ),
            ("<INSTANCE/>", "INSTANCE without CLASSNAME"),
            (
                "<INSTANCE CLASSNAME='C'><PROPERTY/></INSTANCE>",
                "PROPERTY without NAME",
            ),
            ("<INSTANCE CLASSNAME='C'>", "ends in the middle"),
            (
                "<INSTANCE CLASSNAME='C'/><x/>",
                "something follows the root element",
            ),
            (
                "<!DOCTYPE x><INSTANCE CLASSNAME='C'/>",
                "a document type declaration",
            ),
        ] {
            let error = error_of(text);
            assert!(error.contains(what), "{text}: {error}");
        }
        let many: String = (0..1001)
            .map(|n| format!("<PROPERTY NAME='P{n}'/>"))
            .collect();
        let error = error_of(&format!("<INSTANCE CLASSNAME='C'>{many}</INSTANCE>"));
        assert_eq!(error, "more than 1000 properties in one instance");
    }

    fn class() -> ClassPath {
        ClassPath::new("root/virtualization/v2", "Msvm_ReplicationSettingData")
    }

    #[test]
    fn what_is_written() {
        let inner = Instance::new(ClassPath::new("", "Inner")).with("Text", "a & b");
        let vm =
            Reference::new("root/virtualization/v2", "Msvm_ComputerSystem").with_key("Name", "A");
        let instance = Instance::new(class())
            .with("InstanceID", r"Microsoft:A\HVR\0")
            .with("CompressionEnabled", true)
            .with("RecoveryHistory", 24u16)
            .with("Left", Value::Null)
            .with("Out", Value::Array(vec![Value::Null]))
            .with(
                "AutoResynchronizeIntervalStart",
                "00000000183000.000000:000".parse::<Interval>().unwrap(),
            )
            .with(
                "CreationTime",
                "2030-01-15T21:00:00Z".parse::<DateTime>().unwrap(),
            )
            .with(
                "Disks",
                Value::Array(vec!["<1>".into(), Value::Null, "2".into()]),
            )
            .with("Inner", inner)
            .with("Path", vm);
        assert_eq!(
            write(&instance).unwrap(),
            "<INSTANCE CLASSNAME=\"Msvm_ReplicationSettingData\">\
             <PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>Microsoft:A\\HVR\\0</VALUE></PROPERTY>\
             <PROPERTY NAME=\"CompressionEnabled\" TYPE=\"boolean\"><VALUE>true</VALUE></PROPERTY>\
             <PROPERTY NAME=\"RecoveryHistory\" TYPE=\"uint16\"><VALUE>24</VALUE></PROPERTY>\
             <PROPERTY NAME=\"AutoResynchronizeIntervalStart\" TYPE=\"datetime\"><VALUE>00000000183000.000000:000</VALUE></PROPERTY>\
             <PROPERTY NAME=\"CreationTime\" TYPE=\"datetime\"><VALUE>20300115210000.000000+000</VALUE></PROPERTY>\
             <PROPERTY.ARRAY NAME=\"Disks\" TYPE=\"string\"><VALUE.ARRAY><VALUE>&lt;1&gt;</VALUE><VALUE.NULL/><VALUE>2</VALUE>\
             </VALUE.ARRAY></PROPERTY.ARRAY>\
             <PROPERTY NAME=\"Inner\" TYPE=\"string\"><VALUE>&lt;INSTANCE CLASSNAME=&quot;Inner&quot;&gt;&lt;PROPERTY \
             NAME=&quot;Text&quot; TYPE=&quot;string&quot;&gt;&lt;VALUE&gt;a &amp;amp; b&lt;/VALUE&gt;&lt;/PROPERTY&gt;\
             &lt;/INSTANCE&gt;</VALUE></PROPERTY>\
             <PROPERTY NAME=\"Path\" TYPE=\"string\"><VALUE>root/virtualization/v2:Msvm_ComputerSystem.Name=&quot;A&quot;</VALUE>\
             </PROPERTY></INSTANCE>"
        );
    }

    #[test]
    fn what_cannot_be_written() {
        let nested = Value::Array(vec![Value::Array(vec![1u8.into()])]);
        let quoted = ClassPath::new("", "C\" X=\"");
        for instance in [
            Instance::new(class()).with("A", nested),
            Instance::new(class()).with("A\" TYPE=\"", "x"),
            Instance::new(class()).with("", "x"),
            Instance::new(class()).with("A", "\u{1}"),
            Instance::new(class()).with("A", Instance::new(quoted.clone())),
            Instance::new(quoted),
            Instance::from_parts(None, Properties::new()),
        ] {
            assert!(write(&instance).is_err(), "{instance:?}");
        }
    }

    #[test]
    fn an_array_without_elements_is_written_as_one() {
        let class = ClassPath::new("", "Msvm_FailoverNetworkAdapterSettingData");
        let instance = Instance::new(class).with("DNSServers", Value::Array(Vec::new()));
        assert_eq!(
            write(&instance).unwrap(),
            "<INSTANCE CLASSNAME=\"Msvm_FailoverNetworkAdapterSettingData\"><PROPERTY.ARRAY NAME=\"DNSServers\" TYPE=\"string\">\
             <VALUE.ARRAY></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>"
        );
    }
}
