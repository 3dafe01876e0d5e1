#!/bin/bash
# Beside Patroni on each host, as a service: two things that Patroni does not look after.
#   guard.sh NAME ADDRESS PATRONI_YML [MEGABYTES]
# 1. The disk. A full one does not end Postgres: it goes on as primary and refuses whatever makes a table grow. With
#    less than MEGABYTES free this host gives up the lead.
# 2. etcd's leader. A new leader of etcd counts every lease anew, so a host that takes both leaders along is replaced
#    later by so much. It belongs on another host than the primary.
name=$1 address=$2 config=$3 least=${4:-512}

is_primary() {
  local status
  exec 3<> "/dev/tcp/$address/8008" || return 1
  printf 'OPTIONS /primary HTTP/1.0\r\n\r\n' >&3
  read -r -t 2 _ status _ <&3
  exec 3>&-
  [ "$status" = 200 ]
}

while sleep 3; do
  is_primary 2> /dev/null || continue

  free=$(df -Pm /var/lib/postgresql | { read -r _; read -r _ _ _ megabytes _; echo "$megabytes"; })
  if [ "$free" -lt "$least" ]; then
    echo "$free MB are left: $name gives up the lead."
    timeout 60 patronictl -c "$config" switchover --leader "$name" --force
    continue
  fi

  # Address, id, version, size, whether it leads.
  members=$(timeout 5 etcdctl --endpoints="http://$address:2379" endpoint status --cluster 2> /dev/null) || continue
  echo "$members" | grep -q "//$address:2379, [^,]*, [^,]*, [^,]*, true" || continue
  other=$(echo "$members" | grep -v "//$address:2379," | head -n 1 | cut -d , -f 2 | tr -d ' ')
  timeout 5 etcdctl --endpoints="http://$address:2379" move-leader "$other"
done
