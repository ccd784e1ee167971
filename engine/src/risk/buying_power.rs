//! The account must be able to carry what it could come to hold.
//!
//! Required is the gross value of the worst position that filled, working and unknown orders together could lead to;
//! available is equity times leverage. What only reduces a position always passes. Fees are the venue's matter: it asks
//! again at the fill, when price and fee are known.
use super::{Addition, Check, RiskCheck, weighing_price};
use crate::effect::Refusal;
use crate::instrument::InstrumentId;
use crate::ledger::share;
use crate::orders::Working;
use crate::view::View;
use crate::{Money, Price, Qty, Side};

/// How many times its equity an account may hold, in parts per million.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leverage {
    /// 1,000,000 is one times equity.
    pub ppm: i64,
}

impl Leverage {
    /// No borrowing.
    pub const ONE: Self = Self { ppm: 1_000_000 };

    /// What an account of this equity may hold; nothing when it is in debt.
    #[must_use]
    pub fn available(self, equity: Money) -> Money {
        if self == Self::ONE {
            return equity.max(Money::ZERO);
        }
        Money(share(equity.0.max(0), i128::from(self.ppm), 1_000_000))
    }
}

/// Refuses what the account could not pay for.
#[derive(Clone, Copy, Debug)]
pub struct BuyingPower {
    /// The account's leverage.
    pub leverage: Leverage,
}

impl RiskCheck for BuyingPower {
    fn check(&self, addition: &Addition, view: View<'_>) -> Result<(), Refusal> {
        let instrument = addition.instrument;
        let mut working = view.state().orders.working(instrument);
        match addition.side {
            Side::Buy => working.buy = working.buy + addition.added,
            Side::Sell => working.sell = working.sell + addition.added,
        }
        let position = view.position(instrument);
        if worst(position, working) <= position.abs() {
            return Ok(());
        }
        let price = weighing_price(addition, view).expect("the order rules were asked first");
        let required = required(view, instrument, working, price);
        let available = self.leverage.available(view.equity());
        if required <= available {
            return Ok(());
        }
        Err(Refusal { instrument, check: Check::BuyingPower, limit: available.0, value: required.0 })
    }
}

/// The largest position, in either direction, that fills could lead to.
fn worst(position: Qty, working: Working) -> Qty {
    (position + working.buy).abs().max((position - working.sell).abs())
}

/// What live buys and sells would trade for beyond `price`: a cheap order must not make a dear one look cheap.
fn dearer(view: View<'_>, instrument: InstrumentId, price: Price) -> [Money; 2] {
    let mut beyond = [Money::ZERO; 2];
    for order in view.live_orders(instrument) {
        if let Some(own) = order.request.kind.price().filter(|own| *own > price) {
            let difference = Price(own.0 - price.0);
            beyond[order.request.side as usize] += view.instrument(instrument).value(difference, order.leaves()).0;
        }
    }
    beyond
}

/// Gross value of the account if `instrument` had `working` orders at `price` and all others what they have.
#[must_use]
pub fn required(view: View<'_>, instrument: InstrumentId, working: Working, price: Price) -> Money {
    let state = view.state();
    let at = |id: InstrumentId, working: Working, price: Price| {
        let (position, value) = (view.position(id), |quantity| view.instrument(id).value(price, quantity).0);
        let [buys, sells] = dearer(view, id, price);
        (value((position + working.buy).abs()) + buys).max(value((position - working.sell).abs()) + sells)
    };
    let held = |id: InstrumentId| Money(state.ledger.position(id.index()).value.0.abs());
    let mut total = state.ledger.gross() - held(instrument) + at(instrument, working, price);
    for index in 0..state.instruments.len() {
        let id = InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
        let other = state.orders.working(id);
        if id != instrument && other != Working::default() {
            let price = view.last(id).unwrap_or_default();
            total += (at(id, other, price) - held(id)).max(Money::ZERO);
        }
    }
    total
}
