//! From the frame that ends a candle, written to a socket, to the whole of an order, read from another: driver, queues, world,
//! connector, core with every limit, tape, and back, on loopback.
//!
//! What the other side's threads and the two sockets take of it is in the figure; `two sockets` is that alone: a thread that reads
//! as many bytes from one and writes as many to another.
use benches::wire::Side;
use benches::wire::desk::Alternate;
use benches::wire::latencies::Latencies;
use benches::wire::served::{Told, carried};
use benches::wire::session::{Orders, Session, Tape, Wish};
use engine::Qty;
use engine::tape::Header;
use operations::{LiveJournal, LiveOptions, MemoryDisk, OsDisk};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use venues::Socket;

const BEFORE: usize = 500;
const MEASURED: usize = 5_000;

fn measure<J: Tape>(name: &str, busy_wait: bool, tape: impl FnOnce() -> J + Send + 'static)
where
    J::Error: std::fmt::Display,
{
    let thousandths = 15_000_000;
    let wish = Wish { instruments: 1, ticks: false, thousandths, orders: Orders::Venue, busy_wait };
    let session = Session::begin(wish, || Alternate::new(Qty(10_000), 1), tape);
    let (mut market, mut private) = (None, None);
    while market.is_none() || private.is_none() {
        match session.told.recv_timeout(Duration::from_secs(20)).expect("a session that opens its sockets") {
            Told::Ready(Socket::Private, open) => private = Some(open),
            Told::Ready(Socket::Market(_), open) => market = Some(open),
            Told::Order(_) => {}
        }
    }
    let (mut market, mut private) = (market.expect("it is there"), private.expect("it is there"));
    // What was asked of the venue at the start is answered by then.
    std::thread::sleep(Duration::from_secs(1));
    let side = || session.side.lock().expect("nobody panics with it");
    let (mut latencies, mut within, mut without) = (Latencies::default(), Latencies::default(), 0);
    for number in 0..BEFORE + MEASURED {
        let frame = carried(side().candle(0));
        while session.told.try_recv().is_ok() {}
        let start = Instant::now();
        market.send(frame).expect("a session that reads");
        match session.told.recv_timeout(Duration::from_millis(100)) {
            Ok(Told::Order(read)) if number >= BEFORE => {
                latencies.push(u64::try_from((read - start).as_nanos()).unwrap_or(u64::MAX));
                let inside = read.saturating_duration_since(session.handle.last_read());
                within.push(u64::try_from(inside.as_nanos()).unwrap_or(u64::MAX));
            }
            // The first frames are a beginning and no end. Later the fill before may be on its way still, where the machine is
            // busy: an order against one that is open is refused.
            Err(_) if number >= BEFORE => without += 1,
            _ => {}
        }
        std::thread::sleep(Duration::from_millis(1));
        for fill in side().fills() {
            private.send(carried(fill)).expect("a session that reads");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(without < MEASURED / 10, "{without} candles without an order: {:?}", session.notes.lock());
    eprintln!("world/{name}: {}", latencies.line());
    eprintln!("world/{name}, from our read on: {}", within.line());
    if std::env::var_os("NOTES").is_some() {
        session.notes.lock().expect("nobody panics with it").iter().take(20).for_each(|note| eprintln!("{note}"));
    }
    session.end();
}

/// What reading one socket and writing another takes where there is nothing between.
fn measure_plain() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback");
    let address = listener.local_addr().expect("it listens");
    let pair = || {
        let near = TcpStream::connect(address).expect("it listens");
        let (far, _) = listener.accept().expect("somebody connects");
        near.set_nodelay(true).and_then(|()| far.set_nodelay(true)).expect("a socket of loopback");
        (near, far)
    };
    let ((mut to, mut reads), (mut writes, mut from)) = (pair(), pair());
    // About what a frame with a candle and a new order take.
    let (mut frame, mut order) = ([0; 170], [0; 420]);
    std::thread::spawn(move || {
        let (mut frame, order) = ([0; 170], [0; 420]);
        while reads.read_exact(&mut frame).is_ok() && writes.write_all(&order).is_ok() {}
    });
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || while from.read_exact(&mut order).is_ok() && tell.send(Instant::now()).is_ok() {});
    let mut latencies = Latencies::default();
    for number in 0..BEFORE + MEASURED {
        frame[0] = u8::try_from(number % 256).unwrap_or(0);
        let start = Instant::now();
        to.write_all(&frame).expect("somebody reads");
        let read: Instant = told.recv().expect("somebody answers");
        if number >= BEFORE {
            latencies.push(u64::try_from((read - start).as_nanos()).unwrap_or(u64::MAX));
        }
        std::thread::sleep(Duration::from_millis(3));
    }
    eprintln!("world/two sockets: {}", latencies.line());
}

fn main() {
    measure_plain();
    let (header, options) = (Header::default(), LiveOptions::default());
    let memory = {
        let header = header.clone();
        move || LiveJournal::create(MemoryDisk::default(), &header, options).expect("a new tape")
    };
    measure("tape in memory", false, memory.clone());
    measure("tape in memory, busy_wait", true, memory);
    let folder = tempfile::tempdir().expect("a folder");
    let disk = OsDisk::new(folder.path());
    let (header, options) = (Header::default(), LiveOptions::default());
    measure("tape on disk", false, move || LiveJournal::create(disk, &header, options).expect("a new tape"));
}
