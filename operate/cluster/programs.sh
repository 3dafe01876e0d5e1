#!/bin/sh
# Unpacks Debian 13's Patroni, etcd, HAProxy, PgBouncer and Postgres 17, with all that they need, into one folder
# that scripts/cluster.ts enters with chroot. Nothing is installed. 570 MB. Prints the folder.
#
#   operate/cluster/programs.sh [FOLDER]      FOLDER: .staybase/cluster-programs
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
folder=${1:-${STAYBASE_DATA:-$here/.staybase}/cluster-programs}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ ! -e "$folder/complete" ]; then
  work=$folder/apt
  . "$here/operate/debian-13.sh"
  # With an empty list of what is installed, everything that these need is downloaded, the C library too.
  own_apt install -y --no-install-recommends --download-only base-files base-passwd bash ca-certificates \
    coreutils dash findutils grep iproute2 libc-bin mount procps sed util-linux \
    etcd-client etcd-server haproxy patroni pgbouncer postgresql-17 python3-etcd
  # Links such as /bin come with base-files.
  for package in "$work"/cache/archives/base-files_*.deb "$work"/cache/archives/*.deb; do
    dpkg-deb --extract "$package" "$folder/root"
  done
  cp "$folder/root/usr/share/base-passwd/passwd.master" "$folder/root/etc/passwd"
  cp "$folder/root/usr/share/base-passwd/group.master" "$folder/root/etc/group"
  # A number that no user of this machine has.
  echo 'postgres:x:64732:64732::/var/lib/postgresql:/bin/bash' >> "$folder/root/etc/passwd"
  echo 'postgres:x:64732:' >> "$folder/root/etc/group"
  echo '127.0.0.1 localhost' > "$folder/root/etc/hosts"
  # Patroni's Python reads it, though nothing here speaks TLS.
  find "$folder/root/usr/share/ca-certificates" -name '*.crt' -exec cat {} + \
    > "$folder/root/etc/ssl/certs/ca-certificates.crt"
  ln -sf /usr/share/zoneinfo/Etc/UTC "$folder/root/etc/localtime"
  mkdir -p "$folder/root/etc/staybase" "$folder/root/var/lib/etcd" "$folder/root/var/lib/postgresql"
  rm -rf "$work"
  touch "$folder/complete"
fi
echo "$folder/root"
