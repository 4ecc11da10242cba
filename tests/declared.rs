//! Typed functions, readers and code enums of `hyperv` and `job`, held against the declarations of the remote classes in
//! `xml-fixtures/classes`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cimwire::cim::{
    CimType, ClassPath, ClassSchema, DateTime, ElementSchema, Instance, Interval, Reference, Value,
};
use cimwire::hyperv::{
    InitialReplication, NAMESPACE, ReplicationMode, ReplicationService, ReplicationState,
    ReturnCode, VirtualMachine,
};
use cimwire::job::{JobState, JobStatus, StateChangeCode};
use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
use cimwire::{Client, declared_classes};

fn declared(class: &str) -> ClassSchema {
    let path = ClassPath::new(NAMESPACE, class);
    let class = declared_classes().class(&path);
    class.unwrap_or_else(|| panic!("{path} is not declared"))
}

/// The methods of Hyper-V Replica (hyperv-replica.md 1.4, 1.6 and 2.4), with those of machines that belong to it.
const METHODS: [(&str, &[&str]); 4] = [
    (
        "Msvm_ReplicationService",
        &[
            "AddAuthorizationEntry",
            "ChangeReplicationModeToPrimary",
            "CommitFailover",
            "CreateReplicationRelationship",
            "GetReplicationStatistics",
            "GetReplicationStatisticsEx",
            "GetSystemCertificates",
            "ImportInitialReplica",
            "InitiateFailover",
            "InitiateFailback",
            "ModifyAuthorizationEntry",
            "ModifyReplicationSettings",
            "ModifyServiceSettings",
            "RemoveAuthorizationEntry",
            "RemoveReplicationRelationship",
            "RemoveReplicationRelationshipEx",
            "ResetReplicationStatistics",
            "ResetReplicationStatisticsEx",
            "Resynchronize",
            "ReverseReplicationRelationship",
            "RevertFailover",
            "SetAuthorizationEntry",
            "SetFailoverNetworkAdapterSettings",
            "StartReplication",
            "TestReplicaSystem",
            "TestReplicationConnection",
        ],
    ),
    (
        "Msvm_ComputerSystem",
        &[
            "RequestReplicationStateChange",
            "RequestReplicationStateChangeEx",
            "RequestStateChange",
        ],
    ),
    (
        "Msvm_ConcreteJob",
        &["GetError", "GetErrorEx", "RequestStateChange"],
    ),
    (
        "Msvm_VirtualSystemManagementService",
        &["DestroySystem", "GetSummaryInformation"],
    ),
];

/// A call of a typed function, as it went out.
struct Call {
    class: String,
    method: String,
    parameters: Vec<(String, Value)>,
}

/// Awaits calls in turn, and keeps their errors.
macro_rules! results {
    ($($call:expr,)*) => { vec![$($call.await.map(drop)),*] };
}

/// Calls each typed method, a line for each.
async fn call_typed_methods(client: &Client) -> Vec<Result<(), cimwire::Error>> {
    let start: DateTime = "2030-01-15T21:00:00Z".parse().unwrap();
    let replica = ReplicationService::connect(client).await.unwrap();
    let [first, vm, exported, seeded] = ["web01", "db01", "fünf", "web & <db> \"01\""];
    let first = replica.vm(first).await.unwrap();
    let vm = replica.vm(vm).await.unwrap();
    let exported = replica.vm(exported).await.unwrap();
    let seeded = replica.vm(seeded).await.unwrap();
    let started = replica
        .start_replication(&first, InitialReplication::network())
        .await;
    let job = started.unwrap().job().unwrap().clone();
    results![
        replica.start_replication(&vm, InitialReplication::network().at(start)),
        replica.start_replication(&exported, InitialReplication::export(r"D:\export")),
        replica.start_replication(&seeded, InitialReplication::seeded()),
        job.cancel(),
    ]
}

