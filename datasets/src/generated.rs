//! Made-up one-minute candles for tests and measurements: integers only, the same on every machine.
//!
//! Prices walk between 20,000 and 60,000 with changing volatility; nothing here resembles a market enough to test a
//! strategy on.
use engine::{Candle, Price, Timestamp};

const START_NS: i64 = 1_609_459_200_000_000_000; // 2021-01-01
const MINUTE_NS: i64 = 60_000_000_000;
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;
const SWINGS: [i64; 8] = [400, 600, 800, 800, 1000, 1200, 1600, 2600];
const LOW: i64 = 2_000_000;
const HIGH: i64 = 6_000_000;

/// The finaliser of splitmix64.
fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// An endless series; prices have two decimal places, volumes three, both in units of 10^-8.
pub struct Generated {
    seed: u64,
    row: u64,
    walk: i64,
    close: i64,
}

impl Generated {
    /// The series of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, row: 0, walk: 3_500_000, close: 0 }
    }

    fn draw(&self, k: u64) -> u64 {
        let base = self.seed.wrapping_mul(0xD134_2543_DE82_EF95);
        mix(base.wrapping_add((self.row * 8 + k + 1).wrapping_mul(GOLDEN)))
    }
}

impl Iterator for Generated {
    type Item = Candle;

    fn next(&mut self) -> Option<Candle> {
        let regime = mix((self.seed ^ 0xAB_CDEF).wrapping_add((self.row / 720).wrapping_mul(GOLDEN)));
        let swing = SWINGS[(regime % 8) as usize];
        let first = self.draw(0);
        let sum: i64 = [0, 16, 32, 48].iter().map(|shift| ((first >> shift) & 0xFFFF) as i64).sum();
        self.walk += ((sum - 131_070) * swing) >> 14;
        let folded = (self.walk - LOW).rem_euclid(2 * (HIGH - LOW));
        let close = LOW + if folded > HIGH - LOW { 2 * (HIGH - LOW) - folded } else { folded };
        let second = self.draw(1);
        let gap = if second >> 63 == 1 { (second % 301) as i64 - 150 } else { 0 };
        let open = if self.row == 0 { close } else { (self.close + gap).clamp(LOW - 150, HIGH + 150) };
        let wick = |k: u64| (self.draw(k) % (64 * swing as u64)) as i64 / 16;
        let (high, low) = (open.max(close) + wick(2), open.min(close) - wick(3));
        let volume = 1 + (self.draw(4) % 200_000) as i64;
        let open_time = Timestamp(START_NS + MINUTE_NS * self.row as i64);
        self.row += 1;
        self.close = close;
        let cents = |price: i64| Price(price * 1_000_000);
        Some(Candle {
            open_time,
            known_time: open_time.after(MINUTE_NS),
            open: cents(open),
            high: cents(high),
            low: cents(low),
            close: cents(close),
            volume: volume * 100_000,
        })
    }
}
