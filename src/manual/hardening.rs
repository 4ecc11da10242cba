//! A hardened WinRM.
//!
//! Settings that administrators turn off or demand, their effect on a client, and the remedy here. Nothing on this page has to be
//! loosened for this crate.
//!
//! # `AllowUnencrypted=false`
//!
//! The default of the service: over `http://` it takes only messages that are sealed by the login's session (\[MS-WSMV\]
//! 2.2.9.1). This crate always seals over `http://`, and does not parse what comes back unsealed. The two ways that
//! cannot seal, Basic and client certificates, need `https://`.
//!
//! # `CbtHardeningLevel=Strict`
//!
//! A channel binding token ties a login to the TLS channel that it runs in, so that an attacker in between who ends TLS
//! cannot pass the login on. `Relaxed`, the default, refuses a wrong token; `Strict` refuses a login without one as well;
//! `None` ignores it.
//!
//! Over `https://` this crate sends the token with every NTLM and Kerberos login, made from the certificate that its own
//! verifier saw (`tls-server-end-point`, RFC 5929 section 4.1), through a proxy's tunnel too. So `Strict` needs no
//! setting here. It fails where something on the way ends TLS with another certificate: a load balancer, an inspecting
//! proxy. That is what it is for; the way out is one that passes TLS on.
//!
//! Strict means TLS with a certificate: over `http://` there is no channel to bind to, and sealing takes its place.
//!
//! # Basic off
//!
//! `Service/Auth/Basic=false` is the default. Leave it so: Basic gives the password to the server that answers, for local
//! accounts alone.
//!
//! # Only HTTPS
//!
//! ```text
//! cimwire --host https://hv01.example --ca-file corporate-ca.pem …
//! ```
//!
//! | certificate of the host | setting |
//! |---|---|
//! | issued by the company's authority | `ca_bundle`, `--ca-file`: that authority and no other is trusted |
//! | issued by an authority of the system | none |
//! | self-signed, as `winrm quickconfig -transport:https` leaves it to the administrator | the certificate itself as `ca_bundle`, once compared by hand |
//!
//! The name in the certificate must be the name in the address. `dangerous().accept_any_certificate()` verifies nothing; with it
//! the channel binding still exposes an attacker who passes the login on to a host that looks at the token.
//!
//! # Fewer rights
//!
//! WinRM asks for *read* to get and enumerate, *write* to put, create and delete, and *execute* to invoke a method
//! (\[MS-WSMV\] 3.1.4.1.28); **Remote Management Users** is the group that Windows has for this. WMI then asks for rights to the
//! namespace (*Remote Enable*, and *Execute Methods* for methods), and Hyper-V for membership of **Hyper-V
//! Administrators**. An account that may enumerate and may not invoke has passed the first and not the others.
//!
//! # NTLM off
//!
//! If the policy forbids NTLM in the domain, [Kerberos](super::kerberos) is the way in.
//!
//! # Limits
//!
//! | setting of the host | default | what happens beyond it |
//! |---|---|---|
//! | `MaxEnvelopeSizekb` | 500 | a larger request is HTTP 413; a larger answer is a fault, whose hint says what to ask for |
//! | `MaxTimeoutms` | 60000 | longer operation time-outs are cut |
//! | `MaxConcurrentOperationsPerUser` | 1500 | fault 2150859174 |
//!
//! # What has been tried
//!
//! Bound logins, and refusals of logins that are bound to another certificate: against pyspnego and gss-ntlmssp as
//! hosts, with the former through tunnels of squid too, and against the simulated host with `Strict`. The rest of this page is what
//! Microsoft's documentation says.
