//! One chart as inline SVG, drawn by plotters.
//!
//! Colours are roles: plotters draws with a sentinel, which becomes a CSS variable afterwards, so that one picture serves
//! light and dark. Coordinates are whole numbers in plotters, so everything is drawn at four times its size.
use super::axis::Axis;
use super::figures::{self, escape};
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, ValueFormatter};
use plotters::prelude::*;

/// How much larger than on the page a chart is drawn.
pub(crate) const SCALE: u32 = 4;

/// Pixels that a letter of a label takes, about.
const LETTER: u32 = 7;

/// What a colour stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The line a chart is about.
    Line,
    /// What went up, or was won.
    Up,
    /// What went down, or was lost.
    Down,
    /// What stands in the background.
    Quiet,
    /// Lines of the grid.
    Grid,
    /// Labels.
    Label,
    /// The page itself, for what must be hidden.
    Page,
    /// What must stand out.
    Ink,
    /// The second of several series; the first is the line.
    Second,
    /// The third.
    Third,
    /// The fourth.
    Fourth,
    /// The fifth.
    Fifth,
    /// The sixth.
    Sixth,
}

impl Role {
    const ALL: [Self; 13] = [
        Self::Line,
        Self::Up,
        Self::Down,
        Self::Quiet,
        Self::Grid,
        Self::Label,
        Self::Page,
        Self::Ink,
        Self::Second,
        Self::Third,
        Self::Fourth,
        Self::Fifth,
        Self::Sixth,
    ];

    /// The colours of several series on one chart, in their order.
    pub(crate) const SERIES: [Self; 6] =
        [Self::Line, Self::Second, Self::Third, Self::Fourth, Self::Fifth, Self::Sixth];

    /// The colour that stands for the role until the picture is done.
    pub(crate) fn colour(self) -> RGBColor {
        RGBColor(1, 2, self as u8 + 1)
    }

    /// The CSS variable that holds the colour.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Line => "var(--line)",
            Self::Up => "var(--up)",
            Self::Down => "var(--down)",
            Self::Quiet => "var(--quiet)",
            Self::Grid => "var(--grid)",
            Self::Label => "var(--label)",
            Self::Page => "var(--page)",
            Self::Ink => "var(--ink)",
            Self::Second => "var(--second)",
            Self::Third => "var(--third)",
            Self::Fourth => "var(--fourth)",
            Self::Fifth => "var(--fifth)",
            Self::Sixth => "var(--sixth)",
        }
    }

    /// A line of the role's colour, `width` tenths of a pixel on the page.
    pub(crate) fn stroke(self, width: u32) -> ShapeStyle {
        self.colour().stroke_width(width * SCALE / 10)
    }

    /// A line that others shine through; `width` in tenths of a pixel, `strength` from 0 to 1.
    pub(crate) fn thin(self, width: u32, strength: f64) -> ShapeStyle {
        self.colour().mix(strength).stroke_width(width * SCALE / 10)
    }

    /// The role's colour, filled; `strength` from 0 to 1.
    pub(crate) fn fill(self, strength: f64) -> ShapeStyle {
        self.colour().mix(strength).filled()
    }
}

/// Width and height on the page, in pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size(pub(crate) u32, pub(crate) u32);

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (first, last): (i32, i32)) -> i32 {
        let share = (value - self.from) / (self.to - self.from);
        first + libm::round(share * f64::from(last - first)) as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // The first call asks for the labelled lines, the second for lighter ones between them: there are none.
        if hint.weight().allow_light_points() { Vec::new() } else { self.ticks.iter().map(|tick| tick.0).collect() }
    }

    fn range(&self) -> std::ops::Range<f64> {
        self.from..self.to
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        figures::short(*value)
    }

    fn format_ext(&self, value: &f64) -> String {
        let nearest = self.ticks.iter().min_by(|a, b| (a.0 - value).abs().total_cmp(&(b.0 - value).abs()));
        nearest.map_or_else(String::new, |(_, label)| label.clone())
    }
}

type Plane = Cartesian2d<Axis, Axis>;
/// The surface that series are drawn on.
pub(crate) type Surface<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Plane>;
/// Why plotters could not draw; a string cannot fail to be written, so it never comes about.
pub(crate) type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Draws a chart with its axes and whatever `series` puts on it; `title` is what it is called for those who cannot see it.
pub(crate) fn chart(
    size: Size,
    title: &str,
    (x, y): (&Axis, &Axis),
    series: impl FnOnce(&mut Surface<'_, '_>) -> Drawn,
) -> String {
    let mut svg = String::new();
    let pixels = (size.0 * SCALE, size.1 * SCALE);
    draw(&mut svg, pixels, (x, y), series).expect("drawing into a string cannot fail");
    finish(svg, pixels, title)
}

