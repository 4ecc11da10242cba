"""An envelope in, an envelope out: Identify, Get, Enumerate, Pull, Release and Invoke on the objects of `hyperv`."""

import datetime
import itertools
import threading
import uuid
from xml.sax.saxutils import escape

from . import hyperv, soap, wql
from .soap import Fault


class Responder:
    """Answers for one host."""

    def __init__(self, host, version):
        self._host = host
        self._version = version
        self._lock = threading.Lock()
        self._enumerations = {}

    def answer(self, envelope):
        """The HTTP status, the answer, and the action that was asked for."""
        request = soap.Request()
        try:
            request, fault = soap.read(envelope)
            if fault is not None:
                raise fault
            if request.is_identify:
                return 200, soap.identify_response(self._version), "Identify"
            return 200, self._dispatch(request), request.action
        except Fault as fault:
            return 500, soap.fault_envelope(fault, request.message_id), request.action

    def _dispatch(self, request):
        if request.action == f"{soap.X}/Get":
            return self._get(request)
        if request.action == f"{soap.N}/Enumerate":
            return self._enumerate(request)
        if request.action == f"{soap.N}/Pull":
            return self._pull(request)
        if request.action == f"{soap.N}/Release":
            return self._release(request)
        uri, _, method = request.action.rpartition("/")
        if uri.casefold() == request.resource_uri.casefold():
            return self._invoke(request, method)
        raise Fault("a:ActionNotSupported", 2150858771, f"The action {request.action} is not supported.")

    def _get(self, request):
        if request.body is not None:
            raise Fault("w:SchemaValidationError", 2150858817, "The Body of a Get is empty.")
        if not request.selectors:
            raise Fault("w:InvalidSelectors", 2150859002, "The URI names no keys, and the class is no singleton.")
        instance = self._selected(request)
        self._host.was_read(instance)
        return soap.answer(f"{soap.X}/GetResponse", request.message_id, _object(instance, request.resource_uri))

    def _invoke(self, request, method):
        if not request.selectors:
            # What the WMI plug-in answers for the service singletons: WBEM_E_INVALID_METHOD_PARAMETERS.
            raise Fault("w:InternalError", 2150858834, "Invalid method parameter(s).", provider_code=0x8004102F)
        instance = self._selected(request)
        if request.body is None or request.body.tag != f"{{{request.resource_uri}}}{method}_INPUT":
            raise Fault("w:SchemaValidationError", 2150858817, f"The Body must be {method}_INPUT of the resource URI.")
        output = self._host.invoke(instance, method, request.body, request.resource_uri)
        return soap.answer(
            f"{request.action}Response",
            request.message_id,
            f'<p:{method}_OUTPUT xmlns:xsi="{soap.XSI}" xmlns:p="{escape(request.resource_uri)}" '
            f'xmlns:cim="{soap.CIM}">{output}</p:{method}_OUTPUT>',
        )

    def _enumerate(self, request):
        if request.selectors:
            raise Fault("w:InvalidSelectors", 2150859016, "The resource URI of an Enumerate must not name keys.")
        body = _expect(request, "Enumerate")
        items = iter(self._items(request, body))
        optimised = body.find(f"{{{soap.W}}}OptimizeEnumeration") is not None
        if not optimised:
            content = f"<n:EnumerationContext>{self._keep(items)}</n:EnumerationContext>"
        else:
            page, rest = _page(items, body.find(f"{{{soap.W}}}MaxElements"))
            context = f"<n:EnumerationContext>{self._keep(rest)}</n:EnumerationContext>" if rest else ""
            content = f"{context or '<n:EnumerationContext/>'}<w:Items>{self._write(page)}</w:Items>"
            content += "" if rest else "<w:EndOfSequence/>"
        return soap.answer(
            f"{soap.N}/EnumerateResponse", request.message_id, f"<n:EnumerateResponse>{content}</n:EnumerateResponse>"
        )

    def _pull(self, request):
        body = _expect(request, "Pull")
        page, rest = _page(self._forget(body), body.find(f"{{{soap.N}}}MaxElements"))
        # A new context with each answer, and none with the last, as Windows does.
        context = f"<n:EnumerationContext>{self._keep(rest)}</n:EnumerationContext>" if rest else ""
        end = "" if rest else "<n:EndOfSequence/>"
        return soap.answer(
            f"{soap.N}/PullResponse",
            request.message_id,
            f"<n:PullResponse>{context}<n:Items>{self._write(page)}</n:Items>{end}</n:PullResponse>",
        )

    def _release(self, request):
        self._forget(_expect(request, "Release"))
        return soap.answer(f"{soap.N}/ReleaseResponse", request.message_id, "")

    def _items(self, request, body):
        """The instances asked for, each with the function that writes it."""
        class_name = _class_of(request.resource_uri)
        base = request.resource_uri[: -len(class_name)]
        text = _filter(body)
        if (class_name == "*") != (text is not None):
            raise Fault("n:CannotProcessFilter", 2150859003, "A WQL query goes to the class *, and only there.")
        query = wql.Query(class_name, None, lambda _: True) if text is None else _parse(text)
        known = self._host.class_named(query.class_name)
        if known is None:
            raise _not_found() if text is None else _no_class()
        write = _writer(_mode(body), query.columns, base)
        return [(i, write) for i in self._host.instances(known) if query.matches(lambda name, i=i: _value(i, name))]

    def _selected(self, request):
        class_name = self._host.class_named(_class_of(request.resource_uri))
        if class_name is None:
            raise _not_found()
        asked = {name: value for name, (_, value) in request.selectors.items()}
        if asked.pop("__cimnamespace", hyperv.NAMESPACE).casefold() != hyperv.NAMESPACE:
            raise Fault("w:InternalError", 2150859067, "__cimnamespace differs from the namespace of the URI.")
        for instance in self._host.instances(class_name):
            keys = {name.lower(): value.casefold() for name, value in instance.keys.items()}
            if not set(asked) <= set(keys):
                raise Fault("w:InvalidSelectors", 2150858843, "The selectors are no keys.", "UnexpectedSelectors")
            # The class name alone selects a service, and none of the machines.
            complete = len(asked) == len(keys) or (len(keys) == 4 and "creationclassname" in asked)
            if complete and all(keys[name] == value.casefold() for name, value in asked.items()):
                return instance
        raise _not_found()

    def _write(self, page):
        written = []
        for instance, write in page:
            written.append(write(instance))
            self._host.was_read(instance)
        return "".join(written)

    def _keep(self, items):
        context = f"uuid:{str(uuid.uuid4()).upper()}"
        with self._lock:
            self._enumerations[context] = items
        return context

    def _forget(self, body):
        context = body.findtext(f"{{{soap.N}}}EnumerationContext", "")
        with self._lock:
            items = self._enumerations.pop(context, None)
        if items is None:
            raise Fault("n:InvalidEnumerationContext", 2150858779, "The enumeration context is not valid.")
        return items


