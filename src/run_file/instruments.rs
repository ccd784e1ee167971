//! `[[instruments]]`: what is traded, in the order that numbers the instruments of the run.
//!
//! What is absent here comes from the catalog's dated records; what stands here wins over them.
use super::amount;
use super::costs::{self, Charges};
use super::decimal;
use super::error::Complaint;
use super::known::{self, Known};
use super::live::{self, LiveListing};
use super::node::{Entry, Node, Value};
use super::rate::{self, Bounds};
use super::role::{self, Role};
use super::section::{Section, find};
use super::session_length;
use super::source::Place;
use super::written::Written;
use datasets::{CalendarError, CalendarName};
use engine::{Instrument, Interval, Money};
use rust_decimal::Decimal;

/// One instrument of the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstrumentSection {
    /// Where it trades, as the catalog calls it.
    pub venue: String,
    /// Its symbol there.
    pub symbol: String,
    /// The length of its candles.
    pub interval: Interval,
    /// What its orders meet, where that is not its candles.
    pub detail: Option<DetailSetting>,
    /// Smallest increment of a price; a multiple of the price step, if both are given.
    pub tick: Option<Decimal>,
    /// Smallest increment of a quantity; a multiple of the quantity step, if both are given.
    pub lot: Option<Decimal>,
    /// Smallest notional of an order, in the quote currency.
    pub min_notional: Option<Money>,
    /// Units in one contract; above zero with at most six decimal places.
    pub multiplier: Option<Decimal>,
    /// What it is to the account: its currencies, and whether it is traded.
    pub role: Role,
    /// Prices are counted in steps of `10^-price_scale`; in the file `price_step = "0.01"`.
    pub price_scale: Option<u8>,
    /// Quantities are counted in steps of `10^-quantity_scale`; in the file `quantity_step = "0.001"`.
    pub quantity_scale: Option<u8>,
    /// Fee for giving liquidity in basis points; below zero it is a rebate.
    pub maker_fee_bps: Option<Decimal>,
    /// Fee for taking liquidity in basis points.
    pub taker_fee_bps: Option<Decimal>,
    /// Fees that are amounts.
    pub charges: Charges,
    /// Share of the notional that a position ties up; above 0, up to 1.
    pub margin: Option<Decimal>,
    /// What borrowing it for a short costs, per cent a year.
    pub borrow_pct: Option<Decimal>,
    /// When it trades.
    pub calendar: Option<CalendarName>,
    /// Length of a session: a day's candle is known that long after its open.
    pub session: Option<Interval>,
    /// Where it is traded in a session, where that is not its own venue under its own symbol.
    pub live: Option<LiveListing>,
}

/// What the orders of an instrument meet in the place of its candles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DetailSetting {
    /// Smaller candles.
    Candles(Interval),
    /// Trades and quotes.
    Ticks,
}

impl InstrumentSection {
    /// `venue:symbol`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}:{}", self.venue, self.symbol)
    }

    /// Where it is traded in a session.
    #[must_use]
    pub fn live_listing(&self) -> LiveListing {
        let own = || LiveListing { venue: self.venue.clone(), symbol: self.symbol.clone() };
        self.live.clone().unwrap_or_else(own)
    }
}

/// Reads the list; `None` when anything in it is wrong.
pub(super) fn read(root: &[Entry], complaints: &mut Vec<Complaint>) -> Option<Vec<InstrumentSection>> {
    let known = known::section("instruments").expect("the list of sections has instruments");
    let example = "`[[instruments]]` with `venue`, `symbol` and `interval`";
    let items = match find(root, known.name).map(|entry| &entry.node) {
        Some(Node { value: Value::List(items), .. }) if !items.is_empty() => items,
        Some(node) => {
            let complaint = match node.value {
                Value::Table(_) => node
                    .complain("`instruments` is one section")
                    .hint(Some("write two brackets, `[[instruments]]`, once for each instrument".into())),
                Value::List(_) => node.complain("the list of instruments is empty"),
                _ => node.complain(format!("`instruments` is {}", node.kind())),
            };
            complaints.push(complaint.expected(example).about(known.name));
            return None;
        }
        None => {
            complaints
                .push(Complaint::new(None, "the run file names no instrument").expected(example).about(known.name));
            return None;
        }
    };
    let read: Vec<Option<InstrumentSection>> =
        items.iter().enumerate().map(|(index, item)| element(known, index, item, complaints)).collect();
    refuse_twins(items, &read, complaints);
    read.into_iter().collect()
}

