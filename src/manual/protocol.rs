//! WS-Management in practice.
//!
//! The specifications (DSP0226, DSP0227, DSP0230, \[MS-WSMV\]) allow variants, and services differ. This crate sends
//! the form that Windows accepts, and reads all of the following.
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
//! | a Put | keeps omitted properties | not tested | sets omitted properties to null |
//! | context of an enumeration | a new one in each response | the same, also at the end | the same |
//!
//! [`ServerProfile::dmtf`](crate::ServerProfile::dmtf) is for OMI and similar servers,
//! [`QueryTarget`](crate::QueryTarget) for openwsman. A vendor's class with its own resource URI can be named by that
//! URI in place of a class name.
//!
//! # Characters that cannot be sent
//!
//! XML 1.0 forbids some characters (section 2.2): most control characters, U+FFFE and U+FFFF. They cannot be escaped,
//! so a value that contains one is rejected before anything is sent. The error names the parameter, the key or the
//! query. All other characters arrive unchanged, including line ends. Forbidden characters from a server are accepted.
//!
//! # Sealing
//!
//! Over `http://` each envelope is sealed by the session of the login (\[MS-WSMV\] 2.2.9.1). An unsealed response is
//! not parsed: only its HTTP status is used. Over `https://` TLS protects the envelopes, and the login is bound to the
//! TLS channel.
//!
//! The header lines in the parts of a sealed message begin with a tab for Windows. OMI and openwec do not accept the
//! tab: if the host rejects the first sealed message of a login, and the message only reads, it is sent once more in
//! the other form. Zero bytes after the plain text, the padding of Microsoft's libmi, are dropped.
//!
//! # Retries
//!
//! Reads are retried, and requests that have not left the process. The bytes of a method call or of another change are
//! sent at most once, over TLS too: TLS may end at a gateway, which can report an error after the host has run the
//! call. If the response is lost or cannot be trusted, the error is
//! [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown), and the caller must check the result before another call. A
//! change is sent only on a connection that has responded within the last 5 s, after an Identify, or on a new login, so
//! that it is not lost with an idle connection that has died. A Pull moves a cursor and counts as a change here.
//!
//! One fault proves that nothing ran: too many operations. If it is sealed or comes over verified TLS, even a method
//! call waits and is sent again. [`Retries`](crate::Retries) documents all cases and the time budget.
