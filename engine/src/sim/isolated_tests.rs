//! Isolated margin over random walks with gaps, against a model that sees fills only and counts in floats.
use super::*;
use crate::effect::Action;
use crate::event::{Fill, Report};
use crate::order::{OrderId, OrderKind, OrderRequest};
use crate::sim::{Costs, PathModel, SimVenue, VenueConfig};
use crate::{Candle, Dated, InstrumentId, Rate, Rng, Spec, Timestamp};

const TOLERANCE: f64 = 1e-6;
const HOUR: i64 = crate::Interval::HOUR.0;

fn number(money: Money) -> f64 {
    money.0 as f64 / Money::ONE.0 as f64
}

fn small(rng: &mut Rng, below: i64) -> i64 {
    i64::try_from(rng.below(u64::try_from(below).expect("above zero"))).expect("small")
}

/// What a position stands on, worked out from its fills alone.
#[derive(Clone, Copy, Debug, Default)]
struct Naive {
    held: i64,
    cost: f64,
    margin: f64,
}

/// What a walk has shown.
#[derive(Debug, Default)]
struct Seen {
    liquidated: u32,
    bankrupt: u32,
    reduced: u32,
    flipped: u32,
}

impl Naive {
    /// Books a fill. What closes may not lose more than the share of the margin that stood behind it.
    fn book(&mut self, fill: &Fill, leverage: f64, seen: &mut Seen) {
        let (price, signed) = (fill.price.0 as f64 / 100.0, fill.quantity.0 * fill.side.sign());
        let closing = if self.held * signed < 0 { signed.abs().min(self.held.abs()) } else { 0 };
        let opening = signed.abs() - closing;
        if closing > 0 {
            let share = closing as f64 / self.held.abs() as f64;
            let gained = share * (self.held as f64 * price - self.cost);
            assert!(gained >= -share * self.margin - TOLERANCE, "{self:?} loses {gained} by {fill:?}");
            (self.cost, self.margin) = (self.cost * (1.0 - share), self.margin * (1.0 - share));
        }
        self.cost += (opening * signed.signum()) as f64 * price;
        self.margin += opening as f64 * price / leverage;
        seen.reduced += u32::from(closing > 0);
        seen.flipped += u32::from(closing > 0 && opening > 0);
        self.held += signed;
    }

    /// Takes note of a liquidation: all of it, and with its fee no more than the margin.
    fn fall(&mut self, fill: &Fill, seen: &mut Seen) {
        assert_eq!(fill.quantity.0 * fill.side.sign(), -self.held, "all of it");
        let (price, held) = (fill.price.0 as f64 / 100.0, self.held as f64);
        let lost = self.cost - held * price + number(fill.fee);
        assert!(lost <= self.margin + TOLERANCE, "{self:?} loses {lost} by {fill:?}");
        seen.liquidated += 1;
        seen.bankrupt += u32::from(lost > self.margin - 0.02 * held.abs());
        *self = Self::default();
    }
}

struct Walk {
    rng: Rng,
    venue: SimVenue,
    instruments: Vec<Instrument>,
    leverage: f64,
    naive: [Naive; 2],
    prices: [i64; 2],
    orders: u64,
}

