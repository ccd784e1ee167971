//! `onetape paper`: the run file's strategy against a venue's real stream, with simulated fills.
use crate::failure::Failure;
use crate::venue_arguments::PaperArguments;

/// Says how to build what this build does not have.
#[cfg(not(feature = "service"))]
pub(super) fn execute(_: &PaperArguments, _: bool) -> Result<(), Failure> {
    Err(Failure::Usage(
        "`paper` needs the feature `service`, which this build does not have: `cargo build --release --features service`"
            .into(),
    ))
}

/// Runs the command.
#[cfg(feature = "service")]
pub(super) fn execute(arguments: &PaperArguments, json: bool) -> Result<(), Failure> {
    use crate::run_file::read_instant;
    use crate::session::{SessionWish, paper};
    let instant = |text: &Option<String>| text.as_deref().map(read_instant).transpose().map_err(Failure::Usage);
    let market = match (instant(&arguments.market_time)?, arguments.speed) {
        (None, None) => None,
        (Some(market), speed) => Some((market, speed.unwrap_or(1).saturating_mul(1_000))),
        (None, Some(_)) if arguments.demo => None,
        (None, Some(_)) => {
            let text = "--speed is that of a market that is replayed: say with --market-time what its clock shows";
            return Err(Failure::Usage(text.into()));
        }
    };
    let wish = SessionWish {
        out: arguments.out.clone(),
        endpoints: arguments.endpoint.clone(),
        market,
        demo: arguments.demo.then(|| arguments.speed.unwrap_or(60)),
        until: instant(&arguments.until)?,
        json,
    };
    paper(&arguments.run, &wish)
}
