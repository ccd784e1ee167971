//! By what right a session runs: the promotion record that matches it exactly, or none.
//!
//! `live` needs one. Without it a session may send orders to loopback venues only, when it is said to be a rehearsal. A paper session
//! starts freely, and is evidence only where it runs under a record.
use super::mode::Mode;
use crate::evaluation::version;
use crate::failure::Failure;
use crate::gates_file::gates_of;
use crate::promotion::{refused, registry, registry_at};
use crate::run_file::{LimitValue, RiskSection, RunFile};
use crate::{tape_header, terminal};
use engine::tape::Header;
use evaluations::evidence::Version;
use evaluations::gates::CanaryTerms;
use evaluations::registry::{Holder, Stage};
use rust_decimal::Decimal;

/// The record that a session runs under.
#[derive(Clone, Debug)]
pub(super) struct Authority {
    /// Its digest.
    pub(super) record: String,
    /// The stage that it gives.
    pub(super) stage: Stage,
    /// What a canary may do.
    pub(super) terms: Option<CanaryTerms>,
}

impl Authority {
    /// The authority of a session of a run file as it was given; none for a rehearsal, or for what sends no orders and has none.
    ///
    /// # Errors
    /// When `live` has none: what is missing or what was changed.
    pub(super) fn find(config: &RunFile, mode: Mode, rehearsal: bool) -> Result<Option<Self>, Failure> {
        if rehearsal {
            return Ok(None);
        }
        if mode.sends() {
            return Self::of_live(config).map(Some);
        }
        // Whoever has no registry promotes nothing.
        if !registry_at()?.is_dir() {
            return Ok(None);
        }
        let found = Self::of_paper(config);
        if let Err(error) = &found {
            terminal::say(&format!("note: this session runs under no promotion record, and is no evidence: {error}"));
        }
        Ok(found.ok())
    }

    /// The record of a version that is a canary or live, and not paused.
    fn of_live(config: &RunFile) -> Result<Self, Failure> {
        let line = &config.run.name;
        let hint = "`onetape promote` makes one; `--rehearsal` runs without at a loopback venue";
        let registry = registry().map_err(|error| match error {
            // There is none; one that is not believed says so itself.
            Failure::Usage(error) => Failure::No(format!(
                "`live` needs a promotion record of `{line}`, and there is no registry: {error}; {hint}"
            )),
            other => other,
        })?;
        let (version, digest) = own_version(config)?;
        let mut nearest = None;
        for stage in [Stage::Live, Stage::Canary] {
            let Some(holder) = registry.holder(line, stage).map_err(refused)? else { continue };
            if holder.version.digest() == digest {
                return Self::of_holder(stage, holder, line);
            }
            nearest.get_or_insert((stage, holder));
        }
        match nearest {
            Some((stage, holder)) => Err(changed(line, stage, &version, &holder)),
            None => Err(Failure::No(format!("no version of `{line}` is canary or live; {hint}"))),
        }
    }

    /// The record of the version in a stage, where it may trade.
    fn of_holder(stage: Stage, holder: Holder, line: &str) -> Result<Self, Failure> {
        if let Some(number) = holder.paused {
            let text = "`onetape promotions resume` lets it go on";
            return Err(Failure::No(format!("`{line}` was paused by record {number}: {text}")));
        }
        Ok(Self { record: holder.digest, stage, terms: holder.terms })
    }

    /// The record of a version that is in paper or beyond.
    fn of_paper(config: &RunFile) -> Result<Self, Failure> {
        let (registry, (version, digest)) = (registry()?, own_version(config)?);
        let line = &config.run.name;
        let mut nearest = None;
        for stage in [Stage::Live, Stage::Canary, Stage::Paper] {
            let Some(holder) = registry.holder(line, stage).map_err(refused)? else { continue };
            if holder.version.digest() == digest {
                return Ok(Self { record: holder.digest, stage, terms: None });
            }
            nearest = Some((stage, holder));
        }
        match nearest {
            Some((stage, holder)) => Err(changed(line, stage, &version, &holder)),
            None => Err(Failure::No(format!("no version of `{line}` was promoted"))),
        }
    }

