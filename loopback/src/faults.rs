//! The faults that a loopback venue makes on demand, by name, probability and seed, and how often each has come.
//!
//! One random stream per fault: asking for one more never shifts the others. A server asks [`Faults::strikes`] wherever the
//! fault could come; what then happens is the server's.
use engine::Rng;
use std::fmt;

/// What can go wrong between a client and a venue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// F1: a request is lost before the venue.
    LostRequest,
    /// F2: the answer is lost after the venue has acted.
    LostReply,
    /// F3: the answer comes after any patience.
    LateReply,
    /// F4: an event is delivered twice.
    Duplicate,
    /// F5: events of two streams are reordered: the fill before the acknowledgement, the stream before the answer.
    Reorder,
    /// F6: a socket goes mute: pings are answered, no data comes.
    MuteSocket,
    /// F7: a socket is half open: what the client sends arrives, nothing comes back.
    HalfOpen,
    /// F8: connections flap, and too many requests are answered by a limit.
    FlapStorm,
    /// F9: a gap, a duplicate or a stale snapshot in a sequence of market data.
    SequenceGap,
    /// F10: a message is skipped on one socket only.
    SkippedMessage,
    /// F11: a listen key expires or is replaced early.
    KeyExpiry,
    /// F12: an error answers what was done all the same.
    FalseError,
    /// F13: a batch succeeds in part.
    PartialBatch,
    /// F14: a limit is hit, and carrying on is banned, without a word of when it ends.
    Ban,
    /// F15: an order that was acknowledged cannot be found for a while.
    NotYetVisible,
    /// F16: a fill comes after the cancellation was acknowledged.
    LateFill,
    /// F17: an order, a liquidation or a close that is not the client's own.
    External,
    /// F18: the venue restarts: open orders are cancelled, connections end.
    Restart,
    /// F19: a rule of an instrument changes, or it is halted.
    RuleChange,
    /// F20: a hostile frame: truncated, a bomb, an unknown word, a number that is none.
    HostileFrame,
}

impl Fault {
    /// Every fault with its id, its name and what it does, in the order of the ids.
    pub const ALL: [(Self, &'static str, &'static str, &'static str); 20] = [
        (Self::LostRequest, "F1", "lost-request", "a request is lost before the venue"),
        (Self::LostReply, "F2", "lost-reply", "the answer is lost after the venue has acted"),
        (Self::LateReply, "F3", "late-reply", "the answer comes late, after the client's patience"),
        (Self::Duplicate, "F4", "duplicate", "an event is delivered twice"),
        (Self::Reorder, "F5", "reorder", "events overtake each other, and the stream the answer"),
        (Self::MuteSocket, "F6", "mute-socket", "a socket answers pings and sends no data"),
        (Self::HalfOpen, "F7", "half-open", "a socket takes everything and sends nothing"),
        (Self::FlapStorm, "F8", "flap-storm", "connections drop, and reconnecting meets a limit"),
        (Self::SequenceGap, "F9", "sequence-gap", "market data has a gap, a duplicate or a stale snapshot"),
        (Self::SkippedMessage, "F10", "skipped-message", "one socket misses a message that others get"),
        (Self::KeyExpiry, "F11", "key-expiry", "a key of a private stream ends early"),
        (Self::FalseError, "F12", "false-error", "an error answers what was done all the same"),
        (Self::PartialBatch, "F13", "partial-batch", "a batch succeeds in part"),
        (Self::Ban, "F14", "ban", "a limit is hit without need, and carrying on is banned"),
        (Self::NotYetVisible, "F15", "not-yet-visible", "an acknowledged order is not found for a while"),
        (Self::LateFill, "F16", "late-fill", "a fill comes after the cancellation was acknowledged"),
        (Self::External, "F17", "external", "an order of the account that no client sent"),
        (Self::Restart, "F18", "restart", "the venue restarts: orders are cancelled, connections end"),
        (Self::RuleChange, "F19", "rule-change", "an instrument is halted for a while"),
        (Self::HostileFrame, "F20", "hostile-frame", "a frame or body that is broken on purpose"),
    ];

    fn row(self) -> &'static (Self, &'static str, &'static str, &'static str) {
        &Self::ALL[self as usize]
    }

    /// The id: `F1` to `F20`.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// The name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id(), self.name())
    }
}

#[derive(Clone, Debug)]
struct Row {
    /// In millionths.
    ppm: u32,
    rng: Rng,
    asked: u64,
    fired: u64,
}

/// Which faults come, how often, and how often they have come.
#[derive(Clone, Debug)]
pub struct Faults {
    rows: Vec<Row>,
}

impl Faults {
    /// No faults at all, under a seed for those that are switched on later.
    #[must_use]
    pub fn none(seed: u64) -> Self {
        let row = |id: &str| Row { ppm: 0, rng: Rng::stream(seed, id), asked: 0, fired: 0 };
        Self { rows: Fault::ALL.iter().map(|(_, id, ..)| row(id)).collect() }
    }

