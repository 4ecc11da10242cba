//! `replica recovery-points`: the recovery points of replica virtual machines.

use cimwire::hyperv::RecoveryPoint;
use clap::Args;

use super::host::Host;
use super::selection::{self, Selection};
use crate::connect;
use crate::exit::Exit;
use crate::output::list::{List, columns};
use crate::output::replica::PointOfVm;
use crate::output::report::Failure;
use crate::session::Session;

/// List the recovery points of replica virtual machines, the newest first
///
/// Checkpoints of users are not recovery points, and are left out.
#[derive(Debug, Args)]
pub(crate) struct RecoveryPoints {
    #[command(flatten)]
    selection: Selection,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<PointOfVm>())]
    columns: Vec<String>,
}

impl RecoveryPoints {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let mut rows = Vec::new();
        for vm in selection::resolve(&host, &self.selection.vms).await? {
            let points: Vec<RecoveryPoint> = host.read(host.service.recovery_points(&vm)).await?;
            rows.extend(points.into_iter().map(|point| PointOfVm {
                vm: vm.clone(),
                point,
            }));
        }
        let columns = self.columns;
        session.output.show(&List { rows, columns })
    }
}
