#!/bin/sh
# A backup now and then one every BACKUP_EVERY_MINUTES, until it is stopped. A backup that failed is told and
# tried again at the next time; the container's health says when the newest is too old.
set -u
every=$((${BACKUP_EVERY_MINUTES:-60} * 60))
trap 'exit 0' TERM INT
while :; do
  node scripts/backup.ts || echo "The backup failed; the next one begins in $every seconds." >&2
  sleep "$every" &
  wait $!
done
