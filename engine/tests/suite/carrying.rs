//! Splits, dividends and funding: the ledger explains every unit, and the venue's account ends with the same ones.
use crate::fed::instruments;
use engine::risk::{BuyingPower, Leverage};
use engine::sim::{Costs, Latency, MarginMode, Merge, Stake, VenueConfig, Wire};
use engine::tape::{CandlesOnTape, Header, MemoryTape, Recorded, TapeJournal, TapeReader, Verifying};
use engine::{
    Candle, Carry, Core, Dated, Effect, Entry, Event, InstrumentId, Intents, Interval, Journal, Label, Money, NewOrder,
    OrderKind, Price, Qty, Rate, RiskEngine, Rng, SharedCandles, Side, SimVenue, Simulated, State, Strategy, Ticker,
    Timestamp, View, run,
};
use rust_decimal::Decimal;
use std::convert::Infallible;

const ID: InstrumentId = InstrumentId(0);

pub(crate) fn one(units: i64) -> Money {
    Money(i128::from(units) * Money::ONE.0)
}

pub(crate) fn at(hours: i64) -> Timestamp {
    Timestamp(hours * Interval::HOUR.0)
}

pub(crate) fn flat_candles(prices: &[i64]) -> Vec<Candle> {
    let make = |(n, price): (i64, &i64)| {
        let price = Price(*price);
        let (open_time, known_time) = (at(n), at(n + 1));
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 100 }
    };
    (0..).zip(prices).map(make).collect()
}

/// What a whole run left.
pub(crate) struct Left {
    pub(crate) state: State,
    pub(crate) venue_cash: Money,
    pub(crate) venue_held: Qty,
    /// Where margin is isolated.
    pub(crate) stake: Option<Stake>,
}

/// Checks at every step that the ledger explains itself.
struct Explained(TapeJournal<MemoryTape>);

impl Journal for Explained {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.0.append(entry)
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        assert!(state.books.balances(), "every number is explained after step {}", entry.number);
        self.0.commit(entry, effects, state)
    }
    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.0.finish(state)
    }
}

fn play<S: Strategy + Clone>(strategy: &S, candles: &[Candle], carry: Vec<(Timestamp, Carry)>) -> Left {
    let fee = Rate::from_bps(Decimal::new(75, 1)).expect("a rate");
    play_at(strategy, candles, carry, one(1_000_000), Costs { taker: fee, maker: fee, ..Costs::NONE })
}

fn play_at<S: Strategy + Clone>(
    strategy: &S,
    candles: &[Candle],
    carry: Vec<(Timestamp, Carry)>,
    cash: Money,
    costs: Costs,
) -> Left {
    let leverage = Leverage { ppm: 1_000_000_000 };
    play_in(VenueConfig { leverage, ..VenueConfig::default() }, strategy, candles, carry, cash, costs)
}

pub(crate) fn play_in<S: Strategy + Clone>(
    config: VenueConfig,
    strategy: &S,
    candles: &[Candle],
    carry: Vec<(Timestamp, Carry)>,
    cash: Money,
    costs: Costs,
) -> Left {
    let leverage = config.leverage;
    let make_core = || {
        let state = State::new(cash, instruments(1), Timestamp::MIN);
        Core::new(state, strategy.clone(), RiskEngine::new(vec![Box::new(BuyingPower { leverage })]))
    };
    let venue = SimVenue::new(config, cash, instruments(1), vec![Dated::always(costs)]);
    let feed = Merge::new([(SharedCandles::new(candles.into()), 2)]).expect("memory cannot fail");
    let mut world = Simulated::new(feed, venue, Latency::default(), 1).with_carry(carry);
    let mut journal = Explained(TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded));
    let mut core = make_core();
    run(&mut core, &mut world, &mut journal).expect("memory cannot fail");
    let digest = journal.0.digest();
    let tape = journal.0.seal(&[]).expect("memory cannot fail").0;
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut verifying = Verifying::new(TapeReader::new(&tape[..]));
    run(&mut make_core(), &mut Recorded::new(TapeReader::new(&tape[..]), none, Wire::default()), &mut verifying)
        .expect("a replay repeats every decision");
    assert_eq!(verifying.digest(), digest);
    let (venue, _) = world.into_parts();
    let account = venue.account();
    let (venue_cash, venue_held, stake) =
        (account.cash(), account.held()[0].quantity, account.stakes().first().copied());
    Left { state: core.into_state(), venue_cash, venue_held, stake }
}

