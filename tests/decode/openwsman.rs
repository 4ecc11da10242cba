//! What openwsman's answers say, saved with their HTTP heads, and the requests that they answer. Read from the captures by
//! eye and with another XML reader, not from what this crate makes of them.

/// Each file, and what it says.
pub(crate) const FILES: [(&str, &str); 46] = [
    ("003-identify.req.xml", "request Identify"),
    ("003-identify.resp", "HTTP 200 answer identity Openwsman Project 2.8"),
    ("006-enum-plain.req.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects"),
    ("006-enum-plain.resp", "HTTP 200 answer page more cf79e087-60db-10db-800a-01000000fc02"),
    ("007-enum-plain.req.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context cf79e087-60db-10db-800a-01000000fc02"),
    ("007-enum-plain.resp", "HTTP 200 answer page more cf79e087-60db-10db-800a-01000000fc02
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=HVHOST01, ElementName=HVHOST01"),
    ("008-enum-plain.req.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context cf79e087-60db-10db-800a-01000000fc02"),
    ("008-enum-plain.resp", "HTTP 200 answer page more cf79e087-60db-10db-800a-01000000fc02
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1, ElementName="),
    ("009-enum-plain.req.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context cf79e087-60db-10db-800a-01000000fc02"),
    ("009-enum-plain.resp", "HTTP 200 answer page last
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002, ElementName=fünf"),
    ("012-enum-opt.req.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem objects max 20"),
    ("012-enum-opt.resp", "HTTP 200 answer page last
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=HVHOST01, ElementName=HVHOST01
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1, ElementName=
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002, ElementName=fünf"),
    ("025-enum-epr.req.xml", "request Enumerate root/virtualization/v2:Msvm_ComputerSystem references"),
    ("025-enum-epr.resp", "HTTP 200 answer page more cf82ed1f-60db-10db-8018-01000000fc02"),
    ("026-enum-epr.req.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context cf82ed1f-60db-10db-8018-01000000fc02"),
    ("026-enum-epr.resp", "HTTP 200 answer page more cf82ed1f-60db-10db-8018-01000000fc02
  reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=HVHOST01}"),
    ("032-enum-objepr.req.xml", "request Pull root/virtualization/v2:Msvm_ComputerSystem context cf843e3a-60db-10db-801d-01000000fc02"),
    ("032-enum-objepr.resp", "HTTP 200 answer page more cf843e3a-60db-10db-801d-01000000fc02
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=HVHOST01, ElementName=HVHOST01
  reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=HVHOST01}"),
    ("037-get.req.xml", "request Get root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002}"),
    ("037-get.resp", "HTTP 200 answer instance root/virtualization/v2:Msvm_ComputerSystem <vm> Name=9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002, ElementName=fünf"),
    ("040-get-missing.req.xml", "request Get root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=nope}"),
    ("040-get-missing.resp", "HTTP 400 fault Sender DestinationUnreachable NotFound"),
    ("046-invoke-epr.req.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=HVHOST01} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1}; InitialReplicationType: text 1)"),
    ("046-invoke-epr.resp", "HTTP 200 answer output StartReplication (Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=BF282487-C676-4A5A-9A9E-DA7F696A3D8C}; ReturnValue: text 4096)"),
    ("049-invoke-nomethod.req.xml", "request Invoke Nope root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=HVHOST01} (Text: text hello)"),
    ("049-invoke-nomethod.resp", "HTTP 400 fault Sender ActionNotSupported MethodNotFound"),
    ("055-wqlstar.req.xml", "request Enumerate root/virtualization/v2:* objects wql SELECT * FROM Msvm_ComputerSystem WHERE EnabledState = 3"),
    ("055-wqlstar.resp", "HTTP 200 answer page more d46b4fab-60db-10db-8002-01000000fc02"),
    ("056-wqlstar.req.xml", "request Pull root/virtualization/v2:* context d46b4fab-60db-10db-8002-01000000fc02"),
    ("056-wqlstar.resp", "HTTP 200 answer page last
  root/virtualization/v2:Msvm_ComputerSystem <vm> Name=9D6E1C4A-0A5B-4B0E-9E6E-9A51C1F0D002, ElementName=fünf"),
    ("059-wqlstaropt.req.xml", "request Enumerate root/virtualization/v2:* objects max 20 wql SELECT * FROM Msvm_ConcreteJob"),
    ("059-wqlstaropt.resp", "HTTP 200 answer page last
  root/virtualization/v2:Msvm_ConcreteJob <job> InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A, JobState=7, PercentComplete=100
  root/virtualization/v2:Msvm_ConcreteJob <job> InstanceID=BF282487-C676-4A5A-9A9E-DA7F696A3D8C, JobState=7, PercentComplete=100"),
    ("062-wqljob.req.xml", "request Enumerate root/virtualization/v2:* objects max 20 wql SELECT * FROM Msvm_ConcreteJob WHERE InstanceID = '8C04DBF6-9221-4640-8187-D46019F6620A'"),
    ("062-wqljob.resp", "HTTP 200 answer page last
  root/virtualization/v2:Msvm_ConcreteJob <job> InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A, JobState=7, PercentComplete=100"),
    ("068-getjob.req.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A}"),
    ("068-getjob.resp", "HTTP 200 answer instance root/virtualization/v2:Msvm_ConcreteJob <job> InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A, JobState=7, PercentComplete=100"),
    ("080-dmtf-get.req.xml", "request Get CIM_ConcreteJob {InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A}"),
    ("080-dmtf-get.resp", "HTTP 200 answer instance CIM_ConcreteJob <job> InstanceID=8C04DBF6-9221-4640-8187-D46019F6620A, JobState=7"),
    ("092-invokefail.req.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=HVHOST01} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1}; InitialReplicationType: text 1; InitialReplicationExportLocation: text fail; StartTime: datetime 20300101000000.000000+000)"),
    ("092-invokefail.resp", "HTTP 200 answer output StartReplication (Job: reference root/virtualization/v2:Msvm_ConcreteJob {InstanceID=86AF4625-120C-4E9B-95A2-0958F88BE8E9}; ReturnValue: text 4096)"),
    ("095-getjobfail.req.xml", "request Get root/virtualization/v2:Msvm_ConcreteJob {InstanceID=86AF4625-120C-4E9B-95A2-0958F88BE8E9}"),
    ("095-getjobfail.resp", "HTTP 200 answer instance root/virtualization/v2:Msvm_ConcreteJob <job> InstanceID=86AF4625-120C-4E9B-95A2-0958F88BE8E9, JobState=10, PercentComplete=50"),
    ("098-invokewrapped.req.xml", "request Invoke StartReplication root/virtualization/v2:Msvm_ReplicationService {CreationClassName=Msvm_ReplicationService, Name=vmms, SystemCreationClassName=Msvm_ComputerSystem, SystemName=HVHOST01} (ComputerSystem: reference root/virtualization/v2:Msvm_ComputerSystem {CreationClassName=Msvm_ComputerSystem, Name=423A4A4D-6B63-4C6C-B1F5-1E6E3BFFB7A1}; InitialReplicationType: text 1)"),
    ("098-invokewrapped.resp", "HTTP 200 answer output StartReplication (ReturnValue: text 32773)"),
    ("104-amp.req.xml", "request Invoke Echo root/virtualization/v2:Msvm_ReplicationService (Text: text)"),
    ("104-amp.resp", "HTTP 200 answer output Echo (OArr: text[] one, two; OB: text false; ON: text 0; OText: text; ReturnValue: text 0)"),
];

/// The properties of an instance and their types, under the names that they have above.
pub(crate) const SHAPES: [(&str, &str); 2] = [
    (
        "vm",
        "Caption:text CommunicationStatus:null CreationClassName:text Description:null DetailedStatus:null \
      ElementName:text EnabledDefault:text EnabledState:text HealthState:text InstallDate:datetime \
      InstanceID:null InstanceID_:null Name:text NameFormat:null OnTimeInMilliseconds:text \
      OperatingStatus:null OperationalStatus:text[] OtherEnabledState:null PrimaryOwnerContact:null \
      PrimaryOwnerName:null PrimaryStatus:null ProcessID:null ReplicationHealth:text ReplicationMode:text \
      ReplicationState:text RequestedState:text ResetCapability:null Status:null \
      TimeOfLastStateChange:null TransitioningToState:text",
    ),
    (
        "job",
        "Cancellable:text Caption:text CommunicationStatus:null DeleteOnCompletion:text Description:null \
      DetailedStatus:null ElapsedTime:interval ElementName:text ErrorCode:text ErrorDescription:text \
      HealthState:null InstallDate:null InstanceID:text JobRunTimes:text JobState:text JobStatus:text \
      JobType:text LocalOrUtcTime:null Name:text Notify:null OperatingStatus:null OtherRecoveryAction:null \
      Owner:null PercentComplete:text PrimaryStatus:null Priority:null RecoveryAction:null RunDay:null \
      RunDayOfWeek:null RunMonth:null RunStartInterval:null ScheduledStartTime:null StartTime:datetime \
      Status:null TimeBeforeRemoval:interval TimeOfLastStateChange:null TimeSubmitted:null UntilTime:null",
    ),
];
