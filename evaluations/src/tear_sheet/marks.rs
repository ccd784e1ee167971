//! What charts put on their surface beside lines and bars: bands, dots, whiskers, upright lines, words.
use super::axis::Axis;
use super::chart::{Drawn, Role, SCALE, Size, Surface};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The area between two lines over the same places, tinted.
pub(crate) fn band(
    surface: &mut Surface<'_, '_>,
    low: &[(f64, f64)],
    high: &[(f64, f64)],
    (role, strength): (Role, f64),
) -> Drawn {
    if low.is_empty() || high.is_empty() {
        return Ok(());
    }
    let outline: Vec<(f64, f64)> = low.iter().chain(high.iter().rev()).copied().collect();
    surface.draw_series(std::iter::once(Polygon::new(outline, role.fill(strength))))?;
    Ok(())
}

/// A dot at each of `points`, `radius` tenths of a pixel wide from its middle.
pub(crate) fn dots(
    surface: &mut Surface<'_, '_>,
    points: impl Iterator<Item = (f64, f64)>,
    radius: u32,
    (role, strength): (Role, f64),
) -> Drawn {
    surface.draw_series(points.map(|at| Circle::new(at, radius * SCALE / 10, role.fill(strength))))?;
    Ok(())
}

/// A bar along x at the height `at`, from one end to the other, `width` tenths of a pixel thick.
pub(crate) fn span(
    surface: &mut Surface<'_, '_>,
    at: f64,
    (from, to): (f64, f64),
    (role, width): (Role, u32),
) -> Drawn {
    surface.draw_series(std::iter::once(PathElement::new(vec![(from, at), (to, at)], role.stroke(width))))?;
    Ok(())
}

/// An upright line across the whole chart.
pub(crate) fn upright(surface: &mut Surface<'_, '_>, y: &Axis, at: f64, (role, width): (Role, u32)) -> Drawn {
    surface.draw_series(std::iter::once(PathElement::new(vec![(at, y.from), (at, y.to)], role.stroke(width))))?;
    Ok(())
}

/// Where a word stands, seen from its point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Beside {
    /// Above it, in the middle.
    Above,
    /// Below it, in the middle.
    Below,
    /// Left of it.
    Left,
    /// Right of it.
    Right,
}

/// A word at a point, some pixels away from it.
pub(crate) fn word(surface: &mut Surface<'_, '_>, at: (f64, f64), beside: Beside, text: &str, role: Role) -> Drawn {
    let away = 4 * SCALE as i32;
    let (place, anchor) = match beside {
        Beside::Above => ((0, -away), Pos::new(HPos::Center, VPos::Bottom)),
        Beside::Below => ((0, away), Pos::new(HPos::Center, VPos::Top)),
        Beside::Left => ((-away, 0), Pos::new(HPos::Right, VPos::Center)),
        Beside::Right => ((away, 0), Pos::new(HPos::Left, VPos::Center)),
    };
    let style = ("sans-serif", 12 * SCALE).into_font().color(&role.colour()).pos(anchor);
    let text = text.to_owned();
    surface.draw_series(std::iter::once(EmptyElement::at(at) + Text::new(text, place, style)))?;
    Ok(())
}

/// A chart whose rows are words: an axis from the first, at the top, to the last. Words are cut to what `size` has room for.
pub(crate) fn rows_axis(words: &[&str], size: Size) -> Axis {
    let room = (size.0 / 21).max(10) as usize;
    let last = words.len() as f64;
    let tick = |(i, word): (usize, &&str)| (last - 1.0 - i as f64, cut(word, room));
    Axis { from: -0.6, to: (last - 0.4).max(0.4), ticks: words.iter().enumerate().map(tick).collect() }
}

/// The height of such a chart in pixels: as much as its rows need.
pub(crate) fn rows_height(rows: usize) -> u32 {
    u32::try_from(rows).unwrap_or(u32::MAX).saturating_mul(26).saturating_add(46).clamp(90, 1200)
}

/// A text of `room` letters at most; what is longer ends with an ellipsis.
pub(crate) fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    text.chars().take(room.saturating_sub(1)).chain(std::iter::once('\u{2026}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_to_the_room_there_is() {
        assert_eq!(cut("slippage", 8), "slippage");
        assert_eq!(cut("slippage_bps", 8), "slippag\u{2026}");
        let axis = rows_axis(&["first", "a name that is far too long for a narrow page"], Size(400, 200));
        assert_eq!(axis.ticks[0], (1.0, "first".to_owned()));
        assert!(axis.ticks[1].1.chars().count() <= 19, "{axis:?}");
    }
}