#[tokio::test]
async fn typed_functions_send_declared_parameters_in_the_declared_order() {
    let mut results = Vec::new();
    let seen = calls_of(async |client| results = call_typed_methods(client).await).await;
    for result in &results {
        assert!(result.is_ok(), "{result:?}");
    }
    // The first call starts the job.
    assert_eq!(seen.len(), results.len() + 1);
    for Call {
        class,
        method,
        parameters,
    } in &seen
    {
        let schema = declared(class);
        let schema = schema.method(method).unwrap();
        let mut rest = schema
            .parameters
            .iter()
            .filter(|parameter| parameter.is_input());
        for (name, value) in parameters {
            let parameter = rest.find(|parameter| parameter.name == *name);
            let parameter = parameter
                .unwrap_or_else(|| panic!("{class}.{method} declares no {name}, or not here"));
            assert!(
                is_of(parameter, value),
                "{class}.{method} {name}: {value:?}"
            );
        }
    }
    let is_seen = |class: &str, method: &str| {
        let mut calls = seen.iter();
        calls.any(|call| call.class == class && call.method == method)
    };
    for (class, methods) in METHODS {
        for method in methods {
            assert!(declared(class).method(method).is_ok(), "{class}.{method}");
            if !is_seen(class, method) {
                println!("no typed function yet: {class}.{method}");
            }
        }
    }
    assert!(is_seen("Msvm_ReplicationService", "StartReplication"));
    assert!(is_seen("Msvm_ConcreteJob", "RequestStateChange"));
}

#[test]
fn contributing_quotes_the_code() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lines = |text: &str| {
        text.lines()
            .map(|line| format!("{}\n", line.trim()))
            .collect()
    };
    let contributing = fs::read_to_string(root.join(".github/CONTRIBUTING.md")).unwrap();
    let mut quotes = 0;
    for block in contributing.split("```rust\n").skip(1) {
        let (quote, _) = block.split_once("```").unwrap();
        let (file, quote) = quote.trim_start().split_once('\n').unwrap();
        let code = fs::read_to_string(root.join(file.strip_prefix("// ").unwrap())).unwrap();
        let (code, quote): (String, String) = (lines(&code), lines(quote.trim()));
        assert!(code.contains(&quote), "{file} does not have:\n{quote}");
        quotes += 1;
    }
    assert_eq!(quotes, 4);
}

#[test]
fn typed_readers_read_declared_properties() {
    let vm = VirtualMachine::read(&full("Msvm_ComputerSystem")).unwrap();
    let vm = vm.expect("its name is a GUID");
    assert!(!vm.name.is_empty());
    assert_eq!(vm.replication_state, Some(ReplicationState::Ready));
    assert_eq!(vm.replication_mode, Some(ReplicationMode::Primary));

    let class = ClassPath::new(NAMESPACE, "Msvm_ConcreteJob");
    let job = JobStatus::read(&full("Msvm_ConcreteJob"), &class).unwrap();
    assert_eq!((job.reference.id(), job.state), (ID, JobState::Unknown(1)));
    assert_eq!(job.percent_complete, Some(1));
    assert_eq!((job.name.as_str(), job.status.as_str()), (ID, ID));
    assert_eq!(job.job_type, Some(1));
    assert!(job.error_code.is_some());
    assert_eq!(
        (job.error_summary.as_str(), job.error_description.as_str()),
        (ID, ID)
    );
    assert!(job.elapsed.is_some() && job.start_time.is_some());
    assert!(job.scheduled_start_time.is_some());
    assert_eq!(job.cancellable, Some(true));
}

