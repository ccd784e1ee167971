//! What an account is worth at the last prices, and what it may still open.
use super::account::{Account, AccountId, Settlement};
use super::listing::MarketId;
use super::order::{NewOrder, Order, PositionSide};
use super::position::Position;
use super::running::Exchange;
use engine::{Money, Price, Qty};

/// A position with its place.
#[derive(Clone, Copy, Debug)]
pub struct Holding {
    /// Where.
    pub market: MarketId,
    /// Which of the market's positions.
    pub side: PositionSide,
    /// The position.
    pub position: Position,
}

impl Exchange {
    /// The positions of an account that are not flat, by market.
    #[must_use]
    pub fn holdings(&self, account: AccountId) -> Vec<Holding> {
        let it = &self.accounts[account.index()];
        let long = match it.mode {
            super::account::PositionMode::OneWay => PositionSide::Net,
            super::account::PositionMode::Hedge => PositionSide::Long,
        };
        let of = |(market, pair): (u32, &[Position; 2])| {
            let market = MarketId(market);
            let both = [(long, pair[0]), (PositionSide::Short, pair[1])];
            both.map(|(side, position)| Holding { market, side, position })
        };
        let all = (0..).zip(&it.positions).flat_map(of);
        all.filter(|holding| !holding.position.quantity.is_zero()).collect()
    }

    /// The last price of a market, else what a position was opened at.
    #[must_use]
    pub fn mark(&self, market: MarketId) -> Price {
        self.boards[market.index()].price().unwrap_or_default()
    }

    /// What the open positions of an account would make if they were closed at the last prices.
    #[must_use]
    pub fn unrealised(&self, account: AccountId) -> Money {
        let made = |it: &Holding| {
            let instrument = &self.listings[it.market.index()].instrument;
            it.position.unrealised(instrument, self.mark(it.market))
        };
        self.holdings(account).iter().map(made).sum()
    }

    /// What the account is worth at the last prices.
    #[must_use]
    pub fn equity(&self, account: AccountId) -> Money {
        self.accounts[account.index()].wallet() + self.unrealised(account)
    }

    /// What the open positions take of the account: their margin, or all that they are worth where they are paid in full.
    #[must_use]
    pub fn used(&self, account: AccountId) -> Money {
        let it = &self.accounts[account.index()];
        let of = |holding: &Holding| match it.settlement {
            Settlement::Margin => {
                margin(holding.position.cost, leverage(it, holding.market, holding.side, holding.position.quantity))
            }
            Settlement::Cash(_) => {
                let instrument = &self.listings[holding.market.index()].instrument;
                instrument.value(self.mark(holding.market), holding.position.quantity.abs()).0
            }
        };
        self.holdings(account).iter().map(of).sum()
    }

    /// What the open orders of an account would take of it.
    #[must_use]
    pub fn frozen(&self, account: AccountId) -> Money {
        let it = &self.accounts[account.index()];
        let of = |order: &Order| self.takes(it, &order.request, order.leaves());
        it.open_orders().map(of).sum()
    }

    /// What the account may still open positions with.
    #[must_use]
    pub fn available(&self, account: AccountId) -> Money {
        let whole = match self.accounts[account.index()].settlement {
            Settlement::Margin => self.equity(account),
            Settlement::Cash(leverage) => leverage.available(self.equity(account)),
        };
        whole - self.used(account) - self.frozen(account)
    }

    /// What an order takes of the account: nothing where it only makes a position smaller.
    pub(super) fn takes(&self, account: &Account, order: &NewOrder, quantity: Qty) -> Money {
        let tied = matches!(order.tie, super::order::Tie::Attached(_));
        if tied || order.terms.reduce_only || order.position.is_closed_by(order.side) {
            return Money::ZERO;
        }
        let position = account.position(order.market, order.position);
        let opposite = (position.quantity.0 > 0) != (order.side.sign() > 0);
        let closes = if opposite && order.position == PositionSide::Net { position.quantity.abs() } else { Qty::ZERO };
        let opens = Qty((quantity.0 - closes.0).max(0));
        let price = order.kind.price().unwrap_or_else(|| self.mark(order.market));
        let (notional, _) = self.listings[order.market.index()].instrument.value(price, opens);
        match account.settlement {
            Settlement::Margin => {
                let signed = Qty(order.side.sign());
                margin(notional, leverage(account, order.market, order.position, signed))
            }
            Settlement::Cash(_) => notional,
        }
    }
}

/// The margin of a notional, rounded up.
fn margin(notional: Money, leverage: u32) -> Money {
    let leverage = i128::from(leverage.max(1));
    Money((notional.0 + leverage - 1).div_euclid(leverage))
}

/// The leverage of a position; the net one's is that of its sign.
fn leverage(account: &Account, market: MarketId, side: PositionSide, quantity: Qty) -> u32 {
    let settings = account.settings(market);
    match side {
        PositionSide::Long => settings.long_leverage,
        PositionSide::Short => settings.short_leverage,
        PositionSide::Net if quantity < Qty::ZERO => settings.short_leverage,
        PositionSide::Net => settings.long_leverage,
    }
}