def _expect(request, name):
    if request.body is None or request.body.tag != f"{{{soap.N}}}{name}":
        raise Fault("w:SchemaValidationError", 2150858817, f"The Body must be {name}.")
    return request.body


def _class_of(resource_uri):
    base, _, class_name = resource_uri.rpartition("/")
    if not class_name or f"{base}/".casefold() != hyperv.URI.casefold():
        reason = "The resource URI names nothing here."
        raise Fault("a:DestinationUnreachable", 2150858752, reason, "InvalidResourceURI")
    return class_name


def _filter(body):
    filters = body.findall(f"{{{soap.W}}}Filter") + body.findall(f"{{{soap.N}}}Filter")
    if not filters:
        return None
    if len(filters) > 1 or filters[0].get("Dialect") != "http://schemas.microsoft.com/wbem/wsman/1/WQL":
        raise Fault("n:FilterDialectRequestedUnavailable", 2150858777, "WQL is the one dialect spoken here.")
    return filters[0].text or ""


def _parse(text):
    try:
        return wql.parse(text)
    except wql.WqlError as error:
        raise Fault("n:CannotProcessFilter", 2150858778, f"The query is not valid: {error}.") from error


def _mode(body):
    mode = body.findtext(f"{{{soap.W}}}EnumerationMode", "EnumerateObject")
    if mode not in ("EnumerateObject", "EnumerateEPR"):
        raise Fault("w:UnsupportedFeature", 2150858818, f"{mode} is not spoken here.", "EnumerationMode")
    return mode


def _writer(mode, columns, base):
    if mode == "EnumerateEPR":
        return lambda i: f"<a:EndpointReference>{soap.epr(base + i.class_name, i.keys)}</a:EndpointReference>"
    if columns is not None:
        return lambda instance: _fragment(instance, columns)
    return lambda instance: _object(instance, base + instance.class_name)


def _page(items, limit):
    """As many items as asked for, one by default (DSP0226), and the rest or None."""
    text = "1" if limit is None else (limit.text or "").strip()
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise Fault("w:InvalidParameter", 2150858838, "MaxElements is a positive number.")
    page = list(itertools.islice(items, int(text)))
    following = next(items, None)
    return page, itertools.chain([following], items) if following is not None else None


def _object(instance, uri):
    name = instance.class_name
    properties = "".join(_property(f"p:{k}", "cim:", v) for k, v in sorted(instance.properties.items()))
    return (
        f'<p:{name} xmlns:xsi="{soap.XSI}" xmlns:p="{escape(uri)}" xmlns:cim="{soap.CIM}" xsi:type="p:{name}_Type">'
        f"{properties}</p:{name}>"
    )


def _fragment(instance, columns):
    wanted = {column.casefold() for column in columns}
    chosen = sorted((k, v) for k, v in instance.properties.items() if k.casefold() in wanted)
    return (
        f'<w:XmlFragment xmlns:xsi="{soap.XSI}" xmlns:w="{soap.W}">'
        f"{''.join(_property(k, '', v) for k, v in chosen)}</w:XmlFragment>"
    )


def _property(name, cim, value):
    if value is None:
        return f'<{name} xsi:nil="true"/>'
    if isinstance(value, (list, tuple)):
        return "".join(_property(name, cim, item) for item in value)
    if isinstance(value, bool):
        return f"<{name}>{str(value).lower()}</{name}>"
    if isinstance(value, hyperv.Datetime):
        return f"<{name}><{cim}Datetime>{_timestamp(value.value)}</{cim}Datetime></{name}>"
    if isinstance(value, hyperv.Interval):
        return f"<{name}><{cim}Interval>{_interval(value.value)}</{cim}Interval></{name}>"
    return f"<{name}>{escape(str(value))}</{name}>"


def _value(instance, name):
    value = next((v for k, v in instance.properties.items() if k.casefold() == name.casefold()), None)
    return None if isinstance(value, (list, tuple)) else value


def _timestamp(value):
    # Windows trims the zeros at the end of the fraction, and the point with them.
    text = value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")
    return f"{text.rstrip('0').rstrip('.')}Z"


def _interval(value):
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f"{value.microseconds:06}".rstrip("0")
    return f"P{value.days}DT{hours}H{minutes}M{seconds}{'.' if fraction else ''}{fraction}S"


def _not_found():
    return Fault("a:DestinationUnreachable", 2150858752, "The resource does not exist.")


def _no_class():
    reason = "The specified class does not exist in the given namespace."
    return Fault("n:CannotProcessFilter", 2150858778, reason, provider_code=2150858778)
