//! A stream of market data into a running session: everything arrives, in order, and `cargo xtask prove stream` holds ten thousand
//! messages a second for ten minutes.
use benches::wire::stream::{Flow, Streamed, stream};
use engine::tape::Header;
use operations::{LiveJournal, LiveOptions, OsDisk};
use std::time::Duration;

fn run(flow: Flow) -> Streamed {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = OsDisk::new(folder.path());
    let (header, options) = (Header::default(), LiveOptions::default());
    stream(flow, move || LiveJournal::create(disk, &header, options).expect("a new tape"))
}

/// Whether every candle came to the core, each after the one before.
fn check_whole(streamed: &Streamed) {
    let (ended, came) = streamed.candles;
    assert_eq!((came, streamed.gaps), (ended, 0), "{:?}", streamed.notes);
}

#[test]
fn every_candle_of_a_fast_stream_comes_to_the_core_once_and_in_order() {
    check_whole(&run(Flow { instruments: 4, per_second: 2_000, stretches: 1, seconds: 2 }));
}

/// How much later than in the first minute the median message of another may be taken in. A session that is a thousandth too
/// slow is half a second behind at the end.
const GROWTH_MAX_NS: u64 = 5_000_000;

#[test]
fn ten_thousand_messages_a_second_for_ten_minutes_make_no_lag_that_grows() {
    if std::env::var_os("ONETAPE_PROVE").is_none() {
        return;
    }
    let flow = Flow { instruments: 50, per_second: 10_000, stretches: 10, seconds: 60 };
    let streamed = run(flow);
    for (minute, lags) in (1..).zip(&streamed.lags) {
        eprintln!("figure: minute {minute}, {} messages: lag {}", flow.per_second * flow.seconds, lags.line());
    }
    check_whole(&streamed);
    let first = streamed.lags[0].of(500);
    assert!(streamed.lags.iter().all(|lags| lags.of(500) < first + GROWTH_MAX_NS), "the lag grows");
    assert!(streamed.late < Duration::from_millis(100), "the sender was held up by {:?}", streamed.late);
}
