# Backups: a certificate for PostgreSQL, and the pictures.
path "kv/data/@environment@/minio/site" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/backup" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
