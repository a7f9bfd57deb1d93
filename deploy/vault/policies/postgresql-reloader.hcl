# Tells PostgreSQL of its new certificate.
path "pki-@environment@/issue/postgresql-reloader" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
