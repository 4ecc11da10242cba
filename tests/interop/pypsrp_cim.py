"""Drives pypsrp's `WSMan` class through what a client of any CIM class asks for: pages, changes, methods, declarations.

    CIMWIRE_PASSWORD=... python pypsrp_cim.py --url http://127.0.0.1:PORT --user 'EXAMPLE\\operator'

The host is the simulated one, with 300 instances of Simulated_Row. Exit codes are those of `pypsrp_client.py`.
"""

import sys
import xml.etree.ElementTree as ET

from pypsrp.wsman import OptionSet

import pypsrp_client
from pypsrp_client import A, N, S, W, XSI, expect, expect_fault, only, selectors, text, value

CIMV2 = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/cimv2/"
DMTF = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/"
CLASSES = "http://schemas.dmtf.org/wbem/cim-xml/2/cim-schema/2/*"
X = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
B = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd"
VARIABLE = f"{CIMV2}Win32_Environment"
KEYS = {"Name": "SHADE", "UserName": "<SYSTEM>"}
ROWS = 300


def pages_of_a_class(host):
    """Enumerate a class, and pull it in pages"""
    uri = f"{CIMV2}Simulated_Row"
    rows, sizes = [], []
    context = context_in(host.wsman.enumerate(uri, ET.Element(f"{{{N}}}Enumerate")))
    while context:
        response = pull(host, uri, context, 64)
        page = response.findall(f"{{{N}}}Items/{{{uri}}}Simulated_Row")
        rows += [int(text(row, "Index")) for row in page]
        sizes.append(len(page))
        context = response.findtext(f"{{{N}}}EnumerationContext")
    expect(rows == list(range(ROWS)), f"each row comes once and in order, not {rows}")
    expect(sizes == [64, 64, 64, 64, 44], f"pages are as large as was asked for, not {sizes}")


def pages_of_small_envelopes(host):
    """Pages are cut to the envelope"""
    uri = f"{CIMV2}Simulated_Row"
    largest, host.wsman.max_envelope_size = host.wsman.max_envelope_size, 16384
    try:
        context = context_in(host.wsman.enumerate(uri, ET.Element(f"{{{N}}}Enumerate")))
        page = pull(host, uri, context, ROWS).findall(f"{{{N}}}Items/*")
        expect(1 < len(page) < ROWS, f"some rows fit into an envelope, not {len(page)}")
    finally:
        host.wsman.max_envelope_size = largest


def references_of_a_class(host):
    """Enumerate references, in the form of the DMTF"""
    uri = f"{DMTF}Win32_Service"
    element = ET.Element(f"{{{N}}}Enumerate")
    ET.SubElement(element, f"{{{W}}}OptimizeEnumeration")
    ET.SubElement(element, f"{{{W}}}MaxElements").text = "100"
    ET.SubElement(element, f"{{{W}}}EnumerationMode").text = "EnumerateEPR"
    body = host.wsman.enumerate(uri, element, selector_set=selectors(__cimnamespace="root/cimv2"))
    references = body.findall(f".//{{{W}}}Items/{{{A}}}EndpointReference")
    expect(len(references) > 3, "there are several services")
    for reference in references:
        keys = {key.get("Name"): key.text for key in reference.iter(f"{{{W}}}Selector")}
        service = only(host.wsman.get(uri, selector_set=selectors(**keys)), f"{{{uri}}}Win32_Service")
        expect(text(service, "Name") == keys["Name"], "a reference leads to its instance")


def create_put_delete(host):
    """Create, Put and Delete"""
    created = only(host.wsman.create(VARIABLE, representation(VariableValue="a <&> b", **KEYS)), f"{{{X}}}ResourceCreated")
    keys = {key.get("Name"): key.text for key in created.iter(f"{{{W}}}Selector")}
    expect(keys == KEYS, f"the reference has the keys {KEYS}, not {keys}")
    expect(created.findtext(f".//{{{W}}}ResourceURI") == VARIABLE, "the reference has the URI of the class")
    expect(text(variable(host), "VariableValue") == "a <&> b", "the variable is there")
    expect_fault("a second one", lambda: host.wsman.create(VARIABLE, representation(VariableValue="x", **KEYS)), 2150858803)

    put = only(host.wsman.put(VARIABLE, representation(VariableValue="c"), selector_set=selectors(**KEYS)), TAG)
    expect(text(put, "VariableValue") == "c" and text(put, "Name") == "SHADE", "Put answers with the instance")
    host.wsman.put(VARIABLE, representation(), selector_set=selectors(**KEYS))
    expect(text(variable(host), "VariableValue") == "c", "what is left out stays")
    # What was read may be sent back as it is.
    whole = variable(host)
    value(whole, "VariableValue").text = "d"
    host.wsman.put(VARIABLE, whole, selector_set=selectors(**KEYS))
    expect(text(variable(host), "VariableValue") == "d", "a whole instance is taken")
    null = representation(VariableValue=None)
    put = only(host.wsman.put(VARIABLE, null, selector_set=selectors(**KEYS)), TAG)
    expect(value(put, "VariableValue").get(f"{{{XSI}}}nil") == "true", "null becomes null")
    for what, wrong, code in (
        ("a property that is none", {"Nothing": "x"}, 2150858817),
        ("another key", {"Name": "OTHER"}, 2150858838),
        ("a property that is read only", {"Status": "Degraded"}, 2150858838),
    ):
        change = representation(**wrong)
        expect_fault(what, lambda: host.wsman.put(VARIABLE, change, selector_set=selectors(**KEYS)), code)

    body = host.wsman.delete(VARIABLE, selector_set=selectors(**KEYS))
    expect(len(body) == 0, "the answer to Delete has an empty Body")
    expect_fault("a deleted variable", lambda: variable(host), 2150858752)
    expect_fault("a second Delete", lambda: host.wsman.delete(VARIABLE, selector_set=selectors(**KEYS)), 2150858752)
    service = selectors(Name="WinRM")
    expect_fault("a service", lambda: host.wsman.delete(f"{CIMV2}Win32_Service", selector_set=service), 2150859010)


