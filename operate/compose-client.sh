#!/bin/sh
# Brings Docker Compose 2.26 of Debian 13 to a machine without it, for `docker-compose config`, which needs no engine.
# Nothing is installed: one program of 64 MB below a folder, which is printed for the PATH.
#
#   operate/compose-client.sh [FOLDER]      FOLDER: .staybase/compose-client
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-${STAYBASE_DATA:-$here/.staybase}/compose-client}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

if [ ! -x "$folder/bin/docker-compose" ]; then
  work=$folder/apt
  . "$here/operate/debian-13.sh"
  (cd "$work" && own_apt download docker-compose && dpkg-deb --extract docker-compose_*.deb root)
  mkdir -p "$folder/bin"
  mv "$work/root/usr/libexec/docker/cli-plugins/docker-compose" "$folder/bin/docker-compose"
  rm -rf "$work"
fi
"$folder/bin/docker-compose" version >&2
echo "$folder/bin"
