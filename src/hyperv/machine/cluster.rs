//! The failover cluster that a host belongs to: which node owns what.

use crate::cim::{KeyValue, Reference};
use crate::error::Error;
use crate::hyperv::ReplicationService;
use crate::{FaultKind, Items};

/// A group of resources of a failover cluster, such as a virtual machine or the Replica Broker, and the node that owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClusterGroup {
    /// The name of the group: that of the virtual machine, or of the broker.
    pub name: String,
    /// The name of the node that owns it now.
    pub node: String,
}

impl ReplicationService {
    /// Reads the groups of the failover cluster that the host belongs to, with their nodes, in one enumeration. A host that is
    /// not in a cluster has none.
    ///
    /// Calls for a clustered virtual machine go to the node that owns it. The name of a broker leads to any node.
    ///
    /// # Errors
    ///
    /// Returns an error if the host refuses for another reason than that it has no cluster.
    ///
    /// Source: [MSCluster_NodeToActiveGroup](https://learn.microsoft.com/previous-versions/windows/desktop/cluswmi/mscluster-nodetoactivegroup)
    pub async fn cluster_groups(&self) -> Result<Vec<ClusterGroup>, Error> {
        let namespace = self.client().namespace(CLUSTER);
        let links: Items<_> = namespace.enumerate("MSCluster_NodeToActiveGroup");
        let links = match links.collect().await {
            Ok(links) => links,
            Err(error) if has_no_cluster(&error) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let groups = links.iter().filter_map(|link| {
            let name = name_of(&link.get("PartComponent").ok()?)?;
            let node = name_of(&link.get("GroupComponent").ok()?)?;
            Some(ClusterGroup { name, node })
        });
        Ok(groups.collect())
    }
}

fn name_of(reference: &Reference) -> Option<String> {
    let text = reference.key("Name").and_then(KeyValue::as_text)?;
    Some(text.into_owned())
}

fn has_no_cluster(error: &Error) -> bool {
    matches!(
        error.fault_kind(),
        Some(FaultKind::InvalidClass | FaultKind::InvalidNamespace | FaultKind::NotFound)
    )
}

/// The namespace of failover clusters.
const CLUSTER: &str = "root/MSCluster";
