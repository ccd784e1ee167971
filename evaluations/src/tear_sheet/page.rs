//! The frame of the page, its header, and the sections that are made of the summary alone.
use super::chart::Size;
use super::figures::{escape, money, number, percent, plain, tone};
use crate::summary::{CurrencyResult, Summary};
use engine::Money;

/// Daily returns below which a Sharpe ratio is hardly more than chance.
const ENOUGH_RETURNS: usize = 20;
const STYLE: &str = include_str!("style.css");

/// The whole document around `body`.
pub(crate) fn document(title: &str, body: &str) -> String {
    let title = escape(title);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} \u{b7} Onetape</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\
         <footer>Written by Onetape. Every number stands in the files beside this page; each metric names its formula.</footer>\n\
         </main>\n</body>\n</html>\n"
    )
}

/// A section with its heading.
pub(crate) fn section(id: &str, title: &str, content: &str) -> String {
    format!("<section id=\"{id}\">\n<h2>{}</h2>\n{content}</section>\n", escape(title))
}

/// A chart with its caption, drawn once for wide and once for narrow screens.
pub(crate) fn figure(caption: &str, wide: &str, narrow: &str) -> String {
    format!(
        "<figure><figcaption>{}</figcaption><div class=\"wide\">{wide}</div><div class=\"narrow\">{narrow}</div></figure>\n",
        escape(caption)
    )
}

/// A table: its head and its rows, whose cells are HTML already. The first column is text, the others are numbers
/// unless their heading ends with a space.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let class = |i: usize| if i == 0 || head[i].ends_with(' ') { "" } else { " class=\"n\"" };
    let mut text = String::from("<div class=\"scroll\"><table>\n<thead><tr>");
    for (i, name) in head.iter().enumerate() {
        text += &format!("<th{}>{}</th>", class(i), escape(name.trim_end()));
    }
    text += "</tr></thead>\n<tbody>\n";
    for row in rows {
        text += "<tr>";
        for (i, cell) in row.iter().enumerate() {
            text += &format!("<td{}>{cell}</td>", class(i));
        }
        text += "</tr>\n";
    }
    text + "</tbody></table></div>\n"
}

/// The head of a page that is not a run's own: what made it, its name, facts, and the digest of what it is about.
pub(crate) fn head(brand: &str, name: &str, facts: &[String], digest: Option<(&str, &str)>) -> String {
    let facts: String = facts.iter().map(|fact| format!("<li>{}</li>", escape(fact))).collect();
    let digest = digest.map_or_else(String::new, |(what, digest)| {
        format!("<p class=\"digest\">{} <code>{}</code></p>\n", escape(what), escape(digest))
    });
    format!(
        "<header>\n<p class=\"brand\">{}</p>\n<h1>{}</h1>\n<ul class=\"facts\">{facts}</ul>\n{digest}</header>\n",
        escape(brand),
        escape(name)
    )
}

/// Figures one looks at first: name, value, note; the sign of the number colours the value.
pub(crate) fn card_list(cards: &[(String, String, String, f64)]) -> String {
    let card = |(name, value, note, sign): &(String, String, String, f64)| {
        format!(
            "<div class=\"card\"><p class=\"name\">{}</p><p class=\"value {}\">{}</p><p class=\"note\">{}</p></div>\n",
            escape(name),
            tone(*sign),
            escape(value),
            escape(note)
        )
    };
    let cards: String = cards.iter().map(card).collect();
    format!("<section id=\"figures\" class=\"cards\">\n{cards}</section>\n")
}

/// A sentence where a chart or a table would stand.
pub(crate) fn calm(text: &str) -> String {
    format!("<p class=\"calm\">{}</p>\n", escape(text))
}

/// A chart drawn once for wide and once for narrow screens, with its caption.
pub(crate) fn drawn(caption: &str, (wide, narrow): (Size, Size), draw: impl Fn(Size) -> String) -> String {
    figure(caption, &draw(wide), &draw(narrow))
}

/// A value coloured by its sign.
pub(crate) fn toned(value: f64, text: &str) -> String {
    format!("<span class=\"{}\">{text}</span>", tone(value))
}

