//! Kerberos from Linux.
//!
//! Kerberos proves the host to the user as well as the user to the host, needs no password where there is a ticket, and
//! is the only way in that can be handed on to a [second hop](super::second_hop). It is built in with the feature
//! `kerberos`, by the GSSAPI library of the system; on Debian 12 building needs the packages `libkrb5-dev`, `pkg-config`,
//! `libclang1-14` and `libclang-common-14-dev`, and running needs none of them but `libgssapi-krb5-2`.
//!
//! # What has to be true
//!
//! 1. **This machine knows the realm.** The realm of a domain is its DNS name in capitals. Where DNS answers for the
//!    domain nothing more is needed; elsewhere `/etc/krb5.conf` names the domain controllers:
//!
//!    ```text
//!    [libdefaults]
//!        default_realm = EXAMPLE.TEST
//!    [realms]
//!        EXAMPLE.TEST = { kdc = dc01.example.test }
//!    [domain_realm]
//!        .example.test = EXAMPLE.TEST
//!    ```
//! 2. **The clocks agree** to within five minutes: this machine's, the host's and the domain controller's.
//! 3. **The host is addressed by a name that it is registered under**, never by an address. Windows registers `HOST/hv01`
//!    and `HOST/hv01.example.test` for a computer of that name, and a ticket for `HTTP/…` is covered by these. An alias
//!    in the DNS is registered nowhere; `setspn -L hv01` on Windows lists what is. A host that is not Windows may have
//!    one of `HTTP/…` and `host/…` alone in its keytab; [both are tried](#the-service-that-the-ticket-is-for).
//! 4. **The account is one of the domain.** A [local account](super::local_accounts) has no realm, and takes NTLM.
//!
//! # A ticket, a keytab, or a password
//!
//! ```text
//! kinit operator@EXAMPLE.TEST          # a ticket in the cache, for some hours
//! klist                                # what is in it
//! export KRB5_CLIENT_KTNAME=/etc/operator.keytab   # or a keytab, for what runs unattended
//! ```
//!
//! ```no_run
//! # #[cfg(feature = "kerberos")]
//! # fn example() -> Result<(), cimwire::Error> {
//! use cimwire::transport::Auth;
//! use cimwire::{Client, Credentials};
//!
//! // With the ticket in the cache, or one got with the keytab.
//! let client = Client::builder("hv01.example.test")
//!     .credentials(Credentials::ticket())
//!     .build()?;
//! // With a ticket got with the password, which is kept in memory alone.
//! let client = Client::builder("hv01.example.test")
//!     .credentials(Credentials::password("operator@EXAMPLE.TEST", "secret"))
//!     .auth(Auth::Kerberos)
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! The program takes the ticket in the cache with `--auth kerberos`, and with `negotiate` (the default) and `spnego` where
//! the host is named by a name: then it asks for neither user nor password. With `--user` the ticket has to be of that
//! user, written with its domain or realm; otherwise the password is asked for. In the library
//! `Credentials::cached_ticket` looks for such a ticket.
//!
//! A keytab is a password in a file: readable by its user alone. The keytab's path is taken from the environment, as
//! the library of the system has it.
//!
//! # Which one Negotiate takes
//!
//! [`Auth::Negotiate`](crate::transport::Auth::Negotiate), the default, takes Kerberos where the user has a ticket and the host is
//! named by a name, and NTLM where there is none. **Once it has taken Kerberos, it does not take NTLM because Kerberos
//! failed**: an attacker who can keep a KDC from answering could otherwise choose for us. What was chosen, and why, is logged at
//! the level `debug`. `dangerous().allow_ntlm_after_kerberos()` lets it.
//!
//! # No other names
//!
//! The libraries of MIT ask the DNS for the canonical name of a host before they ask for its ticket, unless
//! `dns_canonicalize_hostname` and `rdns` say otherwise; an attacker who forges that answer chooses which host is logged in to.
//! This crate asks for the name that it was given, whatever `krb5.conf` says. For a host that is
//! registered under another name than its address, `Kerberos::principal` says the principal in full.
//!
//! # The service that the ticket is for
//!
//! The ticket is for `HTTP/hv01.example.test`. If the KDC does not know that principal, `host/hv01.example.test` is asked
//! for once, which is what clients of Windows Server 2025 ask for; the log says so at the level `debug`. Any other failure
//! is not tried again. A service that `Kerberos::service` names is asked for alone.
//!
//! # Channel binding
//!
//! Over https the first token names the TLS channel by the server's certificate (`tls-server-end-point`), so that a token
//! that is relayed into another channel is refused by a host that looks (`CbtHardeningLevel`). The certificate comes from
//! the handshake of the very connection that the token then goes over, also through a proxy's tunnel: no request is sent
//! before the token, since some servers never answer one. A certificate of X.509 version 1, as OMI makes for itself, binds
//! as any other, and has to be pinned.
//!
//! # When it fails
//!
//! | the error says | what it mostly is |
//! |---|---|
//! | no ticket for the user | no `kinit` yet, an expired ticket, or a keytab that is not the client's |
//! | no ticket for the host: server not found | the host was named by an alias or an address (3 above); the server that is named can be that of a realm, in which the host was looked for last |
//! | cannot contact any KDC | no way to port 88 of a domain controller, or a realm that `krb5.conf` does not know |
//! | clock skew too great | 2 above |
//! | the host says 401 to a good ticket | the name belongs to another account (`setspn -Q HTTP/hv01.example.test`), most often that of a web server on the same host: ask for `Kerberos::service("WSMAN")` |
//!
//! `KRB5_TRACE=/dev/stderr` makes the library of the system tell each step. `cimwire --auth kerberos doctor` compares the
//! clocks, and shows what the login met with.
//!
//! # What has been tried
//!
//! An MIT KDC with a GSSAPI host: tickets from cache, keytab and password, bare and in SPNEGO, sealing both ways,
//! channel binding (also to a host that answers no request without a token, and with a v1 certificate), the services `HTTP`
//! and `host`, delegation, expired tickets, wrong names and wrong clocks. No Active Directory has been available.
