"""Drives pypsrp's `WSMan` class, over NTLM with encryption always, against a WinRM host, and checks what comes back.

    CIMWIRE_PASSWORD=... python pypsrp_client.py --url http://127.0.0.1:PORT --user 'EXAMPLE\\operator'

`pypsrp_cim.py` goes on from here. Exit codes: 0 all is well, 1 an answer is not as it must be, 3 the host refused the login.
"""

import argparse
import datetime
import os
import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET

import requests
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.wsman import SelectorSet, WSMan
from spnego.exceptions import SpnegoError

S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
V2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/"
ALL_MACHINES = "SELECT * FROM Msvm_ComputerSystem"
SPECIAL = 'web & <db> "01"'
NAMES = {"web01", "db01", SPECIAL, "fünf", "twin"}


def main(checks):
    options = arguments()
    host = Host(options)
    try:
        for check in checks:
            check(host)
            print(f"ok: {check.__doc__}", flush=True)
    except AuthenticationError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 3
    except (Wrong, WinRMError, SpnegoError, requests.RequestException, ET.ParseError) as error:
        print(f"failed: {check.__doc__}: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    return 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--auth", choices=("ntlm", "negotiate"), default="ntlm", help="bare NTLM, or in SPNEGO")
    return parser.parse_args()


class Wrong(Exception):
    """An answer is not as it must be."""


class Host:
    """The host under test, and the connection to it."""

    def __init__(self, options):
        self._options = options
        self.wsman = self.connect("always")
        # pypsrp itself takes an unsealed answer for good, so that every answer is looked at here.
        self.wsman.transport.session = self.wsman.transport._build_session()
        self.wsman.transport.session.hooks["response"].append(expect_sealed)

    def connect(self, encryption):
        url = urllib.parse.urlsplit(self._options.url)
        return WSMan(
            url.hostname,
            port=url.port,
            username=self._options.user,
            password=os.environ["CIMWIRE_PASSWORD"],
            ssl=False,
            path=url.path.strip("/") or "wsman",
            auth=self._options.auth,
            encryption=encryption,
            no_proxy=True,
            max_envelope_size=512000,
        )

    def enumerate(self, query, max_elements=None, uri=f"{V2}*"):
        """Enumerates by WQL, optimised when a number of elements is given; the EnumerateResponse."""
        element = ET.Element(f"{{{N}}}Enumerate")
        if max_elements is not None:
            ET.SubElement(element, f"{{{W}}}OptimizeEnumeration")
            ET.SubElement(element, f"{{{W}}}MaxElements").text = str(max_elements)
        dialect = "http://schemas.microsoft.com/wbem/wsman/1/WQL"
        ET.SubElement(element, f"{{{W}}}Filter", Dialect=dialect).text = query
        return only(self.wsman.enumerate(uri, element), f"{{{N}}}EnumerateResponse")

    def pull(self, context, max_elements=None):
        element = ET.Element(f"{{{N}}}Pull")
        ET.SubElement(element, f"{{{N}}}EnumerationContext").text = context
        if max_elements is not None:
            ET.SubElement(element, f"{{{N}}}MaxElements").text = str(max_elements)
        return only(self.wsman.pull(f"{V2}*", element), f"{{{N}}}PullResponse")

    def query(self, query):
        """All instances that answer a query, in one round trip."""
        response = self.enumerate(query, 32000)
        expect(response.find(f"{{{W}}}EndOfSequence") is not None, "a small result is complete in one answer")
        return list(response.findall(f"{{{W}}}Items/*"))

    def get(self, class_name, **keys):
        body = self.wsman.get(V2 + class_name, selector_set=selectors(**keys))
        return only(body, f"{{{V2}{class_name}}}{class_name}")

    def start_replication(self, machine, kind=1, start=None, keys=None, wrapped=False):
        """Invokes StartReplication; the OUTPUT element."""
        uri = f"{V2}Msvm_ReplicationService"
        element = ET.Element(f"{{{uri}}}StartReplication_INPUT")
        parameter = ET.SubElement(element, f"{{{uri}}}ComputerSystem")
        if wrapped:
            parameter = ET.SubElement(parameter, f"{{{A}}}EndpointReference")
        ET.SubElement(parameter, f"{{{A}}}Address").text = f"{A}/role/anonymous"
        inside = ET.SubElement(parameter, f"{{{A}}}ReferenceParameters")
        ET.SubElement(inside, f"{{{W}}}ResourceURI").text = f"{V2}Msvm_ComputerSystem"
        reference = selectors(CreationClassName="Msvm_ComputerSystem", Name=text(machine, "Name"))
        inside.append(reference.pack())
        ET.SubElement(element, f"{{{uri}}}InitialReplicationType").text = str(kind)
        if start is not None:
            parameter = ET.SubElement(element, f"{{{uri}}}StartTime")
            ET.SubElement(parameter, f"{{{CIM}}}CIM_DateTime").text = start
        if keys is None:
            keys = {"CreationClassName": "Msvm_ReplicationService"}
        envelope = self.wsman.invoke(
            f"{uri}/StartReplication", uri, element, selector_set=selectors(**keys) if keys else None
        )
        return only(envelope.find(f"{{{S}}}Body"), f"{{{uri}}}StartReplication_OUTPUT")


