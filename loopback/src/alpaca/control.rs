//! What is not the venue's: paths under `/loopback` by which a test steps the market and reads the faults' counters.
use super::node::Node;
use super::refusal::Refusal;
use super::trading_routes::{Answered, no_endpoint, ok};
use super::venue::Alpaca;
use crate::faults::Fault;
use crate::http::{Request, pairs};
use crate::pace::Moment;
use engine::{Interval, Timestamp};

impl Alpaca {
    /// Answers what is asked of the loopback server itself, under `path` behind `/loopback/`.
    pub(super) fn control(&mut self, path: &str, request: &Request, now: Moment) -> Answered {
        match (request.method.as_str(), path) {
            ("GET", "status") => ok(self.status()),
            ("POST", "step") => {
                let to = self.target(&request.query).map_err(Refusal::bad_query)?;
                self.go_to(to);
                self.pace.set(self.exchange.now(), now);
                ok(self.status())
            }
            _ => Err(no_endpoint()),
        }
    }

    fn status(&self) -> Node {
        let count = |count: u64| Node::Whole(i64::try_from(count).unwrap_or(i64::MAX));
        let row = |(fault, asked, fired): (Fault, u64, u64)| {
            Node::map([
                ("id", fault.id().into()),
                ("name", fault.name().into()),
                ("asked", count(asked)),
                ("fired", count(fired)),
            ])
        };
        let ms = |time: Timestamp| Node::Whole(time.0.div_euclid(1_000_000));
        Node::map([
            ("market_time_ms", ms(self.exchange.now())),
            ("speed_thousandths", self.pace.speed().thousandths().map(count).into()),
            ("next_ms", self.exchange.next().map(ms).into()),
            ("failure", self.failure.as_ref().map(ToString::to_string).into()),
            ("faults", self.faults.counts().map(row).collect::<Vec<_>>().into()),
        ])
    }

    /// The instant that a step goes to: `to` in milliseconds, `by` an interval, or the next event.
    fn target(&self, query: &str) -> Result<Timestamp, String> {
        let now = self.exchange.now();
        match pairs(query).first().map(|(key, value)| (key.as_str(), value.as_str())) {
            None => Ok(self.exchange.next().unwrap_or(now)),
            Some(("to", text)) => {
                let to = text.parse().map(|ms: i64| Timestamp(ms.saturating_mul(1_000_000)));
                to.map_err(|_| "`to` is a number of milliseconds".to_string())
            }
            Some(("by", text)) => text.parse().map(|by: Interval| now.after(by.0)),
            Some(_) => Err("expected `to=MILLISECONDS`, `by=1m`, or nothing for the next event".to_string()),
        }
    }
}