impl Walk {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::stream(seed, "isolated");
        let usd = "USD".parse().expect("a currency");
        let make = |name: &str| {
            Instrument::new(name.into(), usd, (2, 0), rust_decimal::Decimal::ONE, Dated::always(Spec::FREE))
        };
        let instruments: Vec<Instrument> = ["v:A", "v:B"].map(|name| make(name).expect("valid")).into();
        let times = [1, 2, 5, 10, 30][rng.below(5) as usize];
        let bps = |bps| Rate::from_parts(bps, 4).expect("a rate");
        let costs = Costs {
            taker: bps(small(&mut rng, 20)),
            maintenance: bps([0, 50, 200, 300][rng.below(4) as usize]),
            liquidation_fee: bps([0, 50, 500][rng.below(3) as usize]),
            ..Costs::NONE
        };
        let config = VenueConfig {
            path: PathModel::ALL[rng.below(3) as usize].1,
            leverage: Leverage { ppm: times * 1_000_000 },
            margin_mode: MarginMode::Isolated,
            ..VenueConfig::default()
        };
        let cash = Money(10_000 * Money::ONE.0);
        let venue = SimVenue::new(config, cash, instruments.clone(), alloc::vec![Dated::always(costs); 2]);
        let naive = [Naive::default(); 2];
        Self { rng, venue, instruments, leverage: times as f64, naive, prices: [10_000, 5_000], orders: 0 }
    }

    /// Some orders at any prices near the last one.
    fn wish(&mut self, id: InstrumentId, now: Timestamp) {
        for _ in 0..self.rng.below(3) {
            let side = if self.rng.below(2) == 0 { Side::Buy } else { Side::Sell };
            let price = Price((self.prices[id.index()] * (850 + small(&mut self.rng, 300)) / 1_000).max(1));
            let kind = match self.rng.below(4) {
                0 | 1 => OrderKind::Market,
                2 => OrderKind::Limit { price },
                _ => OrderKind::Stop { trigger: price },
            };
            self.orders += 1;
            let quantity = Qty(1 + small(&mut self.rng, 400));
            let mut request = OrderRequest::plain(OrderId(self.orders), id, side, quantity, kind);
            request.terms.reduce_only = self.rng.below(4) == 0;
            self.venue.take(&Action::Submit(request), now, false);
        }
    }

    /// The next candle: every fifth opens far away.
    fn candle(&mut self, id: InstrumentId, hour: i64) -> Candle {
        let last = self.prices[id.index()];
        let by = |rng: &mut Rng, price: i64, percent: i64| {
            (price * (1_000 + small(rng, 20 * percent + 1) - 10 * percent) / 1_000).clamp(100, 10_000_000)
        };
        let gap = if self.rng.below(5) == 0 { 40 } else { 1 };
        let open = by(&mut self.rng, last, gap);
        let (a, b) = (by(&mut self.rng, open, 12), by(&mut self.rng, open, 12));
        let close = by(&mut self.rng, open, 8);
        let (low, high) = (open.min(a).min(b).min(close), open.max(a).max(b).max(close));
        self.prices[id.index()] = close;
        let (open_time, known_time) = (Timestamp(hour * HOUR), Timestamp((hour + 1) * HOUR));
        let prices = [open, high, low, close].map(Price);
        Candle { open_time, known_time, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume: 0 }
    }

    fn hear(&mut self, seen: &mut Seen) {
        let mut opened = false;
        while let Some(report) = self.venue.poll() {
            match report {
                Report::Filled(fill) => {
                    let naive = &mut self.naive[fill.instrument.index()];
                    opened = naive.held * fill.side.sign() >= 0;
                    naive.book(&fill, self.leverage, seen);
                }
                Report::Liquidated(fill) => {
                    opened = false;
                    self.naive[fill.instrument.index()].fall(&fill, seen);
                }
                _ => {}
            }
        }
        let account = self.venue.account();
        for ((naive, stake), held) in self.naive.iter().zip(account.stakes()).zip(account.held()) {
            assert_eq!(naive.held, held.quantity.0);
            assert!((naive.cost - number(stake.cost)).abs() < TOLERANCE, "{naive:?} {stake:?}");
            assert!((naive.margin - number(stake.margin)).abs() < TOLERANCE, "{naive:?} {stake:?}");
            assert!(stake.margin >= Money::ZERO);
        }
        let free = account.cash() + account.stakes().iter().map(|stake| stake.cost - stake.margin).sum::<Money>();
        assert!(!opened || free >= Money::ZERO, "what opens finds its margin and its fee");
    }

    fn fund(&mut self, id: InstrumentId, now: Timestamp) {
        let rate = Rate::from_parts(small(&mut self.rng, 401) - 200, 4).expect("a rate");
        let funding = Carry::Funding { instrument: id, rate, mark: self.venue.last_price(id) };
        let held = self.venue.account().held()[id.index()].quantity;
        let paid = number(funding.payment(&self.instruments[id.index()], held));
        self.venue.carry(&funding, now);
        let naive = &mut self.naive[id.index()];
        naive.margin = (naive.margin + paid).max(0.0);
    }
}

#[test]
fn no_position_loses_more_than_its_margin_and_what_funding_took() {
    let mut seen = Seen::default();
    for seed in 0..1_000 {
        let mut walk = Walk::new(seed);
        for hour in 0..60 {
            for id in [InstrumentId(0), InstrumentId(1)] {
                walk.wish(id, Timestamp(hour * HOUR));
                let candle = walk.candle(id, hour);
                walk.venue.open(id, &candle);
                walk.hear(&mut seen);
                walk.venue.path(id, &candle);
                walk.venue.note_price(id, candle.close);
                walk.hear(&mut seen);
                if walk.rng.below(6) == 0 {
                    walk.fund(id, candle.known_time);
                    walk.hear(&mut seen);
                }
            }
        }
    }
    assert!(
        seen.liquidated > 2_000 && seen.bankrupt > 500 && seen.reduced > 10_000 && seen.flipped > 1_000,
        "{seen:?}"
    );
}
