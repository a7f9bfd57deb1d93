# Restores backups to look whether they are good.
path "kv/data/@environment@/minio/backup-writer" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/backup-verify" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
