# The bootstrap Vault: it holds one Transit key, which opens the primary, and nothing else. Who takes its snapshots cannot use it.
# Its certificate comes from an authority outside of Vault: what Vault signs needs an open Vault.
ui            = false
disable_mlock = true
# Its name, which it is given once, at its set-up, and shows while it is open: `homepage vault` tells the two apart by it.
cluster_name  = "homepage-bootstrap"
api_addr      = "https://vault-bootstrap.vault.svc:8200"
cluster_addr  = "https://vault-bootstrap.vault.svc:8201"

storage "raft" {
  path                   = "/vault/data"
  node_id                = "bootstrap"
  # A leader within a second or two after a start instead of seven.
  performance_multiplier = 1
}

listener "tcp" {
  address         = "0.0.0.0:8200"
  cluster_address = "0.0.0.0:8201"
  tls_cert_file   = "/vault/tls/tls.crt"
  tls_key_file    = "/vault/tls/tls.key"
  tls_min_version = "tls13"
}

telemetry {
  prometheus_retention_time = "24h"
  disable_hostname          = true
}
