//! What of the package `onetape` needs Rust: the fleet, arrays in and out, errors as exceptions.
//!
//! Spaces and the interfaces of Gymnasium and stable-baselines3 are a few lines of Python beside it. It trains nothing, and no price or
//! quantity is decided here.
mod choices;
mod fault;
mod fleet;
mod hands;
mod lesson;
mod single;
mod told;

/// What the package `onetape` is built on.
#[pyo3::pymodule]
mod onetape_door {
    #[pymodule_export]
    use super::fleet::FleetDoor;
    #[pymodule_export]
    use super::single::SingleDoor;
}
