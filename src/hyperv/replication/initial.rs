//! Initial replication: `StartReplication`.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::cim::{DateTime, Value};
use crate::error::{Error, ErrorKind};
use crate::hyperv::{Outcome, ReplicationService, VirtualMachine};

impl ReplicationService {
    /// Starts the initial replication of a virtual machine (`StartReplication`), in one round trip.
    ///
    /// The job that this starts is short: it ends when the copy has begun. The copy is complete when the
    /// [`replication_state`](VirtualMachine::replication_state) is
    /// [`Replicating`](crate::hyperv::ReplicationState::Replicating).
    ///
    /// ```
    /// # use cimwire::{Client, transport::Replay};
    /// use cimwire::hyperv::{InitialReplication, ReplicationService};
    ///
    /// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
    /// # let client = Client::over(Replay::open("xml-fixtures/replication-done")?);
    /// let replica = ReplicationService::connect(&client).await?;
    /// let vm = replica.vm("fast01").await?;
    /// let outcome = replica.start_replication(&vm, InitialReplication::network()).await?;
    /// assert!(outcome.job().is_none(), "the host may complete it at once");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error of [`ErrorKind::Refused`], with the [`ReturnCode`](crate::hyperv::ReturnCode) among its causes
    /// and a hint, if the host refuses. Returns an error of [`ErrorKind::OutcomeUnknown`] if the connection was lost
    /// after the call had been sent; check the state before calling again.
    ///
    /// Source: [StartReplication](https://learn.microsoft.com/windows/win32/hyperv_v2/startreplication-msvm-replicationservice)
    pub async fn start_replication(
        &self,
        vm: &VirtualMachine,
        replication: impl Into<InitialReplication>,
    ) -> Result<Outcome, Error> {
        let input = replication.into().parameters()?;
        self.call_for(vm, "StartReplication", input).await
    }
}

/// The method of a virtual machine's initial replication (`InitialReplicationType` of `StartReplication`).
///
/// Only replication over the network can be scheduled, so only it has [`at`](Schedulable::at):
///
/// ```
/// use cimwire::hyperv::InitialReplication;
///
/// let tonight = InitialReplication::network().at("2030-01-15T21:00:00Z".parse()?);
/// let by_hand = InitialReplication::export(r"E:\replica");
/// # Ok::<(), cimwire::cim::ParseDateTimeError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InitialReplication {
    /// A full copy over the network.
    Network {
        /// The start time; `None` means immediately.
        start: Option<DateTime>,
    },
    /// An export to a directory, to be carried to the replica server and imported there.
    Export {
        /// The absolute path of the directory on the host. Each virtual machine gets its own subdirectory.
        directory: String,
    },
    /// A copy over the network of the differences from a copy that the replica server already has.
    Seeded {
        /// The start time; `None` means immediately.
        start: Option<DateTime>,
    },
}

impl InitialReplication {
    /// Copies everything over the network.
    pub fn network() -> Schedulable {
        Schedulable { seeded: false }
    }

    /// Exports to a directory of the host, to be carried to the replica server and imported there.
    pub fn export(directory: impl Into<String>) -> Self {
        Self::Export {
            directory: directory.into(),
        }
    }

    /// Copies over the network only the differences from a copy that the replica server already has, such as a restored
    /// backup.
    pub fn seeded() -> Schedulable {
        Schedulable { seeded: true }
    }

    /// Returns the start time; `None` means immediately.
    pub fn start(&self) -> Option<DateTime> {
        match self {
            Self::Network { start } | Self::Seeded { start } => *start,
            Self::Export { .. } => None,
        }
    }

    /// Checks the start time against the limits of Microsoft's own client: not before `now`, and at most seven days
    /// after it. The limits of the host are not documented.
    ///
    /// # Errors
    ///
    /// Returns an error if the time is outside these limits, or if it does not denote an instant.
    pub fn check(&self, now: SystemTime) -> Result<(), InvalidStart> {
        let Some(start) = self.start() else {
            return Ok(());
        };
        InvalidStart::check(start, now)
    }