/// Instruments are told apart by their names, so a name stands once.
fn refuse_twins(items: &[Node], read: &[Option<InstrumentSection>], complaints: &mut Vec<Complaint>) {
    let mut first = std::collections::BTreeMap::new();
    for (index, (item, instrument)) in items.iter().zip(read).enumerate() {
        let Some(instrument) = instrument else { continue };
        let name = instrument.name();
        match first.get(&name) {
            None => {
                first.insert(name, index);
            }
            Some(earlier) => {
                let message = format!("{name} stands twice: instruments {earlier} and {index}, counted from 0");
                let hint = "several intervals of one instrument are not yet available in this build".to_string();
                let place = symbol_place(item);
                complaints.push(
                    Complaint::new(Some(place), message).hint(Some(hint)).about(format!("instruments.{index}.symbol")),
                );
            }
        }
    }
}

fn symbol_place(item: &Node) -> Place {
    match &item.value {
        Value::Table(entries) => find(entries, "symbol").map_or(item.place, |entry| entry.node.place),
        _ => item.place,
    }
}

fn element(
    known: &'static Known,
    index: usize,
    item: &Node,
    complaints: &mut Vec<Complaint>,
) -> Option<InstrumentSection> {
    let Value::Table(entries) = &item.value else {
        let complaint = item.complain(format!("this instrument is {}", item.kind())).expected("a section");
        complaints.push(complaint.about(format!("instruments.{index}")));
        return None;
    };
    let mut section = Section::element(known, index, (item.place, entries), complaints);
    let venue = section.required("venue", "\"coinbase\"", |node| identifier(node, VENUE));
    let symbol = section.required("symbol", "\"BTCUSD\"", |node| identifier(node, SYMBOL));
    let interval = section.required("interval", "\"4h\"", interval_of);
    let detail = section.optional("detail", |node| detail(node, interval));
    let tick = section.optional("tick", increment);
    let lot = section.optional("lot", increment);
    let min_notional = section.optional("min_notional", amount::not_negative);
    let multiplier = section.optional("multiplier", multiplier);
    let role = role::read(&mut section);
    let price_scale = section.optional("price_step", scale);
    let quantity_scale = section.optional("quantity_step", scale);
    let maker_fee_bps = section.optional("maker_fee_bps", |node| rate::bps(node, Bounds::Fee));
    let taker_fee_bps = section.optional("taker_fee_bps", |node| rate::bps(node, Bounds::Fee));
    let charges = costs::charges(&mut section);
    let margin = section.optional("margin", margin);
    let borrow_pct = section.optional("borrow_pct", super::account::yearly);
    let calendar = section.optional("calendar", calendar_of);
    let session = section.optional("session", session);
    let live = section.optional("live", live::listing);
    refuse_uneven(&mut section, ("tick", tick.flatten()), ("price_step", price_scale.flatten()));
    refuse_uneven(&mut section, ("lot", lot.flatten()), ("quantity_step", quantity_scale.flatten()));
    if always_trades(calendar.flatten()) && session.flatten().is_some() {
        refuse_session(&mut section);
    }
    section.close();
    Some(InstrumentSection {
        venue: venue?,
        symbol: symbol?,
        interval: interval?,
        detail: detail?,
        tick: tick?,
        lot: lot?,
        min_notional: min_notional?,
        multiplier: multiplier?,
        role: role?,
        price_scale: price_scale?,
        quantity_scale: quantity_scale?,
        maker_fee_bps: maker_fee_bps?,
        taker_fee_bps: taker_fee_bps?,
        charges: charges?,
        margin: margin?,
        borrow_pct: borrow_pct?,
        calendar: calendar?,
        session: session?,
        live: live?,
    })
}

