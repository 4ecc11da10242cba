"""Envelopes: what a request says once its headers have passed, and how answers and faults are written.

Written as text and not through ElementTree, because Windows binds the prefix `p` twice in one answer, and a client has
to live with that.
"""

import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

S = "http://www.w3.org/2003/05/soap-envelope"
A = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
X = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
E = "http://schemas.xmlsoap.org/ws/2004/08/eventing"
N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
P = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
CIM = "http://schemas.dmtf.org/wbem/wscim/1/common"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
WSMID = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"
ANONYMOUS = f"{A}/role/anonymous"
FAULT_ACTIONS = {
    "a": f"{A}/fault",
    "n": f"{N}/fault",
    "s": f"{A}/fault",
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
    "x": f"{X}/fault",
}


class Fault(Exception):
    """A fault as Windows answers it: a subcode, and the code of WsmError.h beside it."""

    def __init__(self, subcode, code, reason, detail=None, provider_code=None):
        super().__init__(reason)
        self.subcode = subcode
        self.code = code
        self.reason = reason
        self.detail = detail
        self.provider_code = provider_code


@dataclass
class Request:
    """What one envelope asks for."""

    action: str = ""
    resource_uri: str = ""
    message_id: str = ""
    selectors: dict = field(default_factory=dict)
    body: ET.Element | None = None

    @property
    def is_identify(self):
        return self.body is not None and self.body.tag == f"{{{WSMID}}}Identify"


def read(envelope):
    """Reads an envelope and checks its headers as MS-WSMV 3.1.4.1 does. The message id is kept even where it faults."""
    root = _parse(envelope)
    request = Request()
    header, body = root.find(f"{{{S}}}Header"), root.find(f"{{{S}}}Body")
    if body is None or len(body) > 1:
        raise Fault("w:SchemaValidationError", 2150858817, "An envelope has one Body with at most one element in it.")
    request.body = body[0] if len(body) else None
    if request.is_identify:
        return request, None
    try:
        _check_headers(request, header if header is not None else ET.Element("none"))
    except Fault as fault:
        return request, fault
    return request, None


def selector_set(element):
    """The selectors of a SelectorSet by name in lower case; each is (name as sent, value)."""
    selectors = {}
    for selector in element:
        name = selector.get("Name")
        if selector.tag != f"{{{W}}}Selector" or not name:
            raise Fault("w:InvalidSelectors", 2150858813, "A SelectorSet holds Selectors, each with a Name.")
        if len(selector):
            raise Fault("w:InvalidSelectors", 2150858845, "No class here has a key that is a reference.")
        if name.lower() in selectors:
            raise Fault("w:InvalidSelectors", 2150858847, f"The selector {name} stands twice.", "DuplicateSelectors")
        selectors[name.lower()] = (name, selector.text or "")
    if not selectors:
        raise Fault("w:InvalidSelectors", 2150858813, "A SelectorSet must not be empty.")
    return selectors


def answer(action, relates_to, body):
    """An answer as one line, without an XML declaration."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{S}" xmlns:a="{A}" xmlns:x="{X}" xmlns:n="{N}" xmlns:w="{W}" '
        f'xmlns:p="{P}"><s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{_message_id()}</a:MessageID>'
        f"<a:To>{ANONYMOUS}</a:To><a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def identify_response(version):
    """The answer to Identify, whose Header is empty."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{S}"><s:Header/><s:Body><wsmid:IdentifyResponse xmlns:wsmid="{WSMID}">'
        f"<wsmid:ProtocolVersion>{W}</wsmid:ProtocolVersion><wsmid:ProductVendor>cimwire interop</wsmid:ProductVendor>"
        f"<wsmid:ProductVersion>{escape(version)}</wsmid:ProductVersion></wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()


def fault_envelope(fault, relates_to):
    """A fault, with a WSManFault in its detail; a provider's own code stands one WSManFault deeper."""
    sender = "s:Receiver" if fault.subcode == "w:InternalError" else "s:Sender"
    text = escape(fault.reason)
    namespace = 'xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"'
    message = text
    if fault.provider_code is not None:
        message = (
            r'<f:ProviderFault provider="WMI Provider" path="%systemroot%\system32\WsmWmiPl.dll">'
            f'<f:WSManFault {namespace} Code="{fault.provider_code}" Machine="hv01.example">'
            f"<f:Message>{text}</f:Message></f:WSManFault></f:ProviderFault>"
        )
    detail = ""
    if fault.detail:
        detail = f"<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{fault.detail}</w:FaultDetail>"
    return answer(
        FAULT_ACTIONS[fault.subcode[0]],
        relates_to,
        f"<s:Fault><s:Code><s:Value>{sender}</s:Value>"
        f"<s:Subcode><s:Value>{fault.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason><s:Detail>{detail}'
        f'<f:WSManFault {namespace} Code="{fault.code}" Machine="hv01.example">'
        f"<f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>",
    )


