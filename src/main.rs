//! The command line of Onetape.
fn main() {}