/// Name, period, instruments and digest.
pub(crate) fn header(summary: &Summary) -> String {
    let name = escape(&summary.name);
    let mut facts = Vec::new();
    if !summary.from.is_empty() {
        facts.push(format!("{} \u{2013} {}", escape(date_part(&summary.from)), escape(date_part(&summary.to))));
    }
    if !summary.instruments.is_empty() {
        facts.push(escape(&summary.instruments.join(", ")));
    }
    if !summary.strategy.is_empty() {
        facts.push(escape(&summary.strategy));
    }
    facts.push(escape(&summary.currency));
    let facts: String = facts.iter().map(|fact| format!("<li>{fact}</li>")).collect();
    let digest = escape(&summary.digest);
    format!(
        "<header>\n<p class=\"brand\">Onetape</p>\n<h1>{name}</h1>\n<ul class=\"facts\">{facts}</ul>\n<p class=\"digest\">digest <code>{digest}</code></p>\n</header>\n"
    )
}

/// The day of an RFC 3339 time.
fn date_part(time: &str) -> &str {
    time.split('T').next().unwrap_or(time)
}

/// The eight figures one looks at first.
pub(crate) fn cards(summary: &Summary) -> String {
    let share = |name: &str| summary.metric(name).map(|v| (v, percent(v, 2)));
    let ratio = |name: &str| summary.metric(name).map(|v| (v, number(v, 2)));
    let untoned = |pair: Option<(f64, String)>| pair.map(|(_, text)| (0.0, text));
    let gain = (summary.final_equity - summary.initial_cash).to_f64();
    let cards = [
        ("Final equity", Some((gain, money(summary.final_equity))), "from ".to_owned() + &money(summary.initial_cash)),
        ("Total return", share("total_return"), metric_note(summary, "years", " years")),
        ("CAGR", share("cagr"), growth_note(summary)),
        ("Sharpe ratio", ratio("sharpe"), periods_note(summary)),
        (
            "Max drawdown",
            share("max_drawdown").map(|(v, text)| (-v, text)),
            format!("{} {}", money(summary.max_drawdown), summary.currency),
        ),
        ("Profit factor", untoned(ratio("profit_factor")), metric_note(summary, "losing_trips", " losing trips")),
        ("Win rate", untoned(share("win_rate")), format!("{} of {}", summary.wins, summary.round_trips)),
        ("Time in market", untoned(share("exposure")), format!("{} fills", number(summary.fills as f64, 0))),
    ];
    let mut text = String::from("<section id=\"figures\" class=\"cards\">\n");
    for (name, value, note) in cards {
        let (sign, value) = value.unwrap_or((0.0, "\u{2013}".to_owned()));
        text += &format!(
            "<div class=\"card\"><p class=\"name\">{name}</p><p class=\"value {}\">{value}</p><p class=\"note\">{}</p></div>\n",
            tone(sign),
            escape(&note)
        );
    }
    text + "</section>\n"
}

fn metric_note(summary: &Summary, name: &str, unit: &str) -> String {
    let Some(value) = summary.metric(name) else { return String::new() };
    let places = if (value - libm::round(value)).abs() < 1e-9 { 0 } else { 2 };
    number(value, places) + unit
}

fn growth_note(summary: &Summary) -> String {
    let missing = summary.metrics.get("cagr").filter(|cagr| cagr.value.is_none());
    missing.map_or_else(|| "by calendar time".into(), |cagr| cagr.basis.to_string())
}

fn periods_note(summary: &Summary) -> String {
    let Some(sharpe) = summary.metrics.get("sharpe") else { return String::new() };
    if sharpe.n < ENOUGH_RETURNS {
        return format!("n = {}, too few to mean much", sharpe.n);
    }
    let periods = sharpe.periods_per_year.map_or_else(String::new, |p| format!(", {} a year", plain_count(p)));
    format!("{} daily returns{periods}", number(sharpe.n as f64, 0))
}

/// A count that may have a fraction.
pub(crate) fn plain_count(value: f64) -> String {
    if (value - libm::round(value)).abs() < 1e-9 { number(value, 0) } else { plain(value) }
}

