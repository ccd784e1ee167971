//! Where orders and prices meet: at the open, inside, and in the closing auction.
use super::*;

impl Waiting {
    fn works(&self) -> bool {
        !self.dormant && self.left.min(self.closable.unwrap_or(i64::MAX)) > 0
    }

    fn auction(&self) -> bool {
        matches!(self.it.terms.time_in_force, TimeInForce::AtOpen | TimeInForce::AtClose)
    }

    /// The price that it waits for; none for a market order, woken or not.
    fn aim(&self) -> Option<i64> {
        if !self.asleep {
            return self.it.kind.limit().map(|p| p.0);
        }
        Some(match self.it.kind {
            OrderKind::TrailingStop { trail } => {
                let best = self.best.unwrap_or(0);
                let distance = match trail {
                    Trail::Amount(amount) => amount.0,
                    Trail::Ppm(ppm) => (best * ppm + 999_999) / 1_000_000,
                };
                best - distance * -self.it.side.sign()
            }
            kind => kind.trigger().expect("what sleeps has a trigger").0,
        })
    }

    /// Whether it waits for prices to go up to its own.
    fn waits_for_a_rise(&self) -> bool {
        let stop = matches!(
            self.it.kind,
            OrderKind::Stop { .. } | OrderKind::StopLimit { .. } | OrderKind::TrailingStop { .. }
        );
        if self.asleep && stop { self.it.side == Side::Buy } else { self.it.side == Side::Sell }
    }

    /// Whether prices from `low` to `high` are enough.
    pub(super) fn enough(&self, low: i64, high: i64, touch: bool) -> bool {
        let Some(aim) = self.aim() else { return true };
        let at_it_counts = self.asleep || touch;
        match (self.waits_for_a_rise(), at_it_counts) {
            (true, true) => high >= aim,
            (true, false) => high > aim,
            (false, true) => low <= aim,
            (false, false) => low < aim,
        }
    }

    fn follow(&mut self, price: i64) {
        if self.asleep && !self.dormant && matches!(self.it.kind, OrderKind::TrailingStop { .. }) {
            let best = self.best.filter(|b| *b != 0).unwrap_or(price);
            self.best = Some(if self.it.side == Side::Sell { best.max(price) } else { best.min(price) });
        }
    }
}

impl Matcher {
    /// The next order behind an order in the queue.
    fn orders(&self) -> Vec<OrderId> {
        self.queue.iter().map(|w| w.it.order).collect()
    }

    /// Everything that the open satisfies trades there, in the order of the queue; which sides did.
    pub(super) fn open(&mut self, candle: &Candle) -> Vec<Side> {
        let share = |ppm: i64| i64::try_from(i128::from(candle.volume) * i128::from(ppm) / 1_000_000).expect("small");
        self.room = self.rules.participation_ppm.map_or(i64::MAX, share);
        let auction = self.rules.sessions.iter().any(|s| (candle.open_time..candle.known_time).contains(&s.open));
        let (mut sides, open) = (Vec::new(), candle.open.0);
        for order in self.orders() {
            let Some(place) = self.place(order) else { continue };
            let now = self.queue[place].it.terms.time_in_force;
            let here = now != TimeInForce::AtClose && (now != TimeInForce::AtOpen || auction);
            self.queue[place].follow(open);
            if !self.queue[place].works() || !here {
                continue;
            }
            let was = self.queue[place];
            if self.queue[place].enough(open, open, self.rules.touch) {
                self.queue[place].asleep = false;
            }
            let it = self.queue[place];
            let trades = !it.asleep && it.enough(open, open, self.rules.touch);
            let takes = trades && (was.asleep || !was.rests);
            self.queue[place].rests = !takes;
            if trades {
                if it.it.terms.post_only && takes {
                    self.leave(order);
                    continue;
                }
                let rests = !takes && it.it.kind.limit().is_some();
                let before = self.fills.len();
                let liquidity = if rests { Liquidity::Maker } else { Liquidity::Taker };
                self.trade(order, open, liquidity, candle.open_time);
                if self.fills.len() > before {
                    sides.push(it.it.side);
                }
            }
            if matches!(now, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill | TimeInForce::AtOpen) {
                self.leave(order);
            }
        }
        sides
    }