#[test]
fn code_enums_know_every_declared_value() {
    let property = |class: &str, name: &str| declared(class).property(name).unwrap().value_map();
    let method = |class: &str, name: &str| declared(class).method(name).unwrap().value_map();
    let known = [
        (
            property("Msvm_ConcreteJob", "JobState"),
            names::<JobState, u16>(|state| matches!(state, JobState::Unknown(_))),
        ),
        (
            property("Msvm_ComputerSystem", "ReplicationState"),
            names::<ReplicationState, u16>(|state| matches!(state, ReplicationState::Unknown(_))),
        ),
        (
            property("Msvm_ComputerSystem", "ReplicationMode"),
            names::<ReplicationMode, u16>(|mode| matches!(mode, ReplicationMode::Unknown(_))),
        ),
        (
            method("Msvm_ReplicationService", "StartReplication"),
            names::<ReturnCode, u32>(|code| matches!(code, ReturnCode::Unknown(_))),
        ),
        (
            method("Msvm_ConcreteJob", "RequestStateChange"),
            names::<StateChangeCode, u32>(|code| matches!(code, StateChangeCode::Unknown(_))),
        ),
    ];
    for (values, is_unknown) in known {
        assert!(!values.is_empty());
        for (value, name) in values {
            // Ranges such as "..." and "33..65535" name no single value.
            if let Ok(number) = value.parse() {
                assert!(!is_unknown(number), "{value} ({name}) has no variant");
            }
        }
    }
}

/// Tells of a number whether an enum has no variant for it.
fn names<E: From<N> + 'static, N: TryFrom<u32> + 'static>(
    is_unknown: fn(&E) -> bool,
) -> Box<dyn Fn(u32) -> bool> {
    Box::new(move |number| N::try_from(number).is_ok_and(|number| is_unknown(&E::from(number))))
}

const ID: &str = "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001";

/// An instance in which every declared property has a value.
fn full(class: &str) -> Instance {
    let schema = declared(class);
    let mut instance = Instance::new(ClassPath::new(NAMESPACE, class));
    for property in &schema.properties {
        let value = match &property.cim_type {
            CimType::String => ID.into(),
            CimType::DateTime if property.name == "ElapsedTime" => {
                Value::from("P0DT0H5M0S".parse::<Interval>().unwrap())
            }
            CimType::DateTime => "2030-01-15T21:00:00Z".parse::<DateTime>().unwrap().into(),
            CimType::Reference(class) => Reference::new(NAMESPACE, class.as_str()).into(),
            other => other.parse("1").unwrap(),
        };
        let value = match property.is_array {
            true => Value::Array(vec![value]),
            false => value,
        };
        instance.set(property.name.as_str(), value);
    }
    instance
}

/// Whether a value that was read back from an envelope can be of the declared type. Plain values are text there.
fn is_of(parameter: &ElementSchema, value: &Value) -> bool {
    match (&parameter.cim_type, value) {
        (CimType::Reference(class), Value::Reference(reference)) => {
            declared_classes().is_a(reference.class(), class)
        }
        (CimType::DateTime, Value::DateTime(_) | Value::Interval(_)) => true,
        (CimType::Reference(_) | CimType::DateTime, _) => false,
        (CimType::String, Value::String(_)) => true,
        (_, value) => parameter.convert(value).is_ok(),
    }
}

/// The calls that a function sends to a simulated host.
async fn calls_of(run: impl AsyncFnOnce(&Client)) -> Vec<Call> {
    let host = cimwire::simulator::Simulator::start().await.unwrap();
    let credentials = cimwire::Credentials::password(host.user(), host.password());
    let config = cimwire::transport::HttpConfig::new(host.url()).credentials(credentials);
    let inner = cimwire::transport::HttpTransport::new(config).unwrap();
    let tap = Arc::new(Tap {
        inner,
        sent: Mutex::default(),
    });
    run(&Client::over(Arc::clone(&tap))).await;
    let sent = std::mem::take(&mut *tap.sent.lock().unwrap());
    sent.iter().filter_map(|envelope| call(envelope)).collect()
}

fn call(envelope: &[u8]) -> Option<Call> {
    let request = cimwire::explain(envelope).expect("what was sent can be read");
    let parameters = request.parameters()?.iter();
    Some(Call {
        class: request.target()?.class().name().to_owned(),
        method: request.method()?.to_owned(),
        parameters: parameters
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
    })
}

/// Passes envelopes on, and keeps them.
struct Tap {
    inner: cimwire::transport::HttpTransport,
    sent: Mutex<Vec<Bytes>>,
}

impl Transport for Tap {
    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        self.sent.lock().unwrap().push(request.envelope.clone());
        self.inner.exchange(request)
    }
}
