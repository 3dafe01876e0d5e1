#!/bin/sh
# The first process of a host, in namespaces of its own: makes its file system and waits. Everything that is mounted
# here goes with it.
#   host.sh PROGRAMS FOLDER [DISK]     DISK: an image for the database, mounted at /var/lib/postgresql
set -eu
programs=$1 folder=$2 disk=${3:-}
root=$folder/root
mkdir -p "$root" "$folder/etcd" "$folder/etc" "$folder/postgresql"
mount --bind "$programs" "$root"
mount -o remount,bind,ro "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mount --bind "$folder/etc" "$root/etc/staybase"
mount --bind "$folder/etcd" "$root/var/lib/etcd"
if [ -n "$disk" ]; then mount -o loop "$disk" "$root/var/lib/postgresql"
else mount --bind "$folder/postgresql" "$root/var/lib/postgresql"; fi
mkdir -p "$root/run/staybase" "$root/var/lib/postgresql/17"
chroot "$root" chown -R postgres:postgres /run/staybase /var/lib/etcd /etc/staybase
chroot "$root" chown postgres:postgres /var/lib/postgresql /var/lib/postgresql/17
# Children that nobody waits for are buried by the kernel. (A shell's trap does not bring that about.)
exec chroot "$root" /usr/bin/perl -e '$| = 1; $SIG{CHLD} = "IGNORE"; print "up\n"; sleep 3600 while 1'