const TICKS: &str = "ticks";
const VENUE: &str = "1 to 64 lower-case letters, digits, `-` or `_` as in \"coinbase\"";
const SYMBOL: &str = "1 to 64 letters, digits, `-`, `_` or `.`, beginning with a letter or digit, as in \"BTCUSD\"";

/// Venue and symbol become folders of the catalog, so they must be safe as such.
fn identifier(node: &Node, expected: &'static str) -> Result<String, Complaint> {
    let text = node.text(expected)?;
    let is_venue = expected == VENUE;
    let upper_or_dot = text.bytes().any(|b| b.is_ascii_uppercase() || b == b'.');
    if super::run::is_safe(text) && !(is_venue && upper_or_dot) {
        return Ok(text.to_string());
    }
    let what = if is_venue { "a venue" } else { "a symbol" };
    Err(node.complain(format!("`{text}` is not the name of {what}")).expected(expected))
}

/// A tick or a lot.
fn increment(node: &Node) -> Result<Decimal, Complaint> {
    let expected = "a number above 0, up to 1000000000, with at most nine decimal places, as in \"0.01\"";
    let value = node.decimal(expected)?;
    let fits = value > Decimal::ZERO
        && value <= Decimal::from(1_000_000_000)
        && decimal::places(value) <= u32::from(Instrument::SCALE_MAX);
    let refuse = || node.complain(format!("{} is out of range", decimal::plain(value))).expected(expected);
    fits.then(|| value.normalize()).ok_or_else(refuse)
}

/// What a venue accepts must be writable in the step.
fn refuse_uneven(section: &mut Section<'_>, increment: (&str, Option<Decimal>), step: (&str, Option<u8>)) {
    let (Some(value), Some(scale)) = (increment.1, step.1) else { return };
    if decimal::places(value) > u32::from(scale) {
        let message =
            format!("`{}` {} is finer than `{}` {}", increment.0, decimal::plain(value), step.0, step_text(scale));
        let complaint = Complaint::new(section.place_of(increment.0), message);
        section.complain(increment.0, complaint.expected(format!("a multiple of the `{}`", step.0)));
    }
}

fn always_trades(calendar: Option<CalendarName>) -> bool {
    calendar.is_some_and(CalendarName::never_closes)
}

/// What always trades has no sessions.
fn refuse_session(section: &mut Section<'_>) {
    let place = section.place_of("session").or(section.place());
    let message = "an instrument with the calendar `24/7` has no sessions";
    section.complain("session", Complaint::new(place, message).expected("no `session`, or another calendar"));
}

fn multiplier(node: &Node) -> Result<Decimal, Complaint> {
    let expected = "a number above 0, up to 1000000000, with at most six decimal places";
    let value = node.decimal(expected)?;
    let fits = value > Decimal::ZERO && value <= Decimal::from(1_000_000_000) && decimal::places(value) <= 6;
    let refuse = || node.complain(format!("{} is out of range", decimal::plain(value))).expected(expected);
    fits.then(|| value.normalize()).ok_or_else(refuse)
}

/// The name of a table of sessions.
fn calendar_of(node: &Node) -> Result<CalendarName, Complaint> {
    let all = || datasets::calendar::names().collect::<Vec<_>>().join("\", \"");
    let text = node.text("the name of a calendar as in \"XNYS\"")?;
    CalendarName::find(text).map_err(|error| {
        let complaint = node.complain(format!("there is no calendar `{text}`"));
        let near = match error {
            CalendarError::Unknown { nearest, .. } => Some(format!("did you mean \"{nearest}\"?")),
            _ => None,
        };
        complaint.expected(format!("one of: \"{}\"", all())).hint(near)
    })
}