def epr(resource_uri, keys):
    """What stands inside a reference: Address and ReferenceParameters, without an EndpointReference around them."""
    selectors = "".join(f"<w:Selector Name={quoteattr(k)}>{escape(v)}</w:Selector>" for k, v in keys.items())
    return (
        f"<a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(resource_uri)}</w:ResourceURI>"
        f"<w:SelectorSet>{selectors}</w:SelectorSet></a:ReferenceParameters>"
    )


def _parse(envelope):
    if b"<!DOCTYPE" in envelope:
        raise Fault("w:SchemaValidationError", 2150858817, "An envelope has no document type.")
    try:
        root = ET.fromstring(envelope)
    except ET.ParseError as error:
        raise Fault("w:SchemaValidationError", 2150858819, f"The envelope is not XML: {error}.") from error
    if root.tag != f"{{{S}}}Envelope":
        raise Fault("w:SchemaValidationError", 2150858817, "The root element is not a SOAP 1.2 Envelope.")
    return root


def _check_headers(request, header):
    elements = {}
    for element in header:
        if element.tag in elements:
            raise Fault("a:InvalidMessageInformationHeader", 2150858767, f"The header {element.tag} stands twice.")
        if element.tag not in _UNDERSTOOD and element.get(f"{{{S}}}mustUnderstand") in ("true", "1"):
            raise Fault("s:MustUnderstand", 2150858768, f"The header {element.tag} is not understood.")
        elements[element.tag] = element
    request.message_id = _required(elements, f"{{{A}}}MessageID")
    request.action = _required(elements, f"{{{A}}}Action")
    _required(elements, f"{{{A}}}To")
    request.resource_uri = _required(elements, f"{{{W}}}ResourceURI")
    if f"{{{A}}}ReplyTo" not in elements:
        raise Fault("a:MessageInformationHeaderRequired", 2150858769, "The header ReplyTo is required.")
    if elements[f"{{{A}}}ReplyTo"].findtext(f"{{{A}}}Address", "").strip() != ANONYMOUS:
        raise Fault("w:UnsupportedFeature", 2150858818, "Answers go to the anonymous address only.", "AddressingMode")
    if f"{{{P}}}OperationID" in elements:
        raise Fault("w:UnsupportedFeature", 2150858818, "OperationID asks for a dialect that is not spoken here.")
    _check_limits(elements)
    if f"{{{W}}}SelectorSet" in elements:
        request.selectors = selector_set(elements[f"{{{W}}}SelectorSet"])


def _check_limits(elements):
    size = elements.get(f"{{{W}}}MaxEnvelopeSize")
    if size is not None and (not _DIGITS.fullmatch(size.text or "") or int(size.text) < 8192):
        raise Fault("w:EncodingLimit", 2150858790, "MaxEnvelopeSize must be at least 8192.", "MinimumEnvelopeLimit")
    timeout = elements.get(f"{{{W}}}OperationTimeout")
    if timeout is not None and not _DURATION.fullmatch(timeout.text or ""):
        raise Fault("a:InvalidMessageInformationHeader", 2150858767, "OperationTimeout is not a positive duration.")
    for name in (f"{{{W}}}Locale", f"{{{P}}}DataLocale"):
        locale = elements.get(name)
        if locale is not None and locale.get(f"{{{S}}}mustUnderstand") != "false":
            raise Fault("w:UnsupportedFeature", 2150858818, "A locale says mustUnderstand=false.", "Locale")


def _required(elements, tag):
    text = (elements[tag].text or "").strip() if tag in elements else None
    name = tag.partition("}")[2]
    if text is None:
        raise Fault("a:MessageInformationHeaderRequired", 2150858769, f"The header {name} is required.")
    if not text or len(text) > 2048:
        raise Fault("a:InvalidMessageInformationHeader", 2150858767, f"The header {name} is not valid.")
    return text


def _message_id():
    return str(uuid.uuid4()).upper()


_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_DIGITS = re.compile(r"[0-9]{1,10}")
_UNDERSTOOD = {f"{{{A}}}{name}" for name in ("To", "ReplyTo", "Action", "MessageID")}
_UNDERSTOOD |= {
    f"{{{W}}}{name}"
    for name in ("ResourceURI", "MaxEnvelopeSize", "Locale", "OperationTimeout", "SelectorSet", "OptionSet")
}
_UNDERSTOOD |= {f"{{{P}}}{name}" for name in ("DataLocale", "SessionId", "OperationID", "SequenceId")}
