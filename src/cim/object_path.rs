//! WMI object paths: `\\SERVER\root\cimv2:Class.Key="value",Other=5`.

use std::fmt;
use std::iter::Peekable;
use std::str::{Chars, FromStr};

use super::class_path::is_cim_name;
use super::{ClassPath, KeyValue, Reference};

/// Writes the object path, with slashes in the namespace as Hyper-V accepts it, or with backslashes after a server.
impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let class = self.class();
        match self.server() {
            Some(server) => {
                write!(
                    f,
                    "\\\\{server}\\{}:{}{}",
                    class.namespace().replace('/', "\\"),
                    class.base().unwrap_or_default(),
                    class.name()
                )?;
            }
            None => write!(f, "{class}")?,
        }
        if self.keys().len() == 0 {
            return f.write_str("=@");
        }
        for (index, (name, value)) in self.keys().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '.' } else { ',' })?;
        }
        Ok(())
    }
}

impl fmt::Display for KeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write_quoted(f, text),
            Self::Integer(number) => write!(f, "{number}"),
            Self::Boolean(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Self::Reference(reference) => write_quoted(f, &reference.to_string()),
        }
    }
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Parses an object path, in which a resource URI may replace the class. `Class=@` and `Class` alone are a reference
/// without keys. The short form `Class="value"` is rejected, since it does not name its key.
impl FromStr for Reference {
    type Err = ParseObjectPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (server, rest) = split_server(text)?;
        let (class, keys) = rest.split_at(end_of_class(rest));
        let class: ClassPath = class
            .parse()
            .map_err(|_| ParseObjectPathError("its class is missing or misspelt"))?;
        let mut reference = Self::to_class(class);
        if let Some(server) = server {
            reference = reference.with_server(server);
        }
        match keys {
            "" | "=@" => Ok(reference),
            _ => match keys.strip_prefix('.') {
                Some(keys) => parse_keys(reference, keys),
                None => Err(ParseObjectPathError("the key is not named")),
            },
        }
    }
}

/// Returns the position at which the class ends. A resource URI has periods before the class name too.
fn end_of_class(text: &str) -> usize {
    let end = text.find(['=', '"']).unwrap_or(text.len());
    let head = text.get(..end).unwrap_or(text);
    let name = match head.contains("://") {
        true => head.rfind('/').unwrap_or(0),
        false => 0,
    };
    let period = head.get(name..).and_then(|name| name.find('.'));
    period.map_or(end, |period| name + period)
}

/// Splits `\\SERVER\` off the front, with slashes or backslashes.
fn split_server(text: &str) -> Result<(Option<&str>, &str), ParseObjectPathError> {
    let slash = ['\\', '/'];
    let Some(rest) = text
        .strip_prefix(slash)
        .and_then(|text| text.strip_prefix(slash))
    else {
        return Ok((None, text));
    };
    let (server, rest) = rest
        .split_once(slash)
        .ok_or(ParseObjectPathError("the server is not followed by a path"))?;
    Ok((Some(server), rest))
}

fn parse_keys(mut reference: Reference, text: &str) -> Result<Reference, ParseObjectPathError> {
    let mut rest = text.chars().peekable();
    loop {
        let name: String =
            std::iter::from_fn(|| rest.next_if(|c| *c != '=' && *c != ',')).collect();
        if !is_cim_name(name.trim()) || rest.next() != Some('=') {
            return Err(ParseObjectPathError("expected Key=value"));
        }
        let value = parse_value(&mut rest)?;
        reference = reference.with_key(name.trim(), value);
        match rest.next() {
            None => return Ok(reference),
            Some(',') => {}
            Some(_) => return Err(ParseObjectPathError("expected a comma between keys")),
        }
    }
}

fn parse_value(rest: &mut Peekable<Chars<'_>>) -> Result<KeyValue, ParseObjectPathError> {
    if rest.next_if_eq(&'"').is_some() {
        return parse_quoted(rest).map(KeyValue::Text);
    }
    let word: String = std::iter::from_fn(|| rest.next_if(|c| *c != ',')).collect();
    let word = word.trim();
    if word.eq_ignore_ascii_case("true") || word.eq_ignore_ascii_case("false") {
        return Ok(KeyValue::Boolean(word.eq_ignore_ascii_case("true")));
    }
    word.parse()
        .map(KeyValue::Integer)
        .map_err(|_| ParseObjectPathError("a text value requires quotation marks"))
}

fn parse_quoted(rest: &mut Peekable<Chars<'_>>) -> Result<String, ParseObjectPathError> {
    let mut text = String::new();
    loop {
        match rest.next() {
            Some('"') => return Ok(text),
            Some('\\') => text.push(rest.next().ok_or(UNCLOSED)?),
            Some(c) => text.push(c),
            None => return Err(UNCLOSED),
        }
    }
}

