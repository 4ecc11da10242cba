//! What WS-Management is like in practice.
//!
//! The specifications (DSP0226, DSP0227, DSP0230, \[MS-WSMV\]) leave room, and services use it. What this crate sends is
//! what Windows takes; what it reads is all of the following.
//!
//! | point | Windows | OMI | openwsman with sfcb |
//! |---|---|---|---|
//! | namespace of a class | in the resource URI | in the selector `__cimnamespace` | either |
//! | action of a method | resource URI and `/Method` | DMTF class URI and `/Method` | resource URI and `/Method` |
//! | element of the output | `Method_OUTPUT` | `Method` | `Method_OUTPUT` |
//! | a reference in a parameter | bare; a wrapper is a schema fault | bare or wrapped | bare |
//! | a datetime | `cim:Datetime`, `cim:Interval` | the same | the 25 characters as text |
//! | a null array | absent | absent | absent |
//! | a projection | `w:XmlFragment` without namespaces | the class with these properties | the same as OMI |
//! | a fault | HTTP 500 and a WSManFault | HTTP 500 and an OMI_Error, or nothing | HTTP 400, 500 or 200 |
//! | context of an enumeration | a new one in each answer | the same, also at the end | the same |
//!
//! [`Dialect::Dmtf`](crate::Dialect::Dmtf) is for OMI and its kin.
//!
//! # What cannot be sent
//!
//! XML 1.0 forbids some characters (section 2.2): most control characters, U+FFFE and U+FFFF. No escape can carry them,
//! so a value that holds one is refused before anything is sent, with an error that names the parameter, the key or the
//! query it stands in. All else arrives as it was, line ends among it. A server that writes such a character is read all
//! the same.
//!
//! # Sealing
//!
//! Over `http://` each envelope is sealed by the session that the login made (\[MS-WSMV\] 2.2.9.1), and what comes back
//! unsealed is not parsed: only its HTTP status counts. Over `https://` TLS protects the envelopes, and the login is
//! bound to the TLS channel.
//!
//! # What is sent again
//!
//! What cannot have run, and what only reads. A method call whose connection was lost after it was sent is not: on
//! sealed HTTP nothing unsealed proves that it did not run, so the error says
//! [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), and the caller looks before calling again. A Pull moves a cursor
//! and counts as a call here. A fault that says that there are too many operations comes sealed, from the door of the
//! service, so that the operation did not run, and even a method call waits and is sent again. [`Retries`](crate::Retries)
//! has the table, and the time that all of it may take.
