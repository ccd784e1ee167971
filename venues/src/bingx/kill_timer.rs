//! The venue's own kill: without a sign of us for so long it cancels every open order. Armed while orders rest, refreshed
//! at a third of its time, closed when none are left. It closes no position.
use super::agenda::Task;
use super::connector::{BingX, Turn};
use super::errors::Class;
use super::outbox::{Job, Limit, Purpose};
use super::sign::Params;
use super::wire::account::KillTimer;
use super::wire::envelope::Outcome;
use super::wire::{given, read};
use crate::{Happening, Method};

const SECOND: u64 = 1_000_000_000;

impl BingX {
    /// Arms the timer once orders rest, if it is wanted.
    pub(super) fn mind_kill_timer(&mut self, turn: &mut Turn<'_>) {
        if self.kill_timer_s.is_some() && !self.kill_timer_armed && !self.stopped && self.orders.live() > 0 {
            self.kill_timer(turn);
        }
    }

    /// Arms or refreshes the timer while orders rest; else closes it.
    pub(super) fn kill_timer(&mut self, turn: &mut Turn<'_>) {
        let Some(seconds) = self.kill_timer_s.filter(|_| self.has_key) else { return };
        if self.orders.live() == 0 {
            return self.close_kill_timer(turn);
        }
        self.kill_timer_armed = true;
        self.agenda.set(Task::KillTimer, turn.now.mono_ns + u64::from(seconds) * SECOND / 3);
        self.send_kill_timer(seconds, true, turn);
    }

    /// Closes the timer: what rests is left alone from now on.
    pub(super) fn close_kill_timer(&mut self, turn: &mut Turn<'_>) {
        let Some(seconds) = self.kill_timer_s.filter(|_| self.kill_timer_armed) else { return };
        self.kill_timer_armed = false;
        self.send_kill_timer(seconds, false, turn);
    }

    fn send_kill_timer(&mut self, seconds: u32, arms: bool, turn: &mut Turn<'_>) {
        // What waits from before says the same or the opposite; only the last word counts.
        for arms in [true, false] {
            self.outbox.withdraw(Purpose::KillTimer { arms });
        }
        let params = Params::new().with("timeOut", seconds).with("type", if arms { "ACTIVATE" } else { "CLOSE" });
        let path = "/openApi/swap/v2/trade/cancelAllAfter";
        let job = Job::signed(Purpose::KillTimer { arms }, Method::Post, path, params, Limit::KillTimer);
        self.send(job.urgent(), turn);
    }

    pub(super) fn told_kill_timer(&mut self, arms: bool, outcome: &Outcome<'_>, turn: &mut Turn<'_>) {
        let said = match outcome {
            Outcome::Done { data: Some(data), .. } => read::<KillTimer<'_>>(data),
            Outcome::Done { .. } => Err("an answer without data".into()),
            Outcome::Failed { class: Class::Refused(_), words, .. } => {
                return turn.happened(Happening::Barred(format!("the venue does not take the kill timer: {words}")));
            }
            Outcome::Failed { words, .. } => Err(words.clone()),
        };
        match said {
            Ok(timer) if given(&timer.status).is_some_and(|status| status.eq_ignore_ascii_case("FAILED")) => {
                turn.happened(Happening::Barred("the venue could not set the kill timer".into()));
            }
            Ok(_) => {}
            // Setting it once more changes nothing but its time.
            Err(words) => {
                turn.note(format!("the kill timer may not be set: {words}"));
                if arms && !self.stopped {
                    self.agenda.set(Task::KillTimer, turn.now.mono_ns + 2 * SECOND);
                }
            }
        }
    }
}
