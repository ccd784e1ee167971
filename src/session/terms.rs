//! What a venue says of the instruments at a first start: steps and minimum of orders, written down in the session's own run file.
use super::links::{Reach, connector, listed, venues};
use crate::failure::Failure;
use crate::run_file::RunFile;
use crate::setup::Setup;
use engine::InstrumentId;
use operations::world::probe::Probe;
use operations::world::{Clock, Driver};
use rust_decimal::Decimal;
use std::time::Duration;
use venues::query::VenueInstrument;
use venues::{Answer, Query, RunId};

const WITHIN: Duration = Duration::from_secs(20);

/// Overrides for what neither the run file nor a record of the catalog says.
pub(super) fn overrides(config: &RunFile, reach: &Reach, run: &RunId, clock: Clock) -> Result<Vec<String>, Failure> {
    let setup = Setup::live(config)?;
    let mut overrides = Vec::new();
    for venue in venues(config) {
        let listed = listed(config, &setup.instruments, &venue);
        let connector = connector(&venue, (reach, false), run, listed.clone(), config)?;
        let driver = Driver::start().map_err(Failure::failed)?;
        let mut probe = Probe::new(driver, clock, connector);
        let answer = probe.ask(&Query::Instruments, WITHIN);
        let terms = match answer {
            Ok(Answer::Instruments(terms)) => terms,
            Ok(_) => return Err(Failure::Failed(format!("{venue} answered something else than its instruments"))),
            Err(why) => {
                let notes = probe.notes.iter().map(|note| format!("\n{note}")).collect::<String>();
                return Err(Failure::Failed(format!("cannot ask {venue} for its instruments: {why}{notes}")));
            }
        };
        for it in &listed {
            let Some(found) = terms.iter().find(|found| found.instrument == it.id) else {
                let text = format!("{venue} has no instrument `{}`", it.symbol);
                return Err(config.error_at(&format!("instruments.{}.symbol", it.id.0), &text).into());
            };
            if !found.tradable {
                let text = format!("{venue} takes no new orders of `{}`", it.symbol);
                return Err(config.error_at(&format!("instruments.{}.symbol", it.id.0), &text).into());
            }
            overrides.extend(of(config, it.id, found));
        }
    }
    Ok(overrides)
}

/// The power of ten that an increment can be written in.
fn step(increment: Decimal) -> String {
    Decimal::new(1, increment.normalize().scale()).to_string()
}

/// The venue's terms, where the run file says nothing.
fn of(config: &RunFile, id: InstrumentId, found: &VenueInstrument) -> Vec<String> {
    let section = &config.instruments[id.index()];
    let key = |name: &str, value: String| format!("instruments.{}.{name}=\"{value}\"", id.0);
    let mut overrides = Vec::new();
    if section.tick.is_none() && section.price_scale.is_none() {
        overrides.push(key("tick", found.tick.normalize().to_string()));
        overrides.push(key("price_step", step(found.told)));
    }
    if section.lot.is_none() && section.quantity_scale.is_none() {
        overrides.push(key("lot", found.lot.normalize().to_string()));
        overrides.push(key("quantity_step", step(found.lot)));
    }
    if section.min_notional.is_none() && !found.min_notional.is_zero() {
        overrides.push(key("min_notional", found.min_notional.normalize().to_string()));
    }
    overrides
}
