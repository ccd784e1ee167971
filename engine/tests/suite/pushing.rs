//! A market that is shown as it happens against the same market as history: every report at the same time, in the same
//! order.
use crate::language::{Scene, venue};
use crate::scene::{core, instruments, world};
use crate::{matching, on_ticks};
use engine::sim::{Delay, PushError, Pushed};
use engine::{
    Action, Candle, CandleFault, Carry, Effect, Entry, Event, InstrumentId, Journal, OrderId, OrderKind, OrderRequest,
    Price, Qty, Report, Rng, Side, State, Terms, Tick, TickFault, TimeInForce, Timestamp, run,
};
use std::convert::Infallible;

/// Remembers what was sent and what was heard.
#[derive(Default)]
struct Talk {
    sent: Vec<(Timestamp, Action)>,
    heard: Vec<(Timestamp, Report)>,
}

impl Journal for Talk {
    type Error = Infallible;
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        if let Event::Report(report) = entry.event {
            self.heard.push((entry.time, report));
        }
        Ok(())
    }
    fn commit(&mut self, entry: &Entry, effects: &[Effect], _: &State) -> Result<(), Infallible> {
        for effect in effects {
            if let Effect::Send(command) = effect {
                self.sent.push((entry.time, *command.action()));
            }
        }
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

/// One thing that the venue is shown.
#[derive(Clone, Copy)]
enum Shown {
    Candle(InstrumentId, Candle),
    Tick(InstrumentId, Tick),
}

/// Everything of a scene in the order in which it is known, each with its time and whether commands of that very instant
/// come before it: ticks are in the lane of opens, candles become known before anybody can decide on them.
fn shown(scene: &Scene) -> Vec<(Timestamp, bool, Shown)> {
    let mut all = Vec::new();
    for (place, stock) in (0..).zip(&scene.stocks) {
        let id = InstrumentId(place);
        all.extend(stock.candles.iter().map(|candle| (candle.known_time, false, Shown::Candle(id, *candle))));
        all.extend(stock.ticks.iter().map(|tick| (tick.time, true, Shown::Tick(id, *tick))));
    }
    all.sort_by_key(|(time, late, _)| (*time, *late));
    all
}

/// The reports of history and of the market as it happens, up to the last candle: behind it nothing is asked of history.
fn both(scene: &Scene) -> [Vec<(Timestamp, Report)>; 2] {
    let Delay::Fixed(entry_ns) = scene.latency.entry else { panic!("random scenes draw no latency") };
    let mut talk = Talk::default();
    let mut history = world(scene, venue(scene, instruments(scene)));
    run(&mut core(scene), &mut history, &mut talk).expect("memory cannot fail");
    let with_ticks = (0..).zip(&scene.stocks).filter(|(_, stock)| !stock.ticks.is_empty());
    let with_ticks: Vec<_> = with_ticks.map(|(place, _)| InstrumentId(place)).collect();
    let mut pushed = Pushed::new(venue(scene, instruments(scene))).with_ticks(with_ticks);
    let mut commands = talk.sent.iter().map(|(time, action)| (time.after(entry_ns), *action)).peekable();
    let end = scene.stocks[0].candles.last().expect("candles").known_time;
    let mut heard = Vec::new();
    for (time, late, what) in shown(scene) {
        while let Some((at, action)) = commands.next_if(|(at, _)| *at < time || (late && *at == time)) {
            pushed.take(&action, at);
        }
        match what {
            Shown::Candle(id, candle) => pushed.candle(id, &candle).expect("a candle"),
            Shown::Tick(id, tick) => pushed.tick(id, &tick).expect("a tick"),
        }
        heard.extend(std::iter::from_fn(|| pushed.poll()));
    }
    commands.for_each(|(at, action)| pushed.take(&action, at));
    heard.extend(std::iter::from_fn(|| pushed.poll()));
    [talk.heard, heard].map(|all| all.into_iter().filter(|(time, _)| *time <= end).collect())
}

fn check(purpose: &str, scenes: u64, random_scene: fn(&mut Rng) -> Scene) {
    let mut fills = 0;
    for seed in 0..scenes {
        let scene = random_scene(&mut Rng::stream(seed, purpose));
        let [history, pushed] = both(&scene);
        assert_eq!(history, pushed, "seed {seed}");
        fills += pushed.iter().filter(|(_, report)| matches!(report, Report::Filled(_))).count();
    }
    assert!(fills as u64 > scenes, "{fills} fills in {scenes} scenes");
}

#[test]
fn whole_candles_shown_as_they_become_known_give_the_reports_of_history() {
    check("pushed", 20_000, matching::random_scene);
}

#[test]
fn ticks_shown_as_they_come_give_the_reports_of_history() {
    check("pushed.ticks", 10_000, on_ticks::random_scene);
}

/// What is held at a venue, its cash, and which of these orders it still has.
fn standing(pushed: &mut Pushed, orders: &[(OrderId, InstrumentId)]) -> (engine::Money, Vec<Qty>, Vec<Report>) {
    let account = pushed.venue().account();
    let (cash, held) = (account.cash(), account.held().iter().map(|held| held.quantity).collect());
    let mut answers = Vec::new();
    for (order, instrument) in orders {
        pushed.take(&Action::Cancel { order: *order, instrument: *instrument }, Timestamp(i64::MAX / 2));
        answers.extend(std::iter::from_fn(|| pushed.poll()).map(|(_, report)| report));
    }
    (cash, held, answers)
}

#[test]
fn a_venue_on_ticks_is_brought_back_from_what_it_said() {
    let mut fills = 0;
    for seed in 0..3_000 {
        let scene = on_ticks::random_scene(&mut Rng::stream(seed, "restored"));
        let mut talk = Talk::default();
        let mut history = world(&scene, venue(&scene, instruments(&scene)));
        run(&mut core(&scene), &mut history, &mut talk).expect("memory cannot fail");
        let on_ticks = || (0..).zip(&scene.stocks).map(|(place, _)| InstrumentId(place));
        if scene.stocks.iter().any(|stock| stock.ticks.is_empty()) {
            continue; // candles bring a venue back by themselves
        }
        let fresh = || Pushed::new(venue(&scene, instruments(&scene))).with_ticks(on_ticks());
        let (mut first, mut second, mut orders) = (fresh(), fresh(), Vec::new());
        let mut commands = talk.sent.iter().peekable();
        let mut hear = |first: &mut Pushed, second: &mut Pushed| {
            while second.poll().is_some() {}
            while let Some((_, report)) = first.poll() {
                fills += u64::from(matches!(report, Report::Filled(_)));
                second.restore(&report);
                assert_eq!(second.poll(), None, "it says nothing twice");
            }
        };
        for (time, _, what) in shown(&scene) {
            while let Some((at, action)) = commands.next_if(|(at, _)| *at <= time) {
                if let Action::Submit(request) = action {
                    orders.push((request.order, request.instrument));
                }
                first.take(action, *at);
                second.take(action, *at);
                hear(&mut first, &mut second);
            }
            if let Shown::Tick(id, tick) = what {
                first.tick(id, &tick).expect("a tick");
                hear(&mut first, &mut second);
            }
        }
        assert_eq!(standing(&mut first, &orders), standing(&mut second, &orders), "seed {seed}");
    }
    assert!(fills > 1_000, "{fills} fills");
}

fn candle(open_time: i64, prices: [i64; 4]) -> Candle {
    let [open, high, low, close] = prices.map(Price);
    let (open_time, known_time) = (Timestamp(open_time), Timestamp(open_time + 60));
    Candle { open_time, known_time, open, high, low, close, volume: 1 }
}

fn market() -> Pushed {
    let scene = Scene::parse("candle 1");
    Pushed::new(venue(&scene, instruments(&scene)))
}

fn buy(order: u64) -> Action {
    let request = OrderRequest::plain(OrderId(order), InstrumentId(0), Side::Buy, Qty(1_000), OrderKind::Market);
    Action::Submit(request)
}

fn heard(market: &mut Pushed) -> Vec<(i64, u64, &'static str)> {
    let words = |report: &Report| match report {
        Report::Accepted { .. } => "accepted",
        Report::Filled(_) => "filled",
        Report::Expired { .. } => "expired",
        Report::Cancelled { .. } => "cancelled",
        _ => "something else",
    };
    std::iter::from_fn(|| market.poll()).map(|(time, it)| (time.0, it.order().0, words(&it))).collect()
}

#[test]
fn a_command_waits_while_a_candle_may_be_under_way_unless_ticks_are_shown() {
    const ID: InstrumentId = InstrumentId(0);
    let mut market = market();
    market.candle(ID, &candle(0, [100; 4])).expect("a candle");
    market.take(&buy(1), Timestamp(60));
    assert_eq!(heard(&mut market), [(60, 1, "accepted")], "it arrived between two candles");
    market.take(&buy(2), Timestamp(61));
    assert_eq!(heard(&mut market), [], "a candle may be under way");
    // That candle began later: what waited came before its open.
    market.candle(ID, &candle(120, [101; 4])).expect("a candle");
    assert_eq!(heard(&mut market), [(61, 2, "accepted"), (120, 1, "filled"), (120, 2, "filled")]);
    market.take(&buy(3), Timestamp(185));
    market.candle(ID, &candle(180, [102; 4])).expect("a candle");
    assert_eq!(heard(&mut market), [(240, 3, "accepted")], "it was under way, and the next one is met");
    market.take(&buy(4), Timestamp(250));
    let quote = Tick::quote(Timestamp(251), (Price(102), Qty(9_000)), (Price(103), Qty(9_000)));
    market.tick(ID, &quote).expect("a tick");
    let both = [(250, 4, "accepted"), (251, 3, "filled"), (251, 4, "filled")];
    assert_eq!(heard(&mut market), both, "a tick ends the waiting");
    market.take(&buy(5), Timestamp(252));
    assert_eq!(heard(&mut market), [(252, 5, "accepted")]);
    market.candle(ID, &candle(240, [110; 4])).expect("a candle that passes by");
    assert_eq!(heard(&mut market), []);
    assert_eq!(market.venue().account().held()[0].price, Price(102), "what a sale would get");
}

#[test]
fn what_cannot_be_is_refused_and_changes_nothing() {
    const ID: InstrumentId = InstrumentId(0);
    let mut market = market();
    market.candle(ID, &candle(60, [100; 4])).expect("a candle");
    let ran_back = |time| Err(PushError::RanBack { instrument: ID, time: Timestamp(time) });
    assert_eq!(market.candle(ID, &candle(60, [100; 4])), ran_back(60));
    assert_eq!(market.candle(ID, &candle(59, [100; 4])), ran_back(59));
    let twice = [(ID, candle(120, [100; 4])), (ID, candle(180, [100; 4]))];
    assert_eq!(market.candles(&twice), ran_back(180));
    let fault = CandleFault::HighBelowLow;
    let refused = Err(PushError::Candle { instrument: ID, time: Timestamp(120), fault });
    assert_eq!(market.candle(ID, &candle(120, [100, 99, 101, 100])), refused);
    let tick = |time, price| Tick::trade(Timestamp(time), Price(price), Qty(1), None);
    assert_eq!(market.tick(ID, &tick(119, 1)), ran_back(119), "the candle that is known has ended later");
    let refused = Err(PushError::Tick { instrument: ID, time: Timestamp(130), fault: TickFault::PriceNotPositive });
    assert_eq!(market.tick(ID, &tick(130, 0)), refused);
    market.take(&buy(1), Timestamp(130));
    assert_eq!(heard(&mut market), [], "it still meets candles");
    market.candle(ID, &candle(120, [100; 4])).expect("nothing of what was refused was shown");
}

#[test]
fn orders_end_with_their_time_when_time_is_said_to_have_come() {
    let mut market = market();
    market.candle(InstrumentId(0), &candle(0, [100; 4])).expect("a candle");
    let kind = OrderKind::Limit { price: Price(50) };
    for (order, time_in_force) in
        [(1, TimeInForce::GoodTilDate(Timestamp(70))), (2, TimeInForce::GoodTilCancelled), (3, TimeInForce::Day)]
    {
        let request = OrderRequest::plain(OrderId(order), InstrumentId(0), Side::Buy, Qty(1_000), kind);
        let terms = Terms::PLAIN.lasting(time_in_force);
        market.take(&Action::Submit(OrderRequest { terms, ..request }), Timestamp(60));
    }
    assert_eq!(heard(&mut market).len(), 3);
    market.pass(Timestamp(69));
    assert_eq!(heard(&mut market), []);
    market.pass(Timestamp::MAX);
    assert_eq!(heard(&mut market), [(70, 1, "expired"), (86_400_000_000_000, 3, "expired")]);
}

#[test]
fn a_split_is_marked_with_the_last_price_and_ends_the_open_orders() {
    let mut market = market();
    market.candle(InstrumentId(0), &candle(0, [100; 4])).expect("a candle");
    market.take(&buy(1), Timestamp(60));
    let split = Carry::Split { instrument: InstrumentId(0), new: 2, old: 1, mark: Price(0) };
    let marked = market.carry(&split, Timestamp(61));
    assert_eq!(marked, Carry::Split { instrument: InstrumentId(0), new: 2, old: 1, mark: Price(100) });
    assert_eq!(heard(&mut market), [(60, 1, "accepted"), (61, 1, "cancelled")]);
}
