# Sourced by scripts that unpack packages of Debian 13 on an older Debian or on Ubuntu, without installing anything:
# apt downloads them and checks their signatures, with lists and a cache of its own below $work.
for tool in apt-get dpkg-deb; do
  command -v $tool > /dev/null || { echo "$tool is not here: this script is for Debian and Ubuntu." >&2; exit 1; }
done
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r $keyring ] || { echo "$keyring is missing: apt-get install debian-archive-keyring" >&2; exit 1; }

mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
: > "$work/status"
# The mirror that this machine uses already.
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -n 1)}
[ -n "$mirror" ] || { echo "Set DEBIAN_MIRROR to the address of a Debian mirror." >&2; exit 1; }
echo "deb [signed-by=$keyring] $mirror trixie main" > "$work/sources.list"
own_apt() {
  apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=- \
    -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1 "$@" >&2
}
own_apt update
