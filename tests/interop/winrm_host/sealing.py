"""Authentication and message sealing of one connection, as MS-WSMV 2.2.9.1 frames it.

The cryptography is the library's alone: `pyspnego` (NTLM in pure Python), or the GSSAPI mechanism `gss-ntlmssp` in C.
Both take their users from the file that the environment variable NTLM_USER_FILE names, in lines DOMAIN:USER:PASSWORD.
"""

import email.message
import re
import struct

PROTOCOL = "application/HTTP-SPNEGO-session-encrypted"
CONTENT_TYPE = f'multipart/encrypted;protocol="{PROTOCOL}";boundary="Encrypted Boundary"'


class HasTabs(Exception):
    """The part headers begin with tabs, and the host takes none."""


class NotSealed(Exception):
    """The body is not what MS-WSMV 2.2.9.1.1 prescribes, or its seal is broken."""


class PyspnegoContext:
    """An acceptor whose NTLM is the pure Python of `pyspnego`, bare or inside SPNEGO."""

    def __init__(self, mechanism, binding=None):
        import spnego
        from spnego.channel_bindings import GssChannelBindings

        self._bound = binding is not None
        bindings = GssChannelBindings(application_data=binding) if self._bound else None
        only_ntlm = spnego.NegotiateOptions.use_ntlm if mechanism == "ntlm" else spnego.NegotiateOptions.use_negotiate
        self._needed = spnego.ContextReq.confidentiality | spnego.ContextReq.integrity
        self._context = spnego.server(protocol=mechanism, options=only_ntlm, channel_bindings=bindings)

    @property
    def complete(self):
        return self._context.complete

    @property
    def can_seal(self):
        return self._context.context_attr & self._needed == self._needed

    @property
    def peer(self):
        return self._context.client_principal

    @property
    def session_key(self):
        return self._context.session_key

    def step(self, token):
        # pyspnego takes a binding of zeros for any, which says that the client knows of no channel.
        if self._bound and _NO_BINDING in token:
            raise NotSealed("the login is bound to no channel")
        return self._context.step(token)

    def seal(self, plain):
        sealed = self._context.wrap_winrm(plain)
        return sealed.header, sealed.data

    def unseal(self, header, data):
        return self._context.unwrap_winrm(header, data)


class GssapiContext:
    """An acceptor whose NTLM is the C mechanism `gss-ntlmssp`.

    pyspnego's own GSSAPI proxy asks for Kerberos credentials whatever the protocol, so the package `gssapi` is driven
    directly. Asking the mechanism for the name of its acceptor credential ends the process (1.2.0), so it is not asked.
    """

    _OIDS = {"ntlm": "1.3.6.1.4.1.311.2.2.10", "negotiate": "1.3.6.1.5.5.2"}
    _SIGNATURE_LENGTH = 16

    def __init__(self, mechanism, binding=None):
        import gssapi

        self._gssapi = gssapi
        oid = gssapi.OID.from_int_seq(self._OIDS[mechanism])
        bindings = gssapi.raw.ChannelBindings(application_data=binding) if binding is not None else None
        credentials = gssapi.Credentials(usage="accept", mechs=[oid])
        self._context = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=bindings)

    @property
    def complete(self):
        return self._context.complete

    @property
    def can_seal(self):
        flag = self._gssapi.RequirementFlag
        return {flag.confidentiality, flag.integrity} <= set(self._context.actual_flags)

    @property
    def peer(self):
        # The package leaves the terminating zero of the C string in the name.
        return str(self._context.initiator_name).rstrip("\0")

    @property
    def session_key(self):
        # The mechanism keeps it.
        return b""

    def step(self, token):
        answer = self._context.step(token)
        # A step that failed with a token for the client raises only where the context is next looked at.
        self._context.complete  # noqa: B018
        return answer

    def seal(self, plain):
        message = self._gssapi.raw.wrap(self._context, plain, True).message
        return message[: self._SIGNATURE_LENGTH], message[self._SIGNATURE_LENGTH :]

    def unseal(self, header, data):
        result = self._gssapi.raw.unwrap(self._context, header + data)
        if not result.encrypted:
            raise NotSealed("the message was signed but not sealed")
        return result.message


