//! An explained envelope as a JSON object.

use cimwire::Fault;
use cimwire::cim::{
    ClassPath, ClassSchema, ElementSchema, Instance, Properties, Qualifier, Reference, Value,
};
use cimwire::explain::{
    Answer, Association, Body, Envelope, Explanation, Headers, Mode, Page, Request, Requested,
    RequestedFilter,
};
use serde_json::{Map, Value as Json, json};

use super::json_http::{http_message, sealed};
use super::{answer_name, name_of, operation_name, type_of};

/// Returns what a file says.
pub(crate) fn json(file: &str, explanation: &Explanation) -> Json {
    let mut object = match explanation {
        Explanation::Envelope(said) => envelope(said),
        Explanation::Http(messages) => {
            fields([("messages", messages.iter().map(http_message).collect())])
        }
        Explanation::Sealed(body) => fields([("sealed", sealed(body))]),
        _ => Map::new(),
    };
    object.insert("file".to_owned(), file.into());
    object.insert("is".to_owned(), name_of(explanation).into());
    object.into()
}

/// An object of those fields that are not null.
pub(super) fn fields<const N: usize>(fields: [(&str, Json); N]) -> Map<String, Json> {
    let filled = fields.into_iter().filter(|(_, value)| !value.is_null());
    filled
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

pub(super) fn envelope(envelope: &Envelope) -> Map<String, Json> {
    let mut object = match &envelope.body {
        Body::Request(said) => request(said),
        Body::Answer(said) => answer(said),
        Body::Fault(said) => fault(said),
        _ => Map::new(),
    };
    object.insert("headers".to_owned(), headers(&envelope.headers));
    object
}

fn headers(headers: &Headers) -> Json {
    let options: Map<_, _> = headers
        .options
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    fields([
        ("action", json!(headers.action)),
        ("message_id", json!(headers.message_id)),
        ("relates_to", json!(headers.relates_to)),
        ("to", json!(headers.to)),
        ("resource_uri", json!(headers.resource_uri)),
        ("subscription", json!(headers.subscription)),
        ("max_envelope_size", json!(headers.max_envelope_size)),
        ("operation_timeout", json!(headers.operation_timeout)),
        ("locale", json!(headers.locale)),
        (
            "options",
            if options.is_empty() {
                Json::Null
            } else {
                options.into()
            },
        ),
    ])
    .into()
}

fn request(request: &Request) -> Map<String, Json> {
    let mut object = operation(&request.operation);
    object.insert(
        "operation".to_owned(),
        operation_name(&request.operation).into(),
    );
    if let Some(target) = &request.target {
        object.insert("target".to_owned(), reference(target));
    }
    object
}

fn operation(operation: &Requested) -> Map<String, Json> {
    match operation {
        Requested::Get { fragment } => fields([("fragment", json!(fragment))]),
        Requested::GetClass(class) => fields([("class", class_path(class))]),
        Requested::Put(said) | Requested::Create(said) => fields([("instance", instance(said))]),
        Requested::Enumerate {
            filter,
            mode,
            polymorphism,
            max_elements,
            ..
        } => fields([
            ("filter", filter.as_ref().map_or(Json::Null, filter_json)),
            ("polymorphism", json!(polymorphism)),
            ("items", mode_name(*mode).into()),
            ("max_elements", json!(max_elements)),
        ]),
        Requested::Pull {
            context,
            max_elements,
        } => fields([
            ("context", context.as_str().into()),
            ("max_elements", json!(max_elements)),
        ]),
        Requested::Subscribe { filter } => {
            fields([("filter", filter.as_ref().map_or(Json::Null, filter_json))])
        }
        Requested::Release { context } => fields([("context", context.as_str().into())]),
        Requested::Invoke { method, parameters } => fields([
            ("method", method.as_str().into()),
            ("parameters", values(parameters)),
        ]),
        _ => Map::new(),
    }
}

pub(super) fn mode_name(mode: Mode) -> &'static str {
    match mode {
        Mode::References => "references",
        Mode::Both => "objects and references",
        _ => "objects",
    }
}

fn filter_json(filter: &RequestedFilter) -> Json {
    match filter {
        RequestedFilter::Wql(text) => json!({"wql": text}),
        RequestedFilter::Selectors(selectors) => json!({"selectors": keys(selectors)}),
        RequestedFilter::Association(said) => json!({"association": association(said)}),
        RequestedFilter::Other { dialect, text } => json!({"dialect": dialect, "text": text}),
        _ => Json::Null,
    }
}

fn association(association: &Association) -> Json {
    let what = if association.references {
        "associations"
    } else {
        "associated instances"
    };
    fields([
        ("of", reference(&association.object)),
        ("items", what.into()),
        ("association_class", json!(association.association_class)),
        ("result_class", json!(association.result_class)),
        ("role", json!(association.role)),
        ("result_role", json!(association.result_role)),
    ])
    .into()
}

