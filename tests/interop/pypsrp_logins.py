"""Logs `pypsrp` in to a WinRM host, in one of the ways that it knows, and reads some objects.

    CIMWIRE_PASSWORD=... python pypsrp_logins.py --url https://127.0.0.1:PORT/wsman --user 'SIM\\operator' \
        --auth ntlm --ca-file authority.pem

Exit codes: 0 all is well, 1 something else is wrong, 3 the host refused the login, 4 TLS failed.
"""

import argparse
import os
import sys
import urllib.parse
import xml.etree.ElementTree as ET

import requests
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError
from pypsrp.wsman import WSMan
from spnego.exceptions import SpnegoError

N = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
W = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
MACHINES = "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem"


def main():
    options = arguments()
    try:
        names = machines(connection(options))
    except AuthenticationError as error:
        return end(3, error)
    except WinRMTransportError as error:
        return end(3 if error.code == 401 else 1, error)
    except requests.exceptions.SSLError as error:
        return end(4, error)
    except (WinRMError, SpnegoError, requests.RequestException) as error:
        return end(1, error)
    return 0 if "web01" in names else end(1, f"there is no web01 among {names}")


def machines(wsman):
    enumerate_all = ET.Element(f"{{{N}}}Enumerate")
    ET.SubElement(enumerate_all, f"{{{W}}}OptimizeEnumeration")
    ET.SubElement(enumerate_all, f"{{{W}}}MaxElements").text = "100"
    answer = wsman.enumerate(MACHINES, enumerate_all)
    return [name.text for name in answer.iter(f"{{{MACHINES}}}ElementName")]


def connection(options):
    url = urllib.parse.urlsplit(options.url)
    more = {}
    if options.auth == "certificate":
        more = {"certificate_pem": options.client_cert, "certificate_key_pem": options.client_key}
    elif options.auth in ("ntlm", "negotiate"):
        more = {"negotiate_send_cbt": not options.no_cbt}
    return WSMan(
        url.hostname,
        port=url.port,
        username=None if options.auth == "certificate" else options.user,
        password=None if options.auth == "certificate" else os.environ["CIMWIRE_PASSWORD"],
        ssl=url.scheme == "https",
        path=url.path.strip("/"),
        auth=options.auth,
        cert_validation=options.ca_file or True,
        encryption=options.encryption,
        no_proxy=True,
        **more,
    )


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", required=True)
    parser.add_argument("--user", required=True)
    parser.add_argument("--auth", choices=("basic", "certificate", "negotiate", "ntlm"), required=True)
    parser.add_argument("--ca-file", help="the authority to trust, in PEM")
    parser.add_argument("--client-cert", help="a certificate to log in with, in PEM")
    parser.add_argument("--client-key", help="its key, in PEM")
    parser.add_argument("--no-cbt", action="store_true", help="do not bind the login to its TLS channel")
    parser.add_argument("--encryption", choices=("auto", "always", "never"), default="auto")
    return parser.parse_args()


def end(code, error):
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
