//! Candles made from integers alone: the same on every machine and in every language, bit for bit.
//!
//! One-minute candles from 2021 on, prices in cents, volumes in 1e-3 units: a random walk folded into a band, with a
//! volatility that changes every twelve hours and gaps between candles.
use engine::{Candle, Price, Timestamp};

const START_NS: i64 = 1_609_459_200_000_000_000;
const MINUTE_NS: i64 = 60_000_000_000;
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
const SEED_FACTOR: u64 = 0xd134_2543_de82_ef95;
const VOLATILITIES: [i64; 8] = [400, 600, 800, 800, 1000, 1200, 1600, 2600];
const LOW: i64 = 2_000_000;
const HIGH: i64 = 6_000_000;

fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The `stream`-th random number of candle `index`.
fn draw(seed: u64, index: u64, stream: u64) -> u64 {
    let place = index.wrapping_mul(8).wrapping_add(stream + 1);
    mix(seed.wrapping_mul(SEED_FACTOR).wrapping_add(place.wrapping_mul(GOLDEN)))
}

fn volatility(seed: u64, index: u64) -> i64 {
    let regime = mix((seed ^ 0x00ab_cdef).wrapping_add((index / 720).wrapping_mul(GOLDEN)));
    VOLATILITIES[(regime % 8) as usize]
}

fn gap(seed: u64, index: u64) -> i64 {
    let drawn = draw(seed, index, 1);
    if drawn >> 63 == 1 { (drawn % 301) as i64 - 150 } else { 0 }
}

/// Folds an unbounded walk into the band of prices.
fn folded(walk: i64) -> i64 {
    let span = HIGH - LOW;
    let place = (walk - LOW).rem_euclid(2 * span);
    LOW + if place > span { 2 * span - place } else { place }
}

/// The first `count` candles of `seed`; prices are in steps of `10^-price_scale`, two or finer.
pub(crate) fn bars(seed: u64, count: u64, price_scale: u8) -> Vec<Candle> {
    let step = engine::measure::pow10(price_scale - 2);
    let mut walk = 3_500_000;
    let mut before = None;
    let candle = |index: u64| {
        let volatility = volatility(seed, index);
        let drawn = draw(seed, index, 0);
        let fields: i64 = [0, 16, 32, 48].iter().map(|shift| (drawn >> shift & 0xffff) as i64).sum();
        walk += ((fields - 131_070) * volatility) >> 14;
        let close = folded(walk);
        let open = before.map_or(close, |before: i64| (before + gap(seed, index)).clamp(LOW - 150, HIGH + 150));
        before = Some(close);
        let reach = |stream| (draw(seed, index, stream) % (64 * volatility as u64)) as i64 / 16;
        let open_time = Timestamp(START_NS + MINUTE_NS * index as i64);
        Candle {
            open_time,
            known_time: open_time.after(MINUTE_NS),
            open: Price(open * step),
            high: Price((open.max(close) + reach(2)) * step),
            low: Price((open.min(close) - reach(3)) * step),
            close: Price(close * step),
            volume: 1 + (draw(seed, index, 4) % 200_000) as i64,
        }
    };
    (0..count).map(candle).collect()
}
