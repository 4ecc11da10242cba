//! Answers, held against what Windows has been seen to write.

mod spoilt;

use std::time::Duration;

use super::super::testing::*;

fn get_job(service: &super::Service, id: &str) -> super::Answer {
    service.ask(&get(
        &format!("{V2}/Msvm_ConcreteJob"),
        &[("InstanceID", id)],
    ))
}

/// The id in the reference of an answer to StartReplication.
fn job_of(output: &str) -> String {
    let after = output
        .split_once("<w:Selector Name=\"InstanceID\">")
        .unwrap()
        .1;
    after.split_once('<').unwrap().0.to_owned()
}

#[test]
fn a_job_has_the_shape_of_windows() {
    let service = service();
    let id = job_of(&service.answered(&start(&start_web01())));
    service.clock().advance(Duration::from_secs(50));
    let job = get_job(&service, &id).envelope;
    let job = job
        .split_once("<s:Body>")
        .unwrap()
        .1
        .split_once("</s:Body>")
        .unwrap()
        .0;
    // The order, the nulls and the empty texts are those of a job of a real host, less three properties that were of
    // its own class.
    let names: Vec<&str> = job
        .split("<p:")
        .skip(2)
        .map(|rest| rest.split(['>', '/', ' ']).next().unwrap())
        .collect();
    assert_eq!(
        names.join(" "),
        "Cancellable Caption CommunicationStatus DeleteOnCompletion Description DetailedStatus ElapsedTime ElementName \
         ErrorCode ErrorDescription ErrorSummaryDescription HealthState InstallDate InstanceID JobRunTimes JobState \
         JobStatus JobType LocalOrUtcTime Name Notify OperatingStatus OperationalStatus OtherRecoveryAction Owner \
         PercentComplete PrimaryStatus Priority RecoveryAction RunDay RunDayOfWeek RunMonth RunStartInterval \
         ScheduledStartTime StartTime Status StatusDescriptions TimeBeforeRemoval TimeOfLastStateChange TimeSubmitted \
         UntilTime"
    );
    let start = format!(
        "<p:Msvm_ConcreteJob xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:p=\"{V2}/Msvm_ConcreteJob\" xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" \
         xsi:type=\"p:Msvm_ConcreteJob_Type\"><p:Cancellable>true</p:Cancellable>"
    );
    assert!(job.starts_with(&start), "{job}");
    for part in [
        "<p:CommunicationStatus xsi:nil=\"true\"/>",
        "<p:ElapsedTime><cim:Interval>P0DT0H0M50S</cim:Interval></p:ElapsedTime>",
        "<p:ErrorDescription></p:ErrorDescription>",
        "<p:InstallDate><cim:Datetime>1601-01-01T00:00:00Z</cim:Datetime></p:InstallDate>",
        "<p:TimeBeforeRemoval><cim:Interval>P0DT0H5M0S</cim:Interval></p:TimeBeforeRemoval>",
        "<p:UntilTime xsi:nil=\"true\"/>",
        "<p:OperationalStatus>2</p:OperationalStatus>",
    ] {
        assert!(job.contains(part), "{part}");
    }
    service.clock().advance(Duration::from_secs(50));
    let over = get_job(&service, &id).envelope;
    let statuses =
        "<p:OperationalStatus>17</p:OperationalStatus><p:OperationalStatus>2</p:OperationalStatus>";
    assert!(over.contains(statuses), "{over}");
    service.clock().advance(Duration::from_secs(300));
    assert_eq!(
        get_job(&service, &id).fault().wsman_code(),
        Some(2_150_858_752)
    );
}

#[test]
fn null_arrays_are_absent() {
    let vm = service().answered(&get_web01());
    assert!(!vm.contains("<p:Roles"), "{vm}");
    assert!(
        vm.contains("<p:OtherEnabledState xsi:nil=\"true\"/>"),
        "{vm}"
    );
}

