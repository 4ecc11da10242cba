//! Clients of a hardened WinRM.
//!
//! This page lists settings that administrators disable or require, their effect on a client, and the remedy. None of
//! them has to be relaxed for this crate.
//!
//! # `AllowUnencrypted=false`
//!
//! This is the default of the service: over `http://` it accepts only messages sealed by the session of the login
//! (\[MS-WSMV\] 2.2.9.1). This crate always seals over `http://`, and does not parse unsealed responses. Basic and
//! client certificates cannot seal, and require `https://`.
//!
//! # `CbtHardeningLevel=Strict`
//!
//! A channel binding token binds a login to its TLS channel, so that an attacker who terminates TLS cannot relay the
//! login. `Relaxed`, the default, rejects a wrong token; `Strict` also rejects a login without one; `None` ignores it.
//!
//! Over `https://` this crate sends the token with every NTLM and Kerberos login, through a proxy's tunnel too. It is
//! made from the certificate that the crate's verifier saw (`tls-server-end-point`, RFC 5929 section 4.1), so `Strict`
//! needs no setting here. The login fails if a load balancer or an inspecting proxy terminates TLS with another
//! certificate, which is the purpose of the setting. The remedy is a load balancer or proxy that passes TLS through.
//!
//! Strict requires TLS with a certificate. Over `http://` there is no channel to bind to, and sealing takes its place.
//!
//! # Basic disabled
//!
//! `Service/Auth/Basic=false` is the default, and recommended: Basic sends the password to the server, and works for
//! local accounts only.
//!
//! # HTTPS only
//!
//! ```text
//! cimwire --host https://hv01.example --ca-file corporate-ca.pem …
//! ```
//!
//! | certificate of the host | setting |
//! |---|---|
//! | issued by the company's authority | `ca_bundle`, `--ca-file`: only that authority is trusted |
//! | issued by an authority of the system | none |
//! | self-signed, as `winrm quickconfig -transport:https` leaves it to the administrator | the certificate itself as `ca_bundle`, after a comparison by the user |
//!
//! The name in the certificate must be the name in the address. `dangerous().accept_any_certificate()` verifies
//! nothing. Even then the channel binding exposes an attacker who relays the login to a host that checks the token.
//!
//! # Limited rights
//!
//! WinRM requires the right *read* to get and enumerate, *write* to put, create and delete, and *execute* to invoke a
//! method (\[MS-WSMV\] 3.1.4.1.28). The Windows group for this is **Remote Management Users**. WMI also requires rights
//! to the namespace (*Remote Enable*, and *Execute Methods* for methods), and Hyper-V requires membership of **Hyper-V
//! Administrators**. An account that may enumerate but not invoke has the first right and lacks one of the others.
//!
//! # NTLM disabled
//!
//! If the policy forbids NTLM in the domain, use [Kerberos](super::kerberos).
//!
//! # Limits
//!
//! | setting of the host | default | effect of exceeding it |
//! |---|---|---|
//! | `MaxEnvelopeSizekb` | 500 | a larger request gives HTTP 413; a larger response gives a fault, whose hint says what to request |
//! | `MaxTimeoutms` | 60000 | longer operation timeouts are reduced |
//! | `MaxConcurrentOperationsPerUser` | 1500 | fault 2150859174 |
//!
//! # Tests
//!
//! Bound logins, and rejections of logins bound to another certificate, were tested against pyspnego and gss-ntlmssp as
//! hosts (with pyspnego also through tunnels of squid), and against the simulated host with `Strict`. The rest of this
//! page is from Microsoft's documentation.
