//! The watch on our own flow: shown every committed step, it raises alerts and can do nothing else.
//!
//! Time comes from entries alone, so that a replay raises the same alerts. What the venue took back and what it liquidated is no
//! trade that we decided, and is not looked at.
use crate::alert::Alert;
use crate::alert_book::{AlertBook, AlertError};
use crate::detectors;
use crate::flow::{Detect, Message, OwnFill, Sent, Sight, Suspicion};
use crate::watch_config::{ConfigError, WatchConfig};
use engine::{Action, Directive, Effect, Entry, Event, Instrument, MarketEvent, Report, State};

/// Looks on.
#[derive(Debug)]
pub struct Watch {
    /// What was raised so far, and what people did about it.
    pub book: AlertBook,
    /// Steps of people that could not be taken, and why: they changed nothing.
    pub refused: Vec<AlertError>,
    cooldown_ns: i64,
    detectors: Vec<Box<dyn Detect>>,
    suspicions: Vec<Suspicion>,
}

impl Watch {
    /// A watch over a run of these instruments.
    ///
    /// # Errors
    /// When a threshold means nothing, or names an instrument that the run does not have.
    pub fn new(config: &WatchConfig, instruments: &[Instrument]) -> Result<Self, ConfigError> {
        config.check(instruments.len())?;
        Ok(Self {
            book: AlertBook::default(),
            refused: Vec::new(),
            cooldown_ns: config.cooldown_ns,
            detectors: detectors::all(config, instruments.len()),
            suspicions: Vec::new(),
        })
    }

    /// Looks at a committed step: the entry, what the core wanted done, and the state after both. The alerts that are new. What a
    /// person did about an alert stands on the tape too, and is taken into the book here.
    pub fn observe(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> &[Alert] {
        let sight = Sight { now: entry.time, state };
        self.ask(|detector, out| detector.time(sight, out));
        match &entry.event {
            Event::Market(MarketEvent::Candle(candle)) => self.ask(|detector, out| detector.candle(candle, sight, out)),
            Event::Report(Report::Filled(_)) => {
                if let Some(fill) = own_fill(state) {
                    self.ask(|detector, out| detector.fill(&fill, sight, out));
                }
            }
            Event::Operator(act) => {
                if let Directive::Alert { number, step } = act.directive {
                    let taken = self.book.apply(u64::from(number), step, &act.who, &act.why, entry.time);
                    self.refused.extend(taken.err());
                }
            }
            _ => {}
        }
        for effect in effects {
            if let Some(sent) = sent(effect, state) {
                self.ask(|detector, out| detector.sent(sent, sight, out));
            }
        }
        self.raise(sight)
    }

    /// Judges what is still open when there will be no more steps. The alerts that are new.
    pub fn finish(&mut self, state: &State) -> &[Alert] {
        let sight = Sight { now: state.now, state };
        self.ask(|detector, out| detector.finish(sight, out));
        self.raise(sight)
    }

    /// How often a share of the volume was asked for where no volume is known: there the watch is blind.
    #[must_use]
    pub fn unjudged(&self) -> u64 {
        self.detectors.iter().map(|detector| detector.unjudged()).sum()
    }

    fn ask(&mut self, question: impl Fn(&mut dyn Detect, &mut Vec<Suspicion>)) {
        for detector in &mut self.detectors {
            question(detector.as_mut(), &mut self.suspicions);
        }
    }

    fn raise(&mut self, sight: Sight<'_>) -> &[Alert] {
        let before = self.book.alerts().len();
        for suspicion in self.suspicions.drain(..) {
            self.book.raise(suspicion, sight.now, self.cooldown_ns);
        }
        &self.book.alerts()[before..]
    }
}

/// The fill that the step booked, if it was of an order of ours.
fn own_fill(state: &State) -> Option<OwnFill> {
    let booked = state.booked.as_ref()?;
    let fill = &booked.fill;
    Some(OwnFill {
        time: fill.venue_time,
        order: fill.order,
        fill: fill.fill,
        instrument: fill.instrument,
        owner: booked.owner,
        side: fill.side,
        price: fill.price,
        quantity: fill.quantity,
        liquidity: fill.liquidity,
    })
}

fn sent<'a>(effect: &Effect, state: &'a State) -> Option<Sent<'a>> {
    let Effect::Send(command) = effect else { return None };
    let (order, message) = match *command.action() {
        Action::Submit(request) => (request.order, Message::Submit),
        Action::Amend { order, quantity, price, .. } => (order, Message::Amend { quantity, price }),
        Action::Cancel { order, .. } => (order, Message::Cancel),
    };
    state.orders.get(order).map(|order| Sent { message, order })
}