    /// Returns the parameters of `StartReplication` after the virtual machine, in the order of its declaration.
    pub(super) fn parameters(&self) -> Result<[(&'static str, Value); 3], Error> {
        let (kind, directory) = match self {
            Self::Network { .. } => (NETWORK, None),
            Self::Export { directory } => (EXPORT, Some(directory.as_str())),
            Self::Seeded { .. } => (SEEDED, None),
        };
        let start = self.start();
        if start.is_some_and(|start| start.instant().is_none()) {
            let error = Error::new(ErrorKind::Usage, "could not start the replication");
            return Err(error.with_source(InvalidStart::NoInstant));
        }
        Ok([
            ("InitialReplicationType", kind.into()),
            ("InitialReplicationExportLocation", directory.into()),
            // Microsoft's own client sends UTC, and its sample documents it.
            ("StartTime", start.map(DateTime::to_utc).into()),
        ])
    }
}

/// A copy over the network, started immediately or [at](Self::at) a given time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedulable {
    seeded: bool,
}

impl Schedulable {
    /// Starts at this time. It must denote an instant, so no field may be a wildcard.
    pub fn at(self, start: DateTime) -> InitialReplication {
        self.starting(Some(start))
    }

    fn starting(self, start: Option<DateTime>) -> InitialReplication {
        if self.seeded {
            InitialReplication::Seeded { start }
        } else {
            InitialReplication::Network { start }
        }
    }
}

impl From<Schedulable> for InitialReplication {
    fn from(now: Schedulable) -> Self {
        now.starting(None)
    }
}

/// Error returned when a start time is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidStart {
    /// The time has passed.
    Past,
    /// The time is more than seven days ahead.
    TooFar,
    /// A field of the time is a wildcard, or its offset is unknown.
    NoInstant,
}

impl InvalidStart {
    /// Checks the start time of an initial replication or of a resynchronization, as
    /// [`InitialReplication::check`] does.
    ///
    /// # Errors
    ///
    /// Returns an error if the time is before `now` or more than seven days after it, or if it does not denote an instant.
    pub fn check(start: DateTime, now: SystemTime) -> Result<(), Self> {
        let start = SystemTime::try_from(start).map_err(|_| Self::NoInstant)?;
        match start.duration_since(now) {
            Err(_) => Err(Self::Past),
            Ok(ahead) if ahead > FURTHEST => Err(Self::TooFar),
            Ok(_) => Ok(()),
        }
    }
}

impl fmt::Display for InvalidStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Past => "the start time has passed",
            Self::TooFar => "the start time lies more than seven days ahead",
            Self::NoInstant => {
                "the start time is not an instant: it lacks a field or its offset from UTC"
            }
        })
    }
}

impl std::error::Error for InvalidStart {}

const NETWORK: u16 = 1;
const EXPORT: u16 = 2;
const SEEDED: u16 = 3;
/// The limit of Start-VMInitialReplication.
const FURTHEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_copy_has_its_parameters() {
        let start: DateTime = "2030-01-15T22:00:00+01:00".parse().unwrap();
        for (replication, kind, directory, time) in [
            (
                InitialReplication::network().into(),
                1u16,
                Value::Null,
                None,
            ),
            (
                InitialReplication::network().at(start),
                1,
                Value::Null,
                Some("20300115210000.000000+000"),
            ),
            (
                InitialReplication::export(r"E:\replica"),
                2,
                r"E:\replica".into(),
                None,
            ),
            (InitialReplication::seeded().into(), 3, Value::Null, None),
            (
                InitialReplication::seeded().at(start),
                3,
                Value::Null,
                Some("20300115210000.000000+000"),
            ),
        ] {
            let [
                (kind_name, sent_kind),
                (directory_name, sent_directory),
                (time_name, sent_time),
            ] = replication.parameters().unwrap();
            let names = [kind_name, directory_name, time_name];
            assert_eq!(
                names,
                [
                    "InitialReplicationType",
                    "InitialReplicationExportLocation",
                    "StartTime"
                ]
            );
            assert_eq!(
                (sent_kind, sent_directory),
                (Value::Uint16(kind), directory)
            );
            assert_eq!(sent_time.to_text().as_deref(), time);
        }
    }

    #[test]
    fn rejects_a_start_time_in_the_past_or_beyond_seven_days() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let at = |offset: i64| {
            let start = DateTime::from_unix_micros((1_800_000_000 + offset) * 1_000_000).unwrap();
            InitialReplication::network().at(start).check(now)
        };
        assert_eq!([at(0), at(7 * 86_400)], [Ok(()), Ok(())]);
        assert_eq!(at(-1), Err(InvalidStart::Past));
        assert_eq!(at(7 * 86_400 + 1), Err(InvalidStart::TooFar));
        let open = "2027-01-15T21:00:00".parse().unwrap();
        assert_eq!(
            InitialReplication::network().at(open).check(now),
            Err(InvalidStart::NoInstant)
        );
        assert_eq!(InitialReplication::export("E:\\").check(now), Ok(()));
    }
}
