# The API: its certificate, what it signs in to Valkey and the storage with, and what shows how the backups are.
path "kv/data/@environment@/api/session-key" {
  capabilities = ["read"]
}

path "kv/data/@environment@/api/github" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-api" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/site" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/backup-reader" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/api" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
