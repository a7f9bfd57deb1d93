# Vault's agent beside a service. The files that it writes are added below, one block each.
vault {
  address = "https://vault.vault.svc:8200"
  ca_cert = "/vault/tls/ca.crt"
}

auto_auth {
  method "approle" {
    mount_path = "auth/approle"
    config = {
      role_id_file_path   = "/vault/custom/role-id"
      secret_id_file_path = "/vault/custom/secret-id"
      # It signs in again when its token ends, and the init container and the sidecar both do.
      remove_secret_id_file_after_reading = false
    }
  }
}

exit_after_auth = true

template_config {
  # While Vault is away the files of before stay, and it goes on asking: a sidecar that ends takes its pod out of service.
  exit_on_retry_failure         = false
  static_secret_render_interval = "60s"
  # Of a certificate's life; the rest is how long Vault may be away.
  lease_renewal_threshold = 0.67
}

template {
  destination = "/reloader/secrets/tls.pem"
  perms       = "0600"
  # "<no value>" must never reach a service.
  error_on_missing_key = true
  contents = <<END_OF_FILE
{{- /* One certificate, its key and its authorities: from two templates they would be two certificates (hashicorp/vault#27006).
       All is in tls.pem too, which the agent reads when it starts again: it does not ask for another one then. */ -}}
{{- with pkiCert "pki-dev/issue/valkey-reloader" "common_name=homepage-valkey-reloader" "alt_names=homepage-valkey-reloader" -}}
{{ .Key }}{{ .Cert }}{{ range .CAChain }}{{ . }}{{ end }}
{{- index .CAChain (len .CAChain | subtract 1) | writeToFile "/reloader/secrets/ca.crt" "" "" "0600" -}}
{{- .Key | writeToFile "/reloader/secrets/tls.key" "" "" "0600" -}}
{{- printf "%s%s" .Cert .CA | writeToFile "/reloader/secrets/tls.crt" "" "" "0600" -}}
{{- end -}}
END_OF_FILE
}

template {
  destination = "/reloader/secrets/cache.json"
  perms       = "0600"
  # "<no value>" must never reach a service.
  error_on_missing_key = true
  contents = <<END_OF_FILE
{{ with secret "kv/data/dev/valkey/user-reloader" -}}
{"host": "localhost", "port": 6379, "user": "reloader", "password": {{ .Data.data.password | toJSON }}}
{{- end }}
END_OF_FILE
}
