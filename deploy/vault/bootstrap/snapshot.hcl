# Takes snapshots of the bootstrap: its whole storage, closed by its unseal keys. The Transit key in it is not its to use.
path "sys/storage/raft/snapshot" {
  capabilities = ["read"]
}

# What it signs in with, made anew by itself: nobody else signs in here.
path "auth/approle/role/bootstrap-snapshot/role-id" {
  capabilities = ["read"]
}

path "auth/approle/role/bootstrap-snapshot/secret-id" {
  capabilities = ["update"]
}

# Its token ends with its run.
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
