//! What luck costs to count: the probability of overfitting of 1,000 rows by 200 trials in 12,870 splits, and 10,000 bootstrap
//! paths of 2,500 days.
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use engine::Rng;
use evaluations::statistics::bootstrap::Blocks;
use evaluations::statistics::overfitting::{Measure, overfitting};
use evaluations::statistics::paths::{PathSettings, paths};

fn returns(count: usize, purpose: &str) -> Vec<f64> {
    let mut rng = Rng::stream(1, purpose);
    (0..count).map(|_| 0.0005 + 0.01 * rng.normal()).collect()
}

fn statistics(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("statistics");
    group.sample_size(10);
    let trials: Vec<Vec<f64>> = (0..200).map(|trial| returns(1_000, &format!("trial/{trial}"))).collect();
    group.throughput(Throughput::Elements(12_870));
    for measure in [Measure::Mean, Measure::Sharpe] {
        let name = format!("overfitting-{measure:?}").to_lowercase();
        group.bench_function(name, |bencher| bencher.iter(|| overfitting(&trials, 16, measure)));
    }
    let days = returns(1_000, "days");
    let blocks = Blocks::Stationary { mean_length: 10.0 };
    let settings = PathSettings { paths: 10_000, days: 2_500, blocks, seed: 1 };
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("paths", |bencher| bencher.iter(|| paths(&days, settings)));
    group.finish();
}

criterion_group!(benches, statistics);
criterion_main!(benches);
