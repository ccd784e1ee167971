//! The sample's candles shown as they become known, against the same candles as history: every report, to the unit.
use crate::onetape::project;
use datasets::{Catalog, ReadOptions};
use engine::ledger::Rate;
use engine::risk::{AllowedInstruments, BuyingPower, Leverage};
use engine::sim::{Costs, Latency, Merge, Pushed, VenueConfig};
use engine::{
    Action, Candle, Core, Dated, Effect, Entry, Event, Instrument, InstrumentId, Intents, Interval, Journal,
    MarketEvent, Money, NewOrder, OrderKind, Price, Qty, Report, RiskEngine, Rng, SharedCandles, Side, SimVenue,
    Simulated, Spec, State, Strategy, Terms, Timestamp, View, run,
};
use std::convert::Infallible;

const CASH: Money = Money(1_000_000 * Money::ONE.0);

/// Orders of all kinds around the last close, some of them with exits.
struct Noise(Rng);

impl Strategy for Noise {
    fn decide(&mut self, event: &Event, _: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else { return };
        let rng = &mut self.0;
        if rng.below(6) != 0 {
            return;
        }
        let mut around = |ppm: i64| {
            let away = i64::try_from(rng.below(ppm.unsigned_abs() * 2)).expect("small") - ppm;
            let close = i128::from(candle.candle.close.0);
            Price(i64::try_from(close + close * i128::from(away) / 1_000_000).expect("a price"))
        };
        let (price, trigger) = (around(8_000), around(8_000));
        let kinds = [
            OrderKind::Market,
            OrderKind::Limit { price },
            OrderKind::Stop { trigger },
            OrderKind::StopLimit { trigger, price },
            OrderKind::MarketIfTouched { trigger },
        ];
        let kind = kinds[self.0.below(5) as usize];
        let side = [Side::Buy, Side::Sell][self.0.below(2) as usize];
        let order = NewOrder::new(candle.instrument, side, Qty(100_000_000), kind);
        out.order(order);
        if self.0.below(3) == 0 {
            let terms = Terms { reduce_only: true, ..Terms::PLAIN };
            out.attach(NewOrder { terms, ..order.exit(OrderKind::Stop { trigger: price }) });
        }
    }
}

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
        let sent = effects.iter().filter_map(|effect| match effect {
            Effect::Send(command) => Some((entry.time, *command.action())),
            _ => None,
        });
        self.sent.extend(sent);
        Ok(())
    }
    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

fn check(venue: &str, symbol: &str, interval: &str, most: usize) {
    let interval: Interval = interval.parse().expect("an interval");
    let catalog = Catalog::open(&project().join("datasets/sample")).expect("the sample");
    let series = catalog.series(venue, symbol, interval).expect("a series");
    let mut candles: Vec<Candle> = datasets::load_all(&series, ReadOptions::all(interval.0)).expect("candles");
    candles.truncate(most);
    let usd = "USD".parse().expect("a currency");
    let one = rust_decimal::Decimal::ONE;
    let instrument = Instrument::new(format!("{venue}:{symbol}"), usd, (8, 8), one, Dated::always(Spec::FREE));
    let instrument = instrument.expect("a valid instrument");
    let leverage = Leverage { ppm: 5_000_000 };
    let costs = Costs { taker: Rate::from_parts(5, 4).expect("a rate"), ..Costs::NONE };
    let config = VenueConfig { leverage, ..VenueConfig::default() };
    let sim = || SimVenue::new(config, CASH, vec![instrument.clone()], vec![Dated::always(costs)]);
    let risk = RiskEngine::new(vec![Box::new(AllowedInstruments(vec![true])), Box::new(BuyingPower { leverage })]);
    let state = State::new(CASH, vec![instrument.clone()], Timestamp::MIN);
    let mut core = Core::new(state, Noise(Rng::stream(11, "pushed")), risk);
    let merge = Merge::new([(SharedCandles::new(candles.clone().into()), 8)]).expect("memory cannot fail");
    let (mut world, mut talk) = (Simulated::new(merge, sim(), Latency::default(), 1), Talk::default());
    run(&mut core, &mut world, &mut talk).expect("memory cannot fail");
    let mut pushed = Pushed::new(sim());
    let (mut commands, mut heard) = (talk.sent.iter().peekable(), Vec::new());
    for candle in &candles {
        while let Some((time, action)) = commands.next_if(|(time, _)| *time < candle.known_time) {
            pushed.take(action, *time);
        }
        pushed.candle(InstrumentId(0), candle).expect("a candle");
        heard.extend(std::iter::from_fn(|| pushed.poll()));
    }
    commands.for_each(|(time, action)| pushed.take(action, *time));
    heard.extend(std::iter::from_fn(|| pushed.poll()));
    let fills = heard.iter().filter(|(_, report)| matches!(report, Report::Filled(_))).count();
    assert!(fills > candles.len() / 30, "{fills} fills over {} candles", candles.len());
    assert_eq!(talk.heard.len(), heard.len());
    for (place, (history, pushed)) in talk.heard.iter().zip(&heard).enumerate() {
        assert_eq!(history, pushed, "report {place} over {venue}:{symbol}");
    }
    assert_eq!(world.venue().account(), pushed.venue().account(), "the accounts are equal to the unit");
}

#[test]
fn the_sample_s_candles_as_they_become_known_give_the_reports_of_history() {
    check("coinbase", "BTCUSD", "4h", 20_000);
    check("bybit-usdt-perp", "BTCUSDT", "1m", 20_000);
    check("us-equity", "AAPL", "1d", 20_000);
}
