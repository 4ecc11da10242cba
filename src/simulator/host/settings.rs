//! The settings of virtual machines, as far as they were changed.

use std::collections::HashMap;

use crate::cim::Properties;

/// What was changed in the settings of virtual machines, by their ids.
#[derive(Debug, Default)]
pub(super) struct Settings(pub(super) HashMap<String, Properties>);
