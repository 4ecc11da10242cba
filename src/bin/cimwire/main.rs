//! The program `cimwire`.
fn main() {}
