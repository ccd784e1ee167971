//! What a client asks of the exchange: to open, change and end orders.
//!
//! An order that is taken meets the standing quote at once: what it satisfies trades before the answer, as it does where
//! the book is real.
use super::account::{Account, AccountId, PositionMode, book};
use super::listing::MarketId;
use super::order::{NewOrder, Order, PositionSide, Status, Tie};
use super::refusal::Refusal;
use super::running::{Exchange, show};
use engine::{Action, Link, Money, OrderId, OrderKind, OrderRequest, Price, Qty, Reason, Side, Tick, Trail};

impl Exchange {
    /// Takes an order.
    ///
    /// # Errors
    /// Why not; no order exists then, and its name is not used up.
    pub fn submit(&mut self, account: AccountId, new: NewOrder) -> Result<OrderId, Refusal> {
        self.review(account, &new)?;
        let id = self.next_order();
        let link = match new.tie {
            Tie::Alone => Link::Alone,
            Tie::Attached(leader) => Link::Attached(leader),
            Tie::OneCancelsOther(leader) => Link::OneCancelsOther(leader),
        };
        let mut terms = new.terms;
        // What closes a position of two never opens the other one.
        terms.reduce_only |= new.position.is_closed_by(new.side);
        let instrument = book(new.market, new.position);
        let (side, quantity, kind) = (new.side, new.quantity, new.kind);
        let request = OrderRequest { order: id, instrument, side, quantity, kind, terms, link };
        let order = Order {
            id,
            status: Status::New,
            filled: Qty::ZERO,
            value: Money::ZERO,
            fees: Money::ZERO,
            realised: Money::ZERO,
            created: self.now,
            updated: self.now,
            request: new,
        };
        self.command(account, &Action::Submit(request), Some(order)).map_or(Ok(id), |reason| Err(refused(reason)))
    }

    /// Says whether an order would be taken, and takes nothing.
    ///
    /// # Errors
    /// Why not.
    pub fn review(&self, account: AccountId, new: &NewOrder) -> Result<(), Refusal> {
        let it = &self.accounts[account.index()];
        let listing = self.listings.get(new.market.index()).ok_or(Refusal::Invalid("there is no such market"))?;
        if self.halted[new.market.index()] {
            return Err(Refusal::Halted);
        }
        if let Some(used) = new.client_id.as_ref().and_then(|id| it.client_ids.get(id)) {
            return Err(Refusal::DuplicateClientId(*used));
        }
        let spec = listing.instrument.spec(self.now);
        if new.quantity.0 <= 0 || new.quantity < listing.min_quantity {
            return Err(Refusal::QuantityTooSmall(listing.min_quantity));
        }
        if new.quantity.0 % spec.lot.0 != 0 {
            return Err(Refusal::OffLot);
        }
        if prices(new.kind).into_iter().flatten().any(|price| price.0 <= 0 || price.0 % spec.tick.0 != 0) {
            return Err(Refusal::OffTick);
        }
        let fits = match it.mode {
            PositionMode::OneWay => new.position == PositionSide::Net,
            PositionMode::Hedge => new.position != PositionSide::Net && !new.terms.reduce_only,
        };
        if !fits {
            return Err(Refusal::PositionSide);
        }
        let market_price = self.boards[new.market.index()].price();
        let price = new.kind.price().or(market_price).ok_or(Refusal::NoPrice)?;
        if let Tie::Attached(leader) | Tie::OneCancelsOther(leader) = new.tie {
            let leader = it.order(leader).filter(|order| order.status.is_open()).ok_or(Refusal::UnknownOrder)?;
            let same = (leader.request.market, leader.request.position) == (new.market, new.position);
            let attached = matches!(new.tie, Tie::Attached(_));
            if !same || (attached && leader.request.side == new.side) {
                return Err(Refusal::Invalid(
                    "what is tied to an order is of its position, and what is attached reduces it",
                ));
            }
            if attached {
                return Ok(());
            }
        }
        if let Some(closing) = closing(it, new) {
            return closing;
        }
        if listing.instrument.value(price, new.quantity).0 < spec.min_notional {
            return Err(Refusal::NotionalTooSmall(spec.min_notional));
        }
        let (needed, available) = (self.takes(it, new, new.quantity), self.available(account));
        if needed > Money::ZERO && needed > available {
            return Err(Refusal::Margin { needed, available });
        }
        Ok(())
    }

    /// Cancels an order.
    ///
    /// # Errors
    /// When there is none, or it has ended.
    pub fn cancel(&mut self, account: AccountId, order: OrderId) -> Result<(), Refusal> {
        let instrument = self.open_order(account, order)?;
        let action = Action::Cancel { order, instrument };
        self.command(account, &action, None).map_or(Ok(()), |reason| Err(refused(reason)))
    }

