//! Tests of the page: sections, escaping, well-formedness.
//!
//! With `ONETAPE_TEST_PAGES=FOLDER` the pages are kept there to be looked at.
mod compare_page;
mod evaluation_page;
mod risk_page;
mod search_page;

use super::*;
use crate::curve::{Curve, EquityCurve};
use crate::diagnostics::{Diagnostics, SensitivityRow, VolumeShare};
use crate::metrics::{Metric, RunFigures, measure};
use crate::summary::{Assumption, OpenPosition};
use crate::sweep::{Column, SweepRow};
use crate::tables::{Decimals, Liquidity};
use crate::{Fill, RoundTrips};
use engine::{Interval, Money, Owner, Price, Side, Timestamp};

const STEP: i64 = 4 * Interval::HOUR.0;
/// 2018-01-01.
const START: i64 = 17_532 * Interval::DAY.0;

/// A wandering price of `count` candles, and a strategy that turns every forty of them.
struct Example {
    curve: Curve,
    candles: Vec<Candle>,
    fills: Vec<FillRow>,
    trips: RoundTrips,
}

/// Whole numbers from -1000 to 1000, the same in every run.
fn noise() -> impl FnMut() -> i64 {
    let mut seed = 88_172_645_463_325_252_u64;
    move || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % 2001) as i64 - 1000
    }
}

fn example(count: i64) -> Example {
    let mut noise = noise();
    let cash0 = Money(100_000 * Money::ONE.0);
    let mut curve = EquityCurve::new(Timestamp(START), cash0);
    let (mut price, mut position, mut cash) = (1_000_000_i64, 0_i64, cash0);
    let (mut candles, mut fills, mut trips) = (Vec::new(), Vec::new(), RoundTrips::new());
    for i in 0..count {
        let open = price;
        price = (price + price / 100_000 * (noise() + 8)).max(50_000);
        let (low, high) = (open.min(price) - price / 300, open.max(price) + price / 300);
        let open_time = Timestamp(START + i * STEP);
        candles.push(Candle {
            open_time,
            known_time: open_time.after(STEP),
            open: Price(open),
            high: Price(high),
            low: Price(low),
            close: Price(price),
            volume: 1,
        });
        if i % 40 == 20 || i % 40 == 0 && position > 0 {
            let side = if position == 0 { Side::Buy } else { Side::Sell };
            let notional = Money(i128::from(open) * 10 * Money::ONE.0 / 100);
            let fee = Money(notional.0 / 2000);
            cash -= Money(i128::from(side.sign()) * notional.0) + fee;
            position += side.sign() * 10;
            trips.book(&Fill {
                time: open_time,
                instrument: 0,
                owner: Owner::NONE,
                side,
                quantity: 10,
                quantity_scale: 0,
                price: open,
                price_scale: 2,
                notional,
                fee,
            });
            fills.push(FillRow {
                time: open_time,
                instrument: "coinbase:BTCUSD".into(),
                side,
                price: Decimals { raw: open, scale: 2 },
                quantity: Decimals { raw: 10, scale: 0 },
                fee,
                liquidity: Liquidity::Taker,
                order_id: format!("o{i}"),
                fill_id: format!("f{i}"),
            });
        }
        let exposure = Money(i128::from(position) * i128::from(price) * Money::ONE.0 / 100);
        curve.push(EquityPoint { time: open_time.after(STEP), equity: cash + exposure, cash, exposure });
    }
    Example { curve: curve.finish(), candles, fills, trips }
}

fn summary_of(example: &Example, name: &str) -> Summary {
    let figures = RunFigures {
        curve: &example.curve,
        round_trips: example.trips.closed(),
        traded: example.trips.traded(),
        periods_per_year: 365.0,
        days: Days::Every,
        trials: None,
    };
    let pair = |about: &str, text: &str| Assumption { about: about.into(), text: text.into() };
    Summary {
        name: name.into(),
        digest: "3f9a0c5be1d24c7790aa61f0c2b8e5d4".into(),
        currency: "USD".into(),
        bars: example.candles.len() as u64,
        fills: example.fills.len() as u64,
        round_trips: example.trips.closed().len() as u64,
        wins: example.trips.wins(),
        fees: example.fills.iter().map(|fill| fill.fee).sum(),
        final_equity: example.curve.last_equity,
        max_drawdown: Money(48_211 * Money::ONE.0),
        slippage_cost: Money(1250 * Money::ONE.0),
        initial_cash: example.curve.initial,
        metrics: measure(&figures),
        drawdowns: example.curve.drawdowns.clone(),
        from: "2018-01-01T00:00:00Z".into(),
        to: "2025-01-01T00:00:00Z".into(),
        instruments: vec!["coinbase:BTCUSD".into()],
        strategy: "ema-cross".into(),
        parameters: [("fast".into(), "20".into()), ("slow".into(), "50".into())].into(),
        refused: [("buying_power".into(), 4)].into(),
        open_positions: vec![OpenPosition {
            instrument: "coinbase:BTCUSD".into(),
            quantity: "1".into(),
            mark: "93000.5".into(),
        }],
        assumptions: vec![
            pair("coinbase:BTCUSD", "step 0.00000001, no tick, no lot, no minimum"),
            pair("Fills", "at the next candle's open"),
        ],
        diagnostics: Some(diagnostics()),
        sensitivity: vec![row("fees x2", Some(0.5), None), row("slippage x2", None, Some("the run has no slippage"))],
        ..Summary::default()
    }
}

