//! Where a replay takes the decisions of policies from: computed again, or from the tape.
//!
//! A policy that was computed by libtorch promises its bits for the same libtorch on the same processor only. Elsewhere what was
//! decided is an event of the tape: the replay goes by it, verifies everything else, and says so.
use super::tape::{TapeFolder, open_tape};
use crate::failure::Failure;
use crate::policies::{Policies, elsewhere};
use crate::registry::{registry, with};
use crate::run_file::RunFile;
use crate::strategy_setup::{Plan, refused};
use engine::tape::{Continued, Frame, Header, Kind, Outcome, RecordSource, decode_outcomes};
use engine::{Owner, Remark};
use learning::platform;
use learning::policy::WHOLE_PPM;
use learning::policy_strategy::{Decision, EXPOSURE, Follow, LOGITS, Record, RuntimeKind, Tally, entry_following};
use std::collections::VecDeque;
use strategies::BuiltStrategy;

/// Decisions that are taken from the tape, and why.
pub(super) struct Taken {
    follow: Follow,
    why: String,
}

impl Taken {
    /// How a tape of the run `original` is to be replayed with `config`; `None` where every decision is computed again.
    pub(super) fn of(
        tape: &TapeFolder,
        header: &Header,
        original: &RunFile,
        config: &RunFile,
    ) -> Result<Option<Self>, Failure> {
        let (was, is) = (Policies::of(original), Policies::of(config));
        let other =
            is.0.iter().find(|now| was.0.iter().any(|then| then.place == now.place && then.runtime != now.runtime));
        let why = match (other, elsewhere(header).filter(|_| is.uses(RuntimeKind::Torch))) {
            (Some(now), _) if now.runtime == RuntimeKind::Torch && platform::here().is_none() => {
                let text = "this build has no libtorch to compare with: build it with `--features rl`";
                return Err(Failure::Usage(text.into()));
            }
            (Some(now), _) => {
                let then = header.get(crate::tape_header::RUNTIME).unwrap_or_default();
                format!("computed by `{then}` there, compared with `{}` here", now.runtime.name())
            }
            (None, Some(why)) => why,
            (None, None) => return Ok(None),
        };
        Ok(Some(Self { follow: Follow::new(records(tape)?), why }))
    }

    /// What was taken and compared.
    pub(super) fn tally(&self) -> Tally {
        self.follow.tally()
    }

    /// What a reader of the replay has to know of it.
    pub(super) fn note(&self) -> String {
        let Tally { taken, computed, differ, first } = self.tally();
        let compared = match (computed, first) {
            (0, _) => String::new(),
            (_, None) => format!("; computed here, all {computed} exposures are the same"),
            (_, Some(step)) => {
                format!("; computed here, {differ} of {computed} exposures are others, the first at step {step}")
            }
        };
        format!("the {taken} decisions of the policy were taken from the tape: {}{compared}", self.why)
    }
}

/// The strategy to replay with. What it is computed by was compared with the tape: no pin refuses it.
pub(super) fn strategy(config: &RunFile, taken: Option<&Taken>) -> Result<BuiltStrategy, Failure> {
    let plan = Plan::new(config)?.without_pins();
    let made = match taken {
        None => plan.make(&registry()),
        Some(taken) => plan.make_with(|owner, kind, parameters, ids| {
            with(entry_following(taken.follow.of(owner))).build(kind, parameters, ids)
        }),
    };
    made.map_err(|(place, error)| refused(config, place, &error))
}

/// The decisions of policies on a tape, in their order. Damage ends them: who replays the tape comes to it as well.
fn records(tape: &TapeFolder) -> Result<Box<dyn FnMut() -> Option<Record> + Send>, Failure> {
    let mut reader = Continued::new(open_tape(tape.path())?);
    let mut ahead = VecDeque::new();
    Ok(Box::new(move || {
        while ahead.is_empty() {
            match reader.next() {
                Ok(Some(frame)) if frame.kind == Kind::Step => read(&frame, &mut ahead),
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return None,
            }
        }
        ahead.pop_front()
    }))
}

/// The decisions of one step: an exposure behind the hash of the outputs that it was chosen by.
fn read(frame: &Frame, out: &mut VecDeque<Record>) {
    let outcomes = frame.payload.get(8..).and_then(|payload| decode_outcomes(payload).ok()).unwrap_or_default();
    let (mut owner, mut outputs) = (Owner::NONE, None);
    for outcome in outcomes {
        match outcome {
            Outcome::For(next) => owner = next,
            Outcome::Noted { instrument, remark: Remark::Own { code: LOGITS, value } } => {
                outputs = Some((instrument, value));
            }
            Outcome::Noted { instrument, remark: Remark::Own { code: EXPOSURE, value } } => {
                let logits = outputs.take().filter(|(of, _)| *of == instrument).map(|(_, logits)| logits);
                let exposure = i32::try_from(value).ok().filter(|ppm| (-WHOLE_PPM..=WHOLE_PPM).contains(ppm));
                if let Some((logits, exposure_ppm)) = logits.zip(exposure) {
                    let decision = Decision { logits, exposure_ppm };
                    out.push_back(Record { number: frame.number, time: frame.time, owner, instrument, decision });
                }
            }
            _ => {}
        }
    }
}