#[test]
fn an_output_has_its_reference_bare_and_its_return_value_last() {
    let service = service();
    let output = service.answered(&start(&start_web01()));
    let id = job_of(&output);
    let resource = format!("{V2}/Msvm_ReplicationService");
    assert!(output.contains(&format!(
        "<a:Action>{resource}/StartReplicationResponse</a:Action>"
    )));
    // References in properties of a real host have this shape, and its outputs this order.
    let body = format!(
        "<s:Body><p:StartReplication_OUTPUT xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:p=\"{resource}\" xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\">\
         <p:Job xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
         xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\">\
         <a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>\
         <a:ReferenceParameters><w:ResourceURI>{V2}/Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"InstanceID\">{id}</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>\
         <p:ReturnValue>4096</p:ReturnValue></p:StartReplication_OUTPUT></s:Body>"
    );
    assert!(output.contains(&body), "{output}");
    // The second call is refused in an ordinary answer.
    let again = service.answered(&start(&start_web01()));
    assert!(
        again.contains("<p:Job xsi:nil=\"true\"/><p:ReturnValue>32775</p:ReturnValue>"),
        "{again}"
    );
}

#[test]
fn envelopes_begin_as_those_of_windows() {
    let answer = service().answered(&get_web01());
    let start = "<s:Envelope xml:lang=\"en-US\" xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
        xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" \
        xmlns:x=\"http://schemas.xmlsoap.org/ws/2004/09/transfer\"";
    assert!(answer.starts_with(start), "{answer}");
    let header = "<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse</a:Action>\
        <a:MessageID>uuid:";
    assert!(answer.contains(header), "{answer}");
    assert!(
        answer.contains(
            "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
        )
    );
    assert!(!answer.contains('\n'));
}

#[test]
fn a_fault_of_wmi_has_the_shape_of_windows() {
    let fault = service().ask(&query("SELECT * FROM Msvm_Nothing", ""));
    // As a real host wrote it.
    let body = "<s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>\
        <s:Value>n:CannotProcessFilter</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">\
        The data source could not process the filter. The filter might be missing or it might be invalid. Change the \
        filter and try the request again. </s:Text></s:Reason><s:Detail>\
        <f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\"2150858778\" \
        Machine=\"SIM\"><f:Message><f:ProviderFault provider=\"WMI Provider\" \
        path=\"%systemroot%\\system32\\WsmWmiPl.dll\">\
        <f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\" Code=\"2150858778\" \
        Machine=\"SIM\"><f:Message>The specified class does not exist in the given namespace. </f:Message>\
        </f:WSManFault></f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault></s:Body>";
    assert!(fault.envelope.contains(body), "{}", fault.envelope);
    let action = "<a:Action>http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault</a:Action>";
    assert!(fault.envelope.contains(action));
}

#[test]
fn the_dmtf_form_is_answered_in_its_own() {
    let service = service();
    let resource = format!("{DMTF}/Msvm_ReplicationService");
    let message = start(&start_web01())
        .replace(&format!("{V2}/Msvm_ReplicationService"), &resource)
        .replace("</w:SelectorSet><w:Op", "<w:Selector Name=\"__cimnamespace\">root/virtualization/v2</w:Selector></w:SelectorSet><w:Op");
    let output = service.answered(&message);
    let job = job_of(&output);
    let reference = format!(
        "<w:ResourceURI>{DMTF}/Msvm_ConcreteJob</w:ResourceURI><w:SelectorSet>\
         <w:Selector Name=\"InstanceID\">{job}</w:Selector>\
         <w:Selector Name=\"__cimnamespace\">root/virtualization/v2</w:Selector></w:SelectorSet>"
    );
    assert!(output.contains(&reference), "{output}");
    let keys = [
        ("InstanceID", job.as_str()),
        ("__cimnamespace", "root/virtualization/v2"),
    ];
    let job = service.answered(&get(&format!("{DMTF}/Msvm_ConcreteJob"), &keys));
    assert!(
        job.contains(&format!("xmlns:p=\"{DMTF}/Msvm_ConcreteJob\"")),
        "{job}"
    );
}

