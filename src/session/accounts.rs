//! What a venue says of itself and of the account before a start.
use super::preflight::{Row, State};
use crate::run_file::RunFile;
use operations::world::probe::Probe;
use std::time::Duration;
use venues::query::{Permissions, Stands};
use venues::{Answer, Listed, Query, Unanswered};

const WITHIN: Duration = Duration::from_secs(10);
/// Clocks further apart are refused by venues, or will be soon.
const SKEW_FAILS_MS: i64 = 2_000;
/// Clocks further apart should be looked at.
const SKEW_WARNS_MS: i64 = 250;

/// Everything that is asked of a venue.
pub(super) fn account_rows(
    probe: &mut Probe,
    config: &RunFile,
    listed: &[Listed],
    (venue, has_keys): (&str, bool),
    (is_new, is_replayed): (bool, bool),
) -> Vec<Row> {
    let about = |what: &str| format!("{venue}: {what}");
    let failed = |what: &str, why: &Unanswered, todo: &str| {
        Row::new(State::Fail, format!("{venue}: {what}"), why.to_string(), todo)
    };
    let mut rows = Vec::new();
    match probe.ask(&Query::Time, WITHIN) {
        Err(why) => {
            rows.push(failed("reachable", &why, "look at the network and at --endpoint"));
            return rows;
        }
        Ok(_) => rows.push(Row::fine(about("reachable"), "it answers")),
    }
    let ahead = probe.ahead.filter(|_| !is_replayed);
    rows.extend(ahead.map(|(ahead, within)| skew(&about("clock"), ahead / 1_000_000, within / 1_000_000)));
    rows.extend(match probe.ask(&Query::Instruments, WITHIN) {
        Ok(Answer::Instruments(terms)) => instruments(&terms, listed, &about("instruments")),
        Ok(_) => Vec::new(),
        Err(why) => vec![failed("instruments", &why, "try again; without them nothing is traded")],
    });
    if !has_keys {
        return rows;
    }
    rows.extend(match probe.ask(&Query::Permissions, WITHIN) {
        Ok(Answer::Permissions(may)) => permissions(may, &about("permissions")),
        Ok(_) => Vec::new(),
        Err(Unanswered::Unsupported) => {
            vec![Row::new(State::Warn, about("permissions"), "it does not say", "look at the key on its site")]
        }
        Err(why) => vec![failed("permissions", &why, "is it the key of this account, and of this host?")],
    });
    rows.extend(match probe.ask(&Query::Balances, WITHIN) {
        // Later its money has come and gone by trading, and what is usable depends on what is held.
        Ok(Answer::Balances(all)) if is_new => vec![balance(&all, config, &about("balance"))],
        Ok(_) => Vec::new(),
        Err(why) => vec![failed("balance", &why, "try again")],
    });
    rows.extend(holdings(probe, listed, venue, is_new));
    rows
}

/// Open orders and positions in what the run trades.
fn holdings(probe: &mut Probe, listed: &[Listed], venue: &str, is_new: bool) -> Vec<Row> {
    let about = |what: &str| format!("{venue}: {what}");
    let failed = |what: &str, why: &Unanswered| Row::new(State::Fail, about(what), why.to_string(), "try again");
    let mut rows = Vec::new();
    let held = |id| listed.iter().any(|it| Some(it.id) == id);
    rows.extend(match probe.ask(&Query::OpenOrders, WITHIN) {
        Ok(Answer::OpenOrders(all)) => {
            let open = all.iter().filter(|it| held(it.instrument) && it.stands == Stands::Open).count();
            vec![empty(open, is_new, (&about("open orders"), "orders", "cancel them at the venue"))]
        }
        Ok(_) => Vec::new(),
        Err(why) => vec![failed("open orders", &why)],
    });
    rows.extend(match probe.ask(&Query::Positions, WITHIN) {
        Ok(Answer::Positions(all)) => {
            let open = all.iter().filter(|it| held(it.instrument) && !it.quantity.is_zero()).count();
            vec![empty(open, is_new, (&about("positions"), "positions", "close them at the venue"))]
        }
        Ok(_) => Vec::new(),
        Err(why) => vec![failed("positions", &why)],
    });
    rows
}

