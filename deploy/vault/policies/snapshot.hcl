# Takes snapshots of the primary: its whole storage, closed by the bootstrap's Transit key. It reads no secret in it.
path "sys/storage/raft/snapshot" {
  capabilities = ["read"]
}

# Its token ends with its run.
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
