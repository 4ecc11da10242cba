//! From what was typed to what is sent: values of the types that the class declares.

use cimwire::cim::{
    CimType, ClassPath, ClassSchema, ElementSchema, Instance, InvalidInput, Properties, Value,
};
use cimwire::{Client, ErrorKind, FaultKind};
use clap::Args;
use tracing::debug;

use crate::assign::{self, Assignment};
use crate::output::report::{Failure, Problem};
use crate::session::Session;
use crate::session::unless_interrupted;
use crate::time::{self, Start};

/// Values for a method, or for the properties of an instance.
#[derive(Debug, Args)]
pub(crate) struct Input {
    #[arg(value_name = "NAME=VALUE", value_parser = Assignment::read, help = assign::HELP, long_help = assign::LONG_HELP)]
    values: Vec<Assignment>,

    /// Send texts as they are, without asking for the declaration of the class
    #[arg(long)]
    unchecked: bool,
}

impl Input {
    /// Returns what was typed, by name.
    pub(crate) fn typed(&self) -> Result<Properties, Problem> {
        assign::collected(&self.values)
    }

    /// The declaration of a class to check against; `None` where nothing is checked, or the host does not tell.
    pub(crate) async fn schema(
        &self,
        session: &Session,
        client: &Client,
        class: &ClassPath,
    ) -> Result<Option<ClassSchema>, Failure> {
        if self.unchecked {
            return Ok(None);
        }
        schema(session, client, class).await
    }
}

async fn schema(
    session: &Session,
    client: &Client,
    class: &ClassPath,
) -> Result<Option<ClassSchema>, Failure> {
    match unless_interrupted(session, client.schema(class)).await {
        Ok(schema) => Ok(Some(schema)),
        Err(Failure::Library(error)) if is_undeclared(&error) => {
            debug!(%class, error = %crate::output::report::chain(&error), "no declaration: texts are sent as they are");
            Ok(None)
        }
        Err(failure) => Err(failure),
    }
}

/// Returns whether a host does not return the declaration of a class. Servers other than Windows answer the question
/// with many kinds of faults; the fault for a missing class comes again with the operation itself.
fn is_undeclared(error: &cimwire::Error) -> bool {
    match error.kind() {
        ErrorKind::Answer => true,
        ErrorKind::Fault => !matches!(
            error.fault_kind(),
            Some(FaultKind::InvalidClass | FaultKind::InvalidNamespace)
        ),
        _ => false,
    }
}

/// Makes what was typed ready to be checked: times of the clock become times, and embedded instances of JSON what their own
/// class declares.
pub(crate) async fn prepared(
    session: &Session,
    client: &Client,
    namespace: &str,
    declared: &[ElementSchema],
    values: &Properties,
) -> Result<Properties, Failure> {
    let mut prepared = Properties::new();
    for (name, value) in values.iter() {
        let is_it = |element: &&ElementSchema| element.name.eq_ignore_ascii_case(name);
        let element = declared.iter().find(is_it);
        let value = match value {
            Value::Array(values) => {
                let mut all = Vec::with_capacity(values.len());
                for value in values {
                    all.push(one(session, client, namespace, element, value).await?);
                }
                Value::Array(all)
            }
            value => one(session, client, namespace, element, value).await?,
        };
        prepared.set(name, value);
    }
    Ok(prepared)
}

async fn one(
    session: &Session,
    client: &Client,
    namespace: &str,
    element: Option<&ElementSchema>,
    value: &Value,
) -> Result<Value, Failure> {
    let is_time = element.is_some_and(|element| element.cim_type == CimType::DateTime);
    match value {
        Value::String(text) if is_time && time::is_of_the_clock(text) => Ok(of_the_clock(text)?),
        Value::Instance(instance) => {
            let class = element.and_then(ElementSchema::embedded_class);
            let made = embedded(session, client, namespace, class, instance);
            Ok(Box::pin(made).await?.into())
        }
        value => Ok(value.clone()),
    }
}

/// Returns a time from now, or of the local clock.
fn of_the_clock(text: &str) -> Result<Value, Problem> {
    let start = Start::read(text)
        .map_err(|why| Problem::usage(format!("{text:?} is not a time: {why}")))?;
    let time = start.after(time::now());
    time.map(Value::from)
        .ok_or_else(|| Problem::usage(format!("{text:?} is beyond what the clock can say")))
}

async fn embedded(
    session: &Session,
    client: &Client,
    namespace: &str,
    declared: Option<&str>,
    instance: &Instance,
) -> Result<Instance, Failure> {
    let name = match (instance.class_name(), declared) {
        ("", Some(declared)) => declared,
        ("", None) => {
            return Err(
                Problem::usage("an embedded instance does not say what it is")
                    .hint("name its class: {\"__CLASS\": \"Msvm_…\", …}")
                    .into(),
            );
        }
        (name, _) => name,
    };
    let class = ClassPath::new(namespace, name);
    let properties = match schema(session, client, &class).await? {
        Some(schema) => of_class(session, client, &class, &schema, instance.properties()).await?,
        None => instance.properties().clone(),
    };
    Ok(with_properties(Instance::new(class), &properties))
}

/// The instance with these properties too.
pub(crate) fn with_properties(instance: Instance, properties: &Properties) -> Instance {
    let all = properties.iter();
    all.fold(instance, |instance, (name, value)| {
        instance.with(name, value.clone())
    })
}

/// Properties of an instance as its class declares them.
pub(crate) async fn of_class(
    session: &Session,
    client: &Client,
    class: &ClassPath,
    schema: &ClassSchema,
    values: &Properties,
) -> Result<Properties, Failure> {
    let namespace = class.namespace();
    let values = prepared(session, client, namespace, &schema.properties, values).await?;
    let checked = schema
        .check(&values)
        .map_err(|error| invalid(&error, class))?;
    Ok(complete(checked, namespace))
}

/// Returns what does not fit the declaration of a class.
pub(crate) fn invalid(error: &InvalidInput, class: &ClassPath) -> Problem {
    Problem::usage(error.to_string()).hint(format!(
        "nothing was sent; see what is declared with: cimwire schema {class}"
    ))
}

/// The same with references that name no namespace in that of the class.
pub(crate) fn complete(values: Properties, namespace: &str) -> Properties {
    let in_namespace = |value: &Value| match value {
        Value::Reference(reference) => (**reference).clone().or_namespace(namespace).into(),
        value => value.clone(),
    };
    let complete = values.iter().map(|(name, value)| match value {
        Value::Array(values) => (
            name,
            Value::Array(values.iter().map(in_namespace).collect()),
        ),
        value => (name, in_namespace(value)),
    });
    complete.collect()
}
