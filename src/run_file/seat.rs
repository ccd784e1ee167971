//! `[strategy]` or `[[strategies]]`: who trades the account, and each one's part in it.
//!
//! One section for one strategy; a list of them, each with a name, where several trade one account.
use super::decimal;
use super::error::Complaint;
use super::instruments::InstrumentSection;
use super::known;
use super::node::{Entry, Node, Value};
use super::section::{Section, find};
use super::setting::is_bare;
use super::strategy::{self, StrategySection};
use super::written::{Written, list, quoted};
use engine::Desk;
use rust_decimal::Decimal;
use std::path::Path;

/// The part that one of several strategies has in the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// What it is called; each name once.
    pub name: String,
    /// Its share of the cash, in parts per million.
    pub share_ppm: i64,
    /// What it may trade, as `venue:symbol`; empty for everything that the run trades.
    pub instruments: Vec<String>,
}

/// All of the cash in parts per million.
const WHOLE: i64 = 1_000_000;
const OWN: [&str; 4] = ["name", "kind", "share_pct", "instruments"];
const SHARE: &str = "per cent of the cash above 0 and up to 100, with at most four decimal places";
const NAME: &str = "1 to 64 letters, digits, `-` and `_`";

/// Reads the strategies; `None` when anything in them is wrong. `instruments` is `None` when they could not be read; `base` is
/// the folder of the run file.
pub(super) fn read(
    (root, base): (&[Entry], &Path),
    instruments: Option<&[InstrumentSection]>,
    complaints: &mut Vec<Complaint>,
) -> Option<Vec<StrategySection>> {
    let known = known::section("strategies").expect("the list of sections has strategies");
    let several = find(root, known.name);
    let single = Section::open("strategy", root, complaints);
    let Some(several) = several else { return read_single(single, base).map(|strategy| vec![strategy]) };
    if let Some(place) = single.place() {
        let message = "`[strategy]` and `[[strategies]]` exclude each other";
        let hint = "make the one strategy another element of the list".to_string();
        complaints.push(Complaint::new(Some(place), message).hint(Some(hint)).about("strategy"));
        return None;
    }
    let items = match &several.node.value {
        Value::List(items) if (1..=Desk::<()>::MEMBERS_MAX).contains(&items.len()) => items,
        _ => {
            let expected = format!("`[[strategies]]` from once to {} times", Desk::<()>::MEMBERS_MAX);
            let message = format!("`strategies` is {}", several.node.kind());
            complaints.push(several.node.complain(message).expected(expected).about(known.name));
            return None;
        }
    };
    let names: Option<Vec<String>> = instruments.map(|all| all.iter().map(InstrumentSection::name).collect());
    let even = WHOLE / i64::try_from(items.len()).unwrap_or(WHOLE);
    let mut read = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Value::Table(entries) = &item.value else {
            complaints.push(item.complain("this is no section").about(format!("{}.{index}", known.name)));
            return None;
        };
        let section = Section::element(known, index, (item.place, entries), complaints);
        read.push(read_one(section, names.as_deref(), (even, base)));
    }
    let read = read.into_iter().collect::<Option<Vec<_>>>()?;
    check_together(&read, items, complaints).then_some(read)
}

fn read_single(mut section: Section<'_>, base: &Path) -> Option<StrategySection> {
    let kind = strategy::kind(&mut section);
    let parameters = strategy::parameters_of(&mut section, &["kind"], (kind.as_deref(), base));
    section.close();
    Some(StrategySection { kind: kind?, parameters: parameters?, seat: None })
}

