"""The objects of root/virtualization/v2: virtual machines, the replication service, and its jobs.

A job moves when it is read and not with the clock, so that a test never waits: 4 (Running) twice, then 7 (Completed).
"""

import datetime
import re
import threading
import uuid
from dataclasses import dataclass

from . import soap
from .soap import Fault

NAMESPACE = "root/virtualization/v2"
URI = f"http://schemas.microsoft.com/wbem/wsman/1/wmi/{NAMESPACE}/"
NEVER = datetime.datetime(1601, 1, 1, tzinfo=datetime.timezone.utc)
NULL_ARRAY = ()


@dataclass
class Datetime:
    """A time stamp property."""

    value: datetime.datetime


@dataclass
class Interval:
    """An interval property."""

    value: datetime.timedelta


@dataclass
class Instance:
    """One object: its class, its key properties, and all properties by name."""

    class_name: str
    keys: dict
    properties: dict


class Host:
    """The host and everything on it. `log` is told what is invoked, and what becomes of jobs."""

    SUPERCLASSES = {
        "Msvm_ComputerSystem": ["CIM_ComputerSystem", "CIM_System"],
        "Msvm_ReplicationService": ["CIM_Service"],
        "Msvm_ConcreteJob": ["CIM_ConcreteJob", "CIM_Job"],
    }

    def __init__(self, log=lambda **_: None):
        self._log = log
        self._lock = threading.Lock()
        self._machines = [Machine(name, guid) for name, guid in _MACHINES]
        self._jobs = []

    def class_named(self, name):
        """The class's own spelling of a name, or None."""
        known = [*self.SUPERCLASSES, *(name for names in self.SUPERCLASSES.values() for name in names)]
        return next((k for k in known if k.casefold() == name.casefold()), None)

    def instances(self, class_name):
        """All instances of a class and of the classes derived from it."""
        found = []
        for name, ancestors in self.SUPERCLASSES.items():
            if class_name == name or class_name in ancestors:
                found += self._instances(name)
        return found

    def was_read(self, instance):
        """Tells the host that a client has seen an instance: a running job moves on."""
        if instance.class_name == "Msvm_ConcreteJob":
            with self._lock:
                job = next(j for j in self._jobs if j.id == instance.keys["InstanceID"])
                job.advance()
                self._log(event="job-read", job=job.id, state=instance.properties["JobState"])

    def invoke(self, instance, method, arguments, resource_uri):
        """Calls a method and gives the inside of its OUTPUT element, which is bound to the prefix `p`."""
        if (instance.class_name, method) != ("Msvm_ReplicationService", "StartReplication"):
            raise Fault("a:ActionNotSupported", 2150858771, f"{instance.class_name} has no method {method} here.")
        asked = _StartReplication.read(arguments, resource_uri)
        with self._lock:
            code, job = self._start(asked)
        self._log(
            event="invoke",
            method=method,
            vm=asked.vm,
            type=asked.type,
            location=asked.location,
            start_time=asked.start_text,
            starts_in=None if asked.start is None else (asked.start - _now()).total_seconds(),
            return_value=code,
            job=job and job.id,
        )
        reference = ""
        if job:
            inside = soap.epr(URI + "Msvm_ConcreteJob", {"InstanceID": job.id})
            reference = f'<p:Job xmlns:a="{soap.A}" xmlns:w="{soap.W}">{inside}</p:Job>'
        return f"{reference}<p:ReturnValue>{code}</p:ReturnValue>"

    def _start(self, asked):
        machine = next((m for m in self._machines if m.guid == asked.vm.upper()), None)
        if machine is None or asked.type not in _JOB_TYPES or (asked.type == 2 and not asked.location):
            return INVALID_PARAMETER, None
        if machine.replication_state != 1:
            return INVALID_STATE, None
        scheduled = asked.start is not None and asked.type != 2 and asked.start > _now()
        if not scheduled:
            machine.replication_state = 2
        job = Job(machine.name, _JOB_TYPES[asked.type], asked.start if scheduled else None)
        self._jobs.append(job)
        return JOB_STARTED, job

    def _instances(self, class_name):
        with self._lock:
            if class_name == "Msvm_ComputerSystem":
                return [_host_system(), *(machine.instance() for machine in self._machines)]
            if class_name == "Msvm_ReplicationService":
                return [_service()]
            return [job.instance() for job in self._jobs]