fn diagnostics() -> Diagnostics {
    let volume_share = VolumeShare { fills: 9, mean: Some(0.000_02), maximum: Some(0.07), ..VolumeShare::default() };
    Diagnostics {
        volume_share,
        capacity: Some(1_234_567.0),
        refused_by_venue: [("buying_power".into(), 4)].into(),
        warnings: vec!["9 fills took <more> than their candle had".into()],
        ..Diagnostics::default()
    }
}

fn row(case: &str, total_return: Option<f64>, note: Option<&str>) -> SensitivityRow {
    SensitivityRow { case: case.into(), total_return, note: note.map(str::to_owned), ..SensitivityRow::default() }
}

fn page(example: &Example, summary: &Summary) -> String {
    let view = CandleView {
        instrument: "coinbase:BTCUSD".into(),
        price_scale: 2,
        candles: example.candles[example.candles.len().saturating_sub(200)..].to_vec(),
        fills: example.fills.clone(),
        fills_of_run: example.fills.len(),
    };
    let trips: Vec<RoundTripRow> = example
        .trips
        .closed()
        .iter()
        .map(|trip| RoundTripRow::new(trip, "coinbase:BTCUSD".into(), "".into()))
        .collect();
    html(&TearSheet {
        summary,
        equity: &example.curve.rows,
        round_trips: &trips,
        candles: Some(&view),
        days: Days::Every,
        periods_per_year: 365.0,
    })
}

fn keep(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("ONETAPE_TEST_PAGES") {
        std::fs::write(std::path::Path::new(&folder).join(name), page).unwrap();
    }
}

/// Panics unless every element that opens also closes, in order.
#[track_caller]
fn check_well_formed(page: &str) {
    let mut open: Vec<&str> = Vec::new();
    let body = page.replace("<!doctype html>", "");
    let style = body.find("<style>").zip(body.find("</style>")).expect("the page has a style");
    let text = format!("{}{}", &body[..style.0], &body[style.1 + 8..]);
    for tag in text.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').unwrap_or_else(|| panic!("`<{tag}` is closed"));
        let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name), "`</{name}>` closes what is open");
        } else if !tag.ends_with('/') && name != "meta" && name != "br" {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} is never closed");
    for outside in ["http:", "https:", "<script", "<link", "@import", "url(", "NaN", "inf%"] {
        let found = page.replace("http://www.w3.org/2000/svg", "").contains(outside);
        assert!(!found, "the page must not hold `{outside}`");
    }
}

#[test]
fn a_tear_sheet_has_every_section_and_stands_alone() {
    let example = example(6 * 365 * 7);
    let page = page(&example, &summary_of(&example, "btc-ema-cross"));
    keep("report.html", &page);
    check_well_formed(&page);
    for id in [
        "figures",
        "equity",
        "returns",
        "candles",
        "drawdowns",
        "round-trips",
        "diagnostics",
        "costs",
        "refused",
        "open",
        "assumptions",
        "parameters",
        "metrics",
    ] {
        assert!(page.contains(&format!("<section id=\"{id}\"")), "section {id}");
    }
    for part in [
        "sharpe/mean-over-std-ddof1",
        "var(--line)",
        "buying_power",
        "prefers-color-scheme: dark",
        "3f9a0c5b",
        "logarithmic",
        "Days falling",
        ">CAGR<",
        ">Max drawdown<",
        "took &lt;more&gt; than",
        ">1,234,567<",
        ">0.00200\u{202f}%<",
        ">7.00\u{202f}%<",
        "<td>venue</td>",
        "the run has no slippage",
        "as it was run",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("#01020"), "every sentinel colour became a variable");
}

