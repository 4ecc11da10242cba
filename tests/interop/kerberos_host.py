"""A WinRM host that logs clients in with Kerberos: MIT's library by the package `gssapi`, the objects by `winrm_host`.

    KRB5_CONFIG=krb5.conf KRB5_KTNAME=service.keytab python kerberos_host.py --scheme Kerberos

Prints one JSON line with `url` and `port` when it is ready, then tells on stderr, one JSON line each, what it was sent
and what it refused. It ends when its standard input closes.
"""

import argparse
import base64
import hashlib
import http.server
import itertools
import json
import re
import ssl
import struct
import sys
import threading

sys.dont_write_bytecode = True

import gssapi  # noqa: E402
from gssapi.raw import ChannelBindings, IOV, IOVBufferType  # noqa: E402
from spnego._spnego import NegState, NegTokenResp, pack_mech_type_list, unpack_token  # noqa: E402
from winrm_host import hyperv, responder  # noqa: E402


def main():
    options = arguments()
    server = Server(options)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    scheme = "https" if options.certificate else "http"
    print(json.dumps({"url": f"{scheme}://localhost:{port}", "port": port}), flush=True)
    while sys.stdin.buffer.read(4096):
        pass


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scheme", choices=("Kerberos", "Negotiate"), default="Negotiate")
    parser.add_argument("--layout", choices=("winrm", "plain"), default="winrm", help="how answers are sealed")
    parser.add_argument("--break-seal", action="store_true", help="corrupt each sealed answer")
    parser.add_argument("--repeat", action="store_true", help="send the first sealed answer again and again")
    parser.add_argument("--only-sign", action="store_true", help="sign answers, and seal them not")
    parser.add_argument("--sign-list", action="store_true", help="ask for SPNEGO's list of mechanisms to be signed")
    parser.add_argument("--no-reason", action="store_true", help="refuse without saying why")
    parser.add_argument("--silent", action="store_true", help="never answer a request without a login, as OMI does")
    parser.add_argument("--like-omi", action="store_true", help=LIKE_OMI)
    parser.add_argument("--certificate", metavar="FILE", help="speak TLS with this certificate and key, in PEM")
    parser.add_argument("--bind-to", metavar="FILE", help="expect a login that is bound to this certificate, in PEM")
    return parser.parse_args()


class Server(http.server.ThreadingHTTPServer):
    """Listens on a free loopback port."""

    daemon_threads = True

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Connection)
        self.options = options
        self.connections = itertools.count(1)
        self.responder = responder.Responder(hyperv.Host(self.log), "MIT")
        self.bindings = None
        self._log_lock = threading.Lock()
        if options.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        if options.bind_to:
            with open(options.bind_to, encoding="ascii") as file:
                pem = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", file.read(), re.DOTALL)
            name = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[0])).digest()
            self.bindings = ChannelBindings(application_data=b"tls-server-end-point:" + name)

    def log(self, **event):
        with self._log_lock:
            print(json.dumps(event), file=sys.stderr, flush=True)

    def handle_error(self, request, client_address):
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, ssl.SSLError)):
            self.log(event="error", reason=repr(error))


