#!/bin/sh
# On a machine with HAProxy, while another host takes over: new connections wait instead of being refused.
#
#   hold.sh on                 from now on
#   hold.sh leader             prints the server that HAProxy takes for the leader
#   hold.sh off [MOST]         those who wait go on; MOST: maxconn of haproxy.cfg, 2000
#
# HAPROXY_SOCKET: its `stats socket`, with `level admin`.
set -eu
socket=${HAPROXY_SOCKET:-/run/haproxy/admin.sock}
tell() {
  perl -MIO::Socket::UNIX -e '
    my $socket = IO::Socket::UNIX->new(Peer => shift) or die "HAProxy does not answer: $!\n";
    print $socket "@ARGV\n"; print while <$socket>' "$socket" "$@"
}

case ${1:-} in
  on) for front in writes sessions; do tell set maxconn frontend $front 0; done ;;
  # Columns of `show stat`: proxy, server, and the 18th is the status.
  leader) tell show stat | sed -nE 's/^writes,([^,]*),([^,]*,){15}UP.*/\1/p' | grep -v '^BACKEND$' || true ;;
  off) for front in writes sessions; do tell set maxconn frontend $front "${2:-2000}"; done ;;
  *) echo 'hold.sh on|leader|off' >&2; exit 2 ;;
esac
