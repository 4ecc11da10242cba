"""A WinRM host to try a client against: HTTP, NTLM and sealing by libraries, the objects by `winrm_host`.

    NTLM_USER_FILE=users python acceptor.py --provider pyspnego

Prints one JSON line with `url` and `port` when it is ready, then tells on stderr, one JSON line each, what it was sent
and what it refused. It ends when its standard input closes.
"""

import argparse
import base64
import binascii
import hashlib
import http.server
import importlib.metadata
import itertools
import json
import re
import ssl
import sys
import threading

sys.dont_write_bytecode = True

from winrm_host import hyperv, responder, sealing  # noqa: E402


def main():
    options = arguments()
    server = Server(options)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    scheme = "https" if server.options.certificate else "http"
    print(json.dumps({"url": f"{scheme}://127.0.0.1:{port}", "port": port}), flush=True)
    while sys.stdin.buffer.read(4096):
        pass


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--provider", choices=sorted(sealing.PROVIDERS), default="pyspnego")
    parser.add_argument("--mechanism", choices=("ntlm", "negotiate"), default="ntlm", help="bare NTLM, or in SPNEGO")
    parser.add_argument("--break-mic", action="store_true", help="corrupt the signature of each sealed answer")
    parser.add_argument("--tamper-with-login", action="store_true", help="corrupt the MIC of the client's last token")
    parser.add_argument("--unsealed-answers", action="store_true", help="answer in clear after the handshake")
    parser.add_argument("--drop-after", type=int, metavar="N", help="hang up instead of answering message N + 1")
    parser.add_argument("--like-omi", action="store_true", help=LIKE_OMI)
    parser.add_argument("--certificate", metavar="FILE", help="speak TLS with this certificate and key, in PEM")
    parser.add_argument("--bind-to", metavar="FILE", help="expect logins bound to this certificate, in PEM")
    parser.add_argument("--behind-terminator", action="store_true", help="take the word of a TLS terminator in front")
    return parser.parse_args()


