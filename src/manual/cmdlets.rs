//! The cmdlets of Microsoft's Hyper-V PowerShell module for Hyper-V Replica, and what stands for each here.
//!
//! The functions are those of [`ReplicationService`](crate::hyperv::ReplicationService). The commands take several virtual
//! machines and patterns such as `web*` where the cmdlets do. `P` is a command for the primary host, `R` for the replica host.
//!
//! | cmdlet | function | command | at |
//! |---|---|---|---|
//! | `Get-VM` | `vms` | `vm list` | P, R |
//! | `Get-VMReplication` | `replications`, `relationship`, `replication_settings` | `replica list`, `replica status VM` | P, R |
//! | `Enable-VMReplication` | `create_relationship` | `replica enable VM --replica-server NAME` | P |
//! | `Enable-VMReplication -AsReplica` | `make_replica` | `replica enable VM --as-replica` | R |
//! | `Enable-VMReplication` of a replica | `create_relationship` | `replica extend VM --replica-server NAME` | R |
//! | `Set-VMReplication` | `modify_settings` | `replica set VM` | P |
//! | `Set-VMReplication -InitialReplicationStartTime` | `reschedule` | `replica start VM --start-time TIME` | P |
//! | `Set-VMReplication -Reverse` | `reverse` | `replica reverse VM` | R |
//! | `Remove-VMReplication` | `remove_relationship` | `replica remove VM` | P, then R |
//! | `Start-VMInitialReplication` | `start_replication` | `replica start VM` | P |
//! | `Stop-VMInitialReplication` | `cancel_initial_replication` | `replica stop VM` | P |
//! | `Import-VMInitialReplication` | `import_initial_replica` | `replica import VM --from DIR` | R |
//! | `Suspend-VMReplication` | `suspend` | `replica suspend VM` | P, R |
//! | `Resume-VMReplication` | `resume` | `replica resume VM` | P, R |
//! | `Resume-VMReplication -Resynchronize` | `resynchronize` | `replica resync VM` | P |
//! | `Stop-VMReplication` | `stop` | `replica stop VM` | P, R |
//! | `Start-VMFailover -Prepare` | `prepare_failover` | `replica failover VM --prepare` | P |
//! | `Start-VMFailover` | `fail_over` | `replica failover VM` | R |
//! | `Start-VMFailover -AsTest` | `test_failover` | `replica test-failover VM` | R |
//! | `Complete-VMFailover` | `commit_failover` | `replica commit VM` | R |
//! | `Stop-VMFailover` | `revert_failover` | `replica revert VM` | P, R |
//! | `Stop-VMFailover` of a test | `destroy_vm` | `replica test-failover VM --stop` | R |
//! | `Measure-VMReplication` | `statistics` | `replica stats` | P, R |
//! | `Reset-VMReplicationStatistics` | `reset_statistics` | `replica reset-stats VM` | P, R |
//! | `Get-VMSnapshot` of a replica | `recovery_points` | `replica recovery-points VM` | R |
//! | `Set-VMNetworkAdapterFailoverConfiguration` | `set_failover_network` | `replica network set VM` | R |
//! | `Get-VMReplicationServer` | `server_settings` | `replica server show` | R |
//! | `Set-VMReplicationServer` | `modify_server_settings` | `replica server set` | R |
//! | `Get-VMReplicationAuthorizationEntry` | `authorization_entries` | `replica auth list` | R |
//! | `New-VMReplicationAuthorizationEntry` | `add_authorization_entry` | `replica auth add PRIMARY` | R |
//! | `Set-VMReplicationAuthorizationEntry` | `modify_authorization_entry` | `replica auth add PRIMARY` | R |
//! | `Remove-VMReplicationAuthorizationEntry` | `remove_authorization_entry` | `replica auth remove PRIMARY` | R |
//! | `Test-VMReplicationConnection` | `test_connection` | `replica test-connection NAME` | P |
//!
//! Different from the cmdlets:
//!
//! - A command waits for the job that it starts, unless `--no-wait` is given; `Resume-VMReplication -Resynchronize` does not.
//! - A command that can lose data asks first, and needs `--yes` without a terminal.
//! - `replica remove` removes the relationship of one host: the other host is another command.