    /// The closing auction: whoever waits for it trades at the close, or never.
    pub(super) fn auction(&mut self, candle: &Candle) {
        let within = |close: Timestamp| candle.open_time < close && close <= candle.known_time;
        if !self.rules.sessions.iter().any(|s| within(s.close)) {
            return;
        }
        for order in self.orders() {
            let Some(place) = self.place(order) else { continue };
            if self.queue[place].it.terms.time_in_force == TimeInForce::AtClose {
                if self.queue[place].enough(candle.close.0, candle.close.0, self.rules.touch) {
                    self.trade(order, candle.close.0, Liquidity::Taker, candle.known_time);
                }
                self.leave(order);
            }
        }
    }

    fn meets(&self, w: &Waiting, low: i64, high: i64) -> bool {
        w.works()
            && (w.asleep || self.room > 0)
            && !w.auction()
            && w.aim().is_some()
            && w.enough(low, high, self.rules.touch)
    }

    pub(super) fn inside(&mut self, candle: &Candle, sides_at_open: &[Side]) {
        let (high, low, close) = (candle.high.0, candle.low.0, candle.close.0);
        match self.rules.path {
            PathModel::OpenHighLowClose => self.walk(candle, [high, low, close]),
            PathModel::OpenLowHighClose => self.walk(candle, [low, high, close]),
            PathModel::Pessimistic => self.worst(candle, sides_at_open),
        }
    }

    /// Walks price by price to the turning points; whoever waits at a price that is reached or passed is met, first come
    /// first served.
    fn walk(&mut self, candle: &Candle, turns: [i64; 3]) {
        let mut at = candle.open.0;
        for turn in turns {
            let step = if turn >= at { 1 } else { -1 };
            loop {
                while let Some(order) = self.first_here(at, turn) {
                    self.meet(order, candle, at);
                }
                self.queue.iter_mut().for_each(|w| w.follow(at));
                if at == turn {
                    break;
                }
                at += step;
            }
        }
    }

    fn first_here(&self, at: i64, turn: i64) -> Option<OrderId> {
        let here = |w: &&Waiting| {
            // Passed, or waited for right here by somebody whom the rest of this leg will satisfy.
            self.meets(w, at, at)
                || (w.aim() == Some(at)
                    && w.waits_for_a_rise() == (turn >= at)
                    && self.meets(w, at.min(turn), at.max(turn)))
        };
        self.queue.iter().find(here).map(|w| w.it.order)
    }

    /// The price has come to an order: it wakes, and trades unless it woke beyond its limit.
    fn meet(&mut self, order: OrderId, candle: &Candle, price: i64) {
        let Some(place) = self.place(order) else { return };
        let slept = std::mem::replace(&mut self.queue[place].asleep, false);
        let w = self.queue[place];
        let liquidity = match w.aim() {
            Some(limit) if slept && (limit - price) * w.it.side.sign() < 0 => {
                self.queue[place].rests = true;
                return;
            }
            Some(limit) if !slept && w.rests && limit == price => Liquidity::Maker,
            _ => Liquidity::Taker,
        };
        self.queue[place].rests = liquidity == Liquidity::Maker;
        if w.it.terms.post_only && liquidity == Liquidity::Taker {
            self.leave(order);
            return;
        }
        self.trade(order, price, liquidity, candle.known_time);
    }

