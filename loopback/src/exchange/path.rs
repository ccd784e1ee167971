//! The path that a market takes through a candle: what makes ticks of it.
//!
//! A model only orders what the candle's range allows. The prices between are declared, not measured: whoever needs the real
//! ones gives the exchange ticks.
use engine::{Candle, Price};

/// The order of a candle's prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Path {
    /// Open, low, high, close of a candle that rises; open, high, low, close of one that falls.
    #[default]
    ByDirection,
    /// Open, high, low, close.
    OpenHighLowClose,
    /// Open, low, high, close.
    OpenLowHighClose,
}

impl Path {
    /// Every model with its name.
    pub const ALL: [(&'static str, Self); 3] = [
        ("by-direction", Self::ByDirection),
        ("open-high-low-close", Self::OpenHighLowClose),
        ("open-low-high-close", Self::OpenLowHighClose),
    ];

    /// The prices that a candle shows one after the other: its four, and `steps - 1` between each two of them, to the tick.
    pub(super) fn points(self, candle: &Candle, steps: u32, tick: Price) -> Vec<Price> {
        let low_first = match self {
            Self::ByDirection => candle.close >= candle.open,
            Self::OpenHighLowClose => false,
            Self::OpenLowHighClose => true,
        };
        let (first, second) = if low_first { (candle.low, candle.high) } else { (candle.high, candle.low) };
        let steps = i64::from(steps.max(1));
        let mut points = vec![candle.open];
        for (from, to) in [(candle.open, first), (first, second), (second, candle.close)] {
            points.extend((1..=steps).map(|step| between(from, to, (step, steps), tick)));
        }
        points
    }
}

/// A price so many steps of so many on the way, on the grid of the tick; the last one is exact.
fn between(from: Price, to: Price, (step, steps): (i64, i64), tick: Price) -> Price {
    if step == steps {
        return to;
    }
    let whole = (i128::from(to.0) - i128::from(from.0)) * i128::from(step) / i128::from(steps);
    let tick = i128::from(tick.0.max(1));
    Price(from.0 + i64::try_from(whole / tick * tick).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Timestamp;
    use proptest::prelude::*;

    fn candle([open, high, low, close]: [i64; 4]) -> Candle {
        let [open, high, low, close] = [open, high, low, close].map(Price);
        Candle { open_time: Timestamp(0), known_time: Timestamp(60), open, high, low, close, volume: 0 }
    }

    #[test]
    fn a_path_goes_through_the_four_prices_in_its_order() {
        let check = |path: Path, prices, steps, expected: &[i64]| {
            let points: Vec<_> = path.points(&candle(prices), steps, Price(5)).iter().map(|p| p.0).collect();
            assert_eq!(points, expected);
        };
        check(Path::ByDirection, [100, 120, 90, 110], 1, &[100, 90, 120, 110]);
        check(Path::ByDirection, [110, 120, 90, 100], 1, &[110, 120, 90, 100]);
        check(Path::OpenHighLowClose, [100, 120, 90, 110], 1, &[100, 120, 90, 110]);
        check(Path::OpenLowHighClose, [110, 120, 90, 100], 2, &[110, 100, 90, 105, 120, 110, 100]);
    }

    proptest! {
        #[test]
        fn no_point_lies_outside_the_candle(a in 1_i64..i64::MAX, b in 1_i64..i64::MAX, c in 1_i64..i64::MAX,
            d in 1_i64..i64::MAX, steps in 0_u32..9, tick in 1_i64..50)
        {
            let (low, high) = (a.min(b).min(c).min(d), a.max(b).max(c).max(d));
            let candle = candle([a, high, low, b]);
            for (_, path) in Path::ALL {
                let points = path.points(&candle, steps, Price(tick));
                prop_assert!(points.iter().all(|p| (low..=high).contains(&p.0)));
                prop_assert!(points.contains(&Price(low)) && points.contains(&Price(high)));
                prop_assert_eq!((points.first(), points.last()), (Some(&Price(a)), Some(&Price(b))));
            }
        }
    }
}
