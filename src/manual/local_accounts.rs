//! Local accounts, and the restrictions of UAC on them.
//!
//! # User names
//!
//! | account | user | scheme |
//! |---|---|---|
//! | of a domain | `EXAMPLE\operator` or `operator@example.test` | Kerberos or NTLM |
//! | of the host itself | `operator` or `HV01\operator` | NTLM; Basic over https if it is enabled |
//!
//! Kerberos does not support local accounts.
//!
//! # The filtered token
//!
//! When a **local** account in Administrators logs in over the network, Windows removes the administrator's rights from
//! its token (the remote restriction of User Account Control). The built-in Administrator and accounts of a domain keep
//! their rights, but `FilterAdministratorToken` restricts the built-in Administrator too.
//!
//! The symptoms for the client:
//!
//! - the login works, and later operations give *access denied* (code 5, or 2150859012 to 2150859014 from WMI), or
//! - the login works, Identify works, and **enumerations are empty**: WMI omits instances that the token may not see,
//!   without a fault. This is the usual cause if a query for virtual machines finds none on a host that has some.
//!
//! # Remedies, in order of preference
//!
//! 1. Use an account of the domain.
//! 2. Add the local account to groups that UAC does not filter (**Hyper-V Administrators** and **Remote Management
//!    Users**), and not to Administrators. Namespaces other than Hyper-V's also require rights to the namespace
//!    (`wmimgmt.msc`, Security: *Remote Enable*, and *Execute Methods* to invoke).
//! 3. Disable the filter on that host, for all its local administrators: the DWORD `LocalAccountTokenFilterPolicy` = 1
//!    under `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System`. `winrm quickconfig` does this on a host
//!    outside a domain. If several hosts share a password, an attacker who has it can then control all of them;
//!    consider this first.
//!
//! # Diagnosis
//!
//! ```text
//! cimwire --host hv01 --user operator query "SELECT Name FROM Msvm_ComputerSystem"
//! ```
//!
//! Hyper-V always lists at least the host itself. An empty result therefore means a filtered token or a missing
//! membership, not a host without machines.
//!
//! # Sources
//!
//! Windows documentation: "User Account Control and WMI", "Authentication for Remote Connections" (WinRM), the remarks
//! of the `Msvm_` classes on UAC filtering. None of it was tested, since no Windows host was available.
