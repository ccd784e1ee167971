//! The account and its positions as clients see them.
//!
//! Buying power is what the exchange would carry: equity times the multiplier, less what is held and what open orders may
//! come to cost.
use super::asset::{Asset, AssetClass};
use super::bars;
use super::facts::Facts;
use super::node::Node;
use super::refusal::Refusal;
use super::timeframe::Timeframe;
use super::venue::Alpaca;
use super::{ids, moment};
use engine::Timestamp;
use rust_decimal::Decimal;

impl Alpaca {
    /// As `/v2/account` shows it.
    pub(super) fn account_node(&self) -> Node {
        let facts = self.facts();
        let gross = facts.long() - facts.short();
        let margined = facts.multiplier > Decimal::ONE;
        let initial = if margined { gross / Decimal::TWO } else { gross };
        let maintenance = if margined { gross * Decimal::new(3, 1) } else { gross };
        let reserved = self.desk.reserved(&facts);
        let power = (facts.power() - reserved).max(Decimal::ZERO);
        let plain = (facts.cash - reserved).min(power).max(Decimal::ZERO);
        let last = self.worth.of_day_before(facts.now, &self.calendar).unwrap_or_else(|| facts.equity());
        let number = format!("PA{}", &ids::of_name("account", &self.options.key)[..8].to_uppercase());
        let node = Node::map([
            ("id", ids::of_name("account", &self.options.key).into()),
            ("account_number", number.into()),
            ("status", "ACTIVE".into()),
            ("crypto_status", "ACTIVE".into()),
            ("currency", "USD".into()),
            ("cash", Node::digits(facts.cash)),
            ("portfolio_value", Node::digits(facts.equity())),
            ("equity", Node::digits(facts.equity())),
            ("last_equity", Node::digits(last)),
            ("long_market_value", Node::digits(facts.long())),
            ("short_market_value", Node::digits(facts.short())),
            ("position_market_value", Node::digits(gross)),
            ("initial_margin", Node::digits(initial)),
            ("maintenance_margin", Node::digits(maintenance)),
            ("last_maintenance_margin", Node::digits(maintenance)),
            ("multiplier", Node::digits(facts.multiplier)),
            ("buying_power", Node::digits(power)),
            ("regt_buying_power", Node::digits(power)),
            ("effective_buying_power", Node::digits(power)),
            ("non_marginable_buying_power", Node::digits(plain)),
            ("options_buying_power", Node::digits(plain)),
            ("options_approved_level", 0.into()),
            ("options_trading_level", 0.into()),
            ("sma", Node::digits(Decimal::ZERO)),
            ("accrued_fees", Node::digits(Decimal::ZERO)),
            ("pending_transfer_in", Node::digits(Decimal::ZERO)),
            ("pending_transfer_out", Node::digits(Decimal::ZERO)),
            ("trading_blocked", false.into()),
            ("transfers_blocked", false.into()),
            ("account_blocked", false.into()),
            ("trade_suspended_by_user", self.configuration.suspend_trade.into()),
            ("shorting_enabled", (margined && !self.configuration.no_shorting).into()),
            ("created_at", self.begun.into()),
            ("balance_asof", moment::new_york_day(facts.now).to_string().into()),
        ]);
        if !self.options.day_trader_fields {
            return node;
        }
        node.with("daytrading_buying_power", Node::digits(power))
            .with("daytrade_count", 0.into())
            .with("pattern_day_trader", false.into())
    }

    /// Every position.
    pub(super) fn positions_node(&self) -> Node {
        let facts = self.facts();
        let held = (0..self.desk.assets.len()).filter(|place| !facts.seen[*place].quantity.is_zero());
        Node::List(held.map(|place| self.position_node(place, &facts)).collect())
    }

    /// The place of the asset of a position that there is.
    ///
    /// # Errors
    /// 404 without one.
    pub(super) fn held(&self, name: &str, facts: &Facts) -> Result<usize, Refusal> {
        let place = self.desk.asset(name).ok_or(Refusal::no_position())?;
        if facts.seen[place].quantity.is_zero() { Err(Refusal::no_position()) } else { Ok(place) }
    }

    /// One position.
    pub(super) fn position_node(&self, place: usize, facts: &Facts) -> Node {
        let (asset, seen) = (&self.desk.assets[place], &facts.seen[place]);
        let mut holding = self.desk.holdings[place];
        if holding.quantity != seen.quantity {
            holding.follow(seen.quantity);
        }
        let held = seen.quantity;
        let short = held.is_sign_negative();
        let price = seen.last.unwrap_or_else(|| holding.entry_price());
        let before = self.day_before(asset, facts.now).unwrap_or(price);
        let cost = if short { -holding.cost } else { holding.cost };
        let gain = seen.worth() - cost;
        let today = held * (price - before);
        let share = |part: Decimal, whole: Decimal| part.checked_div(whole.abs()).unwrap_or_default().round_dp(9);
        let free = self.desk.free(place, held).max(Decimal::ZERO);
        Node::map([
            ("asset_id", asset.id.clone().into()),
            ("symbol", asset.bare_symbol().into()),
            ("exchange", asset.exchange().into()),
            ("asset_class", asset.class.name().into()),
            ("asset_marginable", (asset.class == AssetClass::Stock).into()),
            ("qty", Node::digits(held)),
            ("qty_available", Node::digits(if short { -free } else { free })),
            ("avg_entry_price", Node::digits(holding.entry_price())),
            ("side", if short { "short" } else { "long" }.into()),
            ("market_value", Node::digits(seen.worth())),
            ("cost_basis", Node::digits(cost)),
            ("unrealized_pl", Node::digits(gain)),
            ("unrealized_plpc", Node::digits(share(gain, cost))),
            ("unrealized_intraday_pl", Node::digits(today)),
            ("unrealized_intraday_plpc", Node::digits(share(today, held * before))),
            ("current_price", Node::digits(price)),
            ("lastday_price", Node::digits(before)),
            ("change_today", Node::digits(share(price - before, before))),
        ])
    }

    /// The last price of the day before.
    fn day_before(&self, asset: &Asset, now: Timestamp) -> Option<Decimal> {
        let board = self.exchange.board(asset.market);
        let bar = bars::newest_before_today(board, asset, now)?;
        Some(asset.price(bar.candle.close))
    }

    /// The bars of a snapshot: the newest of a length.
    pub(super) fn newest_bar(&self, asset: &Asset, of: Timeframe) -> Node {
        let board = self.exchange.board(asset.market);
        Node::from(bars::newest(board, asset, of, self.exchange.now()).map(|bar| bars::bar_node(&bar, asset)))
    }
}
