# Valkey: its own certificate, and the passwords of its users.
path "kv/data/@environment@/valkey/user-api" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-exporter" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-reloader" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/valkey" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
