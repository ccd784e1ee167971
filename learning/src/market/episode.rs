//! One episode: a core and its world, stopped at each decision and driven on by a choice.
use super::course::{Course, CourseError, Trainee};
use super::reward::Rewarder;
use crate::environment::{Choice, Environment, Moment, Spaces};
use crate::features::{Encoder, Sight, Watch};
use crate::policy::WHOLE_PPM;
use engine::{
    Core, Effect, Entry, Event, Intents, MarketEvent, Rng, SharedCandles, Simulated, Size, State, Timestamp, View,
    World,
};
use std::ops::Range;
use std::sync::Arc;
use strategies::{Holding, Part, Signal};

/// An environment over a market.
pub struct Episode {
    course: Arc<Course>,
    starts: Range<usize>,
    encoder: Encoder,
    entry: Entry,
    effects: Vec<Effect>,
    intents: Intents,
    running: Option<Running>,
}

/// The episode under way.
struct Running {
    core: Core<Trainee>,
    world: Simulated<SharedCandles>,
    holding: Holding,
    watch: Watch,
    exposure_ppm: i32,
    sight: Sight,
    rewarder: Rewarder,
    ruined_below: f64,
    left: usize,
}

impl Episode {
    /// An environment on a course.
    ///
    /// # Errors
    /// When the course is too short for an episode.
    ///
    /// # Panics
    /// When the normaliser is of another width than the encoder.
    pub fn new(course: Arc<Course>) -> Result<Self, CourseError> {
        let starts = course.starts()?;
        assert_eq!(course.normaliser.mean().len(), course.encoder.width(), "the normaliser is of the encoder's width");
        let encoder = course.encoder.clone();
        let entry = Entry { number: 0, time: Timestamp::MIN, event: Event::NOTHING };
        Ok(Self { course, starts, encoder, entry, effects: Vec::new(), intents: Intents::default(), running: None })
    }

    /// What the core knows; `None` before the first episode.
    #[must_use]
    pub fn state(&self) -> Option<&State> {
        self.running.as_ref().map(|running| running.core.state())
    }

    /// What was seen of the account at the last observation.
    #[must_use]
    pub fn sight(&self) -> Option<Sight> {
        self.running.as_ref().map(|running| running.sight)
    }

    /// The course.
    #[must_use]
    pub fn course(&self) -> &Course {
        &self.course
    }

    /// Whether the world went on to a decision; `false` where it ended.
    fn advance(&mut self) -> bool {
        let Some(running) = &mut self.running else { return false };
        let asset = self.course.asset;
        loop {
            let next = running.world.next(&mut self.entry.event).expect("candles in memory stand in order");
            let Some(time) = next else {
                running.core.finish();
                return false;
            };
            self.entry.number += 1;
            self.entry.time = time;
            let may_act = running.core.apply(&self.entry, &mut self.effects);
            if let Event::Market(MarketEvent::Candle(candle)) = &self.entry.event {
                if candle.instrument == asset {
                    self.encoder.see(candle);
                    if may_act && self.encoder.is_ready() {
                        return true;
                    }
                }
            } else if let Some(split) = self.entry.event.split().filter(|split| split.instrument == asset) {
                self.encoder.rescale(split.price_factor());
                running.holding.split(split, View::new(running.core.state()));
            }
            running.perform(time, &mut self.effects);
        }
    }

    fn observe(&mut self, observation: &mut [f32]) {
        let Some(running) = &mut self.running else { return };
        let view = View::new(running.core.state());
        running.sight = running.watch.look(view, running.exposure_ppm);
        self.encoder.write(&running.sight, observation);
        self.course.normaliser.apply(observation);
    }
}

impl Running {
    fn perform(&mut self, time: Timestamp, effects: &mut Vec<Effect>) {
        for effect in effects.iter() {
            self.world.perform(time, effect).expect("candles in memory stand in order");
        }
        effects.clear();
    }

    /// The second half of the step that the observation was of.
    fn act(&mut self, exposure_ppm: i32, intents: &mut Intents, effects: &mut Vec<Effect>) {
        self.exposure_ppm = exposure_ppm;
        want(&mut self.holding, exposure_ppm, View::new(self.core.state()), intents);
        self.core.act(intents, effects);
        let now = self.core.state().now;
        self.perform(now, effects);
    }
}

/// Wishes for an exposure: what a policy does in an episode and in every run.
#[inline]
pub fn want(holding: &mut Holding, exposure_ppm: i32, view: View<'_>, out: &mut Intents) {
    let signal = match exposure_ppm {
        0 => Signal::Flat,
        1.. => Signal::Long,
        _ => Signal::Short,
    };
    let part = Part::of(i64::from(exposure_ppm.unsigned_abs()), i64::from(WHOLE_PPM));
    holding.want_part(signal, part, view, out);
}

/// A position of which nothing is wanted yet.
#[must_use]
pub fn holding(asset: engine::InstrumentId, size: Size) -> Holding {
    Holding::new(asset, size)
}

impl Environment for Episode {
    fn spaces(&self) -> Spaces {
        Spaces { observation: self.encoder.width(), actions: self.course.actions.space() }
    }

    fn reset(&mut self, seed: u64, observation: &mut [f32]) {
        let course = &self.course;
        let count = (self.starts.end - self.starts.start) as u64;
        let start = self.starts.start + Rng::stream(seed, "start").below(count) as usize;
        let (core, world) = course.stage.open(course.span(start), seed);
        let equity = core.state().books.equity().to_f64();
        self.encoder.clear();
        self.entry.number = 0;
        self.effects.clear();
        self.running = Some(Running {
            core,
            world,
            holding: holding(course.asset, course.size),
            watch: Watch::new(course.asset),
            exposure_ppm: 0,
            sight: Sight::default(),
            rewarder: course.reward.begin(equity, course.reward_scale),
            ruined_below: equity * course.ruin,
            left: course.length,
        });
        assert!(self.advance(), "a course leaves room for the first decision of every episode");
        self.observe(observation);
    }

    fn step(&mut self, choice: Choice, observation: &mut [f32]) -> Moment {
        let exposure_ppm = self.course.actions.exposure_ppm(choice);
        let running = self.running.as_mut().expect("an episode begins with a reset");
        running.act(exposure_ppm, &mut self.intents, &mut self.effects);
        running.left = running.left.saturating_sub(1);
        let goes_on = self.advance();
        self.observe(observation);
        let Some(running) = &mut self.running else { return Moment::default() };
        let equity = running.sight.equity;
        let reward = running.rewarder.next(equity) as f32;
        let terminated = equity <= running.ruined_below;
        Moment { reward, terminated, truncated: !terminated && (!goes_on || running.left == 0) }
    }

    fn info(&self) -> Vec<(&'static str, f64)> {
        let Some(running) = &self.running else { return Vec::new() };
        let (state, sight) = (running.core.state(), running.sight);
        vec![
            ("equity", sight.equity),
            ("held", sight.held),
            ("exposure", sight.exposure),
            ("drawdown", sight.drawdown),
            ("fees", state.books.fees().to_f64()),
            ("fills", state.counters.fills as f64),
            ("time_ns", state.now.0 as f64),
        ]
    }
}
