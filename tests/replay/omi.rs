//! Answers of Microsoft OMI, in its dialect.

use cimwire::cim::{Instance, Properties, Reference, Value};
use cimwire::hyperv::{NAMESPACE, Outcome, ReturnCode, VirtualMachine};
use cimwire::job::{Job, JobFailure, JobReference, JobState, JobStatus, Verdict};
use cimwire::{Client, DatetimeForm, Error, ErrorKind, FaultKind, ServerProfile, Wql};

use super::{Scene, chain};

fn open(scenario: &str) -> Scene {
    // The recorded requests have the qualified form.
    let mut profile = ServerProfile::dmtf();
    profile.datetime_form = DatetimeForm::CimDateTime;
    Scene::open_with(scenario, |builder| {
        builder.profile(profile).locale("en-US").page_size(50)
    })
}

/// The service has other keys than on Windows.
fn service() -> Reference {
    Reference::new(NAMESPACE, "Msvm_ReplicationService")
        .with_key("SystemCreationClassName", "Msvm_ComputerSystem")
        .with_key("SystemName", "LABHOST")
        .with_key("CreationClassName", "Msvm_ReplicationService")
        .with_key("Name", "vmms")
}

fn virtual_machine(id: &str) -> Reference {
    Reference::new(NAMESPACE, VirtualMachine::CLASS)
        .with_key("CreationClassName", VirtualMachine::CLASS)
        .with_key("Name", id)
}

async fn start(client: &Client, vm: &str, kind: u16, time: Value) -> Result<Outcome, Error> {
    let input = Properties::new()
        .with("ComputerSystem", virtual_machine(vm))
        .with("InitialReplicationType", kind)
        .with("StartTime", time);
    let output = client.invoke(&service(), "StartReplication", input).await?;
    Outcome::read(client, &output)
}

/// Returns the reference to a job of the captured server, which has the host too.
fn job(client: &Client, id: &str) -> JobReference {
    let job = JobReference::new(NAMESPACE, "Msvm_ConcreteJob", id);
    Job::new(client, job)
        .expect("it has no host")
        .reference()
        .clone()
}

fn text(instance: &Instance, name: &str) -> String {
    instance.get(name).expect("a text")
}

#[tokio::test]
async fn instances() {
    let scene = open("omi-client");
    // IdentifyResponse stands in the namespace of SOAP.
    let identity = scene.client.identify().await.unwrap();
    assert_eq!(identity.product_vendor, "Open Management Infrastructure");
    assert_eq!(identity.product_version, "1.9.1-0");
    assert_eq!(identity.security_profiles.len(), 1);

    let special = virtual_machine("5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05");
    let special = scene.client.get(&special).await.unwrap();
    assert_eq!(
        text(&special, "ElementName"),
        r#"O'Brien & <Söhne> "quoted""#
    );
    assert_eq!(special.get("OnTimeInMilliseconds"), Ok(u64::MAX));
    assert_eq!(
        special.get("AvailableRequestedStates"),
        Ok(vec![2u16, 3, 10, 11])
    );
    assert_eq!(
        special.get("TimeOfLastConfigurationChange"),
        Ok("20250615150641.500000+120"
            .parse::<cimwire::cim::DateTime>()
            .unwrap())
    );

    let found = scene.client.get(&service()).await.unwrap();
    assert_eq!(found.get("Started"), Ok(true));
    assert_eq!(
        found.class().map(ToString::to_string).as_deref(),
        Some("root/virtualization/v2:Msvm_ReplicationService")
    );

    let namespace = scene.client.namespace(NAMESPACE);
    let query = Wql::select(VirtualMachine::CLASS).equals("ElementName", "web01");
    let rows = namespace.query(query).unwrap().collect().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(
        VirtualMachine::read(&rows[0]).unwrap().unwrap().id,
        "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01"
    );

    // A projection has its class, unlike Windows'.
    let query = Wql::select_properties(VirtualMachine::CLASS, ["Name", "ReplicationState"])
        .equals("EnabledState", "2");
    let rows = namespace.query(query).unwrap().collect().await.unwrap();
    assert_eq!(rows.len(), 5);
    assert!(
        rows.iter().all(|row| {
            row.class_name() == VirtualMachine::CLASS && row.properties().len() == 2
        })
    );

    assert_eq!(
        scene
            .client
            .get_opt(&virtual_machine("nope"))
            .await
            .unwrap(),
        None
    );
    scene.finish();
}

#[tokio::test]
async fn pages() {
    let scene = open("omi-pages");
    let rows = scene
        .client
        .namespace(NAMESPACE)
        .enumerate(VirtualMachine::CLASS);
    let rows = rows.collect().await.unwrap();
    let names: Vec<_> = rows.iter().map(|row| text(row, "ElementName")).collect();
    assert_eq!(
        names,
        [
            "LABHOST",
            "web01",
            "db01",
            "fail-job",
            "no-job",
            r#"O'Brien & <Söhne> "quoted""#,
            "wrong-state"
        ]
    );
    scene.finish();
}

