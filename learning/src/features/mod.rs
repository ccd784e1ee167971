//! What a policy sees: numbers computed from candles, from its own position, from the account and from the time.
//!
//! Every feature of the market has a finite memory and is computed from its window in a fixed order: what is seen does not depend
//! on how much history was loaded, once it is enough. Nothing here sees a candle before it is known.
mod declaration;
mod encoder;
mod sight;
mod window;

pub use declaration::{Declaration, FeatureError, feature_set};
pub use encoder::Encoder;
pub use sight::{Sight, Watch};
pub use window::Window;

#[cfg(test)]
mod tests;
