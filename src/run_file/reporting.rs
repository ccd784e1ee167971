//! `[reporting]`: the facts that transaction reports need and that no run knows by itself. Keys are called as the columns.
//!
//! What is not said stays empty in a report. Nothing here affects a decision, so that nothing of it binds a run.
use super::error::Complaint;
use super::instruments::InstrumentSection;
use super::known;
use super::limit::by_instrument;
use super::node::{Entry, Node, Value};
use super::operators::line_of_text;
use super::risk::check_name;
use super::section::Section;
use super::strategy::StrategySection;
use super::written::{Written, quoted};
use compliance::{Clearing, CodeError, Date, Lei, Listing, Reporting};
use engine::Owner;
use std::fmt::Display;
use std::str::FromStr;

const FIRM: &str = "the twenty letters and digits of a legal entity identifier (LEI)";
const MARKETS: [Clearing; 3] = [Clearing::Cleared, Clearing::Intended, Clearing::NotCleared];

/// Reads the section, if there is one. Instruments and strategies are `None` when they could not be read.
pub(super) fn read(
    mut section: Section<'_>,
    instruments: Option<&[InstrumentSection]>,
    strategies: Option<&[StrategySection]>,
) -> Option<Option<Reporting>> {
    if section.place().is_none() {
        return Some(None);
    }
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let firm = section.required("firm", "\"529900T8BM49AURSDO55\"", lei);
    let submitting_entity = section.optional("submitting_entity", lei);
    let responsible_entity = section.optional("responsible_entity", lei);
    let decision_maker_id = section.optional("decision_maker_id", line_of_text);
    let algo_ids = section.optional("algo_id", |node| algorithms(node, strategies));
    let listings = listings(&mut section, names.as_deref());
    section.close();
    Some(Some(Reporting {
        firm: firm?,
        submitting_entity: submitting_entity?,
        responsible_entity: responsible_entity?,
        listings: listings?,
        algo_ids: algo_ids?.unwrap_or_default().into_iter().collect(),
        decision_maker_id: decision_maker_id?,
    }))
}

fn lei(node: &Node) -> Result<Lei, Complaint> {
    code(node, FIRM)
}

fn code<T: FromStr<Err = CodeError>>(node: &Node, expected: &str) -> Result<T, Complaint> {
    node.text(expected)?.parse().map_err(|error: CodeError| node.complain(error.to_string()).expected(expected))
}

/// A day, with or without quotes.
fn day(node: &Node) -> Result<Date, Complaint> {
    let expected = "a day as in \"2026-12-18\"";
    let text = match &node.value {
        Value::Date(text) => text,
        _ => node.text(expected)?,
    };
    text.parse().map_err(|error: String| node.complain(error).expected(expected))
}

fn clearing(node: &Node) -> Result<Clearing, Complaint> {
    let expected = "\"Y\" (cleared), \"I\" (it will be) or \"N\" (it is not)";
    let text = node.text(expected)?;
    let found = MARKETS.into_iter().find(|one| one.code() == text);
    found.ok_or_else(|| node.complain(format!("`{text}` is none of them")).expected(expected))
}

/// The algorithm of each strategy: one text where there is one, else a table by name.
fn algorithms(node: &Node, strategies: Option<&[StrategySection]>) -> Result<Vec<(Owner, String)>, Complaint> {
    let Some(strategies) = strategies else { return Ok(Vec::new()) };
    let seats: Vec<&str> = strategies.iter().filter_map(|it| it.seat.as_ref()).map(|seat| seat.name.as_str()).collect();
    let Some(entries) = by_instrument(node) else {
        let one = line_of_text(node)?;
        return match seats.as_slice() {
            [] => Ok(vec![(Owner::NONE, one)]),
            [first, ..] => {
                let expected = format!("a table as in {{ {first} = {} }}", quoted(&one));
                Err(node.complain("each of several strategies has an algorithm of its own").expected(expected))
            }
        };
    };
    let owner = |entry: &Entry| {
        let place = seats.iter().position(|seat| *seat == entry.key);
        let owner = place.and_then(|place| u8::try_from(place + 1).ok()).map(Owner);
        owner.ok_or_else(|| {
            let expected = match seats.as_slice() {
                [] => "one text: there is one strategy, and it has no name".to_string(),
                seats => format!("one of: {}", seats.join(", ")),
            };
            let near = known::nearest(&entry.key, seats.iter().copied());
            let complaint =
                Complaint::new(Some(entry.key_place), format!("`{}` is no strategy of this run", entry.key));
            complaint.expected(expected).hint(near.map(|near| format!("did you mean \"{near}\"?")))
        })
    };
    entries.iter().map(|entry| Ok((owner(entry)?, line_of_text(&entry.node)?))).collect()
}

