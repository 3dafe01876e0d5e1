#!/bin/sh
# Brings pg_dump, pg_restore, pg_basebackup and psql 17 to a Debian or Ubuntu whose own are older (Debian 12
# has 15, which refuses a server of 17), without installing anything: the packages of Debian 13 are
# downloaded by apt, which checks their signatures, and unpacked below a folder with the C library they were
# built for. 20 MB; needs no root. Prints the folder to put into PG_BIN.
#
#   operate/postgres-client.sh [FOLDER]      FOLDER: .staybase/postgres-client, where the scripts look
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${STAYBASE_DATA:-$here/.staybase}/postgres-client}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ -x "$folder/bin/pg_dump" ] && "$folder/bin/pg_dump" --version > /dev/null 2>&1; then
  echo "$folder/bin"
  exit 0
fi
work=$folder/apt
. "$here/operate/debian-13.sh"
# With an empty list of what is installed, all that the client needs is downloaded, the C library too.
own_apt install -y --no-install-recommends --download-only postgresql-client-17
for package in "$work"/cache/archives/*.deb; do
  case ${package##*/} in perl*|libperl*|postgresql-client-common*|netbase*|sensible-utils*) continue ;; esac
  dpkg-deb --extract "$package" "$folder/root"
done

libraries=$folder/root/usr/lib/$(uname -m)-linux-gnu
loader=$(find "$folder/root/usr/lib" "$folder/root/lib" -name 'ld-linux-*.so.*' 2> /dev/null | head -n 1)
mkdir -p "$folder/bin"
for program in pg_dump pg_dumpall pg_restore pg_basebackup pg_verifybackup psql; do
  real=$folder/root/usr/lib/postgresql/17/bin/$program
  # pg_dumpall looks for pg_dump beside itself, so it is told that it is this file.
  printf '#!/bin/sh\nexec "%s" --argv0 "%s" --library-path "%s" "%s" "$@"\n' "$loader" \
    "$folder/bin/$program" "$libraries" "$real" > "$folder/bin/$program"
  chmod 755 "$folder/bin/$program"
done
rm -rf "$work"
"$folder/bin/pg_dump" --version >&2
echo "$folder/bin"