fn interval_of(node: &Node) -> Result<Interval, Complaint> {
    let expected = "a whole number and s, m, h, d or w as in \"4h\"";
    let text = node.text(expected)?;
    text.parse().map_err(|_| node.complain(format!("`{text}` is not an interval")).expected(expected))
}

fn detail(node: &Node, interval: Option<Interval>) -> Result<DetailSetting, Complaint> {
    let expected = "\"ticks\", or an interval that fits a whole number of times into `interval`, as in \"1m\"";
    let text = node.text(expected)?;
    if text == TICKS {
        return Ok(DetailSetting::Ticks);
    }
    let whole = |small: &Interval| interval.is_none_or(|i| small.0 < i.0 && i.0 % small.0 == 0);
    text.parse()
        .ok()
        .filter(whole)
        .map(DetailSetting::Candles)
        .ok_or_else(|| node.complain(format!("`{text}` is no interval of smaller candles")).expected(expected))
}

fn margin(node: &Node) -> Result<Decimal, Complaint> {
    let expected = "a share of the notional above 0, up to 1, as in \"0.05\"";
    let value = node.decimal(expected)?;
    let fits = value > Decimal::ZERO && value <= Decimal::ONE;
    let refuse = || node.complain(format!("{} is out of range", decimal::plain(value))).expected(expected);
    fits.then(|| value.normalize()).ok_or_else(refuse)
}

fn scale(node: &Node) -> Result<u8, Complaint> {
    let expected = "a power of ten from 1 down to 0.000000001 as in \"0.01\"";
    let step = node.decimal(expected)?.normalize();
    let places = u8::try_from(step.scale()).ok().filter(|places| *places <= Instrument::SCALE_MAX);
    let refuse = || node.complain(format!("{} is not such a step", decimal::plain(step))).expected(expected);
    places.filter(|_| step.mantissa() == 1).ok_or_else(refuse)
}

fn session(node: &Node) -> Result<Interval, Complaint> {
    let text = node.text(session_length::EXPECTED)?;
    let refuse = || node.complain(format!("`{text}` is not such a length")).expected(session_length::EXPECTED);
    session_length::read(text).ok_or_else(refuse)
}

fn step_text(scale: u8) -> String {
    decimal::plain(Decimal::new(1, u32::from(scale)))
}

fn detail_text(detail: DetailSetting) -> String {
    match detail {
        DetailSetting::Candles(interval) => interval.to_string(),
        DetailSetting::Ticks => TICKS.to_string(),
    }
}

pub(super) fn written(index: usize, instrument: &InstrumentSection) -> Written {
    let plain = |value: Option<Decimal>| value.map(decimal::plain);
    let section = Written::element("instruments", index)
        .text("venue", &instrument.venue)
        .text("symbol", &instrument.symbol)
        .text("interval", &instrument.interval.to_string())
        .maybe("detail", instrument.detail.map(detail_text))
        .maybe("tick", plain(instrument.tick))
        .maybe("lot", plain(instrument.lot))
        .maybe("min_notional", instrument.min_notional.map(|amount| amount.to_string()))
        .maybe("multiplier", plain(instrument.multiplier));
    let section = role::write(section, instrument.role)
        .maybe("price_step", instrument.price_scale.map(step_text))
        .maybe("quantity_step", instrument.quantity_scale.map(step_text))
        .maybe_literal("maker_fee_bps", plain(instrument.maker_fee_bps))
        .maybe_literal("taker_fee_bps", plain(instrument.taker_fee_bps));
    costs::write_charges(section, instrument.charges)
        .maybe("margin", plain(instrument.margin))
        .maybe_literal("borrow_pct", plain(instrument.borrow_pct))
        .maybe("calendar", instrument.calendar.map(|calendar| calendar.as_str().to_string()))
        .maybe("session", instrument.session.map(session_length::text))
        .maybe("live", instrument.live.as_ref().map(live::listing_text))
}
