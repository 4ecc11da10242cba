//! Starts a VM's initial replication.
fn main() {}
