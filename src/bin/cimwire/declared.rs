//! Instances as their classes declare them.

use std::collections::HashMap;
use std::sync::Arc;

use cimwire::cim::{
    ClassPath, ClassSchema, ElementSchema, Instance, MethodSchema, Properties, Value,
};
use cimwire::{Client, Output, declared_classes, embedded_instance};

use crate::input::with_properties;
use crate::output::report;
use crate::session::Session;

/// The declarations of classes by which instances are typed: the built-in ones first, else the host's own, which are asked
/// for once a class.
#[derive(Debug)]
pub(crate) struct Declarations<'s> {
    session: &'s Session,
    client: &'s Client,
    known: HashMap<ClassPath, Option<Arc<ClassSchema>>>,
}

impl<'s> Declarations<'s> {
    pub(crate) fn new(session: &'s Session, client: &'s Client) -> Self {
        Self {
            session,
            client,
            known: HashMap::new(),
        }
    }

    /// Adds the declaration of a class that the host was asked for already.
    pub(crate) fn knowing(mut self, class: &ClassPath, schema: Option<ClassSchema>) -> Self {
        if let Some(schema) = schema {
            self.known.insert(class.clone(), Some(Arc::new(schema)));
        }
        self
    }

    /// Returns an instance with all properties of its class, each in its declared type. Without a declaration it stays as it
    /// is.
    pub(crate) async fn typed(&mut self, instance: Instance) -> Instance {
        let Some(class) = instance.class().filter(|_| !self.is_off()).cloned() else {
            return instance;
        };
        match self.schema(&class).await {
            Some(schema) => {
                let typed = schema.typed(&instance);
                self.with_embedded(&class, &schema.properties, typed).await
            }
            None => instance,
        }
    }

    /// Returns an event with the instances in it as their classes declare them. System classes, such as those of most events,
    /// have no declaration.
    pub(crate) async fn with_embedded_typed(&mut self, event: Instance) -> Instance {
        match event.class().cloned() {
            Some(class) if class.name().starts_with("__") && !self.is_off() => {
                let mut event = self.with_embedded(&class, &[], event).await;
                // A uint64 of all events (WMI SDK, "__Event class").
                if let Ok(created) = event.get::<u64>("TIME_CREATED") {
                    event.set("TIME_CREATED", created);
                }
                event
            }
            _ => self.typed(event).await,
        }
    }

    /// Returns a projection of a class with each property in its declared type.
    pub(crate) async fn projected(&mut self, class: &ClassPath, instance: Instance) -> Instance {
        if self.is_off() {
            return instance;
        }
        match self.schema(class).await {
            Some(schema) => {
                let typed = schema.typed_projection(&instance);
                self.with_embedded(class, &schema.properties, typed).await
            }
            None => instance,
        }
    }

    /// Returns the output of a method with each output parameter in its declared type.
    pub(crate) async fn output(
        &mut self,
        class: &ClassPath,
        declared: Option<&MethodSchema>,
        output: &Output,
    ) -> Properties {
        let values = output.parameters();
        if self.is_off() {
            return values.clone();
        }
        let schema = match declared {
            Some(_) => None,
            None => self.schema(class).await,
        };
        let found = schema
            .as_ref()
            .and_then(|schema| schema.method(output.method()).ok());
        let Some(method) = declared.or(found) else {
            return values.clone();
        };
        let mut typed = method.typed(values);
        for (name, value) in self.embedded(class, &method.parameters, &typed).await {
            typed.set(name, value);
        }
        typed
    }

    fn is_off(&self) -> bool {
        self.session.display.untyped
    }

    /// Returns the declaration of a class, if it is available.
    async fn schema(&mut self, class: &ClassPath) -> Option<Arc<ClassSchema>> {
        if let Some(known) = self.known.get(class) {
            return known.clone();
        }
        let schema = match declared_classes().class(class) {
            Some(schema) => Some(schema),
            // A table needs no types that are worth a request.
            None if !self.session.output.is_json() => None,
            None => self.asked(class).await,
        };
        let schema = schema.map(Arc::new);
        self.known.insert(class.clone(), schema.clone());
        schema
    }

    /// Asks the host for a declaration. A failure does not prevent the result of the command from being shown.
    async fn asked(&self, class: &ClassPath) -> Option<ClassSchema> {
        // The caller reports a signal.
        match self.session.interrupt.or(self.client.schema(class)).await? {
            Ok(schema) => Some(schema),
            Err(error) => {
                report::note(&format!(
                    "the values of {class} stay text: its declaration could not be read: {}",
                    report::chain(&error)
                ));
                None
            }
        }
    }

    async fn with_embedded(
        &mut self,
        class: &ClassPath,
        declared: &[ElementSchema],
        mut instance: Instance,
    ) -> Instance {
        let embedded = self.embedded(class, declared, instance.properties());
        for (name, value) in embedded.await {
            instance.set(name, value);
        }
        instance
    }

    /// Reads the embedded instances among the values, each as its own class declares it.
    async fn embedded(
        &mut self,
        outer: &ClassPath,
        declared: &[ElementSchema],
        values: &Properties,
    ) -> Vec<(String, Value)> {
        let mut read = Vec::new();
        for (name, value) in values.iter() {
            let instances: Vec<_> = value
                .elements()
                .iter()
                .map(|value| {
                    let is_declared = || {
                        let mut elements = declared.iter();
                        let element = elements.find(|element| element.name == name);
                        element.is_some_and(|element| element.embedded_class().is_some())
                    };
                    match value {
                        Value::Instance(instance) => Some((**instance).clone()),
                        Value::String(text) if is_declared() => embedded_instance(text).ok(),
                        _ => None,
                    }
                })
                .collect();
            // A value that cannot be read stays as it is, and so do its neighbours.
            let Some(instances) = instances.into_iter().collect::<Option<Vec<_>>>() else {
                continue;
            };
            if instances.is_empty() {
                continue;
            }
            let mut typed = Vec::with_capacity(instances.len());
            for instance in instances {
                // CIM-XML names the class alone, which is one of the namespace of the outer one.
                let class = ClassPath::new(outer.namespace(), instance.class_name());
                let instance = with_properties(Instance::new(class), instance.properties());
                typed.push(Value::from(Box::pin(self.typed(instance)).await));
            }
            let value = match (value, typed.pop()) {
                (Value::Array(_), Some(last)) => {
                    typed.push(last);
                    Value::Array(typed)
                }
                (_, Some(one)) => one,
                (_, None) => continue,
            };
            read.push((name.to_owned(), value));
        }
        read
    }
}
