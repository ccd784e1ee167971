//! Our names for orders at a venue: the run's id and the order's number, so that an order keeps its name through retries,
//! restarts and replays, and no two orders ever share one.
use engine::order::OrderId;
use std::fmt;

/// The id of a run: drawn once at its first start and kept in the tape's header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunId(String);

/// Why a text is no run id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a run id is 1 to 15 of the characters a to z and 0 to 9")]
pub struct NoRunId;

impl RunId {
    /// The longest that leaves an order's number room within 36 characters.
    pub const LONGEST: usize = 15;

    /// A run id from its text.
    ///
    /// # Errors
    /// When it is empty, longer than [`RunId::LONGEST`], or holds anything but lower-case letters and digits: venues turn
    /// capitals into small letters, and then two ids could be one.
    pub fn new(text: &str) -> Result<Self, NoRunId> {
        let fits = (1..=Self::LONGEST).contains(&text.len());
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        if fits && plain { Ok(Self(text.into())) } else { Err(NoRunId) }
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Turns our numbers of orders into client ids and back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientIds {
    prefix: String,
}

impl ClientIds {
    /// The ids of a run.
    #[must_use]
    pub fn new(run: &RunId) -> Self {
        Self { prefix: format!("{run}-") }
    }

    /// The client id of an order: at most 36 characters, lower case.
    #[must_use]
    pub fn id(&self, order: OrderId) -> String {
        format!("{}{}", self.prefix, order.0)
    }

    /// The client id of what stands in the place of an order after so many amendments, where a venue wants a new one for it.
    /// It fits 36 characters for the first hundred million orders.
    #[must_use]
    pub fn leg(&self, order: OrderId, amendments: u32) -> String {
        if amendments == 0 { self.id(order) } else { format!("{}-{amendments}", self.id(order)) }
    }

    /// The order of a client id, and after how many amendments; `None` where it is not of this run.
    #[must_use]
    pub fn order_and_leg(&self, id: &str) -> Option<(OrderId, u32)> {
        if let Some(order) = self.order(id) {
            return Some((order, 0));
        }
        let (head, amendments) = id.rsplit_once('-')?;
        let plain = !amendments.starts_with('0') && amendments.bytes().all(|b| b.is_ascii_digit());
        let amendments = amendments.parse().ok().filter(|_| plain)?;
        Some((self.order(head)?, amendments))
    }

    /// The order of a client id, in whatever case; `None` where it is not of this run.
    #[must_use]
    pub fn order(&self, id: &str) -> Option<OrderId> {
        let (head, number) = id.split_at_checked(self.prefix.len())?;
        let plain = !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
        (head.eq_ignore_ascii_case(&self.prefix) && plain).then(|| number.parse().ok().map(OrderId)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> ClientIds {
        ClientIds::new(&RunId::new("k3f09a7q").expect("a run id"))
    }

    #[test]
    fn an_order_is_found_by_its_client_id_in_any_case() {
        for number in [1, 42, u64::MAX] {
            let id = ids().id(OrderId(number));
            assert!(id.len() <= 36, "{id}");
            assert_eq!(ids().order(&id), Some(OrderId(number)));
            assert_eq!(ids().order(&id.to_uppercase()), Some(OrderId(number)));
        }
    }

    #[test]
    fn what_another_run_or_a_person_sent_is_not_ours() {
        for id in [
            "",
            "k3f09a7q",
            "k3f09a7q-",
            "k3f09a7q-x",
            "k3f09a7q-01",
            "other-1",
            "k3f09a7q-+1",
            "ä",
            "k3f09a7q-99999999999999999999",
        ] {
            assert_eq!(ids().order(id), None, "{id}");
        }
    }

    #[test]
    fn what_stands_in_the_place_of_an_order_is_found_too() {
        assert_eq!(ids().leg(OrderId(42), 0), "k3f09a7q-42");
        assert_eq!(ids().leg(OrderId(42), 7), "k3f09a7q-42-7");
        for (id, found) in [
            ("k3f09a7q-42", Some((OrderId(42), 0))),
            ("K3F09A7Q-42-7", Some((OrderId(42), 7))),
            ("k3f09a7q-42-07", None),
            ("k3f09a7q-42-+7", None),
            ("k3f09a7q-42-", None),
            ("k3f09a7q-42-99999999999", None),
            ("other-42-7", None),
        ] {
            assert_eq!(ids().order_and_leg(id), found, "{id}");
        }
    }

    #[test]
    fn a_run_id_is_short_and_plain() {
        let longest = "a".repeat(RunId::LONGEST);
        assert!(RunId::new(&longest).is_ok());
        assert_eq!(ClientIds::new(&RunId::new(&longest).expect("a run id")).id(OrderId(u64::MAX)).len(), 36);
        for text in ["", "A", "a-b", "ä", &"a".repeat(RunId::LONGEST + 1)] {
            assert_eq!(RunId::new(text), Err(NoRunId), "{text}");
        }
    }
}
