//! Several strategies on one account: their books sum to the account's, each sees what is its own, and a replay agrees.
use crate::fed::instruments;
use engine::risk::{BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, VenueConfig, Wire};
use engine::tape::{CandlesOnTape, Header, MemoryTape, Outcome, Recorded, TapeJournal, TapeReader, Verifying};
use engine::{
    Candle, Carry, Core, Dated, Desk, Effect, Entry, Event, InstrumentId, Intents, Interval, Journal, Label,
    MarketEvent, Money, NewOrder, OrderId, OrderKind, Owner, Price, Qty, Rate, Report, RiskEngine, Rng, SharedCandles,
    Side, SimVenue, Simulated, State, Strategy, TimerId, Timestamp, View, run,
};
use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

const TWO: usize = 2;

fn one(units: i64) -> Money {
    Money(i128::from(units) * Money::ONE.0)
}

fn at(hours: i64) -> Timestamp {
    Timestamp(hours * Interval::HOUR.0)
}

fn flat(prices: &[i64]) -> Vec<Candle> {
    let make = |(n, price): (i64, &i64)| {
        let price = Price(*price);
        let (open_time, known_time) = (at(n), at(n + 1));
        Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 100 }
    };
    (0..).zip(prices).map(make).collect()
}

/// What a desk is given to play with.
struct Table {
    shares: Vec<Money>,
    cash: Money,
    candles: [Vec<Candle>; TWO],
    carry: Vec<(Timestamp, Carry)>,
    costs: Costs,
}

/// What the house may hold and own beside what no strategy was given.
#[derive(Clone, Copy)]
struct House {
    equity_max: i128,
    held_max: i64,
}

impl House {
    /// Nothing beside what no strategy was given.
    const EMPTY: Self = Self { equity_max: 0, held_max: 0 };
}

/// Checks at every step that the strategies and the house sum to the account.
struct Summed {
    tape: TapeJournal<MemoryTape>,
    left: Money,
    house: House,
    outcomes: Vec<Outcome>,
}

impl Journal for Summed {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.tape.append(entry)
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        let n = entry.number;
        assert!(state.books.balances() && state.sub_ledgers.balances(), "every number is explained after step {n}");
        self.outcomes.extend(effects.iter().map(Outcome::from));
        if state.sub_ledgers.is_empty() {
            return self.tape.commit(entry, effects, state);
        }
        let house = state.sub_ledgers.house(&state.books);
        let more = (house.equity - self.left).0;
        assert!(more.abs() <= self.house.equity_max, "after step {n} the house has {more} units: {:?}", entry.event);
        for index in 0..TWO {
            let held = state.sub_ledgers.house_position(&state.books, index);
            assert!(held.0.abs() <= self.house.held_max, "after step {n} the house holds {held:?}");
            let id = InstrumentId(index as u32);
            let owned = |owner: usize| state.orders.working_of(Owner(owner as u8 + 1), id);
            let all = state.sub_ledgers.all().len();
            let (buy, sell) = (0..all).map(owned).fold((0, 0), |sum, w| (sum.0 + w.buy.0, sum.1 + w.sell.0));
            let account = state.orders.working(id);
            assert_eq!((buy, sell), (account.buy.0, account.sell.0), "what is on its way, after step {n}");
        }
        self.tape.commit(entry, effects, state)
    }
    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.tape.finish(state)
    }
}

