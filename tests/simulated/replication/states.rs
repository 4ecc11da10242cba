//! Each method in each state: in a state that is not listed for it, it is refused with 32775.
//!
//! The states come from the catalogue of workflows: what the cmdlets of Microsoft's module require before they call.

use cimwire::cim::Properties;
use cimwire::simulator::Order;

use super::*;

/// A method.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Method {
    Create,
    Start,
    Modify,
    Remove,
    Import,
    Resynchronize,
    Suspend,
    Resume,
    CancelCopy,
    CancelResync,
    Prepare,
    UpdateDisks,
    FailOver,
    Revert,
    Commit,
    Reverse,
    Test,
    ResetStatistics,
}

use Method::*;

/// Each method with the states in which the primary host takes it. The machine is off there, and has replicated.
const ON_PRIMARY: [(Method, &[u16]); 18] = [
    (Create, &[0]),
    (Start, &[1]),
    (Modify, ENABLED),
    (Remove, ENABLED),
    (Import, &[]),
    (Resynchronize, &[7, 8, 9, 11, 16]),
    (Suspend, &[2, 3, 10]),
    // 15 and 16: Stop-VMReplication.
    (Resume, &[7, 8, 9, 11, 15, 16]),
    (CancelCopy, &[]),
    (CancelResync, &[10]),
    (Prepare, &[3]),
    (UpdateDisks, &[16]),
    (FailOver, &[]),
    (Revert, &[4]),
    (Commit, &[]),
    (Reverse, &[]),
    (Test, &[]),
    (ResetStatistics, ENABLED),
];

/// Each method with the states in which the replica server takes it. The replica is not extended.
const ON_REPLICA: [(Method, &[u16]); 18] = [
    // It extends the replica.
    (Create, ANY),
    (Start, &[]),
    (Modify, &[]),
    (Remove, ENABLED),
    (Import, &[2]),
    (Resynchronize, &[]),
    (Suspend, &[2, 3, 10]),
    // 10: Stop-VMReplication on the receiving side.
    (Resume, &[7, 8, 9, 10, 11, 15, 16]),
    (CancelCopy, &[]),
    (CancelResync, &[]),
    (Prepare, &[]),
    (UpdateDisks, &[16]),
    // Start-VMFailover resumes a relationship in 7 or 10 first.
    (FailOver, &[3, 15]),
    (Revert, &[5]),
    (Commit, &[5]),
    (Reverse, &[5, 6]),
    (Test, &[3, 7, 8, 9, 11, 16]),
    (ResetStatistics, ENABLED),
];

/// Each method with the states in which the primary host takes it before the machine has replicated, if they differ.
const BEFORE_THE_COPY: [(Method, &[u16]); 1] = [(CancelCopy, &[2, 7, 8, 15, 16])];

const ENABLED: &[u16] = &[
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
];
const ANY: &[u16] = &[
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
];

impl Host {
    /// Requests a state of the primary relationship, as it is in the call, without the checks of the typed functions.
    async fn request(&self, state: u16) -> Result<Outcome, Error> {
        let client = &self.scene.client;
        let input = Properties::new().with("RequestedState", state);
        let vm = self.vm().await.reference();
        let output = client.invoke(&vm, "RequestReplicationStateChangeEx", input);
        Outcome::read(client, &output.await?)
    }

    async fn call(&self, method: Method) -> Result<Outcome, Error> {
        let (vm, service) = (self.vm().await, &self.service);
        let which = Relationship::Primary;
        let mut settings = service.replication_settings(&vm, which).await?;
        settings.recovery_connection_point = Some("HV01".to_owned());
        settings.recovery_server_port_number = Some(80);
        match method {
            Create => service.create_relationship(&vm, &settings).await,
            Start => {
                service
                    .start_replication(&vm, InitialReplication::network())
                    .await
            }
            Modify => service.modify_settings(&vm, &settings).await,
            Remove => service.remove_relationship(&vm, which).await,
            Import => service.import_initial_replica(&vm, r"D:\copy").await,
            Resynchronize => service.resynchronize(&vm, None).await,
            Suspend => self.request(7).await,
            Resume => self.request(3).await,
            CancelCopy => self.request(1).await,
            CancelResync => self.request(9).await,
            Prepare => self.request(4).await,
            UpdateDisks => self.request(15).await,
            FailOver => service.fail_over(&vm, None).await,
            Revert => service.revert_failover(&vm).await,
            Commit => service.commit_failover(&vm).await,
            Reverse => service.reverse(&vm, &settings).await,
            Test => service.test_failover(&vm, None).await,
            ResetStatistics => service.reset_statistics(&vm, which).await,
        }
    }
}

/// Calls a method in each state, on new hosts after each call that was taken.
async fn expect_taken(
    method: Method,
    states: &[u16],
    make: impl AsyncFn() -> Hosts,
    of: impl Fn(&Hosts) -> &Host,
) {
    let mut hosts = make().await;
    for state in 0..=21 {
        let host = of(&hosts);
        assert!(host.scene.host.order("app01", Order::State(state)));
        let called = host.call(method).await;
        if states.contains(&state) {
            let taken = called.map(|_| ());
            assert!(taken.is_ok(), "{method:?} in {state}: {taken:?}");
        } else {
            let code = called.as_ref().map_err(|error| error.cause::<ReturnCode>());
            let expected = Err(Some(&ReturnCode::InvalidState));
            assert_eq!(code.map(|_| ()), expected, "{method:?} in {state}");
        }
        // In the state 3 the machine replicates at once.
        if states.contains(&state) || state == 3 {
            hosts = make().await;
        }
    }
}

/// app01 replicates, and is off.
async fn replicating() -> Hosts {
    let hosts = Hosts::replicating().await;
    let _ = hosts.primary.power(RequestedState::Off).await.unwrap();
    hosts.wait(10);
    hosts
}

/// app01 is enabled, and was not copied.
async fn enabled() -> Hosts {
    let hosts = Hosts::new().await;
    let _ = hosts.enable(&hosts.primary, "HV02").await;
    hosts.wait(10);
    hosts
}

#[tokio::test]
async fn methods_in_each_state_on_the_primary_host() {
    for (method, states) in ON_PRIMARY {
        expect_taken(method, states, replicating, |hosts| &hosts.primary).await;
    }
}

#[tokio::test]
async fn methods_in_each_state_on_the_replica_server() {
    for (method, states) in ON_REPLICA {
        expect_taken(method, states, replicating, |hosts| &hosts.replica).await;
    }
}

#[tokio::test]
async fn methods_in_each_state_before_the_copy() {
    for (method, states) in BEFORE_THE_COPY {
        expect_taken(method, states, enabled, |hosts| &hosts.primary).await;
    }
}
