#!/bin/sh
# Postgres up to 17 expects a sequential scan that is switched off (enable_seqscan = off), and that has to be made all the same,
# to cost 10,000,000,000. With LLVM, as Debian packs it and with the settings it has then, everything above 500,000 is compiled,
# inlined and optimized before it runs, each time. So a function that turns such scans off to be sure of its indexes, and
# reads one table of one row by no index on its way, spends a hundred times as long with the compiler as with the row,
# and nothing but EXPLAIN ANALYZE tells. jit = off beside it ends that. Postgres 18 counts such scans apart from the cost.
#
# Seen on 30 November 2026, on Debian 12, with the packages named below (0.3 ms, and 500 to 580 compiled):
#   postgres (PostgreSQL) 15.20
#   scans on: not compiled
#   scans off: compiled, with inlining and optimization
#   ten times as long or more: yes
#   scans off, jit off: not compiled
set -eu
version=15.20-0+deb12u1
folder=$(mktemp -d)
chmod 755 "$folder"
stop() {
  [ ! -f "$folder/data/postmaster.pid" ] || as_nobody "$programs/pg_ctl" -D "$folder/data" -m immediate stop > /dev/null
  rm -rf "$folder"
}
# Postgres does not run as root.
as_nobody() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; else "$@"; fi
}
trap stop EXIT
cd "$folder"
apt-get download "postgresql-15=$version" "postgresql-client-15=$version" "libpq5=$version" libllvm14=1:14.0.6-12 libz3-4=4.8.12-3.1 > /dev/null 2>&1
for package in ./*.deb; do dpkg-deb --extract "$package" root; done
programs=$folder/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$folder/root/usr/lib/x86_64-linux-gnu
LC_ALL=C.UTF-8
export LD_LIBRARY_PATH LC_ALL
mkdir data
[ "$(id -u)" != 0 ] || chown 65534:65534 data
as_nobody "$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --no-sync > /dev/null
as_nobody "$programs/pg_ctl" -D "$folder/data" -w -l "$folder/data/log" \
  -o "-c listen_addresses='' -c unix_socket_directories=$folder/data -c fsync=off" start > /dev/null

ask() { "$programs/psql" --no-psqlrc -h "$folder/data" -U postgres -qAtc "$1"; }
ask "create table settings (name text, value text); insert into settings values ('colour', 'green'); analyze settings"
# What EXPLAIN says of the compiler, and the microseconds of the fastest of five.
look() {
  for _ in 1 2 3 4 5; do
    ask "$1 explain (analyze, format json) select value from settings"
  done | python3 -c '
import json, re, sys
plans = [plan[0] for plan in map(json.loads, re.findall(r"^\[$.*?^\]$", sys.stdin.read(), re.S | re.M))]
jit = plans[0].get("JIT")
how = "not compiled" if jit is None else "compiled, with inlining and optimization" if (
    jit["Options"]["Inlining"] and jit["Options"]["Optimization"]) else "compiled"
print(how + ";" + str(max(1, round(1000 * min(plan["Execution Time"] for plan in plans)))))'
}
on=$(look "")
off=$(look "set enable_seqscan = off;")
without=$(look "set enable_seqscan = off; set jit = off;")
{
  "$programs/postgres" --version | sed 's/ (Debian.*//'
  echo "scans on: ${on%;*}"
  echo "scans off: ${off%;*}"
  echo "ten times as long or more: $([ "${off#*;}" -ge $((10 * ${on#*;})) ] && echo yes || echo no)"
  echo "scans off, jit off: ${without%;*}"
} | tee seen.txt
echo "(${on#*;}, ${off#*;} and ${without#*;} microseconds)" >&2
cat > expected.txt <<'TEXT'
postgres (PostgreSQL) 15.20
scans on: not compiled
scans off: compiled, with inlining and optimization
ten times as long or more: yes
scans off, jit off: not compiled
TEXT
diff expected.txt seen.txt