fn play<S: Strategy + Clone>(strategy: &S, table: &Table, house: House) -> (State, Vec<Outcome>) {
    let leverage = Leverage { ppm: 1_000_000_000 };
    let make_core = || {
        let mut state = State::new(table.cash, instruments(TWO), Timestamp::MIN);
        if !table.shares.is_empty() {
            state = state.with_strategies(&table.shares);
        }
        Core::new(state, strategy.clone(), RiskEngine::new(vec![Box::new(BuyingPower { leverage })]))
    };
    let config = VenueConfig { leverage, ..VenueConfig::default() };
    let venue = SimVenue::new(config, table.cash, instruments(TWO), vec![Dated::always(table.costs); TWO]);
    let sources = table.candles.clone().map(|candles| (SharedCandles::new(candles.into()), 2));
    let feed = Merge::new(sources).expect("memory cannot fail");
    let mut world = Simulated::new(feed, venue, Latency::default(), TWO).with_carry(table.carry.clone());
    let tape = TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded);
    let left = table.cash - table.shares.iter().copied().sum::<Money>();
    let mut journal = Summed { tape, left, house, outcomes: Vec::new() };
    let mut core = make_core();
    run(&mut core, &mut world, &mut journal).expect("memory cannot fail");
    let (digest, tape) = (journal.tape.digest(), journal.tape.seal(&[]).expect("memory cannot fail").0);
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut verifying = Verifying::new(TapeReader::new(&tape[..]));
    run(&mut make_core(), &mut Recorded::new(TapeReader::new(&tape[..]), none, Wire::default()), &mut verifying)
        .expect("a replay repeats every decision");
    assert_eq!(verifying.digest(), digest);
    let state = core.into_state();
    let (venue, _) = world.into_parts();
    assert_eq!(venue.account().cash(), state.books.cash(), "the venue knows nothing of strategies");
    (state, journal.outcomes)
}

/// Wishes anything of anything at any time.
#[derive(Clone)]
struct Whim(Rng);

impl Strategy for Whim {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        let (rng, id) = (&mut self.0, candle.instrument);
        let small = |rng: &mut Rng, n: u64| 1 + i64::try_from(rng.below(n)).expect("small");
        let side = if rng.below(2) == 0 { Side::Buy } else { Side::Sell };
        let (quantity, price) = (Qty(small(rng, 40)), Price(900 + small(rng, 200)));
        let limit = NewOrder::new(id, side, quantity, OrderKind::Limit { price });
        match rng.below(7) {
            0 => out.target(id, Qty(small(rng, 80) - 40)),
            1 => out.order(limit),
            2 => out.order(NewOrder::new(id, side, quantity, OrderKind::Stop { trigger: price })),
            3 => {
                let away = if side == Side::Buy { (-30, 30) } else { (30, -30) };
                out.bracket(limit, Price(price.0 + away.0), Price(price.0 + away.1));
            }
            4 => {
                if let Some(order) = view.live_orders(id).next() {
                    out.cancel(order.request.order);
                }
            }
            5 => out.cancel(OrderId(u64::try_from(small(rng, 60)).expect("small"))), // anybody's
            _ => out.wake(TimerId(3), view.now().after(small(rng, 5_000_000_000_000))),
        }
    }
}

fn table(seed: u64, carry: impl Fn(&mut Rng, i64) -> Option<Carry>) -> Table {
    let mut rng = Rng::stream(seed, "sharing");
    let mut prices = || -> Vec<i64> { (0..40).map(|_| 900 + rng.below(200) as i64).collect() };
    let candles = [flat(&prices()), flat(&prices())];
    let carry = (1..40).filter_map(|hour| Some((at(hour), carry(&mut rng, hour)?))).collect();
    let fee = Rate::from_parts(75, 5).expect("a rate");
    Table {
        shares: vec![one(300_000), one(500_000), one(100_000)],
        cash: one(1_000_000),
        candles,
        carry,
        costs: Costs { taker: fee, maker: fee, ..Costs::NONE },
    }
}

fn desk(seed: u64) -> Desk<Whim> {
    Desk::new((0..3).map(|n| Whim(Rng::stream(seed * 3 + n, "whim"))).collect())
}

#[test]
fn strategies_sum_to_the_account_to_the_unit_at_every_step() {
    let (mut fills, mut refused) = (0, 0);
    for seed in 0..200 {
        let (state, outcomes) = play(&desk(seed), &table(seed, |_, _| None), House::EMPTY);
        fills += state.counters.fills;
        refused +=
            outcomes.iter().filter(|o| matches!(o, Outcome::Refused(r) if r.check.name() == "no_such_order")).count();
    }
    assert!(fills > 10_000 && refused > 500, "{fills} {refused}");
}

