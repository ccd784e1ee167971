//! `onetape venue serve`: a server that stands in for an exchange, on loopback, until Ctrl-C.
//!
//! It listens on 127.0.0.1 and nowhere else, and connects to nothing.
#[cfg(feature = "service")]
pub(super) use super::venue_service::serve;

/// Says how to build what this build does not have.
#[cfg(not(feature = "service"))]
pub(super) fn serve(arguments: &crate::venue_arguments::ServeArguments) -> Result<(), crate::failure::Failure> {
    Err(crate::failure::Failure::Usage(format!(
        "`venue serve {}` needs the feature `service`, which this build does not have: \
         `cargo build --release --features service`",
        arguments.venue
    )))
}
