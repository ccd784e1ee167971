//! Which method makes a call, and the calls about an account: balances, positions and settings.
use super::code::Code;
use super::parameters::Parameters;
use super::queries::Which;
use super::routes::Call;
use super::venue::{Answered, Bingx, Outcome};
use super::words::{money, ms, symbol};
use crate::exchange::{Listing, MarginKind, PositionMode, PositionSide, Refusal};
use engine::Money;
use serde_json::{Value, json};

impl Bingx {
    /// Makes a call.
    pub(super) fn call(&mut self, call: Call, parameters: &Parameters, member: usize) -> Answered {
        match call {
            Call::OpenKey => self.open_key(member),
            Call::KeepKey => self.keep_key(parameters),
            Call::CloseKey => self.close_key(parameters),
            Call::Balance | Call::BalanceV2 => Ok(self.balance(member, call)),
            Call::SpotBalance => Ok(Outcome::Data(json!({"balances": []}))),
            Call::Positions => self.positions(member, parameters),
            Call::Income => self.income(member, parameters),
            Call::Permissions => Ok(self.permissions()),
            Call::Commission => Ok(self.commission()),
            Call::Refill => Ok(self.refill(member)),
            Call::Mode => Ok(self.mode(member)),
            Call::SetMode => self.set_mode(member, parameters),
            Call::Leverage => self.leverage(member, parameters),
            Call::SetLeverage => self.set_leverage(member, parameters),
            Call::MarginType => self.margin_type(member, parameters),
            Call::SetMarginType => self.set_margin_type(member, parameters),
            Call::PositionMargin => self.position_margin(parameters),
            Call::MaintMargin => self.maint_margin(parameters),
            Call::AssetMode => Ok(Outcome::Data(json!({"assetMode": "singleAssetMode"}))),
            Call::Place => self.place(member, parameters),
            Call::TestPlace => self.test_place(member, parameters),
            Call::BatchPlace => self.batch_place(member, parameters),
            Call::Cancel => self.cancel(member, parameters),
            Call::BatchCancel => self.batch_cancel(member, parameters),
            Call::CancelAll => self.cancel_all(member, parameters),
            Call::Order => self.order(member, parameters, false),
            Call::OpenOrder => self.order(member, parameters, true),
            Call::OpenOrders => self.open_orders(member, parameters),
            Call::AllOrders => self.orders(member, parameters, Which::Ended),
            Call::FullOrders => self.orders(member, parameters, Which::All),
            Call::Fills => self.fills(member, parameters),
            Call::FillHistory => self.fill_history(member, parameters),
            Call::Amend => self.amend(member, parameters),
            Call::CancelReplace => self.cancel_replace(member, parameters),
            Call::BatchCancelReplace => self.batch_cancel_replace(member, parameters),
            Call::CloseAll => self.close_all(member, parameters),
            Call::ClosePosition => self.close_position(member, parameters),
            Call::CancelAllAfter => self.cancel_all_after(member, parameters),
            _ => self.market_call(call, parameters),
        }
    }

    /// What the account is settled in.
    pub(super) fn asset(&self) -> String {
        self.exchange.listings().first().map_or_else(|| "USDT".into(), |listing| listing.quote.clone())
    }

    fn balance(&self, member: usize, call: Call) -> Outcome {
        let Member { account, uid } = self.member_of(member);
        let it = self.exchange.account(account);
        let row = json!({
            "userId": uid.to_string(),
            "asset": self.asset(),
            "balance": money(it.wallet()),
            "equity": money(self.exchange.equity(account)),
            "unrealizedProfit": money(self.exchange.unrealised(account)),
            "realisedProfit": money(it.realised()),
            "availableMargin": money(self.exchange.available(account).max(Money::ZERO)),
            "usedMargin": money(self.exchange.used(account)),
            "freezedMargin": money(self.exchange.frozen(account)),
            "shortUid": (uid % 100_000_000).to_string(),
        });
        if call == Call::BalanceV2 {
            return Outcome::Data(json!({ "balance": row }));
        }
        let nothing = json!({
            "userId": uid.to_string(), "asset": "USDC", "balance": "", "equity": "", "unrealizedProfit": "",
            "realisedProfit": "", "availableMargin": "", "usedMargin": "", "freezedMargin": "",
            "shortUid": (uid % 100_000_000).to_string(),
        });
        Outcome::Data(json!([row, nothing]))
    }

    /// What the key may do. The key itself is not repeated.
    fn permissions(&self) -> Outcome {
        let key = json!({
            "apiKey": "*", "note": "", "permissions": self.options.permissions, "ipAddresses": [""], "status": 0,
            "createTime": 0, "updateTime": 0,
        });
        Outcome::Data(json!({ "apiInfos": [key] }))
    }

    fn member_of(&self, member: usize) -> Member {
        Member { account: self.members[member].account, uid: self.members[member].uid }
    }

    fn positions(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_if_any(parameters)?;
        let holdings = self.exchange.holdings(self.members[member].account);
        let wanted = holdings.iter().filter(|it| market.is_none_or(|market| it.market == market));
        let rows: Vec<Value> = wanted.map(|holding| self.position_row(member, holding)).collect();
        Ok(Outcome::Data(json!(rows)))
    }

    fn commission(&self) -> Outcome {
        let rate = |of: fn(&Listing) -> engine::ledger::Rate| {
            self.exchange.listings().first().map_or(Value::Null, |listing| rate_number(of(listing)))
        };
        Outcome::Data(json!({"commission": {
            "takerCommissionRate": rate(|listing| listing.taker),
            "makerCommissionRate": rate(|listing| listing.maker),
        }}))
    }

