//! Every section and key of the run file, in the order in which it is written back.
//!
//! The one list that unknown keys are compared with; a section cannot read a key that does not stand here.

/// A section and its keys.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    pub(super) keys: &'static [&'static str],
    /// Whether it takes keys of others too: a strategy knows its own parameters.
    pub(super) open: bool,
}

const fn closed(name: &'static str, keys: &'static [&'static str]) -> Known {
    Known { name, keys, open: false }
}

/// All sections.
pub(super) const SECTIONS: [Known; 14] = [
    closed("run", &["name", "seed"]),
    closed("data", &["catalog", "from", "to", "warmup_candles", "actions"]),
    closed(
        "instruments",
        &[
            "venue",
            "symbol",
            "interval",
            "detail",
            "tick",
            "lot",
            "min_notional",
            "multiplier",
            "quote",
            "base",
            "trade",
            "price_step",
            "quantity_step",
            "maker_fee_bps",
            "taker_fee_bps",
            "fee_per_unit",
            "min_fee",
            "margin",
            "borrow_pct",
            "calendar",
            "session",
            "live",
        ],
    ),
    closed("account", &["cash", "credit_interest_pct", "debit_interest_pct", "leverage", "margin_mode", "pegs"]),
    Known { name: "strategy", keys: &["kind"], open: true },
    Known { name: "learning", keys: &super::learning::OWN, open: true },
    closed("evaluation", &super::evaluation::KEYS),
    Known { name: "strategies", keys: &["name", "kind", "share_pct", "instruments"], open: true },
    closed(
        "execution",
        &[
            "fill",
            "path",
            "touch",
            "queue",
            "taker_fee_bps",
            "maker_fee_bps",
            "fee_tiers",
            "fee_per_unit",
            "min_fee",
            "slippage_bps",
            "spread_bps",
            "impact",
            "impact_bps",
            "liquidation_fee_bps",
            "participation_pct",
            "latency_ms",
            "feed_latency_ms",
            "reply_latency_ms",
        ],
    ),
    closed(
        "risk",
        &[
            "allowed_instruments",
            "restricted_instruments",
            "price_collar_pct",
            "moving_collar_pct",
            "moving_collar_candles",
            "max_order_quantity",
            "max_order_notional",
            "max_position",
            "max_position_notional",
            "max_gross_exposure",
            "max_net_exposure",
            "max_concentration_pct",
            "max_leverage",
            "max_orders",
            "max_messages",
            "max_repeats",
            "duplicate_window",
            "self_cross",
            "reduce_only",
            "max_data_age",
            "max_data_gap",
            "max_clock_skew",
            "daily_loss_limit_pct",
            "emergency_stop_pct",
            "emergency_flatten",
            "breaker_losses",
            "breaker_loss_pct",
            "breaker_cooldown",
            "max_var_pct",
            "max_expected_shortfall_pct",
            "var_method",
            "var_confidence_pct",
            "var_days",
            "oversize",
            "shocks",
        ],
    ),
    closed(
        "operators",
        &["at", "who", "approver", "why", "limit", "instrument", "to", "reset", "strategy", "trading", "alert", "step"],
    ),
    closed(
        "compliance",
        &[
            "watch",
            "restricted_instruments",
            "cooldown",
            "wash_window",
            "wash_matched_pct",
            "layering_window",
            "layering_levels_min",
            "layering_layers_pct",
            "layering_spoof_pct",
            "layering_cancelled_pct",
            "marking_close_window",
            "marking_close_settle",
            "marking_close_share_pct",
            "marking_close_impact_bps",
            "quote_stuffing_window",
            "quote_stuffing_messages_min",
            "quote_stuffing_fills_pct",
            "momentum_ignition_burst",
            "momentum_ignition_orders_min",
            "momentum_ignition_move_bps",
            "momentum_ignition_reversal",
            "momentum_ignition_reversal_pct",
            "ramping_window",
            "ramping_steps_min",
            "ramping_move_bps",
            "ramping_share_pct",
            "order_to_trade_ratio_max",
            "order_to_trade_messages_min",
        ],
    ),
    closed(
        "reporting",
        &[
            "firm",
            "submitting_entity",
            "responsible_entity",
            "decision_maker_id",
            "algo_id",
            "isin",
            "cfi",
            "upi",
            "venue_mic",
            "counterparty_2",
            "effective_date",
            "maturity_date",
            "clearing",
            "collateral",
        ],
    ),
    closed(
        "live",
        &[
            "heartbeat",
            "max_silence",
            "on_stop",
            "stop_within",
            "position_mode",
            "market_sockets",
            "fills",
            "busy_wait",
            "kill_timer",
        ],
    ),
];

/// The section of this name.
pub(super) fn section(name: &str) -> Option<&'static Known> {
    SECTIONS.iter().find(|section| section.name == name)
}

/// How a section is written: `[run]`, `[[instruments]]`.
pub(super) fn heading(section: &str) -> String {
    if matches!(section, "instruments" | "strategies" | "operators") {
        format!("[[{section}]]")
    } else {
        format!("[{section}]")
    }
}

/// The candidate that was most likely meant, if any is close.
pub(super) fn nearest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // A key may be as long as the file; nothing that long was meant to be one of ours.
    if written.len() > 64 {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let written = plain(written);
    let distance = |candidate: &str| strsim::osa_distance(&written, &plain(candidate));
    let closest = candidates.into_iter().map(|candidate| (distance(candidate), candidate)).min_by_key(|(d, _)| *d)?;
    (closest.0 <= closest.1.len().max(written.len()).div_ceil(3)).then_some(closest.1)
}

/// What to do about a key that nobody knows in `section`.
pub(super) fn advice(key: &str, section: &Known) -> Option<String> {
    if looks_secret(key) {
        return Some(
            "secrets never stand in a run file: put them into a credentials file that only you can read".into(),
        );
    }
    if let Some(other) = SECTIONS.iter().find(|other| other.name != section.name && other.keys.contains(&key)) {
        return Some(format!("`{key}` belongs to {}", heading(other.name)));
    }
    nearest(key, section.keys.iter().copied()).map(|key| format!("did you mean `{key}`?"))
}

/// Whether a key sounds as if its value had better not be repeated on a terminal or in a log.
pub(super) fn looks_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    ["secret", "password", "passphrase", "token", "api_key", "apikey", "api-key", "private"]
        .iter()
        .any(|word| key.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_is_close_or_not_offered() {
        let check = |written: &str, expected: Option<&str>| {
            let keys = ["name", "seed", "taker_fee_bps", "maker_fee_bps"];
            assert_eq!(nearest(written, keys), expected, "{written}");
        };
        check("sed", Some("seed"));
        check("Name", Some("name"));
        check("taker-fee-bps", Some("taker_fee_bps"));
        check("taker_fee", Some("taker_fee_bps"));
        check("warmup", None);
        check("", None);
        check(&"n".repeat(100_000), None);
    }
}
