//! Data that end, and data with another future.
use super::{Decision, Market};
use engine::{Candle, Price, Rng, Timestamp};
use serde::{Deserialize, Serialize};

/// How data are made others from an instant on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutKind {
    /// They end: only candles that are known by then are there.
    Ended,
    /// What is known later is another: prices walk on at random from the last close.
    OtherFuture,
    /// The same, and candles under way keep nothing but their open.
    OtherCandle,
}

/// A cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// What is known by this instant stays; nanoseconds since the epoch.
    #[serde(with = "super::nanoseconds")]
    pub at: Timestamp,
    /// What becomes of the rest.
    pub kind: CutKind,
}

/// Random instants at which candles become known, behind `from`, in the order of time. Half of them are instants of decisions: a
/// bug shows where something is decided.
pub(super) fn instants(
    market: &Market,
    whole: &[Decision],
    from: Timestamp,
    count: usize,
    rng: &mut Rng,
) -> Vec<Timestamp> {
    let last = market.iter().filter_map(|candles| Some(candles.last()?.open_time)).max().unwrap_or(Timestamp::MIN);
    let inside = |time: &Timestamp| *time > from && *time < last;
    let mut known: Vec<Timestamp> =
        market.iter().flat_map(|all| all.iter().map(|c| c.known_time)).filter(inside).collect();
    known.sort_unstable();
    known.dedup();
    let mut decided: Vec<Timestamp> = whole.iter().map(|decision| decision.at).filter(inside).collect();
    decided.retain(|time| known.binary_search(time).is_ok());
    decided.dedup();
    let mut chosen: Vec<Timestamp> = Vec::new();
    for (pool, wanted) in [(&decided, count.div_ceil(2)), (&known, count)] {
        // A draw may come twice; a pool that is small has fewer.
        for _ in 0..4 * wanted {
            if chosen.len() >= wanted || pool.is_empty() {
                break;
            }
            let time = pool[usize::try_from(rng.below(pool.len() as u64)).expect("a place in memory")];
            if !chosen.contains(&time) {
                chosen.push(time);
            }
        }
    }
    chosen.sort_unstable();
    chosen
}

/// The candles as a cut leaves them. The other future hangs on the cut and `seed` alone, and is made of valid candles at the same times.
#[must_use]
pub fn altered(market: &Market, cut: Cut, seed: u64) -> Market {
    let of = |(place, candles): (usize, &std::sync::Arc<[Candle]>)| {
        let known = candles.partition_point(|candle| candle.known_time <= cut.at);
        if cut.kind == CutKind::Ended {
            return candles[..known].into();
        }
        let mut rng = Rng::stream(seed ^ cut.at.0.cast_unsigned(), &format!("another future of {place}"));
        let mut made = candles.to_vec();
        let mut last = known.checked_sub(1).map(|place| candles[place].close);
        for candle in &mut made[known..] {
            let keeps_open = cut.kind == CutKind::OtherCandle && candle.open_time <= cut.at;
            *candle = another(candle, if keeps_open { None } else { last }, &mut rng);
            last = Some(candle.close);
        }
        made.into()
    };
    market.iter().enumerate().map(of).collect()
}

/// Another candle of the same time: it opens near `last`, or where the old one did.
fn another(candle: &Candle, last: Option<Price>, rng: &mut Rng) -> Candle {
    // Up to three per cent a leg: far more than strategies overlook, and small enough that prices stay prices for thousands of candles.
    let mut moved = |price: Price| {
        let ppm = 970_000 + i128::from(rng.below(60_001));
        let moved = i128::from(price.0) * ppm / 1_000_000;
        Price(i64::try_from(moved.max(1)).unwrap_or(i64::MAX / 4).min(i64::MAX / 4))
    };
    let open = last.map_or(candle.open, &mut moved);
    let close = moved(open);
    let (a, b) = (moved(open), moved(close));
    let high = open.max(close).max(a).max(b);
    let low = open.min(close).min(a).min(b);
    let volume = i128::from(candle.volume) * i128::from(rng.below(2_000_001)) / 1_000_000;
    Candle { open, high, low, close, volume: i64::try_from(volume).unwrap_or(candle.volume), ..*candle }
}