PROVIDERS = {"pyspnego": PyspnegoContext, "gssapi": GssapiContext}


def is_sealed(content_type):
    """Whether the content type announces a sealed body under the scheme Negotiate (MS-WSMV 2.2.9.1)."""
    message = email.message.Message()
    message["Content-Type"] = content_type
    return (
        message.get_content_type() == "multipart/encrypted"
        and message.get_param("protocol") == PROTOCOL
        and message.get_param("boundary") == "Encrypted Boundary"
    )


def unseal_body(context, body, tabs=True):
    """Takes the sealed bytes out of a body and unseals them."""
    if not tabs and body.startswith(b"--Encrypted Boundary\r\n\t"):
        raise HasTabs
    head = (_HEAD if tabs else _HEAD_WITHOUT_TABS).match(body)
    if head is None:
        raise NotSealed("the part headers are not those of MS-WSMV 2.2.9.1.1")
    if not body.endswith(_TAIL):
        raise NotSealed("the closing boundary is missing")
    payload = body[head.end() : len(body) - len(_TAIL)]
    if len(payload) < 4:
        raise NotSealed("there is no length of the signature")
    (length,) = struct.unpack("<I", payload[:4])
    if length != 16 or len(payload) < 4 + length:
        raise NotSealed(f"an NTLM signature has 16 bytes, not {length}")
    plain = context.unseal(payload[4 : 4 + length], payload[4 + length :])
    if len(plain) != int(head["length"]):
        raise NotSealed(f"Length says {int(head['length'])}, but {len(plain)} bytes were sealed")
    return plain


def pad(plain):
    """Fills a plain text up with zero bytes to a multiple of 16, as Microsoft's libmi does."""
    return plain + bytes(-len(plain) % 16)


def seal_body(context, plain, break_signature=False, tabs=True):
    """Seals an envelope and frames it as the body of an answer."""
    tab = "\t" if tabs else ""
    header, data = context.seal(plain)
    if break_signature:
        # One bit of the checksum, which stands after the version (MS-NLMP 2.2.2.9.1).
        header = header[:4] + bytes([header[4] ^ 1]) + header[5:]
    return b"".join(
        [
            b"--Encrypted Boundary\r\n",
            f"{tab}Content-Type: {PROTOCOL}\r\n".encode(),
            f"{tab}OriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(plain)}\r\n".encode(),
            b"--Encrypted Boundary\r\n",
            f"{tab}Content-Type: application/octet-stream\r\n".encode(),
            struct.pack("<I", len(header)),
            header,
            data,
            _TAIL,
        ]
    )


def tamper_with_mic(token):
    """Flips a bit of the MIC of an AUTHENTICATE_MESSAGE; any other token comes back as it was.

    The MIC has no length of its own: it is there when the payload begins behind it (MS-NLMP 2.2.1.3).
    """
    if token[:12] != b"NTLMSSP\x00\x03\x00\x00\x00" or len(token) < 88:
        return token
    payload_starts = [
        offset for length, _, offset in (struct.unpack_from("<HHI", token, at) for at in range(12, 60, 8)) if length
    ]
    if min(payload_starts, default=0) < 88:
        return token
    return token[:72] + bytes([token[72] ^ 1]) + token[73:]


# MsvAvChannelBindings (MS-NLMP 2.2.2.1) with its 16 bytes, all of them zero.
_NO_BINDING = struct.pack("<HH", 10, 16) + bytes(16)
_HEAD = re.compile(
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: application/HTTP-SPNEGO-session-encrypted\r\n"
    rb"\tOriginalContent: type=application/soap\+xml;charset=UTF-8;Length=(?P<length>\d{1,9})\r\n"
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: application/octet-stream\r\n"
)
_HEAD_WITHOUT_TABS = re.compile(_HEAD.pattern.replace(rb"\t", b""))
_TAIL = b"--Encrypted Boundary--\r\n"
