# Backups: a certificate for PostgreSQL, the pictures, and the places that backups go to.
path "kv/data/@environment@/minio/site" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/backup-writer" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/backup" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
