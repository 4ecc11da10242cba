//! `replica certificates`: the certificates of the host that replication can use.

use std::collections::HashMap;

use cimwire::hyperv::Replication;
use clap::Args;

use super::host::Host;
use crate::connect;
use crate::exit::Exit;
use crate::output::list::{List, columns};
use crate::output::replica::Certificate;
use crate::output::report::{self, Failure, Problem};
use crate::output::short;
use crate::session::Session;

/// List the certificates of the host's machine store, and the virtual machines whose replication uses them
#[derive(Debug, Args)]
pub(crate) struct Certificates {
    /// Exit with 1 if a listed certificate ends within so many days
    #[arg(long, value_name = "DAYS")]
    warn_days: Option<u32>,

    /// Only those that a replication or the replica server uses
    #[arg(long)]
    in_use: bool,

    /// Only these columns, in this order; json has all fields
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', ignore_case = true, value_parser = columns::<Certificate>())]
    columns: Vec<String>,
}

impl Certificates {
    pub(super) async fn run(self, session: &Session) -> Result<Exit, Failure> {
        let client = connect::client(session).await?;
        let host = Host::connect(session, &client).await?;
        let encoded = host.read(host.service.certificates()).await?;
        let replications = host.read(host.service.replications()).await?;
        let server = host.read(host.service.server_settings()).await?;
        let users = users(&replications);
        let mut rows: Vec<Certificate> = Vec::new();
        for text in &encoded {
            let Some(mut certificate) = Certificate::read(text) else {
                report::warning("a certificate of the host could not be read, and is left out");
                continue;
            };
            let of_server = server.certificate_thumb_print.as_deref();
            certificate.used_by_server =
                of_server.is_some_and(|one| certificate.thumbprint.eq_ignore_ascii_case(one));
            let used_by = users.get(&certificate.thumbprint);
            certificate.used_by = used_by.cloned().unwrap_or_default();
            rows.push(certificate);
        }
        rows.retain(|one| !self.in_use || one.used_by_server || !one.used_by.is_empty());
        let ending = self.ending(&rows);
        let columns = self.columns;
        session.output.show(&List { rows, columns })?;
        match ending {
            Some(problem) => Err(problem.into()),
            None => Ok(Exit::Done),
        }
    }

    /// Returns the problem with certificates that end too early, if there are any.
    fn ending(&self, rows: &[Certificate]) -> Option<Problem> {
        let limit = i64::from(self.warn_days?);
        let ending = rows.iter().filter(|one| one.days_left < limit);
        let subjects: Vec<_> = ending.map(|one| short(&one.subject)).collect();
        if subjects.is_empty() {
            return None;
        }
        let what = format!(
            "certificates that end within {limit} days: {}",
            subjects.join("; ")
        );
        let hint =
            "renew them, then set the new thumbprint with `cimwire replica set --certificate`";
        Some(Problem::new(Exit::Failure, what).hint(hint))
    }
}

/// Returns the virtual machines whose replication uses a certificate, by its thumbprint.
fn users(replications: &[Replication]) -> HashMap<String, Vec<String>> {
    let mut users: HashMap<String, Vec<String>> = HashMap::new();
    for replication in replications {
        let settings = replication.settings.as_ref();
        let thumbprint = settings.and_then(|one| one.certificate_thumb_print.as_deref());
        if let Some(thumbprint) = thumbprint.filter(|text| !text.is_empty()) {
            let names = users.entry(thumbprint.to_uppercase()).or_default();
            if !names.contains(&replication.vm.name) {
                names.push(replication.vm.name.clone());
            }
        }
    }
    users
}
