//! What an account's venue reports, booked on orders, positions and money, and told.
use super::account::{AccountId, of_book};
use super::notice::{AccountReason, Notice, OrderChange};
use super::order::{Execution, Order, PositionSide, Status};
use super::running::Exchange;
use engine::{Fill, OrderId, Price, Qty, Reason, Report, Timestamp};

impl Exchange {
    /// Books what came of a command: the order that it opens exists from its acceptance on. Why it was refused, if it was.
    pub(super) fn answer(&mut self, account: AccountId, mut incoming: Option<Order>) -> Option<Reason> {
        let mut refused = None;
        while let Some((time, report)) = self.accounts[account.index()].venue.poll() {
            match report {
                Report::Accepted { .. } => {
                    if let Some(order) = incoming.take() {
                        self.accept(account, order, time);
                    }
                }
                Report::Rejected { reason, .. } if incoming.is_some() => {
                    incoming = None;
                    refused = Some(reason);
                }
                Report::ChangeRefused { reason, .. } => refused = Some(reason),
                other => self.report(account, time, &other),
            }
        }
        refused
    }

    /// Books what an account's venue has reported.
    pub(super) fn book(&mut self, account: AccountId) {
        while let Some((time, report)) = self.accounts[account.index()].venue.poll() {
            self.report(account, time, &report);
        }
    }

    fn accept(&mut self, account: AccountId, order: Order, time: Timestamp) {
        let it = &mut self.accounts[account.index()];
        if let Some(client_id) = &order.request.client_id {
            it.client_ids.insert(client_id.clone(), order.id);
        }
        it.open.push(order.id);
        it.orders.insert(order.id, order.clone());
        self.notices.push_back(Notice::Order { account, order: Box::new(order), change: OrderChange::New, time });
    }

    fn report(&mut self, account: AccountId, time: Timestamp, report: &Report) {
        match *report {
            Report::Filled(ref fill) => self.book_fill(account, time, fill, AccountReason::Order),
            Report::Liquidated(ref fill) => self.book_fill(account, time, fill, AccountReason::Liquidation),
            Report::Cancelled { order } => self.end(account, time, order, Status::Cancelled),
            Report::Expired { order } => self.end(account, time, order, Status::Expired),
            Report::Rejected { order, reason } => self.end(account, time, order, Status::Rejected(reason)),
            Report::Amended { order, quantity, price } => self.amended(account, time, order, quantity, price),
            // Said where a command is answered; a simulated venue loses and takes back nothing.
            Report::Accepted { .. }
            | Report::ChangeRefused { .. }
            | Report::Busted(_)
            | Report::NotSent { .. }
            | Report::Lost { .. } => {}
        }
    }

    fn end(&mut self, account: AccountId, time: Timestamp, id: OrderId, status: Status) {
        let it = &mut self.accounts[account.index()];
        it.open.retain(|open| *open != id);
        let Some(order) = it.orders.get_mut(&id) else { return };
        (order.status, order.updated) = (status, time);
        let order = Box::new(order.clone());
        let change = match status {
            Status::Expired => OrderChange::Expired,
            Status::Rejected(_) => OrderChange::Rejected,
            _ => OrderChange::Cancelled,
        };
        self.notices.push_back(Notice::Order { account, order, change, time });
    }

    fn amended(&mut self, account: AccountId, time: Timestamp, id: OrderId, quantity: Qty, price: Option<Price>) {
        let Some(order) = self.accounts[account.index()].orders.get_mut(&id) else { return };
        order.request.quantity = quantity;
        order.request.kind = order.request.kind.repriced(price);
        order.updated = time;
        let order = Box::new(order.clone());
        self.notices.push_back(Notice::Order { account, order, change: OrderChange::Amended, time });
    }

    fn book_fill(&mut self, account: AccountId, time: Timestamp, fill: &Fill, reason: AccountReason) {
        let (market, place) = of_book(fill.instrument);
        let instrument = &self.listings[market.index()].instrument;
        let it = &mut self.accounts[account.index()];
        let signed = Qty(fill.quantity.0 * fill.side.sign());
        let realised = it.positions[market.index()][place].fill(instrument, signed, fill.price, fill.fee, time);
        it.realised += realised;
        it.fees += fill.fee;
        self.trades += 1;
        let order = it.orders.get_mut(&fill.order);
        let position = match (&order, place) {
            (Some(order), _) => order.request.position,
            (None, 1) => PositionSide::Short,
            (None, _) => PositionSide::Net,
        };
        let execution = Execution {
            trade: self.config.first_trade + self.trades,
            order: order.is_some().then_some(fill.order),
            market,
            position,
            side: fill.side,
            price: fill.price,
            quantity: fill.quantity,
            fee: fill.fee,
            liquidity: fill.liquidity,
            realised,
            time,
        };
        it.executions.push(execution.clone());
        if let Some(order) = order {
            order.filled = order.filled + fill.quantity;
            order.value += instrument.value(fill.price, fill.quantity).0;
            order.fees += fill.fee;
            order.realised += realised;
            order.updated = time;
            let whole = order.filled >= order.request.quantity;
            order.status = if whole { Status::Filled } else { Status::PartlyFilled };
            if whole {
                it.open.retain(|open| *open != fill.order);
            }
            let (order, change) = (Box::new(order.clone()), OrderChange::Traded(execution));
            self.notices.push_back(Notice::Order { account, order, change, time });
        }
        self.notices.push_back(Notice::Account { account, reason, market: Some(market), time });
    }
}
