#!/bin/bash
# Before each start of PostgreSQL: a cluster where there is none yet, and the roles as roles.sql says. It listens on its own
# socket alone meanwhile. PGDATA is where the data is to be; /etc/postgresql holds the files beside this one.
set -euo pipefail

if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
  # Made beside and renamed: what was cut off is no cluster, and is made anew.
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username=postgres --auth-local=peer --auth-host=reject \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  mv --no-target-directory "$PGDATA.new" "$PGDATA"
fi

# After a power cut it reads its log again first, which may take minutes.
pg_ctl start --wait --timeout=600 --pgdata="$PGDATA" \
  --options="-c config_file=/etc/postgresql/postgresql.conf -c listen_addresses='' -c ssl=off -c unix_socket_directories=/tmp"
trap 'pg_ctl stop --wait --mode=fast --pgdata="$PGDATA"' EXIT
psql --no-psqlrc --quiet --host=/tmp --username=postgres --dbname=postgres --file=/etc/postgresql/roles.sql
