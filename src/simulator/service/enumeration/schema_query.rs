//! Queries for the classes of a namespace: `SELECT * FROM meta_class WHERE __CLASS LIKE 'Win32[_]%'` (WMI SDK, "Schema
//! Queries").

use std::sync::LazyLock;

use crate::cim::{CimType, ElementSchema};
use crate::simulator::providers::classes_in;

use super::super::fault::{self, Refusal};
use super::super::resource::Resource;
use super::super::wql::Query;
use super::contexts::{Item, Items};

/// Reports whether a query asks for classes in place of instances.
pub(super) fn is_for_classes(query: &Query) -> bool {
    query.class.eq_ignore_ascii_case("meta_class")
}

/// Returns the classes that a query selects, each as an instance without values. How WinRM writes a class here is a guess: no
/// capture shows it.
pub(super) fn classes(resource: &Resource, query: &Query) -> Result<Items, Refusal> {
    // WMI returns whole classes only.
    let is_whole = query.projection.is_none() && query.within.is_none();
    if !is_whole || query.check_event(&*SYSTEM_PROPERTIES, &[]).is_err() {
        return Err(fault::INVALID_QUERY);
    }
    let selected = classes_in(resource.namespace()).filter(|class| {
        let named = class.blank().with(CLASS, class.name());
        query.selects(&named)
    });
    let items = selected.map(|class| Item {
        instance: class.blank(),
        reference: class.reference(&class.blank()),
    });
    Ok(Box::new(items.collect::<Vec<_>>().into_iter()))
}

/// The system property with the name of a class.
const CLASS: &str = "__CLASS";

static SYSTEM_PROPERTIES: LazyLock<[ElementSchema; 1]> = LazyLock::new(|| {
    [ElementSchema {
        name: CLASS.to_owned(),
        cim_type: CimType::String,
        is_array: false,
        qualifiers: Vec::new(),
    }]
});

#[cfg(test)]
mod tests {
    use crate::simulator::service::testing::*;

    #[test]
    fn a_schema_query_selects_classes_by_name() {
        let service = service();
        let ask = |wql: &str| service.answered(&query(wql, OPTIMISED));
        let all = ask("SELECT * FROM meta_class");
        assert!(all.contains("<p:Msvm_ConcreteJob ") && all.contains("<p:CIM_Job "));
        let some = ask("select * from META_CLASS where __Class LIKE 'msvm[_]replicationse%'");
        let names = ["Msvm_ReplicationService", "Msvm_ReplicationSettingData"];
        for name in names {
            assert_eq!(some.matches(&format!("</p:{name}>")).count(), 1, "{some}");
        }
        assert!(!some.contains("Msvm_ReplicationProvider"), "{some}");
        let one = ask("SELECT * FROM meta_class WHERE __CLASS = 'Msvm_ConcreteJob'");
        assert_eq!(
            one.matches("xsi:type=\"p:Msvm_ConcreteJob_Type\"").count(),
            1
        );
        assert_eq!(one.matches("_Type\"").count(), 1, "{one}");
    }

    #[test]
    fn a_schema_query_has_no_properties_of_instances() {
        let service = service();
        for wql in [
            "SELECT __CLASS FROM meta_class",
            "SELECT * FROM meta_class WHERE Name = 'x'",
            "SELECT * FROM meta_class WITHIN 2",
        ] {
            let (subcode, _) = service.refused(&query(wql, OPTIMISED));
            assert_eq!(subcode, "CannotProcessFilter", "{wql}");
        }
    }

    const OPTIMISED: &str = "<w:OptimizeEnumeration/><w:MaxElements>500</w:MaxElements>";
}