class Connection(http.server.BaseHTTPRequestHandler):
    """One TCP connection, and the security context that lives and dies with it."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 120

    def setup(self):
        super().setup()
        self.number = next(self.server.connections)
        self.context = None
        self.negotiation = None
        self.first_answer = None

    @property
    def options(self):
        return self.server.options

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if "Authorization" in self.headers:
            return self.authenticate(body)
        if self.context is None or not self.context.complete:
            silent = self.options.silent or self.options.like_omi
            return self.keep_silent() if silent else self.refuse("no authentication")
        return self.exchange(body)

    def authenticate(self, body):
        scheme, _, token = self.headers["Authorization"].partition(" ")
        if body:
            return self.refuse("a login has no body")
        if scheme != self.options.scheme:
            return self.refuse(f"the scheme {scheme} is not offered")
        if self.context is None:
            oid = gssapi.OID.from_int_seq("1.3.6.1.5.5.2") if scheme == "Negotiate" else gssapi.MechType.kerberos
            credentials = gssapi.Credentials(usage="accept", mechs={oid, gssapi.MechType.kerberos})
            bindings = self.server.bindings
            self.context = gssapi.SecurityContext(creds=credentials, usage="accept", channel_bindings=bindings)
            self.negotiation = SignedList(self.context) if self.options.sign_list else self.context
        try:
            answer = self.negotiation.step(base64.b64decode(token, validate=True))
            complete = self.negotiation.complete
        except gssapi.exceptions.GSSError as error:
            return self.refuse(str(error), getattr(error, "token", None))
        if not complete:
            return self.reply(401, authenticate=answer)
        flags = gssapi.RequirementFlag
        held = self.context.actual_flags
        if self.server.bindings is not None and flags.channel_bound not in held:
            return self.refuse("the login is bound to no channel")
        self.server.log(
            event="login",
            connection=self.number,
            peer=str(self.context.initiator_name),
            mechanism=str(self.context.mech.dotted_form),
            can_seal=flags.confidentiality in held,
            delegated=self.context.delegated_creds is not None,
            bound=flags.channel_bound in held,
        )
        return self.reply(200, authenticate=answer)

    def keep_silent(self):
        """Answers nothing, and waits until the client hangs up."""
        self.server.log(event="silence", connection=self.number)
        self.close_connection = True
        while self.rfile.read(1):
            pass

    def exchange(self, body):
        if self.options.like_omi and body.startswith(b"--Encrypted Boundary\r\n\t"):
            self.server.log(event="tabs", connection=self.number)
            self.close_connection = True
            return None
        try:
            envelope = body if self.options.certificate else self.unseal(body)
        except (gssapi.exceptions.GSSError, AssertionError) as error:
            self.server.log(event="refused", connection=self.number, status=400, reason=repr(error))
            self.close_connection = True
            return self.reply(400)
        status, answer, action = self.server.responder.answer(envelope)
        self.server.log(event="message", connection=self.number, action=action, status=status)
        if self.options.certificate:
            return self.reply(status, answer, "application/soap+xml;charset=UTF-8")
        if self.options.like_omi:
            answer += bytes(-len(answer) % 16)
        sealed = self.first_answer if self.options.repeat and self.first_answer else self.seal(answer)
        self.first_answer = sealed
        return self.reply(status, sealed, self.content_type)

    def unseal(self, body):
        """Takes the token apart as Windows does: its header has 60 bytes, and the data the length of the message."""
        assert self.headers["Content-Type"] == self.content_type, self.headers["Content-Type"]
        head = _HEAD.replace(rb"\t", b"") if self.options.like_omi else _HEAD
        head = re.compile(head % self.label.encode()).match(body)
        assert head and body.endswith(_TAIL), "the framing is not that of MS-WSMV 2.2.9.1.1"
        payload = body[head.end() : -len(_TAIL)]
        (length,) = struct.unpack("<I", payload[:4])
        header, data = payload[4 : 4 + length], payload[4 + length :]
        assert length == 60, f"the header has {length} bytes"
        assert len(data) == int(head["length"]), "the data is not as long as the message"
        # RFC 4121 section 4.2.6.2: sealed, under the acceptor's subkey or not; EC 0, RRC 28.
        assert header[:2] + header[3:8] == b"\x05\x04\xff\x00\x00\x00\x1c" and header[2] & 3 == 2, header[:8].hex()
        pieces = IOV((IOVBufferType.header, False, header), data, (IOVBufferType.padding, False, b""), std_layout=False)
        result = gssapi.raw.unwrap_iov(self.context, pieces)
        assert result.encrypted, "the message was signed but not sealed"
        return pieces[1].value

    def seal(self, plain):
        if self.options.only_sign:
            token = gssapi.raw.wrap(self.context, plain, False).message
            cut = len(token) - len(plain)
            header, data = token[:cut], token[cut:]
        elif self.options.layout == "winrm":
            pieces = IOV(IOVBufferType.header, plain, IOVBufferType.padding, std_layout=False)
            gssapi.raw.wrap_iov(self.context, pieces, True)
            assert not pieces[2].value
            header, data = pieces[0].value, pieces[1].value
        else:
            token = gssapi.raw.wrap(self.context, plain, True).message
            header, data = token[:60], token[60:]
        if self.options.break_seal:
            data = bytes([data[0] ^ 1]) + data[1:]
        tab = "" if self.options.like_omi else "\t"
        head = (
            "--Encrypted Boundary\r\n"
            f"{tab}Content-Type: {self.label}\r\n"
            f"{tab}OriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(plain)}\r\n"
            "--Encrypted Boundary\r\n"
            f"{tab}Content-Type: application/octet-stream\r\n"
        )
        return head.encode() + struct.pack("<I", len(header)) + header + data + _TAIL

    @property
    def label(self):
        name = "SPNEGO" if self.options.scheme == "Negotiate" else "Kerberos"
        return f"application/HTTP-{name}-session-encrypted"

    @property
    def content_type(self):
        return f'multipart/encrypted;protocol="{self.label}";boundary="Encrypted Boundary"'

    def refuse(self, reason, token=None):
        self.context = None
        self.server.log(event="refused", connection=self.number, status=401, reason=reason)
        self.reply(401, authenticate=b"" if self.options.no_reason else token or b"")

    def reply(self, status, body=b"", content_type=None, authenticate=None):
        self.send_response(status)
        if authenticate is not None:
            token = base64.b64encode(authenticate).decode()
            self.send_header("WWW-Authenticate", f"{self.options.scheme} {token}".rstrip())
        if content_type:
            self.send_header("Content-Type", content_type)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class SignedList:
    """SPNEGO in the hands of pyspnego, for a server that wants the list of mechanisms signed (RFC 4178 section 5 b)."""

    def __init__(self, context):
        self._context = context
        self._list = None
        self.complete = False

    def step(self, token):
        message = unpack_token(token)
        if self._list is None:
            self._list = pack_mech_type_list(message.mech_types)
            answer = self._context.step(message.mech_token)
            return NegTokenResp(
                neg_state=NegState.request_mic,
                supported_mech=message.mech_types[0],
                response_token=answer,
                mech_list_mic=self._context.get_signature(self._list),
            ).pack()
        self._context.verify_signature(self._list, message.mech_list_mic)
        self.complete = True
        return None


LIKE_OMI = (
    "take no tabs before part headers and hang up on one, keep silent without Authorization, and fill plain texts up with "
    "zero bytes"
)
_HEAD = (
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: %s\r\n"
    rb"\tOriginalContent: type=application/soap\+xml;charset=UTF-8;Length=(?P<length>\d{1,9})\r\n"
    rb"--Encrypted Boundary\r\n"
    rb"\tContent-Type: application/octet-stream\r\n"
)
_TAIL = b"--Encrypted Boundary--\r\n"

if __name__ == "__main__":
    main()
