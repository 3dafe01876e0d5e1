#!/bin/sh
# Proves point-in-time recovery with this folder's configuration, in a Debian 13 of its own: a backup, rows,
# a moment, a mistake, a disk that is gone, and back to that moment. Prints what each step took.
#
#   operate/pgbackrest/prove.sh ROOT      as root; ROOT: a folder made by
#     debootstrap --variant=minbase --include=postgresql-17,pgbackrest trixie ROOT
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=${1:?Say where the Debian is: operate/pgbackrest/prove.sh ROOT}
data=/var/lib/postgresql/17/main
port=${PORT:-25432}
passphrase=$(od -An -tx1 -N24 /dev/urandom | tr -d ' \n')

in_root() {
  chroot --userspec=postgres:postgres "$root" /usr/bin/env -i PATH=/usr/lib/postgresql/17/bin:/usr/bin:/bin LC_ALL=C.UTF-8 \
    PGBACKREST_REPO1_CIPHER_PASS="$passphrase" PGHOST=/tmp PGPORT="$port" PGDATABASE=postgres "$@"
}
sql() { in_root psql -XAtqc "$1"; }
step() {
  began=$(date +%s.%N)
  what=$1
  shift
  "$@" > "$root/tmp/step.log" 2>&1 || { cat "$root/tmp/step.log"; echo "failed: $what" >&2; exit 1; }
  echo "$(date +%s.%N) $began" | awk -v what="$what" '{ printf "%6.1f s  %s\n", $1 - $2, what }'
}
server() { in_root pg_ctl -D $data -w -t 300 "$@"; }
stop_server() { in_root pg_ctl -D $data -m immediate stop > /dev/null 2>&1 || true; }
trap stop_server EXIT

mkdir -p "$root/etc/pgbackrest"
sed "s/^pg1-port=.*/pg1-port=$port\npg1-socket-path=\/tmp/" "$here/pgbackrest.conf" > "$root/etc/pgbackrest/pgbackrest.conf"
chroot "$root" sh -c "rm -rf $data /var/lib/pgbackrest/* /var/spool/pgbackrest/* \
  && mkdir -p $data /var/lib/pgbackrest /var/spool/pgbackrest /var/log/pgbackrest \
  && chown -R postgres:postgres $data /var/lib/pgbackrest /var/spool/pgbackrest /var/log/pgbackrest /etc/pgbackrest && chmod 700 $data"
chroot "$root" pgbackrest version
in_root postgres --version

step 'initdb' in_root initdb -D $data --no-locale --encoding=UTF8
{ cat "$here/postgresql.conf"; echo "port = $port"; echo "unix_socket_directories = '/tmp'"; echo "listen_addresses = ''"; } >> "$root$data/postgresql.conf"
step 'start' server -l /tmp/postgres.log start
step 'stanza-create' in_root pgbackrest --stanza=staybase stanza-create
step 'check' in_root pgbackrest --stanza=staybase check
sql "create table bookings (booking_id int primary key, note text); insert into bookings select n, repeat(md5(n::text), 8) from generate_series(1, 200000) as n"
step 'full backup' in_root pgbackrest --stanza=staybase --type=full backup
sql "insert into bookings select n, 'after the backup' from generate_series(200001, 200500) as n"
step 'incremental backup' in_root pgbackrest --stanza=staybase --type=incr backup
sql "insert into bookings select n, 'after the last backup' from generate_series(200501, 200600) as n"
sleep 1
moment=$(sql "select now()")
sleep 1
sql "delete from bookings where booking_id > 100"
sql "select pg_switch_wal()" > /dev/null
in_root pgbackrest --stanza=staybase check > /dev/null 2>&1
echo "         the mistake: $(sql 'select count(*) from bookings') rows are left; wanted is $moment"

server -m immediate stop > /dev/null
rm -rf "${root:?}$data"
chroot "$root" sh -c "mkdir $data && chown postgres:postgres $data && chmod 700 $data"
step 'restore' in_root pgbackrest --stanza=staybase --type=time --target="$moment" --target-action=promote restore
step 'start and replay to the moment' server -l /tmp/postgres.log start
while [ "$(sql 'select pg_is_in_recovery()')" = t ]; do sleep 0.2; done
rows=$(sql 'select count(*) from bookings')
echo "         back: $rows rows"
[ "$rows" = 200600 ] || { echo "200600 were wanted." >&2; exit 1; }
in_root pgbackrest --stanza=staybase info
echo 'Point-in-time recovery holds.'
