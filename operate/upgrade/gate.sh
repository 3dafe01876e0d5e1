#!/bin/sh
# What stands between clients and two servers while one takes over from the other (docs/online-upgrade.md), on the machine
# of PgBouncer. `npm run upgrade -- switch` runs it.
#
#   gate.sh close      requests wait, sessions end; returns when no transaction runs any more
#   gate.sh old|new    leads to that server from the next open on
#   gate.sh open       those who wait go on
#
# PGBOUNCER_ADMIN    address of PgBouncer's console, as one of its admin_users
# PGBOUNCER_FOLDER   pgbouncer.ini there has `%include .../databases.ini` below [databases], and this script puts
#                    databases.old.ini or databases.new.ini in its place
set -eu
folder=${PGBOUNCER_FOLDER:-/etc/pgbouncer}
tell() { timeout 10 psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --command "$1" "$PGBOUNCER_ADMIN" > /dev/null; }

case ${1:-} in
  close)
    tell 'pause postgres'
    tell 'kill sessions'
    ;;
  old | new)
    cp "$folder/databases.$1.ini" "$folder/databases.ini.next"
    mv "$folder/databases.ini.next" "$folder/databases.ini"
    tell reload
    ;;
  open)
    # One that was not closed says so, and that is as well.
    tell 'resume sessions' || true
    tell 'resume postgres' || true
    ;;
  *)
    echo 'gate.sh close|old|new|open' >&2
    exit 2
    ;;
esac
