//! What the venue's error codes mean for us, of both generations: on 16 October 2025 the futures service renumbered many.
//!
//! A code that nobody knows is never taken for a refusal of an order unless its family is one of refusals: what may have
//! been done is found out, not guessed.
use engine::Reason;

/// What an error means for the request that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// It was not done, and will not be.
    Refused(Reason),
    /// The client order id was used before: evidence that the order was taken.
    Duplicate,
    /// The venue knows no such order: no proof that it never will.
    NoSuchOrder,
    /// The order has ended before.
    Ended,
    /// The same was asked within a second: the first may be under way.
    Repeated,
    /// It may have been done or not.
    Ambiguous,
    /// Too many requests: it was not done.
    Limited,
    /// Our clock is off, or its offset is old: it was not done.
    Clock,
    /// The listen key is unknown or old.
    ListenKey,
    /// The venue will not go on with this key or account.
    Barred,
}

use Class as C;
use Reason::{BuyingPower, Delisted, Invalid, PostOnly, ReduceOnly};

/// Every code that is known: its class and our words for it. In the order of the codes.
pub const TABLE: &[(i64, Class, &str)] = &[
    (80_001, C::Refused(Invalid), "a parameter is wrong"),
    (80_012, C::Ambiguous, "the service is busy"),
    (80_013, C::Refused(Invalid), "too many orders"),
    (80_014, C::Refused(Invalid), "a parameter is wrong, or does not fit the position mode"),
    (80_015, C::Refused(Invalid), "no such stream or symbol"),
    (80_016, C::NoSuchOrder, "no such order"),
    (80_017, C::Refused(ReduceOnly), "no such position"),
    (80_018, C::Ended, "the order has ended"),
    (80_019, C::Refused(Invalid), "the order cannot be changed so"),
    (80_020, C::Refused(Invalid), "forbidden by risk control"),
    (80_403, C::Refused(Invalid), "more than 200 streams on a connection"),
    (100_001, C::Barred, "the signature does not match: check the secret"),
    (100_004, C::Barred, "the key may not do this: check its permissions"),
    (100_202, C::Refused(BuyingPower), "the balance is too small"),
    (100_400, C::Refused(Invalid), "a route or parameter is wrong"),
    (100_401, C::ListenKey, "the listen key has expired"),
    (100_404, C::Refused(Invalid), "no such route"),
    (100_409, C::Limited, "too many requests"),
    (100_410, C::Limited, "too many requests"),
    (100_412, C::Barred, "a signature is missing"),
    (100_413, C::Barred, "the key is missing or wrong"),
    (100_414, C::Barred, "the account is under risk control"),
    (100_419, C::Barred, "this address is not among those that the key allows"),
    (100_421, C::Clock, "the timestamp is outside the window"),
    (100_440, C::Refused(Invalid), "the price is too far from the market"),
    (100_490, C::Refused(Delisted), "the symbol is offline"),
    (100_500, C::Ambiguous, "the service failed"),
    (101_204, C::Refused(BuyingPower), "the margin does not suffice"),
    (101_205, C::Refused(ReduceOnly), "there is no position to close"),
    (101_209, C::Repeated, "repeated within a second, or above the largest position of this leverage"),
    (101_211, C::Refused(Invalid), "the price is outside the band"),
    (101_212, C::Refused(Invalid), "open orders stand in the way"),
    (101_215, C::Refused(PostOnly), "it would have taken liquidity"),
    (101_290, C::Refused(ReduceOnly), "it would not have reduced the position"),
    (101_400, C::Refused(Invalid), "below the minimum, or not tradable"),
    (101_414, C::Refused(Invalid), "the leverage is too high"),
    (101_415, C::Refused(Delisted), "trading in this symbol is suspended"),
    (101_419, C::Refused(Invalid), "too many open orders"),
    (101_424, C::Refused(Invalid), "above the largest position of this account"),
    (101_429, C::Refused(Invalid), "above the largest position of this account"),
    (101_460, C::Refused(Invalid), "the price is beyond the liquidation price"),
    (101_481, C::Duplicate, "the client order id was used before"),
    (101_515, C::Barred, "trading is suspended for this account"),
    (104_103, C::Refused(Invalid), "open orders or positions stand in the way of the mode"),
    (109_201, C::Repeated, "repeated within a second"),
    (109_400, C::Refused(Invalid), "a parameter is wrong, or does not fit the position mode"),
    (109_403, C::Refused(Invalid), "forbidden by risk control"),
    (109_414, C::Refused(Invalid), "a parameter is wrong"),
    (109_420, C::Refused(ReduceOnly), "no such position"),
    (109_421, C::NoSuchOrder, "no such order"),
    (109_422, C::Ended, "the order has ended"),
    (109_423, C::Refused(Invalid), "the order cannot be changed so"),
    (109_424, C::Refused(Invalid), "the order cannot be changed so"),
    (109_425, C::Refused(Delisted), "no such symbol, or it is not available"),
    (109_429, C::Limited, "too many requests"),
    (109_500, C::Ambiguous, "the service failed"),
    (110_400, C::Refused(Invalid), "a parameter is wrong"),
    (110_406, C::Refused(Invalid), "the position has a stop already"),
    (110_407, C::Refused(Invalid), "the position has a target already"),
    (110_411, C::Refused(Invalid), "a stop or target is on the wrong side of the price"),
    (110_412, C::Refused(Invalid), "a stop or target is on the wrong side of the price"),
    (110_413, C::Refused(Invalid), "a stop or target is on the wrong side of the price"),
    (110_414, C::Refused(Invalid), "a stop or target is on the wrong side of the price"),
    (110_425, C::Refused(Invalid), "the price has too many decimal places"),
    (110_500, C::Ambiguous, "the service failed"),
];

