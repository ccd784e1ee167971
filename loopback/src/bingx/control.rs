//! What is not the venue's: paths under `/loopback` by which a test steps the market and reads the faults' counters.
use super::venue::Bingx;
use super::words::ms;
use crate::exchange::Exchange;
use crate::faults::Faults;
use crate::http::{Answer, Reply, Request, pairs};
use crate::pace::Speed;
use engine::{Interval, Timestamp};
use serde_json::{Value, json};

/// What the market has come to, and the faults.
fn status(exchange: &Exchange, speed: Speed, faults: &Faults, failure: Option<&str>) -> Value {
    let row = |(fault, asked, fired): (crate::faults::Fault, u64, u64)| json!({"id": fault.id(), "name": fault.name(), "asked": asked, "fired": fired});
    json!({
        "market_time_ms": ms(exchange.now()),
        "speed_thousandths": speed.thousandths(),
        "next_ms": exchange.next().map(ms),
        "failure": failure,
        "faults": faults.counts().map(row).collect::<Vec<_>>(),
    })
}

impl Bingx {
    /// Answers what is asked of the loopback server itself.
    pub(super) fn control(&mut self, request: &Request) -> Option<Reply> {
        let rest = request.path.strip_prefix("/loopback/")?;
        let answer = match (request.method.as_str(), rest) {
            ("GET", "status") => {
                Answer::json(200, &status(&self.exchange, self.pace.speed(), &self.faults, self.failure()))
            }
            ("POST", "step") => match self.target(&request.query) {
                Ok(to) => {
                    self.go_on(to);
                    self.pace.set(to, self.now);
                    Answer::json(200, &status(&self.exchange, self.pace.speed(), &self.faults, self.failure()))
                }
                Err(words) => Answer::json(400, &json!({ "error": words })),
            },
            _ => Answer::empty(404),
        };
        Some(Reply::Answer(answer))
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