/// Holds so much from the first candle on, and keeps a limit far away.
#[derive(Clone)]
pub(crate) struct Hold(pub(crate) i64, pub(crate) bool);

impl Strategy for Hold {
    fn decide(&mut self, _: &Event, view: View<'_>, out: &mut Intents) {
        if !self.1 && view.last(ID).is_some() {
            self.1 = true;
            let side = if self.0 > 0 { Side::Buy } else { Side::Sell };
            out.submit(ID, side, Qty(self.0.abs()), OrderKind::Market, Label(0));
            out.submit(ID, Side::Buy, Qty(1), OrderKind::Limit { price: Price(1) }, Label(1));
        }
    }
}

pub(crate) fn split(new: i64, old: i64) -> Carry {
    Carry::Split { instrument: ID, new, old, mark: Price(0) }
}

#[test]
fn a_split_makes_no_profit_and_no_loss_and_takes_the_orders_back() {
    // AAPL before and after 2014-06-09: 645.57 and 92.22, a fall of 0.0024 in new dollars per share.
    for held in [100, -100, 3] {
        let left = play(&Hold(held, false), &flat_candles(&[64_557, 64_557, 9_222]), vec![(at(2), split(7, 1))]);
        assert_eq!(left.state.books.position(0).quantity, Qty(held * 7));
        let fee = Money(one(held.abs()).0 * 64_557 / 100 * 75 / 100_000);
        let market = one(7 * held * 9_222 - held * 64_557);
        assert_eq!(left.state.books.equity(), one(1_000_000) - fee + Money(market.0 / 100));
        assert_eq!(left.state.books.home.in_lieu, Money::ZERO);
        assert!(left.state.orders.all().all(|o| !o.status.is_live()), "the order for old units is taken back");
        assert_eq!((left.venue_cash, left.venue_held), (left.state.books.cash(), Qty(held * 7)));
    }
}

#[test]
fn a_new_ticker_changes_no_money_and_no_quantity_and_leaves_the_orders() {
    let renamed = Carry::Renamed { instrument: ID, ticker: Ticker::new("QQQQ").expect("a ticker") };
    for held in [100, -100] {
        let candles = flat_candles(&[1_000, 1_000, 1_100, 1_100]);
        let plain = play(&Hold(held, false), &candles, Vec::new());
        let left = play(&Hold(held, false), &candles, vec![(at(2), renamed)]);
        assert_eq!(left.state.books, plain.state.books);
        assert_eq!(left.state.orders, plain.state.orders);
        assert!(left.state.orders.all().any(|o| o.status.is_live()), "the order far away still stands");
        assert_eq!((left.venue_cash, left.venue_held), (plain.venue_cash, plain.venue_held));
    }
}

#[test]
fn a_fraction_of_a_lot_is_paid_in_cash_at_the_mark() {
    // 25 at 10.00 in a 1:10 split: 2 new at 100.00, and five old ones' worth, 50.00, in cash.
    let left = play(&Hold(25, false), &flat_candles(&[1_000, 1_000, 10_000]), vec![(at(2), split(1, 10))]);
    assert_eq!(left.state.books.position(0).quantity, Qty(2));
    assert_eq!(left.state.books.home.in_lieu, one(50));
    assert_eq!(left.state.books.equity(), left.state.books.cash() + one(200));
    assert_eq!(left.venue_cash, left.state.books.cash());
    // Short, the fraction is bought back.
    let left = play(&Hold(-25, false), &flat_candles(&[1_000, 1_000, 10_000]), vec![(at(2), split(1, 10))]);
    assert_eq!((left.state.books.position(0).quantity, left.state.books.home.in_lieu), (Qty(-2), one(-50)));
}

#[test]
fn a_dividend_is_paid_to_holders_and_owed_by_shorts() {
    for held in [40, -40] {
        let dividend = Carry::Dividend { instrument: ID, per_unit: Money(Money::ONE.0 * 41 / 100) };
        let left = play(&Hold(held, false), &flat_candles(&[1_000; 4]), vec![(at(2), dividend)]);
        assert_eq!(left.state.books.dividends(), Money(one(held).0 * 41 / 100));
        assert_eq!(left.venue_cash, left.state.books.cash());
    }
    let before = Carry::Dividend { instrument: ID, per_unit: Money::ONE };
    let left = play(&Hold(40, false), &flat_candles(&[1_000; 4]), vec![(at(1), before)]);
    assert_eq!(left.state.books.dividends(), Money::ZERO, "who buys at the open of the ex-date comes too late");
}