/// Families whose other codes are refusals by validation: from, to, both included.
const REFUSALS: [(i64, i64); 4] = [(101_200, 101_499), (109_400, 109_499), (110_400, 110_499), (40_000, 40_099)];

/// The class of a code, and our words for it.
#[must_use]
pub fn class(code: i64) -> (Class, &'static str) {
    if let Ok(place) = TABLE.binary_search_by_key(&code, |(known, ..)| *known) {
        let (_, class, words) = TABLE[place];
        return (class, words);
    }
    if REFUSALS.iter().any(|(from, to)| (*from..=*to).contains(&code)) {
        return (Class::Refused(Invalid), "refused for a reason that is not in our table");
    }
    (Class::Ambiguous, "a code that is not in our table")
}

/// What an HTTP status alone means, where the body says nothing that can be read.
#[must_use]
pub fn of_status(status: u16) -> (Class, &'static str) {
    match status {
        429 => (Class::Limited, "too many requests"),
        418 => (Class::Barred, "this address is banned for a while"),
        403 => (Class::Barred, "a firewall refuses this address, usually for five minutes"),
        401 => (Class::Barred, "the key is not accepted"),
        400 | 404 | 405 | 411 | 413 | 414 | 415 | 422 | 431 => (Class::Refused(Invalid), "the request is not accepted"),
        _ => (Class::Ambiguous, "no answer that can be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_stands_in_order_and_names_each_code_once() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        for (code, expected, words) in TABLE {
            assert_eq!(class(*code), (*expected, *words));
        }
    }

    #[test]
    fn both_generations_of_a_code_mean_the_same() {
        for (old, new) in [
            (80_014, 109_400),
            (80_001, 109_414),
            (80_012, 109_500),
            (80_016, 109_421),
            (80_017, 109_420),
            (80_018, 109_422),
            (80_019, 109_423),
            (80_019, 109_424),
            (80_020, 109_403),
            (100_409, 109_429),
            (100_410, 109_429),
        ] {
            assert_eq!(class(old).0, class(new).0, "{old} {new}");
        }
    }

    #[test]
    fn a_code_that_nobody_knows_is_no_refusal() {
        for (code, expected) in [
            (123, Class::Ambiguous),
            (-1, Class::Ambiguous),
            (101_500, Class::Ambiguous),
            (101_199, Class::Ambiguous),
            (101_200, Class::Refused(Invalid)),
            (101_499, Class::Refused(Invalid)),
            (110_418, Class::Refused(Invalid)),
            (110_499, Class::Refused(Invalid)),
            (110_501, Class::Ambiguous),
            (40_029, Class::Refused(Invalid)),
        ] {
            assert_eq!(class(code).0, expected, "{code}");
        }
    }

    #[test]
    fn a_status_that_may_have_acted_is_ambiguous() {
        for status in [200, 302, 408, 409, 425, 500, 502, 503, 504, 599] {
            assert_eq!(of_status(status).0, Class::Ambiguous, "{status}");
        }
        for (status, expected) in
            [(400, Class::Refused(Invalid)), (401, Class::Barred), (418, Class::Barred), (429, Class::Limited)]
        {
            assert_eq!(of_status(status).0, expected, "{status}");
        }
    }
}