/// What trading cost, and what was not allowed.
pub(crate) fn costs_and_refusals(summary: &Summary) -> String {
    let share = |amount: Money| {
        let start = summary.initial_cash.to_f64();
        if start > 0.0 { percent(amount.to_f64() / start, 2) } else { "\u{2013}".to_owned() }
    };
    let money_row = |name: &str, amount: Money| vec![name.to_owned(), money(amount), share(amount)];
    let count_row = |name: &str, count: u64| vec![name.to_owned(), number(count as f64, 0), String::new()];
    let mut costs = vec![
        money_row("Fees", summary.fees),
        money_row("Slippage", summary.slippage_cost),
        money_row("Fees and slippage", summary.fees + summary.slippage_cost),
        count_row("Postings rounded, against the account", summary.rounded_postings),
        count_row("Fills that hang on the path inside a candle", summary.path_dependent_fills),
        count_row("Orders unfilled at the end", summary.unfilled_at_end),
    ];
    if summary.liquidations > 0 {
        costs.push(count_row("Positions liquidated", summary.liquidations));
    }
    let carried = [
        ("Dividends received", summary.dividends),
        ("Funding received", summary.funding),
        ("Borrowing", summary.borrow),
        ("Interest received", summary.interest),
    ];
    costs.extend(carried.into_iter().filter(|(_, sum)| *sum != Money::ZERO).map(|(name, sum)| money_row(name, sum)));
    let costs = section("costs", "Costs", &table(&["", &summary.currency, "of initial cash"], &costs));
    let refused = refusals(summary);
    let open: Vec<Vec<String>> = summary
        .open_positions
        .iter()
        .map(|p| vec![escape(&p.instrument), escape(&p.quantity), escape(&p.mark)])
        .collect();
    let mut right = section("refused", "Refused intents", &refused);
    if !open.is_empty() {
        right += &section("open", "Open at the end", &table(&["Instrument", "Quantity", "Mark"], &open));
    }
    if !summary.currencies.is_empty() {
        let row =
            |it: &CurrencyResult| vec![escape(&it.currency), money(it.cash), money(it.equity), it.rate.to_string()];
        let rows: Vec<_> = summary.currencies.iter().map(row).collect();
        let head = ["Currency", "Cash in it", "Cash and positions", &format!("Worth in {}", summary.currency)];
        right += &section("currencies", "Other currencies at the end", &table(&head, &rows));
    }
    format!("<div class=\"pair\">\n<div>{costs}</div>\n<div>{right}</div>\n</div>\n")
}

/// What was refused, and by whom where it is known.
fn refusals(summary: &Summary) -> String {
    let row = |name: &str, count: u64| vec![escape(name), number(count as f64, 0)];
    if summary.refused.is_empty() {
        return "<p class=\"calm\">No intent was refused.</p>\n".to_owned();
    }
    let Some(diagnostics) = &summary.diagnostics else {
        let rows: Vec<_> = summary.refused.iter().map(|(check, count)| row(check, *count)).collect();
        return table(&["Check", "Intents"], &rows);
    };
    let by = |who: &str, name: &str, count: u64| [row(name, count), vec![who.to_owned()]].concat();
    let checks = diagnostics.refused_by_check.iter().map(|(name, count)| by("review", name, *count));
    let venue = diagnostics.refused_by_venue.iter().map(|(name, count)| by("venue", name, *count));
    table(&["Check", "Intents", "Refused by "], &checks.chain(venue).collect::<Vec<_>>())
}

/// What the run took for granted, and its parameters.
pub(crate) fn settings(summary: &Summary) -> String {
    let pairs = |pairs: Vec<(String, String)>, nothing: &str| {
        if pairs.is_empty() {
            return format!("<p class=\"calm\">{nothing}</p>\n");
        }
        let list: String = pairs.iter().map(|(name, text)| format!("<dt>{name}</dt><dd>{text}</dd>\n")).collect();
        format!("<dl>\n{list}</dl>\n")
    };
    let assumed = summary.assumptions.iter().map(|a| (escape(&a.about), escape(&a.text))).collect();
    let parameters = summary.parameters.iter().map(|(name, value)| (escape(name), escape(value))).collect();
    let assumed = section("assumptions", "Assumptions", &pairs(assumed, "Nothing was assumed."));
    let parameters = section("parameters", "Parameters", &pairs(parameters, "The strategy has no parameters."));
    format!("<div class=\"pair\">\n<div>{assumed}</div>\n<div>{parameters}</div>\n</div>\n")
}
