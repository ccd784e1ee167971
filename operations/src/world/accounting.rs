//! The world's hand on the accounts: when they are asked, what follows from the answer, and what a kill takes back.
use super::accounts::{Finding, Verdict};
use super::error::LiveWorldError;
use super::live::{Live, Phase};
use engine::InstrumentId;
use std::collections::BTreeSet;
use venues::{Answer, Input, Query, Unanswered};

const SECOND: u64 = 1_000_000_000;
/// How long a start waits for the accounts.
const START_NS: u64 = 60 * SECOND;
/// After a kill what is open is cancelled so often until the venue has nothing open.
const AGAIN_NS: u64 = 2 * SECOND;

impl Live {
    fn sends_orders(&self) -> bool {
        self.plan.paper.is_none()
    }

    /// A venue has caught up with our orders: now it can be compared.
    pub(super) fn account_ready(&mut self, venue: usize) {
        let mono_ns = self.clock.mono_ns();
        self.health.agrees(InstrumentId::ACCOUNT, false);
        if self.accounts.ready(venue) {
            self.health.connected(InstrumentId::ACCOUNT, 0, mono_ns);
        }
        self.mind_accounts(mono_ns);
    }

    /// A venue says no more of our orders.
    pub(super) fn account_lost(&mut self, venue: usize, why: &str) {
        self.accounts.lost(venue);
        self.health.gone(InstrumentId::ACCOUNT, 0);
        self.note(&format!("news of our orders is lost: {why}"));
    }

    /// Looks at what is due of the accounts.
    pub(super) fn mind_accounts(&mut self, mono_ns: u64) {
        if !self.sends_orders() {
            return;
        }
        self.mind_kill(mono_ns);
        for venue in self.accounts.due(mono_ns) {
            let numbers = (self.questions + 1, self.questions + 2);
            self.questions += 2;
            self.accounts.asked(venue, numbers, mono_ns);
            self.tell(venue, Input::Ask(numbers.0, &Query::OpenOrders));
            self.tell(venue, Input::Ask(numbers.1, &Query::Positions));
        }
        let waits = matches!(self.phase, Phase::Joining(_)) && !self.accounts.are_settled();
        if waits && mono_ns.saturating_sub(self.began_ns) > START_NS {
            self.failure = self.failure.take().or(Some(LiveWorldError::Uncompared(START_NS / SECOND)));
        }
    }

    /// Everything that is open at the venues is cancelled, known to us or not, and again until they have nothing open.
    fn mind_kill(&mut self, mono_ns: u64) {
        if !self.driver.is_killed() {
            return;
        }
        if self.cancels_at.is_some_and(|at| at > mono_ns) {
            return;
        }
        // What the venue said before the kill says nothing about what was on its way.
        let is_first = self.cancels_at.is_none();
        self.cancels_at = Some(mono_ns.saturating_add(AGAIN_NS));
        for venue in 0..self.plan.links.len() {
            let none_there = self.accounts.open_there(venue, &self.plan.links[venue].listed) == Some(0);
            if none_there && self.open.len() == 0 && !is_first {
                continue;
            }
            let listed: Vec<InstrumentId> = self.plan.links[venue].listed.iter().map(|it| it.id).collect();
            for id in listed {
                self.questions += 1;
                self.tell(venue, Input::Ask(self.questions, &Query::CancelAll(Some(id))));
            }
            self.accounts.hurry();
        }
    }

    /// An answer that is no history.
    pub(super) fn account_answered(&mut self, number: u64, answer: Result<Answer, Unanswered>) {
        let awaited = self.accounts.awaits(number);
        if let (Err(why), true) = (&answer, awaited) {
            self.note(&format!("the account could not be compared, and is asked again: {why}"));
        } else if let Err(why) = &answer {
            self.note(&format!("open orders could not be cancelled, which is tried again: {why}"));
        }
        let venue = match answer {
            Ok(Answer::OpenOrders(rows)) => self.accounts.orders(number, Some(rows)),
            Ok(Answer::Positions(rows)) => self.accounts.positions(number, Some(rows)),
            _ if awaited => self.accounts.orders(number, None).or_else(|| self.accounts.positions(number, None)),
            _ => None,
        };
        let Some(venue) = venue else { return };
        let ours: BTreeSet<_> = self.open.iter().map(|(order, _)| order).collect();
        let mono_ns = self.clock.mono_ns();
        match self.accounts.compare(venue, &self.plan.links[venue].listed, &ours, mono_ns) {
            Verdict::Open => {}
            Verdict::Compared(found) => self.compared(venue, &found),
        }
    }

    /// The account at a venue was compared.
    fn compared(&mut self, venue: usize, found: &[Finding]) {
        let words = |it: &Finding| format!("{}: {it}", self.plan.names[it.instrument().index()]);
        let texts: Vec<String> = found.iter().map(words).collect();
        if let (Phase::Joining(_), true, false) = (&self.phase, self.plan.is_new, texts.is_empty()) {
            self.failure = Some(LiveWorldError::NotEmpty(texts.join("; ")));
            return;
        }
        for text in &texts {
            if self.differences.insert((venue, text.clone())) {
                self.note(&format!("{text}; until then no new risk there"));
            }
        }
        let before = self.differences.len();
        self.differences.retain(|(at, text)| *at != venue || texts.contains(text));
        if texts.is_empty() && self.differences.len() < before {
            self.note("the account agrees with the tape again");
        }
        let listed: Vec<InstrumentId> = self.plan.links[venue].listed.iter().map(|it| it.id).collect();
        for id in listed {
            self.health.agrees(id, found.iter().all(|it| it.instrument() != id));
        }
        self.health.agrees(InstrumentId::ACCOUNT, self.accounts.are_settled());
        self.tell_feeds();
        self.join_if_complete();
    }
}
