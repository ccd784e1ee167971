//! Accounts with instruments in several currencies: every balance is exact, their worth follows the rates, and the venue's
//! account ends with the same ones.
use engine::risk::{BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, VenueConfig, Wire};
use engine::tape::{CandlesOnTape, Header, MemoryTape, Recorded, TapeJournal, TapeReader, Verifying};
use engine::{
    Candle, Carry, Core, Currencies, Currency, Dated, Effect, Entry, Event, Exchange, Instrument, InstrumentId,
    Intents, Interval, Journal, Label, MarketEvent, Money, NewOrder, OrderKind, Price, Qty, Rate, RateSource,
    RiskEngine, Rng, SharedCandles, Side, SimVenue, Simulated, Size, State, Strategy, Timestamp, View, Way, run,
};
use rust_decimal::Decimal;
use std::convert::Infallible;

/// EURUSD at 1.2500, a stock in euros, one in dollars, USDJPY at 150.00, and a stock in yen, in an account of dollars. The
/// pairs stand before what needs them: of one instant the candles come in this order.
const PAIR: InstrumentId = InstrumentId(0);
const EURO: InstrumentId = InstrumentId(1);
const YEN: InstrumentId = InstrumentId(4);
const COUNT: usize = 5;

fn one(units: i64) -> Money {
    Money(i128::from(units) * Money::ONE.0)
}

fn at(hours: i64) -> Timestamp {
    Timestamp(hours * Interval::HOUR.0)
}

fn currency(code: &str) -> Currency {
    code.parse().expect("a currency")
}

fn instruments() -> Vec<Instrument> {
    let make = |(name, quote, price_scale): (&str, &str, u8)| {
        let spec = Dated::always(engine::Spec::FREE);
        Instrument::new(format!("v:{name}"), currency(quote), (price_scale, 0), Decimal::ONE, spec).expect("valid")
    };
    [("EURUSD", "USD", 4), ("DE", "EUR", 2), ("US", "USD", 2), ("USDJPY", "JPY", 2), ("JP", "JPY", 2)]
        .map(make)
        .to_vec()
}

fn currencies(instruments: &[Instrument]) -> Currencies {
    let usdjpy = InstrumentId(3);
    let rates = [
        (currency("EUR"), RateSource::pair(PAIR, &instruments[0], Way::Direct)),
        (currency("JPY"), RateSource::pair(usdjpy, &instruments[3], Way::Inverse)),
    ];
    Currencies::new(currency("USD"), instruments, &rates).expect("every currency has a rate")
}

/// What is played.
struct Table {
    cash: Money,
    /// Of each instrument, a price an hour.
    prices: [Vec<i64>; COUNT],
    carry: Vec<(Timestamp, Carry)>,
    costs: Costs,
    leverage: i64,
}

/// Checks at every step that each ledger explains itself, and that the whole is the sum of its parts.
struct Explained {
    tape: TapeJournal<MemoryTape>,
    refused: Vec<&'static str>,
}

impl Journal for Explained {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.tape.append(entry)
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        let books = &state.books;
        assert!(books.balances(), "every number is explained after step {}", entry.number);
        let foreign = books.foreign().iter().map(|foreign| foreign.home(foreign.ledger.equity())).sum::<Money>();
        assert_eq!(books.equity(), books.home.equity() + foreign);
        let refused = effects.iter().filter_map(|effect| match effect {
            Effect::Refused(refusal) => Some(refusal.check.name()),
            _ => None,
        });
        self.refused.extend(refused);
        self.tape.commit(entry, effects, state)
    }
    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.tape.finish(state)
    }
}

fn play<S: Strategy + Clone>(strategy: &S, table: &Table) -> (State, Vec<&'static str>) {
    play_looking(strategy, table, vec![false; COUNT])
}

