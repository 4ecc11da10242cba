//! The host to address in place of another node of its failover cluster, or of the name of the cluster's broker.

use std::time::Duration;

use tokio::time::timeout;

use super::host::Host;
use crate::output::{origin, short};

/// Returns what to address for a virtual machine that the host does not have, if the host is in a cluster.
pub(super) async fn hint(host: &Host<'_>, vm: &str) -> Option<String> {
    let groups = timeout(LONGEST, host.service.cluster_groups());
    let groups = host.session.interrupt.or(groups).await?.ok()?.ok()?;
    let groups: Vec<_> = groups
        .iter()
        .map(|group| (group.name.as_str(), group.node.as_str()))
        .collect();
    hint_of(&groups, vm, origin::host().unwrap_or_default())
}

/// Returns the hint for groups, each with its node.
fn hint_of(groups: &[(&str, &str)], vm: &str, host: &str) -> Option<String> {
    if groups.is_empty() {
        return None;
    }
    let label = host.split(['.', ':']).next().unwrap_or_default();
    let node_of = |wanted: &str| {
        let mut groups = groups.iter();
        let group = groups.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        group.map(|(_, node)| short(node))
    };
    let what = match node_of(label) {
        Some(node) => format!(
            "{} is a role of a failover cluster, now at node {node}",
            short(host)
        ),
        None => format!("{} is a node of a failover cluster", short(host)),
    };
    Some(match node_of(vm) {
        Some(node) => {
            format!("{what}; the virtual machine is owned by node {node}: use --host {node}")
        }
        None => format!("{what}; address the node that owns the virtual machine"),
    })
}

/// The longest time that asking for the cluster may take, after the virtual machine was not found.
const LONGEST: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hint_names_the_node_that_owns_the_virtual_machine() {
        let groups = [
            ("Cluster Group", "HV01"),
            ("hvr-broker", "HV02"),
            ("web01", "HV03"),
        ];
        for (vm, host, expected) in [
            (
                "WEB01",
                "hvr-broker.example.com:5986",
                "hvr-broker.example.com:5986 is a role of a failover cluster, now at node HV02; the virtual machine is owned \
                 by node HV03: use --host HV03",
            ),
            (
                "web01",
                "hv01",
                "hv01 is a node of a failover cluster; the virtual machine is owned by node HV03: use --host HV03",
            ),
            (
                "web02",
                "hv01",
                "hv01 is a node of a failover cluster; address the node that owns the virtual machine",
            ),
        ] {
            assert_eq!(hint_of(&groups, vm, host).as_deref(), Some(expected));
        }
        assert_eq!(hint_of(&[], "web01", "hv01"), None);
    }
}
