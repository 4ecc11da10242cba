//! What the answers of OMI say, and the requests that they answer. Read from the captures by eye and with another XML
//! reader, not from what this crate makes of them.

/// Each file, and what it says.
pub(crate) const FILES: [(&str, &str); 86] = [
    ("01-identify.request.xml", "request Identify"),
    ("01-identify.response.xml", "answer identity Open Management Infrastructure 1.9.1-0"),
    ("03-enum-plain.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects"),
    ("03-enum-plain.response.xml", "answer page more 1164378112"),
    ("04-pull-2.request.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context 1164378112 max 2"),
    ("04-pull-2.response.xml", "answer page more 1164378112
  Msvm_ComputerSystem <host> Name=LABHOST, ElementName=LABHOST
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01"),
    ("05-pull-rest.request.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context 1164378112 max 50"),
    ("05-pull-rest.response.xml", r#"answer page last
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ElementName=db01
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03, ElementName=fail-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ElementName=no-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted"
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06, ElementName=wrong-state"#),
    ("06-pull-after-end.request.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context 1164378112 max 50"),
    ("06-pull-after-end.response.xml", "fault Sender DestinationUnreachable NotFound"),
    ("09-enum-optimized-all.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects max 50"),
    ("09-enum-optimized-all.response.xml", r#"answer page last
  Msvm_ComputerSystem <host> Name=LABHOST, ElementName=LABHOST
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ElementName=db01
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03, ElementName=fail-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ElementName=no-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted"
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06, ElementName=wrong-state"#),
    ("10-enum-optimized-2.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects max 2"),
    ("10-enum-optimized-2.response.xml", "answer page more 2557018112
  Msvm_ComputerSystem <host> Name=LABHOST, ElementName=LABHOST
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01"),
    ("103-start-time-CIM_DateTime-el.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 1; StartTime: datetime 2027-01-02T03:04:05+02:00)"),
    ("103-start-time-CIM_DateTime-el.response.xml", "answer output StartReplication (ReturnValue: text 4096; Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=E15EF1DD-200E-4864-A378-CBE2DC131159})"),
    ("104-start-time-nil.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 1; InitialReplicationExportLocation: null; StartTime: null)"),
    ("104-start-time-nil.response.xml", "answer output StartReplication (ReturnValue: text 4096; Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=85450EDA-E408-496D-A3C8-25659BE376A1})"),
    ("11-pull-after-optimized.request.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context 2557018112 max 50"),
    ("11-pull-after-optimized.response.xml", r#"answer page last
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ElementName=db01
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03, ElementName=fail-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ElementName=no-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted"
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06, ElementName=wrong-state"#),
    ("12-enum-then-release.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects"),
    ("12-enum-then-release.response.xml", "answer page more 1215496192"),
    ("124-echo-all.request.xml", "request Invoke LabEchoNumbers root/virtualization/v2:Msvm_ComputerSystem (B: text true; I: text -9223372036854775808; Arr: text[] 1, 2, 255; S: text a & <b> é 漢 
 tab; T: datetime 2027-01-02T03:04:05.000006Z)"),
    ("124-echo-all.response.xml", "fault Receiver InternalError Other"),
    ("126-echo-interval.request.xml", "request Invoke LabEchoNumbers root/virtualization/v2:Msvm_ComputerSystem (B: text TRUE; T: interval P1DT2H3M4.5S; S: text)"),
    ("126-echo-interval.response.xml", "fault Receiver InternalError Other"),
    ("13-release.request.xml", "request Release root/virtualization/v2:Msvm_ComputerSystem context 1215496192"),
    ("13-release.response.xml", "answer empty"),
    ("14-pull-after-release.request.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context 1215496192 max 5"),
    ("14-pull-after-release.response.xml", "fault Sender DestinationUnreachable NotFound"),
    ("18-enum-EPR.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem references max 50"),
    ("18-enum-EPR.response.xml", "answer page last
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=LABHOST}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05}
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06}"),
    ("19-enum-ObjectAndEPR.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects and references max 50"),
    ("19-enum-ObjectAndEPR.response.xml", r#"answer page last
  Msvm_ComputerSystem <host> Name=LABHOST, ElementName=LABHOST
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=LABHOST}
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ElementName=db01
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02}
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03, ElementName=fail-job
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03}
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ElementName=no-job
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04}
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted"
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05}
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06, ElementName=wrong-state
  reference Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06}"#),
    ("21-wql-star.request.xml", "request Enumerate root/virtualization/v2:* objects max 50 wql SELECT * FROM Msvm_ComputerSystem WHERE ElementName='web01'"),
    ("21-wql-star.response.xml", "answer page last
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01"),
    ("23-wql-star-projection.request.xml", "request Enumerate root/virtualization/v2:* objects max 50 wql SELECT Name, ReplicationState FROM Msvm_ComputerSystem WHERE EnabledState = 2"),
    ("23-wql-star-projection.response.xml", "answer page last
  Msvm_ComputerSystem <projection> Name=LABHOST, ReplicationState=0
  Msvm_ComputerSystem <projection> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ReplicationState=1
  Msvm_ComputerSystem <projection> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ReplicationState=1
  Msvm_ComputerSystem <projection> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ReplicationState=1
  Msvm_ComputerSystem <projection> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ReplicationState=0"),
    ("40-uri-dmtf-cimns.request.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects max 50"),
    ("40-uri-dmtf-cimns.response.xml", r#"answer page last
  Msvm_ComputerSystem <host> Name=LABHOST, ElementName=LABHOST
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02, ElementName=db01
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03, ElementName=fail-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04, ElementName=no-job
  Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted"
  Msvm_ComputerSystem <vm-off> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06, ElementName=wrong-state"#),
    ("45-get-vm.request.xml", "request Get root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}"),
    ("45-get-vm.response.xml", "answer instance Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01, ElementName=web01"),
    ("46-get-vm-special.request.xml", "request Get root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05}"),
    ("46-get-vm-special.response.xml", r#"answer instance Msvm_ComputerSystem <vm> Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05, ElementName=O'Brien & <Söhne> "quoted""#),
    ("50-get-svc.request.xml", "request Get root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST}"),
    ("50-get-svc.response.xml", "answer instance Msvm_ReplicationService <service> Name=vmms, SystemName=LABHOST"),
    ("54-get-vm-wrong-value.request.xml", "request Get root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=nope}"),
    ("54-get-vm-wrong-value.response.xml", "fault Sender DestinationUnreachable NotFound"),
    ("71-start-wmi-action.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 1)"),
    ("71-start-wmi-action.response.xml", "fault Receiver InternalError Other"),
    ("72-start-wmi-uri-dmtf-action.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 1)"),
    ("72-start-wmi-uri-dmtf-action.response.xml", "answer output StartReplication (ReturnValue: text 4096; Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=304C44FC-7346-41F3-AC76-A2DE892A597C})"),
    ("74-start-web01.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 1)"),
    ("74-start-web01.response.xml", "answer output StartReplication (ReturnValue: text 4096; Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8})"),
    ("75-job-poll-0.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8}"),
    ("75-job-poll-0.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8, JobState=4, PercentComplete=0"),
    ("76-job-poll-1.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8}"),
    ("76-job-poll-1.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8, JobState=4, PercentComplete=25"),
    ("77-job-poll-2.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8}"),
    ("77-job-poll-2.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8, JobState=4, PercentComplete=50"),
    ("78-job-poll-3.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8}"),
    ("78-job-poll-3.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8, JobState=4, PercentComplete=75"),
    ("82-start-fail-job.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03}; InitialReplicationType: text 1)"),
    ("82-start-fail-job.response.xml", "answer output StartReplication (ReturnValue: text 4096; Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82})"),
    ("83-failjob-poll-0.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82}"),
    ("83-failjob-poll-0.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82, JobState=4, PercentComplete=0"),
    ("84-failjob-poll-1.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82}"),
    ("84-failjob-poll-1.response.xml", "answer instance Msvm_ConcreteJob <job> InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82, JobState=4, PercentComplete=25"),
    ("85-failjob-poll-2.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82}"),
    ("85-failjob-poll-2.response.xml", "answer instance Msvm_ConcreteJob <failed-job> InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82, JobState=10, PercentComplete=50"),
    ("86-failjob-poll-3.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82}"),
    ("86-failjob-poll-3.response.xml", "answer instance Msvm_ConcreteJob <failed-job> InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82, JobState=10, PercentComplete=50"),
    ("87-job-GetErrorEx.request.xml", "request Invoke GetErrorEx root/virtualization/v2:Msvm_ConcreteJob {InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82} ()"),
    ("87-job-GetErrorEx.response.xml", "answer output GetErrorEx (ReturnValue: text 0; Errors: instance[] Msvm_Error(MessageID=32768; Message=first <error> & more; CIMStatusCode=1; ErrorType=4), Msvm_Error(MessageID=32769; Message=second error; CIMStatusCode=1; ErrorType=4))"),
    ("90-job-GetErrorEx-none.request.xml", "request Invoke GetErrorEx root/virtualization/v2:Msvm_ConcreteJob {InstanceID=BE58EEE6-5A36-42DB-A448-F96710059688} ()"),
    ("90-job-GetErrorEx-none.response.xml", "answer output GetErrorEx (ReturnValue: text 0; Errors: null)"),
    ("92-enum-jobs.request.xml", "request Enumerate root/virtualization/v2:Msvm_ConcreteJob objects max 50"),
    ("92-enum-jobs.response.xml", "answer page last
  Msvm_ConcreteJob <job> InstanceID=CCCFFB5A-7A4F-4050-A312-AEFFF2FE011E, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=906ABBBF-F6A4-4BB4-A8B6-59ECD822E4AF, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=43A890CB-0D1A-463F-A79C-8ABE12E8429F, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=5C886AB2-CC89-483E-A7FF-FFC3F6396E7F, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=304C44FC-7346-41F3-AC76-A2DE892A597C, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=5933AB5A-EA03-44BC-A886-7B385421B097, JobState=4, PercentComplete=0
  Msvm_ConcreteJob <job> InstanceID=9E487A9B-4225-4583-A240-B43F08E709B8, JobState=7, PercentComplete=100
  Msvm_ConcreteJob <failed-job> InstanceID=AA0FD3AA-FE9C-4A39-A455-4F0E33D84F82, JobState=10, PercentComplete=50
  Msvm_ConcreteJob <job> InstanceID=BE58EEE6-5A36-42DB-A448-F96710059688, JobState=4, PercentComplete=0"),
    ("93-job-get-gone.request.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=00000000-0000-0000-0000-000000000000}"),
    ("93-job-get-gone.response.xml", "fault Sender DestinationUnreachable NotFound"),
    ("94-start-no-job-rc0.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04}; InitialReplicationType: text 1)"),
    ("94-start-no-job-rc0.response.xml", "answer output StartReplication (ReturnValue: text 0; Job: null)"),
    ("95-start-wrong-state.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06}; InitialReplicationType: text 1)"),
    ("95-start-wrong-state.response.xml", "answer output StartReplication (ReturnValue: text 32775; Job: null)"),
    ("96-start-type9.request.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01}; InitialReplicationType: text 9)"),
    ("96-start-type9.response.xml", "answer output StartReplication (ReturnValue: text 32773; Job: null)"),
];

/// The properties of an instance and their types, under the names that they have above.
pub(crate) const SHAPES: [(&str, &str); 7] = [
    (
        "host",
        "InstanceID:null Caption:text Description:text ElementName:text InstallDate:datetime Name:text \
      OperationalStatus:text StatusDescriptions:text Status:null HealthState:text CreationClassName:text \
      EnabledState:text OtherEnabledState:null RequestedState:text TimeOfLastStateChange:datetime \
      OnTimeInMilliseconds:text ProcessID:null TimeOfLastConfigurationChange:datetime \
      NumberOfNumaNodes:text ReplicationState:text ReplicationHealth:text ReplicationMode:text \
      LastReplicationTime:null EnhancedSessionModeState:text",
    ),
    (
        "vm",
        "InstanceID:null Caption:text Description:text ElementName:text InstallDate:datetime Name:text \
      OperationalStatus:text StatusDescriptions:text Status:null HealthState:text CreationClassName:text \
      EnabledState:text OtherEnabledState:null RequestedState:text TimeOfLastStateChange:datetime \
      AvailableRequestedStates:text[] OnTimeInMilliseconds:text ProcessID:text \
      TimeOfLastConfigurationChange:datetime NumberOfNumaNodes:text ReplicationState:text \
      ReplicationHealth:text ReplicationMode:text LastReplicationTime:null EnhancedSessionModeState:text",
    ),
    (
        "vm-off",
        "InstanceID:null Caption:text Description:text ElementName:text InstallDate:datetime Name:text \
      OperationalStatus:text StatusDescriptions:text Status:null HealthState:text CreationClassName:text \
      EnabledState:text OtherEnabledState:null RequestedState:text TimeOfLastStateChange:datetime \
      AvailableRequestedStates:text[] OnTimeInMilliseconds:text ProcessID:null \
      TimeOfLastConfigurationChange:datetime NumberOfNumaNodes:text ReplicationState:text \
      ReplicationHealth:text ReplicationMode:text LastReplicationTime:null EnhancedSessionModeState:text",
    ),
    ("projection", "Name:text ReplicationState:text"),
    (
        "service",
        "InstanceID:null Caption:null Description:null ElementName:text InstallDate:null Name:text \
      OperationalStatus:null StatusDescriptions:null Status:null HealthState:null \
      SystemCreationClassName:text SystemName:text CreationClassName:text Started:text",
    ),
    (
        "job",
        "InstanceID:text Caption:text Description:text ElementName:text InstallDate:null Name:text \
      OperationalStatus:text[] StatusDescriptions:text[] Status:null HealthState:text JobStatus:text \
      TimeSubmitted:datetime StartTime:datetime ElapsedTime:interval Priority:text PercentComplete:text \
      DeleteOnCompletion:text ErrorCode:text ErrorDescription:text JobState:text \
      TimeOfLastStateChange:datetime TimeBeforeRemoval:interval ErrorSummaryDescription:null \
      Cancellable:text JobType:text",
    ),
    (
        "failed-job",
        "InstanceID:text Caption:text Description:text ElementName:text InstallDate:null Name:text \
      OperationalStatus:text[] StatusDescriptions:text[] Status:null HealthState:text JobStatus:text \
      TimeSubmitted:datetime StartTime:datetime ElapsedTime:interval Priority:text PercentComplete:text \
      DeleteOnCompletion:text ErrorCode:text ErrorDescription:text JobState:text \
      TimeOfLastStateChange:datetime TimeBeforeRemoval:interval ErrorSummaryDescription:text \
      Cancellable:text JobType:text",
    ),
];

/// The answers that came with HTTP 500; all others came with 200.
pub(crate) const REFUSED: [&str; 7] = [
    "06-pull-after-end",
    "14-pull-after-release",
    "54-get-vm-wrong-value",
    "71-start-wmi-action",
    "93-job-get-gone",
    "124-echo-all",
    "126-echo-interval",
];

/// The dialogue of a login with NTLM.
pub(crate) const NTLM: &str = "POST nothing: Negotiate NTLM NEGOTIATE
401 nothing: Negotiate NTLM CHALLENGE VM
POST nothing: Negotiate NTLM AUTHENTICATE vm omitest HTTP/127.0.0.1
200 nothing
POST sealed 16 1442
200 sealed 16 1765
POST sealed 16 2135
200 sealed 16 1742
POST request Get root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, \
SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST}
200 sealed 16 1765";

/// The dialogue of a login with Kerberos.
pub(crate) const KERBEROS: &str = "POST nothing: Negotiate SPNEGO Kerberos, Kerberos AP-REQ HTTP/localhost@LAB.TEST
200 nothing: Negotiate SPNEGO Kerberos accept-completed, Kerberos AP-REP
POST sealed 60 1442
200 sealed 60 1765
POST sealed 60 2135
200 sealed 60 1742
POST request Get root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, \
SystemCreationClassName=Msvm_ComputerSystem, SystemName=LABHOST}
200 sealed 60 1765";
