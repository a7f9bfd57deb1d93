# Tells Valkey of its new certificate.
path "kv/data/@environment@/valkey/user-reloader" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/valkey-reloader" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