class Machine:
    """A virtual machine that is enabled for replication."""

    def __init__(self, name, guid):
        self.name = name
        self.guid = guid
        self.replication_state = 1

    def instance(self):
        keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": self.guid}
        return Instance(
            "Msvm_ComputerSystem",
            keys,
            {
                **keys,
                "AvailableRequestedStates": NULL_ARRAY,
                "Caption": "Virtual Machine",
                "Description": "Microsoft Virtual Machine",
                "ElementName": self.name,
                "EnabledState": 2,
                "FailedOverReplicationType": 0,
                "HealthState": 5,
                "InstallDate": Datetime(datetime.datetime(2026, 3, 4, 5, 6, 7, 890000, datetime.timezone.utc)),
                "LastReplicationTime": Datetime(NEVER),
                "LastReplicationType": 0,
                "OnTimeInMilliseconds": 123456789012,
                "OperationalStatus": [2],
                "OtherEnabledState": None,
                "ReplicationHealth": 1,
                "ReplicationMode": 1,
                "ReplicationState": self.replication_state,
                "Status": "OK",
            },
        )


class Job:
    """The job that StartReplication returns."""

    _STEPS = ((4, 0), (4, 55), (7, 100))

    def __init__(self, vm, job_type, scheduled):
        self.id = str(uuid.uuid4()).upper()
        self._vm = vm
        self._type = job_type
        self._scheduled = scheduled
        self._submitted = _now()
        self._step = 0

    def advance(self):
        if self._scheduled is None:
            self._step = min(self._step + 1, len(self._STEPS) - 1)

    def instance(self):
        state, percent = (2, 0) if self._scheduled else self._STEPS[self._step]
        done = state == 7
        return Instance(
            "Msvm_ConcreteJob",
            {"InstanceID": self.id},
            {
                "Cancellable": True,
                "Caption": "Starting Initial Replication",
                "CommunicationStatus": None,
                "DeleteOnCompletion": False,
                "Description": f"Starting the initial replication of {self._vm}",
                "ElapsedTime": Interval(datetime.timedelta(0) if self._scheduled else _now() - self._submitted),
                "ElementName": "Starting Initial Replication",
                "ErrorCode": 0,
                "ErrorDescription": "",
                "ErrorSummaryDescription": "",
                "HealthState": 5,
                "InstallDate": Datetime(NEVER),
                "InstanceID": self.id,
                "JobRunTimes": 1,
                "JobState": state,
                "JobStatus": "Job is completed." if done else "Job is running.",
                "JobType": self._type,
                "LocalOrUtcTime": 2,
                "Name": "Starting Initial Replication",
                "OperationalStatus": [17, 2] if done else [2],
                "Owner": r"EXAMPLE\operator",
                "PercentComplete": percent,
                "Priority": 0,
                "RecoveryAction": 2,
                "RunDay": None,
                "ScheduledStartTime": Datetime(self._scheduled or self._submitted),
                "StartTime": Datetime(NEVER if self._scheduled else self._submitted),
                "Status": "OK",
                "StatusDescriptions": ["OK"],
                "TimeBeforeRemoval": Interval(datetime.timedelta(minutes=5)),
                "TimeOfLastStateChange": Datetime(self._submitted),
                "TimeSubmitted": Datetime(self._submitted),
                "UntilTime": None,
            },
        )


@dataclass
class _StartReplication:
    """The parameters of StartReplication, held to the shapes that Windows takes (DSP0230 8.1, MS-WSMV 3.1.4.1.26)."""

    vm: str
    type: int
    location: str | None
    start: datetime.datetime | None
    start_text: str | None

    @classmethod
    def read(cls, arguments, resource_uri):
        known = ["ComputerSystem", "InitialReplicationType", "InitialReplicationExportLocation", "StartTime"]
        given = {}
        for element in arguments:
            namespace, _, name = element.tag[1:].partition("}")
            if namespace != resource_uri or name not in known:
                raise Fault("w:InvalidParameter", 2150858837, f"StartReplication has no parameter {element.tag}.")
            if name in given:
                raise _schema(f"The parameter {name} stands twice.")
            if element.get(f"{{{soap.XSI}}}nil") not in ("true", "1"):
                given[name] = element
            elif len(element) or element.text:
                raise _schema(f"The parameter {name} is nil and has content.")
        start, text = _cim_datetime(given.get("StartTime"))
        location = given.get("InitialReplicationExportLocation")
        return cls(
            vm=_machine_reference(given.get("ComputerSystem")),
            type=_uint16(given.get("InitialReplicationType")),
            location=None if location is None else _text(location),
            start=start,
            start_text=text,
        )