#[test]
fn which_keys_select_the_service() {
    let resource = format!("{V2}/Msvm_ReplicationService");
    let good = start(&start_web01());
    let keys = "<w:Selector Name=\"CreationClassName\">Msvm_ReplicationService</w:Selector>";
    let all = "<w:Selector Name=\"CreationClassName\">Msvm_ReplicationService</w:Selector>\
        <w:Selector Name=\"Name\">replicasvc</w:Selector>\
        <w:Selector Name=\"SystemCreationClassName\">Msvm_ComputerSystem</w:Selector>\
        <w:Selector Name=\"SystemName\">sim</w:Selector>";
    service().answered(&good);
    service().answered(&good.replace(keys, all));
    let none = service()
        .ask(&good.replace(&format!("<w:SelectorSet>{keys}</w:SelectorSet>"), ""))
        .fault();
    assert_eq!(
        (none.code(), none.subcode()),
        ("Receiver", Some("InternalError"))
    );
    assert_eq!(none.provider_fault().unwrap().code(), Some(0x8004_102F));
    for other in [
        keys.replace("Msvm_ReplicationService", "Msvm_OtherService"),
        keys.replace("CreationClassName", "SystemCreationClassName"),
        all.replace("replicasvc", "vmms"),
        "<w:Selector Name=\"Name\">replicasvc</w:Selector>".to_owned(),
        all.replace(">sim<", ">other<"),
    ] {
        let refused = service().refused(&good.replace(keys, &other));
        assert_eq!(
            refused,
            ("DestinationUnreachable".to_owned(), 2_150_858_752),
            "{other}"
        );
    }
    let properties = service().answered(&get(
        &resource,
        &[("CreationClassName", "Msvm_ReplicationService")],
    ));
    assert!(properties.contains("<p:Name>replicasvc</p:Name>"));
}

#[test]
fn a_reader_may_look_but_not_touch() {
    let service = service();
    let fault = service
        .tell(start(&start_web01()).as_bytes(), None, &reader())
        .fault();
    assert_eq!(
        (fault.subcode(), fault.wsman_code()),
        (Some("AccessDenied"), Some(5))
    );
    assert!(
        !service
            .tell(get_web01().as_bytes(), None, &reader())
            .is_fault
    );
    let jobs = query("SELECT * FROM Msvm_ComputerSystem", "");
    assert!(!service.tell(jobs.as_bytes(), None, &reader()).is_fault);
    // Nothing was started.
    assert!(
        service
            .answered(&get_web01())
            .contains("<p:ReplicationState>1</p:ReplicationState>")
    );
}

#[test]
fn a_failed_job_tells_its_error_as_text() {
    let service = service();
    let fail01 = WEB01.replace("00000001", "00000003");
    let id = job_of(&service.answered(&start(&start_web01().replace(WEB01, &fail01))));
    service.clock().advance(Duration::from_secs(100));
    let job = format!("{V2}/Msvm_ConcreteJob");
    let input = format!("<r:GetErrorEx_INPUT xmlns:r=\"{job}\"/>");
    let call = message(
        &format!("{job}/GetErrorEx"),
        &job,
        &[("InstanceID", &id)],
        &input,
    );
    let output = service.answered(&call);
    assert!(
        output.contains("<p:Errors>&lt;INSTANCE CLASSNAME=&quot;Msvm_Error&quot;&gt;"),
        "{output}"
    );
    assert!(
        output.contains("</p:Errors><p:ReturnValue>0</p:ReturnValue>"),
        "{output}"
    );
}

#[test]
fn a_singleton_needs_no_key() {
    let service = service();
    let os = service.answered(&get(&format!("{CIMV2}/Win32_OperatingSystem"), &[]));
    assert!(os.contains("<p:CSName>SIM</p:CSName>"), "{os}");
    service.answered(&get(
        &format!("{CIMV2}/Win32_Service"),
        &[("Name", "winrm")],
    ));
}

#[test]
fn identify() {
    let ask = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" \
        xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\"><s:Header/><s:Body><i:Identify/>\
        </s:Body></s:Envelope>";
    let service = service();
    let known = service.answered(ask);
    assert!(known.contains("<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>"));
    assert!(known.contains("OS: 10.0.20348"), "{known}");
    let answer = service
        .answer_unauthenticated(ask.as_bytes(), None)
        .unwrap();
    assert!(answer.envelope.contains("OS: 0.0.0"), "{}", answer.envelope);
    assert!(
        service
            .answer_unauthenticated(get_web01().as_bytes(), None)
            .is_none()
    );
}
