//! The Python door: the training environment of a run file, as the package `onetape` hands it to Gymnasium.
//!
//! With the feature `door`, which the package's build asks for; without it there is nothing here, and nothing of Python is compiled.
#[cfg(feature = "door")]
mod door;
