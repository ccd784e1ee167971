//! Champion and challenger: two sessions on the same stream, one trading and one in its shadow.
//!
//! Days that both have are compared in pairs; decisions by moment and instrument, the last one of a moment counting. It
//! says how they differ and never who wins: that is a gate's or a person's.
use crate::statistics::SampleError;
use crate::statistics::paired::{PairSettings, Paired, paired};
use std::collections::BTreeMap;

/// What a session wished for an instrument at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// When, in nanoseconds since the epoch.
    pub time_ns: i64,
    /// Of what.
    pub instrument: String,
    /// The wished position: above zero long, below zero short, zero flat. In any unit, the same for both.
    pub position: f64,
}

/// One of two sessions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contender {
    /// Daily returns by day number since the epoch.
    pub days: BTreeMap<i64, f64>,
    /// Its decisions in their order.
    pub decisions: Vec<Decision>,
}

/// How the decisions of two sessions agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Agreement {
    /// Moments and instruments at which both decided for the same side and the same position.
    pub same: u64,
    /// For the same side, but another size.
    pub other_size: u64,
    /// One of them flat, the other not.
    pub one_flat: u64,
    /// Opposite sides.
    pub opposite: u64,
    /// Decisions of the champion alone.
    pub champion_alone: u64,
    /// Decisions of the challenger alone.
    pub challenger_alone: u64,
    /// The share of the same side among those that both decided on.
    pub share: Option<f64>,
    /// Cohen's kappa of the side: what of the agreement is beyond chance; `None` where chance alone would agree always.
    pub kappa: Option<f64>,
    /// The first moment and instrument at which the sides differ or only one decided.
    pub first_difference: Option<(i64, String)>,
}

/// What became of a challenge.
#[derive(Clone, Debug, PartialEq)]
pub struct Challenge {
    /// The challenger less the champion; `None` where they share too few days to say.
    pub paired: Option<Paired>,
    /// Days that both have.
    pub days: usize,
    /// Days of the champion alone.
    pub champion_days_alone: usize,
    /// Days of the challenger alone.
    pub challenger_days_alone: usize,
    /// How their decisions agree.
    pub agreement: Agreement,
}

/// The days from which on a paired test is made.
const DAYS_MIN: usize = 16;

/// Compares a challenger with the champion.
///
/// # Errors
/// When a return is not finite, or a setting is out of its range.
pub fn challenge(
    champion: &Contender,
    challenger: &Contender,
    settings: PairSettings,
) -> Result<Challenge, SampleError> {
    let both: Vec<(f64, f64)> =
        champion.days.iter().filter_map(|(day, champion)| Some((*challenger.days.get(day)?, *champion))).collect();
    let (theirs, ours): (Vec<f64>, Vec<f64>) = both.into_iter().unzip();
    let days = ours.len();
    let paired = if days < DAYS_MIN { None } else { Some(paired(&theirs, &ours, settings)?) };
    Ok(Challenge {
        paired,
        days,
        champion_days_alone: champion.days.len() - days,
        challenger_days_alone: challenger.days.len() - days,
        agreement: agreement(&champion.decisions, &challenger.decisions),
    })
}

/// The side of a position.
fn side(position: f64) -> usize {
    match position {
        p if p > 0.0 => 2,
        p if p < 0.0 => 0,
        _ => 1,
    }
}

