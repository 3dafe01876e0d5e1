#!/bin/sh
# PgBouncer in transaction mode for one role, `staybase_graphql`, as whom the graph enters the database. The
# password comes from the environment and lies in a file that only this process may read.
set -eu
umask 077
: "${POSTGRES_HOST:?}" "${POSTGRES_PORT:?}" "${POSTGRES_DB:?}" "${STAYBASE_GRAPHQL_PASSWORD:?}"
folder=$(mktemp -d)
# A quote within quotes is written twice.
quoted=$(printf %s "$STAYBASE_GRAPHQL_PASSWORD" | sed 's/"/""/g')
printf '"staybase_graphql" "%s"\n' "$quoted" > "$folder/users.txt"
cat > "$folder/pgbouncer.ini" <<INI
[databases]
$POSTGRES_DB = host=$POSTGRES_HOST port=$POSTGRES_PORT dbname=$POSTGRES_DB
[pgbouncer]
listen_addr = ${PGBOUNCER_LISTEN:-0.0.0.0}
listen_port = 6432
unix_socket_dir =
auth_type = scram-sha-256
auth_file = $folder/users.txt
pool_mode = transaction
default_pool_size = ${PGBOUNCER_POOL_SIZE:-20}
max_client_conn = ${PGBOUNCER_MAX_CLIENTS:-500}
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
INI
exec pgbouncer "$folder/pgbouncer.ini"
