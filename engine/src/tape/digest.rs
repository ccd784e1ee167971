//! One number for everything a run decided and where it ended.
//!
//! Effects are encoded behind the number of their step and hashed by blake3 in blocks of 64 KiB, since finalising at each
//! step would cost more than the step. The state is hashed in at every checkpoint, so that two runs with the same
//! decisions but other fees differ.
use super::bytes::Put;
use super::effect_codec::encode_effects;
use crate::effect::Effect;
use crate::event::Entry;
use crate::feed::Standing;
use crate::ledger::Ledger;
use crate::risk::RiskState;
use crate::run::Journal;
use crate::state::State;
use alloc::vec::Vec;
use core::convert::Infallible;

/// Entries between two checkpoints of the state.
pub const CHECKPOINT_EVERY: u64 = 65_536;

const BLOCK: usize = 64 * 1024;

/// The running hash of a run.
#[derive(Clone, Debug)]
pub struct Digest {
    block: Vec<u8>,
    hasher: blake3::Hasher,
}

impl Default for Digest {
    fn default() -> Self {
        Self { block: Vec::with_capacity(BLOCK + 4096), hasher: blake3::Hasher::new() }
    }
}

impl Digest {
    /// Takes in the effects of a step; a step without effects leaves no trace.
    #[inline]
    pub fn step(&mut self, number: u64, effects: &[Effect]) {
        if !effects.is_empty() {
            self.block.put_u64(number);
            encode_effects(effects, &mut self.block);
            self.flush_full();
        }
    }

    /// Takes in the effects of a step as they stand on a tape.
    pub fn step_encoded(&mut self, number: u64, effects: &[u8]) {
        self.block.put_u64(number);
        self.block.put(effects);
        self.flush_full();
    }

    /// Takes in the hash of the state after a step.
    pub fn state(&mut self, number: u64, hash: &[u8; 32]) {
        self.block.put_u64(number);
        self.block.put(hash);
        self.flush_full();
    }

    fn flush_full(&mut self) {
        if self.block.len() >= BLOCK {
            self.hasher.update(&self.block);
            self.block.clear();
        }
    }

    /// The digest of everything taken in so far.
    #[must_use]
    pub fn value(&self) -> [u8; 32] {
        let mut hasher = self.hasher.clone();
        hasher.update(&self.block);
        *hasher.finalize().as_bytes()
    }
}

/// The hash of everything in the state that a later step could depend on.
#[must_use]
pub fn state_hash(state: &State) -> [u8; 32] {
    let mut bytes = blake3::Hasher::new(); // fed directly: a checkpoint allocates nothing
    bytes.put_i64(state.now.0);
    let ledger = &state.books.home;
    for amount in
        [ledger.cash, ledger.deposits, ledger.fees, ledger.realised, state.peak, state.max_drawdown, state.mark.equity]
    {
        bytes.put_i128(amount.0);
    }
    let counters = &state.counters;
    for count in [ledger.rounded, counters.candles, counters.submits, counters.fills, counters.anomalies] {
        bytes.put_u64(count);
    }
    for (index, position) in state.books.positions().enumerate() {
        let id = crate::InstrumentId(u32::try_from(index).expect("instruments are numbered by u32"));
        let market = state.market(id);
        bytes.put_i64(market.last.0);
        bytes.put_u64(market.candles);
        bytes.put_i64(position.quantity.0);
        bytes.put_i128(position.cost.0);
        bytes.put_i128(position.value.0);
        for order in state.orders.live(id).iter().filter_map(|id| state.orders.get(*id)) {
            bytes.put_u64(order.request.order.0);
            bytes.put_u8(order.status as u8);
            bytes.put_i64(order.leaves().0);
            bytes.put_i64(order.request.kind.price().map_or(0, |p| p.0));
        }
    }
    // What most runs do not have leaves no trace in theirs.
    state.books.foreign().iter().for_each(|foreign| hash_ledger(&foreign.ledger, &mut bytes));
    for books in state.sub_ledgers.all() {
        hash_ledger(&books.home, &mut bytes);
        books.foreign().iter().for_each(|foreign| hash_ledger(&foreign.ledger, &mut bytes));
    }
    if let Some(risk) = &state.risk {
        hash_risk(risk, &mut bytes);
    }
    *bytes.finalize().as_bytes()
}

fn hash_risk(risk: &RiskState, bytes: &mut blake3::Hasher) {
    bytes.put_u8(risk.trading as u8);
    for amount in [risk.day_start, risk.peak] {
        bytes.put_i128(amount.0);
    }
    bytes.put_i64(risk.day_end.0);
    for value in risk.limits().values() {
        bytes.put_i128(value);
    }
    if risk.feeds().iter().any(|feed| *feed != Standing::Ready) {
        risk.feeds().iter().for_each(|feed| bytes.put_u8(*feed as u8));
    }
    for owner in &risk.owners {
        bytes.put_u8(owner.state as u8);
        bytes.put_u32(owner.losses);
        bytes.put_i64(owner.paused_until.0);
    }
}

fn hash_ledger(ledger: &Ledger, bytes: &mut blake3::Hasher) {
    for amount in [ledger.cash, ledger.deposits, ledger.fees, ledger.realised] {
        bytes.put_i128(amount.0);
    }
    for position in ledger.positions() {
        bytes.put_i64(position.quantity.0);
        bytes.put_i128(position.cost.0);
        bytes.put_i128(position.value.0);
    }
}

/// Takes the digest and keeps nothing: the journal of sweeps.
#[derive(Clone, Debug, Default)]
pub struct DigestOnly {
    digest: Digest,
    number: u64,
}

impl DigestOnly {
    /// The digest so far.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest.value()
    }
}

impl Journal for DigestOnly {
    type Error = Infallible;

    #[inline]
    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.number = entry.number;
        Ok(())
    }

    #[inline]
    fn commit(&mut self, entry: &Entry, effects: &[Effect], state: &State) -> Result<(), Infallible> {
        self.digest.step(entry.number, effects);
        if entry.number.is_multiple_of(CHECKPOINT_EVERY) {
            self.digest.state(entry.number, &state_hash(state));
        }
        Ok(())
    }

    fn finish(&mut self, state: &State) -> Result<(), Infallible> {
        self.digest.state(self.number, &state_hash(state));
        Ok(())
    }
}
