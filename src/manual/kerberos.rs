//! Kerberos from Linux.
//!
//! Kerberos authenticates the host to the user as well as the user to the host, needs no password if there is a ticket,
//! and is the only scheme that allows delegation to a [second hop](super::second_hop). The feature `kerberos` enables
//! it, through the system's GSSAPI library. On Debian 12 a build needs the packages `libkrb5-dev`, `pkg-config`,
//! `libclang1-14` and `libclang-common-14-dev`; at run time only `libgssapi-krb5-2` is needed.
//!
//! # Requirements
//!
//! 1. **This machine knows the realm.** The realm of a domain is its DNS name in upper case. If the DNS resolves the
//!    domain, nothing more is needed; otherwise `/etc/krb5.conf` names the domain controllers:
//!
//!    ```text
//!    [libdefaults]
//!        default_realm = EXAMPLE.TEST
//!    [realms]
//!        EXAMPLE.TEST = { kdc = dc01.example.test }
//!    [domain_realm]
//!        .example.test = EXAMPLE.TEST
//!    ```
//! 2. **The clocks agree** within five minutes: those of this machine, the host and the domain controller.
//! 3. **The host is addressed by a registered name**, never by an IP address. Windows registers `HOST/hv01` and
//!    `HOST/hv01.example.test` for a computer of that name, which cover tickets for `HTTP/…`. A DNS alias is not
//!    registered; `setspn -L hv01` on Windows lists the registered names. A host other than Windows may have only
//!    `HTTP/…` or only `host/…` in its keytab; [both are tried](#the-service-of-the-ticket).
//! 4. **The account belongs to the domain.** A [local account](super::local_accounts) has no realm, and uses NTLM.
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
//! use cimwire::transport::{Auth, HttpConfig};
//! use cimwire::{Client, Credentials};
//!
//! // With the ticket in the cache, or one got with the keytab.
//! let client = Client::builder("hv01.example.test")
//!     .credentials(Credentials::ticket())
//!     .build()?;
//! // With a ticket got with the password, which is kept in memory alone.
//! let client = Client::builder(HttpConfig::new("hv01.example.test").auth(Auth::Kerberos))
//!     .credentials(Credentials::password("operator@EXAMPLE.TEST", "secret"))
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! The program uses the ticket in the cache with `--auth kerberos`. With `negotiate` (the default) and `spnego` it does
//! so if the address contains a host name. It then asks for neither user nor password. With `--user` the ticket must
//! belong to that user, written with its domain or realm; otherwise the program asks for the password. The library's
//! equivalent is `Credentials::cached_ticket`.
//!
//! A keytab is a password in a file: only its user may read it. Its path comes from the environment variables of the
//! system's library.
//!
//! # The choice of Negotiate
//!
//! [`Auth::Negotiate`](crate::transport::Auth::Negotiate), the default, uses Kerberos if the user has a ticket and the
//! address contains a host name; otherwise it uses NTLM. **Once it has chosen Kerberos, it does not fall back to NTLM
//! if Kerberos fails**: otherwise an attacker who blocks the KDC could force NTLM. The choice and its reason are logged
//! at the level `debug`. `dangerous().allow_ntlm_after_kerberos()` allows the fallback.
//!
//! # No DNS canonicalization
//!
//! MIT's libraries look up the canonical name of a host in the DNS before they request its ticket, unless
//! `dns_canonicalize_hostname` and `rdns` are disabled. An attacker who forges that response chooses the host to log in
//! to. This crate always requests a ticket for the given name, regardless of `krb5.conf`. For a host that is registered
//! under another name than its address, set the full principal with `Kerberos::principal`.
//!
//! # The service of the ticket
//!
//! The ticket is for `HTTP/hv01.example.test`. If the KDC does not know that principal, `host/hv01.example.test` is
//! requested once, as clients of Windows Server 2025 do; this is logged at the level `debug`. Other failures are not
//! retried. A service set with `Kerberos::service` has no alternative.
//!
//! # Channel binding
//!
//! Over https the first token is bound to the TLS channel by the server's certificate (`tls-server-end-point`), so a
//! host that checks bindings (`CbtHardeningLevel`) rejects a token relayed into another channel. The certificate comes
//! from the handshake of the connection that carries the token, also through a proxy's tunnel. No request is sent
//! before the token, since some servers never respond to one. A certificate of X.509 version 1, such as OMI creates for
//! itself, is bound like any other, and must be pinned.
//!
//! # Troubleshooting
//!
//! | error | usual cause |
//! |---|---|
//! | no ticket for the user | no `kinit` yet, an expired ticket, or a keytab that is not the client's |
//! | no ticket for the host: server not found | the host was addressed by an alias or an IP address (see 3 above); the server in the message may be that of a realm in which the library looked last |
//! | cannot contact any KDC | port 88 of the domain controllers is unreachable, or `krb5.conf` does not know the realm |
//! | clock skew too great | see 2 above |
//! | HTTP 401 for a valid ticket | the name belongs to another account (`setspn -Q HTTP/hv01.example.test`), usually that of a web server on the same host: use `Kerberos::service("WSMAN")` |
//!
//! `KRB5_TRACE=/dev/stderr` makes the system's library log each step. `cimwire --auth kerberos doctor` compares the
//! clocks, and shows the result of the login.
//!
//! # Tests
//!
//! Tested with an MIT KDC and a GSSAPI host: tickets from cache, keytab and password, with and without SPNEGO, sealing
//! in both directions, channel binding (also with a host that responds to no request without a token, and with a v1
//! certificate), the services `HTTP` and `host`, delegation, expired tickets, wrong names and wrong clocks. Active
//! Directory was not available.