class Server(http.server.ThreadingHTTPServer):
    """Listens on a free loopback port."""

    daemon_threads = True

    def __init__(self, options):
        super().__init__(("127.0.0.1", 0), Connection)
        self.options = options
        self.connections = itertools.count(1)
        self.responder = responder.Responder(hyperv.Host(self.log), _version(options.provider))
        self._log_lock = threading.Lock()
        if options.certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(options.certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.binding = endpoint_binding(options.bind_to) if options.bind_to else None

    def log(self, **event):
        with self._log_lock:
            print(json.dumps(event), file=sys.stderr, flush=True)

    def handle_error(self, request, client_address):
        # A client that hangs up is no news; anything else is a mistake of ours and must be seen.
        error = sys.exc_info()[1]
        if not isinstance(error, (ConnectionError, ssl.SSLError)):
            self.log(event="error", reason=repr(error))


class Connection(http.server.BaseHTTPRequestHandler):
    """One TCP connection, and the security context that lives and dies with it."""

    protocol_version = "HTTP/1.1"
    server_version = "cimwire-interop"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 120

    def setup(self):
        super().setup()
        self.number = next(self.server.connections)
        self.context = None
        self.answered = 0

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            return self.hang_up(411)
        if int(length) > MAX_BODY:
            return self.hang_up(413)
        body = self.rfile.read(int(length))
        if self.path.partition("?")[0] != "/wsman":
            return self.reply(404)
        if self.server.options.behind_terminator:
            return self.believe(body)
        if body and not self.is_protected():
            # No client may send a body in clear. AllowUnencrypted=false answers 401.
            return self.refuse("the body is not sealed")
        if "Authorization" in self.headers:
            return self.authenticate(body)
        if self.context is None or not self.context.complete:
            return self.keep_silent() if self.server.options.like_omi else self.refuse("no authentication")
        return self.exchange(body)

    def is_protected(self):
        return self.server.options.certificate or sealing.is_sealed(self.headers.get("Content-Type", ""))

    def believe(self, body):
        """Answers the user whose certificate the terminator has verified."""
        if self.headers.get("Authorization") != MUTUAL or self.headers.get("X-Client-Verify") != "SUCCESS":
            return self.refuse("no certificate was presented")
        self.log(event="login", peer=self.headers.get("X-Client-Subject"))
        return self.answer_plainly(body)

    def authenticate(self, body):
        scheme, _, token = self.headers["Authorization"].partition(" ")
        if scheme.lower() != "negotiate":
            return self.refuse(f"the scheme {scheme} is not offered")
        if self.context is None or self.context.complete:
            provider = sealing.PROVIDERS[self.server.options.provider]
            self.context = provider(self.server.options.mechanism, self.server.binding)
        try:
            answer = self.context.step(self.token(token))
        except Exception as error:  # Each library has its own errors; whichever it is, the login has failed.
            return self.refuse(f"{type(error).__name__}: {error}")
        encoded = f"Negotiate {base64.b64encode(answer).decode()}" if answer else None
        if not self.context.complete:
            return self.reply(401, authenticate=encoded)
        if not self.context.can_seal:
            return self.refuse("the client asked for no sealing")
        self.log(event="login", peer=self.context.peer, session_key=self.context.session_key.hex())
        return self.exchange(body) if body else self.reply(200, authenticate=encoded)

    def token(self, text):
        try:
            token = base64.b64decode(text.strip(), validate=True)
        except binascii.Error as error:
            raise sealing.NotSealed("the token is not base64") from error
        return sealing.tamper_with_mic(token) if self.server.options.tamper_with_login else token

    def exchange(self, body):
        if self.server.options.certificate:
            return self.answer_plainly(body)
        options = self.server.options
        try:
            envelope = sealing.unseal_body(self.context, body, tabs=not options.like_omi)
        except sealing.HasTabs:
            self.log(event="tabs")
            self.close_connection = True
            return None
        except Exception as error:  # As above: a broken seal is each library's own error.
            self.log(event="refused", status=400, reason=f"{type(error).__name__}: {error}")
            return self.hang_up(400)
        status, answer, action = self.server.responder.answer(envelope)
        self.log(event="message", action=action, status=status)
        if options.drop_after is not None and self.answered >= options.drop_after:
            self.close_connection = True
            return None
        self.answered += 1
        if options.unsealed_answers:
            return self.reply(status, answer, "application/soap+xml;charset=UTF-8")
        if options.like_omi:
            answer = sealing.pad(answer)
        sealed = sealing.seal_body(self.context, answer, options.break_mic, tabs=not options.like_omi)
        return self.reply(status, sealed, sealing.CONTENT_TYPE)

    def answer_plainly(self, envelope):
        """Under TLS, where nothing is sealed."""
        status, answer, action = self.server.responder.answer(envelope)
        self.log(event="message", action=action, status=status)
        return self.reply(status, answer, "application/soap+xml;charset=UTF-8")

    def keep_silent(self):
        """Answers nothing, and waits until the client hangs up."""
        self.log(event="silence")
        self.close_connection = True
        while self.rfile.read(1):
            pass

    def refuse(self, reason):
        self.context = None
        self.log(event="refused", status=401, reason=reason)
        self.reply(401, authenticate="Negotiate")

    def hang_up(self, status):
        self.close_connection = True
        self.reply(status)

    def reply(self, status, body=b"", content_type=None, authenticate=None):
        self.send_response(status)
        if authenticate:
            self.send_header("WWW-Authenticate", authenticate)
        if content_type:
            self.send_header("Content-Type", content_type)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log(self, **event):
        self.server.log(connection=self.number, **event)

    def log_message(self, *_):
        pass


def endpoint_binding(path):
    """The name of the channel that ends at the holder of a certificate signed with SHA-256 (RFC 5929)."""
    with open(path, encoding="ascii") as file:
        pem = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", file.read(), re.DOTALL)
    return b"tls-server-end-point:" + hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem[0])).digest()


def _version(provider):
    mechanism = " with gss-ntlmssp" if provider == "gssapi" else ""
    return f"{provider} {importlib.metadata.version(provider)}{mechanism}"


LIKE_OMI = (
    "take no tabs before part headers and hang up on one, keep silent without Authorization, and fill plain texts up with "
    "zero bytes"
)
# The service's MaxEnvelopeSizekb of 500, and room for what sealing adds.
MAX_BODY = 512_000 + 1024
# What a client certificate is named in `Authorization`.
MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"

if __name__ == "__main__":
    main()
