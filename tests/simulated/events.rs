//! Events: subscribed to, pulled as they happen, and ended at the host.

use cimwire::cim::{ClassPath, Instance, Properties, Reference};
use cimwire::{Indications, Wql};

use super::*;

impl Scene {
    /// Reads on until the host has the subscription; nothing may have happened by then.
    async fn subscribed(&self, events: &mut Indications) {
        let begun = async {
            while self.host.open_subscriptions() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::select! {
            event = events.next() => panic!("{event:?}"),
            () = begun => {}
        }
    }

    /// Waits until the host has no subscription, which ending one in the background brings about.
    async fn expect_ended(&self) {
        for _ in 0..1_000 {
            if self.host.open_subscriptions() == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{} subscriptions are open", self.host.open_subscriptions());
    }

    fn events(&self, namespace: &str, query: Wql) -> Indications {
        let namespace = self.client.namespace(namespace);
        namespace.subscribe(query).expect("the query is one")
    }

    /// How many requests of a kind have come.
    fn count(&self, operation: &str) -> usize {
        let seen = self.host.requests();
        let seen = seen.iter().filter(|seen| seen.operation == operation);
        seen.count()
    }
}

/// The next event, which must come.
async fn next(events: &mut Indications) -> Instance {
    let event = tokio::time::timeout(PATIENCE, events.next());
    let event = event.await.expect("an event comes");
    let event = event.expect("the subscription goes on");
    event.expect("events come without an error")
}

fn of(event: &Instance, object: &str) -> Instance {
    event.get(object).expect("the event has the object")
}

fn about(kind: &str, class: &str) -> Wql {
    Wql::select(kind)
        .within(TWO_SECONDS)
        .isa("TargetInstance", class)
}

fn shade(value: &str) -> Instance {
    Instance::new(ClassPath::new(CIMV2, "Win32_Environment"))
        .with("Name", "SHADE")
        .with("UserName", r"SIM\operator")
        .with("VariableValue", value)
}

/// `ReplicationState` (Hyper-V WMI, Msvm_ComputerSystem).
const READY: u16 = 1;
const COPYING: u16 = 2;
const REPLICATING: u16 = 3;
/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(30);
const TWO_SECONDS: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_process_that_begins() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let begun = about("__InstanceCreationEvent", "Win32_Process")
            .equals("TargetInstance.Name", "wanted.exe");
        let mut events = scene.events(CIMV2, begun);
        scene.subscribed(&mut events).await;
        let class = Reference::new(CIMV2, "Win32_Process");
        let mut ids: Vec<u32> = Vec::new();
        for command in ["other.exe", "wanted.exe a <&> b"] {
            let input = Properties::new().with("CommandLine", command);
            let output = scene.client.invoke(&class, "Create", input).await.unwrap();
            ids.push(output.get("ProcessId").unwrap());
        }
        scene.host.advance(TWO_SECONDS);
        let event = next(&mut events).await;
        assert_eq!(event.class_name(), "__InstanceCreationEvent");
        assert_eq!(event.value("PreviousInstance"), None);
        assert!(event.get::<u64>("TIME_CREATED").unwrap() > 0);
        let process = of(&event, "TargetInstance");
        assert_eq!(process.class_name(), "Win32_Process");
        let id = ids.pop().unwrap();
        assert_eq!(process.get("ProcessId"), Ok(id));
        // All of it, and as it is got otherwise.
        let process_now = class.with_key("Handle", id.to_string());
        let got = scene.client.get(&process_now).await.unwrap();
        assert_eq!(process.properties(), got.properties());
        events.unsubscribe().await.unwrap();
        assert_eq!(scene.host.open_subscriptions(), 0);
        assert_eq!(scene.count("Subscribe"), 1);
        assert_eq!(scene.count("Unsubscribe"), 1);
    }
}

#[tokio::test]
async fn what_was_before_a_change_and_what_is_after_it() {
    let scene = Scene::new(Dialect::Wmi).await;
    let client = &scene.client;
    let reference = client.create(shade("first")).await.unwrap();
    let changed = about("__InstanceOperationEvent", "Win32_Environment");
    let mut events = scene.events(CIMV2, changed);
    scene.subscribed(&mut events).await;
    client.put(&reference, shade("second")).await.unwrap();
    scene.host.advance(TWO_SECONDS);
    let event = next(&mut events).await;
    assert_eq!(event.class_name(), "__InstanceModificationEvent");
    let value = |object: &str| of(&event, object).get::<String>("VariableValue");
    assert_eq!(value("PreviousInstance").as_deref(), Ok("first"));
    assert_eq!(value("TargetInstance").as_deref(), Ok("second"));

    client.delete(&reference).await.unwrap();
    scene.host.advance(TWO_SECONDS);
    let event = next(&mut events).await;
    assert_eq!(event.class_name(), "__InstanceDeletionEvent");
    let last = of(&event, "TargetInstance").get::<String>("VariableValue");
    assert_eq!(last.as_deref(), Ok("second"));
    events.unsubscribe().await.unwrap();
}

