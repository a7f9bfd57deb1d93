# Makes buckets and users of the object storage.
path "kv/data/@environment@/minio/root" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/site" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/backup-writer" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/backup-pruner" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/backup-reader" {
  capabilities = ["read"]
}

path "kv/data/@environment@/minio/postgresql" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/minio-setup" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
