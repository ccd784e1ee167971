//! The kill timer of an account, and cancellations that are done later than they are said.
use super::code::Code;
use super::parameters::Parameters;
use super::venue::{Answered, Bingx, Outcome};
use crate::exchange::AccountId;
use engine::OrderId;
use serde_json::json;

const SECOND_NS: u64 = 1_000_000_000;

/// A countdown after which every open order of an account is cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Timer {
    pub(super) at: u64,
}

/// A cancellation that was said and is not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deferred {
    pub(super) at: u64,
    pub(super) account: AccountId,
    pub(super) order: OrderId,
}

impl Bingx {
    /// `POST trade/cancelAllAfter`.
    pub(super) fn cancel_all_after(&mut self, member: usize, parameters: &Parameters) -> Answered {
        match parameters.need("type")? {
            "CLOSE" => {
                self.members[member].timer = None;
                Ok(Outcome::Data(json!({"triggerTime": 0, "status": "CLOSED", "note": "the timer is closed"})))
            }
            "ACTIVATE" => {
                let seconds = parameters.integer("timeOut")?.filter(|seconds| (10..=120).contains(seconds));
                let seconds = seconds.ok_or_else(|| Code::Parameter.says("timeOut must be from 10 to 120 seconds"))?;
                let at = self.now.mono_ns.saturating_add(seconds.unsigned_abs() * SECOND_NS);
                self.members[member].timer = Some(Timer { at });
                // In seconds, as the venue has it.
                let trigger = self.now.wall.0 / 1_000_000_000 + seconds;
                let note = "All your perpetual pending orders will be closed automatically at that time";
                Ok(Outcome::Data(json!({"triggerTime": trigger, "status": "ACTIVATED", "note": note})))
            }
            _ => Err(Code::Parameter.says("type must be ACTIVATE or CLOSE")),
        }
    }

    /// Does what timers and deferred cancellations are due for.
    pub(super) fn fire_timers(&mut self) {
        let now = self.now.mono_ns;
        for member in &mut self.members {
            if member.timer.take_if(|timer| timer.at <= now).is_some() {
                self.exchange.cancel_all(member.account, None);
            }
        }
        let (due, rest) = self.storms.deferred.drain(..).partition(|it| it.at <= now);
        self.storms.deferred = rest;
        let due: Vec<Deferred> = due;
        for it in due {
            // It may have filled meanwhile, which is what the delay is for.
            drop(self.exchange.cancel(it.account, it.order));
        }
        self.tell();
    }
}
