# Reads the statistics of Valkey.
path "kv/data/@environment@/valkey/user-exporter" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/valkey-exporter" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
