//! Measures how fast ticks are read: here, and ahead on a second thread.
//!
//! `cargo run --release -p onetape-datasets --example tick_speed -- CATALOG VENUE:SYMBOL`. Prints to stderr.
use datasets::{Catalog, TickOptions, prefetch};
use engine::TickSource;
use std::error::Error;
use std::time::Instant;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(root), Some(name)) = (arguments.next(), arguments.next()) else {
        return Err("usage: tick_speed CATALOG VENUE:SYMBOL".into());
    };
    let (venue, symbol) = name.split_once(':').ok_or("expected VENUE:SYMBOL")?;
    let series = Catalog::open(root.as_ref())?.ticks(venue, symbol)?;
    let options = TickOptions { price_scale: 5, qty_scale: 8, ..TickOptions::all() };
    for _ in 0..5 {
        let start = Instant::now();
        let mut reader = series.read(options)?;
        drain(&mut reader)?;
        report("reader", series.rows(), start);
        let start = Instant::now();
        let mut sources = prefetch(vec![series.read(options)?]);
        drain(&mut sources[0])?;
        report("prefetched", series.rows(), start);
        eprintln!("{:?}", reader.counts());
    }
    Ok(())
}

/// Reads everything; the sum of the times keeps the compiler from leaving it out.
fn drain<S: TickSource>(source: &mut S) -> Result<i128, S::Error> {
    let mut sum = 0;
    while source.advance()? {
        sum += source.block().iter().map(|tick| i128::from(tick.time.0)).sum::<i128>();
    }
    Ok(std::hint::black_box(sum))
}

fn report(what: &str, rows: u64, start: Instant) {
    let seconds = start.elapsed().as_secs_f64();
    eprintln!("{what}: {:.2} M rows/s ({seconds:.3} s)", rows as f64 / seconds / 1e6);
}
