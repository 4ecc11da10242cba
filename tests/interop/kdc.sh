#!/usr/bin/env bash
# A Kerberos realm of its own, on loopback, for as long as the standard input stays open. Needs no root.
#
#     tests/interop/kdc.sh DIRECTORY
#
# Makes the realm EXAMPLE.TEST in DIRECTORY, which must not exist, starts its KDC on a free port, and prints one line when
# it is ready: the directory. Then there are in it
#
#     krb5.conf        for KRB5_CONFIG
#     service.keytab   the keys of HTTP/localhost and host/hv02.example, for an acceptor
#     user.keytab      the key of robot@EXAMPLE.TEST, for KRB5_CLIENT_KTNAME
#     stranger.keytab  other keys of HTTP/localhost, for an acceptor that no ticket is for
#
# and the users operator (password in CIMWIRE_PASSWORD), expired (its password has run out), someone and robot. The service
# HTTP/elsewhere has keys that nobody holds. Ends, and removes the directory, when the standard input closes.
set -euo pipefail

directory=${1:?name a directory}
realm=EXAMPLE.TEST
password=${CIMWIRE_PASSWORD:?say what password the users have}
PATH=$PATH:/usr/sbin:/sbin
kdc=

main() {
  mkdir -p "$(dirname "$directory")"
  mkdir -m 700 "$directory"
  directory=$(cd "$directory" && pwd)
  trap stop EXIT
  configure "$(free_port)"
  make_realm >"$directory/kadmin.log"
  krb5kdc -n >"$directory/kdc.out" 2>&1 &
  kdc=$!
  until grep -q 'commencing operation' "$directory/kdc.log" 2>/dev/null; do
    kill -0 "$kdc" || fail 'The KDC did not start:'
    sleep 0.05
  done
  echo "$directory"
  cat >/dev/null
}

configure() {
  export KRB5_CONFIG=$directory/krb5.conf KRB5_KDC_PROFILE=$directory/kdc.conf
  cat >"$KRB5_CONFIG" <<CONF
[libdefaults]
  default_realm = $realm
  dns_lookup_kdc = false
  dns_lookup_realm = false
  # The KDC is asked over TCP at once: no answer that is lost, and none to wait for.
  udp_preference_limit = 1
  forwardable = true
  default_ccache_name = FILE:$directory/nobody
[realms]
  $realm = {
    kdc = 127.0.0.1:$1
  }
CONF
  cat >"$KRB5_KDC_PROFILE" <<CONF
[kdcdefaults]
  kdc_listen = 127.0.0.1:$1
  kdc_tcp_listen = 127.0.0.1:$1
[realms]
  $realm = {
    database_name = $directory/principal
    key_stash_file = $directory/stash
    supported_enctypes = aes256-cts-hmac-sha1-96:normal aes128-cts-hmac-sha1-96:normal
    max_life = 12h
    default_principal_flags = +preauth
  }
[logging]
  kdc = FILE:$directory/kdc.log
CONF
}

make_realm() {
  kdb5_util create -s -r "$realm" -P "$(random)" </dev/null
  kadmin "addprinc -pw \"$password\" operator"
  kadmin "addprinc -pw \"$password\" -pwexpire yesterday expired"
  kadmin 'addprinc -pw 5omeone someone'
  kadmin 'addprinc -randkey robot'
  kadmin "ktadd -k $directory/user.keytab robot"
  kadmin 'addprinc -randkey HTTP/elsewhere'
  kadmin 'addprinc -randkey host/hv02.example'
  kadmin "ktadd -k $directory/service.keytab host/hv02.example"
  kadmin 'addprinc -randkey HTTP/localhost'
  kadmin "ktadd -k $directory/stranger.keytab HTTP/localhost"
  kadmin "ktadd -k $directory/service.keytab HTTP/localhost"
}

kadmin() {
  kadmin.local -r "$realm" -q "$1" </dev/null 2>&1
}

random() {
  head -c 24 /dev/urandom | base64
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

fail() {
  echo "$1" >&2
  cat "$directory/kdc.out" "$directory/kdc.log" >&2
  exit 1
}

stop() {
  [[ -z $kdc ]] || kill "$kdc" 2>/dev/null || true
  wait
  rm -rf "$directory"
}

main
