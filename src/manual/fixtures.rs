//! Recorded exchanges: how they are kept, and how they are used.
//!
//! A scenario is a folder that holds what went over the wire, in order:
//!
//! ```text
//! xml-fixtures/replication-network/
//!   scenario.toml
//!   01-request.xml   01-response.xml    Enumerate: the replication service
//!   02-request.xml   02-response.xml    Enumerate: the virtual machine
//!   03-request.xml   03-response.xml    StartReplication
//!   04-request.xml   04-response.xml    Enumerate: the job
//! ```
//!
//! [`Replay`](crate::transport::Replay) answers from one in place of a host, so a program's own tests run without any:
//!
//! ```
//! use std::sync::Arc;
//! use cimwire::Client;
//! use cimwire::hyperv::{InitialReplication, ReplicationService};
//! use cimwire::transport::Replay;
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?.block_on(async {
//! let replay = Arc::new(Replay::open("xml-fixtures/replication-network")?);
//! let client = Client::over(Arc::clone(&replay));
//! let replica = ReplicationService::connect(&client).await?;
//! let vm = replica.vm("web01").await?;
//! let outcome = replica.start_replication(&vm, InitialReplication::network()).await?;
//! let status = outcome.wait().await?.expect("a job was started");
//! assert_eq!(status.percent_complete, Some(100));
//! replay.finish()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! If time is tokio's own, as it is under `#[tokio::test(start_paused = true)]`, the pauses between two looks at a
//! job take none.
//!
//! # The files
//!
//! The numbers have two digits or more, begin at 01 and leave no gap. A request is the envelope as it was sent, in
//! UTF-8; a response is the bytes of the answer, in the encoding that it came in. Files of other names are passed over.
//!
//! `scenario.toml` says what the bytes do not:
//!
//! ```toml
//! format = 1                          # the version of this format
//! origin = "recorded from …"          # or "composed to the shapes of …"
//! build = "10.0.20348"                # of the operating system, where it was recorded
//! redacted = ["host names", "users"]  # what was taken out or replaced
//! may-differ = ["StartTime"]          # elements of a request whose texts may be others
//!
//! [exchange.03]
//! status = 500                        # the HTTP status, where it is not 200
//! charset = "UTF-16"                  # the charset of the content type, where the bytes want it
//! ```
//!
//! A key that is none of these is an error, and so is another version, so that a scenario is not half understood.
//!
//! # What is compared
//!
//! A request is compared by what it says. It may be written otherwise: with other prefixes, with attributes, SOAP
//! headers or selectors in another order, indented or not, `1` for `true`. Two things may be others: what is of its
//! nature another in each message or for each host (`MessageID`, `OperationID`, `To`), and the texts in elements that
//! the scenario marks, such as a start time that is reckoned from now.
//! There is no more leeway than that: values are compared by the character, and elements in the body keep their order.
//!
//! The first difference names its exchange and its place, and is not forgotten:
//!
//! ```
//! use std::error::Error as _;
//! use std::sync::Arc;
//! use cimwire::cim::Reference;
//! use cimwire::{Client, transport::Replay};
//!
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! let replay = Arc::new(Replay::open("xml-fixtures/client-get")?);
//! let client = Client::over(Arc::clone(&replay));
//! let other = Reference::new("root/virtualization/v2", "Msvm_ComputerSystem")
//!     .with_key("CreationClassName", "Msvm_ComputerSystem")
//!     .with_key("Name", "HV01");
//! assert!(client.get(&other).await.is_err());
//!
//! let error = replay.finish().unwrap_err();
//! assert_eq!(error.to_string(), "the request is not the one of exchange 1 of 2");
//! assert_eq!(
//!     error.source().unwrap().to_string(),
//!     "at Envelope/Header/SelectorSet/Selector[Name]: expected \"0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001\", found \"HV01\"",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! In the answer, `RelatesTo` becomes the `MessageID` that was sent, where it was the one that was recorded.
//!
//! # The scenarios of this crate
//!
//! `replication-*`, `job-*`, `vm-lookup`, `client-*`, `access-denied` and `class-not-found` are written by hand: the
//! requests from the specifications and from what clients are known to be understood with, the answers to the shapes of
//! published captures of Windows. Nothing in them was copied from what this crate sends, so a replay is a test of that
//! as well. No Windows host has answered them.
//!
//! `omi-*` and `openwsman-*` hold answers that were recorded from these servers. Their clients wrote some things
//! otherwise than this crate does; each `scenario.toml` says which, and the requests there are what this crate is to
//! write.
