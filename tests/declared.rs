//! Typed functions, readers and code enums of `hyperv` and `job`, held against the declarations of the remote classes in
//! `xml-fixtures/classes`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use cimwire::cim::{
    CimType, Class, ClassPath, ClassSchema, DateTime, ElementSchema, Instance, Interval, Reference,
    Value, to_instance,
};
use cimwire::hyperv::{
    AllowedAuthentication, AuthorizationEntry, EnabledState, FailoverNetworkSettings, HealthState,
    HypervError, InitialReplication, NAMESPACE, OperationalStatus, Relationship, ReplicaServer,
    ReplicaServerSettings, ReplicationAuthentication, ReplicationHealth, ReplicationMode,
    ReplicationProvider, ReplicationRelationship, ReplicationService, ReplicationSettings,
    ReplicationState, ReplicationStatistics, ReplicationType, RequestedState, ReturnCode,
    VirtualMachine, VmSummary,
};
use cimwire::job::{Job, JobReference, JobState, JobStatus, StateChangeCode};
use cimwire::transport::{BoxFuture, Error, Request, Response, Transport};
use cimwire::{Client, declared_classes};
use serde::Serialize;
use serde::de::DeserializeOwned;

fn declared(class: &str) -> ClassSchema {
    let path = ClassPath::new(NAMESPACE, class);
    let class = declared_classes().class(&path);
    class.unwrap_or_else(|| panic!("{path} is not declared"))
}

/// The methods of Hyper-V Replica and what belongs to it, with their input parameters as the public pages list them.
const METHODS: [(&str, &[&str]); 4] = [
    (
        "Msvm_ReplicationService",
        &[
            "AddAuthorizationEntry(AuthorizationEntry string)",
            "ChangeReplicationModeToPrimary(ComputerSystem ref, ReplicationRelationship string)",
            "CommitFailover(ComputerSystem ref)",
            "CreateReplicationRelationship(ComputerSystem ref, ReplicationSettingData string)",
            "GetReplicationStatistics(ComputerSystem ref)",
            "GetReplicationStatisticsEx(ComputerSystem ref, ReplicationRelationship string)",
            "GetSystemCertificates()",
            "ImportInitialReplica(ComputerSystem ref, InitialReplicationImportLocation string)",
            "InitiateFailover(ComputerSystem ref, SnapshotSettingData ref)",
            "InitiateFailback(ComputerSystem ref, ReplicationSettingData string, RecoveryPointIdentifier string)",
            "ModifyAuthorizationEntry(AuthorizationEntry string)",
            "ModifyReplicationSettings(ComputerSystem ref, ReplicationSettingData string)",
            "ModifyServiceSettings(SettingData string)",
            "RemoveAuthorizationEntry(AllowedPrimaryHostSystem string)",
            "RemoveReplicationRelationship(ComputerSystem ref)",
            "RemoveReplicationRelationshipEx(ComputerSystem ref, ReplicationRelationship string)",
            "ResetReplicationStatistics(ComputerSystem ref)",
            "ResetReplicationStatisticsEx(ComputerSystem ref, ReplicationRelationship string)",
            "Resynchronize(ComputerSystem ref, StartTime datetime)",
            "ReverseReplicationRelationship(ComputerSystem ref, ReplicationSettingData string)",
            "RevertFailover(ComputerSystem ref)",
            "SetAuthorizationEntry(ComputerSystem ref, AuthorizationEntry string)",
            "SetFailoverNetworkAdapterSettings(ComputerSystem ref, NetworkSettings string[])",
            "StartReplication(ComputerSystem ref, InitialReplicationType uint16, \
             InitialReplicationExportLocation string, StartTime datetime)",
            "TestReplicaSystem(ComputerSystem ref, SnapshotSettingData ref)",
            "TestReplicationConnection(RecoveryConnectionPoint string, RecoveryServerPortNumber uint16, \
             AuthenticationType uint16, CertificateThumbPrint string, BypassProxyServer boolean)",
        ],
    ),
    (
        "Msvm_ComputerSystem",
        &[
            "RequestReplicationStateChange(RequestedState uint16, TimeoutPeriod datetime)",
            "RequestReplicationStateChangeEx(ReplicationRelationship string, RequestedState uint16, TimeoutPeriod datetime)",
            "RequestStateChange(RequestedState uint16, TimeoutPeriod datetime)",
        ],
    ),
    (
        "Msvm_ConcreteJob",
        &[
            "GetError()",
            "GetErrorEx()",
            "RequestStateChange(RequestedState uint16, TimeoutPeriod datetime)",
        ],
    ),
    (
        "Msvm_VirtualSystemManagementService",
        &[
            "DestroySystem(AffectedSystem ref)",
            "GetSummaryInformation(SettingData ref[], RequestedInformation uint32[])",
        ],
    ),
];

