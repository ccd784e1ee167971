//! What was told, compared with what happened at the venue.
use super::market::candles;
use super::{MINUTES, Run};
use std::collections::BTreeMap;

impl Run {
    /// Compares what was told with what happened.
    pub(super) fn audit(&self) {
        self.audit_orders();
        self.audit_candles();
    }

    pub(super) fn audit_orders(&self) {
        let seed = self.seed;
        let account = self.venue.exchange().account(loopback::exchange::AccountId(0));
        for (number, known) in &self.orders {
            let truth = account.by_client_id(&format!("e2e-{number}"));
            let story = || format!("seed {seed}, order {number}: {known:?}\nthe venue: {truth:?}");
            match truth {
                Some(truth) => {
                    assert_eq!(known.filled, truth.filled.0, "{}", story());
                    assert!(!known.unknown, "{}", story());
                    let whole = truth.filled == truth.request.quantity;
                    assert_eq!(!truth.status.is_open(), known.ended.is_some() || whole, "{}", story());
                    assert!(!matches!(known.ended, Some("not sent")), "{}", story());
                }
                None => assert!(known.filled == 0 && (known.unknown || known.ended.is_some()), "{}", story()),
            }
        }
    }

    /// Every candle that was told is as the market had it, and is told once. A minute without a bar is no gap at this venue.
    pub(super) fn audit_candles(&self) {
        let seed = self.seed;
        let truth: BTreeMap<_, _> = candles(seed, MINUTES).into_iter().map(|it| (it.open_time, it)).collect();
        let told: BTreeMap<_, _> = self.finals.iter().map(|it| (it.open_time, *it)).collect();
        assert_eq!(told.len(), self.finals.len(), "seed {seed}: a candle twice");
        let differs = told.iter().find(|(time, candle)| truth.get(time) != Some(candle));
        assert!(differs.is_none(), "seed {seed}: {differs:?}");
    }
}