def identify(host):
    """Identify, sealed"""
    envelope = ET.Element(f"{{{S}}}Envelope")
    ET.SubElement(envelope, f"{{{S}}}Header")
    ET.SubElement(ET.SubElement(envelope, f"{{{S}}}Body"), f"{{{WSMID}}}Identify")
    answer = ET.fromstring(host.wsman.transport.send(ET.tostring(envelope)))
    response = only(answer.find(f"{{{S}}}Body"), f"{{{WSMID}}}IdentifyResponse")
    expect(response.findtext(f"{{{WSMID}}}ProtocolVersion") == W, "ProtocolVersion is the namespace of WS-Man")
    expect(response.findtext(f"{{{WSMID}}}ProductVendor"), "ProductVendor is there")


def query_in_one_answer(host):
    """Enumerate by WQL in one round trip"""
    machines = host.query(ALL_MACHINES)
    expect_names(machines)
    machine = named(machines, "web01")
    expect(machine.get(f"{{{XSI}}}type", "").endswith(":Msvm_ComputerSystem_Type"), "an instance has its xsi:type")
    expect(value(machine, "LastReplicationTime").find(f"{{{CIM}}}Datetime") is not None, "a time is a cim:Datetime")
    special = host.query(f"{ALL_MACHINES} WHERE ElementName = 'web & <db> \"01\"'")
    expect([text(m, "ElementName") for m in special] == [SPECIAL], "a name full of special characters is found")
    expect(not host.query(f"{ALL_MACHINES} WHERE ElementName = 'nobody'"), "an unknown name gives no instance")


def pull_in_pages(host):
    """Enumerate, then Pull two at a time"""
    response = host.enumerate(ALL_MACHINES)
    machines, sizes, contexts = [], [], [context_of(response)]
    while contexts[-1] is not None:
        response = host.pull(contexts[-1], 2)
        page = response.findall(f"{{{N}}}Items/*")
        machines += page
        sizes.append(len(page))
        ended = response.find(f"{{{N}}}EndOfSequence") is not None
        expect(ended == (context_of(response) is None), "the last answer alone ends the sequence and has no context")
        contexts.append(context_of(response))
        expect(len(sizes) <= 1000, "the enumeration ends")
    expect_names(machines)
    expect(len(sizes) >= 3 and max(sizes) == 2, f"pages are of two and there are several, not {sizes}")
    expect(len(set(contexts)) == len(contexts), "each answer has a context of its own")
    expect_fault("a context that has ended", lambda: host.pull(contexts[-2], 2), 2150858779)
    context = context_of(host.enumerate(ALL_MACHINES))
    expect(len(host.pull(context).findall(f"{{{N}}}Items/*")) == 1, "without MaxElements there is one item a Pull")


def release(host):
    """Release ends an enumeration"""
    context = context_of(host.pull(context_of(host.enumerate(ALL_MACHINES)), 1))
    element = ET.Element(f"{{{N}}}Release")
    ET.SubElement(element, f"{{{N}}}EnumerationContext").text = context
    envelope = host.wsman.invoke(f"{N}/Release", f"{V2}*", element)
    expect(len(envelope.find(f"{{{S}}}Body")) == 0, "the answer to Release has an empty Body")
    expect_fault("a released context", lambda: host.pull(context, 1), 2150858779)


def get(host):
    """Get of a virtual machine by its keys"""
    name = text(named(host.query(ALL_MACHINES), "web01"), "Name")
    machine = host.get("Msvm_ComputerSystem", CreationClassName="Msvm_ComputerSystem", Name=name)
    expect(text(machine, "ElementName") == "web01", "it is the machine that was asked for")
    expect_fault("the Name alone", lambda: host.get("Msvm_ComputerSystem", Name=name), 2150858752)
    missing = {"CreationClassName": "Msvm_ComputerSystem", "Name": "00000000-0000-0000-0000-000000000000"}
    expect_fault("a missing machine", lambda: host.get("Msvm_ComputerSystem", **missing), 2150858752)


def refusals(host):
    """What Windows refuses is refused"""
    web01 = named(host.query(ALL_MACHINES), "web01")
    expect_fault("WQL on the URI of a class", lambda: host.enumerate(ALL_MACHINES, uri=f"{V2}Msvm_ComputerSystem"))
    expect_fault("WQL on a class that is not there", lambda: host.enumerate("SELECT * FROM Msvm_Nothing"), 2150858778)
    expect_fault("a reference in a wrapper", lambda: host.start_replication(web01, wrapped=True), 2150858817)
    expect_fault("no selectors", lambda: host.start_replication(web01, keys={}))
    expect_fault("a time that is none", lambda: host.start_replication(web01, start="tomorrow"))
    expect(text(host.start_replication(web01, kind=9), "ReturnValue") == "32773", "type 9 is an invalid parameter")
    expect_unsealed_refused(host)


