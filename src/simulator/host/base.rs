//! Classes that others derive from: they have no instances of their own, and say which properties are inherited.

use super::class::{Class, Kind, Property, many, one};
use super::{CIMV2, V2};

pub(crate) static MANAGED_ELEMENT: Class = Class {
    namespace: V2,
    name: "CIM_ManagedElement",
    properties: &[
        one("Caption", Kind::String),
        one("Description", Kind::String),
        one("ElementName", Kind::String),
        one("InstanceID", Kind::String),
    ],
    is_abstract: true,
    ..Class::PLAIN
};

pub(crate) static MANAGED_SYSTEM_ELEMENT: Class = Class {
    namespace: V2,
    name: "CIM_ManagedSystemElement",
    bases: &["CIM_ManagedElement"],
    properties: &[
        one("Caption", Kind::String),
        one("CommunicationStatus", Kind::Uint16),
        one("Description", Kind::String),
        one("DetailedStatus", Kind::Uint16),
        one("ElementName", Kind::String),
        one("HealthState", Kind::Uint16),
        one("InstallDate", Kind::DateTime),
        one("InstanceID", Kind::String),
        one("Name", Kind::String),
        one("OperatingStatus", Kind::Uint16),
        many("OperationalStatus", Kind::Uint16),
        one("PrimaryStatus", Kind::Uint16),
        one("Status", Kind::String),
        many("StatusDescriptions", Kind::String),
    ],
    is_abstract: true,
    ..Class::PLAIN
};

pub(crate) static CONCRETE_JOB: Class = Class {
    namespace: V2,
    name: "CIM_ConcreteJob",
    bases: &[
        "CIM_Job",
        "CIM_LogicalElement",
        "CIM_ManagedSystemElement",
        "CIM_ManagedElement",
    ],
    keys: &["InstanceID"],
    properties: JOB_PROPERTIES,
    is_abstract: true,
    ..Class::PLAIN
};

pub(crate) static SYSTEM_ELEMENT: Class = Class {
    namespace: CIMV2,
    name: "CIM_ManagedSystemElement",
    properties: SYSTEM_ELEMENT_PROPERTIES,
    is_abstract: true,
    ..Class::PLAIN
};

pub(crate) static LOGICAL_ELEMENT: Class = Class {
    namespace: CIMV2,
    name: "CIM_LogicalElement",
    bases: &["CIM_ManagedSystemElement"],
    properties: SYSTEM_ELEMENT_PROPERTIES,
    is_abstract: true,
    ..Class::PLAIN
};

const SYSTEM_ELEMENT_PROPERTIES: &[Property] = &[
    one("Caption", Kind::String),
    one("Description", Kind::String),
    one("InstallDate", Kind::DateTime),
    one("Name", Kind::String),
    one("Status", Kind::String),
];

const JOB_PROPERTIES: &[Property] = &[
    one("Caption", Kind::String),
    one("CommunicationStatus", Kind::Uint16),
    one("DeleteOnCompletion", Kind::Boolean),
    one("Description", Kind::String),
    one("DetailedStatus", Kind::Uint16),
    one("ElapsedTime", Kind::DateTime),
    one("ElementName", Kind::String),
    one("ErrorCode", Kind::Uint16),
    one("ErrorDescription", Kind::String),
    one("HealthState", Kind::Uint16),
    one("InstallDate", Kind::DateTime),
    one("InstanceID", Kind::String),
    one("JobRunTimes", Kind::Uint32),
    one("JobState", Kind::Uint16),
    one("JobStatus", Kind::String),
    one("LocalOrUtcTime", Kind::Uint16),
    one("Name", Kind::String),
    one("Notify", Kind::String),
    one("OperatingStatus", Kind::Uint16),
    many("OperationalStatus", Kind::Uint16),
    one("OtherRecoveryAction", Kind::String),
    one("Owner", Kind::String),
    one("PercentComplete", Kind::Uint16),
    one("PrimaryStatus", Kind::Uint16),
    one("Priority", Kind::Uint32),
    one("RecoveryAction", Kind::Uint16),
    one("RunDay", Kind::Sint8),
    one("RunDayOfWeek", Kind::Sint8),
    one("RunMonth", Kind::Uint8),
    one("RunStartInterval", Kind::DateTime),
    one("ScheduledStartTime", Kind::DateTime),
    one("StartTime", Kind::DateTime),
    one("Status", Kind::String),
    many("StatusDescriptions", Kind::String),
    one("TimeBeforeRemoval", Kind::DateTime),
    one("TimeOfLastStateChange", Kind::DateTime),
    one("TimeSubmitted", Kind::DateTime),
    one("UntilTime", Kind::DateTime),
];