def _machine_reference(element):
    # The parameter is the reference: an EndpointReference between them is a schema fault on Windows.
    if element is None:
        raise _schema("The parameter ComputerSystem is missing.")
    if [child.tag for child in element] != [f"{{{soap.A}}}Address", f"{{{soap.A}}}ReferenceParameters"]:
        raise _schema("A reference parameter holds Address and ReferenceParameters and nothing else.")
    address, parameters = element
    if not (address.text or "").strip():
        raise _schema("The Address of a reference must not be empty.")
    if [child.tag for child in parameters] != [f"{{{soap.W}}}ResourceURI", f"{{{soap.W}}}SelectorSet"]:
        raise _schema("ReferenceParameters hold a ResourceURI and a SelectorSet and nothing else.")
    if (parameters[0].text or "").casefold() != (URI + "Msvm_ComputerSystem").casefold():
        raise Fault("w:InvalidParameter", 2150858838, "ComputerSystem must be a reference to a Msvm_ComputerSystem.")
    selectors = {name: value for name, (_, value) in soap.selector_set(parameters[1]).items()}
    if selectors.pop("__cimnamespace", NAMESPACE).casefold() != NAMESPACE:
        raise Fault("w:InternalError", 2150859067, "__cimnamespace differs from the namespace of the resource URI.")
    if set(selectors) != {"creationclassname", "name"}:
        raise Fault("a:DestinationUnreachable", 2150858752, "A reference must name every key: CreationClassName, Name.")
    return selectors["name"]


def _cim_datetime(element):
    if element is None:
        return None, None
    # The child has the namespace of WS-CIM, or none if the type stands on the parameter, as Microsoft's client sends it.
    is_typed = element.get(f"{{{soap.XSI}}}type", "").rpartition(":")[2] == "cimDateTime"
    expected = "CIM_DateTime" if is_typed else f"{{{soap.CIM}}}CIM_DateTime"
    if [child.tag for child in element] != [expected] or (element.text or "").strip():
        raise _schema("A datetime parameter holds one CIM_DateTime.")
    text = _text(element[0])
    match = _TIMESTAMP.fullmatch(text)
    try:
        *fields, sign, offset = match.groups() if match else ()
        minutes = int(offset) if sign == "+" else -int(offset)
        zone = datetime.timezone(datetime.timedelta(minutes=minutes))
        return datetime.datetime(*map(int, fields), tzinfo=zone), text
    except ValueError as error:
        raise _schema(f"{text!r} is not a time stamp of 25 characters.") from error


def _uint16(element):
    text = "" if element is None else _text(element)
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise Fault("w:InvalidParameter", 2150858836, "InitialReplicationType is a uint16.")
    return int(text)


def _text(element):
    if len(element):
        raise _schema(f"{element.tag} holds text only.")
    return element.text or ""


def _schema(reason):
    return Fault("w:SchemaValidationError", 2150858817, reason)


def _service():
    keys = {
        "CreationClassName": "Msvm_ReplicationService",
        "Name": "replicasvc",
        "SystemCreationClassName": "Msvm_ComputerSystem",
        "SystemName": "HV01",
    }
    more = {"ElementName": "Hyper-V Replica Service", "InstallDate": None, "InstanceID": None, "Started": True}
    status = {"EnabledState": 2, "HealthState": 5, "OperationalStatus": [2], "Status": "OK"}
    return Instance("Msvm_ReplicationService", keys, {**keys, **more, **status})


def _host_system():
    keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": "HV01"}
    nothing = ("InstallDate", "LastReplicationTime", "ReplicationHealth", "ReplicationMode", "ReplicationState")
    more = {"Caption": "Hosting Computer System", "ElementName": "HV01", "EnabledState": 2, "OperationalStatus": [2]}
    return Instance("Msvm_ComputerSystem", keys, {**keys, **more, **dict.fromkeys(nothing)})


def _now():
    return datetime.datetime.now(datetime.timezone.utc)


JOB_STARTED = 4096
INVALID_PARAMETER = 32773
INVALID_STATE = 32775
_JOB_TYPES = {1: 94, 2: 118, 3: 117}
_MACHINES = (
    ("web01", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E01"),
    ("db01", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E02"),
    ('web & <db> "01"', "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E03"),
    ("fünf", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E04"),
    ("twin", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E05"),
    ("twin", "5C0F8C2E-6F57-4D2B-9F61-0A1B2C3D4E06"),
)
_TIMESTAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\.(\d{6})([+-])(\d{3})", re.ASCII)
