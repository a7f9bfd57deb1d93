# PostgreSQL: its own certificate.
path "pki-@environment@/issue/postgresql" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
