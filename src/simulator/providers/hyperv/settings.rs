//! Changes to the settings of virtual machines.

use std::collections::HashMap;

use crate::cim::Properties;

use super::vm::Vm;

/// The changed settings, by the ids of the virtual machines.
#[derive(Debug, Default)]
pub(super) struct Settings(HashMap<String, Properties>);

impl Settings {
    /// Returns the changed settings of a virtual machine.
    pub(super) fn of(&self, vm: &Vm) -> Option<&Properties> {
        self.0.get(&vm.id)
    }

    pub(super) fn change(&mut self, vm: &str, changes: &Properties) {
        let changed = self.0.entry(vm.to_owned()).or_default();
        for (name, value) in changes.iter() {
            changed.set(name, value.clone());
        }
    }
}