fn read_one(mut section: Section<'_>, names: Option<&[String]>, (even, base): (i64, &Path)) -> Option<StrategySection> {
    let kind = strategy::kind(&mut section);
    let name = section.optional("name", name);
    let share_ppm = section.or("share_pct", even, share);
    let instruments = section.or("instruments", Vec::new(), |node| instruments_of(node, names));
    let parameters = strategy::parameters_of(&mut section, &OWN, (kind.as_deref(), base));
    section.close();
    let kind = kind?;
    let seat = Seat { name: name?.unwrap_or_else(|| kind.clone()), share_ppm: share_ppm?, instruments: instruments? };
    Some(StrategySection { kind, parameters: parameters?, seat: Some(seat) })
}

/// Whether the names differ and the shares are no more than the whole.
fn check_together(read: &[StrategySection], items: &[Node], complaints: &mut Vec<Complaint>) -> bool {
    let before = complaints.len();
    let seats: Vec<&Seat> = read.iter().filter_map(|strategy| strategy.seat.as_ref()).collect();
    for (index, seat) in seats.iter().enumerate() {
        if seats[..index].iter().any(|other| other.name == seat.name) {
            let complaint = items[index].complain(format!("two strategies are called `{}`", seat.name));
            let hint = Some("give each a `name` of its own".to_string());
            complaints.push(complaint.hint(hint).about(format!("strategies.{index}.name")));
        }
    }
    let given: i64 = seats.iter().map(|seat| seat.share_ppm).sum();
    if given > WHOLE {
        let all = decimal::plain(Decimal::new(given, 4));
        let complaint = items[0].complain(format!("the shares of the strategies are {all} per cent together"));
        complaints.push(complaint.expected("at most 100").about("strategies.0.share_pct"));
    }
    complaints.len() == before
}

fn name(node: &Node) -> Result<String, Complaint> {
    let name = node.text(NAME)?;
    if is_bare(name) && name.len() <= 64 {
        return Ok(name.to_string());
    }
    Err(node.complain(format!("`{name}` is not such a name")).expected(NAME))
}

fn share(node: &Node) -> Result<i64, Complaint> {
    let value = node.decimal(SHARE)?;
    let fits = value > Decimal::ZERO && value <= Decimal::ONE_HUNDRED && decimal::places(value) <= 4;
    let ppm = fits.then(|| value * Decimal::from(10_000)).and_then(|ppm| i64::try_from(ppm).ok());
    ppm.ok_or_else(|| node.complain(format!("a share of {} is out of range", decimal::plain(value))).expected(SHARE))
}

fn instruments_of(node: &Node, names: Option<&[String]>) -> Result<Vec<String>, Complaint> {
    let expected = "a list of instruments as in [\"coinbase:BTCUSD\"]";
    let mut found: Vec<String> = Vec::new();
    for item in node.list(expected)? {
        let name = item.text("an instrument as in \"coinbase:BTCUSD\"")?;
        if let Some(names) = names
            && !names.iter().any(|known| known == name)
        {
            let near = known::nearest(name, names.iter().map(String::as_str));
            return Err(item
                .complain(format!("`{name}` is not an instrument of this run"))
                .expected(format!("one of: {}", names.join(", ")))
                .hint(near.map(|near| format!("did you mean \"{near}\"?"))));
        }
        if found.iter().any(|known| known == name) {
            return Err(item.complain(format!("`{name}` stands twice")));
        }
        found.push(name.to_string());
    }
    if found.is_empty() {
        return Err(node.complain("the list is empty").expected(expected));
    }
    Ok(found)
}

/// A strategy as its section.
pub(super) fn written(index: usize, strategy: &StrategySection) -> Written {
    let head = match &strategy.seat {
        None => Written::new("strategy").text("kind", &strategy.kind),
        Some(seat) => {
            let head = Written::element("strategies", index).text("name", &seat.name).text("kind", &strategy.kind);
            let names = || list(seat.instruments.iter().map(|name| quoted(name)));
            let share = decimal::plain(Decimal::new(seat.share_ppm, 4));
            head.literal("share_pct", share).maybe_literal("instruments", (!seat.instruments.is_empty()).then(names))
        }
    };
    strategy::write(head, strategy)
}
