# A person who looks after Vault: sees all that "homepage doctor" and "homepage vault up --dry-run" compare. Changes nothing,
# reads no value: of secrets, the names of their keys alone.
path "sys/audit" {
  capabilities = ["read", "sudo"]
}

path "sys/mounts" {
  capabilities = ["read"]
}

path "sys/auth" {
  capabilities = ["read"]
}

path "sys/policies/acl" {
  capabilities = ["list"]
}

path "sys/policies/acl/+" {
  capabilities = ["read"]
}

path "auth/approle/role" {
  capabilities = ["list"]
}

path "auth/approle/role/+" {
  capabilities = ["read"]
}

# Who signs in, which opens nothing without a secret-id.
path "auth/approle/role/+/role-id" {
  capabilities = ["read"]
}

# How many secret-ids there are and when they end; makes none.
path "auth/approle/role/+/secret-id" {
  capabilities = ["list"]
}

path "auth/approle/role/+/secret-id-accessor/lookup" {
  capabilities = ["update"]
}

path "kv/config" {
  capabilities = ["read"]
}

path "kv/metadata/*" {
  capabilities = ["list"]
}

path "kv/subkeys/*" {
  capabilities = ["read"]
}

path "pki-root-dev/issuers" {
  capabilities = ["list"]
}

path "pki-root-dev/issuer/+" {
  capabilities = ["read"]
}

path "pki-root-dev/config/issuers" {
  capabilities = ["read"]
}

path "pki-dev/issuers" {
  capabilities = ["list"]
}

path "pki-dev/issuer/+" {
  capabilities = ["read"]
}

path "pki-dev/config/issuers" {
  capabilities = ["read"]
}

path "pki-dev/roles" {
  capabilities = ["list"]
}

path "pki-dev/roles/+" {
  capabilities = ["read"]
}

path "pki-dev/config/auto-tidy" {
  capabilities = ["read"]
}

path "pki-root-prod/issuers" {
  capabilities = ["list"]
}

path "pki-root-prod/issuer/+" {
  capabilities = ["read"]
}

path "pki-root-prod/config/issuers" {
  capabilities = ["read"]
}

path "pki-prod/issuers" {
  capabilities = ["list"]
}

path "pki-prod/issuer/+" {
  capabilities = ["read"]
}

path "pki-prod/config/issuers" {
  capabilities = ["read"]
}

path "pki-prod/roles" {
  capabilities = ["list"]
}

path "pki-prod/roles/+" {
  capabilities = ["read"]
}

path "pki-prod/config/auto-tidy" {
  capabilities = ["read"]
}

path "auth/token/lookup-self" {
  capabilities = ["read"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
