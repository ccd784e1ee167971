//! The deterministic workloads W1 to W5: candles made from integers only, the same bit for bit in any language.
//!
//! Candle i of a seed follows from SplitMix64 draws; prices walk in cents inside [20,000, 60,000], volumes in 1/1000.
pub mod desk;
pub mod floor;
#[cfg(feature = "live")]
pub mod wire;

use engine::{Candle, Interval, Price, Timestamp};

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const VOLATILITIES: [i64; 8] = [400, 600, 800, 800, 1000, 1200, 1600, 2600];
const LOW: i64 = 2_000_000;
const HIGH: i64 = 6_000_000;
/// 2021-01-01T00:00:00Z.
const FIRST: i64 = 1_609_459_200_000_000_000;
/// Cents to the price step 10^-8.
const CENT: i64 = 1_000_000;
/// Thousandths to the quantity step 10^-8.
const MILLI: i64 = 100_000;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// `n` one-minute candles of a seed, prices and volumes in steps of 10^-8.
#[must_use]
pub fn bars(seed: u64, n: usize) -> Vec<Candle> {
    let base = seed.wrapping_mul(0xD134_2543_DE82_EF95);
    let draw = |i: u64, k: u64| mix(base.wrapping_add((i * 8 + k + 1).wrapping_mul(GOLDEN)));
    let (mut walk, mut previous) = (3_500_000_i64, 0_i64);
    let mut candles = Vec::with_capacity(n);
    for i in 0..n as u64 {
        let regime = mix((seed ^ 0xAB_CDEF).wrapping_add((i / 720).wrapping_mul(GOLDEN)));
        let volatility = VOLATILITIES[(regime % 8) as usize];
        let fields = draw(i, 0);
        let sum: u64 = [0, 16, 32, 48].into_iter().map(|s| (fields >> s) & 0xFFFF).sum();
        walk += ((sum as i64 - 131_070) * volatility) >> 14;
        let span = HIGH - LOW;
        let folded = (walk - LOW).rem_euclid(2 * span);
        let close = LOW + if folded > span { 2 * span - folded } else { folded };
        let gap_draw = draw(i, 1);
        let gap = if gap_draw >> 63 == 1 { (gap_draw % 301) as i64 - 150 } else { 0 };
        let open = if i == 0 { close } else { (previous + gap).clamp(LOW - 150, HIGH + 150) };
        let width = (64 * volatility) as u64;
        let high = open.max(close) + (draw(i, 2) % width) as i64 / 16;
        let low = open.min(close) - (draw(i, 3) % width) as i64 / 16;
        let volume = 1 + (draw(i, 4) % 200_000) as i64;
        let open_time = Timestamp(FIRST + i as i64 * Interval::MINUTE.0);
        let [open, high, low, price] = [open, high, low, close].map(|cents| Price(cents * CENT));
        let known_time = open_time.after(Interval::MINUTE.0);
        candles.push(Candle { open_time, known_time, open, high, low, close: price, volume: volume * MILLI });
        previous = close;
    }
    candles
}
