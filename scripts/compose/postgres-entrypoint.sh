#!/bin/sh
# What the official image of PostgreSQL does at its start, as far as compose.yaml counts on it: at the first one it makes the
# database and runs /docker-entrypoint-initdb.d; then anybody who has a password may come over the network.
set -eu
data=/var/lib/postgresql/data
run() { setpriv --reuid="$SERVER_UID" --regid="$SERVER_GID" --clear-groups "$@"; }
mkdir -p /tmp/sockets && chown "$SERVER_UID:$SERVER_GID" /tmp/sockets /var/lib/postgresql
if [ ! -f "$data/PG_VERSION" ]; then
  run initdb --pgdata="$data" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --auth=trust >/dev/null
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"
  run pg_ctl --pgdata="$data" --wait --options="-c listen_addresses= -c unix_socket_directories=/tmp/sockets" start >/dev/null
  for file in /docker-entrypoint-initdb.d/*.sql; do
    run psql --host=/tmp/sockets --username=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --file="$file"
  done
  run pg_ctl --pgdata="$data" --wait stop >/dev/null
fi
exec setpriv --reuid="$SERVER_UID" --regid="$SERVER_GID" --clear-groups \
  postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp/sockets
