//! Win32_Environment: variables of the system and of users, which can be made, changed and deleted.

use crate::cim::Instance;

use super::super::{CIMV2, Change, ClassName, Table, values};
use super::state::Windows;
use super::variables::Variable;

pub(super) static TABLE: Table<Windows> = Table {
    class: ENVIRONMENT,
    instances: |windows, _| windows.variables.all().map(instance).collect(),
    changes: &[
        (Change::Put, |windows, instance, _| {
            windows.variables.put(instance)
        }),
        (Change::Create, |windows, instance, _| {
            windows.variables.create(instance)
        }),
        (Change::Delete, |windows, instance, _| {
            windows.variables.delete(instance)
        }),
    ],
    ..Table::EMPTY
};

const ENVIRONMENT: ClassName = ClassName::new(CIMV2, "Win32_Environment");

fn instance(variable: &Variable) -> Instance {
    let caption = format!(r"{}\{}", variable.user, variable.name);
    ENVIRONMENT.instance(values! {
        Caption: caption.as_str(),
        Description: caption,
        Name: variable.name.as_str(),
        Status: "OK",
        SystemVariable: variable.is_of_system(),
        UserName: variable.user.as_str(),
        VariableValue: variable.value.clone(),
    })
}