#[test]
fn what_holdings_bring_is_each_ones_own_and_only_roundings_stand_with_the_house() {
    let mut paid = 0;
    for seed in 0..100 {
        let rate = |rng: &mut Rng| Rate::from_parts(rng.below(20_000) as i64 - 10_000, 9).expect("a rate");
        let happens = |rng: &mut Rng, _: i64| {
            let instrument = InstrumentId(rng.below(2) as u32);
            Some(match rng.below(2) {
                0 => Carry::Dividend { instrument, per_unit: Money(1 + i128::from(rng.below(1 << 40))) },
                _ => Carry::Funding { instrument, rate: rate(rng), mark: Price(0) },
            })
        };
        // Each of 39 payments is rounded against the account once, and against each of three strategies.
        let (state, _) = play(&desk(seed), &table(seed, happens), House { equity_max: 39 * 3, held_max: 0 });
        paid += u32::from(state.books.dividends() != Money::ZERO && state.books.funding() != Money::ZERO);
    }
    assert!(paid > 90, "{paid}");
}

#[test]
fn what_the_venue_closes_is_shared_out_by_size() {
    let mut liquidated = 0;
    for seed in 0..200 {
        let mut it = table(seed, |_, _| None);
        it.cash = one(90);
        it.shares = vec![one(30), one(50), one(10)];
        let rate = |n| Rate::from_parts(n, 2).expect("a rate");
        it.costs = Costs { maintenance: rate(5), liquidation_fee: rate(1), ..it.costs };
        let (state, _) = play(&desk(seed), &it, House::EMPTY);
        liquidated += state.counters.liquidations;
    }
    assert!(liquidated > 100, "{liquidated}");
}

/// Buys so much at the first candle of the first instrument, and writes down what it sees and hears.
#[derive(Clone)]
struct Watcher {
    buys: i64,
    sent: bool,
    seen: Rc<RefCell<Vec<String>>>,
}

impl Watcher {
    fn new(buys: i64) -> Self {
        Self { buys, sent: false, seen: Rc::default() }
    }
}

impl Strategy for Watcher {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let id = InstrumentId(0);
        match event {
            Event::Market(MarketEvent::Candle(candle)) if candle.instrument == id => {
                let (held, exposed) = (view.position(id).0, view.exposure(id).0);
                let live = view.live_orders(id).count();
                let first = view.order(OrderId(1)).is_some();
                let line =
                    format!("held {held}, exposed {exposed}, equity {}, {live} live, sees 1: {first}", view.equity());
                self.seen.borrow_mut().push(line);
                if !self.sent {
                    self.sent = true;
                    out.target(id, Qty(self.buys));
                    let limit = OrderKind::Limit { price: Price(1) };
                    out.submit(id, Side::Buy, Qty(1), limit, Label(7));
                    out.wake(TimerId(5), view.now().after(1));
                    if self.buys < 0 {
                        out.cancel(OrderId(1));
                    }
                }
            }
            Event::Report(Report::Filled(fill)) => self.seen.borrow_mut().push(format!("fill of {}", fill.order.0)),
            Event::Timer(timer) => self.seen.borrow_mut().push(format!("timer {}", timer.0)),
            _ => {}
        }
    }
}

#[test]
fn each_strategy_sees_and_hears_what_is_its_own() {
    let (a, b) = (Watcher::new(10), Watcher::new(-4));
    let seen = [Rc::clone(&a.seen), Rc::clone(&b.seen)];
    let table = Table {
        shares: vec![one(600), one(400)],
        cash: one(1_000),
        candles: [flat(&[1_000, 1_000, 1_100]), Vec::new()],
        carry: Vec::new(),
        costs: Costs::NONE,
    };
    // The replay sees the same again: the first half is the run's own.
    let (state, outcomes) = play(&Desk::new(vec![a, b]), &table, House::EMPTY);
    let own = |place: usize| {
        let all = seen[place].borrow();
        all[..all.len() / 2].to_vec()
    };
    assert_eq!(
        own(0),
        [
            "held 0, exposed 0, equity 600, 0 live, sees 1: false",
            "fill of 1",
            "timer 5",
            "held 10, exposed 11, equity 600, 1 live, sees 1: true",
            "held 10, exposed 11, equity 610, 1 live, sees 1: true",
        ]
    );
    assert_eq!(
        own(1),
        [
            "held 0, exposed 0, equity 400, 0 live, sees 1: false",
            "fill of 3",
            "timer 5",
            "held -4, exposed -3, equity 400, 1 live, sees 1: false",
            "held -4, exposed -3, equity 396, 1 live, sees 1: false",
        ]
    );
    assert_eq!(state.books.equity(), one(1_006));
    // To the second the first one's order does not exist.
    let described: Vec<String> = outcomes.iter().map(|o| o.describe(&state.instruments)).collect();
    assert_eq!(
        described,
        [
            "strategy 1",
            "send order 1: buy 10 v:0 market",
            "send order 2: buy 1 v:0 limit at 0.01",
            "arm timer 10 for 3600000000001 ns",
            "strategy 2",
            "send order 3: sell 4 v:0 market",
            "send order 4: buy 1 v:0 limit at 0.01",
            "arm timer 11 for 3600000000001 ns",
            "refuse v:0: no_such_order (limit 0, value 1)",
        ]
    );
}