/// How two lists of decisions agree.
#[must_use]
pub fn agreement(champion: &[Decision], challenger: &[Decision]) -> Agreement {
    // For each moment and instrument what each of the two wished last.
    let mut wishes: BTreeMap<(i64, &str), [Option<f64>; 2]> = BTreeMap::new();
    for (which, decisions) in [champion, challenger].into_iter().enumerate() {
        for decision in decisions {
            wishes.entry((decision.time_ns, &decision.instrument)).or_default()[which] = Some(decision.position);
        }
    }
    let mut found = Agreement::default();
    let mut sides = [[0_u64; 3]; 3];
    for ((time, instrument), wished) in wishes {
        let differs = match wished {
            [Some(one), Some(other)] => {
                let (a, b) = (side(one), side(other));
                sides[a][b] += 1;
                match (a, b) {
                    (a, b) if a == b && one.total_cmp(&other).is_eq() => found.same += 1,
                    (1, 1) => found.same += 1,
                    (a, b) if a == b => found.other_size += 1,
                    (1, _) | (_, 1) => found.one_flat += 1,
                    _ => found.opposite += 1,
                }
                a != b
            }
            [Some(_), None] => {
                found.champion_alone += 1;
                true
            }
            _ => {
                found.challenger_alone += 1;
                true
            }
        };
        if differs && found.first_difference.is_none() {
            found.first_difference = Some((time, instrument.to_owned()));
        }
    }
    let all: u64 = sides.iter().flatten().sum();
    if all > 0 {
        let all = all as f64;
        let agreed = (0..3).map(|s| sides[s][s]).sum::<u64>() as f64 / all;
        let of = |row: u64| row as f64 / all;
        let chance: f64 = (0..3).map(|s| of(sides[s].iter().sum()) * of(sides.iter().map(|row| row[s]).sum())).sum();
        found.share = Some(agreed);
        found.kappa = Some((agreed - chance) / (1.0 - chance)).filter(|k| k.is_finite());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::testing::check;
    use crate::statistics::stream;

    const SETTINGS: PairSettings =
        PairSettings { level: 0.95, resamples: 300, mean_length: None, periods_per_year: 365.0, seed: 1 };

    fn decisions(table: &[(i64, &str, f64)]) -> Vec<Decision> {
        let decision = |(time_ns, instrument, position): &(i64, &str, f64)| Decision {
            time_ns: *time_ns,
            instrument: (*instrument).into(),
            position: *position,
        };
        table.iter().map(decision).collect()
    }

    #[test]
    fn decisions_are_matched_by_moment_and_instrument() {
        let champion =
            decisions(&[(1, "a", 1.0), (1, "b", 0.0), (2, "a", 1.0), (3, "a", -1.0), (4, "a", 2.0), (6, "a", 1.0)]);
        let challenger = decisions(&[
            (1, "a", 5.0),
            (1, "a", 1.0),
            (1, "b", -0.0),
            (2, "a", 3.0),
            (3, "a", 1.0),
            (4, "a", 0.0),
            (5, "a", 1.0),
        ]);
        let found = agreement(&champion, &challenger);
        assert_eq!((found.same, found.other_size, found.one_flat, found.opposite), (2, 1, 1, 1));
        assert_eq!((found.champion_alone, found.challenger_alone), (1, 1));
        assert_eq!(found.first_difference, Some((3, "a".to_owned())));
        check(found.share, 0.6, 1e-12);
        // By hand: rows short, flat, long 1, 1, 3 and columns 0, 2, 3 of five.
        check(found.kappa, (0.6 - 11.0 / 25.0) / (1.0 - 11.0 / 25.0), 1e-12);
    }

    #[test]
    fn who_decides_alike_agrees_and_nobody_agrees_on_nothing() {
        let some = decisions(&[(1, "a", 1.0), (2, "a", -1.0)]);
        let same = agreement(&some, &some);
        assert_eq!((same.same, same.share, same.kappa, same.first_difference), (2, Some(1.0), Some(1.0), None));
        assert_eq!(agreement(&[], &[]), Agreement::default());
        let always = decisions(&[(1, "a", 1.0)]);
        assert_eq!(agreement(&always, &always).kappa, None, "chance alone would agree");
    }

    #[test]
    fn days_that_both_have_are_compared_in_pairs() {
        let mut rng = stream(2, "days", 0);
        let shared: Vec<f64> = (0..300).map(|_| 0.01 * rng.normal()).collect();
        let contender = |first: i64, edge: f64, rng: &mut engine::Rng| Contender {
            days: (first..).zip(&shared[first as usize..]).map(|(d, r)| (d, r + edge + 0.001 * rng.normal())).collect(),
            decisions: Vec::new(),
        };
        let (champion, challenger) = (contender(0, 0.0, &mut rng), contender(40, 0.0005, &mut rng));
        let found = challenge(&champion, &challenger, SETTINGS).unwrap();
        assert_eq!((found.days, found.champion_days_alone, found.challenger_days_alone), (260, 40, 0));
        let paired = found.paired.unwrap();
        assert!(
            paired.mean.value > Some(0.0) && paired.mean.p_value < Some(0.02),
            "the challenger is better: {paired:?}"
        );
        let few = Contender { days: challenger.days.into_iter().take(15).collect(), ..Contender::default() };
        assert_eq!(challenge(&champion, &few, SETTINGS).unwrap().paired, None);
    }
}
