# Valkey: its own certificate, and the passwords of its users, with those that only several of them have.
path "kv/data/@environment@/valkey/user-api" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-exporter" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-reloader" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-replica" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-sentinel" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/valkey" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
