# Vault's agent beside a service. The files that it writes are added below, one block each.
vault {
  address = "@address@"
  ca_cert = "@authority@"
}

auto_auth {
  method "approle" {
    mount_path = "auth/approle"
    config = {
      role_id_file_path   = "@roleIdFile@"
      secret_id_file_path = "@secretIdFile@"
      # It signs in again when its token ends, and the init container and the sidecar both do.
      remove_secret_id_file_after_reading = false
    }
  }
}

exit_after_auth = @once@

template_config {
  # While Vault is away the files of before stay, and it goes on asking: a sidecar that ends takes its pod out of service.
  exit_on_retry_failure         = false
  static_secret_render_interval = "60s"
  # Of a certificate's life; the rest is how long Vault may be away.
  lease_renewal_threshold = 0.67
}