fn draw(
    svg: &mut String,
    pixels: (u32, u32),
    (x, y): (&Axis, &Axis),
    series: impl FnOnce(&mut Surface<'_, '_>) -> Drawn,
) -> Drawn {
    let root = SVGBackend::with_string(svg, pixels).into_drawing_area();
    let font = ("sans-serif", 13 * SCALE).into_font().color(&Role::Label.colour());
    // The widest label decides the margin.
    let letters = y.ticks.iter().map(|(_, label)| label.chars().count()).max().unwrap_or(1) as u32;
    let left = letters * LETTER + 10;
    let mut surface = ChartBuilder::on(&root)
        .margin_top(10 * SCALE)
        .margin_right(right_margin(x, pixels.0 / SCALE - left) * SCALE)
        .x_label_area_size(24 * SCALE)
        .y_label_area_size(left * SCALE)
        .build_cartesian_2d(x.clone(), y.clone())?;
    surface
        .configure_mesh()
        .disable_x_mesh()
        .x_labels(x.ticks.len() + 1)
        .y_labels(y.ticks.len() + 1)
        .bold_line_style(Role::Grid.stroke(10))
        .light_line_style(TRANSPARENT)
        .axis_style(Role::Grid.stroke(10))
        .label_style(font)
        .set_all_tick_mark_size(3 * SCALE)
        .draw()?;
    series(&mut surface)?;
    root.present()
}

/// Room to the right, in pixels, so that the label of the last tick is not cut off; `width` is what the chart has.
fn right_margin(x: &Axis, width: u32) -> u32 {
    let overhang = x.ticks.last().map_or(0.0, |(at, label)| {
        let half = f64::from(label.chars().count() as u32 * LETTER) / 2.0;
        half + 3.0 - (x.to - at) / (x.to - x.from) * f64::from(width)
    });
    (libm::ceil(overhang).max(0.0) as u32).max(10)
}

/// Sentinels become variables, and the picture takes the width of the page.
fn finish(mut svg: String, (width, height): (u32, u32), title: &str) -> String {
    for role in Role::ALL {
        let RGBColor(r, g, b) = role.colour();
        svg = svg.replace(&format!("\"#{r:02X}{g:02X}{b:02X}\""), &format!("\"{}\"", role.variable()));
    }
    let body = svg.find('>').map_or(svg.as_str(), |end| &svg[end + 1..]);
    let body = body.replace(" opacity=\"1\"", "").replace("\n", "").replace(" font-family=\"sans-serif\"", "");
    let title = escape(title);
    format!("<svg class=\"chart\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">{body}")
}

/// A line through `points`, with what lies between it and `base` tinted.
pub(crate) fn line_over(surface: &mut Surface<'_, '_>, points: &[(f64, f64)], base: f64, role: Role) -> Drawn {
    let (Some(first), Some(last)) = (points.first(), points.last()) else { return Ok(()) };
    let mut outline = vec![(first.0, base)];
    outline.extend_from_slice(points);
    outline.push((last.0, base));
    surface.draw_series(std::iter::once(Polygon::new(outline, role.fill(0.12))))?;
    line(surface, points, role)
}

/// A line through `points`.
pub(crate) fn line(surface: &mut Surface<'_, '_>, points: &[(f64, f64)], role: Role) -> Drawn {
    surface.draw_series(std::iter::once(PathElement::new(points.to_vec(), role.stroke(15))))?;
    Ok(())
}

/// A level across the whole chart.
pub(crate) fn level(surface: &mut Surface<'_, '_>, x: &Axis, at: f64) -> Drawn {
    line(surface, &[(x.from, at), (x.to, at)], Role::Quiet)
}

/// Bars from zero: each a range of x, a height, and a colour by its `role`.
pub(crate) fn bars(surface: &mut Surface<'_, '_>, bars: &[(f64, f64, f64, Role)]) -> Drawn {
    surface.draw_series(
        bars.iter().map(|(from, to, height, role)| Rectangle::new([(*from, 0.0), (*to, *height)], role.fill(0.85))),
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_label_has_room_to_the_right() {
        let axis = |at: f64, label: &str| Axis { from: 0.0, to: 100.0, ticks: vec![(at, label.to_owned())] };
        assert_eq!(right_margin(&axis(100.0, "2025"), 500), 17);
        assert_eq!(right_margin(&axis(99.0, "2025"), 500), 12);
        assert_eq!(right_margin(&axis(50.0, "2025"), 500), 10);
        assert_eq!(right_margin(&Axis { from: 0.0, to: 1.0, ticks: Vec::new() }, 500), 10);
    }
}
