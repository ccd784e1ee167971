//! `ensemble`: several strategies on the same instruments, weighed against each other.
//!
//! It never lets a member trade: what a member wishes is its opinion, and every target is the ensemble's own.
mod listing;
mod rules;

pub(crate) use listing::takes;
pub use rules::{EnsembleRules, Mode};

use crate::holding::{Holding, Part, Signal};
use crate::registry::{self, BuildError, BuiltStrategy, Entry, Instruments, Parameter, Registry, Settings};
use alloc::boxed::Box;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use engine::{Event, InstrumentId, Intent, Intents, Remark, Strategy, TimerId, Timestamp, View};
use rust_decimal::Decimal;

const HELP: &str = "\
Each of `members` is a strategy with its own parameters and a weight: \"donchian-breakout entry=20 exit=10 weight=2\"; a
weight is 1 unless it is given. Every member is asked at every event. Its signal for an instrument is the way of its last
target: long 1, flat 0, short -1; flat before its first one. The vote is the weighted mean of the signals. Hold `size` while
the vote is at least `threshold`; with `short`, owe `size` while it is at most -`threshold`; else hold nothing. In the mode
`proportional` the position is `size` times the vote, floored to the lot. The quantity is fixed when the decision changes;
`rebalance` computes it anew each time. A decision on an instrument is taken whenever a member has named it, once every
member was heard that wants to see all candles of the instant. Of several instruments each is voted on by itself, with
`size` for each. Members have no size of their own, and those that look at the account see that of the ensemble. A member
that trades by orders, such as `grid`, is refused. When a decision changes, the signal and weight of each member and the
vote are noted on the tape.
Source: J. M. Bates and C. W. J. Granger, The Combination of Forecasts (Operational Research Quarterly, 1969).";

/// One voice of an ensemble.
pub struct Member {
    /// Who speaks.
    pub strategy: BuiltStrategy,
    /// What it counts for; 10,000 is a weight of one.
    pub weight_bps: i64,
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("weight_bps", &self.weight_bps).finish_non_exhaustive()
    }
}

/// One instrument that is voted on.
#[derive(Debug)]
struct Ballot {
    holding: Holding,
    /// In the order of the members.
    signals: Vec<Signal>,
    /// The decision that the tape explains.
    noted: (Signal, Part),
}

impl Ballot {
    fn new(holding: Holding, members: usize) -> Self {
        Self { holding, signals: vec![Signal::Flat; members], noted: (Signal::Flat, Part::WHOLE) }
    }

    /// Weights of those who are long, less those who are short.
    fn votes_bps(&self, members: &[Member]) -> i64 {
        self.signals.iter().zip(members).map(|(signal, member)| signal.sign() * member.weight_bps).sum()
    }

    fn note(&self, members: &[Member], votes_bps: i64, of_bps: i64, out: &mut Intents) {
        let asset = self.holding.asset();
        for (number, (signal, member)) in (1..).zip(self.signals.iter().zip(members)) {
            out.note(asset, Remark::Member { number, signal: signal.side(), weight_bps: member.weight_bps });
        }
        out.note(asset, Remark::Vote { votes_bps, of_bps });
    }
}

/// Holds what the weighted vote of its members says.
#[derive(Debug)]
pub struct Ensemble {
    members: Vec<Member>,
    weights_bps: i64,
    rules: EnsembleRules,
    ballots: Vec<Ballot>,
    /// Places of ballots that a member has spoken of since the last vote, in the order of speech.
    open: Vec<usize>,
    /// Timers of members that are still to ring at this instant.
    waiting: Vec<TimerId>,
    now: Timestamp,
    /// What the member that is being heard wishes.
    heard: Intents,
}

impl Ensemble {
    /// The members' vote on `instruments`.
    ///
    /// # Panics
    /// When there is no member, or one has no weight.
    #[must_use]
    pub fn new(instruments: &[InstrumentId], members: Vec<Member>, rules: EnsembleRules) -> Self {
        assert!(!members.is_empty() && members.iter().all(|m| m.weight_bps > 0), "every member has a weight");
        let holding = if rules.rebalance { Holding::rebalanced } else { Holding::new };
        let ballot = |asset: &InstrumentId| Ballot::new(holding(*asset, rules.size), members.len());
        Self {
            weights_bps: members.iter().map(|member| member.weight_bps).sum(),
            ballots: instruments.iter().map(ballot).collect(),
            open: Vec::with_capacity(instruments.len()),
            waiting: Vec::new(),
            now: Timestamp::MIN,
            heard: Intents::default(),
            members,
            rules,
        }
    }

