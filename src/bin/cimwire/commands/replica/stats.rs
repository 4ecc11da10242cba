//! `replica stats`: the statistics of replications.

use cimwire::hyperv::ReplicationMode;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;

use super::host::Host;
use super::list::Filter;
use crate::connect;
use crate::exit::Exit;
use crate::output::list::{List, columns};
use crate::output::replica::Measured;
use crate::output::report::Failure;
use crate::session::Session;

/// Show the statistics of the host's replications
///
/// The columns are those of Measure-VMReplication; -o wide shows more of them, and json all.
#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// Only these virtual machines: names, patterns with * and ?, or GUIDs
    #[arg(value_name = "VM", value_parser = NonEmptyStringValueParser::new())]
    vms: Vec<String>,

    #[command(flatten)]
    filter: Filter,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<Measured>())]
    columns: Vec<String>,
}

impl Stats {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let mut rows = Vec::new();
        for replication in self.filter.read(&host, &self.vms).await? {
            let report = host.service.statistics(&replication.vm, replication.which);
            let report = host.read(report).await?;
            // Only the sending side has something to send.
            let sends = replication.side() == ReplicationMode::Primary;
            let statistics = report.statistics.first().filter(|_| sends);
            let copy = match statistics {
                Some(one) if one.replication_success_count == 0 => {
                    let copy = host
                        .service
                        .copy_in_progress(&replication.vm, replication.which);
                    host.read(copy).await?
                }
                _ => None,
            };
            let pending = statistics.map(|one| one.pending_size(copy));
            rows.push(Measured {
                replication,
                report,
                pending,
            });
        }
        let columns = self.columns;
        session.output.show(&List { rows, columns })
    }
}
