# Makes what every service of its environment signs in with, every day. It could sign in as each of them, so its own secret-id is
# worth as much as all of theirs; in another environment it is worth nothing, and what a role may do is not its to change.
# Each path is written out, two lines for each role: a star would also let it make sign-ins for roles of later.
path "auth/approle/role/@environment@-api/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-api/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-migrate/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-migrate/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-backup/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-backup/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-backup-verify/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-backup-verify/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-backup-prune/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-backup-prune/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-frontend/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-frontend/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-postgresql/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-postgresql/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-postgresql-reloader/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-postgresql-reloader/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-postgresql-exporter/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-postgresql-exporter/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-postgresql-instance/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-postgresql-instance/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-postgresql-replica/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-postgresql-replica/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-valkey/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-valkey/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-valkey-reloader/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-valkey-reloader/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-valkey-exporter/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-valkey-exporter/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-valkey-sentinel/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-valkey-sentinel/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-minio/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-minio/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-minio-setup/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-minio-setup/secret-id" { capabilities = ["update"] }
path "auth/approle/role/@environment@-traefik/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-traefik/secret-id" { capabilities = ["update"] }

# Itself: nobody else would. The job that takes snapshots renews itself, too.
path "auth/approle/role/@environment@-secret-ids/role-id"   { capabilities = ["read"] }
path "auth/approle/role/@environment@-secret-ids/secret-id" { capabilities = ["update"] }

# Its token ends with its run.
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
