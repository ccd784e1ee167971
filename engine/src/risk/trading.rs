//! How much of trading goes on, and what each state allows: one table.
use core::fmt;

/// How much of trading goes on, of the account or of one strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum TradingState {
    /// Everything that the checks let through.
    #[default]
    Active = 0,
    /// Only what makes positions smaller.
    Reducing = 1,
    /// Only cancels, and the exits of an emergency stop.
    Halted = 2,
    /// Only cancels. It is left by two people's word alone, and only to [`TradingState::Halted`].
    Killed = 3,
}

/// What somebody wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Something that could make a position larger.
    Add,
    /// Something that can only make a position smaller.
    Reduce,
    /// The engine's own exit of a position, as part of an emergency stop.
    Exit,
    /// A withdrawal.
    Cancel,
}

impl TradingState {
    /// Every state, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Active, Self::Reducing, Self::Halted, Self::Killed];

    /// The name in run files, tables and tapes.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Reducing => "reducing",
            Self::Halted => "halted",
            Self::Killed => "killed",
        }
    }

    /// Whether it lets that through.
    #[must_use]
    #[inline]
    pub fn allows(self, ask: Ask) -> bool {
        match self {
            Self::Active => true,
            Self::Reducing => ask != Ask::Add,
            Self::Halted => matches!(ask, Ask::Cancel | Ask::Exit),
            Self::Killed => ask == Ask::Cancel,
        }
    }
}

impl fmt::Display for TradingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_each_state_allows() {
        use Ask::{Add, Cancel, Exit, Reduce};
        let check = |state: TradingState, expected: &[Ask]| {
            let allowed: alloc::vec::Vec<Ask> =
                [Add, Reduce, Exit, Cancel].into_iter().filter(|ask| state.allows(*ask)).collect();
            assert_eq!(allowed, expected, "{state}");
        };
        check(TradingState::Active, &[Add, Reduce, Exit, Cancel]);
        check(TradingState::Reducing, &[Reduce, Exit, Cancel]);
        check(TradingState::Halted, &[Exit, Cancel]);
        check(TradingState::Killed, &[Cancel]);
    }
}
