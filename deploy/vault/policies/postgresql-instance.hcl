# CloudNativePG: the certificate of its instances, for a key that cert-manager made.
path "pki-@environment@/sign/postgresql-instance" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
