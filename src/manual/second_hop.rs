//! The second hop: access from the host to a third machine in the user's name.
//!
//! A network login proves the user's identity to the host, but does not enable the host to prove it to another machine.
//! A method that makes the host access a third machine in the user's name therefore fails there, with *access denied*
//! or as an anonymous user. In Hyper-V Replica this concerns
//!
//! - `InitialReplication::Export` to a share (`\\files01\replica`) instead of a folder of the host,
//! - a virtual hard disk on a share,
//! - methods of other classes that open paths on shares.
//!
//! Starting a replication **over the network is not affected**: the two Hyper-V hosts authenticate with their computer
//! accounts or certificates, as configured when replication was enabled.
//!
//! # Solutions, in order of preference
//!
//! 1. **Avoid the second hop.** Export to a folder of the host and fetch it, or grant the *computer account* of the
//!    host (`EXAMPLE\HV01$`) rights on the share: Hyper-V's service opens many paths with that account.
//! 2. **Resource-based constrained delegation.** The third machine lists the accounts that may delegate to it. The
//!    client needs no setting:
//!
//!    ```text
//!    Set-ADComputer files01 -PrincipalsAllowedToDelegateToAccount (Get-ADComputer hv01)
//!    ```
//!
//!    The login must use Kerberos. PowerShell's documentation warns that the effect on WinRM depends on the account
//!    that the provider runs as.
//! 3. **Delegation of the ticket.** The host receives the user's ticket, and can act as the user anywhere for the
//!    lifetime of the ticket. Use this only for hosts that are as trusted as a domain controller:
//!
//!    ```no_run
//!    # #[cfg(feature = "kerberos")]
//!    # fn example() -> Result<(), cimwire::Error> {
//!    use cimwire::transport::{Auth, HttpConfig, Kerberos};
//!    use cimwire::{Client, Credentials};
//!
//!    let http = HttpConfig::new("hv01.example.test")
//!        .auth(Auth::Kerberos)
//!        .kerberos(Kerberos::new().delegate(true));
//!    let client = Client::builder(http)
//!        .credentials(Credentials::ticket())
//!        .build()?;
//!    # Ok(())
//!    # }
//!    ```
//!
//!    The ticket must be forwardable (`kinit -f`), and the user's account must neither be *sensitive, cannot be
//!    delegated* nor a member of Protected Users. If the ticket cannot be delegated, the login fails with an error, so
//!    the failure does not appear later at the second hop.
//!
//! # Not supported
//!
//! CredSSP, which sends the password itself to the host. Kerberos delegation serves the same purpose and exposes less.
//!
//! # Tests
//!
//! With an MIT KDC, tests show that a delegated ticket arrives at a GSSAPI host, and that the client rejects an
//! unforwardable one. The rest of this page is from Microsoft's documentation ("Making the second hop in PowerShell
//! Remoting").
