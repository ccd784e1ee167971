//! Each kept case through the parsers below and through the whole connector that would hear it.
use super::Target;
use super::session::{Session, Venue};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use venues::Socket;
use venues::inflate::Inflater;

const STATUSES: [u16; 8] = [200, 207, 400, 403, 404, 422, 429, 503];

pub(super) fn gzip(message: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(message).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

/// One case of a target; `place` chooses what is not in the case.
pub(super) fn replay(target: Target, place: usize, case: &[u8]) {
    match target {
        Target::AlpacaAnswers => answers(Venue::Alpaca, place, case),
        Target::BingxAnswers => answers(Venue::Bingx, place, case),
        Target::AlpacaMarket | Target::AlpacaUpdates | Target::AlpacaMsgpack => {
            let _ = venues::msgpack::to_json(case);
            frames(Venue::Alpaca, case);
        }
        Target::BingxMarket | Target::BingxPrivate => {
            frames(Venue::Bingx, case);
            frames(Venue::Bingx, &gzip(case));
        }
        Target::BingxGzip => {
            let _ = Inflater::default().open(case).map(<[u8]>::len);
            frames(Venue::Bingx, case);
        }
        Target::Numbers => numbers(case),
    }
}

fn answers(venue: Venue, place: usize, case: &[u8]) {
    // Good news first, so that parsers are reached, then one of the others.
    for status in [200, STATUSES[place % STATUSES.len()]] {
        let mut session = Session::new(venue);
        for _ in 0..3 {
            session.answer(status, case);
            session.pass();
        }
    }
}

fn frames(venue: Venue, case: &[u8]) {
    let mut session = Session::new(venue);
    for socket in [Socket::Market(0), Socket::Private, Socket::Market(7)] {
        session.hear(socket, case);
        session.pass();
    }
}

fn numbers(case: &[u8]) {
    let text = String::from_utf8_lossy(case);
    let _ = venues::numbers::decimal(&text);
    for scale in [0, 4, 9, 18, 255] {
        let _ = (venues::numbers::steps(&text, scale), venues::numbers::steps_down(&text, scale));
    }
    let _ = (venues::instant::instant(&text), venues::instant::in_new_york(&text), venues::RunId::new(&text).is_ok());
    assert!(!venues::text::shown(&text).chars().any(char::is_control));
}

#[test]
fn no_case_that_is_kept_does_harm() {
    for target in Target::ALL {
        let cases = target.cases();
        assert!(cases.len() >= 80, "{target:?}: {}", cases.len());
        for (place, case) in cases.iter().enumerate() {
            replay(target, place, case);
        }
    }
}
