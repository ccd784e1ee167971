//! Turns candles and sight into an observation.
use super::declaration::{Declaration, FeatureError, read};
use super::sight::Sight;
use super::window::{Window, sum};
use engine::{MarketCandle, math};

const HOUR_NS: i64 = 3_600_000_000_000;
const DAY_NS: i64 = 24 * HOUR_NS;
/// 1970-01-01 was a Thursday: so many days after a Monday.
const FIRST_WEEKDAY: i64 = 3;

/// Computes declared features over the candles of one instrument.
#[derive(Clone, Debug)]
pub struct Encoder {
    declared: Vec<Declaration>,
    width: usize,
    warm_up: usize,
    seen: usize,
    last: f64,
    returns: Window,
    closes: Window,
    highs: Window,
    lows: Window,
    volumes: Window,
}

impl Encoder {
    /// An encoder of these features, as a run file declares them, in their order.
    ///
    /// # Errors
    /// When there is none, or one is not known or has a wrong window.
    pub fn new(features: &[String]) -> Result<Self, FeatureError> {
        use Declaration::{Channel, Momentum, Range, Returns, Rsi, SmaGap, Volatility, Volume};
        let declared = read(features)?;
        let longest = |of: fn(Declaration) -> usize| declared.iter().map(|d| of(*d)).max().unwrap_or(0);
        let returns = longest(|d| match d {
            Returns(n) | Volatility(n) | Rsi(n) => n,
            _ => 0,
        });
        let closes = longest(|d| match d {
            Momentum(n) => n + 1,
            SmaGap(n) => n,
            Channel(_) => 1,
            _ => 0,
        });
        let extremes = longest(|d| match d {
            Channel(n) => n,
            Range => 1,
            _ => 0,
        });
        let volumes = longest(|d| if let Volume(n) = d { n } else { 0 });
        Ok(Self {
            width: declared.iter().map(|d| d.width()).sum(),
            warm_up: longest(Declaration::warm_up),
            declared,
            seen: 0,
            last: 0.0,
            returns: Window::new(returns),
            closes: Window::new(closes),
            highs: Window::new(extremes),
            lows: Window::new(extremes),
            volumes: Window::new(volumes),
        })
    }

    /// Numbers of an observation.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Candles that must have been seen before the first observation.
    #[must_use]
    pub fn warm_up(&self) -> usize {
        self.warm_up
    }

    /// The features.
    #[must_use]
    pub fn declared(&self) -> &[Declaration] {
        &self.declared
    }

    /// Whether enough candles were seen.
    #[must_use]
    #[inline]
    pub fn is_ready(&self) -> bool {
        self.seen >= self.warm_up
    }

    /// Sees a candle, which is known now.
    #[inline]
    pub fn see(&mut self, candle: &MarketCandle) {
        let close = candle.close();
        if self.seen > 0 {
            self.returns.push(math::ln(close / self.last));
        }
        self.closes.push(close);
        self.highs.push(candle.high());
        self.lows.push(candle.low());
        self.volumes.push(candle.candle.volume as f64);
        self.last = close;
        self.seen = self.seen.saturating_add(1);
    }

    /// Counts in the units after a split: what prices are multiplied by.
    pub fn rescale(&mut self, price_factor: f64) {
        self.last *= price_factor;
        self.closes.rescale(price_factor);
        self.highs.rescale(price_factor);
        self.lows.rescale(price_factor);
        self.volumes.rescale(1.0 / price_factor);
    }

    /// Forgets every candle.
    pub fn clear(&mut self) {
        self.seen = 0;
        self.last = 0.0;
        for window in [&mut self.returns, &mut self.closes, &mut self.highs, &mut self.lows, &mut self.volumes] {
            window.clear();
        }
    }

    /// Writes the observation, of [`Self::width`] numbers, before any normaliser.
    ///
    /// # Panics
    /// When `out` has another length, or too few candles were seen.
    #[inline]
    pub fn write(&self, sight: &Sight, out: &mut [f32]) {
        assert_eq!(out.len(), self.width, "an observation has the encoder's width");
        assert!(self.is_ready(), "an observation needs {} candles, and {} were seen", self.warm_up, self.seen);
        let mut rest = out;
        for declared in &self.declared {
            let (own, others) = rest.split_at_mut(declared.width());
            self.feature(*declared, sight, own);
            rest = others;
        }
    }

    #[inline]
    fn feature(&self, declared: Declaration, sight: &Sight, out: &mut [f32]) {
        match declared {
            Declaration::Returns(n) => {
                out.iter_mut().zip(self.returns.last(n)).for_each(|(out, x)| *out = *x as f32);
            }
            Declaration::Position => out.copy_from_slice(&[sight.exposure as f32, sight.held as f32]),
            Declaration::Account => out.copy_from_slice(&[sight.unrealised as f32, sight.drawdown as f32]),
            Declaration::Time => out.copy_from_slice(&clock(sight.now.0)),
            one => out[0] = self.number(one) as f32,
        }
    }

    fn number(&self, declared: Declaration) -> f64 {
        match declared {
            Declaration::Momentum(n) => math::ln(self.last / self.closes.last(n + 1)[0]),
            Declaration::Volatility(n) => deviation(self.returns.last(n)),
            Declaration::SmaGap(n) => math::ln(self.last / (sum(self.closes.last(n), |x| x) / n as f64)),
            Declaration::Channel(n) => {
                let high = self.highs.last(n).iter().copied().fold(f64::MIN, f64::max);
                let low = self.lows.last(n).iter().copied().fold(f64::MAX, f64::min);
                if high > low { 2.0 * (self.last - low) / (high - low) - 1.0 } else { 0.0 }
            }
            Declaration::Rsi(n) => {
                let returns = self.returns.last(n);
                let (ups, all) = (sum(returns, |x| x.max(0.0)), sum(returns, f64::abs));
                if all > 0.0 { 2.0 * ups / all - 1.0 } else { 0.0 }
            }
            Declaration::Range => math::ln(self.highs.last(1)[0] / self.lows.last(1)[0]),
            Declaration::Volume(n) => {
                let volumes = self.volumes.last(n);
                let mean = sum(volumes, |x| x) / n as f64;
                math::ln((1.0 + volumes[n - 1]) / (1.0 + mean))
            }
            Declaration::Returns(_) | Declaration::Position | Declaration::Account | Declaration::Time => 0.0,
        }
    }
}

/// The deviation with divisor n, by the mean first.
fn deviation(numbers: &[f64]) -> f64 {
    let n = numbers.len() as f64;
    let mean = sum(numbers, |x| x) / n;
    math::sqrt(sum(numbers, |x| (x - mean) * (x - mean)) / n)
}

/// Sine and cosine of the time of day and of the day of the week.
fn clock(now_ns: i64) -> [f32; 4] {
    let day = now_ns.div_euclid(DAY_NS);
    let of_day = now_ns.rem_euclid(DAY_NS) as f64 / DAY_NS as f64;
    let of_week = ((day + FIRST_WEEKDAY).rem_euclid(7) as f64 + of_day) / 7.0;
    let (day_sine, day_cosine) = math::turn(of_day);
    let (week_sine, week_cosine) = math::turn(of_week);
    [day_sine as f32, day_cosine as f32, week_sine as f32, week_cosine as f32]
}
