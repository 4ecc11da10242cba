#!/usr/bin/env bash
# Installs the peers of the interop tests: a Python environment under target/interop/venv, Debian's gss-ntlmssp, a KDC,
# proxies (squid, tinyproxy), a TLS terminator (nginx), curl and jq, and what the feature `kerberos` is built with.
# Can be run again at any time; when all is there it changes nothing. Debian packages need root; without it, what is
# missing is named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

requirements=tests/interop/requirements.txt
venv=target/interop/venv
# A copy of the requirements that the environment was made from.
made_from=$venv/made-from.txt

main() {
  if ready; then
    echo 'The interop peers are there.'
    return
  fi
  install_packages
  has_environment || make_environment
  if ! ready; then
    echo 'The interop peers were installed, but cannot be used.' >&2
    exit 1
  fi
  echo 'The interop peers are installed.'
}

ready() {
  has_mechanism && has_kerberos && has_servers && has_curl && has_shells && has_environment
}

has_environment() {
  cmp --silent "$requirements" "$made_from" && "$venv/bin/python" - <<'CHECK'
import gssapi, pypsrp, pyte, spnego

ntlm = gssapi.OID.from_int_seq("1.3.6.1.4.1.311.2.2.10")
raise SystemExit(None if ntlm in gssapi.raw.indicate_mechs() else "GSSAPI does not know gss-ntlmssp.")
CHECK
}

has_mechanism() {
  compgen -G '/usr/lib/*/gssntlmssp/gssntlmssp.so' >/dev/null ||
    compgen -G '/usr/lib*/gssntlmssp/gssntlmssp.so' >/dev/null
}

has_kerberos() {
  command -v pkg-config >/dev/null && command -v krb5-config >/dev/null && command -v kinit >/dev/null &&
    [[ -x /usr/sbin/krb5kdc && -x /usr/sbin/kadmin.local ]] &&
    compgen -G '/usr/lib/*/libclang-14.so*' >/dev/null && compgen -G '/usr/lib/llvm-14/lib/clang/*/include/stddef.h' >/dev/null &&
    compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null
}

has_servers() {
  [[ -x /usr/sbin/squid && -x /usr/lib/squid/basic_ncsa_auth && -x /usr/bin/tinyproxy && -x /usr/sbin/nginx ]]
}

has_curl() {
  command -v curl >/dev/null && command -v jq >/dev/null
}

has_shells() {
  command -v fish >/dev/null && command -v zsh >/dev/null
}

make_environment() {
  python3 -c 'import sys; raise SystemExit("Python 3.11 or newer is needed." if sys.version_info < (3, 11) else 0)'
  python3 -m venv --clear "$venv"
  # The binding to GSSAPI comes as C; unoptimised it compiles in less than half the time.
  CFLAGS=-O0 "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$made_from"
}

install_packages() {
  local missing=()
  has_mechanism || missing+=(gss-ntlmssp)
  has_kerberos || missing+=(pkg-config libkrb5-dev libclang1-14 libclang-common-14-dev krb5-user krb5-kdc
    krb5-admin-server libfaketime)
  has_servers || missing+=(squid tinyproxy-bin nginx-light)
  has_curl || missing+=(curl jq)
  has_shells || missing+=(fish zsh)
  command -v krb5-config >/dev/null || missing+=(libkrb5-dev)
  command -v cc >/dev/null || missing+=(gcc libc6-dev)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3 python3-venv)
  has_python_headers || missing+=(python3-dev)
  if ((${#missing[@]} == 0)); then
    return
  fi
  if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
    echo "Please install these packages of Debian, or what they are called elsewhere: ${missing[*]}" >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  # The tests start their own; what the packages would start is of no use to anybody.
  has_servers || without_services
  apt-get update --quiet=2
  apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}"
}

# Keeps Debian's packages from starting services while this script runs, where nothing else does so already.
without_services() {
  local policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
    trap "rm -f $policy" EXIT
  fi
}

has_python_headers() {
  local include
  include=$(python3 -c 'import sysconfig; print(sysconfig.get_path("include"))' 2>/dev/null) &&
    [[ -e $include/Python.h ]]
}

main