const UNCLOSED: ParseObjectPathError = ParseObjectPathError("a quotation mark is not closed");

/// The error returned when parsing a WMI object path fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseObjectPathError(&'static str);

impl fmt::Display for ParseObjectPathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not an object path: {}", self.0)
    }
}

impl std::error::Error for ParseObjectPathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_windows_paths() {
        let path = r#"\\HV01\root\virtualization\v2:Msvm_StorageAllocationSettingData.InstanceID="Microsoft:A\\B\\\"C\"""#;
        let reference: Reference = path.parse().unwrap();
        assert_eq!(reference.server(), Some("HV01"));
        assert_eq!(reference.class().namespace(), "root/virtualization/v2");
        assert_eq!(
            reference.key("instanceid"),
            Some(&KeyValue::Text(r#"Microsoft:A\B\"C""#.to_owned()))
        );
        assert_eq!(reference.to_string(), path);
    }

    #[test]
    fn tells_types_of_keys() {
        let reference: Reference = "root/x:C.A=5,B=TRUE,D=\"5\",E=-3".parse().unwrap();
        let keys: Vec<_> = reference.keys().map(|(_, value)| value.clone()).collect();
        assert_eq!(
            keys,
            [5i64.into(), true.into(), "5".into(), KeyValue::Integer(-3)]
        );
        assert_eq!(reference.to_string(), "root/x:C.A=5,B=TRUE,D=\"5\",E=-3");
    }

    #[test]
    fn a_reference_keeps_its_base_as_text() {
        let base = "http://sblim.sf.net/wbem/wscim/1/cim-schema/2/";
        for namespace in ["", "root/cimv2"] {
            let class = ClassPath::new(namespace, "Linux_OperatingSystem").with_base(base);
            let bare = Reference::to_class(class);
            let keyed = bare
                .clone()
                .with_key("Name", "http://a.example/b.c=\"d\"")
                .with_key("Number", 5i64);
            for reference in [bare, keyed.clone(), keyed.with_server("HV01")] {
                assert_eq!(
                    reference.to_string().parse(),
                    Ok(reference.clone()),
                    "{reference}"
                );
            }
        }
        let text = format!("root/cimv2:{base}Linux_OperatingSystem.Name=\"a\"");
        let reference: Reference = text.parse().unwrap();
        assert_eq!(reference.class().base(), Some(base));
        assert_eq!(reference.to_string(), text);
    }

    #[test]
    fn a_base_is_never_read_as_keys() {
        // Only a server can send such a base. Written as text, it must not name another instance.
        for base in [
            "http://x/C.K=\"v\",A=1/",
            "http://x/a=b/",
            "http://x/C.K=1,\"/",
        ] {
            let class = ClassPath::new("root/x", "Real").with_base(base);
            let text = Reference::to_class(class).with_key("K", "v").to_string();
            if let Ok(read) = text.parse::<Reference>() {
                assert_eq!(
                    (read.class().name(), read.keys().len()),
                    ("Real", 1),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn without_keys() {
        for text in ["root/x:C=@", "root/x:C"] {
            assert_eq!(text.parse(), Ok(Reference::new("root/x", "C")), "{text}");
        }
        assert_eq!(Reference::new("root/x", "C").to_string(), "root/x:C=@");
    }

    #[test]
    fn refuses_what_is_no_path() {
        for text in [
            "",
            "=@",
            "root/x:",
            "C.",
            "C.A",
            "C.A=",
            "C.A=x",
            "C.A=\"x",
            "C.A=\"x\\",
            "C.A=\"x\"B=1",
            "C=\"x\"",
            r"\\HV01",
            "C.A=1,",
            "C.=1",
            "C. =1",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_keys_without_a_comma_between_them() {
        for text in [
            "C.A=\"x\" B=1",
            "C.A=\"x\";B=1",
            "C.A=\"x\".B=1",
            "C.A=\"x\"\"B=1",
            "C.A=\"x\"xB=1",
            "C.A=1 B=1",
            "C.A=1;B=1",
            "C.A=TRUE B=1",
        ] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
        assert!("C.A=\"x\",B=1".parse::<Reference>().is_ok());
    }

    #[test]
    fn any_text_survives_as_a_key() {
        for text in [
            "",
            "\"",
            "\\",
            "a,b=c.d",
            "web & <db> \"01\"",
            "fünf",
            "\\\\x\\",
            "\n\t\0",
        ] {
            let reference = Reference::new("root/x", "C").with_key("K", text);
            assert_eq!(reference.to_string().parse(), Ok(reference), "{text:?}");
        }
    }
}