/// What is known of each instrument, in the order of the run.
fn listings(section: &mut Section<'_>, names: Option<&[String]>) -> Option<Vec<Listing>> {
    let mut all = vec![Listing::default(); names.map_or(0, <[String]>::len)];
    let one = by_name(section, "isin", names, true, |node| code(node, "an ISIN as in \"US0378331005\""));
    let isin = fill(&mut all, names, one, |it| &mut it.isin);
    let one = by_name(section, "cfi", names, false, |node| code(node, "a CFI code as in \"ESVUFR\""));
    let cfi = fill(&mut all, names, one, |it| &mut it.cfi);
    let one = by_name(section, "upi", names, true, |node| code(node, "a UPI of twelve letters and digits"));
    let upi = fill(&mut all, names, one, |it| &mut it.upi);
    let one = by_name(section, "venue_mic", names, false, |node| code(node, "a MIC as in \"XNAS\""));
    let mic = fill(&mut all, names, one, |it| &mut it.mic);
    let one = by_name(section, "counterparty_2", names, false, lei);
    let counterparty = fill(&mut all, names, one, |it| &mut it.counterparty);
    let one = by_name(section, "effective_date", names, false, day);
    let effective = fill(&mut all, names, one, |it| &mut it.effective);
    let one = by_name(section, "maturity_date", names, false, day);
    let maturity = fill(&mut all, names, one, |it| &mut it.maturity);
    let one = by_name(section, "clearing", names, false, clearing);
    let clearing = fill(&mut all, names, one, |it| &mut it.clearing);
    let one = by_name(section, "collateral", names, false, line_of_text);
    let collateral = fill(&mut all, names, one, |it| &mut it.collateral);
    let whole = [isin, cfi, upi, mic, counterparty, effective, maturity, clearing, collateral];
    whole.into_iter().all(|read| read).then_some(all)
}

/// The values of a key, each with the instrument that it is of; of all where none is named.
type Values<T> = Vec<(Option<String>, T)>;

/// Reads one value for all instruments, or a table by `venue:symbol`. `own` is a code that no two instruments share.
fn by_name<T>(
    section: &mut Section<'_>,
    key: &'static str,
    names: Option<&[String]>,
    own: bool,
    read: impl Fn(&Node) -> Result<T, Complaint>,
) -> Option<Values<T>> {
    let several = names.filter(|names| own && names.len() > 1);
    let values = section.optional(key, |node| match (by_instrument(node), several) {
        (None, Some(names)) => {
            let expected = format!("a table as in {{ {} = ... }}", quoted(&names[0]));
            Err(node.complain("each instrument has a code of its own").expected(expected))
        }
        (None, None) => Ok(vec![(None, read(node)?)]),
        (Some(entries), _) => {
            let one = |entry: &Entry| {
                check_name(&entry.node, &entry.key, names)?;
                Ok((Some(entry.key.clone()), read(&entry.node)?))
            };
            entries.iter().map(one).collect()
        }
    });
    values.map(Option::unwrap_or_default)
}

/// Puts values where they belong; whether there were any that could be read.
fn fill<T: Clone>(
    all: &mut [Listing],
    names: Option<&[String]>,
    values: Option<Values<T>>,
    field: fn(&mut Listing) -> &mut Option<T>,
) -> bool {
    let Some(values) = values else { return false };
    for (name, value) in values {
        for (listing, known) in all.iter_mut().zip(names.into_iter().flatten()) {
            if name.as_ref().is_none_or(|name| name == known) {
                *field(listing) = Some(value.clone());
            }
        }
    }
    true
}

pub(super) fn written(it: &Reporting, instruments: &[InstrumentSection], strategies: &[StrategySection]) -> Written {
    let text = |lei: &Option<Lei>| lei.as_ref().map(ToString::to_string);
    let written = Written::new("reporting")
        .text("firm", &it.firm.to_string())
        .maybe("submitting_entity", text(&it.submitting_entity))
        .maybe("responsible_entity", text(&it.responsible_entity))
        .maybe("decision_maker_id", it.decision_maker_id.clone());
    let seats = strategies.iter().filter_map(|one| one.seat.as_ref()).zip(1..);
    let algo = |(name, owner): (&str, Owner)| Some((name.to_string(), it.algo_ids.get(&owner)?.clone()));
    let named = table(seats.filter_map(|(seat, place)| algo((&seat.name, Owner(place)))));
    let written = match it.algo_ids.get(&Owner::NONE) {
        Some(only) => written.text("algo_id", only),
        None => written.maybe_literal("algo_id", named),
    };
    fn column<T: Display>(
        (it, instruments): (&Reporting, &[InstrumentSection]),
        field: fn(&Listing) -> Option<T>,
    ) -> Option<String> {
        let values = instruments.iter().zip(&it.listings);
        table(values.filter_map(|(section, listing)| Some((section.name(), field(listing)?))))
    }
    let of = (it, instruments);
    written
        .maybe_literal("isin", column(of, |it| it.isin.clone()))
        .maybe_literal("cfi", column(of, |it| it.cfi.clone()))
        .maybe_literal("upi", column(of, |it| it.upi.clone()))
        .maybe_literal("venue_mic", column(of, |it| it.mic.clone()))
        .maybe_literal("counterparty_2", column(of, |it| it.counterparty.clone()))
        .maybe_literal("effective_date", column(of, |it| it.effective))
        .maybe_literal("maturity_date", column(of, |it| it.maturity))
        .maybe_literal("clearing", column(of, |it| it.clearing.map(Clearing::code)))
        .maybe_literal("collateral", column(of, |it| it.collateral.clone()))
}

/// A table in one line; nothing where it would be empty.
fn table<T: Display>(entries: impl Iterator<Item = (String, T)>) -> Option<String> {
    let texts: Vec<String> =
        entries.map(|(name, it)| format!("{} = {}", quoted(&name), quoted(&it.to_string()))).collect();
    (!texts.is_empty()).then(|| format!("{{ {} }}", texts.join(", ")))
}