#[test]
fn hostile_names_are_escaped_everywhere() {
    let example = example(3000);
    let mut summary = summary_of(&example, "<script>alert(1)</script>");
    let hostile = "\"><script>x</script>".to_owned();
    (summary.digest, summary.currency, summary.strategy) = (hostile.clone(), hostile.clone(), hostile.clone());
    (summary.from, summary.to, summary.instruments) = (hostile.clone(), hostile.clone(), vec![hostile.clone()]);
    summary.parameters.insert(hostile.clone(), hostile.clone());
    summary.refused.insert(hostile.clone(), 1);
    summary.sensitivity.push(row(&hostile, None, Some(&hostile)));
    if let Some(diagnostics) = &mut summary.diagnostics {
        diagnostics.refused_by_check.insert(hostile.clone(), 1);
        diagnostics.warnings.push(hostile.clone());
    }
    summary.assumptions.push(Assumption { about: hostile.clone(), text: hostile.clone() });
    summary.metrics.insert(hostile.clone(), Metric::plain(None, "a<b", "c", 0));
    summary.open_positions[0] = OpenPosition { instrument: hostile.clone(), quantity: hostile.clone(), mark: hostile };
    check_well_formed(&page(&example, &summary));
}

#[test]
fn a_run_without_anything_still_makes_a_page() {
    let summary = Summary { name: "empty".into(), ..Summary::default() };
    let page = html(&TearSheet {
        summary: &summary,
        equity: &[],
        round_trips: &[],
        candles: None,
        days: Days::Every,
        periods_per_year: 365.0,
    });
    check_well_formed(&page);
    for count in [1, 2, 7, 41] {
        let example = example(count);
        check_well_formed(&self::page(&example, &summary_of(&example, "short")));
    }
}

#[test]
fn a_sweep_has_a_heat_map_and_its_best_results() {
    let mut rows = Vec::new();
    for fast in 5..25_i64 {
        for slow in (30..80_i64).step_by(5) {
            let sharpe = 1.2 - ((fast - 14) * (fast - 14)) as f64 / 60.0 - ((slow - 55) * (slow - 55)) as f64 / 700.0;
            let mut summary = Summary { initial_cash: Money(100_000 * Money::ONE.0), ..Summary::default() };
            summary.final_equity = Money(((sharpe + 1.0) * 1e17) as i128);
            summary.metrics.insert("sharpe".into(), Metric::plain(Some(sharpe), "a", "b", 9).per_year(365.0));
            rows.push(SweepRow {
                parameters: [("fast".into(), fast.to_string()), ("slow<i>".into(), slow.to_string())].into(),
                summary,
            });
        }
    }
    rows.sort_by(|a, b| b.summary.metric("sharpe").partial_cmp(&a.summary.metric("sharpe")).unwrap());
    let sheet = SweepSheet {
        name: "grid <b>",
        currency: "USD",
        rows: &rows,
        column: &Column::default(),
        axes: Some(("fast", "slow<i>")),
        failed: 0,
    };
    let page = sweep_html(&sheet);
    keep("sweep.html", &page);
    check_well_formed(&page);
    assert!(page.matches("<rect").count() > 400, "a cell for each set, twice");
    check_well_formed(&sweep_html(&SweepSheet { rows: &[], axes: None, ..sheet }));
}

#[test]
fn a_daily_series_known_at_midnight_stays_in_its_month_and_year() {
    let rows: Vec<EquityPoint> = (1..=365)
        .map(|day| {
            let equity = Money(i128::from(100 + day / 365) * Money::ONE.0);
            let time = Timestamp(START + day * Interval::DAY.0);
            EquityPoint { time, equity, cash: equity, exposure: Money::ZERO }
        })
        .collect();
    let summary = Summary { initial_cash: Money(100 * Money::ONE.0), ..Summary::default() };
    let page = html(&TearSheet {
        summary: &summary,
        equity: &rows,
        round_trips: &[],
        candles: None,
        days: Days::Every,
        periods_per_year: 365.0,
    });
    let months = page.split_once("Return by month").and_then(|(_, rest)| rest.split_once("</table>")).unwrap().0;
    assert!(months.contains("<th>2018</th>") && !months.contains("<th>2019</th>"), "{months}");
    assert!(months.contains(">1.0</td><td class=\"total up\">1.0</td>"), "December holds the last day: {months}");
    assert_eq!(months.matches("<td></td>").count(), 0, "every month has its days: {months}");
}

#[test]
fn few_returns_and_a_choice_of_instruments_are_said() {
    let example = example(12);
    let mut summary = summary_of(&example, "short");
    assert!(page(&example, &summary).contains("n = 2, too few to mean much"));
    assert!(!page(&example, &summary).contains("the most fills"));
    let long = self::example(600);
    summary = summary_of(&long, "long");
    summary.instruments.push("coinbase:ETHUSD".into());
    let flat = crate::metrics::drawdown::Drawdown { depth: 0.000_01, ..summary.drawdowns[0] };
    summary.drawdowns = vec![flat];
    let page = page(&long, &summary);
    assert!(!page.contains("too few to mean much"));
    assert!(page.contains("it has the most fills, 29 of 29"));
    assert!(page.contains("Equity never fell below a peak by as much as"));
}