fn skew(about: &str, ahead_ms: i64, within_ms: i64) -> Row {
    let found = format!("the venue's is {ahead_ms} ms ahead of ours, give or take {within_ms}");
    let apart = ahead_ms.abs() - within_ms;
    match apart {
        _ if apart > SKEW_FAILS_MS => Row::new(State::Fail, about, found, "set this machine's clock: chrony or ntpd"),
        _ if apart > SKEW_WARNS_MS => Row::new(State::Warn, about, found, "look at this machine's clock"),
        _ => Row::fine(about, found),
    }
}

fn instruments(terms: &[venues::query::VenueInstrument], listed: &[Listed], about: &str) -> Vec<Row> {
    let one = |it: &Listed| match terms.iter().find(|found| found.instrument == it.id) {
        None => Row::new(
            State::Fail,
            about,
            format!("`{}` is not known there", it.symbol),
            "correct `live` of the instrument",
        ),
        Some(found) if !found.tradable => Row::new(
            State::Fail,
            about,
            format!("`{}` takes no new orders", it.symbol),
            "wait, or trade something else",
        ),
        Some(found) => {
            let (tick, lot) = (found.tick.normalize(), found.lot.normalize());
            Row::fine(
                about,
                format!("{}: tick {tick}, lot {lot}, at least {}", it.symbol, found.min_notional.normalize()),
            )
        }
    };
    listed.iter().map(one).collect()
}

fn permissions(may: Permissions, about: &str) -> Vec<Row> {
    let mut rows = vec![match may.trade {
        Some(true) => Row::fine(about, "the key may trade"),
        Some(false) => Row::new(State::Fail, about, "the key may not trade", "give it that right, or use another"),
        None => {
            Row::new(State::Warn, about, "it does not say whether the key may trade", "look at the key on its site")
        }
    }];
    rows.extend(match may.withdraw {
        Some(false) => None,
        Some(true) => Some(Row::new(State::Warn, about, "the key may take money out", "use one that may only trade")),
        None => Some(Row::fine(about, "it does not say whether the key may take money out")),
    });
    rows
}

fn balance(all: &[venues::query::Balance], config: &RunFile, about: &str) -> Row {
    let currency = config.account.currency.to_string();
    // A venue's demo has a currency of its own, which stands for this one.
    let there = all.iter().find(|it| it.asset == currency).or(match all {
        [only] => Some(only),
        _ => None,
    });
    let Some(there) = there else {
        return Row::new(State::Fail, about, format!("no {currency} there"), "fund the account");
    };
    let wanted = config.account.cash.to_decimal().unwrap_or_default().normalize();
    let free = there.available.normalize();
    let found = format!("usable: {free} {}, wanted: {wanted} {currency}", there.asset);
    if free < wanted {
        return Row::new(State::Fail, about, found, "lower `account.cash`, or fund the account");
    }
    Row::fine(about, found)
}

fn empty(open: usize, is_new: bool, (about, what, todo): (&str, &str, &str)) -> Row {
    match (open, is_new) {
        (0, _) => Row::fine(about, "none"),
        (open, true) => {
            Row::new(State::Fail, about, format!("there are {open} {what}, and a session begins with none"), todo)
        }
        (open, false) => Row::fine(about, format!("there are {open} {what}, which the start compares with the tape")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_apart_are_said_to_be() {
        for (ahead_ms, within_ms, state) in [
            (0, 5, State::Fine),
            (250, 0, State::Fine),
            (-255, 5, State::Fine),
            (251, 0, State::Warn),
            (-2_005, 5, State::Warn),
            (2_006, 5, State::Fail),
            (-60_000, 100, State::Fail),
            (60_000, 60_000, State::Fine), // so slow an answer says nothing
        ] {
            assert_eq!(skew("clock", ahead_ms, within_ms).state, state, "{ahead_ms} within {within_ms}");
        }
    }
}
