#!/bin/sh
# Buckets, users and what each may do. Running it again changes nothing. The folder of secrets has the address and key of the
# first user (mc.json) and both keys of each other one (user-<name>); the policies are beside this file.
set -eu

secrets=${SECRETS_DIR:-/vault/secrets}
export MC_CONFIG_DIR="${TMPDIR:-/tmp}/mc"
mkdir -p "$MC_CONFIG_DIR/certs/CAs"
cp "$secrets/mc.json" "$MC_CONFIG_DIR/config.json"
cp "$secrets/ca.crt" "$MC_CONFIG_DIR/certs/CAs/ca.crt"
here=$(dirname "$0")

# A network policy may come into force a moment after the pod.
tries=0
until mc ready store; do
  tries=$((tries + 1))
  [ "$tries" -lt 60 ] || exit 1
  sleep 2
done

mc mb --ignore-existing store/homepage
mc mb --ignore-existing --with-versioning store/homepage-backups
mc ilm import store/homepage-backups < "$here/backup-lifecycle.json"
# For CloudNativePG, which removes what is old by itself; empty where there is one PostgreSQL.
mc mb --ignore-existing store/postgresql

for policy in site backup-writer backup-pruner backup-reader postgresql; do
  mc admin policy create store "$policy" "$here/$policy.json"
  # The keys come through standard input: a command line would show them.
  mc admin user add store < "$secrets/user-$policy"
  user=$(head -n 1 "$secrets/user-$policy")
  # It refuses what is so already.
  mc admin policy attach store "$policy" --user "$user" ||
    mc --json admin policy entities store --user "$user" | grep -q "\"$policy\""
done