/// Returns a method with its input parameters as [`METHODS`] has them.
fn signature(method: &cimwire::cim::MethodSchema) -> String {
    let inputs = method.parameters.iter().filter(|one| one.is_input());
    let inputs = inputs.map(|one| {
        let kind = match &one.cim_type {
            CimType::Reference(_) => "ref".to_owned(),
            other => other.to_string(),
        };
        let array = if one.is_array { "[]" } else { "" };
        format!("{} {kind}{array}", one.name)
    });
    format!("{}({})", method.name, inputs.collect::<Vec<_>>().join(", "))
}

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
    let vm = replica.vm("web01").await.unwrap();
    let [primary, extended] = [Relationship::Primary, Relationship::Extended];
    let settings: ReplicationSettings = full("Msvm_ReplicationSettingData").into_typed().unwrap();
    let server: ReplicaServerSettings = full("Msvm_ReplicationServiceSettingData")
        .into_typed()
        .unwrap();
    let point =
        Reference::new(NAMESPACE, "Msvm_VirtualSystemSettingData").with_key("InstanceID", "A");
    let entry = AuthorizationEntry {
        allowed_primary_host_system: "*.contoso.com".to_owned(),
        trust_group: "DEFAULT".to_owned(),
        replica_storage_location: r"D:\replica".to_owned(),
    };
    let other = ReplicaServer {
        connection_point: "hv02.contoso.com".to_owned(),
        port: 443,
        authentication: ReplicationAuthentication::Certificate,
        certificate_thumbprint: Some("9F:8A".to_owned()),
        bypass_proxy: false,
    };
    let network: FailoverNetworkSettings = full("Msvm_FailoverNetworkAdapterSettingData")
        .into_typed()
        .unwrap();
    let job = JobReference::new(NAMESPACE, "Msvm_ConcreteJob", ID);
    let job = Job::new(client, job).unwrap();
    results![
        replica.start_replication(&vm, InitialReplication::network()),
        replica.start_replication(&vm, InitialReplication::network().at(start)),
        replica.start_replication(&vm, InitialReplication::export(r"D:\export")),
        replica.start_replication(&vm, InitialReplication::seeded()),
        replica.import_initial_replica(&vm, r"D:\export"),
        replica.create_relationship(&vm, &settings),
        replica.modify_settings(&vm, &settings),
        replica.remove_relationship(&vm, primary),
        replica.change_mode_to_primary(&vm),
        replica.suspend(&vm, extended),
        replica.resume(&vm, primary),
        replica.reschedule(&vm, start),
        replica.prepare_failover(&vm, primary),
        replica.cancel_initial_replication(&vm, primary),
        replica.stop(&vm, primary),
        replica.make_replica(&vm),
        replica.resynchronize(&vm, Some(start)),
        replica.resynchronize(&vm, None),
        replica.fail_over(&vm, Some(&point)),
        replica.fail_over(&vm, None),
        replica.revert_failover(&vm),
        replica.commit_failover(&vm),
        replica.test_failover(&vm, Some(&point)),
        replica.reverse(&vm, &settings),
        replica.fail_back(&vm, &settings, Some("point")),
        replica.modify_server_settings(&server),
        replica.test_connection(&other),
        replica.certificates(),
        replica.add_authorization_entry(&entry),
        replica.modify_authorization_entry(&entry),
        replica.remove_authorization_entry("*.contoso.com"),
        replica.set_authorization_entry(&vm, &entry),
        replica.statistics(&vm, primary),
        replica.reset_statistics(&vm, primary),
        replica.set_failover_network(&vm, std::slice::from_ref(&network)),
        replica.request_vm_state(&vm, RequestedState::Running),
        replica.destroy_vm(&vm),
        replica.summaries(),
        replica.job_errors(&job),
        replica.job_error(&job),
        job.cancel(),
    ]
}

/// Calls the methods that older hosts have in place of those for a relationship.
async fn call_older_methods(client: &Client) -> Vec<Result<(), cimwire::Error>> {
    let replica = ReplicationService::connect(client).await.unwrap();
    let vm = replica.vm("web01").await.unwrap();
    let primary = Relationship::Primary;
    results![
        replica.remove_relationship(&vm, primary),
        replica.suspend(&vm, primary),
        replica.statistics(&vm, primary),
        replica.reset_statistics(&vm, primary),
    ]
}