#[test]
fn a_desk_of_one_is_that_one() {
    for seed in 0..40 {
        let mut it = table(seed, |_, _| None);
        it.shares = vec![it.cash];
        let whim = Whim(Rng::stream(seed, "whim"));
        let (shared, said) = play(&Desk::new(vec![whim.clone()]), &it, House::EMPTY);
        it.shares = Vec::new();
        let (alone, expected) = play(&whim, &it, House::EMPTY);
        assert_eq!((&shared.books, shared.counters), (&alone.books, alone.counters), "seed {seed}");
        let said: Vec<Outcome> = said.into_iter().filter(|o| !matches!(o, Outcome::For(_))).collect();
        assert_eq!(said, expected, "seed {seed}");
    }
}

#[test]
fn what_the_account_was_not_charged_or_given_alike_stands_with_the_house() {
    let check = |held: [i64; 2], carry: Carry, account: Money, each: [Money; 2], house: (Money, i64)| {
        let halved = matches!(carry, Carry::Split { .. });
        let table = Table {
            shares: vec![one(600), one(400)],
            cash: one(1_000),
            candles: [flat(&if halved { [1_000, 1_000, 2_000, 2_000] } else { [1_000; 4] }), Vec::new()],
            carry: vec![(at(2), carry)],
            costs: Costs::NONE,
        };
        let desk = Desk::new(held.map(Watcher::new).to_vec());
        let (state, _) = play(&desk, &table, House { equity_max: i128::MAX, held_max: i64::MAX });
        assert_eq!(state.books.equity() - one(1_000), account, "the account, {carry:?}");
        let got: Vec<Money> = state.sub_ledgers.all().iter().map(|books| books.equity()).collect();
        assert_eq!([got[0] - one(600), got[1] - one(400)], each, "the strategies, {carry:?}");
        let rest = state.sub_ledgers.house(&state.books);
        let position = state.sub_ledgers.house_position(&state.books, 0);
        assert_eq!((rest.equity, position.0), house, "the house, {carry:?}");
    };
    let instrument = InstrumentId(0);
    let rate = Rate::from_parts(1, 2).expect("a per cent");
    let cent = |n: i64| Money(one(n).0 / 100);
    // The one lends the other what the account then need not borrow: a per cent of 100.00.
    let borrow = Carry::Borrow { instrument, rate, mark: Price(0) };
    check([10, -10], borrow, Money::ZERO, [Money::ZERO, one(-1)], (one(1), 0));
    check([10, -4], borrow, Money::ZERO, [Money::ZERO, cent(-40)], (cent(40), 0));
    // What one receives the other owes.
    let dividend = Carry::Dividend { instrument, per_unit: cent(50) };
    check([10, -10], dividend, Money::ZERO, [one(5), one(-5)], (Money::ZERO, 0));
    // Half a share each is paid out to them; the account has a whole one, which the house has bought.
    let split = Carry::Split { instrument, new: 1, old: 2, mark: Price(0) };
    check([1, 1], split, Money::ZERO, [Money::ZERO; 2], (Money::ZERO, 1));
    check([4, 2], split, Money::ZERO, [Money::ZERO; 2], (Money::ZERO, 0));
    // Of cash, each as if alone: 1 % of 500.00 and of 480.00; the account's 1000.00 less 18 at 10.00 give the same.
    let interest = Carry::Interest { credit: rate, debit: rate };
    check([10, 8], interest, cent(820), [one(5), cent(320)], (Money::ZERO, 0));
}
