//! The architecture of the crate, with reasons.
//!
//! # The way of one call
//!
//! ```text
//! hyperv::ReplicationService::start_replication(vm, InitialReplication)
//!   -> wsman::Operation        what is asked, as data that can be compared
//!   -> wsman::envelope         text                                      (pure)
//!   -> transport               an envelope in, an envelope out           (HTTP: log in, seal, post, unseal)
//!   -> wsman::reply, fault     text -> instance, page, output, or Fault  (pure)
//!   -> cim::Instance, Output   values, decoded when asked for
//!   -> job::Outcome            done, or a Job
//! job::Job::wait               the same way round, one Enumerate a poll
//! ```
//!
//! The seam is [`Transport`](crate::transport::Transport). Everything on the caller's side of it does no IO: time,
//! message ids and limits come in as arguments. Everything behind it knows no SOAP.
//!
//! # Who knows whom
//!
//! ```text
//! cim   xml   auth            import none of the others
//! wsman                       knows cim, xml
//! transport                   knows auth
//! client                      joins wsman with transport
//! job                         sees client and cim
//! hyperv                      sees client, cim and job
//! explain                     sees wsman, auth and the framing of transport; the program alone sees it
//! simulator                   may use cim, xml, wsman and the ciphers of auth; seen by the program and tests alone
//! ```
//!
//! # Decisions
//!
//! - **Values are decoded when asked for.** A service mostly does not say the type of a value, leaves a null array out,
//!   and writes an array of one like a scalar. Only the caller knows what it wants, so an
//!   [`Instance`](crate::cim::Instance) keeps text, and [`get`](crate::cim::Instance::get) takes a type.
//! - **Types of the caller's go through serde, and the type decides.** The deserializer reads text as what the field
//!   asks for ([`cim`](crate::cim#types-of-your-own)). Whether an absent field has a default only serde knows, and tells
//!   by failing; so the deserializer reads once more and shows the field to be absent, which makes a `Vec` empty, and a
//!   stream remembers it. References, times and instances, which serde's data model does not know, are handed over
//!   beside it, in a slot of the thread. [`Instance::deserialize`](crate::cim::Instance::deserialize) is implemented in
//!   `client`, since embedded instances are CIM-XML text, and `cim` knows no XML.
//! - **What a file holds is explained by the readers of answers.** `wsman` tells by headers and the first element of the
//!   body what an envelope is, and hands it to the reader that a client would use; [`explain`](crate::explain) adds the
//!   HTTP around it. The tokens of logins are shown by `auth`, which alone knows what in them must not be.
//! - **A reference has no address.** An endpoint reference carries one, and nothing that a server sends chooses where a
//!   request goes; so it is dropped when it is read. The dialect of the client decides how a reference is written.
//! - **Names are checked, values are escaped.** A name of a class, method or parameter becomes part of a URI or of an
//!   element, where no escape would help, so what is no CIM identifier is refused before anything is sent.
//! - **A job is followed by enumerating its class**, with one query for up to twenty jobs of a host. Where such a query
//!   faults (one property that the host cannot render is enough), its jobs are asked for one by one and without what a
//!   status does not need. A job without a row is gone only when a Get says so.
//!   [`Job::progress`](crate::job::Job::progress) is a [`JobWatcher`](crate::job::JobWatcher) of one job: there is no
//!   second way to follow a job.
//! - **A failed job is an error that knows all**: the last status and what `GetErrorEx` returned, reached by
//!   [`Error::cause`](crate::Error::cause). The error type itself knows no jobs, so that arrows keep their direction.
//! - **Two places send again, and one of them waits.** The transport puts a new connection in the place of one that had
//!   grown old, at once and one time, since only it knows their ages. All that takes patience is the client's
//!   ([`Retries`](crate::Retries)), which reads the faults, and has the budget.
//! - **A page ahead is a task.** Nothing else would drive it while the caller works. Given up, it is waited for shortly,
//!   since only the answer on its way has the context by which the host knows the enumeration.
//! - **An answer has to be the answer.** Its action, the element in its body with its namespace, and the keys and the class
//!   of an instance are compared with the request; `RelatesTo` too, where it is there: Windows and OMI leave it out of some
//!   faults, and openwsman out of events, which also bear an action of their own. A page without a context and without an
//!   end is unfinished. For a change, anything else than its answer leaves the outcome unknown.
//! - **A proxy is used when it is asked for.** Hosts with WinRM are mostly inside, where a proxy is in the way, and sealed
//!   messages over http pass only through one that keeps connections together; so what the environment says of proxies
//!   counts where the caller says so ([`Proxy`](crate::transport::Proxy)). One that is itself reached over TLS is refused:
//!   the HTTP client has one verifier for both ends, and a login would be bound to the proxy's certificate.
//! - **A pinned certificate is no danger.** It says which certificate is meant, and the host proves that it has the key, so
//!   what its TLS says is believed like that of a host that an authority vouches for.
//! - **ReturnCode stands with the jobs**, since the error code of a job has the same table as the return value of
//!   Hyper-V's methods.
