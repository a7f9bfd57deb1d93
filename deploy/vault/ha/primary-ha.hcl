# One of three primary Vaults: secrets, certificates and sign-in of services. It opens itself through the bootstrap's Transit key.
ui            = false
disable_mlock = true
# Its name, which it is given once, at its set-up, and shows while it is open: `homepage vault` tells the two apart by it.
cluster_name  = "homepage-primary"
# Who this one is comes from its pod: VAULT_RAFT_NODE_ID, VAULT_API_ADDR, VAULT_CLUSTER_ADDR.

storage "raft" {
  path                   = "/vault/data"
  # A leader within a second or two after the one before is lost instead of ten.
  performance_multiplier = 1

  retry_join {
    leader_api_addr     = "https://vault-0.vault-internal.vault.svc:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
  }

  retry_join {
    leader_api_addr     = "https://vault-1.vault-internal.vault.svc:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
  }

  retry_join {
    leader_api_addr     = "https://vault-2.vault-internal.vault.svc:8200"
    leader_ca_cert_file = "/vault/tls/ca.crt"
  }
}

listener "tcp" {
  address         = "0.0.0.0:8200"
  cluster_address = "0.0.0.0:8201"
  tls_cert_file   = "/vault/tls/tls.crt"
  tls_key_file    = "/vault/tls/tls.key"
  tls_min_version = "tls13"
}

# The token comes in VAULT_TOKEN: orphan and periodic, so it lives as long as this server renews it.
# There is no client certificate here: a seal would go on with an old one after its renewal (hashicorp/vault#9654).
seal "transit" {
  address     = "https://vault-bootstrap.vault.svc:8200"
  mount_path  = "transit/"
  key_name    = "primary"
  tls_ca_cert = "/vault/tls/ca.crt"
}

telemetry {
  prometheus_retention_time = "24h"
  disable_hostname          = true
}
