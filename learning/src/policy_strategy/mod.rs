//! The strategy `policy`: a trained policy trades, in every mode, as any other strategy does.
//!
//! At each close of its instrument's candle it looks, asks the policy's network, and takes the likeliest choice: nothing is
//! drawn by lot. Each decision is noted on the tape before the wish that follows from it. It knows no file and no clock; what a
//! recurrent network remembers between two decisions is kept here, so that it replays.
mod chooser;
mod entry;
mod record;
#[cfg(test)]
mod tests;

pub use chooser::Chooser;
pub use entry::{RuntimeKind, entry, entry_following};
pub use record::{Decision, Follow, Record, Tally};

use crate::features::{Encoder, Watch};
use crate::market::{holding, want};
use crate::policy::{Normaliser, Policy};
use crate::runtime::Runtime;
use engine::{Event, InstrumentId, Intents, Label, MarketEvent, Remark, Size, Strategy, View};
use strategies::Holding;

/// The code of the note that holds the hash of a decision's outputs: the first eight bytes of blake3 over them, as 32-bit
/// floats in little-endian order, read as a little-endian number.
pub const LOGITS: Label = Label::letters(*b"logi");

/// The code of the note that holds the exposure chosen, in parts per million of the size.
pub const EXPOSURE: Label = Label::letters(*b"expo");

/// What asks a policy's network.
struct Network {
    runtime: Box<dyn Runtime>,
    normaliser: Normaliser,
    observation: Vec<f32>,
    memory: Vec<f32>,
    outputs: Vec<f32>,
    bytes: Vec<u8>,
}

impl Network {
    /// The hash of the outputs; these lie in their place then.
    fn ask(&mut self) -> i64 {
        self.normaliser.apply(&mut self.observation);
        self.runtime.answer(&self.observation, &mut self.memory, &mut self.outputs);
        for (bytes, output) in self.bytes.chunks_exact_mut(4).zip(&self.outputs) {
            bytes.copy_from_slice(&output.to_le_bytes());
        }
        let hash = blake3::hash(&self.bytes);
        i64::from_le_bytes(*hash.as_bytes().first_chunk().expect("a hash has 32 bytes"))
    }
}

/// A policy that trades one instrument.
pub struct PolicyStrategy {
    encoder: Encoder,
    watch: Watch,
    network: Option<Network>,
    chooser: Chooser,
    holding: Holding,
    exposure_ppm: i32,
    follow: Option<Follow>,
}

impl PolicyStrategy {
    /// A policy that decides on `asset` with this encoder of its features, this runtime of its network, and this threshold in
    /// parts per million.
    ///
    /// # Panics
    /// When the encoder has another width than the policy.
    #[must_use]
    pub fn new(
        (asset, size): (InstrumentId, Size),
        policy: &Policy,
        encoder: Encoder,
        runtime: Option<Box<dyn Runtime>>,
        threshold_ppm: u64,
    ) -> Self {
        let architecture = &policy.manifest.architecture;
        assert_eq!(encoder.width(), architecture.inputs, "a policy sees what it was trained on");
        let network = runtime.map(|runtime| Network {
            runtime,
            normaliser: policy.normaliser.clone(),
            observation: vec![0.0; architecture.inputs],
            memory: vec![0.0; architecture.memory()],
            outputs: vec![0.0; architecture.outputs],
            bytes: vec![0; architecture.outputs * 4],
        });
        Self {
            encoder,
            watch: Watch::new(asset),
            network,
            chooser: Chooser::new(architecture.head, policy.manifest.actions.clone(), threshold_ppm),
            holding: holding(asset, size),
            exposure_ppm: 0,
            follow: None,
        }
    }

    /// The same, with decisions that were recorded: they hold, and what is computed is compared with them.
    #[must_use]
    pub fn following(self, follow: Follow) -> Self {
        Self { follow: Some(follow), ..self }
    }

    /// The decision that is computed now; `None` where nothing can be computed here.
    fn compute(&mut self, view: View<'_>) -> Option<Decision> {
        let network = self.network.as_mut()?;
        let sight = self.watch.look(view, self.exposure_ppm);
        self.encoder.write(&sight, &mut network.observation);
        let logits = network.ask();
        let exposure_ppm = self.chooser.choose(&network.outputs, self.exposure_ppm);
        Some(Decision { logits, exposure_ppm })
    }

    #[cold]
    fn split(&mut self, event: &Event, view: View<'_>) {
        if let Some(split) = event.split().filter(|split| split.instrument == self.holding.asset()) {
            self.encoder.rescale(split.price_factor());
            self.holding.split(split, view);
        }
    }
}

impl Strategy for PolicyStrategy {
    fn decide(&mut self, event: &Event, view: View<'_>, out: &mut Intents) {
        let Event::Market(MarketEvent::Candle(candle)) = event else {
            self.split(event, view);
            return;
        };
        let asset = self.holding.asset();
        if candle.instrument != asset {
            return;
        }
        self.encoder.see(candle);
        // What is wished in the warm-up is dropped, and an episode begins without a choice and without memory: so does a run.
        if !view.may_act(event) || !self.encoder.is_ready() {
            return;
        }
        let computed = self.compute(view);
        let decided = match &mut self.follow {
            None => computed,
            Some(follow) => follow.next(asset, view.now(), computed),
        };
        let Some(Decision { logits, exposure_ppm }) = decided else { return };
        self.exposure_ppm = exposure_ppm;
        out.note(asset, Remark::Own { code: LOGITS, value: logits });
        out.note(asset, Remark::Own { code: EXPOSURE, value: i64::from(exposure_ppm) });
        want(&mut self.holding, exposure_ppm, view, out);
    }
}
