//! What clients can set about their account.
use super::exact;
use super::node::Node;
use super::refusal::Refusal;
use serde::Deserialize;

/// The settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) no_shorting: bool,
    /// New orders are refused.
    pub(crate) suspend_trade: bool,
    fractional_trading: bool,
    max_margin_multiplier: String,
    trade_confirm_email: String,
    ptp_no_exception_entry: bool,
    max_options_trading_level: i64,
    dtbp_check: String,
    pdt_check: String,
}

/// The body of `PATCH /v2/account/configurations`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    no_shorting: Option<bool>,
    suspend_trade: Option<bool>,
    fractional_trading: Option<bool>,
    max_margin_multiplier: Option<String>,
    trade_confirm_email: Option<String>,
    ptp_no_exception_entry: Option<bool>,
    max_options_trading_level: Option<i64>,
    dtbp_check: Option<String>,
    pdt_check: Option<String>,
}

impl Configuration {
    pub(crate) fn new(no_shorting: bool) -> Self {
        Self {
            no_shorting,
            suspend_trade: false,
            fractional_trading: true,
            max_margin_multiplier: "4".into(),
            trade_confirm_email: "all".into(),
            ptp_no_exception_entry: false,
            max_options_trading_level: 0,
            dtbp_check: "entry".into(),
            pdt_check: "entry".into(),
        }
    }

    /// Takes what a client sets.
    ///
    /// # Errors
    /// 400 for a body of the wrong shape, 422 for a word that no setting has.
    pub(crate) fn set(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let body: Body = exact::object(body)?;
        for (word, known, field) in [
            (&body.max_margin_multiplier, &["1", "2", "4"][..], "max_margin_multiplier"),
            (&body.trade_confirm_email, &["all", "none"][..], "trade_confirm_email"),
            (&body.dtbp_check, &["both", "entry", "exit"][..], "dtbp_check"),
            (&body.pdt_check, &["both", "entry", "exit"][..], "pdt_check"),
        ] {
            if word.as_ref().is_some_and(|word| !known.contains(&word.as_str())) {
                return Err(Refusal::field(format!("invalid {field}")));
            }
        }
        let level = body.max_options_trading_level;
        if level.is_some_and(|level| !(0..=3).contains(&level)) {
            return Err(Refusal::field("invalid max_options_trading_level"));
        }
        set(&mut self.no_shorting, body.no_shorting);
        set(&mut self.suspend_trade, body.suspend_trade);
        set(&mut self.fractional_trading, body.fractional_trading);
        set(&mut self.max_margin_multiplier, body.max_margin_multiplier);
        set(&mut self.trade_confirm_email, body.trade_confirm_email);
        set(&mut self.ptp_no_exception_entry, body.ptp_no_exception_entry);
        set(&mut self.max_options_trading_level, level);
        set(&mut self.dtbp_check, body.dtbp_check);
        set(&mut self.pdt_check, body.pdt_check);
        Ok(())
    }

    /// As the venue shows it; the two fields of the day trader rule only where `day_trader` says so.
    pub(crate) fn node(&self, day_trader: DayTrader) -> Node {
        let node = Node::map([
            ("no_shorting", self.no_shorting.into()),
            ("suspend_trade", self.suspend_trade.into()),
            ("fractional_trading", self.fractional_trading.into()),
            ("max_margin_multiplier", self.max_margin_multiplier.clone().into()),
            ("trade_confirm_email", self.trade_confirm_email.clone().into()),
            ("ptp_no_exception_entry", self.ptp_no_exception_entry.into()),
            ("max_options_trading_level", self.max_options_trading_level.into()),
        ]);
        match day_trader {
            DayTrader::Hidden => node,
            DayTrader::Shown => {
                node.with("dtbp_check", self.dtbp_check.clone().into()).with("pdt_check", self.pdt_check.clone().into())
            }
        }
    }
}

/// Whether the fields of the pattern day trader rule are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DayTrader {
    Shown,
    Hidden,
}

fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_set_one_by_one_and_only_to_words_they_have() {
        let mut it = Configuration::new(false);
        assert_eq!(it.set(br#"{"no_shorting":true,"trade_confirm_email":"none"}"#), Ok(()));
        let shown = it.node(DayTrader::Hidden).json();
        assert!(it.no_shorting && shown.contains("\"trade_confirm_email\":\"none\"") && !shown.contains("pdt_check"));
        assert_eq!(it.set(br#"{"pdt_check":"never"}"#).map_err(|it| it.status), Err(422));
        assert_eq!(it.set(br#"{"no_shorting":"yes"}"#).map_err(|it| it.status), Err(400));
        assert!(it.node(DayTrader::Shown).json().contains("\"pdt_check\":\"entry\""));
    }
}
