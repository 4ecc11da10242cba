//! Walks a virtual machine through the life of a replica, by plain calls on two hosts: enable, start, suspend, resume, a planned
//! failover, its reversal, and the removal.
//!
//! Both hosts are simulated, and their time runs fast:
//!
//! ```sh
//! cargo run --features simulator --example failover
//! ```

use std::error::Error;
use std::time::Duration;

use cimwire::hyperv::{
    EnabledState, InitialReplication, Outcome, Relationship, ReplicationService, ReplicationState,
    RequestedState, VirtualMachine,
};
use cimwire::simulator::{Simulator, Site};
use cimwire::{Client, Credentials};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let site = Site::new(100.0);
    let host = Simulator::builder().site(&site).name("HV01");
    let old = host
        .virtual_machines(["web01"])
        .replica_server()
        .start()
        .await?;
    let host = Simulator::builder().site(&site).name("HV02");
    let new = host
        .virtual_machines([""; 0])
        .replica_server()
        .start()
        .await?;
    let primary = service(&old).await?;
    let replica = service(&new).await?;

    // The settings exist before the replication is enabled: they are read, changed, and passed as a whole.
    let vm = primary.vm("web01").await?;
    let mut settings = primary
        .replication_settings(&vm, Relationship::Primary)
        .await?;
    settings.recovery_connection_point = Some("hv02.sim.example".to_owned());
    settings.recovery_server_port_number = Some(80);
    let disks = primary.disks(&vm).await?.into_iter();
    settings.included_disks = Some(disks.map(|disk| disk.path).collect());
    done(
        "enabled",
        primary.create_relationship(&vm, &settings).await?,
    )
    .await?;

    // The job of the start is short; the copy that it begins is another job.
    let start = InitialReplication::network();
    done("started", primary.start_replication(&vm, start).await?).await?;
    wait_for(&primary, "web01", ReplicationState::Replicating).await?;
    println!("the copy is complete");

    let which = Relationship::Primary;
    done("suspended", primary.suspend(&vm, which).await?).await?;
    done("resumed", primary.resume(&vm, which).await?).await?;

    // A planned failover loses nothing: the virtual machine is off, and its last changes are sent.
    done(
        "shut down",
        primary.request_vm_state(&vm, RequestedState::Off).await?,
    )
    .await?;
    wait_until_off(&primary).await?;
    done("prepared", primary.prepare_failover(&vm, which).await?).await?;
    let there = replica.vm("web01").await?;
    done("failed over", replica.fail_over(&there, None).await?).await?;

    let mut back = replica.replication_settings(&there, which).await?;
    back.recovery_connection_point = back.primary_connection_point.clone();
    done("reversed", replica.reverse(&there, &back).await?).await?;
    wait_for(&replica, "web01", ReplicationState::Replicating).await?;
    done(
        "running",
        replica
            .request_vm_state(&there, RequestedState::Running)
            .await?,
    )
    .await?;

    // Each side removes its own.
    done(
        "removed at HV02",
        replica.remove_relationship(&there, which).await?,
    )
    .await?;
    done(
        "removed at HV01",
        primary.remove_relationship(&vm, which).await?,
    )
    .await?;
    Ok(())
}

async fn service(host: &Simulator) -> Result<ReplicationService, cimwire::Error> {
    let credentials = Credentials::password(host.user(), host.password());
    let client = Client::builder(host.url())
        .credentials(credentials)
        .build()?;
    ReplicationService::connect(&client).await
}

/// Waits for the job that a method started, if it started one.
async fn done(what: &str, outcome: Outcome) -> Result<(), cimwire::Error> {
    outcome.wait().await?;
    println!("{what}");
    Ok(())
}

/// Waits until the replication of a virtual machine is in a state.
async fn wait_for(
    service: &ReplicationService,
    vm: &str,
    state: ReplicationState,
) -> Result<VirtualMachine, cimwire::Error> {
    loop {
        let vm = service.vm(vm).await?;
        if vm.replication_state == Some(state) {
            return Ok(vm);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn wait_until_off(service: &ReplicationService) -> Result<(), cimwire::Error> {
    while service.vm("web01").await?.enabled_state != Some(EnabledState::Off) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}
