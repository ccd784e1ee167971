//! The exponential, the sigmoid and the hyperbolic tangent in 32 bits, the same bits on every machine.
//!
//! Each is one straight line of additions, multiplications and at most one division, without a branch, so that the compiler can
//! work on several numbers at once. The method is that of Cody and Waite, *Software Manual for the Elementary Functions*
//! (Prentice-Hall, 1980): the argument is reduced by a logarithm of two in two parts, and what is left is a polynomial. Its
//! coefficients are minimax ones of our own, found by Remez' exchange in 40 digits and rounded to 32 bits. Over every 32-bit
//! number they are at most 0.99 units in the last place off for [`exp`], 2.41 for [`sigmoid`] and 1.52 for [`tanh`].

/// e to the x, for x up to zero.
///
/// What is above zero counts as zero. Below -87, where numbers begin to lose digits, it is zero.
#[must_use]
#[inline]
pub fn exp(x: f32) -> f32 {
    // The lower bound keeps the power of two among the normal numbers. Not a number passes both comparisons.
    let x = if x > 0.0 { 0.0 } else { x };
    let reduced = if x < LEAST { LEAST } else { x };
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the last bits.
    let shifted = reduced * std::f32::consts::LOG2_E + ROUNDER;
    let power = shifted - ROUNDER;
    let rest = reduced - power * LN_2_HIGH - power * LN_2_LOW;
    // (e^r - 1 - r) / r^2 within half a logarithm of two; relative to e^r it is off by at most 3.1e-9.
    let tail = 0.001_381_454 * rest + 0.008_368_745;
    let tail = tail * rest + 0.041_668_39;
    let tail = tail * rest + 0.166_665_21;
    let tail = tail * rest + 0.499_999_94;
    let value = (tail * (rest * rest) + rest) + 1.0;
    let scale = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    if x < LEAST { 0.0 } else { value * scale }
}

const LEAST: f32 = -87.0;
const ROUNDER: f32 = 12_582_912.0;
/// Its product with a whole number below 2^15 is exact.
const LN_2_HIGH: f32 = 355.0 / 512.0;
const LN_2_LOW: f32 = -2.121_944_4e-4;

/// `1 / (1 + e^-x)`.
#[must_use]
#[inline]
pub fn sigmoid(x: f32) -> f32 {
    // Of the two forms the one whose exponential is at most one.
    let small = exp(-x.abs());
    let top = if x < 0.0 { small } else { 1.0 };
    top / (1.0 + small)
}

/// The hyperbolic tangent; never beyond one.
#[must_use]
#[inline]
pub fn tanh(x: f32) -> f32 {
    let size = x.abs();
    let small = exp(-2.0 * size);
    let far = (1.0 - small) / (1.0 + small);
    // Near zero the difference above loses digits. (tanh(x) - x) / x^3 as a polynomial of x^2; off by at most 4.4e-9.
    let square = size * size;
    let tail = -0.005_704_987 * square + 0.020_639_088;
    let tail = tail * square - 0.053_739_715;
    let tail = tail * square + 0.133_314_42;
    let tail = tail * square - 0.333_332_8;
    let near = tail * square * size + size;
    (if size < 0.625 { near } else { far }).copysign(x)
}

/// [`sigmoid`] of each, in place.
pub fn sigmoid_all(values: &mut [f32]) {
    for value in values {
        *value = sigmoid(*value);
    }
}

/// [`tanh`] of each, in place.
pub fn tanh_all(values: &mut [f32]) {
    for value in values {
        *value = tanh(*value);
    }
}

/// What is below zero becomes zero, in place. Not a number stays.
pub fn relu_all(values: &mut [f32]) {
    for value in values {
        *value = if *value < 0.0 { 0.0 } else { *value };
    }
}
