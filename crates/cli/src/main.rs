//! The `jianwei` command.
fn main() {}
