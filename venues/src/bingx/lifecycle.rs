//! Beginning and end, orders of earlier sessions, clocks, the account's mode, and what a failure means beyond its request.
use super::agenda::Task;
use super::config::PositionMode;
use super::connector::{BingX, Turn};
use super::errors::Class;
use super::map::market::instant;
use super::orders::Tracked;
use super::outbox::{Flight, Job, Limit, Proof, Purpose};
use super::sign::Params;
use super::wire::account::DualSide;
use super::wire::envelope::Outcome;
use super::wire::market::ServerTime;
use super::wire::{given, read, yes};
use crate::{Happening, Method, Output, Socket};
use engine::order::OrderId;
use engine::{Action, Qty};

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
/// How often clocks are compared.
const CLOCK_NS: u64 = 5 * MINUTE;
/// How far back the fills of an adopted order are looked for, in milliseconds: the venue takes a week.
const ADOPTED_MS: i64 = 6 * 24 * 3_600_000;

impl BingX {
    pub(super) fn start(&mut self, turn: &mut Turn<'_>) {
        let now = turn.now.mono_ns;
        self.stopped = false;
        self.compare_clocks(turn);
        for number in self.markets.numbers() {
            self.open_market(number, turn);
        }
        if self.has_key {
            let path = "/openApi/swap/v1/positionSide/dual";
            self.send(Job::signed(Purpose::Mode, Method::Get, path, Params::new(), Limit::Account), turn);
            self.new_key(turn);
        }
        if self.follows_funding {
            for place in 0..self.listed.len() {
                self.agenda.set(Task::Premium(place), now);
            }
        }
    }

    pub(super) fn stop(&mut self, turn: &mut Turn<'_>) {
        self.stopped = true;
        for number in self.markets.numbers() {
            turn.out.push(Output::Close(Socket::Market(number)));
            self.market_closed(number, "it was given up at the end", turn);
        }
        let key = self.private.key_params();
        turn.out.extend(self.has_key.then_some(Output::Close(Socket::Private)));
        self.private_closed("it was given up at the end", turn);
        for job in self.outbox.clear() {
            self.never_left(&job, "the end came first", turn);
        }
        self.agenda.clear_all();
        self.close_kill_timer(turn);
        if let Some(params) = key {
            let path = "/openApi/user/auth/userDataStream";
            let job = Job::signed(Purpose::DropKey, Method::Delete, path, params, Limit::Key);
            self.send(Job { proof: Proof::Key, ..job }.urgent(), turn);
        }
    }

    /// An order of an earlier session: it is asked about when the stream of orders catches up.
    pub(super) fn adopt(&mut self, order: OrderId, action: &Action, filled: Qty, turn: &mut Turn<'_>) {
        let Action::Submit(request) = *action else {
            return turn.note(format!("order {}: adopted without what was asked", order.0));
        };
        let Some(place) = self.listed.iter().position(|listed| listed.id == request.instrument) else {
            return turn.note(format!("order {}: adopted, but its instrument is not listed", order.0));
        };
        let since = self.clock.milliseconds(turn.now).saturating_sub(ADOPTED_MS);
        let new = self.orders.insert(Tracked::adopted(request, place, filled, since));
        if new && self.private.is_up() {
            self.await_answer(order, turn);
        }
    }

    pub(super) fn compare_clocks(&mut self, turn: &mut Turn<'_>) {
        if !self.outbox.is_under_way(Purpose::Time) {
            self.send(Job::public(Purpose::Time, "/openApi/swap/v2/server/time", Params::new()).urgent(), turn);
        }
    }

    pub(super) fn told_time(&mut self, flight: &Flight, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let said = match outcome {
            Outcome::Done { data: Some(data), .. } => {
                read::<ServerTime<'_>>(data).and_then(|time| instant(time.server_time.0))
            }
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        let wait = match said {
            Ok(said) => {
                let compared = self.clock.compare(flight.sent, turn.now, said);
                let (ahead_ns, within_ns) = (compared.ahead_ns, compared.within_ns);
                turn.happened(Happening::Clock { ahead_ns, within_ns });
                CLOCK_NS
            }
            Err(words) => {
                turn.note(format!("clocks cannot be compared: {words}"));
                5 * SECOND
            }
        };
        self.agenda.set(Task::Clock, turn.now.mono_ns + wait);
    }

    pub(super) fn told_mode(&mut self, flight: &Flight, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let said = match outcome {
            Outcome::Done { data: Some(data), .. } => read::<DualSide<'_>>(data),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { class: Class::Barred, .. } => return,
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        let said = said.and_then(|it| given(&it.dual).map(|_| yes(&it.dual)).ok_or("neither yes nor no".into()));
        match said {
            Ok(hedge) if hedge == (self.style.mode == PositionMode::Hedge) => {}
            Ok(hedge) => {
                let (is, expected) = if hedge { ("hedge", "one-way") } else { ("one-way", "hedge") };
                turn.happened(Happening::Barred(format!(
                    "the account keeps positions in {is} mode and the run expects {expected} mode: change one of them, \
                     without open orders or positions"
                )));
            }
            Err(words) => {
                turn.note(format!("the account's position mode is not known: {words}"));
                if self.outbox.again(flight.job.clone(), turn.now, 10).is_ok() {
                    self.pump(turn);
                }
            }
        }
    }

    /// What a failure means beyond its request.
    pub(super) fn failed(
        &mut self,
        class: Class,
        code: Option<i64>,
        words: &str,
        purpose: Purpose,
        turn: &mut Turn<'_>,
    ) {
        match class {
            Class::Limited => {
                let wait = self.outbox.limited(turn.now) / SECOND;
                turn.note(format!("the venue limits us: requests that can wait do so for {wait} s"));
            }
            Class::Clock => self.agenda.set(Task::Clock, turn.now.mono_ns),
            Class::Barred => {
                // Without a code it is the address and not the key: asking on would make it last longer.
                if code.is_none() {
                    self.outbox.hold(turn.now, 5 * MINUTE);
                }
                turn.happened(Happening::Barred(words.into()));
            }
            Class::ListenKey if purpose != Purpose::NewKey => self.agenda.set(Task::NewKey, turn.now.mono_ns),
            _ => {}
        }
    }

    /// What the headers say of the venue's limits: where nothing is left, what can wait waits until the window ends.
    pub(super) fn heed(&mut self, headers: &[(String, String)], turn: &Turn<'_>) {
        let value = |name: &str| {
            let found = headers.iter().find(|(key, _)| key == name);
            found.and_then(|(_, value)| value.trim().parse::<i64>().ok())
        };
        if value("x-ratelimit-requests-remain") != Some(0) {
            return;
        }
        let Some(ends) = value("x-ratelimit-requests-expire") else { return };
        let wait_ms = ends.saturating_sub(self.clock.milliseconds(turn.now));
        // Anything else than milliseconds since 1970 within the next minutes is not understood, and not heeded.
        if let Ok(wait_ms @ 1..=300_000) = u64::try_from(wait_ms) {
            self.outbox.hold(turn.now, wait_ms * 1_000_000);
        }
    }
}
