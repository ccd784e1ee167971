//! Flows that are what they look like: each detector finds every one of its own.
use crate::stage::{DAY, HOUR, INSTRUMENTS, MINUTE, OWNERS, SECOND, Stage};
use compliance::{Detector, Restriction, WatchConfig};
use engine::{InstrumentId, Liquidity, Owner, Rng, Side, Timestamp};
use expect_test::expect;

/// How many flows of each pattern are played.
const EACH: u64 = 40;

/// How a pattern is played.
type Play = fn(&mut Scene);

/// A scene with drawn sizes, times, instruments and owners.
struct Scene {
    stage: Stage,
    rng: Rng,
    what: InstrumentId,
    side: Side,
    price: i64,
    size: i64,
    now: i64,
}

impl Scene {
    fn new(pattern: Detector, seed: u64) -> Self {
        let mut rng = Rng::stream(seed, pattern.name());
        let what = InstrumentId(rng.below(u64::from(INSTRUMENTS)) as u32);
        let now = (18_000 + rng.below(2_000) as i64) * DAY + 9 * HOUR + rng.below(5 * HOUR as u64) as i64;
        let to = Timestamp(now + 3 * DAY);
        let restriction = Restriction { instrument: what, from: Timestamp(now - DAY), to, why: "a mandate".into() };
        let restrictions = if pattern == Detector::Restricted { vec![restriction] } else { Vec::new() };
        let config = WatchConfig { restrictions, ..WatchConfig::default() };
        let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
        let (price, size) = (20_000 + rng.below(500_000) as i64, 10 + rng.below(5_000) as i64);
        let mut scene = Self { stage: Stage::new(&config), rng, what, side, price, size, now };
        scene.candle(1_000 * size);
        scene
    }

    fn draw(&mut self, from: i64, to: i64) -> i64 {
        from + self.rng.below((to - from + 1) as u64) as i64
    }

    fn owner(&mut self) -> Owner {
        Owner(1 + self.rng.below(u64::from(OWNERS)) as u8)
    }

    /// A price so many basis points to the bad side of `side`, rounded away.
    fn worse(&self, bps: i64) -> i64 {
        self.price + self.side.sign() * (self.price * bps + 9_999).div_euclid(10_000)
    }

    /// The minute up to now.
    fn candle(&mut self, volume: i64) {
        let price = self.price;
        self.stage.candle(self.what, (self.now - MINUTE, self.now), [price; 4], volume);
    }

    fn other(&self) -> (InstrumentId, Side) {
        (self.what, self.side.opposite())
    }

    fn own(&self) -> (InstrumentId, Side) {
        (self.what, self.side)
    }
}

fn wash(it: &mut Scene) {
    let (one, other) = (it.owner(), it.owner());
    let rest = it.limit_away(one);
    let undone = it.size * it.draw(90, 100) / 100 + 1;
    it.stage.fill(it.now, rest, it.price, it.size, Liquidity::Maker);
    it.now += it.draw(0, SECOND);
    let (what, price) = (it.other(), it.price);
    it.stage.take(it.now, other, what, price, undone.min(it.size));
}

impl Scene {
    fn limit_away(&mut self, owner: Owner) -> engine::OrderId {
        let (now, what, price, size) = (self.now, self.own(), self.price, self.size);
        self.stage.limit(now, owner, what, price, size)
    }
}

fn self_cross(it: &mut Scene) {
    let (one, other) = (it.owner(), it.owner());
    it.limit_away(one);
    it.now += it.draw(0, HOUR);
    let (beyond, size, side) = (it.draw(0, 50), it.draw(1, 5_000), it.other().1);
    let through = it.price + side.sign() * beyond;
    let what = it.other();
    match it.draw(0, 1) {
        0 => drop(it.stage.limit(it.now, other, what, through, size)),
        _ => {
            let far = it.price - side.sign() * 500;
            let order = it.stage.limit(it.now, other, what, far, size);
            it.stage.amend(it.now, order, size, through);
        }
    }
}

fn layering(it: &mut Scene) {
    let (one, other) = (it.owner(), it.owner());
    let levels = it.draw(1, 6);
    let (pct, far) = if levels >= 3 { (it.draw(210, 900), it.draw(2, 9)) } else { (it.draw(510, 2_000), 3) };
    let each = it.size * pct / 100 / levels + 1;
    let (what, sign) = (it.other(), it.other().1.sign());
    let step = |level: i64| it.price - sign * (far + 2 * level);
    let prices: Vec<i64> = (0..levels).map(step).collect();
    let orders: Vec<_> = prices.iter().map(|price| it.stage.limit(it.now, one, what, *price, each)).collect();
    let rest = it.limit_away(other);
    it.now += it.draw(0, MINUTE);
    it.stage.fill(it.now, rest, it.price, it.size, Liquidity::Maker);
    let stays = usize::from(levels >= 5 && it.draw(0, 1) == 1);
    for order in orders.into_iter().skip(stays) {
        it.now += it.draw(0, 5 * SECOND / levels);
        it.stage.cancel(it.now, order);
    }
}

