# What the primary Vault may ask of the bootstrap: open and close its own key, and live on.
path "transit/encrypt/primary" {
  capabilities = ["update"]
}

path "transit/decrypt/primary" {
  capabilities = ["update"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}

path "auth/token/lookup-self" {
  capabilities = ["read"]
}
