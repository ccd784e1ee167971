//! How much a client may ask: per user and endpoint in a second, per group of endpoints in ten; and what becomes of those
//! who carry on.
use std::collections::{BTreeMap, VecDeque};

/// A group of endpoints that share a limit of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Group {
    Market,
    Account,
}

impl Group {
    /// So many in ten seconds.
    fn most(self) -> usize {
        match self {
            Self::Market => 500,
            Self::Account => 2_000,
        }
    }
}

const SECOND_NS: u64 = 1_000_000_000;
const WINDOW_NS: u64 = 10 * SECOND_NS;
/// How many refused requests in a window lead to a ban.
const PATIENCE: u32 = 20;

/// What a limit says to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It may pass; so many more may in this window, which ends so many nanoseconds later.
    Free { remain: usize, ends_in_ns: u64 },
    /// Too many: HTTP 429.
    TooMany,
    /// Who carried on: HTTP 418.
    Banned,
}

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Limits {
    by_group: BTreeMap<Group, VecDeque<u64>>,
    by_user: BTreeMap<(usize, &'static str), VecDeque<u64>>,
    refused: u32,
    refused_since: u64,
    banned_until: u64,
}

impl Limits {
    /// Counts a request, and says whether it may pass.
    pub(super) fn count(
        &mut self,
        group: Group,
        user: Option<(usize, &'static str, usize)>,
        now_ns: u64,
        ban_ns: u64,
    ) -> Verdict {
        if now_ns < self.banned_until {
            return Verdict::Banned;
        }
        let window = self.by_group.entry(group).or_default();
        forget(window, now_ns, WINDOW_NS);
        let mut over = window.len() >= group.most();
        if let Some((user, endpoint, a_second)) = user {
            let own = self.by_user.entry((user, endpoint)).or_default();
            forget(own, now_ns, SECOND_NS);
            over |= own.len() >= a_second;
            if !over {
                own.push_back(now_ns);
            }
        }
        if over {
            return self.refuse(now_ns, ban_ns);
        }
        window.push_back(now_ns);
        let ends_in_ns = window.front().map_or(WINDOW_NS, |first| (first + WINDOW_NS).saturating_sub(now_ns));
        Verdict::Free { remain: group.most() - window.len(), ends_in_ns }
    }

    /// A request is refused; who is refused too often is banned.
    pub(super) fn refuse(&mut self, now_ns: u64, ban_ns: u64) -> Verdict {
        if now_ns.saturating_sub(self.refused_since) > WINDOW_NS {
            (self.refused, self.refused_since) = (0, now_ns);
        }
        self.refused += 1;
        if self.refused > PATIENCE {
            self.ban(now_ns, ban_ns);
            return Verdict::Banned;
        }
        Verdict::TooMany
    }

    /// Bans the address.
    pub(super) fn ban(&mut self, now_ns: u64, ban_ns: u64) {
        self.banned_until = now_ns.saturating_add(ban_ns);
        self.refused = 0;
    }
}

fn forget(window: &mut VecDeque<u64>, now_ns: u64, length_ns: u64) {
    while window.pop_front_if(|then| now_ns.saturating_sub(*then) >= length_ns).is_some() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_bounded_by_endpoint_and_second() {
        let mut limits = Limits::default();
        let mut ask = |at_ms: u64, user| {
            limits.count(Group::Account, Some((user, "order", 2)), at_ms * 1_000_000, 300 * SECOND_NS)
        };
        assert!(matches!(ask(0, 0), Verdict::Free { remain: 1_999, .. }));
        assert!(matches!(ask(10, 0), Verdict::Free { .. }));
        assert_eq!(ask(20, 0), Verdict::TooMany);
        assert!(matches!(ask(20, 1), Verdict::Free { .. }), "another user");
        assert_eq!(ask(999, 0), Verdict::TooMany);
        assert!(matches!(ask(1_000, 0), Verdict::Free { .. }));
    }

    #[test]
    fn an_address_is_bounded_by_group_and_banned_when_it_carries_on() {
        let mut limits = Limits::default();
        let ban = 300 * SECOND_NS;
        let free = (0..600).filter(|_| matches!(limits.count(Group::Market, None, 5, ban), Verdict::Free { .. }));
        assert_eq!(free.count(), 500);
        assert_eq!(
            limits.count(Group::Market, None, 6, ban),
            Verdict::Banned,
            "it was refused far more than twenty times"
        );
        assert_eq!(limits.count(Group::Account, None, 5 + ban - 1, ban), Verdict::Banned, "whatever it asks");
        assert!(matches!(limits.count(Group::Market, None, 6 + ban, ban), Verdict::Free { .. }));
    }
}
