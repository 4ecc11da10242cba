//! What the answers of Windows say: the names of their classes and properties, and a value or two.

/// Each file, and what it says.
pub(crate) const FILES: [(&str, &str); 3] = [
    (
        "fault-wmi-provider.xml",
        "fault Sender CannotProcessFilter InvalidQuery 0x8033801a",
    ),
    (
        "get-storagejob-running.xml",
        "answer instance root/virtualization/v2:Msvm_StorageJob <job> JobState=4, InstallDate=1601-01-01T00:00:00Z",
    ),
    (
        "pull-affectedjobelement.xml",
        "answer page last
  root/virtualization/v2:Msvm_AffectedJobElement <association>",
    ),
];

/// The properties of an instance and their types, under the names that they have above.
pub(crate) const SHAPES: [(&str, &str); 2] = [
    (
        "job",
        "Cancellable:text Caption:text Child:null CommunicationStatus:null DeleteOnCompletion:text \
      Description:text DetailedStatus:null ElapsedTime:interval ElementName:text ErrorCode:text \
      ErrorDescription:text ErrorSummaryDescription:text HealthState:text InstallDate:datetime \
      InstanceID:text JobCompletionStatusCode:text JobRunTimes:text JobState:text JobStatus:text \
      JobType:text LocalOrUtcTime:text Name:text Notify:text OperatingStatus:null OperationalStatus:text \
      OtherRecoveryAction:text Owner:text Parent:null PercentComplete:text PrimaryStatus:null \
      Priority:text RecoveryAction:text RunDay:null RunDayOfWeek:null RunMonth:null RunStartInterval:null \
      ScheduledStartTime:datetime StartTime:datetime Status:text StatusDescriptions:text \
      TimeBeforeRemoval:interval TimeOfLastStateChange:datetime TimeSubmitted:datetime UntilTime:null",
    ),
    (
        "association",
        "AffectedElement:reference AffectingElement:reference ElementEffects:text",
    ),
];
