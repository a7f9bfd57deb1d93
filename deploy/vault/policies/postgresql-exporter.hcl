# Reads the statistics of PostgreSQL.
path "pki-@environment@/issue/postgresql-exporter" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
