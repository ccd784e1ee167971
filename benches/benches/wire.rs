//! From a market frame that ends a candle to the bytes of an order, signed where the venue wants that, on one thread: decoding,
//! connector, core with every limit, connector.
use benches::wire::Side;
use benches::wire::alpaca::{self, AlpacaSide};
use benches::wire::bingx::{self, BingxSide};
use benches::wire::desk::OneThread;
use benches::wire::latencies::Latencies;
use engine::Qty;
use secrecy::SecretString;
use venues::{RunId, alpaca as alpaca_venue, bingx as bingx_venue};

const BEFORE: usize = 2_000;
const MEASURED: usize = 20_000;

fn measure<S: Side>(name: &str, mut thread: OneThread<S>) {
    for _ in 0..BEFORE {
        thread.decide();
    }
    let mut latencies = Latencies::default();
    (0..MEASURED).for_each(|_| latencies.push(thread.decide()));
    eprintln!("wire/{name}: {}", latencies.line());
    if std::env::var_os("NOTES").is_some() {
        thread.notes().iter().take(20).for_each(|note| eprintln!("{note}"));
    }
}

fn main() {
    let run = || RunId::new("wire").expect("a run id");
    let side = BingxSide::new(1);
    let listed = side.listed(false);
    let credentials = bingx_venue::Credentials { key: SecretString::from("key"), secret: SecretString::from("secret") };
    let mut config = bingx_venue::Config::new(bingx_venue::Endpoints::demo(), Some(credentials), run(), listed.clone());
    config.funding = false;
    let connector = Box::new(bingx_venue::BingX::new(config).expect("a set-up that works"));
    measure("bingx", OneThread::new(connector, side, listed, (bingx::BEGIN_MS, Qty(10_000))));

    let listed = AlpacaSide::listed();
    let keys = alpaca_venue::Credentials { key: SecretString::from("key"), secret: SecretString::from("secret") };
    let mut config = alpaca_venue::Config::new(alpaca_venue::Endpoints::paper(), Some(keys), run(), listed.clone());
    config.msgpack = false;
    let connector = Box::new(alpaca_venue::Alpaca::new(config).expect("a set-up that works"));
    measure("alpaca", OneThread::new(connector, AlpacaSide::default(), listed, (alpaca::BEGIN_MS, Qty(1_000_000_000))));
}
