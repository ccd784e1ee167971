//! The tape of live runs under everything that a disk, a power cut and a second process can do to it.
//!
//! What was acknowledged has to be there afterwards, nothing may be there that was never written, and damage is said and
//! never cut in silence. Everything random prints its seed when it fails.
mod archiving;
mod crashes;
mod failures;
mod kills;
mod mutations;
mod resuming;
mod scene;