fn play_looking<S: Strategy + Clone>(strategy: &S, table: &Table, looked_at: Vec<bool>) -> (State, Vec<&'static str>) {
    let all = instruments();
    let leverage = Leverage { ppm: table.leverage * 1_000_000 };
    let make_core = || {
        let state = State::new(table.cash, all.clone(), Timestamp::MIN).with_currencies(currencies(&all));
        let state = state.with_looked_at(looked_at.clone());
        Core::new(state, strategy.clone(), RiskEngine::new(vec![Box::new(BuyingPower { leverage })]))
    };
    let config = VenueConfig { leverage, ..VenueConfig::default() };
    let venue = SimVenue::new(config, table.cash, all.clone(), vec![Dated::always(table.costs); COUNT])
        .with_currencies(currencies(&all));
    let candles = |prices: &Vec<i64>| -> Vec<Candle> {
        let make = |(n, price): (i64, &i64)| {
            let (open_time, known_time, price) = (at(n), at(n + 1), Price(*price));
            Candle { open_time, known_time, open: price, high: price, low: price, close: price, volume: 100 }
        };
        (0..).zip(prices).map(make).collect()
    };
    let sources = table.prices.iter().zip(&all).map(|(p, it)| (SharedCandles::new(candles(p).into()), it.price_scale));
    let feed = Merge::new(sources).expect("memory cannot fail");
    let mut world = Simulated::new(feed, venue, Latency::default(), COUNT).with_carry(table.carry.clone());
    let tape = TapeJournal::new(MemoryTape::default(), &Header::default(), CandlesOnTape::Recorded);
    let mut journal = Explained { tape, refused: Vec::new() };
    let mut core = make_core();
    run(&mut core, &mut world, &mut journal).expect("memory cannot fail");
    let (digest, tape) = (journal.tape.digest(), journal.tape.seal(&[]).expect("memory cannot fail").0);
    let none = Merge::new(Vec::<(SharedCandles, u8)>::new()).expect("nothing to read");
    let mut verifying = Verifying::new(TapeReader::new(&tape[..]));
    run(&mut make_core(), &mut Recorded::new(TapeReader::new(&tape[..]), none, Wire::default()), &mut verifying)
        .expect("a replay repeats every decision");
    assert_eq!(verifying.digest(), digest);
    let (state, (venue, _)) = (core.into_state(), world.into_parts());
    let ours = core::iter::once(&state.books.home).chain(state.books.foreign().iter().map(|foreign| &foreign.ledger));
    let ours: Vec<Money> = ours.map(|ledger| ledger.cash).collect();
    assert_eq!(ours, venue.account().balances().collect::<Vec<_>>(), "each balance is the venue's");
    (state, journal.refused)
}

/// Orders so much of an instrument at its first candle.
#[derive(Clone)]
struct Buys(InstrumentId, Size, bool);

impl Strategy for Buys {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        if candle.instrument == self.0 && !self.2 {
            self.2 = true;
            out.submit(self.0, Side::Buy, view.quantity(self.0, self.1), OrderKind::Market, Label(0));
        }
    }
}

fn units(n: i128) -> Size {
    Size::Units(n * 1_000_000_000)
}

fn table(euro: [i64; 3]) -> Table {
    let flat = |price: i64| vec![price; 3];
    Table {
        cash: one(1_000),
        prices: [euro.to_vec(), flat(4_000), flat(1_000), flat(15_000), flat(300_000)],
        carry: Vec::new(),
        costs: Costs { taker: Rate::from_parts(1, 2).expect("a per cent"), ..Costs::NONE },
        leverage: 1,
    }
}

#[test]
fn what_is_bought_in_euros_is_owed_in_euros_and_moves_with_the_rate() {
    // Ten at 40.00 euros and a fee of 4: the account owes 404 and holds 400, whatever a euro is worth.
    for (euro, lost) in [([12_500; 3], 500), ([12_500, 12_500, 10_000], 400), ([12_500, 12_500, 20_000], 800)] {
        let (state, refused) = play(&Buys(EURO, units(10), false), &table(euro));
        let books = &state.books;
        let ledger = &books.foreign()[0].ledger;
        assert_eq!((books.home.cash, ledger.cash, ledger.fees), (one(1_000), one(-404), one(4)));
        assert_eq!(books.equity(), one(1_000) - Money(one(lost).0 / 100), "at {euro:?}");
        assert_eq!(books.fees(), Money(one(lost).0 / 100));
        assert!(refused.is_empty());
    }
}

#[test]
fn sizes_and_buying_power_are_meant_in_the_accounts_currency() {
    let check = |id, size: Size, bought: i64, refusals: &[&str]| {
        let (state, refused) = play(&Buys(id, size, false), &table([12_500; 3]));
        assert_eq!((state.books.position(id.index()).quantity.0, &refused[..]), (bought, refusals), "{size:?}");
    };
    let usd = currency("USD");
    // Half of 1,000 dollars are 400 euros, ten shares; 100 dollars are two; 3,000 yen a share are 20 dollars.
    check(EURO, Size::Equity { ppm: 500_000 }, 10, &[]);
    check(EURO, Size::Notional { amount: one(100), currency: usd }, 2, &[]);
    check(YEN, Size::Equity { ppm: 500_000 }, 25, &[]);
    // 20 are 1,000 dollars and fit before their fee, which the venue asks about too; 21 do not.
    check(EURO, units(19), 19, &[]);
    check(EURO, units(20), 0, &[]);
    check(EURO, units(21), 0, &["buying_power"]);
    check(YEN, units(51), 0, &["buying_power"]);
}

