//! The last candles of the run with our fills on them.
use super::axis::Axis;
use super::chart::{Drawn, Role, SCALE, Size, Surface, chart};
use super::page::{self, figure};
use super::{CandleView, TearSheet, figures};
use crate::tables::FillRow;
use engine::measure::scaled_f64;
use engine::{Candle, Side};
use plotters::prelude::*;

const WIDE: Size = Size(1056, 380);
const NARROW: Size = Size(400, 300);
/// How many of the last candles a narrow screen shows.
const NARROW_CANDLES: usize = 90;

/// The section of candles; nothing when there are none.
pub(crate) fn section(sheet: &TearSheet<'_>) -> String {
    let Some(view) = sheet.candles.filter(|view| !view.candles.is_empty()) else { return String::new() };
    let recent = view.candles.len().saturating_sub(NARROW_CANDLES);
    let wide = draw(WIDE, view, &view.candles);
    let narrow = draw(NARROW, view, &view.candles[recent..]);
    let caption = format!("{}, the last candles of the run{}", view.instrument, reason(sheet, view));
    let legend = "<p class=\"soft\"><span class=\"up\">\u{25b2}</span> buys \u{2003}<span class=\"down\">\u{25bc}</span> sells</p>\n";
    page::section("candles", "Candles and fills", &(figure(&caption, &wide, &narrow) + legend))
}

/// Why this instrument, where there was a choice.
fn reason(sheet: &TearSheet<'_>, view: &CandleView) -> String {
    let (own, all) = (view.fills_of_run, sheet.summary.fills);
    if sheet.summary.instruments.len() > 1 && own > 0 {
        let (own, all) = (figures::number(own as f64, 0), figures::number(all as f64, 0));
        format!("; of all instruments it has the most fills, {own} of {all}")
    } else {
        String::new()
    }
}

fn draw(size: Size, view: &CandleView, candles: &[Candle]) -> String {
    let price = |raw: engine::Price| scaled_f64(raw.0, view.price_scale);
    let (first, last) = (candles[0].open_time.0, candles[candles.len() - 1].known_time.0);
    let x = Axis::time(first, last, (size.0 / 70) as usize);
    let shown: Vec<&FillRow> = view.fills.iter().filter(|fill| (first..=last).contains(&fill.time.0)).collect();
    let prices = candles.iter().flat_map(|c| [price(c.low), price(c.high)]);
    let y = Axis::values(prices.chain(shown.iter().map(|fill| fill.price.to_f64())), figures::short);
    let width = size.0 * SCALE * 6 / 10 / candles.len().max(1) as u32;
    chart(size, "Candles with fills", (&x, &y), |surface| {
        surface.draw_series(candles.iter().map(|c| {
            let middle = (c.open_time.0 / 2 + c.known_time.0 / 2) as f64;
            let (gain, loss) = (Role::Up.fill(0.8).stroke_width(SCALE), Role::Down.fill(0.8).stroke_width(SCALE));
            let (open, high, low, close) = (price(c.open), price(c.high), price(c.low), price(c.close));
            CandleStick::new(middle, open, high, low, close, gain, loss, width.max(2))
        }))?;
        marks(surface, &shown)
    })
}

/// A triangle below each buy and above each sell, pointing at its price.
fn marks(surface: &mut Surface<'_, '_>, fills: &[&FillRow]) -> Drawn {
    let unit = SCALE as i32;
    surface.draw_series(fills.iter().map(|fill| {
        let (sign, role) = match fill.side {
            Side::Buy => (1, Role::Up),
            Side::Sell => (-1, Role::Down),
        };
        let at = (fill.time.0 as f64, fill.price.to_f64());
        let corners = vec![(0, sign * unit), (-5 * unit, sign * 10 * unit), (5 * unit, sign * 10 * unit)];
        EmptyElement::at(at) + Polygon::new(corners, role.fill(1.0))
    }))?;
    Ok(())
}