#[test]
fn funding_is_a_share_of_the_position_at_its_last_price_and_longs_pay_it() {
    let rate = Rate::from_fraction("0.0001".parse().expect("a decimal")).expect("a rate");
    let funding = Carry::Funding { instrument: ID, rate, mark: Price(0) };
    // Ten at 20.00 after the second candle: a ten-thousandth of 200.00 is 0.02.
    for (held, paid) in [(10, -20_000_000_000), (-10, 20_000_000_000)] {
        let left = play(&Hold(held, false), &flat_candles(&[1_000, 2_000, 2_000]), vec![(at(2), funding)]);
        assert_eq!(left.state.books.funding(), Money(paid));
        assert_eq!(left.venue_cash, left.state.books.cash());
    }
}

/// A tenth of the notional as margin, half a per cent as the fee of a liquidation.
pub(crate) fn margined() -> Costs {
    let rate = |bps: i64| Rate::from_bps(Decimal::from(bps)).expect("a rate");
    Costs { maintenance: rate(1_000), liquidation_fee: rate(50), ..Costs::NONE }
}

#[test]
fn a_position_is_liquidated_where_the_account_can_no_longer_carry_it() {
    // 100 at 10.00 on 200.00: worth 1000.00, of which 800.00 are owed. At 8.89 equity is 89.00 and 88.90 are needed; at
    // 8.88 it is 88.00 and 88.80 are needed.
    let mut candles = flat_candles(&[1_000, 1_000, 950, 950]);
    candles[2].low = Price(880);
    let left = play_at(&Hold(100, false), &candles, Vec::new(), one(200), margined());
    let fee = Money(one(888).0 * 50 / 10_000);
    assert_eq!(left.state.counters.liquidations, 1);
    assert_eq!(left.state.books.cash(), one(88) - fee);
    assert_eq!((left.venue_cash, left.venue_held), (left.state.books.cash(), Qty::ZERO));
    assert!(left.state.orders.all().all(|o| !o.status.is_live()), "its orders are taken back first");
    // One cent higher, it is kept.
    candles[2].low = Price(889);
    let left = play_at(&Hold(100, false), &candles, Vec::new(), one(200), margined());
    assert_eq!((left.state.counters.liquidations, left.venue_held), (0, Qty(100)));
}

#[test]
fn a_gap_liquidates_at_the_open_and_can_leave_a_debt() {
    let candles = flat_candles(&[1_000, 1_000, 700, 700]);
    let left = play_at(&Hold(100, false), &candles, Vec::new(), one(200), margined());
    assert_eq!(left.state.counters.liquidations, 1);
    assert_eq!(left.state.books.cash(), one(-100) - Money(one(700).0 * 50 / 10_000));
    // A short the other way.
    let candles = flat_candles(&[1_000, 1_000, 1_200, 1_200]);
    let left = play_at(&Hold(-100, false), &candles, Vec::new(), one(200), margined());
    assert_eq!(left.state.counters.liquidations, 1);
    assert_eq!(left.state.books.cash(), -Money(one(1_200).0 * 50 / 10_000));
}

#[test]
fn a_delisting_pays_every_unit_out_and_ends_the_orders() {
    for (held, each) in [(40, 3), (-40, 3), (40, 0)] {
        let per_unit = Money(Money::ONE.0 * each);
        let carry = vec![(at(2), Carry::Delisting { instrument: ID, per_unit })];
        let left = play_at(&Hold(held, false), &flat_candles(&[1_000; 4]), carry, one(1_000), Costs::NONE);
        // Bought or sold at 10.00.
        assert_eq!(left.state.books.cash(), one(1_000 - held * 10) + Money(one(held).0 * each));
        assert_eq!(left.state.books.equity(), left.state.books.cash());
        assert_eq!((left.venue_cash, left.venue_held), (left.state.books.cash(), Qty::ZERO));
        assert!(left.state.orders.all().all(|o| !o.status.is_live()));
    }
}

#[test]
fn a_short_pays_for_what_it_borrowed_and_a_long_does_not() {
    let rate = Rate::from_fraction("0.0002".parse().expect("a decimal")).expect("a rate");
    let borrow = Carry::Borrow { instrument: ID, rate, mark: Price(0) };
    // Ten at 20.00: two ten-thousandths of 200.00.
    for (held, cost) in [(-10, -40_000_000_000), (10, 0)] {
        let left = play(&Hold(held, false), &flat_candles(&[1_000, 2_000, 2_000]), vec![(at(2), borrow)]);
        assert_eq!((left.state.books.borrow(), left.venue_cash), (Money(cost), left.state.books.cash()));
    }
}

