"""Drives pypsrp's `WSMan` class through what clients of a Hyper-V host ask before anything else, and of its machines.

    CIMWIRE_PASSWORD=... python pypsrp_hyperv.py --url http://127.0.0.1:PORT --user 'EXAMPLE\\operator'

The host is the simulated one. Exit codes are those of `pypsrp_client.py`.
"""

import sys
import time
import uuid
import xml.etree.ElementTree as ET

from pypsrp.exceptions import WinRMTransportError

import pypsrp_client
from pypsrp_cim import CIMV2, invoke, pull
from pypsrp_client import A, N, S, V2, W, expect, job_of, only, selectors, text, value

COMPUTER = f"{V2}Msvm_ComputerSystem"
MANAGEMENT = f"{V2}Msvm_VirtualSystemManagementService"
SETTINGS = f"{V2}Msvm_VirtualSystemSettingData"
WINRM = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"


def machine(host):
    """The machine: its name, processors, memory and UUID"""
    system = row(host, "SELECT DNSHostName, NumberOfProcessors, TotalPhysicalMemory FROM Win32_ComputerSystem")
    expect(field(system, "DNSHostName") == "SIM", "the host is called SIM")
    processors = rows(host, "SELECT * FROM Win32_Processor")
    expect(int(field(system, "NumberOfProcessors")) == len(processors), "each processor has a row")
    uuid.UUID(field(row(host, "SELECT UUID FROM Win32_ComputerSystemProduct"), "UUID"))
    operating_system = row(host, "SELECT * FROM Win32_OperatingSystem")
    names = [element.tag for element in operating_system]
    expect(len(names) == len(set(names)) == 66, f"it has the 66 declared properties, not {len(names)}")
    visible = int(text(operating_system, "TotalVisibleMemorySize"))
    expect(int(field(system, "TotalPhysicalMemory")) == visible * 1024, "the memory is the same in both classes")
    file = row(host, r"SELECT * FROM CIM_Datafile WHERE Name = 'c:\\windows\\system32\\vmms.exe'")
    version = text(operating_system, "Version")
    expect(text(file, "Version").startswith(f"{version}."), f"vmms.exe is of {version}")


def machines(host):
    """The virtual machines, without the host"""
    found = rows(host, "SELECT * FROM Msvm_ComputerSystem WHERE Name != __SERVER", f"{V2}*")
    expect(len(found) == 10, f"there are 10 machines, not {len(found)}")
    ids = [text(one, "ProcessID") for one in found if text(one, "EnabledState") == "2"]
    expect(len(ids) == len(set(ids)) == 8 and all(ids), f"each running machine has a process of its own, not {ids}")
    query = "SELECT VirtualSystemIdentifier, BIOSGUID FROM Msvm_VirtualSystemSettingData"
    guids = {uuid.UUID(field(one, "BIOSGUID")) for one in rows(host, query, f"{V2}*")}
    expect(len(guids) == 10, "each machine has a BIOSGUID")


def summaries(host):
    """GetSummaryInformation, by two keys of its service"""
    keys = {"CreationClassName": "Msvm_VirtualSystemManagementService", "SystemCreationClassName": "Msvm_ComputerSystem"}
    [web01] = rows(host, "SELECT Name FROM Msvm_ComputerSystem WHERE ElementName = 'web01'", f"{V2}*")
    element = ET.Element(f"{{{MANAGEMENT}}}GetSummaryInformation_INPUT")
    settings = ET.SubElement(element, f"{{{MANAGEMENT}}}SettingData")
    ET.SubElement(settings, f"{{{A}}}Address").text = f"{A}/role/anonymous"
    parameters = ET.SubElement(settings, f"{{{A}}}ReferenceParameters")
    ET.SubElement(parameters, f"{{{W}}}ResourceURI").text = SETTINGS
    parameters.append(selectors(InstanceID=f"Microsoft:{field(web01, 'Name')}").pack())
    for code in (1, 4, 100, 103):
        ET.SubElement(element, f"{{{MANAGEMENT}}}RequestedInformation").text = str(code)
    envelope = host.wsman.invoke(f"{MANAGEMENT}/GetSummaryInformation", MANAGEMENT, element, selector_set=selectors(**keys))
    output = only(envelope.find(f"{{{S}}}Body"), f"{{{MANAGEMENT}}}GetSummaryInformation_OUTPUT")
    expect(text(output, "ReturnValue") == "0", "the summaries are there")
    summary = {part.tag.rpartition("}")[2]: part.text for part in value(output, "SummaryInformation")}
    expected = {"ElementName": "web01", "NumberOfProcessors": "2", "EnabledState": "2", "MemoryUsage": "1024"}
    found = {name: summary[name] for name in expected}
    expect(found == expected, f"the summary has {expected}, not {found}")


def state_changes(host):
    """RequestStateChange, with its job"""
    keys = {"CreationClassName": "Msvm_ComputerSystem", "Name": "5C0F8C2E-6F57-4D2B-9F61-5A1E00000004"}
    for requested, enabled in (("2", "2"), ("3", "3")):
        output = invoke(host, COMPUTER, "RequestStateChange", keys, RequestedState=requested)
        wait_for(host, job_of(output))
        state = text(host.get("Msvm_ComputerSystem", **keys), "EnabledState")
        expect(state == enabled, f"the state is {enabled}, not {state}")


