//! Win32_Environment: variables of the system and of users, which can be made, changed and deleted.

use crate::cim::Instance;

use super::change::Writing;
use super::names::CIMV2;
use super::provider::Provider;
use super::variables::{SYSTEM, Variable};

pub(crate) static ENVIRONMENT: Provider = Provider {
    namespace: CIMV2,
    name: "Win32_Environment",
    instances: |host, _| host.environment.0.iter().map(instance).collect(),
    writing: Writing {
        put: Some(|host, instance, _| host.environment.put(instance)),
        create: Some(|host, instance, _| host.environment.create(instance)),
        delete: Some(|host, instance, _| host.environment.delete(instance)),
    },
    ..Provider::PLAIN
};

fn instance(variable: &Variable) -> Instance {
    let caption = format!(r"{}\{}", variable.user, variable.name);
    ENVIRONMENT.instance([
        ("Caption", caption.as_str().into()),
        ("Description", caption.into()),
        ("Name", variable.name.as_str().into()),
        ("Status", "OK".into()),
        ("SystemVariable", (variable.user == SYSTEM).into()),
        ("UserName", variable.user.as_str().into()),
        ("VariableValue", variable.value.clone().into()),
    ])
}
