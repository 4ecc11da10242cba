//! The second hop.
//!
//! A login over the network proves to the host who the user is, and gives it nothing to prove that to anybody else
//! with. So a method that makes the host reach for a third machine in the user's name fails there: with *access denied*, or as an anonymous
//! user. In Hyper-V Replica this concerns
//!
//! - `InitialReplication::Export` into a share (`\\files01\replica`) rather than a folder of the host,
//! - a virtual hard disk that lies on a share,
//! - methods of other classes that open paths on shares.
//!
//! Starting a replication **over the network does not**: the two Hyper-V hosts speak with each other as themselves
//! (their computer accounts, or certificates), by what was set up when replication was enabled.
//!
//! # Ways around it, the best first
//!
//! 1. **Do without.** Export to a folder of the host and fetch it, or give the *computer account* of the host
//!    (`EXAMPLE\HV01$`) rights on the share: Hyper-V's service opens many paths as itself.
//! 2. **Resource-based constrained delegation.** The third machine says whom it believes about others; the user's side sets
//!    nothing:
//!
//!    ```text
//!    Set-ADComputer files01 -PrincipalsAllowedToDelegateToAccount (Get-ADComputer hv01)
//!    ```
//!
//!    The login must be Kerberos. PowerShell's documentation warns that its effect on WinRM depends on the account that
//!    the provider runs as.
//! 3. **Delegation of the ticket.** The user's own ticket is handed to the host, which can then be the user anywhere for as
//!    long as the ticket lives. For hosts that are trusted as much as a domain controller is:
//!
//!    ```no_run
//!    # #[cfg(feature = "kerberos")]
//!    # fn example() -> Result<(), cimwire::Error> {
//!    use cimwire::transport::{Auth, Kerberos};
//!    use cimwire::{Client, Credentials};
//!
//!    let client = Client::builder("hv01.example.test")
//!        .credentials(Credentials::ticket())
//!        .auth(Auth::Kerberos)
//!        .kerberos(Kerberos::new().delegate(true))
//!        .build()?;
//!    # Ok(())
//!    # }
//!    ```
//!
//!    The ticket must be forwardable (`kinit -f`), the user's account must not be *sensitive, cannot be delegated*, nor a
//!    member of Protected Users. If the ticket cannot be handed on, the login fails and says so: it does not go on
//!    without, only for the second hop to fail later.
//!
//! # What is not offered
//!
//! CredSSP, which gives the host the password itself. Kerberos does what it does, and gives away less.
//!
//! # What has been tried
//!
//! That a delegated ticket arrives at a GSSAPI host, and that an unforwardable one is refused here; with an MIT KDC. The
//! rest is what Microsoft's documentation says ("Making the second hop in PowerShell Remoting").