def counters(host):
    """The counters of Hyper-V Replica, once a machine replicates"""
    for kind in ("Raw", "Formatted"):
        name = f"Win32_Perf{kind}Data_HyperVReplicaStats_HyperVReplicaVM"
        expect(rows(host, f"SELECT * FROM {name}") == [], "no machine replicates yet")
    [fast01] = rows(host, "SELECT * FROM Msvm_ComputerSystem WHERE ElementName = 'fast01'", f"{V2}*")
    output = host.start_replication(fast01)
    expect(text(output, "ReturnValue") == "0", "it is started at once")
    for kind in ("Raw", "Formatted"):
        query = f"SELECT * FROM Win32_Perf{kind}Data_HyperVReplicaStats_HyperVReplicaVM"
        wait_until(lambda: [text(one, "Name") for one in rows(host, query)] == ["fast01"], "it replicates")


def services(host):
    """StopService and StartService, with booleans read in any case"""
    uri = f"{CIMV2}Win32_Service"
    for method, code in (("StopService", "0"), ("StopService", "5"), ("StartService", "0")):
        answer = text(invoke(host, uri, method, {"Name": "Spooler"}), "ReturnValue")
        expect(answer == code, f"{method} returns {code}, not {answer}")
    uri, keys = f"{CIMV2}Win32_Environment", {"Name": "OS", "UserName": "<SYSTEM>"}
    change = ET.Element(f"{{{uri}}}Win32_Environment")
    ET.SubElement(change, f"{{{uri}}}SystemVariable").text = "TRUE"
    put = only(host.wsman.put(uri, change, selector_set=selectors(**keys)), f"{{{uri}}}Win32_Environment")
    expect(text(put, "SystemVariable") == "true", "TRUE is true")


def whole_put(host):
    """Put of an instance that was read before its clock moved"""
    uri = f"{CIMV2}Win32_OperatingSystem"
    whole = only(host.wsman.get(uri), f"{{{uri}}}Win32_OperatingSystem")
    time.sleep(0.1)
    value(whole, "Description").text = "changed"
    put = only(host.wsman.put(uri, whole), f"{{{uri}}}Win32_OperatingSystem")
    expect(text(put, "Description") == "changed", "the instance is taken")


def foreign_forms(host):
    """_INPUT in the namespace of WS-Management, white space around a URI, a Pull of another resource"""
    uri = f"{CIMV2}Win32_Process"
    element = ET.Element(f"{{{W}}}Create_INPUT")
    ET.SubElement(element, f"{{{uri}}}CommandLine").text = "a.exe"
    envelope = host.wsman.invoke(f"{uri}/Create", f"\n {uri} ", element)
    output = only(envelope.find(f"{{{S}}}Body"), f"{{{uri}}}Create_OUTPUT")
    expect(text(output, "ReturnValue") == "0", "the process is begun")
    begun = host.enumerate("SELECT * FROM Win32_Service", 2, uri=f"{CIMV2}*")
    response = pull(host, uri, begun.findtext(f"{{{N}}}EnumerationContext"), 100)
    services = response.findall(f"{{{N}}}Items/*")
    expect(len(services) == 6, f"6 of 8 services are left, not {len(services)}")


def missing_namespace(host):
    """The namespace of the first version, asked for with an operation id"""
    create = host.wsman._create_header
    def with_operation(*arguments):
        message_id, header = create(*arguments)
        ET.SubElement(header, f"{{{WINRM}}}OperationID").text = f"uuid:{uuid.uuid4()}"
        return message_id, header
    send, answers = host.wsman.transport.send, []
    def remembered(*arguments, **options):
        try:
            return send(*arguments, **options)
        except WinRMTransportError as error:
            answers.append(error.response_text)
            raise
    host.wsman._create_header, host.wsman.transport.send = with_operation, remembered
    try:
        first = V2.replace("/virtualization/v2/", "/virtualization/*")
        pypsrp_client.expect_fault("a missing namespace", lambda: host.enumerate("SELECT * FROM Msvm_ComputerSystem", 1, first))
    finally:
        host.wsman._create_header, host.wsman.transport.send = create, send
    error = ET.fromstring(answers[0]).find(f"{{{S}}}Body/{{{S}}}Fault/{{{S}}}Detail/*")
    expect(error.tag.endswith("}MSFT_WmiError"), f"the detail is MSFT_WmiError, not {error.tag}")
    expect(text(error, "error_Code") == "2150858778", "the query cannot be processed")


def rows(host, query, uri=f"{CIMV2}*"):
    response = host.enumerate(query, 32000, uri=uri)
    return list(response.findall(f"{{{W}}}Items/*"))


def row(host, query):
    [found] = rows(host, query)
    return found


def field(projection, name):
    """A property of a projection, whose elements have no namespace."""
    return projection.findtext(name)


def wait_for(host, job):
    wait_until(lambda: text(host.get("Msvm_ConcreteJob", InstanceID=job), "JobState") == "7", "the job completes")


def wait_until(condition, sentence):
    end = time.monotonic() + 30
    while not condition():
        expect(time.monotonic() < end, sentence)
        time.sleep(0.2)


CHECKS = (
    machine,
    machines,
    summaries,
    state_changes,
    counters,
    services,
    whole_put,
    foreign_forms,
    missing_namespace,
)

if __name__ == "__main__":
    sys.exit(pypsrp_client.main(CHECKS))
