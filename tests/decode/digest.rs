//! What the program says about a file, in few words.

use serde_json::Value as Json;

/// Names of instances' properties and types: a name, then `Property:type` for each.
pub(crate) type Shapes<'s> = &'s [(&'s str, &'s str)];

/// A request, an answer, a fault, or the HTTP messages of a file.
pub(crate) fn of(object: &Json, shapes: Shapes<'_>) -> String {
    match text(object, "is") {
        "http" => http(list(object, "messages"), shapes),
        kind => envelope(kind, object, shapes),
    }
}

fn envelope(kind: &str, object: &Json, shapes: Shapes<'_>) -> String {
    match kind {
        "request" => request(object),
        "answer" => answer(object, shapes),
        "fault" => fault(object),
        other => panic!("{other}: {object}"),
    }
}

fn http(messages: &[Json], shapes: Shapes<'_>) -> String {
    let said = messages.iter().map(|message| {
        let start = match message.get("status") {
            Some(status) => status.to_string(),
            None => text(message, "method").to_owned(),
        };
        let content = &message["content"];
        let what = match text(content, "is") {
            "envelope" => envelope(text(content, "envelope"), content, shapes),
            "missing" => format!("missing {}", content["length"]),
            "sealed" => {
                let sealed = &content["sealed"];
                format!("sealed {} {}", sealed["header_length"], sealed["length"])
            }
            other => other.to_owned(),
        };
        let logins = message.get("logins").and_then(Json::as_array);
        let logins = logins
            .into_iter()
            .flatten()
            .map(|login| format!(": {} {}", text(login, "scheme"), token(&login["token"])));
        format!("{start} {what}{}", logins.collect::<String>())
    });
    let said: Vec<_> = said.collect();
    match &said[..] {
        [only] => format!("HTTP {only}"),
        all => all.join("\n"),
    }
}

fn token(token: &Json) -> String {
    let mut words = vec![text(token, "is").to_owned()];
    let names = ["domain", "user", "target", "service"];
    let mechanisms = token.get("mechanisms").and_then(Json::as_array);
    words.extend(
        mechanisms
            .into_iter()
            .flatten()
            .map(|name| name.as_str().unwrap().to_owned()),
    );
    for name in names.into_iter().chain(["state"]) {
        words.extend(token.get(name).and_then(Json::as_str).map(str::to_owned));
    }
    let inside = token
        .get("inside")
        .map(|inside| format!(", {}", self::token(inside)));
    words.join(" ") + &inside.unwrap_or_default()
}

fn request(object: &Json) -> String {
    let operation = text(object, "operation");
    let mut words = vec!["request".to_owned(), operation.to_owned()];
    words.extend(
        object
            .get("method")
            .map(|method| method.as_str().unwrap().to_owned()),
    );
    words.extend(object.get("target").map(reference));
    words.extend(
        object
            .get("items")
            .map(|items| items.as_str().unwrap().to_owned()),
    );
    for (name, key) in [("context", "context"), ("max", "max_elements")] {
        let value = object.get(key).and_then(Json::as_str);
        words.extend(value.map(|value| format!("{name} {value}")));
    }
    let wql = object.pointer("/filter/wql").and_then(Json::as_str);
    words.extend(wql.map(|wql| format!("wql {wql}")));
    words.extend(object.get("parameters").map(parameters));
    words.join(" ")
}

fn answer(object: &Json, shapes: Shapes<'_>) -> String {
    let what = text(object, "answer");
    let rest = match what {
        "identity" => {
            let identity = &object["identity"];
            let [vendor, version] =
                ["product_vendor", "product_version"].map(|name| text(identity, name));
            format!(" {vendor} {version}")
        }
        "instance" => format!(" {}", instance(&object["instance"], shapes)),
        "page" => page(object, shapes),
        "output" => {
            let method = text(object, "method");
            format!(" {method} {}", parameters(&object["parameters"]))
        }
        _ => String::new(),
    };
    format!("answer {what}{rest}")
}

fn page(object: &Json, shapes: Shapes<'_>) -> String {
    assert_eq!(object.get("broken"), None);
    let mut said = match object.get("context") {
        Some(context) => format!(" more {}", context.as_str().unwrap()),
        None => " last".to_owned(),
    };
    for item in list(object, "items") {
        for part in [
            item.get("instance").map(|part| instance(part, shapes)),
            item.get("reference")
                .map(|part| format!("reference {}", reference(part))),
        ]
        .into_iter()
        .flatten()
        {
            said += "\n  ";
            said += &part;
        }
    }
    said
}

