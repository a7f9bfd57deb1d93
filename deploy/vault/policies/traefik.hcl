# Traefik: a certificate for the API, for a key that cert-manager made.
path "pki-@environment@/sign/traefik" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
