//! WS-Management in practice.
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
//! | WQL, subscriptions | the namespace's `*` | the same, with `__cimnamespace` | the all-classes URI, as shipped |
//! | a Put | keeps properties that are left out | not tried | sets them to null |
//! | context of an enumeration | a new one in each answer | the same, also at the end | the same |
//!
//! [`ServerProfile::dmtf`](crate::ServerProfile::dmtf) is for OMI and its kin, [`QueryTarget`](crate::QueryTarget) for
//! openwsman. A class of a vendor, which has a resource URI of its own, is named by that URI wherever a class is named.
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
//! The header lines in the parts of a sealed message begin with a tab towards Windows. OMI and openwec take none: when the
//! host refuses the first sealed message of a login, it is sent once more in the other form, if it only reads. Zero bytes
//! after the plain text, with which Microsoft's libmi pads, are dropped.
//!
//! # What is sent again
//!
//! Reads, and what has not left the process. The bytes of a method call, or of another change, leave at most once, over TLS
//! too: what ends TLS may be a gateway, which refuses after the host has run the call. If the answer is lost or cannot be
//! believed, the error says [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), and the caller looks before calling again.
//! A change goes out only on a connection that has answered within the last 5 s, after an Identify, or on a new login, so that
//! a connection that died at rest does not take it along. A Pull moves a cursor and counts as a change here.
//!
//! One fault proves that nothing ran: that there are too many operations. If it is sealed or comes over verified TLS, even
//! a method call waits and is sent again. [`Retries`](crate::Retries) has the table, and the time that all of it may take.
