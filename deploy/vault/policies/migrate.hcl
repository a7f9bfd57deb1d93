# Migrations: a certificate that signs in to PostgreSQL as the owner of the schema.
path "pki-@environment@/issue/migrate" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
