//! How the time of the market follows the time of the machine: at its speed, at any other, or only on demand.
//!
//! The market's own times are what candles, orders and fills carry on the wire. The machine's wall clock is asked only where
//! a client checks it: server time, and the times inside signatures.
use engine::Timestamp;

/// A moment of the machine's clocks, handed in by whoever carries the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Wall time: what a client's clock shows.
    pub wall: Timestamp,
    /// Nanoseconds since some fixed instant, for everything that lasts. It never steps.
    pub mono_ns: u64,
}

/// How fast the market goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// So many thousandths of the machine's speed: 1,000 is as fast as it happened.
    Thousandths(u64),
    /// As fast as those who listen can read.
    Max,
    /// Only when somebody asks for the next step.
    OnDemand,
}

impl Speed {
    /// Thousandths of the machine's speed; `None` where the market does not follow the machine.
    #[must_use]
    pub fn thousandths(self) -> Option<u64> {
        match self {
            Self::Thousandths(thousandths) => Some(thousandths),
            Self::Max | Self::OnDemand => None,
        }
    }
}

impl std::str::FromStr for Speed {
    type Err = String;

    /// `1`, `1000`, `0.5`, `max`, or `0` for on demand.
    ///
    /// # Errors
    /// Says what was expected.
    fn from_str(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let expected = || format!("`{text}` is no speed: expected `max`, or a number as in `1`, `1000` or `0.5`");
        let times = rust_decimal::Decimal::from_str_exact(text).map_err(|_| expected())?;
        let thousandths = (times * rust_decimal::Decimal::ONE_THOUSAND).normalize();
        match u64::try_from(thousandths) {
            Ok(_) if thousandths.scale() != 0 => Err(format!("`{text}` is finer than a thousandth")),
            Ok(0) => Ok(Self::OnDemand),
            Ok(thousandths) if thousandths <= 1_000_000_000 => Ok(Self::Thousandths(thousandths)),
            _ => Err(expected()),
        }
    }
}

/// The market's clock.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    speed: Speed,
    market: Timestamp,
    mono_ns: u64,
}

impl Pace {
    /// A clock that shows `market` at `now` and runs at `speed` from there.
    #[must_use]
    pub fn new(speed: Speed, market: Timestamp, now: Moment) -> Self {
        Self { speed, market, mono_ns: now.mono_ns }
    }

    /// Its speed.
    #[must_use]
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// What the market's clock shows; where it does not follow the machine's, what it showed last.
    #[must_use]
    pub fn market(&self, now: Moment) -> Timestamp {
        let Speed::Thousandths(speed) = self.speed else { return self.market };
        let passed = u128::from(now.mono_ns.saturating_sub(self.mono_ns)) * u128::from(speed) / 1_000;
        self.market.after(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// Sets the market's clock; it runs on from there. Earlier times are ignored.
    pub fn set(&mut self, market: Timestamp, now: Moment) {
        if market > self.market(now) {
            (self.market, self.mono_ns) = (market, now.mono_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_or_max() {
        for (text, speed) in [
            ("1", Speed::Thousandths(1_000)),
            ("1000", Speed::Thousandths(1_000_000)),
            ("0.5", Speed::Thousandths(500)),
            ("max", Speed::Max),
            ("0", Speed::OnDemand),
        ] {
            assert_eq!(text.parse(), Ok(speed), "{text}");
        }
        for text in ["", "-1", "fast", "0.0001", "1e9", "1000001"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_market_runs_at_its_speed_and_only_forward() {
        let at = |mono_ns| Moment { wall: Timestamp(0), mono_ns };
        let mut pace = Pace::new(Speed::Thousandths(1_000_000), Timestamp(500), at(100));
        assert_eq!(pace.market(at(100)), Timestamp(500));
        assert_eq!(pace.market(at(107)), Timestamp(7_500));
        assert_eq!(pace.market(at(0)), Timestamp(500));
        pace.set(Timestamp(7_000), at(107));
        assert_eq!(pace.market(at(107)), Timestamp(7_500));
        pace.set(Timestamp(9_000), at(107));
        assert_eq!(pace.market(at(108)), Timestamp(10_000));
        for speed in [Speed::Max, Speed::OnDemand] {
            assert_eq!(Pace::new(speed, Timestamp(5), at(0)).market(at(99)), Timestamp(5));
        }
    }
}
