//! What a candle costs in W1, W3 and W5, and that W5 is linear: full engine with review, ledger and
//! digest, each beside the plain loop that does the same without any of them.
use benches::desk::{Rule, Workload};
use benches::floor::floor;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn workloads(criterion: &mut Criterion) {
    let ema = Rule::EmaCross(20, 50);
    let cases = [
        ("w1", Workload::one(1, 1_000_000, ema)),
        ("w3", Workload::fifty()),
        ("w5", Workload::one(5, 200_000, Rule::Flip)),
        ("w5-twice", Workload::one(5, 400_000, Rule::Flip)),
    ];
    let mut group = criterion.benchmark_group("workloads");
    group.sample_size(20);
    for (name, workload) in cases {
        group.throughput(Throughput::Elements(workload.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| workload.run()));
        // With every limit there is, so that what the checks cost is the difference.
        if matches!(name, "w1" | "w5") {
            group.bench_function(format!("{name}-limits"), |bencher| bencher.iter(|| workload.run_limited()));
        }
        if let [candles] = &workload.candles[..] {
            let plain = format!("{name}-floor");
            group.bench_function(plain, |bencher| bencher.iter(|| floor(candles, workload.rule, workload.cash)));
        }
    }
    group.finish();
}

criterion_group!(benches, workloads);
criterion_main!(benches);