#[tokio::test]
async fn start_replication() {
    let scene = open("omi-start-replication");
    let web01 = "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01";
    let outcome = start(&scene.client, web01, 1, Value::Null).await.unwrap();
    let reference = outcome.job().unwrap().reference();
    assert_eq!(reference.host(), Some("127.0.0.1"));
    assert_eq!(
        *reference,
        job(&scene.client, "9E487A9B-4225-4583-A240-B43F08E709B8")
    );

    for percent in [0, 25, 50, 75] {
        let row = scene.client.get(reference.as_reference()).await.unwrap();
        let status = JobStatus::read(&row, reference.as_reference().class()).unwrap();
        assert_eq!(
            (status.state, status.percent_complete),
            (JobState::Running, Some(percent))
        );
        assert_eq!(status.cancellable, Some(true));
        assert_eq!(
            row.get("TimeBeforeRemoval"),
            Ok("00000000000500.000000:000"
                .parse::<cimwire::cim::Interval>()
                .unwrap())
        );
        assert_eq!(row.get("OperationalStatus"), Ok(vec![2u16, 16]));
    }

    let time = "20270102030405.000000+120".parse().unwrap();
    let later = start(&scene.client, web01, 1, Value::DateTime(time)).await;
    assert_eq!(
        *later.unwrap().job().unwrap().reference(),
        job(&scene.client, "E15EF1DD-200E-4864-A378-CBE2DC131159")
    );

    // The reference to the job is nil.
    let done = start(
        &scene.client,
        "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04",
        1,
        Value::Null,
    )
    .await;
    assert!(done.unwrap().job().is_none());
    for (vm, kind, code) in [
        (
            "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06",
            1,
            ReturnCode::InvalidState,
        ),
        (web01, 9, ReturnCode::InvalidParameter),
    ] {
        let error = start(&scene.client, vm, kind, Value::Null)
            .await
            .unwrap_err();
        assert_eq!(error.cause::<ReturnCode>(), Some(&code));
    }
    scene.finish();
}

#[tokio::test(start_paused = true)]
async fn failed_job() {
    let scene = open("omi-failed-job");
    let vm = "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03";
    let outcome = start(&scene.client, vm, 1, Value::Null).await.unwrap();
    let error = outcome.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::JobFailed);
    assert_eq!(
        chain(&error),
        "job \"fail-job\" failed: 'fail-job' failed to start replication. (Virtual machine ID 5C0F8C2E & <more>) \
         (error code 32768, failed)"
    );
    // The host recommends nothing.
    let hint = "see the event log Hyper-V-VMMS/Admin of the host";
    assert_eq!(error.hint(), Some(hint));
    let failure = error.cause::<JobFailure>().unwrap();
    assert_eq!(failure.status().verdict(), Verdict::Failed);
    let told: Vec<_> = failure
        .errors()
        .iter()
        .map(|error| {
            (
                error.class_name().to_owned(),
                text(error, "MessageID"),
                text(error, "Message"),
            )
        })
        .collect();
    let expected = [("32768", "first <error> & more"), ("32769", "second error")];
    let expected =
        expected.map(|(id, message)| ("Msvm_Error".to_owned(), id.to_owned(), message.to_owned()));
    assert_eq!(told, expected);
    scene.finish();
}

#[tokio::test]
async fn faults() {
    let scene = open("omi-faults");
    let gone = job(&scene.client, "00000000-0000-0000-0000-000000000000");
    let error = scene.client.get(gone.as_reference()).await.unwrap_err();
    assert_eq!(error.fault_kind(), Some(FaultKind::NotFound));
    let fault = error.fault().unwrap();
    assert_eq!(
        fault.subcode_namespace(),
        Some("http://schemas.xmlsoap.org/ws/2004/08/addressing")
    );
    let cim_error = fault.cim_error().unwrap();
    assert_eq!(cim_error.class_name(), "OMI_Error");
    assert_eq!(cim_error.get("OMI_Code"), Ok(6u32));
    assert_eq!(cim_error.get::<Option<String>>("ErrorType"), Ok(None));
    assert_eq!(
        chain(&error),
        "could not get root/virtualization/v2:Msvm_ConcreteJob: CIM ERROR:NOT_FOUND: The requested object cannot be \
         found (DestinationUnreachable)"
    );

    let input = Properties::new()
        .with("B", true)
        .with("I", i64::MIN)
        .with("Arr", vec![1u8, 2, 255])
        .with("S", "a & <b> é 漢 \n tab\t")
        .with(
            "T",
            Value::DateTime("2027-01-02T03:04:05.000006Z".parse().unwrap()),
        );
    let class = Reference::new(NAMESPACE, VirtualMachine::CLASS);
    let mut profile = ServerProfile::dmtf();
    profile.datetime_form = DatetimeForm::XmlSchema;
    let iso = Client::builder("replayed")
        .profile(profile)
        .locale("en-US")
        .build_over(std::sync::Arc::clone(&scene.replay));
    let error = iso
        .invoke(&class, "LabEchoNumbers", input)
        .await
        .unwrap_err();
    assert_eq!(
        (error.fault_kind(), error.fault().unwrap().code()),
        (Some(FaultKind::Other), "Receiver")
    );

    // OMI takes no methods in Windows' dialect, and does not say so.
    let windows = Client::builder("replayed")
        .locale("en-US")
        .build_over(std::sync::Arc::clone(&scene.replay));
    let vm = "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01";
    let error = start(&windows, vm, 1, Value::Null).await.unwrap_err();
    assert_eq!(
        chain(&error),
        "could not invoke StartReplication of root/virtualization/v2:Msvm_ReplicationService: the server refused \
         without a reason (InternalError)"
    );

    let silent = job(&scene.client, "BE58EEE6-5A36-42DB-A448-F96710059688");
    let output = scene
        .client
        .invoke(silent.as_reference(), "GetErrorEx", Properties::new())
        .await
        .unwrap();
    assert_eq!(output.return_value().unwrap(), 0);
    assert_eq!(output.instances("Errors").unwrap(), []);
    scene.finish();
}
