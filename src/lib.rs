//! What the command line is made of; `main.rs` only starts it.
pub mod run_file;
