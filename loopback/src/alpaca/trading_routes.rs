//! The trading API: which path asks for what.
use super::activity;
use super::configuration::DayTrader;
use super::moment::{self, InNewYork};
use super::node::Node;
use super::query::{Descending, Query};
use super::refusal::Refusal;
use super::venue::Alpaca;
use super::worth;
use crate::http::Request;
use crate::pace::Moment;
use engine::Interval;

/// A status with its body, or a refusal.
pub(super) type Answered = Result<(u16, Node), Refusal>;

pub(super) fn ok(node: Node) -> Answered {
    Ok((200, node))
}

impl Alpaca {
    /// Answers a request whose path, without its escapes and its `/v2/`, is `path`.
    pub(super) fn trading(&mut self, path: &str, request: &Request, now: Moment) -> Answered {
        let query = Query::new(&request.query);
        let (head, rest) = path.split_once('/').map_or((path, None), |(head, rest)| (head, Some(rest)));
        match (request.method.as_str(), head, rest) {
            ("GET", "account", None) => ok(self.account_node()),
            ("GET", "account", Some("configurations")) => ok(self.configuration.node(self.day_trader())),
            ("PATCH", "account", Some("configurations")) => {
                self.configuration.set(&request.body)?;
                self.desk.rules.no_shorting = self.configuration.no_shorting;
                ok(self.configuration.node(self.day_trader()))
            }
            ("GET", "account", Some("portfolio/history")) => self.portfolio_history(&query),
            ("GET", "account", Some("activities")) => self.activities(None, &query),
            ("GET", "account", Some(rest)) => match rest.strip_prefix("activities/") {
                Some(kind) => self.activities(Some(kind), &query),
                None => Err(no_endpoint()),
            },
            ("GET", "clock", None) => ok(self.calendar.clock(self.exchange.now())),
            ("GET", "calendar", None) => self.calendar_days(&query),
            ("GET", "assets", None) => self.assets(&query),
            ("GET", "assets", Some(name)) => self.asset(name),
            ("POST", "orders", None) => self.post_order(&request.body, now),
            ("GET", "orders", None) => self.get_orders(&query),
            ("DELETE", "orders", None) => self.delete_orders(now),
            ("GET", "orders:by_client_order_id", None) => self.get_order_by_client(&query),
            ("GET", "orders", Some(id)) => self.get_order(id, &query),
            ("PATCH", "orders", Some(id)) => self.patch_order(id, &request.body),
            ("DELETE", "orders", Some(id)) => self.delete_order(id, now),
            ("GET", "positions", None) => ok(self.positions_node()),
            ("GET", "positions", Some(name)) => self.get_position(name),
            ("DELETE", "positions", None) => self.delete_positions(&query, now),
            ("DELETE", "positions", Some(name)) => self.delete_position(name, &query),
            _ => Err(no_endpoint()),
        }
    }

    fn day_trader(&self) -> DayTrader {
        if self.options.day_trader_fields { DayTrader::Shown } else { DayTrader::Hidden }
    }

    fn calendar_days(&self, query: &Query) -> Answered {
        let day = |field: &str| {
            let read = |text| moment::read_day(text).ok_or_else(|| Refusal::field(format!("invalid {field}")));
            query.text(field).map(read).transpose()
        };
        ok(self.calendar.days(day("start")?, day("end")?))
    }

    fn assets(&self, query: &Query) -> Answered {
        let class = query.text("asset_class");
        if class.is_some_and(|it| !matches!(it, "us_equity" | "crypto" | "us_option" | "crypto_perp")) {
            return Err(Refusal::field("invalid asset_class"));
        }
        let (status, exchange) = (query.text("status"), query.text("exchange"));
        let fits = |it: &&super::asset::Asset| {
            class.is_none_or(|class| it.class.name() == class)
                && status.is_none_or(|status| status == "active")
                && exchange.is_none_or(|exchange| it.exchange() == exchange)
                && query.list("attributes").is_empty()
        };
        ok(Node::List(self.desk.assets.iter().filter(fits).map(super::asset::Asset::node).collect()))
    }

    fn asset(&self, name: &str) -> Answered {
        let place = self.desk.asset(name).ok_or_else(|| Refusal::not_found(format!("asset not found for {name}")))?;
        ok(self.desk.assets[place].node())
    }

    fn activities(&self, kind: Option<&str>, query: &Query) -> Answered {
        let zone = InNewYork::Yes;
        let mut kinds = query.list("activity_types");
        kinds.extend(kind);
        let (mut after, mut until) = (query.time("after", zone)?, query.time("until", zone)?);
        if let Some(day) = query.time("date", zone)? {
            after = after.or(Some(day.after(-1)));
            until = until.or(Some(day.after(Interval::DAY.0)));
        }
        let wanted = activity::Wanted {
            kinds,
            after,
            until,
            oldest_first: !query.descends("direction", Descending::Yes)?,
            page_size: query.count("page_size", 100, 100)?,
            page_token: query.text("page_token"),
        };
        ok(activity::page(&self.desk.activities, &wanted, self.exchange.now()))
    }

    fn portfolio_history(&self, query: &Query) -> Answered {
        let now = self.exchange.now();
        let step = query.text("timeframe").unwrap_or("1D");
        let step = worth::step(step).ok_or(Refusal::field("invalid timeframe"))?;
        let period = query.text("period").unwrap_or("1M");
        let days = worth::period_days(period).ok_or(Refusal::field("invalid period"))?;
        let begin = query.time("start", InNewYork::Yes)?;
        let from = begin.unwrap_or_else(|| now.after(-(days * Interval::DAY.0)));
        ok(self.worth.history(from, step, self.facts().equity()))
    }
}

pub(super) fn no_endpoint() -> Refusal {
    Refusal::not_found("endpoint not found")
}