    /// Writes down on a tape what the session runs under.
    pub(super) fn name_in(&self, header: &mut Header) {
        header.set(tape_header::RECORD, self.record.clone());
        header.set(tape_header::STAGE, self.stage.name());
    }

    /// What is laid over the run file of a canary, beside what the file says itself: so much of the account, in so many instruments.
    pub(super) fn overrides(&self, config: &RunFile) -> Result<Vec<String>, Failure> {
        let Some(terms) = &self.terms else { return Ok(Vec::new()) };
        let Some(risk) = &config.risk else { return Ok(Vec::new()) };
        let most = usize::try_from(terms.max_instruments).unwrap_or(usize::MAX);
        if risk.allowed_instruments.len() > most {
            return Err(config
                .error_at(
                    "risk.allowed_instruments",
                    &format!("a canary may trade {most} instruments, and here are {}", risk.allowed_instruments.len()),
                )
                .into());
        }
        // So much of each size; where one has none, nothing beyond that part of the cash is opened.
        let mut overrides = Vec::new();
        for (place, strategy) in config.strategies.iter().enumerate() {
            let section = if strategy.seat.is_some() { format!("strategies.{place}") } else { "strategy".into() };
            let size = strategy.parameter("size").and_then(|it| part_of(&it.to_string(), terms.allocation_pct));
            overrides.extend(size.map(|size| format!("{section}.size=\"{size}\"")));
        }
        let mut most = terms.max_notional;
        if overrides.len() < config.strategies.len() {
            let cash = config.account.cash.to_decimal().unwrap_or_default();
            most = most.min(cash * terms.allocation_pct / Decimal::ONE_HUNDRED);
            overrides.push("risk.oversize=\"clip\"".into());
        }
        let least = own_limits(risk, "max_gross_exposure").fold(most, Decimal::min).normalize();
        // Nothing that reduces is limited: what was bought has to be sold whole, whatever it is worth by then.
        overrides.push(format!("risk.max_gross_exposure=\"{least} {}\"", config.account.currency));
        Ok(overrides)
    }
}

/// A part of a size: of units, of a share of the equity, or of an amount of money.
fn part_of(size: &str, percent: Decimal) -> Option<String> {
    let text = size.trim_matches('"').trim();
    let number = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).map_or(text, |end| &text[..end]);
    let scaled = Decimal::from_str_exact(number).ok()? * percent / Decimal::ONE_HUNDRED;
    Some(format!("{}{}", scaled.normalize(), &text[number.len()..]))
}

/// What the run file says of a limit, for all instruments and for single ones.
fn own_limits<'a>(risk: &'a RiskSection, key: &'a str) -> impl Iterator<Item = Decimal> + 'a {
    let values = risk.limits.iter().filter(move |line| line.key == key).flat_map(|line| line.values.iter());
    values.filter_map(|(_, value)| match value {
        LimitValue::Money(money, _) => money.to_decimal(),
        _ => None,
    })
}

/// The version that a run file describes now, and its digest.
fn own_version(config: &RunFile) -> Result<(Version, String), Failure> {
    let (gates, _) = gates_of(config)?;
    let version = version(config, &gates)?;
    let digest = version.digest();
    Ok((version, digest))
}

/// Says what was changed since the promotion.
fn changed(line: &str, stage: Stage, version: &Version, holder: &Holder) -> Failure {
    let changes: Vec<String> = version.changes(&holder.version).iter().map(ToString::to_string).collect();
    Failure::No(format!(
        "this is not the version of `{line}` that is {stage} by record {}; changed: {}",
        holder.record.body.number,
        changes.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_size_keeps_its_kind() {
        let check = |size: &str, expected: Option<&str>| {
            assert_eq!(part_of(size, Decimal::from(5)).as_deref(), expected, "{size}");
        };
        check("\"0.5\"", Some("0.025"));
        check("\"25%\"", Some("1.25%"));
        check("\"5000 USD\"", Some("250 USD"));
        check("2", Some("0.1"));
        check("\"all\"", None);
    }
}