    /// The demo account is filled up where little is left of it.
    fn refill(&mut self, member: usize) -> Outcome {
        let account = self.members[member].account;
        let amount = Money(20_000 * Money::ONE.0);
        let low = self.exchange.equity(account) < amount;
        let given = if low { amount } else { Money::ZERO };
        if low {
            self.exchange.deposit(account, amount);
            self.tell();
        }
        let whole = i64::try_from(given.0 / Money::ONE.0).unwrap_or(0);
        Outcome::Beside(json!({"timestamp": ms(self.now.wall), "data": {"amount": whole}}))
    }

    fn mode(&self, member: usize) -> Outcome {
        let hedge = self.exchange.account(self.members[member].account).mode() == PositionMode::Hedge;
        Outcome::Data(json!({"dualSidePosition": hedge.to_string()}))
    }

    fn set_mode(&mut self, member: usize, parameters: &Parameters) -> Answered {
        parameters.need("dualSidePosition")?;
        let hedge = parameters.flag("dualSidePosition")?;
        let mode = if hedge { PositionMode::Hedge } else { PositionMode::OneWay };
        let set = self.exchange.set_mode(self.members[member].account, mode);
        set.map_err(|_| Code::ModeInUse.says("there are open orders or positions, the mode cannot be changed"))?;
        Ok(Outcome::Data(json!({"dualSidePosition": hedge.to_string()})))
    }

    fn leverage(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let settings = self.exchange.account(self.members[member].account).settings(market);
        let most = self.exchange.listing(market).leverage_max;
        Ok(Outcome::Data(json!({
            "longLeverage": settings.long_leverage,
            "shortLeverage": settings.short_leverage,
            "maxLongLeverage": most,
            "maxShortLeverage": most,
            "availableLongVol": "0",
            "availableShortVol": "0",
            "availableLongVal": "0",
            "availableShortVal": "0",
            "maxPositionLongVal": "0",
            "maxPositionShortVal": "0",
        })))
    }

    fn set_leverage(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let account = self.members[member].account;
        let hedge = self.exchange.account(account).mode() == PositionMode::Hedge;
        let side = match (parameters.need("side")?, hedge) {
            // A client that does not know the mode names a side all the same; both sides of the one position are meant.
            ("BOTH" | "LONG" | "SHORT", false) => PositionSide::Net,
            ("LONG", true) => PositionSide::Long,
            ("SHORT", true) => PositionSide::Short,
            _ => return Err(Code::Parameter.says("side must be LONG or SHORT, or BOTH in the One-way mode")),
        };
        parameters.need("leverage")?;
        let wanted = parameters.integer("leverage")?.and_then(|leverage| u32::try_from(leverage).ok()).unwrap_or(0);
        let set = self.exchange.set_leverage(account, market, side, wanted);
        set.map_err(|refusal: Refusal| Code::Leverage.says(refusal.to_string()))?;
        self.tell();
        Ok(Outcome::Data(json!({"leverage": wanted, "symbol": symbol(self.exchange.listing(market))})))
    }

    fn margin_type(&self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let settings = self.exchange.account(self.members[member].account).settings(market);
        let name = if settings.margin == MarginKind::Isolated { "ISOLATED" } else { "CROSSED" };
        Ok(Outcome::Data(json!({"marginType": name})))
    }

    fn set_margin_type(&mut self, member: usize, parameters: &Parameters) -> Answered {
        let market = self.market_of(parameters)?;
        let margin = match parameters.need("marginType")? {
            "ISOLATED" => MarginKind::Isolated,
            "CROSSED" => MarginKind::Cross,
            _ => return Err(Code::Parameter.says("marginType must be ISOLATED or CROSSED here")),
        };
        self.exchange.set_margin(self.members[member].account, market, margin)?;
        self.tell();
        Ok(Outcome::Beside(json!({})))
    }

    /// Said and not done: margin is across the account here.
    fn position_margin(&self, parameters: &Parameters) -> Answered {
        self.market_of(parameters)?;
        parameters.amount("amount")?;
        let amount = parameters.get("amount").and_then(|text| serde_json::from_str::<Value>(text).ok());
        let kind = parameters.integer("type")?.filter(|kind| (1..=2).contains(kind));
        let kind = kind.ok_or_else(|| Code::Parameter.says("type must be 1 or 2"))?;
        Ok(Outcome::Beside(json!({"amount": amount, "type": kind})))
    }

    fn maint_margin(&self, parameters: &Parameters) -> Answered {
        let listing = self.exchange.listing(self.market_of(parameters)?);
        let (numerator, places) = listing.maintenance.parts();
        Ok(Outcome::Data(json!([{
            "tier": "Tier 1",
            "symbol": symbol(listing),
            "minPositionVal": "0",
            "maxPositionVal": "1000000000",
            "maintMarginRatio": super::words::fixed(numerator, places),
            "maintAmount": "0",
        }])))
    }
}

/// What calls need of a member.
struct Member {
    account: crate::exchange::AccountId,
    uid: u64,
}

/// A rate as a JSON number with its own digits.
pub(super) fn rate_number(rate: engine::ledger::Rate) -> Value {
    let (numerator, places) = rate.parts();
    serde_json::from_str(&super::words::fixed(numerator, places)).unwrap_or(Value::Null)
}
