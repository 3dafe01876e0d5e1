#!/bin/sh
# Builds both images, runs them on a real engine and prints what docs/docker.md says of them: size, start to ready
# beside the same stack outside, memory, whether the data outlives a restart; then migrations, worker, backup and
# PgBouncer of docker/compose.staybase.yml against the demo's database, and a stay that is booked, paid and cancelled
# through it; at the end, the commands of docs/docker.md as they stand there. Uses the engine of this machine; where there is none, root on
# Debian gets one from Debian's packages that is installed nowhere and ends with this script. Where the images below
# can't be pulled, stand-ins made by debootstrap take their names. Without an engine it says so and exits with 0.
#
#   docker/try.sh           TRY_FOLDER: where packages and base images are kept for the next time
set -eu
cd "$(dirname "$0")/.."
project=$(pwd)
folder=${TRY_FOLDER:-/var/tmp/staybase-docker}
port=${PORT:-25321}
node_image=node:24-trixie-slim
base_image=debian:trixie-slim
name=staybase-try-$$

skip() { echo "skipped: $1"; exit 0; }
say() { printf '%s\n' "$*"; }
now() { date +%s.%N; }
since() { echo "$(now) $1" | awk '{ printf "%.1f s", $1 - $2 }'; }

engine=''
outside=''
bare=''
clean_up() {
  docker rm --force --volumes "$name" "$name-pgbouncer" "$name-guide" > /dev/null 2>&1 || true
  docker volume rm "$name" "$name-backups" "$name-guide" > /dev/null 2>&1 || true
  [ -z "$outside" ] || { kill "$outside" 2> /dev/null || true; wait "$outside" 2> /dev/null || true; }
  rm -rf "$bare"
  [ -n "$engine" ] || return 0
  kill "$engine" 2> /dev/null || true
  while kill -0 "$engine" 2> /dev/null; do sleep 0.2; done
  ip link delete docker0 2> /dev/null || true
  umount "$folder/state/exec/netns/default" 2> /dev/null || true
}