#[test]
fn interest_is_received_on_cash_and_paid_on_debt() {
    let rate = |text: &str| Rate::from_fraction(text.parse().expect("a decimal")).expect("a rate");
    let interest = Carry::Interest { credit: rate("0.0001"), debit: rate("0.0003") };
    // 200.00 less 10 at 10.00 leave 100.00; less 100 at 10.00 they leave a debt of 800.00.
    for (held, sum) in [(10, 10_000_000_000), (100, -240_000_000_000)] {
        let left =
            play_at(&Hold(held, false), &flat_candles(&[1_000; 4]), vec![(at(2), interest)], one(200), Costs::NONE);
        assert_eq!((left.state.books.interest(), left.venue_cash), (Money(sum), left.state.books.cash()));
    }
}

/// Wishes anything at any time.
#[derive(Clone)]
struct Whim(Rng);

impl Strategy for Whim {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(_) = event else { return };
        let rng = &mut self.0;
        let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
        let quantity = Qty(1 + i64::try_from(rng.below(40)).expect("small"));
        let price = Price(900 + i64::try_from(rng.below(200)).expect("small"));
        let kind = [OrderKind::Market, OrderKind::Limit { price }, OrderKind::Stop { trigger: price }];
        out.order(NewOrder::new(ID, side, quantity, kind[rng.below(3) as usize]));
    }
}

#[test]
fn ledger_and_venue_agree_to_the_unit_whatever_happens_to_the_holdings() {
    let (mut splits, mut moved, mut liquidated, mut isolated) = (0, 0, 0, 0);
    for seed in 0..400 {
        let mut rng = Rng::stream(seed, "carrying");
        let prices: Vec<i64> = (0..40).map(|_| 900 + i64::try_from(rng.below(200)).expect("small")).collect();
        let mut carry = Vec::new();
        for hour in 1..40 {
            let small = |rng: &mut Rng, n: u64| 1 + i64::try_from(rng.below(n)).expect("small");
            match rng.below(5) {
                0 => carry.push((at(hour), split(small(&mut rng, 7), small(&mut rng, 7)))),
                1 if rng.below(20) == 0 => {
                    carry.push((at(hour), Carry::Delisting { instrument: ID, per_unit: Money::ONE }));
                }
                1 => {
                    let per_unit = Money(i128::from(small(&mut rng, 1_000_000)) * 1_234_567);
                    carry.push((at(hour), Carry::Dividend { instrument: ID, per_unit }));
                }
                2 => {
                    let rate = Rate::from_parts(small(&mut rng, 20_000) - 10_000, 8).expect("a rate");
                    carry.push((at(hour), Carry::Funding { instrument: ID, rate, mark: Price(0) }));
                    let rate = Rate::from_parts(small(&mut rng, 10_000), 8).expect("a rate");
                    carry.push((at(hour), Carry::Borrow { instrument: ID, rate, mark: Price(0) }));
                    carry.push((at(hour), Carry::Interest { credit: rate, debit: rate }));
                }
                _ => {}
            }
        }
        let whim = Whim(Rng::stream(seed, "whim"));
        let config = VenueConfig { leverage: Leverage { ppm: 5_000_000 }, ..VenueConfig::default() };
        let config = VenueConfig { margin_mode: MarginMode::Isolated, ..config };
        let left = play_in(config, &whim, &flat_candles(&prices), carry.clone(), one(200), margined());
        isolated += left.state.counters.liquidations;
        assert_eq!(left.venue_cash, left.state.books.cash(), "seed {seed}, isolated");
        let left = match seed % 2 {
            0 => play(&whim, &flat_candles(&prices), carry),
            _ => play_at(&whim, &flat_candles(&prices), carry, one(600), margined()),
        };
        liquidated += left.state.counters.liquidations;
        assert_eq!(left.venue_cash, left.state.books.cash(), "seed {seed}");
        assert_eq!(left.venue_held, left.state.books.position(0).quantity, "seed {seed}");
        splits += u32::from(left.state.books.home.in_lieu != Money::ZERO);
        moved += u32::from(left.state.books.dividends() != Money::ZERO);
    }
    assert!(splits > 150 && moved > 200 && liquidated > 100, "{splits} {moved} {liquidated}");
    assert!(isolated > 50, "{isolated}");
}
