# Removes old backups; nobody else may.
path "kv/data/@environment@/minio/backup-pruner" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/backup-prune" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
