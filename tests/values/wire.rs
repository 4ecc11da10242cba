//! What is sent arrives: any value goes through the envelope that a client writes and the reader of requests, and is
//! there again.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cimwire::cim::{ClassPath, Instance, Properties, Reference, Value};
use cimwire::transport::{
    BoxFuture, Delivery, Error as TransportError, ErrorKind as TransportErrorKind, Response,
    Transport,
};
use cimwire::{
    Client, ClientBuilder, DatetimeForm, Dialect, EmbeddedForm, Error, ErrorKind, Explanation,
    Retries, ServerProfile, Wql, explain,
};
use proptest::prelude::*;

use super::any::*;
use super::read_literal;

/// Keeps what was sent, and answers nothing.
#[derive(Default)]
struct Sent(Mutex<Option<Bytes>>);

impl Transport for Sent {
    fn endpoint(&self) -> &str {
        "http://host.example/wsman"
    }

    fn exchange(
        &self,
        request: cimwire::transport::Request,
    ) -> BoxFuture<'_, Result<Response, TransportError>> {
        *self.0.lock().unwrap() = Some(request.envelope);
        Box::pin(async {
            Err(TransportError::new(
                TransportErrorKind::Lost,
                Delivery::Unknown,
                "nobody answers",
            ))
        })
    }
}

/// The profile of a dialect, with datetimes in a form of their own and embedded instances in CIM-XML.
fn profile(dialect: Dialect, form: DatetimeForm) -> ServerProfile {
    let mut profile = ServerProfile::of(dialect);
    profile.datetime_form = form;
    profile.embedded_form = EmbeddedForm::CimXml;
    profile
}

/// Lets a client ask; what arrives of it, or why nothing was sent.
fn arrives<T>(
    dialect: Dialect,
    form: DatetimeForm,
    ask: impl AsyncFnOnce(&Client) -> Result<T, Error>,
) -> Result<Explanation, Error> {
    let settings = Client::builder("host").profile(profile(dialect, form));
    arrives_by(settings, ask)
}

/// The same with other settings.
fn arrives_by<T>(
    settings: ClientBuilder,
    ask: impl AsyncFnOnce(&Client) -> Result<T, Error>,
) -> Result<Explanation, Error> {
    let sent = Arc::new(Sent::default());
    let settings = settings.retries(Retries::none());
    let client = settings.build_over(Arc::clone(&sent));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let Err(error) = runtime.block_on(ask(&client)) else {
        panic!("nobody answers");
    };
    let Some(envelope) = sent.0.lock().unwrap().take() else {
        return Err(error);
    };
    match explain(&envelope) {
        Ok(request) => Ok(request),
        Err(error) => panic!(
            "what was sent cannot be read: {error}: {}",
            String::from_utf8_lossy(&envelope)
        ),
    }
}

/// What a request asks for, as JSON.
fn object(request: Result<Explanation, Error>) -> serde_json::Value {
    serde_json::to_value(request.unwrap()).unwrap()
}

/// Sends a value as the parameter `P` of a method; what arrives of it.
fn parameter(dialect: Dialect, form: DatetimeForm, value: &Value) -> Result<Option<Value>, Error> {
    let settings = Client::builder("host").profile(profile(dialect, form));
    parameter_by(settings, value)
}

/// The same with other settings.
fn parameter_by(settings: ClientBuilder, value: &Value) -> Result<Option<Value>, Error> {
    let target = Reference::new("root/x", "C").with_key("K", "1");
    let input = Properties::new()
        .with("P", value.clone())
        .with("Q", "after");
    let request = arrives_by(settings, async |client| {
        client.invoke(&target, "M", input).await
    })?;
    assert_eq!(request.target(), Some(&target));
    assert_eq!(request.method(), Some("M"));
    let parameters = request.parameters().unwrap();
    assert_eq!(parameters.value("Q"), Some(&"after".into()));
    assert!(
        parameters
            .iter()
            .all(|(name, _)| ["P", "Q"].contains(&name))
    );
    Ok(parameters.value("P").cloned())
}

/// What a parameter is after its journey: null and an empty array are left out, an array of one is like a scalar.
fn as_parameter(value: &Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::Array(values) => match &values[..] {
            [] => None,
            [only] => Some(as_text(only)),
            values => Some(Value::Array(values.iter().map(as_text).collect())),
        },
        value => Some(as_text(value)),
    }
}

/// What a scalar is after its journey: text without a type, but for what shows its type by its form.
fn as_text(value: &Value) -> Value {
    match value {
        Value::Null | Value::DateTime(_) | Value::Interval(_) => value.clone(),
        Value::Reference(reference) => with_text_keys(reference).into(),
        Value::Instance(instance) => embedded(instance).into(),
        scalar => scalar.to_text().unwrap().into_owned().into(),
    }
}