/// Each poll is made, although no client asks between them: by the time of the host, from state to state.
#[tokio::test]
async fn the_way_of_a_replication() {
    let scene = Scene::with(
        |host| host.pace(Duration::from_secs(10)),
        |client| client.page_size(2),
    )
    .await;
    let machine_changes = about("__InstanceModificationEvent", "Msvm_ComputerSystem")
        .equals("TargetInstance.ElementName", "web01");
    let mut events = scene.events(V2, machine_changes);
    scene.subscribed(&mut events).await;
    let service = Reference::new(V2, "Msvm_ReplicationService")
        .with_key("CreationClassName", "Msvm_ReplicationService");
    let input = Properties::new()
        .with("ComputerSystem", machine(WEB01))
        .with("InitialReplicationType", 1u16);
    let started = scene.client.invoke(&service, "StartReplication", input);
    assert_eq!(started.await.unwrap().return_value().unwrap(), 4096);
    scene.host.advance(Duration::from_secs(60));
    let mut states: Vec<(u16, u16)> = Vec::new();
    while states.last().is_none_or(|(_, after)| *after != REPLICATING) {
        let event = next(&mut events).await;
        let state = |object: &str| of(&event, object).get("ReplicationState").unwrap();
        states.push((state("PreviousInstance"), state("TargetInstance")));
    }
    states.retain(|(before, after)| before != after);
    assert_eq!(states, [(READY, COPYING), (COPYING, REPLICATING)]);
    events.unsubscribe().await.unwrap();
}

/// The host says that nothing has happened, which ends nothing, and answers others meanwhile.
#[tokio::test]
async fn waiting_for_longer_than_an_operation_may_take() {
    let scene = Scene::with(
        |host| host,
        |client| client.operation_timeout(Duration::from_millis(200)),
    )
    .await;
    let mut events = scene.events(CIMV2, about("__InstanceCreationEvent", "Win32_Environment"));
    scene.subscribed(&mut events).await;
    let pulled_often = async {
        while scene.count("Pull") < 3 {
            scene.client.get(&service("WinRM")).await.unwrap();
        }
    };
    tokio::select! {
        event = events.next() => panic!("{event:?}"),
        pulled = tokio::time::timeout(PATIENCE, pulled_often) => pulled.expect("the host gives up in time"),
    }
    assert!(scene.count("Get") > 0);
    scene.client.create(shade("x")).await.unwrap();
    scene.host.advance(TWO_SECONDS);
    let event = next(&mut events).await;
    assert_eq!(
        of(&event, "TargetInstance").get("Name"),
        Ok("SHADE".to_owned())
    );
    events.unsubscribe().await.unwrap();
}

#[tokio::test]
async fn a_subscription_ends_when_told_and_when_dropped() {
    for dialect in DIALECTS {
        let scene = Scene::new(dialect).await;
        let query = || about("__InstanceDeletionEvent", "Win32_Process");
        let mut events = scene.events(CIMV2, query());
        // Nothing is sent before the first event is asked for.
        assert_eq!(scene.host.open_subscriptions(), 0);
        scene.subscribed(&mut events).await;
        assert_eq!(scene.host.open_subscriptions(), 1);
        events.unsubscribe().await.unwrap();
        assert_eq!(scene.host.open_subscriptions(), 0);

        let mut events = scene.events(CIMV2, query());
        scene.subscribed(&mut events).await;
        drop(events);
        scene.expect_ended().await;
        assert_eq!(scene.count("Unsubscribe"), 2);
    }
}

#[tokio::test]
async fn queries_that_are_refused() {
    let scene = Scene::new(Dialect::Wmi).await;
    for (namespace, query, status) in [
        (CIMV2, "SELECT * FROM Nothing", 0x8033_801A),
        // WBEM_E_INVALID_QUERY
        (
            CIMV2,
            "SELECT * FROM __InstanceCreationEvent WITHIN 2 WHERE TargetInstance ISA 'Win32_Process' \
             AND TargetInstance.Nothing = 1",
            0x8004_1017,
        ),
        // WBEM_E_INVALID_NAMESPACE
        (
            "root/nothing",
            "SELECT * FROM __InstanceCreationEvent WITHIN 2",
            0x8004_100E,
        ),
        // WBEMESS_E_REGISTRATION_TOO_BROAD
        (
            CIMV2,
            "SELECT * FROM __InstanceCreationEvent WITHIN 2",
            0x8004_2001,
        ),
        // WBEMESS_E_REGISTRATION_TOO_PRECISE
        (
            CIMV2,
            "SELECT * FROM __InstanceCreationEvent WHERE TargetInstance ISA 'Win32_Process'",
            0x8004_2002,
        ),
    ] {
        let mut events = scene.events(namespace, Wql::raw(query));
        let error = events.next().await.unwrap().unwrap_err();
        assert_eq!(
            fault_of(&error),
            ("CannotProcessFilter".to_owned(), 0x8033_801A)
        );
        let said = error.fault().unwrap().provider_fault();
        let said = said.and_then(|provider| provider.code());
        assert_eq!(said, Some(status), "{query}");
        assert!(events.next().await.is_none());
    }
    assert_eq!(scene.host.open_subscriptions(), 0);
}