    /// Asks one member, and keeps what it says.
    fn hear(&mut self, place: usize, event: &Event, view: View<'_>, out: &mut Intents) {
        let Self { members, ballots, open, waiting, heard, now, .. } = self;
        let count = members.len();
        members[place].strategy.decide(event, view, heard);
        for intent in heard.drain() {
            match intent {
                Intent::Target { instrument, quantity } => {
                    let found = ballots.iter().position(|ballot| ballot.holding.asset() == instrument);
                    let ballot = found.expect("a member trades only instruments of its ensemble");
                    ballots[ballot].signals[place] = Signal::from(quantity);
                    if !open.contains(&ballot) {
                        open.push(ballot);
                    }
                }
                Intent::Wake { timer, at } => {
                    let timer = timer.outer(place, count);
                    if at <= *now {
                        waiting.push(timer);
                    }
                    out.wake(timer, at);
                }
                Intent::Note { instrument, remark } => out.note(instrument, remark),
                // The registry takes no member that trades by orders, or that is several.
                Intent::Submit(..) | Intent::Amend { .. } | Intent::Cancel { .. } | Intent::For(_) => {}
            }
        }
    }

    /// Decides on what was spoken of.
    fn vote(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Self { members, weights_bps, rules, ballots, open, .. } = self;
        for place in open.drain(..) {
            let ballot = &mut ballots[place];
            let votes_bps = ballot.votes_bps(members);
            let decision = rules.decide(votes_bps, *weights_bps);
            // What is wished in the warm-up is dropped; its decision is explained where it is first traded on.
            if decision != ballot.noted && view.may_act(event) {
                ballot.note(members, votes_bps, *weights_bps, out);
                ballot.noted = decision;
            }
            ballot.holding.want_part(decision.0, decision.1, view, out);
        }
    }
}

impl Strategy for Ensemble {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        if self.now != view.now() {
            self.now = view.now();
            self.waiting.clear();
        }
        if let Some(split) = event.split() {
            self.ballots.iter_mut().for_each(|ballot| ballot.holding.split(split, view));
        }
        if let Event::Timer(timer) = *event {
            self.waiting.retain(|waiting| *waiting != timer);
            let (place, timer) = timer.inner(self.members.len());
            self.hear(place, &Event::Timer(timer), view, out);
        } else {
            (0..self.members.len()).for_each(|place| self.hear(place, event, view, out));
        }
        if self.waiting.is_empty() {
            self.vote(event, view, out);
        }
    }
}

/// Its place in the registry; `known` are the strategies that its members are chosen from.
pub(crate) fn entry(known: Registry) -> Entry {
    let known = Arc::new(known);
    let same = Arc::clone(&known);
    Entry {
        name: listing::NAME,
        summary: "holds what the weighted vote of several strategies says",
        help: HELP,
        parameters: vec![
            Parameter::texts("members", "strategies with their parameters and weights, as in the rule"),
            Parameter::number("threshold", Decimal::new(1, 4), Decimal::ONE, "the least vote for a position")
                .or_number(Decimal::new(5, 1)),
            Parameter::choice("mode", &["vote", "proportional"], "hold the size, or the size times the vote"),
            registry::size(),
            registry::short(),
            Parameter::flag("rebalance", "compute the quantity anew at each decision"),
        ],
        instruments: Instruments::Any,
        warm_up: Box::new(move |settings| warm_up(&same, settings)),
        make: Box::new(move |settings, instruments| make(&known, settings, instruments)),
    }
}

/// The longest of the members'. A member that cannot be made needs no candles; the error is that of making it.
fn warm_up(known: &Registry, settings: &Settings) -> usize {
    let members = listing::read(known, settings).unwrap_or_default();
    members.iter().filter_map(|member| member.warm_up().ok()).max().unwrap_or(0)
}

fn make(known: &Registry, settings: &Settings, instruments: &[InstrumentId]) -> Result<BuiltStrategy, BuildError> {
    let rules = EnsembleRules {
        threshold_bps: listing::bps(settings.number("threshold")),
        mode: if settings.text("mode") == "vote" { Mode::Vote } else { Mode::Proportional },
        size: settings.size("size"),
        short: settings.flag("short"),
        rebalance: settings.flag("rebalance"),
    };
    let listed = listing::read(known, settings)?;
    let members = listed.iter().map(|member| member.build(instruments)).collect::<Result<Vec<_>, _>>()?;
    Ok(Box::new(Ensemble::new(instruments, members, rules)))
}