/// A selector is text, whatever the type of its key.
fn with_text_keys(reference: &Reference) -> Reference {
    let bare = Reference::to_class(reference.class().clone());
    reference.keys().fold(bare, |bare, (name, value)| {
        bare.with_key(name, value.as_text().unwrap().into_owned())
    })
}

/// What an instance is after its journey in CIM-XML, which names types and no namespace: null is left out, an array without
/// elements is not, references are object paths in strings, and a char16 is its number in a string.
fn embedded(instance: &Instance) -> Instance {
    let bare = Instance::new(ClassPath::new("", instance.class_name()));
    let there = |value: &Value| match value {
        Value::Array(values) if values.is_empty() => true,
        value => value.elements().iter().any(|value| !value.is_null()),
    };
    let properties = instance.properties().iter();
    properties
        .filter(|(_, value)| there(value))
        .fold(bare, |bare, (name, value)| {
            let value = match value {
                Value::Array(values) => Value::Array(values.iter().map(in_cim_xml).collect()),
                value => in_cim_xml(value),
            };
            bare.with(name, value)
        })
}

/// What an instance is after its journey in elements, which name its class: null and an empty array are null, an array of
/// one is like a scalar, and a scalar is text.
fn in_elements(instance: &Instance) -> Instance {
    let bare = Instance::new(ClassPath::new("root/x", instance.class_name()));
    let properties = instance.properties().iter();
    properties.fold(bare, |bare, (name, value)| {
        let value = match value.elements() {
            [] => Value::Null,
            [only] => as_element(only),
            values => Value::Array(values.iter().map(as_element).collect()),
        };
        bare.with(name, value)
    })
}

fn as_element(value: &Value) -> Value {
    match value {
        Value::Instance(instance) => in_elements(instance).into(),
        value => as_text(value),
    }
}

fn in_cim_xml(value: &Value) -> Value {
    match value {
        Value::Char16(unit) => unit.to_string().into(),
        Value::Reference(reference) => reference.to_string().into(),
        Value::Instance(instance) => embedded(instance).into(),
        value => value.clone(),
    }
}

/// Two values as they are written: no number of its kind that is none is equal to itself.
fn same(left: &Option<Value>, right: &Option<Value>) -> bool {
    format!("{left:?}") == format!("{right:?}")
}

const DIALECTS: [Dialect; 2] = [Dialect::Wmi, Dialect::Dmtf];

