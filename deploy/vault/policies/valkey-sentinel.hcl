# A Sentinel: its certificate, whom it lets in, and what it signs in to Valkeys and other Sentinels with.
path "kv/data/@environment@/valkey/user-api" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-sentinel" {
  capabilities = ["read"]
}

path "kv/data/@environment@/valkey/user-peer" {
  capabilities = ["read"]
}

path "pki-@environment@/issue/valkey-sentinel" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