#[tokio::test]
async fn typed_functions_send_declared_parameters_in_the_declared_order() {
    let mut results = Vec::new();
    let mut seen = calls_of(true, async |client| {
        results.extend(call_typed_methods(client).await);
    })
    .await;
    let older = calls_of(false, async |client| {
        results.extend(call_older_methods(client).await);
    });
    seen.extend(older.await);
    for result in &results {
        assert!(result.is_ok(), "{result:?}");
    }
    assert_eq!(seen.len(), results.len());
    for call in &seen {
        expect_declared_call(call);
    }
    let is_seen = |class: &str, method: &str| {
        let mut calls = seen.iter();
        calls.any(|call| call.class == class && call.method == method)
    };
    let mut missing = Vec::new();
    for (class, methods) in METHODS {
        for expected in methods {
            let (method, _) = expected.split_once('(').unwrap();
            let schema = declared(class);
            assert_eq!(
                signature(schema.method(method).unwrap()),
                *expected,
                "{class}"
            );
            if !is_seen(class, method) {
                missing.push(format!("{class}.{method}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?} have no typed function");
}

/// The parameters of a call are declared, in this order and of these types.
#[track_caller]
fn expect_declared_call(call: &Call) {
    let Call { class, method, .. } = call;
    let schema = declared(class);
    let schema = schema.method(method).unwrap();
    let mut rest = schema
        .parameters
        .iter()
        .filter(|parameter| parameter.is_input());
    for (name, value) in &call.parameters {
        let parameter = rest.find(|parameter| parameter.name == *name);
        let parameter =
            parameter.unwrap_or_else(|| panic!("{class}.{method} declares no {name}, or not here"));
        assert!(
            is_of(parameter, value),
            "{class}.{method} {name}: {value:?}"
        );
    }
}

#[test]
fn golden_requests_are_of_declared_methods() {
    let folders = fs::read_dir("xml-fixtures/replica").unwrap();
    let folders = folders.map(|folder| folder.unwrap().path());
    let (mut seen, mut instances) = (Vec::new(), 0);
    for folder in folders.filter(|folder| !folder.ends_with("prelude")) {
        let request = fs::read(folder.join("01-request.xml")).unwrap();
        let call = call(&request).unwrap();
        expect_declared_call(&call);
        for (name, value) in &call.parameters {
            for instance in embedded(value) {
                instances += 1;
                expect_declared_instance(&format!("{} {name}", call.method), instance);
            }
        }
        seen.push(format!("{}.{}", call.class, call.method));
    }
    let methods = METHODS.iter().flat_map(|(class, methods)| {
        let names = methods.iter().map(|method| method.split_once('(').unwrap());
        names.map(move |(name, _)| format!("{class}.{name}"))
    });
    let mut methods: Vec<_> = methods.collect();
    methods.sort();
    seen.sort();
    assert_eq!(seen, methods);
    assert_eq!(instances, 15, "parameters with an instance");
}

/// The instances in the value of a parameter.
fn embedded(value: &Value) -> Vec<&Instance> {
    let single = std::slice::from_ref(value);
    let values = match value {
        Value::Array(values) => values,
        _ => single,
    };
    let instances = values.iter().map(|value| match value {
        Value::Instance(instance) => Some(&**instance),
        _ => None,
    });
    instances.flatten().collect()
}

/// The properties of an instance in a parameter are declared, with these types.
#[track_caller]
fn expect_declared_instance(place: &str, instance: &Instance) {
    let schema = declared(instance.class_name());
    for (name, value) in instance.properties().iter() {
        let property = schema
            .property(name)
            .unwrap_or_else(|| panic!("{place}: {} has no {name}", schema.name));
        assert_eq!(property.name, name, "{place}");
        assert_eq!(
            property.convert(value).as_ref(),
            Ok(value),
            "{place}: {name}"
        );
    }
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
    assert_eq!(vm.enabled_state, Some(EnabledState::Other));
    assert_eq!(vm.health_state, Some(HealthState::Unknown(1)));
    assert_eq!(vm.operational_status, [OperationalStatus::Unknown(1)]);
    assert_eq!((vm.uptime, vm.process_id), (Some(MILLISECOND), Some(1)));
    assert_eq!(vm.replication_health, Some(ReplicationHealth::Normal));
    let types = [vm.last_replication_type, vm.failed_over_replication_type];
    assert_eq!(types, [Some(ReplicationType::Regular); 2]);
    let times = [
        vm.install_date,
        vm.last_state_change,
        vm.last_configuration_change,
        vm.last_replication_time,
        vm.last_application_consistent_replication_time,
    ];
    assert!(times.iter().all(Option::is_some));

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

/// Reads an instance in which every declared property has a value, and writes it again: each field is a declared property,
/// of the declared type.
#[track_caller]
fn expect_declared<T: Class + DeserializeOwned + Serialize + PartialEq + std::fmt::Debug>(
    count: usize,
) {
    let typed: T = full(T::NAME).into_typed().unwrap();
    let written = to_instance(&typed).unwrap();
    let schema = declared(T::NAME);
    assert_eq!(
        written.properties().len(),
        count,
        "{}: all fields have values",
        T::NAME
    );
    for (name, value) in written.properties().iter() {
        let property = schema
            .property(name)
            .unwrap_or_else(|| panic!("{} has no {name}", T::NAME));
        assert_eq!(property.name, name);
        assert_eq!(
            property.convert(value).as_ref(),
            Ok(value),
            "{} {name}",
            T::NAME
        );
    }
    assert_eq!(written.into_typed::<T>().unwrap(), typed);
}

#[test]
fn embedded_instances_have_declared_properties_of_the_declared_types() {
    expect_declared::<ReplicationRelationship>(8);
    expect_declared::<ReplicationSettings>(25);
    expect_declared::<ReplicaServerSettings>(8);
    expect_declared::<AuthorizationEntry>(3);
    expect_declared::<FailoverNetworkSettings>(7);
}

#[test]
fn outputs_are_read_from_declared_properties() {
    let statistics: ReplicationStatistics =
        full("Msvm_ReplicationStatistics").into_typed().unwrap();
    let numbers = [
        statistics.replication_success_count,
        statistics.replication_latency,
        statistics.max_replication_latency,
        statistics.replication_miss_count,
        statistics.network_failure_count,
        statistics.replication_failure_count,
        statistics.application_consistent_snapshot_failure_count,
    ];
    assert_eq!(numbers, [1; 7]);
    let sizes = [
        statistics.replication_size,
        statistics.max_replication_size,
        statistics.pending_replication_size,
    ];
    assert_eq!(sizes, [1; 3]);
    assert_eq!(
        statistics.replication_health,
        Some(ReplicationHealth::Normal)
    );
    let times = [
        statistics.start_statistic_time,
        statistics.end_statistic_time,
        statistics.last_test_failover_time,
    ];
    assert!(times.iter().all(Option::is_some));

    let error: HypervError = full("Msvm_Error").into_typed().unwrap();
    assert_eq!(
        (error.message.as_deref(), error.message_id.as_deref()),
        (Some(ID), Some(ID))
    );
    assert_eq!(
        (error.perceived_severity, error.recommended_actions.len()),
        (Some(1), 1)
    );
    assert_eq!(error.error_source.as_deref(), Some(ID));

    let provider: ReplicationProvider = full("Msvm_ReplicationProvider").into_typed().unwrap();
    assert_eq!(
        (provider.name.as_str(), provider.element_name.as_deref()),
        (ID, Some(ID))
    );
    assert_eq!(
        (provider.instance_id.as_str(), provider.operational_status),
        (ID, vec![OperationalStatus::Unknown(1)])
    );

    let summary: VmSummary = full("Msvm_SummaryInformation").into_typed().unwrap();
    assert_eq!(
        (summary.name.as_str(), summary.element_name.as_deref()),
        (ID, Some(ID))
    );
    assert_eq!(
        (summary.enabled_state, summary.processor_load),
        (Some(1), Some(1))
    );
    assert_eq!(
        (summary.memory_usage, summary.heartbeat),
        (Some(1), Some(1))
    );
    assert_eq!(summary.replication_mode, Some(ReplicationMode::Primary));
    assert_eq!(summary.replication_state_ex, [ReplicationState::Ready]);
    assert_eq!(summary.replication_health_ex, [ReplicationHealth::Normal]);
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
            property("Msvm_ReplicationRelationship", "ReplicationHealth"),
            names::<ReplicationHealth, u16>(|one| matches!(one, ReplicationHealth::Unknown(_))),
        ),
        (
            property("Msvm_ReplicationRelationship", "LastReplicationType"),
            names::<ReplicationType, u16>(|one| matches!(one, ReplicationType::Unknown(_))),
        ),
        (
            property("Msvm_ReplicationSettingData", "AuthenticationType"),
            names::<ReplicationAuthentication, u16>(|one| {
                matches!(one, ReplicationAuthentication::Unknown(_))
            }),
        ),
        (
            property(
                "Msvm_ReplicationServiceSettingData",
                "AllowedAuthenticationType",
            ),
            names::<AllowedAuthentication, u16>(|one| {
                matches!(one, AllowedAuthentication::Unknown(_))
            }),
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

const MILLISECOND: std::time::Duration = std::time::Duration::from_millis(1);
const ID: &str = "0E4BE93A-6F1C-4B7D-9A55-7C2D10F3A001";

/// The properties of type datetime that are intervals.
const INTERVALS: [&str; 3] = [
    "ElapsedTime",
    "AutoResynchronizeIntervalStart",
    "AutoResynchronizeIntervalEnd",
];

/// An instance in which every declared property has a value.
fn full(class: &str) -> Instance {
    let schema = declared(class);
    let mut instance = Instance::new(ClassPath::new(NAMESPACE, class));
    for property in &schema.properties {
        let value = match &property.cim_type {
            CimType::String => ID.into(),
            CimType::DateTime if INTERVALS.contains(&property.name.as_str()) => {
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

/// The calls that a function sends to a simulated host, whose methods all succeed at once. `relationships` is false for a
/// host that does not have the class of relationships, as Windows before 8.1 and Server 2012 R2.
async fn calls_of(relationships: bool, run: impl AsyncFnOnce(&Client)) -> Vec<Call> {
    let host = cimwire::simulator::Simulator::start().await.unwrap();
    let credentials = cimwire::Credentials::password(host.user(), host.password());
    let config = cimwire::transport::HttpConfig::new(host.url()).credentials(credentials);
    let inner = cimwire::transport::HttpTransport::new(config).unwrap();
    let tap = Arc::new(Tap {
        inner,
        relationships,
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

/// Keeps envelopes; passes reads on, and answers methods and what is asked of relationships.
struct Tap {
    inner: cimwire::transport::HttpTransport,
    relationships: bool,
    sent: Mutex<Vec<Bytes>>,
}

impl Tap {
    fn answer(&self, envelope: &Bytes) -> Option<String> {
        let text = String::from_utf8_lossy(envelope);
        let body = match call(envelope) {
            Some(Call { class, method, .. }) => {
                let uri = format!("{URI}{class}");
                format!("<p:{method}_OUTPUT xmlns:p='{uri}'><p:ReturnValue>0</p:ReturnValue></p:{method}_OUTPUT>")
            }
            None if !text.contains("FROM Msvm_ReplicationRelationship") => return None,
            None if self.relationships => {
                format!(
                    "<n:EnumerateResponse xmlns:n='http://schemas.xmlsoap.org/ws/2004/09/enumeration'><n:Items>\
                     <p:Msvm_ReplicationRelationship xmlns:p='{URI}Msvm_ReplicationRelationship'>\
                     <p:InstanceID>Microsoft:{ID}\\HVR\\0</p:InstanceID><p:ReplicationState>3</p:ReplicationState>\
                     </p:Msvm_ReplicationRelationship></n:Items><n:EndOfSequence/></n:EnumerateResponse>"
                )
            }
            None => "<s:Fault><s:Code><s:Value>s:Sender</s:Value></s:Code><s:Reason><s:Text xml:lang='en'>no</s:Text>\
                     </s:Reason><s:Detail><f:WSManFault xmlns:f='http://schemas.microsoft.com/wbem/wsman/1/wsmanfault' \
                     Code='2150858778'/></s:Detail></s:Fault>"
                .to_owned(),
        };
        Some(format!(
            "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'><s:Body>{body}</s:Body></s:Envelope>"
        ))
    }
}

const URI: &str = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";

impl Transport for Tap {
    fn endpoint(&self) -> &str {
        self.inner.endpoint()
    }

    fn exchange(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
        self.sent.lock().unwrap().push(request.envelope.clone());
        match self.answer(&request.envelope) {
            None => self.inner.exchange(request),
            Some(body) => Box::pin(async move {
                Ok(Response {
                    status: 200,
                    charset: None,
                    body: body.into(),
                    authenticated: true,
                })
            }),
        }
    }
}