proptest! {
    // Nothing is left behind after a failure: it prints what it failed with.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_arrives_as_a_parameter(value in uniform(xml_text())) {
        for dialect in DIALECTS {
            let there = parameter(dialect, DatetimeForm::CimDateTime, &value).unwrap();
            prop_assert!(same(&there, &as_parameter(&value)), "{there:?} of {value:?}");
        }
    }

    #[test]
    fn any_value_arrives_in_an_embedded_instance(value in uniform(xml_text())) {
        let instance = Instance::new(ClassPath::new("root/x", "C")).with("A", value).with("B", 1u8);
        let there = parameter(Dialect::Wmi, DatetimeForm::CimDateTime, &instance.clone().into());
        let expected = Some(Value::from(embedded(&instance)));
        let there = there.unwrap();
        prop_assert!(same(&there, &expected), "{there:?}, not {expected:?}");
    }

    #[test]
    fn any_value_arrives_in_an_instance_of_elements(value in uniform(xml_text())) {
        let instance = Instance::new(ClassPath::new("root/x", "C")).with("A", value);
        for dialect in DIALECTS {
            let mut profile = ServerProfile::of(dialect);
            profile.embedded_form = EmbeddedForm::Elements;
            let settings = Client::builder("host").profile(profile);
            let there = parameter_by(settings, &instance.clone().into()).unwrap();
            let expected = Some(Value::from(in_elements(&instance)));
            prop_assert!(same(&there, &expected), "{there:?}, not {expected:?}");
        }
    }

    #[test]
    fn any_time_arrives_in_every_form(time in time(), interval in interval()) {
        for value in [Value::from(time), Value::from(interval)] {
            let text = value.to_text().unwrap().into_owned();
            let there = parameter(Dialect::Wmi, DatetimeForm::Text, &value).unwrap();
            prop_assert_eq!(there, Some(text.into()));
        }
        // The form of XML Schema knows no wildcards, and says so.
        let there = parameter(Dialect::Wmi, DatetimeForm::XmlSchema, &time.into());
        match (time.instant(), there) {
            (Some(instant), Ok(Some(Value::DateTime(there)))) => {
                prop_assert_eq!(there.instant(), Some(instant));
            }
            (None, Err(error)) => prop_assert_eq!(error.kind(), ErrorKind::Usage),
            (_, there) => prop_assert!(time.to_utc().to_rfc3339().is_none(), "{there:?}"),
        }
        let there = parameter(Dialect::Wmi, DatetimeForm::XmlSchema, &interval.into());
        match (interval.micros(), there) {
            (Some(micros), Ok(Some(Value::Interval(there)))) => {
                prop_assert_eq!(there.micros(), Some(micros));
            }
            (None, Err(error)) => prop_assert_eq!(error.kind(), ErrorKind::Usage),
            (_, there) => prop_assert!(false, "{there:?}"),
        }
    }

    #[test]
    fn any_text_arrives_as_a_selector(text in xml_text(), other in xml_text()) {
        let inner = Reference::new("root/x", "D").with_key("L", other);
        let target = Reference::new("root/x", "C").with_key("K", text).with_key("R", inner);
        for dialect in DIALECTS {
            let request = arrives(dialect, DatetimeForm::CimDateTime, async |client| {
                client.get(&target).await
            });
            let request = request.unwrap();
            prop_assert_eq!(request.target(), Some(&target));
        }
    }

    #[test]
    fn any_text_arrives_as_a_wql_literal(text in xml_text()) {
        let query = Wql::select("C").equals("P", &text);
        let request = arrives(Dialect::Wmi, DatetimeForm::CimDateTime, async |client| {
            client.namespace("root/x").query(query)?.collect().await
        });
        let request = object(request);
        prop_assert_eq!(&request["operation"], "Enumerate");
        let wql = request["filter"]["wql"].as_str().unwrap();
        let literal = wql.strip_prefix("SELECT * FROM C WHERE P = ").unwrap();
        prop_assert_eq!(read_literal(literal), Some(text));
    }

    #[test]
    fn any_text_arrives_as_the_key_of_an_association(text in xml_text()) {
        let object = Reference::new("root/x", "C").with_key("K", text.as_str());
        let wmi = arrives(Dialect::Wmi, DatetimeForm::CimDateTime, async |client| {
            client.associators(&object).result_class("D").instances()?.collect().await
        });
        let wmi = self::object(wmi);
        let path = wmi["filter"]["wql"].as_str().unwrap();
        let path = path.strip_prefix("ASSOCIATORS OF {").unwrap();
        let path = path.strip_suffix("} WHERE ResultClass = D").unwrap();
        let there: Reference = path.parse().unwrap();
        prop_assert_eq!(there.or_namespace("root/x"), object.clone());
        let dmtf = arrives(Dialect::Dmtf, DatetimeForm::CimDateTime, async |client| {
            client.references(&object).role("R").instances()?.collect().await
        });
        let dmtf = self::object(dmtf);
        let of = serde_json::json!({"namespace": "root/x", "class": "C", "keys": {"K": text}});
        let wanted = serde_json::json!({"items": "associations", "of": of, "role": "R"});
        prop_assert_eq!(&dmtf["filter"]["association"], &wanted);
    }

    /// XML 1.0 has no way to write some characters, so that they are refused before anything is sent.
    #[test]
    fn what_xml_forbids_is_refused_by_its_place(before in xml_text(), after in xml_text(), c in forbidden()) {
        let text = format!("{before}{c}{after}");
        let error = parameter(Dialect::Wmi, DatetimeForm::CimDateTime, &text.as_str().into());
        let wanted = format!("P: the character {c:?} is not allowed in XML");
        prop_assert_eq!(refusal(error), &*wanted);

        let inside = Instance::new(ClassPath::new("root/x", "D")).with("Inner", text.as_str());
        let error = parameter(Dialect::Wmi, DatetimeForm::CimDateTime, &inside.into());
        prop_assert_eq!(refusal(error), format!("P: Inner: the character {c:?} is not allowed in XML"));

        let target = Reference::new("root/x", "C").with_key("K", text.as_str());
        let request = arrives(Dialect::Wmi, DatetimeForm::CimDateTime, async |client| {
            client.get(&target).await
        });
        prop_assert_eq!(refusal(request), format!("the key K: the character {c:?} is not allowed in XML"));

        let query = Wql::select("C").equals("P", &text);
        let request = arrives(Dialect::Wmi, DatetimeForm::CimDateTime, async |client| {
            client.namespace("root/x").query(query)?.collect().await
        });
        prop_assert_eq!(refusal(request), format!("the query: the character {c:?} is not allowed in XML"));
    }
}

fn forbidden() -> impl Strategy<Value = char> {
    prop_oneof![
        proptest::char::range('\0', '\u{8}'),
        proptest::char::range('\u{B}', '\u{C}'),
        proptest::char::range('\u{E}', '\u{1F}'),
        proptest::char::range('\u{FFFE}', '\u{FFFF}'),
    ]
}

/// Why nothing was sent.
fn refusal<T: std::fmt::Debug>(refused: Result<T, Error>) -> String {
    let error = refused.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    std::error::Error::source(&error).unwrap().to_string()
}
