# CloudNativePG: what an instance shows to the primary that it copies from, for a key that cert-manager made.
path "pki-@environment@/sign/postgresql-replica" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
