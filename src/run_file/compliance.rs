//! `[compliance]`: whether the watch on our own flow looks on, and from where on it finds something suspicious.
//!
//! The watch decides nothing, so that nothing here belongs to what binds a run: the same run with other thresholds has the same
//! digest. Closes come from trading calendars and stand in no file.
use super::error::Complaint;
use super::instruments::InstrumentSection;
use super::limit::{duration, duration_text};
use super::node::Node;
use super::risk::check_name;
use super::section::Section;
use super::written::{Written, list, quoted};
use compliance::WatchConfig;

/// What the watch is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComplianceSection {
    /// Whether it looks on without being asked on the command line.
    pub watch: bool,
    /// What may not be traded, as `venue:symbol`; `None` for what `[risk]` restricts.
    pub restricted_instruments: Option<Vec<String>>,
    /// Its thresholds; restrictions and closes are not filled in.
    pub thresholds: WatchConfig,
}

/// Where a threshold is kept.
enum Slot<'a> {
    Signed(&'a mut i64),
    Size(&'a mut usize),
    Wide(&'a mut u64),
}

impl Slot<'_> {
    fn get(&self) -> i64 {
        match self {
            Self::Signed(value) => **value,
            Self::Size(value) => i64::try_from(**value).unwrap_or(i64::MAX),
            Self::Wide(value) => i64::try_from(**value).unwrap_or(i64::MAX),
        }
    }

    fn set(self, value: i64) {
        match self {
            Self::Signed(slot) => *slot = value,
            Self::Size(slot) => *slot = usize::try_from(value).unwrap_or_default(),
            Self::Wide(slot) => *slot = u64::try_from(value).unwrap_or_default(),
        }
    }
}

/// In which unit a threshold is written.
#[derive(Clone, Copy)]
enum Unit {
    /// A length of time.
    Time,
    /// A whole number: per cent, basis points or a count, as its key says.
    Whole(i64, i64),
}

const MANY: i64 = 1_000_000;
const ABOVE: Unit = Unit::Whole(1, MANY);
const FROM_ZERO: Unit = Unit::Whole(0, MANY);
const SHARE: Unit = Unit::Whole(1, 100);

type Threshold = (&'static str, Unit, fn(&mut WatchConfig) -> Slot<'_>);

/// Every threshold, by the detector that it is of.
const THRESHOLDS: [Threshold; 26] = [
    ("cooldown", Unit::Time, |c| Slot::Signed(&mut c.cooldown_ns)),
    ("wash_window", Unit::Time, |c| Slot::Signed(&mut c.wash.window_ns)),
    ("wash_matched_pct", SHARE, |c| Slot::Signed(&mut c.wash.matched_pct)),
    ("layering_window", Unit::Time, |c| Slot::Signed(&mut c.layering.window_ns)),
    ("layering_levels_min", ABOVE, |c| Slot::Size(&mut c.layering.levels_min)),
    ("layering_layers_pct", ABOVE, |c| Slot::Signed(&mut c.layering.layers_pct)),
    ("layering_spoof_pct", ABOVE, |c| Slot::Signed(&mut c.layering.spoof_pct)),
    ("layering_cancelled_pct", SHARE, |c| Slot::Signed(&mut c.layering.cancelled_pct)),
    ("marking_close_window", Unit::Time, |c| Slot::Signed(&mut c.marking_close.window_ns)),
    ("marking_close_settle", Unit::Time, |c| Slot::Signed(&mut c.marking_close.settle_ns)),
    ("marking_close_share_pct", SHARE, |c| Slot::Signed(&mut c.marking_close.share_pct)),
    ("marking_close_impact_bps", FROM_ZERO, |c| Slot::Signed(&mut c.marking_close.impact_bps)),
    ("quote_stuffing_window", Unit::Time, |c| Slot::Signed(&mut c.quote_stuffing.window_ns)),
    ("quote_stuffing_messages_min", ABOVE, |c| Slot::Size(&mut c.quote_stuffing.messages_min)),
    ("quote_stuffing_fills_pct", Unit::Whole(0, 100), |c| Slot::Signed(&mut c.quote_stuffing.fills_pct)),
    ("momentum_ignition_burst", Unit::Time, |c| Slot::Signed(&mut c.momentum_ignition.burst_ns)),
    ("momentum_ignition_orders_min", ABOVE, |c| Slot::Size(&mut c.momentum_ignition.orders_min)),
    ("momentum_ignition_move_bps", FROM_ZERO, |c| Slot::Signed(&mut c.momentum_ignition.move_bps)),
    ("momentum_ignition_reversal", Unit::Time, |c| Slot::Signed(&mut c.momentum_ignition.reversal_ns)),
    ("momentum_ignition_reversal_pct", ABOVE, |c| Slot::Signed(&mut c.momentum_ignition.reversal_pct)),
    ("ramping_window", Unit::Time, |c| Slot::Signed(&mut c.ramping.window_ns)),
    ("ramping_steps_min", ABOVE, |c| Slot::Size(&mut c.ramping.steps_min)),
    ("ramping_move_bps", FROM_ZERO, |c| Slot::Signed(&mut c.ramping.move_bps)),
    ("ramping_share_pct", SHARE, |c| Slot::Signed(&mut c.ramping.share_pct)),
    ("order_to_trade_ratio_max", FROM_ZERO, |c| Slot::Wide(&mut c.order_to_trade.ratio_max)),
    ("order_to_trade_messages_min", ABOVE, |c| Slot::Wide(&mut c.order_to_trade.messages_min)),
];

/// Reads the section, if there is one. `instruments` is `None` when they could not be read.
pub(super) fn read(
    mut section: Section<'_>,
    instruments: Option<&[InstrumentSection]>,
) -> Option<Option<ComplianceSection>> {
    if section.place().is_none() {
        return Some(None);
    }
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let watch = section.or("watch", false, Node::switch);
    let restricted = section.optional("restricted_instruments", |node| listed(node, names.as_deref()));
    let mut thresholds = WatchConfig::default();
    let mut whole = true;
    for (key, unit, slot) in THRESHOLDS {
        match section.optional(key, |node| unit.read(node)) {
            Some(Some(value)) => slot(&mut thresholds).set(value),
            Some(None) => {}
            None => whole = false,
        }
    }
    section.close();
    let restricted_instruments = restricted?;
    Some(Some(ComplianceSection { watch: watch?, restricted_instruments, thresholds })).filter(|_| whole)
}

impl Unit {
    fn read(self, node: &Node) -> Result<i64, Complaint> {
        match self {
            Self::Time => {
                let expected = "a length of time as in \"500ms\", \"30s\", \"5m\" or \"4h\"";
                let no = || node.complain("this is no length of time").expected(expected);
                duration(node.text(expected)?).ok_or_else(no)
            }
            Self::Whole(least, most) => {
                let expected = format!("a whole number from {least} to {most}");
                let value = node.whole(most).map_err(|complaint| complaint.expected(expected.as_str()))?;
                let low = || node.complain("this number is out of range").expected(expected.as_str());
                Some(value).filter(|value| *value >= least).ok_or_else(low)
            }
        }
    }

    fn toml(self, value: i64) -> String {
        match self {
            Self::Time => quoted(&duration_text(value)),
            Self::Whole(..) => value.to_string(),
        }
    }
}

/// A list of instruments of the run, each once. An empty one is a restriction that was lifted.
fn listed(node: &Node, names: Option<&[String]>) -> Result<Vec<String>, Complaint> {
    let mut listed: Vec<String> = Vec::new();
    for item in node.list("a list of instruments as in [\"coinbase:BTCUSD\"]")? {
        let name = item.text("an instrument as in \"coinbase:BTCUSD\"")?;
        check_name(item, name, names)?;
        if listed.iter().any(|known| known == name) {
            return Err(item.complain(format!("`{name}` stands twice")));
        }
        listed.push(name.to_string());
    }
    Ok(listed)
}

pub(super) fn written(it: &ComplianceSection) -> Written {
    let names = |all: &Vec<String>| list(all.iter().map(|name| quoted(name)));
    let mut written = Written::new("compliance")
        .literal("watch", it.watch)
        .maybe_literal("restricted_instruments", it.restricted_instruments.as_ref().map(names));
    let (mut own, mut default) = (it.thresholds.clone(), WatchConfig::default());
    for (key, unit, slot) in THRESHOLDS {
        let value = slot(&mut own).get();
        let set = value != slot(&mut default).get();
        written = written.maybe_literal(key, set.then(|| unit.toml(value)));
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_threshold_of_the_watch_has_its_key_and_its_bounds() {
        let known = super::super::known::section("compliance").expect("a section").keys;
        for (key, unit, slot) in THRESHOLDS {
            assert!(known.contains(&key), "{key}");
            let mut config = WatchConfig::default();
            let default = slot(&mut config).get();
            let inside = match unit {
                Unit::Time => duration(&duration_text(default)) == Some(default),
                Unit::Whole(least, most) => (least..=most).contains(&default),
            };
            assert!(inside, "the default of {key}, {default}, can be written");
            slot(&mut config).set(default + 1);
            assert_eq!(slot(&mut config).get(), default + 1, "{key}");
            assert_ne!(config, WatchConfig::default(), "{key} is kept somewhere");
        }
        assert_eq!(known.len(), THRESHOLDS.len() + 2, "`watch` and the list are no thresholds");
    }
}
