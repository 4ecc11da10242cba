//! Local accounts, and what UAC takes from them.
//!
//! # How to write the user
//!
//! | account | user | way in |
//! |---|---|---|
//! | of a domain | `EXAMPLE\operator` or `operator@example.test` | Kerberos or NTLM |
//! | of the host itself | `operator` or `HV01\operator` | NTLM; Basic over https where it is turned on |
//!
//! Kerberos knows no local accounts.
//!
//! # The filtered token
//!
//! When a **local** account that is a member of Administrators logs in over the network, Windows gives it a token from
//! which the administrator's rights have been taken: User Account Control's remote restriction. The built-in
//! Administrator and accounts of a domain keep theirs (unless `FilterAdministratorToken` puts the former under UAC too).
//!
//! The symptoms on this side:
//!
//! - the login works, and what follows is *access denied* (code 5, or 2150859012 to 2150859014 from WMI), or
//! - the login works, Identify works, and **enumerations are empty**: WMI leaves out what the token may not see, and no
//!   fault tells. A query for virtual machines that finds none, on a host that has some, is mostly this.
//!
//! # What to do, the best first
//!
//! 1. Use an account of the domain.
//! 2. Give the local account what it needs by groups that UAC does not filter: **Hyper-V Administrators** and **Remote
//!    Management Users**, and leave it out of Administrators. For other namespaces than Hyper-V's, also the namespace's
//!    own rights (`wmimgmt.msc`, Security: *Remote Enable*, and *Execute Methods* to invoke).
//! 3. Turn the filter off on that host, for all its local administrators: the DWORD `LocalAccountTokenFilterPolicy` = 1
//!    under `HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System`. `winrm quickconfig` does this on a host
//!    in no domain. A password shared by several hosts then opens all of them to an attacker who has one; mind that first.
//!
//! # Telling it apart
//!
//! ```text
//! cimwire --host hv01 --user operator query "SELECT Name FROM Msvm_ComputerSystem"
//! ```
//!
//! Hyper-V always lists at least the host itself, so no row at all means a filtered token or missing membership, not a
//! host without machines.
//!
//! # Sources
//!
//! Windows documentation: "User Account Control and WMI", "Authentication for Remote Connections" (WinRM), the remarks of the
//! `Msvm_` classes on UAC filtering. None of it could be tried, for want of a Windows host.
