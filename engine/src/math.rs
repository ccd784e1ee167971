//! The one pinned implementation of logarithms, roots, exponentials and what is built on them.
//!
//! The platform's own differ in the last bits between machines; a decision must not. Everything comes from `libm`, a port
//! of musl's, whose version the lock file pins.

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// e to the x.
#[must_use]
pub fn exp(x: f64) -> f64 {
    libm::exp(x)
}

/// Square root, correctly rounded.
#[must_use]
pub fn sqrt(x: f64) -> f64 {
    libm::sqrt(x)
}

/// x to the y.
#[must_use]
pub fn pow(x: f64, y: f64) -> f64 {
    libm::pow(x, y)
}

/// The largest whole number that is not above x.
#[must_use]
pub fn floor(x: f64) -> f64 {
    libm::floor(x)
}

/// The smallest whole number that is not below x.
#[must_use]
pub fn ceil(x: f64) -> f64 {
    libm::ceil(x)
}

/// The complementary error function.
#[must_use]
pub fn erfc(x: f64) -> f64 {
    libm::erfc(x)
}

/// Sine and cosine of a part of a whole turn.
#[must_use]
pub fn turn(part: f64) -> (f64, f64) {
    libm::sincos(part * core::f64::consts::TAU)
}
