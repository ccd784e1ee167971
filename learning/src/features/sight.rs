//! What a policy sees of its own doing: its position and the account.
use crate::policy::WHOLE_PPM;
use engine::{InstrumentId, Timestamp, View};

/// Position, account and time at one decision.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sight {
    /// The exposure chosen last, as a part of the size.
    pub exposure: f64,
    /// Value of what is held over equity; negative when short.
    pub held: f64,
    /// Unrealised profit over equity.
    pub unrealised: f64,
    /// How far equity lies below the highest that was seen, as a part of that.
    pub drawdown: f64,
    /// Equity in the account's currency.
    pub equity: f64,
    /// Core time.
    pub now: Timestamp,
}

/// Looks at the account from decision to decision: the drawdown that it sees begins with it.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    asset: InstrumentId,
    peak: f64,
}

impl Watch {
    /// A watch over the position in `asset`.
    #[must_use]
    pub fn new(asset: InstrumentId) -> Self {
        Self { asset, peak: 0.0 }
    }

    /// Looks, with the exposure chosen last.
    #[inline]
    pub fn look(&mut self, view: View<'_>, exposure_ppm: i32) -> Sight {
        let books = view.books();
        let equity = books.equity().to_f64();
        self.peak = self.peak.max(equity);
        let mut sight = Sight {
            exposure: f64::from(exposure_ppm) / f64::from(WHOLE_PPM),
            equity,
            now: view.now(),
            drawdown: if self.peak > 0.0 { 1.0 - equity / self.peak } else { 0.0 },
            ..Sight::default()
        };
        let position = books.position(self.asset.index());
        if !position.quantity.is_zero() && equity > 0.0 {
            let home = |amount| books.to_home(self.asset.index(), amount).to_f64();
            sight.held = home(position.value) / equity;
            sight.unrealised = home(position.value - position.cost) / equity;
        }
        sight
    }
}