fn fault(object: &Json) -> String {
    let mut words = vec!["fault"];
    words.push(text(object, "code"));
    words.extend(object.get("subcode").and_then(Json::as_str));
    words.push(text(object, "kind"));
    words.extend(object.get("wsman_code").and_then(Json::as_str));
    // What is known well enough to have a name has a hint.
    let hint = object.get("hint").and_then(Json::as_str);
    let begins = match text(object, "kind") {
        "NotFound" => Some("check the class, its namespace"),
        "MethodNotFound" => Some("check the name of the method"),
        "InvalidQuery" => Some("check the query"),
        _ => None,
    };
    assert_eq!(hint.is_some(), begins.is_some(), "{object}");
    assert!(
        hint.unwrap_or_default()
            .starts_with(begins.unwrap_or_default())
    );
    words.join(" ")
}

/// The class, the name of its shape, and the values that tell it from its like.
fn instance(instance: &Json, shapes: Shapes<'_>) -> String {
    let properties = list(instance, "properties");
    let shape = properties
        .iter()
        .map(|property| format!("{}:{}", text(property, "name"), text(property, "type")))
        .collect::<Vec<_>>()
        .join(" ");
    let known = shapes.iter().find(|(_, known)| *known == shape);
    let name = known.map_or(shape.as_str(), |(name, _)| name);
    let names: &[&str] = match (text(instance, "class"), properties.len()) {
        ("Msvm_ComputerSystem", 2) => &["Name", "ReplicationState"],
        ("Msvm_ComputerSystem", _) => &["Name", "ElementName"],
        ("Msvm_ReplicationService", _) => &["Name", "SystemName"],
        ("Msvm_ConcreteJob", _) => &["InstanceID", "JobState", "PercentComplete"],
        ("CIM_ConcreteJob", _) => &["InstanceID", "JobState"],
        ("Msvm_StorageJob", _) => &["JobState", "InstallDate"],
        _ => &[],
    };
    let value = |name: &&str| {
        let property = properties
            .iter()
            .find(|property| text(property, "name") == *name);
        format!("{name}={}", text(property.unwrap(), "value"))
    };
    let values: Vec<_> = names.iter().map(value).collect();
    let said = format!("{} <{name}> {}", class(instance), values.join(", "));
    said.trim_end().to_owned()
}

fn parameters(parameters: &Json) -> String {
    let said = parameters.as_array().unwrap().iter().map(|parameter| {
        let (name, kind) = (text(parameter, "name"), text(parameter, "type"));
        let said = format!("{name}: {kind} {}", value(&parameter["value"]));
        said.trim_end().to_owned()
    });
    format!("({})", said.collect::<Vec<_>>().join("; "))
}

fn value(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        Json::Array(values) => values
            .iter()
            .map(self::value)
            .collect::<Vec<_>>()
            .join(", "),
        value if value.get("keys").is_some() => reference(value),
        value if value.get("properties").is_some() => {
            let properties = list(value, "properties")
                .iter()
                .map(|property| format!("{}={}", text(property, "name"), text(property, "value")));
            let properties: Vec<_> = properties.collect();
            format!("{}({})", class(value), properties.join("; "))
        }
        other => other.to_string(),
    }
}

fn reference(reference: &Json) -> String {
    let keys = reference["keys"].as_object().unwrap();
    let keys: Vec<_> = keys
        .iter()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
        .collect();
    let class = class(reference);
    match &keys[..] {
        [] => class,
        keys => format!("{class} {{{}}}", keys.join(", ")),
    }
}

fn class(object: &Json) -> String {
    let (namespace, class) = (text(object, "namespace"), text(object, "class"));
    match namespace {
        "" => class.to_owned(),
        namespace => format!("{namespace}:{class}"),
    }
}

fn text<'j>(object: &'j Json, name: &str) -> &'j str {
    let text = object.get(name).and_then(Json::as_str);
    text.unwrap_or_else(|| panic!("no {name} in {object}"))
}

fn list<'j>(object: &'j Json, name: &str) -> &'j [Json] {
    let list = object.get(name).and_then(Json::as_array);
    list.unwrap_or_else(|| panic!("no {name} in {object}"))
}