#[test]
fn a_loss_in_euros_is_weighed_in_dollars() {
    // 20 at 40.00 euros on 200 dollars. At 33.00 they have lost 140 euros: 60 dollars would be left at par, above the 5 % of
    // 660 that are needed, but at 1.2500 it is 25 of the 41.25 that are.
    for (euro, closed) in [(10_000, 0), (12_500, 1)] {
        let mut it = table([euro; 3]);
        it.prices[1] = vec![4_000, 4_000, 3_300];
        let rate = |n| Rate::from_parts(n, 2).expect("a rate");
        it.costs = Costs { maintenance: rate(5), ..Costs::NONE };
        (it.cash, it.leverage) = (one(200), 10);
        let (state, _) = play(&Buys(EURO, units(20), false), &it);
        assert_eq!(state.counters.liquidations, closed, "at {euro}");
    }
}

#[test]
fn nothing_is_ordered_in_a_currency_of_unknown_worth() {
    let mut it = table([12_500; 3]);
    it.prices[0].clear();
    let (state, refused) = play(&Buys(EURO, units(1), false), &it);
    assert_eq!((refused, state.books.equity()), (vec!["no_rate"], one(1_000)));
}

#[test]
fn what_is_only_looked_at_is_no_reason_to_mark_the_account() {
    for (looked_at, marks) in [([false; COUNT], 3), ([true, false, true, true, true], 2)] {
        let mut it = table([12_500; 3]);
        it.prices[1].pop();
        let (state, _) = play_looking(&Buys(EURO, units(1), false), &it, looked_at.to_vec());
        assert_eq!((state.mark.count, state.counters.candles), (marks, 14), "{looked_at:?}");
    }
}

#[test]
fn a_pegged_currency_has_its_rate_from_the_start() {
    let all = instruments();
    let third = RateSource::Pegged(Exchange::new(1, 3).expect("a rate"));
    let rates = [(currency("EUR"), third), (currency("JPY"), third)];
    let it = Currencies::new(currency("USD"), &all, &rates).expect("every currency has a rate");
    let state = State::new(one(1), all, Timestamp::MIN).with_currencies(it);
    assert_eq!(state.books.to_home(EURO.index(), one(1)), Money(333_333_333_333));
    assert_eq!(state.books.from_home(EURO.index(), one(1)), one(3));
}

/// Wishes anything of anything at any time.
#[derive(Clone)]
struct Whim(Rng);

impl Strategy for Whim {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        let rng = &mut self.0;
        let (side, quantity) = if rng.below(2) == 0 { (Side::Buy, 1) } else { (Side::Sell, 2) };
        let quantity = Qty(quantity + i64::try_from(rng.below(20)).expect("small"));
        let close = candle.candle.close.0;
        let price = Price(close * (95 + i64::try_from(rng.below(10)).expect("small")) / 100);
        let kind = [OrderKind::Market, OrderKind::Limit { price }, OrderKind::Stop { trigger: price }];
        out.order(NewOrder::new(candle.instrument, side, quantity, kind[rng.below(3) as usize]));
    }
}

#[test]
fn balances_agree_with_the_venue_to_the_unit_whatever_happens() {
    let (mut fills, mut liquidated) = (0, 0);
    for seed in 0..200 {
        let mut rng = Rng::stream(seed, "exchanging");
        let mut walk = |from: i64| -> Vec<i64> {
            let mut price = from;
            (0..40)
                .map(|_| {
                    price = price * (90 + rng.below(21) as i64) / 100;
                    price.max(100)
                })
                .collect()
        };
        let prices = [walk(12_500), walk(4_000), walk(1_000), walk(15_000), walk(300_000)];
        let rate = |n: u64| Rate::from_parts(n as i64, 6).expect("a rate");
        let happens = |hour: i64| {
            let instrument = InstrumentId(rng.below(5) as u32);
            let carry = match rng.below(4) {
                0 => Carry::Dividend { instrument, per_unit: Money(i128::from(rng.below(1 << 40))) },
                1 => Carry::Funding { instrument, rate: rate(rng.below(1_000)), mark: Price(0) },
                2 => Carry::Borrow { instrument, rate: rate(rng.below(1_000)), mark: Price(0) },
                _ => Carry::Interest { credit: rate(rng.below(1_000)), debit: rate(rng.below(1_000)) },
            };
            (at(hour), carry)
        };
        let carry = (1..39).map(happens).collect();
        let fees = Costs { taker: Rate::from_parts(1, 3).expect("a rate"), ..Costs::NONE };
        let costs = match seed % 2 {
            0 => fees,
            _ => Costs { maintenance: rate(50_000), liquidation_fee: rate(10_000), ..fees },
        };
        let table = Table { cash: one(3_000), prices, carry, costs, leverage: 15 };
        let (state, _) = play(&Whim(Rng::stream(seed, "whim")), &table);
        fills += state.counters.fills;
        liquidated += state.counters.liquidations;
    }
    assert!(fills > 5_000 && liquidated > 20, "{fills} {liquidated}");
}