fn marking_close(it: &mut Scene) {
    let close = (it.now / DAY + 1) * DAY;
    let (owner, bps, share, trades) = (it.owner(), it.draw(25, 120), it.draw(30, 150), it.draw(1, 8));
    let (volume, last, start) = (it.draw(5_000, 50_000), it.worse(bps), it.price);
    for minute in 0..12 {
        it.now = close - (11 - minute) * MINUTE;
        it.price = start + (last - start) * minute / 11;
        let (from, to) = (start + (last - start) * (minute - 1).max(0) / 11, it.price);
        let prices = [from, from.max(to), from.min(to), to];
        if minute >= 11 - trades {
            let (what, size) = (it.own(), volume * 10 * share / 100 / trades + 1);
            it.stage.take(it.now - it.rng.below(MINUTE as u64 - 1) as i64 - 1, owner, what, to, size);
        }
        it.stage.candle(it.what, (it.now - MINUTE, it.now), prices, volume);
    }
    it.stage.wait(close + 2 * MINUTE);
}

fn quote_stuffing(it: &mut Scene) {
    let (owner, count) = (it.owner(), it.draw(100, 300));
    let gap = it.draw(0, SECOND / count);
    let mut order = it.limit_away(owner);
    for n in 1..count {
        it.now += gap;
        match n % 3 {
            0 => order = it.limit_away(owner),
            1 => it.stage.amend(it.now, order, it.size, it.price - it.side.sign() * (n % 9)),
            _ => it.stage.cancel(it.now, order),
        }
    }
}

fn momentum_ignition(it: &mut Scene) {
    let (owner, count, bps) = (it.owner(), it.draw(5, 12), it.draw(35, 200));
    let (end, start, what) = (it.worse(bps), it.price, it.own());
    let gap = MINUTE / count;
    for n in 0..count {
        let price = start + (end - start) * n / (count - 1);
        it.stage.take(it.now, owner, what, price, it.size);
        it.now += it.rng.below(gap as u64) as i64;
    }
    it.now += it.draw(0, 59 * SECOND);
    let (back, quantity) =
        (start + (end - start) * it.draw(50, 100) / 100, it.size * count * it.draw(51, 100) / 100 + 1);
    let what = it.other();
    it.stage.take(it.now, owner, what, back, quantity);
}

fn ramping(it: &mut Scene) {
    let (owner, count, bps, share) = (it.owner(), it.draw(5, 10), it.draw(55, 300), it.draw(35, 100));
    let (end, start, what) = (it.worse(bps), it.price, it.own());
    for n in 0..count {
        let price = start + (end - start) * n / (count - 1);
        it.stage.take(it.now + 1 + it.rng.below(MINUTE as u64 - 2) as i64, owner, what, price, it.size);
        it.now += MINUTE;
        it.price = price;
        it.candle(it.size * 100 / share);
    }
}

fn restricted(it: &mut Scene) {
    let owner = it.owner();
    it.now += it.draw(0, 2 * DAY);
    let (what, price) = (it.own(), it.price);
    match it.draw(0, 1) {
        0 => drop(it.limit_away(owner)),
        _ => it.stage.take(it.now, owner, what, price, it.size),
    }
}

fn order_to_trade(it: &mut Scene) {
    let (owner, pairs) = (it.owner(), it.draw(505, 900));
    let fills = it.draw(0, pairs * 2 / 101 - 1);
    for n in 0..pairs {
        it.now += it.draw(2 * SECOND, 15 * SECOND);
        let order = it.limit_away(owner);
        if n < fills {
            it.stage.fill(it.now, order, it.price, 1, Liquidity::Maker);
        }
        it.now += it.draw(0, 15 * SECOND);
        it.stage.cancel(it.now, order);
    }
    it.stage.wait((it.now / DAY + 1) * DAY + 1);
}

#[test]
fn every_flow_of_every_pattern_is_found_by_its_own_detector() {
    let patterns: [(Detector, Play); 9] = [
        (Detector::Wash, wash),
        (Detector::SelfCross, self_cross),
        (Detector::Layering, layering),
        (Detector::MarkingClose, marking_close),
        (Detector::QuoteStuffing, quote_stuffing),
        (Detector::MomentumIgnition, momentum_ignition),
        (Detector::Ramping, ramping),
        (Detector::Restricted, restricted),
        (Detector::OrderToTrade, order_to_trade),
    ];
    let mut figures = String::new();
    for (detector, play) in patterns {
        let found = (0..EACH).filter(|seed| {
            let mut scene = Scene::new(detector, *seed);
            play(&mut scene);
            scene.stage.finish();
            let found = scene.stage.alerts(detector).iter().any(|alert| alert.instrument == scene.what);
            if !found {
                eprintln!("{} of seed {seed} was missed", detector.name());
            }
            found
        });
        figures += &format!("{}: {} of {EACH} found\n", detector.name(), found.count());
    }
    expect![[r#"
        wash: 40 of 40 found
        self_cross: 40 of 40 found
        layering: 40 of 40 found
        marking_close: 40 of 40 found
        quote_stuffing: 40 of 40 found
        momentum_ignition: 40 of 40 found
        ramping: 40 of 40 found
        restricted: 40 of 40 found
        order_to_trade: 40 of 40 found
    "#]]
    .assert_eq(&figures);
}