    /// Changes the whole quantity and the price of an order, its limit where it has one, else its trigger.
    ///
    /// # Errors
    /// When there is no such order, it has ended, or it cannot be like that.
    pub fn amend(
        &mut self,
        account: AccountId,
        order: OrderId,
        quantity: Option<Qty>,
        price: Option<Price>,
    ) -> Result<(), Refusal> {
        let instrument = self.open_order(account, order)?;
        let it = self.accounts[account.index()].order(order).ok_or(Refusal::UnknownOrder)?;
        let listing = &self.listings[it.request.market.index()];
        let spec = listing.instrument.spec(self.now);
        let quantity = quantity.unwrap_or(it.request.quantity);
        if quantity < listing.min_quantity {
            return Err(Refusal::QuantityTooSmall(listing.min_quantity));
        }
        if quantity.0 % spec.lot.0 != 0 {
            return Err(Refusal::OffLot);
        }
        if price.is_some_and(|price| price.0 <= 0 || price.0 % spec.tick.0 != 0) {
            return Err(Refusal::OffTick);
        }
        if quantity <= it.filled {
            return Err(Refusal::Invalid("the order has filled more than that"));
        }
        let action = Action::Amend { order, instrument, quantity, price };
        self.command(account, &action, None).map_or(Ok(()), |reason| Err(refused(reason)))
    }

    /// The book that an open order is in.
    fn open_order(&self, account: AccountId, order: OrderId) -> Result<engine::InstrumentId, Refusal> {
        let it = self.accounts[account.index()].order(order).ok_or(Refusal::UnknownOrder)?;
        if !it.status.is_open() {
            return Err(Refusal::Ended(it.status));
        }
        Ok(book(it.request.market, it.request.position))
    }

    /// Hands a command to the account's venue and shows it the standing quote; why it was refused, if it was.
    fn command(&mut self, account: AccountId, action: &Action, order: Option<Order>) -> Option<Reason> {
        let now = self.now;
        let market = match action {
            Action::Submit(request) => super::account::of_book(request.instrument).0,
            Action::Amend { instrument, .. } | Action::Cancel { instrument, .. } => {
                super::account::of_book(*instrument).0
            }
        };
        self.accounts[account.index()].venue.take(action, now);
        let refused = self.answer(account, order);
        if refused.is_none() {
            self.meet(account, market);
        }
        refused
    }

    /// Shows an account's venue what stands at a market now.
    fn meet(&mut self, account: AccountId, market: MarketId) {
        if let Some(standing) = self.boards[market.index()].standing() {
            let tick = Tick { time: self.now, ..standing };
            show(&mut self.accounts[account.index()], market, &tick);
            self.book(account);
        }
    }

    /// Cancels everything that an account has open, oldest first; what was cancelled.
    pub fn cancel_all(&mut self, account: AccountId, market: Option<MarketId>) -> Vec<OrderId> {
        let it = &self.accounts[account.index()];
        let of = |order: &&Order| market.is_none_or(|market| order.request.market == market);
        let open: Vec<OrderId> = it.open_orders().filter(of).map(|order| order.id).collect();
        // What one is tied to may have ended it already.
        open.into_iter().filter(|order| self.cancel(account, *order).is_ok()).collect()
    }
}

/// Whether an order that is to make a position smaller can; nothing where it is not.
fn closing(account: &Account, new: &NewOrder) -> Option<Result<(), Refusal>> {
    let held = account.position(new.market, new.position).quantity;
    let reducible = Qty((-held.0 * new.side.sign()).max(0));
    if new.position.is_closed_by(new.side) {
        return Some(if new.quantity > reducible { Err(Refusal::NothingToClose) } else { Ok(()) });
    }
    if new.terms.reduce_only {
        return Some(if reducible.is_zero() { Err(Refusal::ReduceOnly) } else { Ok(()) });
    }
    None
}

/// Every price that an order names.
fn prices(kind: OrderKind) -> [Option<Price>; 2] {
    match kind {
        OrderKind::TrailingStop { trail: Trail::Amount(amount) } => [Some(amount), None],
        _ => [kind.limit(), kind.trigger()],
    }
}

fn refused(reason: Reason) -> Refusal {
    match reason {
        Reason::BuyingPower => Refusal::Margin { needed: Money::ZERO, available: Money::ZERO },
        Reason::NoSuchOrder => Refusal::UnknownOrder,
        Reason::PostOnly => Refusal::PostOnly,
        Reason::ReduceOnly => Refusal::ReduceOnly,
        Reason::NoAuction => Refusal::NoAuction,
        Reason::Delisted => Refusal::Halted,
        Reason::Invalid => Refusal::Invalid("the order cannot be like that"),
    }
}

/// Which way a position is closed.
#[must_use]
pub fn closing_side(quantity: Qty) -> Side {
    Side::of(quantity).opposite()
}
