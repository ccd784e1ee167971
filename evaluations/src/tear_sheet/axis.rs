//! Axes: a range and the labelled places on it. Also the thinning of long lines to what an eye can see.
use super::figures;
use crate::calendar;

/// A range with labelled ticks.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) ticks: Vec<(f64, String)>,
}

impl Axis {
    /// An axis of time in nanoseconds, from the first to the last of `times`.
    pub(crate) fn time(from: i64, to: i64, most: usize) -> Self {
        let to = to.max(from + 1);
        let ticks = calendar::ticks(from, to, most).into_iter().map(|(at, label)| (at as f64, label)).collect();
        Self { from: from as f64, to: to as f64, ticks }
    }

    /// An axis that holds all `values`, with round ticks labelled by `label`.
    pub(crate) fn values(values: impl Iterator<Item = f64>, label: fn(f64) -> String) -> Self {
        let (low, high) = bounds(values);
        let pad = (high - low) * 0.05;
        Self::round(low - pad, high + pad, label)
    }

    /// The same, but beginning or ending at zero.
    pub(crate) fn values_and_zero(values: impl Iterator<Item = f64>, label: fn(f64) -> String) -> Self {
        let (low, high) = bounds(values.chain(std::iter::once(0.0)));
        let pad = (high - low) * 0.05;
        Self::round(if low < 0.0 { low - pad } else { 0.0 }, if high > 0.0 { high + pad } else { 0.0 }, label)
    }

    /// The same axis with `most` ticks at most: on narrow charts, labels would run into each other.
    pub(crate) fn fewer(mut self, most: usize) -> Self {
        let every = self.ticks.len().div_ceil(most.max(1)).max(1);
        self.ticks = self.ticks.into_iter().step_by(every).collect();
        self
    }

    fn round(from: f64, to: f64, label: fn(f64) -> String) -> Self {
        let step = round_step((to - from) / 6.5);
        let first = libm::ceil(from / step) as i64;
        let ticks = (first..).map(|i| i as f64 * step).take_while(|v| *v <= to).map(|v| (v, label(v))).take(20);
        Self { from, to, ticks: ticks.collect() }
    }

    /// An axis of the decimal logarithm of `values`, labelled with the values themselves.
    pub(crate) fn logarithm(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = bounds(values.map(|v| libm::log10(v.max(1e-9))));
        let pad = (high - low) * 0.05;
        let (from, to) = (low - pad, high + pad);
        let mantissas: &[f64] = match to - from {
            span if span > 3.0 => &[1.0],
            span if span > 1.5 => &[1.0, 3.0],
            span if span > 0.9 => &[1.0, 2.0, 5.0],
            span if span > 0.35 => &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
            _ => &[1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0],
        };
        let decades = libm::floor(from) as i32..=libm::ceil(to) as i32;
        let ticks = decades
            .flat_map(|decade| mantissas.iter().map(move |m| m * libm::pow(10.0, f64::from(decade))))
            .map(|value| (libm::log10(value), figures::short(value)))
            .filter(|(at, _)| *at >= from && *at <= to)
            .collect();
        Self { from, to, ticks }
    }
}

fn bounds(values: impl Iterator<Item = f64>) -> (f64, f64) {
    let finite = values.filter(|v| v.is_finite());
    let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return (0.0, 1.0);
    }
    // A flat line still needs a height.
    let least = high.abs().max(low.abs()).max(1e-9) * 1e-6;
    if high - low < least { (low - least.max(0.5), high + least.max(0.5)) } else { (low, high) }
}

/// The round step at or above `rough`: 1, 2, 2.5 or 5 times a power of ten.
fn round_step(rough: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * 0.999).unwrap_or(rough)
}

/// The lowest and the highest point of each of some `buckets` stretches, in order: what a line of that width shows.
pub(crate) fn thin(points: &[(f64, f64)], buckets: usize) -> Vec<(f64, f64)> {
    if points.len() <= buckets * 2 {
        return points.to_vec();
    }
    let mut kept = vec![points[0]];
    for bucket in 0..buckets {
        let stretch = &points[bucket * points.len() / buckets..(bucket + 1) * points.len() / buckets];
        let pick = |better: fn(f64, f64) -> bool| {
            (1..stretch.len()).fold(0, |best, i| if better(stretch[i].1, stretch[best].1) { i } else { best })
        };
        let (low, high) = (pick(|a, b| a < b), pick(|a, b| a > b));
        kept.push(stretch[low.min(high)]);
        if low != high {
            kept.push(stretch[low.max(high)]);
        }
    }
    kept.extend(points.last());
    kept
}

/// The mean of each of `buckets` stretches, for what switches too fast to be seen.
pub(crate) fn smooth(points: &[(f64, f64)], buckets: usize) -> Vec<(f64, f64)> {
    if points.len() <= buckets * 2 {
        return points.to_vec();
    }
    let stretch = |bucket: usize| &points[bucket * points.len() / buckets..(bucket + 1) * points.len() / buckets];
    let middle = |part: &[(f64, f64)]| part.iter().map(|p| p.1).sum::<f64>() / part.len() as f64;
    (0..buckets).map(|bucket| (stretch(bucket)[0].0, middle(stretch(bucket)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let labels = |axis: Axis| axis.ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(" ");
        assert_eq!(labels(Axis::values([0.0, 100.0].into_iter(), figures::short)), "0 20 40 60 80 100");
        assert_eq!(labels(Axis::logarithm([100.0, 100_000.0].into_iter())), "100 1000 10k 100k");
        assert_eq!(Axis::values(std::iter::empty(), figures::short).ticks.len(), 6);
        assert!(!Axis::values([7.0, 7.0].into_iter(), figures::short).ticks.is_empty());
    }

    #[test]
    fn smoothing_keeps_the_mean() {
        let points: Vec<(f64, f64)> = (0..1000).map(|i| (f64::from(i), f64::from(i % 2))).collect();
        let kept = smooth(&points, 100);
        assert!(kept.len() == 100 && kept.iter().all(|p| (p.1 - 0.5).abs() < 1e-12));
    }

    #[test]
    fn thinning_keeps_every_peak_and_trough_that_shows() {
        let mut points: Vec<(f64, f64)> = (0..100_000).map(|i| (f64::from(i), 1.0)).collect();
        points[33_333].1 = 9.0;
        points[77_777].1 = -9.0;
        let kept = thin(&points, 500);
        assert!(kept.len() <= 1002, "{}", kept.len());
        assert!(kept.contains(&(33_333.0, 9.0)) && kept.contains(&(77_777.0, -9.0)));
        assert!(kept.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert_eq!(kept.last(), points.last());
    }
}
