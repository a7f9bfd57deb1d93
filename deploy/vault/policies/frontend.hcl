# nginx: the certificate that the API asks of it.
path "pki-@environment@/issue/frontend" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
