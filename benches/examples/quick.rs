//! scratch
use engine::risk::*;
use engine::sim::*;
use engine::tape::DigestOnly;
use engine::*;
use std::time::Instant;
struct Ema {
    a: f64,
    e: f64,
    n: usize,
}
impl Ema {
    fn new(n: u32) -> Self {
        Self { a: 2.0 / (n as f64 + 1.0), e: 0.0, n: 0 }
    }
    #[inline]
    fn next(&mut self, x: f64) -> f64 {
        if self.n == 0 {
            self.e = x
        } else {
            self.e = self.a * x + (1.0 - self.a) * self.e
        }
        self.n += 1;
        self.e
    }
}
struct X {
    f: Ema,
    s: Ema,
    slow: usize,
    long: bool,
    q: Qty,
    flip: bool,
}
impl Strategy for X {
    #[inline]
    fn decide(&mut self, e: &Event, v: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(c)) = e else { return };
        if self.flip {
            let q = if v.position(c.instrument).is_zero() {
                v.quantity(c.instrument, Size::Units(1_000_000_000))
            } else {
                Qty(0)
            };
            out.target(c.instrument, q);
            return;
        }
        let p = c.close();
        let f = self.f.next(p);
        let s = self.s.next(p);
        if self.s.n < self.slow {
            return;
        }
        let long = f > s;
        if long != self.long {
            self.long = long;
            self.q = if long { v.quantity(c.instrument, Size::Units(1_000_000_000)) } else { Qty(0) };
        }
        out.target(c.instrument, self.q);
    }
}
fn go(name: &str, cs: &std::sync::Arc<[Candle]>, flip: bool, dynamic: bool) {
    let usd: Currency = "USD".parse().unwrap();
    let inst = Instrument::new("x:Y".into(), usd, (8, 8), 1.into(), vec![]).unwrap();
    let cash: Money = "10000000".parse().unwrap();
    let bps = Rate::from_bps(5.into()).unwrap();
    let mut best = f64::MAX;
    let mut out = String::new();
    for _ in 0..std::env::var("R").ok().and_then(|s| s.parse().ok()).unwrap_or(7) {
        let venue = SimVenue::new(
            VenueConfig { path: PathModel::Pessimistic, touch: false, leverage: Leverage::ONE },
            cash,
            vec![inst.clone()],
            vec![Costs { taker: bps, maker: bps, slippage: Rate::ZERO }],
        );
        let feed = Merge::new([(SharedCandles::new(cs.clone()), 8)]).unwrap();
        let mut w = Simulated::new(feed, venue, Latency::default(), 1);
        let risk = RiskEngine::new(vec![
            Box::new(AllowedInstruments(vec![true])),
            Box::new(BuyingPower { leverage: Leverage::ONE }),
        ]);
        let x = X { f: Ema::new(20), s: Ema::new(50), slow: 50, long: false, q: Qty(0), flip };
        let st = State::new(cash, vec![inst.clone()], Timestamp::MIN);
        let mut j = DigestOnly::default();
        let t = Instant::now();
        let s = if dynamic {
            let b: Box<dyn Strategy> = Box::new(x);
            let mut c = Core::new(st, b, risk);
            run(&mut c, &mut w, &mut j).unwrap();
            c.state().clone()
        } else {
            let mut c = Core::new(st, x, risk);
            run(&mut c, &mut w, &mut j).unwrap();
            c.state().clone()
        };
        best = best.min(t.elapsed().as_secs_f64());
        out = format!(
            "fills {} fees {} cash {} eq {} dd {} submits {}",
            s.counters.fills, s.ledger.fees, s.ledger.cash, s.mark.equity, s.max_drawdown, s.counters.submits
        );
    }
    eprintln!("{name} dyn={dynamic}: {:.2} ns/candle {out}", best * 1e9 / cs.len() as f64);
}
fn main() {
    eprintln!(
        "event {} entry {} order {} effect {} report {}",
        size_of::<Event>(),
        size_of::<Entry>(),
        size_of::<Order>(),
        size_of::<Effect>(),
        size_of::<Report>()
    );
    let c: std::sync::Arc<[Candle]> =
        benches::bars(1, std::env::var("N").ok().and_then(|s| s.parse().ok()).unwrap_or(1_000_000)).into();
    go("W1", &c, false, false);
    if std::env::var("S").is_err() {
        go("W1", &c, false, true);
    }
    let c: std::sync::Arc<[Candle]> =
        benches::bars(5, std::env::var("N5").ok().and_then(|s| s.parse().ok()).unwrap_or(200_000)).into();
    go("W5", &c, true, false);
    if std::env::var("S").is_err() {
        go("W5", &c, true, true);
    }
}
