# MinIO: its own certificate, and its first user.
path "kv/data/@environment@/minio/root" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/minio" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