    /// Entry first, then what hurts, then what helps; no target in its entry candle if the stop could fill.
    fn worst(&mut self, candle: &Candle, sides_at_open: &[Side]) {
        let (low, high) = (candle.low.0, candle.high.0);
        let met = |m: &Self| -> Vec<Waiting> { m.queue.iter().filter(|w| m.meets(w, low, high)).copied().collect() };
        let entry = match (self.held, met(self).first()) {
            (0, None) => return self.pull(candle),
            (0, Some(first)) => first.it.side,
            (1.., _) => Side::Buy,
            _ => Side::Sell,
        };
        let is_stop = |w: &Waiting| {
            let kind = w.it.kind;
            w.asleep && (kind.is_stop() || matches!(kind, OrderKind::TrailingStop { .. }))
        };
        let mut entries: Vec<Waiting> = met(self).into_iter().filter(|w| w.it.side == entry).collect();
        // Of two entries of which one is wanted, the dearer one.
        entries.sort_by_key(|w| !is_stop(w));
        let entered = !entries.is_empty() || sides_at_open.contains(&entry);
        entries.iter().for_each(|w| self.meet_at_own_price(w.it.order, candle));
        let exits = |m: &Self| met(m).into_iter().filter(move |w| w.it.side != entry);
        let stops: Vec<Waiting> = exits(self).filter(is_stop).collect();
        stops.iter().for_each(|w| self.meet_again(w.it.order, candle));
        self.pull(candle);
        if !entered || stops.is_empty() {
            // A stop-limit that has just woken waits for the market to turn back.
            let woken = |w: &Waiting| stops.iter().any(|stop| stop.it.order == w.it.order);
            let targets: Vec<Waiting> = exits(self).filter(|w| !is_stop(w) && !woken(w)).collect();
            targets.iter().for_each(|w| self.meet_again(w.it.order, candle));
        }
    }

    /// Trailing stops follow the candle's best price and are met again: the best may come before the worst.
    fn pull(&mut self, candle: &Candle) {
        for order in self.orders() {
            let Some(place) = self.place(order) else { continue };
            if self.queue[place].asleep && self.queue[place].best.is_some_and(|b| b != 0) {
                let best = if self.queue[place].it.side == Side::Sell { candle.high.0 } else { candle.low.0 };
                self.queue[place].follow(best);
                self.meet_again_at_trigger(order, candle);
            }
        }
    }

    /// Meets an order that something before it may have changed.
    fn meet_again(&mut self, order: OrderId, candle: &Candle) {
        if self.place(order).is_some_and(|p| self.meets(&self.queue[p], candle.low.0, candle.high.0)) {
            self.meet_at_own_price(order, candle);
        }
    }

    fn meet_again_at_trigger(&mut self, order: OrderId, candle: &Candle) {
        let Some(place) = self.place(order) else { return };
        let w = self.queue[place];
        if matches!(w.it.kind, OrderKind::TrailingStop { .. }) && self.meets(&w, candle.low.0, candle.high.0) {
            self.meet(order, candle, w.aim().expect("a trailing stop has a trigger"));
        }
    }

    /// Meets an order at its price. One that wakes short of its limit trades there if what is sure to follow reaches it:
    /// for a stop the close, for a touch the candle's extreme.
    fn meet_at_own_price(&mut self, order: OrderId, candle: &Candle) {
        let Some(place) = self.place(order) else { return };
        if !self.meets(&self.queue[place], candle.low.0, candle.high.0) {
            return;
        }
        let before = self.fills.len();
        self.meet(order, candle, self.queue[place].aim().expect("market orders are not met inside"));
        let Some(place) = self.place(order).filter(|_| self.fills.len() == before) else { return };
        let w = self.queue[place];
        let (low, high) = match w.it.kind {
            OrderKind::StopLimit { .. } => (candle.close.0, candle.close.0),
            OrderKind::LimitIfTouched { .. } => (candle.low.0, candle.high.0),
            _ => return,
        };
        if self.meets(&w, low, high) {
            self.meet(order, candle, w.aim().expect("it has a limit"));
        }
    }
}
