//! The architecture of the crate, and the reasons for it.
//!
//! # The path of a call
//!
//! ```text
//! hyperv::ReplicationService::start_replication(vm, InitialReplication)
//!   -> Client::invoke          client::exchange: with retries where they are safe
//!   -> wsman::Operation        the request, as comparable data
//!   -> wsman::write            text                                      (pure)
//!   -> transport               an envelope in, an envelope out           (HTTP: log in, seal, post, unseal)
//!   -> wsman::SentRequest      opens the response: its action, message id and structure answer the request
//!   -> wsman::reply, fault     text -> instance, page, output, or Fault  (pure)
//!   -> wsman::check_*          the class and the keys are those that were requested
//!   -> cim::Instance, Output   values, decoded on request
//!   -> hyperv::Outcome         done, or a Job
//! job::Job::wait               the same path, one Enumerate for each poll
//! ```
//!
//! The boundary is [`Transport`](crate::transport::Transport). The code on the caller's side does no I/O: time, message
//! ids and limits are arguments. The code behind it knows nothing of SOAP.
//!
//! # Dependencies
//!
//! ```text
//! cim   xml   auth            import none of the others
//! wsman                       knows cim, xml
//! transport                   knows auth
//! error                       knows wsman and transport, whose errors it composes
//! client                      knows cim, xml, auth, wsman, transport and error
//! job                         knows cim, wsman, error and client
//! hyperv                      knows cim, wsman, error, client and job
//! explain                     knows cim, wsman, auth and the framing of transport
//! simulator                   knows cim, xml, wsman and the ciphers of auth; used by the program and tests only
//! ```
//!
//! All may use `codes`, `part_headers` (a setting of `wsman` and of `transport`, which do not know each other),
//! `printable` and `remedy`. [`Remedy`](crate::Remedy) is there and not beside
//! [`Error`](crate::Error), since errors of the transport, below `error`, have remedies too.
//!
//! # Decisions
//!
//! - **Values are decoded on request.** A service usually does not send the type of a value, omits a null array, and
//!   writes an array of one like a scalar. Only the caller knows the type, so an [`Instance`](crate::cim::Instance)
//!   keeps text, and [`get`](crate::cim::Instance::get) takes a type.
//! - **The caller's types use serde, and the type decides.** The deserializer reads text as the type of the field
//!   ([`cim`](crate::cim#types-of-your-own)). Only serde knows whether an absent field has a default, and reports a
//!   missing one by an error. The deserializer then repeats the attempt and presents the field as absent, which makes a
//!   `Vec` empty; a stream remembers it. serde's data model has no references, times or instances, so these are passed
//!   outside it, in a thread-local slot. [`Instance::deserialize`](crate::cim::Instance::deserialize) is implemented in
//!   `client`, since embedded instances are CIM-XML text, and `cim` knows no XML.
//! - **Files are explained by the readers of responses.** `wsman` identifies an envelope by its headers and the first
//!   element of the body, and passes it to the reader that a client would use; [`explain`](crate::explain()) adds the
//!   HTTP around it. The tokens of logins are shown by `auth`, which alone knows the parts that must remain hidden.
//! - **A reference has no address.** The address in an endpoint reference is dropped when it is read, since nothing
//!   that a server sends may choose the destination of a request. The dialect of the client decides how a reference is
//!   written.
//! - **Names are checked, values are escaped.** The name of a class, method or parameter becomes part of a URI or an
//!   element, where it cannot be escaped. A name that is not a CIM identifier is therefore rejected before anything is
//!   sent.
//! - **The states that allow a change of a replication are one table** ([`Action`](crate::hyperv::Action)). A caller checks with it
//!   before the call, the program does so by default, and the hint for a refusal of the host (32775) names the states from it.
//! - **A dry run is a transport.** The program puts one around the transport over HTTP
//!   ([`build_with`](crate::ClientBuilder::build_with)), which sends reads and keeps the first change back to show it.
//! - **Jobs are followed by enumerating their class**, with one query for up to twenty jobs of a host. If such a query
//!   faults (one property that the host cannot render is enough), its jobs are requested one by one, with only the
//!   properties of a status. A job without a row is gone only if a Get confirms it.
//!   [`Job::progress`](crate::job::Job::progress) is a [`JobWatcher`](crate::job::JobWatcher) of one job: there is no
//!   second way to follow a job.
//! - **A failed job is an error with all details**: the last status and the result of `GetErrorEx`, available through
//!   [`Error::cause`](crate::Error::cause). The error type itself does not depend on jobs, which keeps the direction of
//!   the dependencies.
//! - **Retries happen in two places, and only one of them waits.** The transport replaces an old connection at once and
//!   one time, since only it knows the age of connections. All other retries are the client's
//!   ([`Retries`](crate::Retries)), which reads the faults and has the time budget.
//! - **A prefetched page is a task**, since nothing else would drive it while the caller works. When it is cancelled,
//!   the client waits for it briefly: only the pending response has the context by which the host knows the
//!   enumeration.
//! - **A response must match its request.** Its action, the element in its body with its namespace, and the keys and
//!   the class of an instance are compared with the request. `RelatesTo` is compared if it is present: Windows and OMI
//!   omit it from some faults, and openwsman from events, which also have another action. A page with neither a context
//!   nor an end is incomplete. For a change, any other response leaves the outcome unknown.
//! - **A proxy is used on request only.** Most hosts with WinRM are internal, where a proxy is an obstacle, and sealed
//!   messages over http need a proxy that keeps connections together. The environment's proxy settings therefore apply
//!   only if the caller asks for them ([`Proxy`](crate::transport::Proxy)). A proxy over TLS is rejected: the HTTP
//!   client has one verifier for both ends, and a login would be bound to the proxy's certificate.
//! - **A pinned certificate is safe.** It identifies the expected certificate, and the host proves that it has the key.
//!   Its TLS is trusted like that of a host with a certificate of an authority.
//! - **`job` knows `CIM_ConcreteJob` alone.** The meaning of an error code is the vendor's, so a status has the number.
//!   [`explain_job_failure`](crate::hyperv::explain_job_failure) adds Hyper-V's meaning and hint to the error of a job of
//!   Hyper-V; [`Outcome::wait`](crate::hyperv::Outcome::wait) and the program call it.