def start_replication(host):
    """StartReplication with a bare reference, and its job to the end"""
    output = host.start_replication(named(host.query(ALL_MACHINES), "web01"))
    job = job_of(output)
    states, deadline = [], time.monotonic() + 60
    while not states or states[-1] not in (7, 8, 9, 10, 32768):
        by_get = host.get("Msvm_ConcreteJob", InstanceID=job)
        [by_query] = host.query(f"SELECT * FROM Msvm_ConcreteJob WHERE InstanceID = '{job}'")
        for instance in (by_get, by_query):
            expect(text(instance, "InstanceID") == job, "it is the job that was asked for")
            expect(value(instance, "ElapsedTime").find(f"{{{CIM}}}Interval") is not None, "a length is a cim:Interval")
            states.append(int(text(instance, "JobState")))
        expect(time.monotonic() < deadline, f"the job ends within a minute: {states}")
        time.sleep(0.05)
    expect(states[-1] == 7, f"the job is completed: {states}")
    expect(states == sorted(states) and set(states) <= {2, 3, 4, 7}, f"the job goes forward: {states}")
    web01 = named(host.query(ALL_MACHINES), "web01")
    expect(text(host.start_replication(web01), "ReturnValue") == "32775", "a second start finds an invalid state")


def scheduled_start(host):
    """StartReplication with a StartTime, kept as a job that waits"""
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) + datetime.timedelta(hours=2)
    # The same instant, told with an offset of minutes.
    local = start + datetime.timedelta(minutes=120)
    machine = named(host.query(ALL_MACHINES), "fünf")
    output = host.start_replication(machine, start=local.strftime("%Y%m%d%H%M%S.000000+120"))
    job = host.get("Msvm_ConcreteJob", InstanceID=job_of(output))
    told = value(job, "ScheduledStartTime").findtext(f"{{{CIM}}}Datetime", "")
    expect(datetime.datetime.fromisoformat(told) == start, f"ScheduledStartTime is {start.isoformat()}, not {told}")
    expect(int(text(job, "JobState")) in (2, 3, 4, 5), "the job waits")


def job_of(output):
    """The InstanceID of the job in an OUTPUT element, whose reference has no wrapper."""
    expect(text(output, "ReturnValue") == "4096", f"a job is started, not {text(output, 'ReturnValue')}")
    parameters = value(output, "Job").find(f"{{{A}}}ReferenceParameters")
    expect(parameters is not None, "Job is a bare reference")
    expect(parameters.findtext(f"{{{W}}}ResourceURI") == f"{V2}Msvm_ConcreteJob", "Job is a Msvm_ConcreteJob")
    [selector] = parameters.findall(f"{{{W}}}SelectorSet/{{{W}}}Selector")
    expect(selector.get("Name") == "InstanceID" and selector.text, "the key of a job is its InstanceID")
    return selector.text


def selectors(**keys):
    selector_set = SelectorSet()
    for name, content in keys.items():
        selector_set.add_option(name, content)
    return selector_set


def only(parent, tag):
    """The one child of an element, which must be of that name."""
    tags = [child.tag for child in parent]
    expect(tags == [tag], f"the one element is {tag}, not {tags}")
    return parent[0]


def value(instance, name):
    """A property of an instance, in the namespace of the instance."""
    element = instance.find(f"{instance.tag.rpartition('}')[0]}}}{name}")
    expect(element is not None, f"{instance.tag} has {name}")
    return element


def text(instance, name):
    return value(instance, name).text or ""


def context_of(response):
    return response.findtext(f"{{{N}}}EnumerationContext") or None


def named(machines, name):
    return next(machine for machine in machines if text(machine, "ElementName") == name)


def expect_names(machines):
    names = [text(machine, "ElementName") for machine in machines]
    expect(set(names) >= NAMES, f"the machines are {sorted(NAMES)} and perhaps others, not {sorted(names)}")
    expect(names.count("twin") == 2 and names.count("web01") == 1, "two machines are called twin, and one web01")


def expect_fault(what, call, code=None):
    try:
        call()
    except WSManFaultError as fault:
        expect(code in (None, fault.code), f"the code of the fault on {what} is {code}, not {fault.code}")
        return
    raise Wrong(f"no fault on {what}")


def expect_unsealed_refused(host):
    try:
        host.connect("never").get(f"{V2}Msvm_ReplicationService")
    except (AuthenticationError, WinRMTransportError):
        return
    except Exception as error:  # A fault, or a sealed answer that pypsrp did not expect: it was read all the same.
        raise Wrong(f"an unsealed message was answered: {error!r}") from error
    raise Wrong("an unsealed message was answered")


def expect_sealed(response, **_):
    kind = response.headers.get("Content-Type", "")
    expect(not response.content or kind.startswith("multipart/encrypted;"), f"an answer came unsealed, as {kind!r}")


def expect(condition, sentence):
    if not condition:
        raise Wrong(sentence)


CHECKS = (
    identify,
    query_in_one_answer,
    pull_in_pages,
    release,
    get,
    refusals,
    start_replication,
    scheduled_start,
)

if __name__ == "__main__":
    sys.exit(main(CHECKS))