    /// Faults from their text: ids or names with probabilities, as in `F2=0.05,mute-socket=0.001`.
    ///
    /// # Errors
    /// Which part is no fault or no probability, and what was expected.
    pub fn parse(text: &str, seed: u64) -> Result<Self, String> {
        let mut faults = Self::none(seed);
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let expected =
                || format!("`{part}` is no fault: expected an id or a name and a probability, as in `F2=0.05`");
            let (name, chance) = part.split_once('=').ok_or_else(expected)?;
            let is = |row: &&(Fault, &str, &str, &str)| row.1.eq_ignore_ascii_case(name) || row.2 == name;
            let Some((fault, ..)) = Fault::ALL.iter().find(is) else {
                let all: Vec<_> = Fault::ALL.iter().map(|(fault, ..)| fault.to_string()).collect();
                return Err(format!("there is no fault `{name}`; there are {}", all.join(", ")));
            };
            let chance = rust_decimal::Decimal::from_str_exact(chance).map_err(|_| expected())?;
            let ppm = u32::try_from((chance * rust_decimal::Decimal::from(1_000_000)).trunc());
            let ppm = ppm.ok().filter(|ppm| *ppm <= 1_000_000);
            faults.set(*fault, ppm.ok_or_else(|| format!("`{part}`: a probability is a number from 0 to 1"))?);
        }
        Ok(faults)
    }

    /// Sets how often a fault comes, in millionths.
    pub fn set(&mut self, fault: Fault, ppm: u32) {
        self.rows[fault as usize].ppm = ppm;
    }

    /// Whether a fault comes here and now; counts that it did. One that is off draws nothing.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        let row = &mut self.rows[fault as usize];
        if row.ppm == 0 {
            return false;
        }
        row.asked += 1;
        let strikes = row.rng.below(1_000_000) < u64::from(row.ppm);
        row.fired += u64::from(strikes);
        strikes
    }

    /// A number below `bound` from the stream of a fault, for what it does when it comes.
    ///
    /// # Panics
    /// When the bound is zero.
    pub fn draw(&mut self, fault: Fault, bound: u64) -> u64 {
        self.rows[fault as usize].rng.below(bound)
    }

    /// How often a fault has come.
    #[must_use]
    pub fn fired(&self, fault: Fault) -> u64 {
        self.rows[fault as usize].fired
    }

    /// Every fault that is on: how often it could have come and how often it has.
    pub fn counts(&self) -> impl Iterator<Item = (Fault, u64, u64)> + '_ {
        let on = Fault::ALL.iter().zip(&self.rows).filter(|(_, row)| row.ppm > 0 || row.fired > 0);
        on.map(|((fault, ..), row)| (*fault, row.asked, row.fired))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_stands_in_its_own_row() {
        for (place, (fault, id, name, _)) in Fault::ALL.iter().enumerate() {
            assert_eq!(*fault as usize, place);
            assert_eq!(*id, format!("F{}", place + 1));
            assert_eq!((fault.id(), fault.name()), (*id, *name));
        }
    }

    #[test]
    fn a_fault_comes_as_often_as_it_was_asked_for_and_from_the_seed_alone() {
        let fired = |text: &str, seed, fault| {
            let mut faults = Faults::parse(text, seed).expect("faults");
            let struck: Vec<_> = (0..10_000).map(|_| faults.strikes(fault)).collect();
            assert_eq!(faults.fired(fault), struck.iter().filter(|it| **it).count() as u64);
            struck
        };
        let count = |text, fault| fired(text, 7, fault).iter().filter(|it| **it).count();
        assert!((400..600).contains(&count("F2=0.05", Fault::LostReply)));
        assert_eq!(count("lost-reply=1", Fault::LostReply), 10_000);
        assert_eq!(count("f2=0", Fault::LostReply), 0);
        assert_eq!(count("F2=1", Fault::LostRequest), 0);
        let (alone, beside) = ("F1=0.3", "F1=0.3,F2=0.3");
        assert_eq!(fired(alone, 7, Fault::LostRequest), fired(beside, 7, Fault::LostRequest));
        assert_ne!(fired(alone, 7, Fault::LostRequest), fired(alone, 8, Fault::LostRequest));
        let mut faults = Faults::parse("F3=0.5, F20=0.25", 1).expect("faults");
        faults.strikes(Fault::LateReply);
        let counts: Vec<_> = faults.counts().map(|(fault, asked, _)| (fault.id(), asked)).collect();
        assert_eq!(counts, [("F3", 1), ("F20", 0)]);
    }

    #[test]
    fn what_is_no_fault_says_what_was_expected() {
        for (text, words) in [
            ("F21=0.1", "there is no fault `F21`; there are F1 lost-request"),
            ("F2", "expected an id or a name and a probability"),
            ("F2=often", "expected an id or a name and a probability"),
            ("F2=1.5", "a probability is a number from 0 to 1"),
            ("F2=-0.1", "a probability is a number from 0 to 1"),
        ] {
            let error = Faults::parse(text, 0).expect_err("no faults");
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