def static_method(host):
    """Invoke a method of a class, and one of an instance"""
    uri = f"{CIMV2}Win32_Process"
    output = invoke(host, uri, "Create", CommandLine="a.exe -x")
    expect([part.tag for part in output] == [f"{{{uri}}}ProcessId", f"{{{uri}}}ReturnValue"], "ReturnValue is last")
    expect(text(output, "ReturnValue") == "0", "the process is begun")
    handle = {"Handle": text(output, "ProcessId")}
    process = only(host.wsman.get(uri, selector_set=selectors(**handle)), f"{{{uri}}}Win32_Process")
    expect(text(process, "CommandLine") == "a.exe -x", "the process is there")
    expect(text(invoke(host, uri, "Terminate", handle), "ReturnValue") == "0", "the process is ended")
    expect_fault("an ended process", lambda: host.wsman.get(uri, selector_set=selectors(**handle)), 2150858752)


def associators(host):
    """What a service needs, by WQL and by the filter of the DMTF"""
    query = "ASSOCIATORS OF {Win32_Service.Name='Winmgmt'} WHERE Role=Dependent"
    response = host.enumerate(query, 100, uri=f"{CIMV2}*")
    expect(names(response) == ["RpcSs"], f"Winmgmt needs RpcSs, not {names(response)}")
    element = ET.Element(f"{{{N}}}Enumerate")
    ET.SubElement(element, f"{{{W}}}OptimizeEnumeration")
    ET.SubElement(element, f"{{{W}}}MaxElements").text = "100"
    dialect = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter"
    inside = ET.SubElement(ET.SubElement(element, f"{{{W}}}Filter", Dialect=dialect), f"{{{B}}}AssociatedInstances")
    reference = ET.SubElement(inside, f"{{{B}}}Object")
    ET.SubElement(reference, f"{{{A}}}Address").text = f"{A}/role/anonymous"
    parameters = ET.SubElement(reference, f"{{{A}}}ReferenceParameters")
    ET.SubElement(parameters, f"{{{W}}}ResourceURI").text = f"{CIMV2}Win32_Service"
    parameters.append(selectors(Name="Winmgmt").pack())
    ET.SubElement(inside, f"{{{B}}}Role").text = "Dependent"
    response = only(host.wsman.enumerate(f"{CIMV2}*", element), f"{{{N}}}EnumerateResponse")
    expect(names(response) == ["RpcSs"], f"Winmgmt needs RpcSs, not {names(response)}")


def declaration(host):
    """Get of the declaration of a class"""
    options = OptionSet()
    # The key is inherited from CIM_Process.
    for option in ("IncludeQualifiers", "IncludeInheritedElements"):
        options.add_option(option, "true", attributes={"Type": "xs:boolean"})
    keys = selectors(__cimnamespace="root/cimv2", ClassName="Win32_Process")
    declared = only(host.wsman.get(CLASSES, option_set=options, selector_set=keys), "CLASS")
    create = declared.find("METHOD[@NAME='Create']")
    expect(create.find("QUALIFIER[@NAME='Static']") is not None, "Create is a method of the class")
    expect(create.find("PARAMETER[@NAME='CommandLine']").get("TYPE") == "string", "CommandLine is a string")
    key = declared.find("PROPERTY/QUALIFIER[@NAME='Key']/..")
    expect(key.get("NAME") == "Handle", "Handle is the key")


def representation(**properties):
    element = ET.Element(TAG)
    for name, content in properties.items():
        part = ET.SubElement(element, f"{{{VARIABLE}}}{name}")
        if content is None:
            part.set(f"{{{XSI}}}nil", "true")
        part.text = content
    return element


def variable(host):
    return only(host.wsman.get(VARIABLE, selector_set=selectors(**KEYS)), TAG)


def invoke(host, uri, method, keys=None, **parameters):
    element = ET.Element(f"{{{uri}}}{method}_INPUT")
    for name, content in parameters.items():
        ET.SubElement(element, f"{{{uri}}}{name}").text = content
    selected = selectors(**keys) if keys else None
    envelope = host.wsman.invoke(f"{uri}/{method}", uri, element, selector_set=selected)
    return only(envelope.find(f"{{{S}}}Body"), f"{{{uri}}}{method}_OUTPUT")


def pull(host, uri, context, max_elements):
    element = ET.Element(f"{{{N}}}Pull")
    ET.SubElement(element, f"{{{N}}}EnumerationContext").text = context
    ET.SubElement(element, f"{{{N}}}MaxElements").text = str(max_elements)
    return only(host.wsman.pull(uri, element), f"{{{N}}}PullResponse")


def context_in(body):
    return only(body, f"{{{N}}}EnumerateResponse").findtext(f"{{{N}}}EnumerationContext")


def names(response):
    return [text(service, "Name") for service in response.findall(f"{{{W}}}Items/*")]


TAG = f"{{{VARIABLE}}}Win32_Environment"
CHECKS = (
    pages_of_a_class,
    pages_of_small_envelopes,
    references_of_a_class,
    create_put_delete,
    static_method,
    associators,
    declaration,
)

if __name__ == "__main__":
    sys.exit(pypsrp_client.main(CHECKS))
