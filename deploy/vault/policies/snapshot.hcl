# Takes snapshots of the primary: its whole storage, closed by the bootstrap's Transit key. It reads no secret in it.
path "sys/storage/raft/snapshot" {
  capabilities = ["read"]
}

# What it signs in with, made anew by itself: it stands in another namespace than who does that for the others.
path "auth/approle/role/@environment@-snapshot/role-id" {
  capabilities = ["read"]
}

path "auth/approle/role/@environment@-snapshot/secret-id" {
  capabilities = ["update"]
}

# Its token ends with its run.
path "auth/token/revoke-self" {
  capabilities = ["update"]
}