fn answer(answer: &Answer) -> Map<String, Json> {
    let mut object = match answer {
        Answer::Identity(identity) => fields([(
            "identity",
            json!({
                "product_vendor": identity.product_vendor,
                "product_version": identity.product_version,
                "protocol_version": identity.protocol_version,
                "security_profiles": identity.security_profiles,
            }),
        )]),
        Answer::Instance(said) => fields([("instance", instance(said))]),
        Answer::Fragment(properties) => fields([("properties", values(properties))]),
        Answer::Page(said) => page(said),
        Answer::Output { method, parameters } => fields([
            ("method", method.as_str().into()),
            ("parameters", values(parameters)),
        ]),
        Answer::Subscribed {
            context,
            identifier,
        } => fields([
            ("context", context.as_str().into()),
            ("identifier", json!(identifier)),
        ]),
        Answer::Class(schema) => fields([("class", class(schema))]),
        Answer::Created(said) => fields([("created", reference(said))]),
        Answer::Other { element } => fields([("element", element.as_str().into())]),
        _ => Map::new(),
    };
    object.insert("answer".to_owned(), answer_name(answer).into());
    object
}

fn page(page: &Page) -> Map<String, Json> {
    let items = page.items.iter().map(|item| {
        Json::from(fields([
            (
                "instance",
                item.instance.as_ref().map_or(Json::Null, instance),
            ),
            (
                "reference",
                item.reference.as_ref().map_or(Json::Null, reference),
            ),
        ]))
    });
    fields([
        ("items", items.collect()),
        ("context", json!(page.context)),
        ("ended", page.context.is_none().into()),
        ("broken", json!(page.broken)),
    ])
}

fn fault(fault: &Fault) -> Map<String, Json> {
    let provider = fault.provider_fault().map_or(Json::Null, |provider| {
        fields([
            ("provider", provider.provider().into()),
            ("code", provider.code().map_or(Json::Null, code)),
            ("message", provider.message().into()),
            (
                "extended_status",
                provider.extended_status().map_or(Json::Null, instance),
            ),
        ])
        .into()
    });
    fields([
        ("summary", fault.to_string().into()),
        ("kind", format!("{:?}", fault.kind()).into()),
        ("code", fault.code().into()),
        ("subcode", json!(fault.subcode())),
        ("subcode_namespace", json!(fault.subcode_namespace())),
        ("detail", json!(fault.detail())),
        ("reason", fault.reason().into()),
        ("message", fault.message().into()),
        ("wsman_code", fault.wsman_code().map_or(Json::Null, code)),
        ("provider", provider),
        ("cim_error", fault.cim_error().map_or(Json::Null, instance)),
        ("hint", json!(fault.kind().hint())),
    ])
}

fn code(code: u32) -> Json {
    format!("{code:#010x}").into()
}

fn class_path(class: &ClassPath) -> Json {
    json!({"namespace": class.namespace(), "class": class.name()})
}

fn reference(reference: &Reference) -> Json {
    json!({
        "namespace": reference.class().namespace(),
        "class": reference.class().name(),
        "keys": keys(reference),
    })
}

fn keys(reference: &Reference) -> Json {
    let keys = reference
        .keys()
        .map(|(name, value)| (name.to_owned(), json!(value)));
    keys.collect::<Map<_, _>>().into()
}

fn instance(instance: &Instance) -> Json {
    let class = instance.class();
    fields([
        ("namespace", json!(class.map(ClassPath::namespace))),
        ("class", json!(class.map(ClassPath::name))),
        ("properties", values(instance.properties())),
    ])
    .into()
}

fn values(values: &Properties) -> Json {
    let values = values.iter().map(
        |(name, value)| json!({"name": name, "type": type_of(value), "value": value_json(value)}),
    );
    values.collect()
}

/// A reference and an instance say what they are, wherever they stand.
fn value_json(value: &Value) -> Json {
    match value {
        Value::Reference(said) => reference(said),
        Value::Instance(said) => instance(said),
        Value::Array(values) => values.iter().map(value_json).collect(),
        value => json!(value),
    }
}

fn class(class: &ClassSchema) -> Json {
    let methods = class.methods.iter().map(|method| {
        json!({
            "name": method.name,
            "returns": method.return_type.to_string(),
            "parameters": method.parameters.iter().map(element).collect::<Json>(),
            "qualifiers": qualifiers(&method.qualifiers),
        })
    });
    json!({
        "name": class.name,
        "superclass": class.superclass,
        "qualifiers": qualifiers(&class.qualifiers),
        "properties": class.properties.iter().map(element).collect::<Json>(),
        "methods": methods.collect::<Json>(),
    })
}

fn element(element: &ElementSchema) -> Json {
    json!({
        "name": element.name,
        "type": element.cim_type.to_string(),
        "is_array": element.is_array,
        "qualifiers": qualifiers(&element.qualifiers),
    })
}

fn qualifiers(qualifiers: &[Qualifier]) -> Json {
    let qualifiers = qualifiers
        .iter()
        .map(|qualifier| (qualifier.name.clone(), json!(qualifier.value)));
    qualifiers.collect::<Map<_, _>>().into()
}
