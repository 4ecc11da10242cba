//! Fetching of the statuses of many jobs in few round trips.

use crate::cim::{ClassPath, Instance};
use crate::client::Client;
use crate::error::{Error, ErrorKind};
use crate::{FaultKind, Wql, wsman};

use super::failure::{self, StatusError};
use super::reference::JobReference;
use super::status::{JobStatus, PROPERTIES};

/// Returns the statuses of some jobs of a host, in their order.
///
/// Jobs of one class are queried in groups of twenty, with one round trip each. The error of one job does not affect
/// the others; the outer error means that the host cannot be queried at all.
pub(super) async fn statuses(client: &Client, jobs: &[JobReference]) -> Result<Vec<Found>, Error> {
    let mut found = Vec::with_capacity(jobs.len());
    let mut left: Vec<(usize, &JobReference)> = jobs.iter().enumerate().collect();
    while let Some((_, first)) = left.first() {
        let class = class_of(first);
        let of_class: Vec<_>;
        (of_class, left) = left
            .into_iter()
            .partition(|(_, job)| class_of(job) == class);
        for chunk in of_class.chunks(TERMS) {
            let asked: Vec<_> = chunk.iter().map(|(_, job)| *job).collect();
            let answers = of_one_class(client, class, &asked).await?;
            found.extend(chunk.iter().map(|(index, _)| *index).zip(answers));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    let statuses = found.into_iter().map(|(_, status)| status);
    Ok(statuses
        .map(|status| status.map_err(|error| client.attribute(error)))
        .collect())
}

/// The status of one job, or the error of a job that the host no longer knows or cannot describe.
pub(super) type Found = Result<JobStatus, Error>;

/// Returns all jobs of a class.
pub(super) async fn all(client: &Client, class: &ClassPath) -> Result<Vec<JobStatus>, Error> {
    let found = match class.base() {
        // A class of a vendor's own schema has no namespace to query.
        Some(base) => {
            let uri = format!("{base}{}", class.name());
            let namespace = client.namespace(class.namespace());
            namespace.enumerate(&uri).collect().await
        }
        None => rows(client, class, Wql::select(class.name())).await,
    };
    let rows = match found {
        Err(error) if is_unwritable(&error) => {
            let wql = Wql::select_properties(class.name(), PROPERTIES);
            rows(client, class, wql).await?
        }
        rows => rows?,
    };
    let read = |row: &Instance| {
        let status = JobStatus::read(row, class).map_err(|error| {
            Error::from_decode(format!("could not read the jobs of {class}"), error)
        })?;
        Ok(JobStatus {
            reference: status.reference.at(client)?,
            ..status
        })
    };
    rows.iter().map(read).collect()
}

async fn of_one_class(
    client: &Client,
    class: &ClassPath,
    jobs: &[&JobReference],
) -> Result<Vec<Found>, Error> {
    if class.base().is_some() {
        // A class of a vendor's own schema has no namespace to query; its instances are read one by one.
        let mut answers = Vec::with_capacity(jobs.len());
        for job in jobs {
            answers.push(find_or_confirm(client, &[], job).await);
        }
        return Ok(answers);
    }
    let wql = Wql::select(class.name()).any_of("InstanceID", jobs.iter().map(|job| job.id()));
    let rows = match rows(client, class, wql).await {
        Ok(rows) => Some(rows),
        // One property that the host cannot encode fails the whole query (0x80338041), so each job is queried alone,
        // and only for the properties that a status needs.
        Err(error) if is_unwritable(&error) => None,
        Err(error) => return Err(error),
    };
    let mut answers = Vec::with_capacity(jobs.len());
    for job in jobs {
        let found = match &rows {
            Some(rows) => find_or_confirm(client, rows, job).await,
            None => alone(client, job).await,
        };
        match found {
            // A transient error tells nothing about the job.
            Err(error) if error.is_transient() => return Err(error),
            found => answers.push(found),
        }
    }
    Ok(answers)
}

/// Returns true if the host could not encode one property of one of the rows, which fails all of them (0x80338041).
fn is_unwritable(error: &Error) -> bool {
    error.fault_kind() == Some(FaultKind::SchemaValidation)
}

async fn alone(client: &Client, job: &JobReference) -> Found {
    let class = class_of(job);
    let wql = Wql::select_properties(class.name(), PROPERTIES).equals("InstanceID", job.id());
    let rows = rows(client, class, wql).await?;
    find_or_confirm(client, &rows, job).await
}

/// Finds the status of a job. Without a row, only a Get confirms that the job is gone.
async fn find_or_confirm(client: &Client, rows: &[Instance], job: &JobReference) -> Found {
    if let Some(row) = rows.iter().find(|row| is_of(row, job)) {
        return read(row, job);
    }
    match client.get_opt(job.as_reference()).await {
        Ok(Some(row)) if is_of(&row, job) => read(&row, job),
        Ok(Some(_)) => Err(failure::unknown_status(job, StatusError::OtherObject)),
        Ok(None) => Err(failure::vanished(job)),
        Err(error) if error.kind() == ErrorKind::Answer => {
            let unreadable = StatusError::Unreadable(Box::new(error));
            Err(failure::unknown_status(job, unreadable))
        }
        Err(error) => Err(error),
    }
}

/// Returns true if a row belongs to a job: it has the key, is of the namespace of the job, and names no class that is
/// declared as another than the requested one or its subclasses. A projection does not name its class.
fn is_of(row: &Instance, job: &JobReference) -> bool {
    let asked = job.as_reference().class();
    let is_other = |found: &ClassPath| {
        is_elsewhere(found, asked) || wsman::derives(found.name(), asked) == Some(false)
    };
    !row.class().is_some_and(is_other)
        && row
            .get::<String>("InstanceID")
            .is_ok_and(|id| id.eq_ignore_ascii_case(job.id()))
}

/// Returns true if two classes are in different namespaces, as far as both name one.
fn is_elsewhere(found: &ClassPath, asked: &ClassPath) -> bool {
    // WinRM takes a namespace without `root` too.
    let [found, asked] = [found, asked].map(|class| {
        let namespace = class.namespace().to_ascii_lowercase();
        let inside = namespace.strip_prefix("root/").map(str::to_owned);
        inside.unwrap_or(namespace)
    });
    !found.is_empty() && !asked.is_empty() && found != asked
}

fn read(row: &Instance, job: &JobReference) -> Found {
    match JobStatus::read(row, class_of(job)) {
        // The job keeps the id of the request, even if the host writes it in another case.
        Ok(status) => Ok(JobStatus {
            reference: job.clone(),
            ..status
        }),
        Err(error) => {
            let unreadable = StatusError::Unreadable(Box::new(error));
            Err(failure::unknown_status(job, unreadable))
        }
    }
}

async fn rows(client: &Client, class: &ClassPath, wql: Wql) -> Result<Vec<Instance>, Error> {
    client
        .namespace(class.namespace())
        .query(wql)?
        .collect()
        .await
}

fn class_of(job: &JobReference) -> &ClassPath {
    job.as_reference().class()
}

/// The most terms in a query; WMI limits them.
const TERMS: usize = 20;
