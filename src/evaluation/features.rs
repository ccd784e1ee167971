//! What strategies see of their markets, day by day, whose distribution the watch compares: the features of their policies that depend
//! on candles alone, and of a strategy without a policy what every candle shows.
use crate::failure::Failure;
use crate::run_file::RunFile;
use engine::{Effect, Entry, Event, InstrumentId, Interval, Journal, MarketCandle, MarketEvent, State, Timestamp};
use evaluations::watch::Bins;
use learning::features::{Declaration, Encoder, Sight};
use learning::policy::Policy;
use std::collections::BTreeMap;
use std::convert::Infallible;

/// What every candle shows.
const PLAIN: [Declaration; 3] = [Declaration::Returns(1), Declaration::Range, Declaration::Volume(32)];

/// Values by instrument and feature: those of each day that had any, in the order of days.
pub(super) type FeatureDays = BTreeMap<String, Vec<Vec<f64>>>;

/// What is seen of one instrument.
#[derive(Debug)]
struct Eye {
    instrument: InstrumentId,
    encoder: Encoder,
    /// Of each feature its name and the place of its newest number.
    places: Vec<(String, usize)>,
    numbers: Vec<f32>,
    days: BTreeMap<i64, Vec<Vec<f64>>>,
}

impl Eye {
    fn new(name: &str, instrument: InstrumentId, features: &[Declaration]) -> Result<Self, Failure> {
        let texts: Vec<String> = features.iter().map(ToString::to_string).collect();
        let encoder = Encoder::new(&texts).map_err(Failure::usage)?;
        let mut width = 0;
        let mut place = |feature: &Declaration| {
            width += feature.width();
            width - 1
        };
        let places = features.iter().map(|feature| (format!("{name} {feature}"), place(feature))).collect();
        Ok(Self { instrument, numbers: vec![0.0; encoder.width()], encoder, places, days: BTreeMap::new() })
    }

    fn see(&mut self, candle: &MarketCandle, trades_from: Timestamp) {
        self.encoder.see(candle);
        if candle.candle.open_time < trades_from || !self.encoder.is_ready() {
            return;
        }
        // What is of the market alone looks at nothing else.
        self.encoder.write(&Sight::default(), &mut self.numbers);
        let day = candle.candle.open_time.0.div_euclid(Interval::DAY.0);
        let today = self.days.entry(day).or_insert_with(|| vec![Vec::new(); self.places.len()]);
        for ((_, place), values) in self.places.iter().zip(today) {
            values.push(f64::from(self.numbers[*place]));
        }
    }
}

/// Follows a run or the replay of a session.
#[derive(Debug)]
pub(super) struct FeaturesSeen {
    eyes: Vec<Eye>,
    trades_from: Timestamp,
}

impl FeaturesSeen {
    /// What the strategies of a run see, from the first candle that may be traded on.
    ///
    /// # Errors
    /// When a policy cannot be read.
    pub(super) fn of(run: &RunFile, trades_from: Timestamp) -> Result<Self, Failure> {
        let mut seen: BTreeMap<InstrumentId, Vec<Declaration>> = BTreeMap::new();
        for strategy in &run.strategies {
            let features = match strategy.policy() {
                None => PLAIN.to_vec(),
                Some(file) => of_policy(&Policy::load(file.path()).map_err(Failure::usage)?)?,
            };
            for instrument in run.traded_by(strategy) {
                let known = seen.entry(instrument).or_default();
                for feature in &features {
                    if !known.contains(feature) {
                        known.push(*feature);
                    }
                }
            }
        }
        let some = seen.into_iter().filter(|(_, features)| !features.is_empty());
        let eye = |(id, features): (InstrumentId, Vec<_>)| Eye::new(&run.instruments[id.index()].name(), id, &features);
        Ok(Self { eyes: some.map(eye).collect::<Result<_, _>>()?, trades_from })
    }

    /// Sees an entry of the tape.
    pub(super) fn see(&mut self, entry: &Entry) {
        if let Event::Market(MarketEvent::Candle(candle)) = &entry.event {
            let of_it = self.eyes.iter_mut().filter(|eye| eye.instrument == candle.instrument);
            of_it.for_each(|eye| eye.see(candle, self.trades_from));
        } else if let Some(split) = entry.event.split() {
            let of_it = self.eyes.iter_mut().filter(|eye| eye.instrument == split.instrument);
            of_it.for_each(|eye| eye.encoder.rescale(split.price_factor()));
        }
    }

    /// What was seen.
    #[must_use]
    pub(super) fn days(self) -> FeatureDays {
        let mut all = FeatureDays::new();
        for eye in self.eyes {
            for day in eye.days.into_values() {
                for ((name, _), values) in eye.places.iter().zip(day) {
                    all.entry(name.clone()).or_default().push(values);
                }
            }
        }
        all
    }
}

impl Journal for FeaturesSeen {
    type Error = Infallible;

    fn append(&mut self, entry: &Entry) -> Result<(), Infallible> {
        self.see(entry);
        Ok(())
    }

    fn commit(&mut self, _: &Entry, _: &[Effect], _: &State) -> Result<(), Infallible> {
        Ok(())
    }

    fn finish(&mut self, _: &State) -> Result<(), Infallible> {
        Ok(())
    }
}

fn of_policy(policy: &Policy) -> Result<Vec<Declaration>, Failure> {
    let declared = policy.manifest.features.iter().map(|text| text.parse());
    let declared: Vec<Declaration> = declared.collect::<Result<_, _>>().map_err(Failure::usage)?;
    Ok(declared.into_iter().filter(|feature| feature.is_of_market()).collect())
}

/// The distribution of each feature; one that never was seen, or of which a value is no number, has none.
#[must_use]
pub(super) fn distributions(seen: &FeatureDays) -> BTreeMap<String, Bins> {
    seen.iter().filter_map(|(name, days)| Some((name.clone(), Bins::of(days).ok()?))).collect()
}
