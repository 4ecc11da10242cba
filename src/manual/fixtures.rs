//! The format and the use of recorded exchanges.
//!
//! A scenario is a folder with the messages of an exchange, in order:
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
//! [`Replay`](crate::transport::Replay) responds from a scenario in place of a host, so tests need no host:
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
//! With paused time, as under `#[tokio::test(start_paused = true)]`, polling a job takes no real time.
//!
//! # The files
//!
//! The numbers have two digits or more, begin at 01 and are consecutive. A request is the envelope as sent, in UTF-8. A
//! response is the bytes received, in their original encoding. Files with other names are ignored.
//!
//! `scenario.toml` has the facts that the bytes do not contain:
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
//! Unknown keys and other versions are errors, so a scenario is never partly understood.
//!
//! # The comparison
//!
//! Requests are compared by meaning. Prefixes, the order of attributes, SOAP headers and selectors, indentation, and
//! `1` for `true` may differ. Two kinds of content may differ too: content that is new in each message or for each host
//! (`MessageID`, `OperationID`, `To`), and the text of elements that the scenario marks, such as a start time relative
//! to now. Everything else must match: values are compared by the character, and elements in the body keep their order.
//!
//! The first difference names its exchange and its location, and is kept until the end:
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
//! If `RelatesTo` in the response is the recorded `MessageID`, it is replaced by the `MessageID` of the request.
//!
//! # The scenarios of this crate
//!
//! `replica/` has a folder for each method of Hyper-V Replica: one exchange, whose request is written by hand from the page of
//! the method. Tests replay it behind exchanges of `replica/prelude`, and compare it with the declaration of the method.
//!
//! `replica*`, `replication-*`, `job-*`, `vm-lookup`, `client-*`, `access-denied` and `class-not-found` are composed by hand: the
//! requests after the specifications and after requests that servers are known to accept, the responses after published
//! captures of Windows. Nothing in them was copied from the output of this crate, so a replay tests that output too.
//! They have not been tried with a Windows host.
//!
//! `omi-*` and `openwsman-*` contain recorded responses of these servers. The recorded clients wrote some parts
//! differently from this crate. Each `scenario.toml` lists these, and its requests are those that this crate must
//! write.
