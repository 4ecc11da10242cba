"""The tasks of the comparison, done with pypsrp, into element trees. Prints seconds of the processor and of the clock."""

import sys
import time
import urllib.parse
import xml.etree.ElementTree as ET

from pypsrp.wsman import SelectorSet, WSMan

A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
WMI = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root"
SERVICE = f"{WMI}/virtualization/v2/Msvm_ReplicationService"
ROW = f"{WMI}/cimv2/Simulated_Row"
VM = "5C0F8C2E-6F57-4D2B-9F61-5A1E00000001"
CALLS, ROWS, PAGE = 500, 10_000, "1000"


def main():
    task, url = sys.argv[1:]
    address = urllib.parse.urlsplit(url)
    wsman = WSMan(
        address.hostname, port=address.port, path="wsman", ssl=False, auth="basic", encryption="never",
        username="SIM\\operator", password="Simulated-Pa55w0rd", max_envelope_size=512000, no_proxy=True,
    )
    cpu, wall = time.process_time(), time.perf_counter()
    {"invoke": invoke, "enumerate": enumerate_rows}[task](wsman)
    print(time.process_time() - cpu, time.perf_counter() - wall)


def invoke(wsman):
    for _ in range(CALLS):
        output = wsman.invoke(f"{SERVICE}/StartReplication", SERVICE, call(), selector_set=selectors(SERVICE))
        assert output.find(f".//{{{SERVICE}}}Job//{{{W}}}Selector").text


def call():
    element = ET.Element(f"{{{SERVICE}}}StartReplication_INPUT")
    system = ET.SubElement(element, f"{{{SERVICE}}}ComputerSystem")
    ET.SubElement(system, f"{{{A}}}Address").text = f"{A}/role/anonymous"
    parameters = ET.SubElement(system, f"{{{A}}}ReferenceParameters")
    ET.SubElement(parameters, f"{{{W}}}ResourceURI").text = f"{WMI}/virtualization/v2/Msvm_ComputerSystem"
    keys = ET.SubElement(parameters, f"{{{W}}}SelectorSet")
    ET.SubElement(keys, f"{{{W}}}Selector", Name="CreationClassName").text = "Msvm_ComputerSystem"
    ET.SubElement(keys, f"{{{W}}}Selector", Name="Name").text = VM
    ET.SubElement(element, f"{{{SERVICE}}}InitialReplicationType").text = "1"
    start = ET.SubElement(element, f"{{{SERVICE}}}StartTime")
    ET.SubElement(start, f"{{{CIM}}}CIM_DateTime").text = "21000101000000.000000+000"
    return element


def selectors(uri):
    keys = SelectorSet()
    keys.add_option("CreationClassName", uri.rsplit("/", 1)[1])
    return keys


def enumerate_rows(wsman):
    element = ET.Element(f"{{{N}}}Enumerate")
    ET.SubElement(element, f"{{{W}}}OptimizeEnumeration")
    ET.SubElement(element, f"{{{W}}}MaxElements").text = PAGE
    page, count = wsman.enumerate(ROW, element), 0
    while True:
        count += len(page.findall(f".//{{{ROW}}}Simulated_Row"))
        context = page.find(f".//{{{N}}}EnumerationContext")
        if context is None or not context.text:
            break
        pull = ET.Element(f"{{{N}}}Pull")
        ET.SubElement(pull, f"{{{N}}}EnumerationContext").text = context.text
        ET.SubElement(pull, f"{{{N}}}MaxElements").text = PAGE
        page = wsman.pull(ROW, pull)
    assert count == ROWS, count


main()