# An engine of one's own: no rules in the firewall and no forwarding, so nothing is left of it but docker0.
start_engine() {
  [ "$(id -u)" = 0 ] || skip 'no Docker engine here, and only root can start one'
  for tool in apt-get dpkg-deb ip; do command -v $tool > /dev/null || skip "no Docker engine and no $tool here"; done
  mkdir -p "$folder/packages" "$folder/state"
  if [ ! -x "$folder/engine/usr/sbin/dockerd" ]; then
    (cd "$folder/packages" && apt-get -qq -o APT::Sandbox::User=root download docker.io containerd runc tini > /dev/null 2>&1) ||
      skip 'Debian has no docker.io for this machine'
    for package in "$folder"/packages/*.deb; do dpkg-deb --extract "$package" "$folder/engine"; done
  fi
  PATH=$folder/engine/usr/bin:$folder/engine/usr/sbin:$PATH
  DOCKER_HOST=unix://$folder/state/socket
  # A client of its own, whatever the machine's wants to log in to.
  DOCKER_CONFIG=$folder/state/client
  export PATH DOCKER_HOST DOCKER_CONFIG
  dockerd --host "$DOCKER_HOST" --data-root "$folder/data" --exec-root "$folder/state/exec" \
    --pidfile "$folder/state/pid" --iptables=false --ip-forward=false --storage-driver overlay2 \
    > "$folder/state/dockerd.log" 2>&1 &
  engine=$!
  for _ in $(seq 300); do
    docker info > /dev/null 2>&1 && return 0
    kill -0 "$engine" 2> /dev/null || break
    sleep 0.2
  done
  tail -n 5 "$folder/state/dockerd.log"
  skip 'the engine does not start here'
}

# debian:trixie-slim without what Debian's own leaves out too.
stand_in_base() {
  command -v debootstrap > /dev/null || skip "$base_image can't be pulled, and there is no debootstrap"
  if [ ! -f "$folder/trixie.done" ]; then
    rm -rf "$folder/trixie"
    debootstrap --variant=minbase trixie "$folder/trixie" > "$folder/debootstrap.log" 2>&1 ||
      skip "$base_image can't be pulled, and debootstrap failed (debootstrap.log)"
    touch "$folder/trixie.done"
  fi
  tar -C "$folder/trixie" --one-file-system --exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' \
    --exclude='./usr/share/locale/*' --exclude='./usr/share/info/*' --exclude='./var/cache/apt/*' \
    --exclude='./var/lib/apt/lists/*' --exclude='./var/log/*' --exclude='./dev/*' -c . | docker import - "$base_image" > /dev/null
}

# The same with Node and npm, and with the certificates that this machine trusts.
stand_in_node() {
  context=$folder/node
  rm -rf "$context"
  mkdir -p "$context/bin" "$context/lib"
  cp "$project/node_modules/node/bin/node" "$context/bin/node"
  cp -r "$(npm root --global)/npm" "$context/lib/npm"
  cp "${NODE_EXTRA_CA_CERTS:-/etc/ssl/certs/ca-certificates.crt}" "$context/ca.crt"
  printf '%s\n' "FROM $base_image" 'COPY bin/node /usr/local/bin/node' 'COPY lib /usr/local/lib/node_modules' \
    'COPY ca.crt /etc/ca.crt' 'ENV NODE_EXTRA_CA_CERTS=/etc/ca.crt' \
    'RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm' > "$context/Dockerfile"
  docker build --quiet --tag "$node_image" "$context" > /dev/null
}

wait_for() { # WORD: of the container's health
  until [ "$(docker inspect --format '{{.State.Health.Status}}' "$name")" = "$1" ]; do
    [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ] || { docker logs "$name" | tail -n 30; exit 1; }
    sleep 1
  done
}

start() {
  began=$(now)
  docker run --detach --init --name "$name" --volume "$name:/data" --publish "127.0.0.1:$port:54321" \
    --publish "127.0.0.1:$((port + 5)):54326" --publish "127.0.0.1:$((port + 6)):54327" --env "STAYBASE_PUBLIC_URL=http://127.0.0.1:$port" staybase-demo > /dev/null
  # One reader, as outside: a client of Docker's five times a second would take a good part of what is measured.
  docker logs --follow "$name" > "$folder/output" 2>&1 &
  reader=$!
  until grep -q 'Staybase is up' "$folder/output"; do
    kill -0 $reader 2> /dev/null || { tail -n 30 "$folder/output"; exit 1; }
    sleep 0.2
  done
  took=$(since "$began")
  say "$1: up after $took"
  wait_for healthy
  say "$1: healthy after $(since "$began")"
}

trap clean_up EXIT
trap 'exit 1' INT TERM
docker info > /dev/null 2>&1 || start_engine
say "engine $(docker version --format '{{.Server.Version}}'), $(uname -m), load $(cut -d' ' -f1 /proc/loadavg) on $(nproc) cores"
for image in "$base_image" "$node_image"; do
  docker image inspect "$image" > /dev/null 2>&1 || docker pull --quiet "$image" > /dev/null 2>&1 || {
    say "$image can't be pulled: a stand-in"
    case $image in "$base_image") stand_in_base ;; *) stand_in_node ;; esac
  }
done

began=$(now)
docker build --network host --tag staybase-demo --file docker/demo/Dockerfile . > "$folder/build.log" 2>&1 ||
  { tail -n 30 "$folder/build.log"; exit 1; }
say "built in $(since "$began")"
megabytes() { docker image inspect --format '{{.Size}}' "$1" | awk '{ printf "%d MB", $1 / 1000000 }'; }
say "image: $(megabytes staybase-demo), of which the base: $(megabytes "$base_image")"
docker history --no-trunc --format '{{.CreatedBy}}' staybase-demo > "$folder/history"
if grep -Ei '(password|secret|token|_key)=[^ ]' "$folder/history"; then say 'a secret is in the history'; exit 1; fi
[ "$(docker run --rm staybase-demo id -u)" = 1000 ] || { say 'it runs as somebody else'; exit 1; }

start 'first start'
first=$took
# Beside it, not at the same time: the container waits while the other starts.
docker pause "$name" > /dev/null
bare=$(mktemp -d)
chmod 755 "$bare"
# As on a machine that never ran it: without what Deno keeps of its modules.
: > "$bare/output"
began=$(now)
HOME=$bare STAYBASE_DATA=$bare STAYBASE_PORT=$((port + 100)) node_modules/.bin/node local/start.ts > "$bare/output" 2>&1 &
outside=$!
until grep -q 'Staybase is up' "$bare/output"; do
  kill -0 $outside 2> /dev/null || { cat "$bare/output"; exit 1; }
  sleep 0.2
done
took=$(since "$began")
say "the same stack outside: up after $took, so the image took $(echo "$first $took" | awk '{ printf "%.2f", $1 / $3 }') of it"
kill $outside
wait $outside || true
outside=''
docker unpause "$name" > /dev/null
wait_for healthy
key=sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH
url=http://127.0.0.1:$port
homes() { curl -fsS "$url/rest/v1/listings?select=listing_id" -H "apikey: $key" | grep -o listing_id | wc -l; }
was=$(homes)
[ "$was" -gt 0 ] || { say 'there is no town'; exit 1; }
docker logs "$name" 2>&1 | grep -q "API  *$url\$" || { say 'another address is printed'; exit 1; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "$url/mail")" = 200 ] || { say 'no mails'; exit 1; }
[ "$(curl -s -o /dev/null -w '%{http_code}' -H 'Host: rebound.example.com' "$url/mail")" = 403 ] ||
  { say 'a name that was pointed here reads the mails'; exit 1; }
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$((port + 5))/_fake")" = 200 ] || { say 'no fake Stripe'; exit 1; }
docker exec "$name" node local/let-time-pass.ts '1 minute' > /dev/null
say "memory: $(docker stats --no-stream --format '{{.MemUsage}}, {{.PIDs}} processes and threads' "$name")"

began=$(now)
docker stop -t 60 "$name" > /dev/null
say "stopped in $(since "$began"), exit code $(docker inspect --format '{{.State.ExitCode}}' "$name")"
docker rm "$name" > /dev/null
start 'second start, same volume'
[ "$(homes)" = "$was" ] || { say 'the data is gone'; exit 1; }
say "the $was homes are still there"

# What the services of docker/compose.staybase.yml run, in the network of the demo: its Postgres stands in for
# Supabase's. `postgres` and the keys are those of every local stack.
docker build --network host --tag staybase-tools --build-arg "STAYBASE_REVISION=$(git rev-parse HEAD)" \
  --file docker/tools/Dockerfile . > "$folder/build-tools.log" 2>&1 || { tail -n 30 "$folder/build-tools.log"; exit 1; }
say "image of the tools: $(megabytes staybase-tools), of which Node's: $(megabytes "$node_image")"
cat > "$folder/tools.env" <<ENV
DATABASE_URL=postgresql://postgres:postgres@127.0.0.1:54322/postgres?sslmode=disable
STAYBASE_ENVIRONMENT=local
SUPABASE_URL=http://127.0.0.1:54321
SUPABASE_PUBLISHABLE_KEY=$key
SUPABASE_SECRET_KEY=sb_secret_N7UND0UgjKTVK-Uodkm0Hg_xSvEMPvz
STRIPE_SECRET_KEY=sk_test_staybase_local
STRIPE_API_URL=http://127.0.0.1:54326
POSTGRES_HOST=127.0.0.1
POSTGRES_PORT=54322
POSTGRES_DB=postgres
STAYBASE_GRAPHQL_PASSWORD=postgres
PGPASSWORD=postgres
BACKUP_FOLDER=/backups
ENV
tools() { # WORD: what, then options of docker run, --, a command
  what=$1
  shift
  options=''
  while [ "$1" != -- ]; do options="$options $1"; shift; done
  shift
  began=$(now)
  # shellcheck disable=SC2086
  docker run --rm --init --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
    --network "container:$name" --env-file "$folder/tools.env" $options staybase-tools "$@" > "$folder/tools.log" 2>&1 ||
    { tail -n 30 "$folder/tools.log"; say "failed: $what"; exit 1; }
  say "$what: $(since "$began")"
}
tools 'migrate' -- node scripts/deploy.ts --smoke none
grep -q 'migrations: up to date' "$folder/tools.log" || { cat "$folder/tools.log"; exit 1; }
tools 'worker, what is due now' -- node scripts/worker.ts --once
tools 'a stay booked, paid, cancelled and paid back' -- node scripts/deploy.ts smoke --smoke full
docker volume create "$name-backups" > /dev/null
tools 'keys for backups' "--volume=$name-backups:/backups" -- node scripts/backup.ts --new-key /backups/key
recipient=$(grep -o 'age1[a-z0-9]*' "$folder/tools.log" | head -n 1)
tools 'backup' "--volume=$name-backups:/backups" "--env=BACKUP_RECIPIENTS=$recipient" -- node scripts/backup.ts
grep 'Backed up' "$folder/tools.log" || true
tools 'backup, read from end to end' "--volume=$name-backups:/backups" --env=BACKUP_IDENTITY_FILE=/backups/key -- \
  node scripts/backup.ts --verify
docker run --detach --init --name "$name-pgbouncer" --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
  --network "container:$name" --env-file "$folder/tools.env" staybase-tools sh docker/tools/pgbouncer.sh > /dev/null
for _ in $(seq 100); do
  docker exec "$name-pgbouncer" pg_isready --quiet --host=127.0.0.1 --port=6432 --username=staybase_graphql && break
  sleep 0.2
done
who=$(docker exec "$name-pgbouncer" psql -h 127.0.0.1 -p 6432 -U staybase_graphql -d postgres -Atc 'select current_user') || true
[ "${who:-}" = staybase_graphql ] || { docker logs "$name-pgbouncer"; exit 1; }
if docker exec --env PGPASSWORD=wrong "$name-pgbouncer" psql -h 127.0.0.1 -p 6432 -U staybase_graphql -d postgres -Atc 'select 1' > /dev/null 2>&1; then
  say 'PgBouncer takes any password'
  exit 1
fi
say "PgBouncer: $who comes through, with its password alone"

# The guide's own commands. Its ports and its container's name may be somebody's on this machine: ours stand for them.
block() { # NUMBER: of a block of commands in the guide
  awk -v wanted="$1" '/^```sh$/ { inside = ++at == wanted; next } /^```$/ { inside = 0 } inside' docs/docker.md |
    sed -E "s/54321:54321/$((port + 200)):54321/; s/54326:54326/$((port + 205)):54326/; s/54327:54327/$((port + 206)):54327/; s/([ '])staybase([ :)]|\$)/\\1$name-guide\\2/g" > "$folder/block.sh"
  grep -q docker "$folder/block.sh" || { say "docs/docker.md has no block $1"; exit 1; }
}
docker rm --force "$name" "$name-pgbouncer" > /dev/null
block 1
sh -eu "$folder/block.sh" > "$folder/guide.log" 2>&1 &
outside=$!
until grep -q 'Staybase is up' "$folder/guide.log"; do
  kill -0 $outside 2> /dev/null || { tail -n 30 "$folder/guide.log"; exit 1; }
  sleep 0.2
done
docker stop -t 60 "$name-guide" > /dev/null
wait $outside || true
outside=''
block 2
sh -eu "$folder/block.sh" > "$folder/guide.log" 2>&1 || { tail -n 30 "$folder/guide.log"; exit 1; }
grep -q '^In Staybase it is' "$folder/guide.log" || { cat "$folder/guide.log"; exit 1; }
say 'docs/docker.md: its commands do what it says'
say 'All of it works.'
