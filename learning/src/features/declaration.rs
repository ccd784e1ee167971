//! Features as a run file declares them: `returns 32`, `position`.
use std::fmt;
use std::str::FromStr;
use strategies::nearest;
use thiserror::Error;

/// The longest window, in candles.
const WINDOW_MAX: usize = 4_096;

/// Raised when a feature of the same name is computed in another way: policies trained on the old one are then told apart.
const VERSION: u32 = 1;

/// One declared feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declaration {
    /// The last logarithmic returns of the close, the newest last.
    Returns(usize),
    /// The logarithmic return over so many candles.
    Momentum(usize),
    /// The deviation of so many logarithmic returns, with divisor n.
    Volatility(usize),
    /// The logarithm of the close over the mean of so many closes.
    SmaGap(usize),
    /// Where the close stands between the lowest low (-1) and the highest high (1) of so many candles.
    Channel(usize),
    /// The relative strength index with plain means (Cutler's form), from -1 to 1.
    Rsi(usize),
    /// The logarithm of high over low.
    Range,
    /// The logarithm of one and the volume over one and the mean volume of so many candles.
    Volume(usize),
    /// The exposure chosen last, and what is held over equity; both signed.
    Position,
    /// Unrealised profit over equity, and the drawdown from the highest equity seen.
    Account,
    /// Sine and cosine of the time of day and of the day of the week, in UTC, at the candle's close.
    Time,
}

/// Name, whether a window follows it, and what it is for.
const KNOWN: [(&str, bool); 11] = [
    ("returns", true),
    ("momentum", true),
    ("volatility", true),
    ("sma-gap", true),
    ("channel", true),
    ("rsi", true),
    ("range", false),
    ("volume", true),
    ("position", false),
    ("account", false),
    ("time", false),
];

/// What is wrong with a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FeatureError {
    /// No feature has this name.
    #[error("there is no feature `{name}`{hint}; there are {}", KNOWN.map(|known| known.0).join(", "))]
    Unknown {
        /// What was asked for.
        name: String,
        /// The nearest known name, in words.
        hint: String,
    },
    /// A window is missing, superfluous or out of range.
    #[error("`{text}` is no feature: expected {expected}")]
    Window {
        /// The declaration.
        text: String,
        /// What was expected in its place.
        expected: String,
    },
    /// No feature at all.
    #[error("a policy sees nothing: declare one or more features as in [\"returns 32\", \"position\"]")]
    None,
}

impl Declaration {
    /// Numbers that it comes to.
    #[must_use]
    pub fn width(self) -> usize {
        match self {
            Self::Returns(window) => window,
            Self::Position | Self::Account => 2,
            Self::Time => 4,
            _ => 1,
        }
    }

    /// Candles that must have been seen before it can be computed.
    #[must_use]
    pub fn warm_up(self) -> usize {
        match self {
            Self::Returns(n) | Self::Momentum(n) | Self::Volatility(n) | Self::Rsi(n) => n + 1,
            Self::SmaGap(n) | Self::Channel(n) | Self::Volume(n) => n,
            Self::Range | Self::Position | Self::Account | Self::Time => 1,
        }
    }

    /// Whether it depends on the market's candles alone: not on what the policy itself has done, and not on the clock.
    #[must_use]
    pub fn is_of_market(self) -> bool {
        !matches!(self, Self::Position | Self::Account | Self::Time)
    }

    fn parts(self) -> (&'static str, Option<usize>) {
        match self {
            Self::Returns(n) => ("returns", Some(n)),
            Self::Momentum(n) => ("momentum", Some(n)),
            Self::Volatility(n) => ("volatility", Some(n)),
            Self::SmaGap(n) => ("sma-gap", Some(n)),
            Self::Channel(n) => ("channel", Some(n)),
            Self::Rsi(n) => ("rsi", Some(n)),
            Self::Range => ("range", None),
            Self::Volume(n) => ("volume", Some(n)),
            Self::Position => ("position", None),
            Self::Account => ("account", None),
            Self::Time => ("time", None),
        }
    }
}

impl fmt::Display for Declaration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, None) => f.write_str(name),
            (name, Some(window)) => write!(f, "{name} {window}"),
        }
    }
}

impl FromStr for Declaration {
    type Err = FeatureError;

    fn from_str(text: &str) -> Result<Self, FeatureError> {
        let mut words = text.split_whitespace();
        let name = words.next().unwrap_or_default();
        let Some((name, wants_window)) = KNOWN.iter().find(|known| known.0 == name) else {
            let near = nearest(name, KNOWN.iter().map(|known| known.0));
            let hint = near.map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
            return Err(FeatureError::Unknown { name: name.into(), hint });
        };
        let given: Vec<&str> = words.collect();
        let window = match (wants_window, &given[..]) {
            (false, []) => Some(0),
            (true, [window]) => window.parse().ok().filter(|n| (1..=WINDOW_MAX).contains(n)),
            _ => None,
        };
        let made = window.map(|n| match *name {
            "returns" => Self::Returns(n),
            "momentum" => Self::Momentum(n),
            "volatility" => Self::Volatility(n),
            "sma-gap" => Self::SmaGap(n),
            "channel" => Self::Channel(n),
            "rsi" => Self::Rsi(n),
            "range" => Self::Range,
            "volume" => Self::Volume(n),
            "position" => Self::Position,
            "account" => Self::Account,
            _ => Self::Time,
        });
        made.ok_or_else(|| {
            let expected = match wants_window {
                true => format!("`{name}` and a window from 1 to {WINDOW_MAX} candles, as in `{name} 32`"),
                false => format!("`{name}` alone: it has no window"),
            };
            FeatureError::Window { text: text.into(), expected }
        })
    }
}

/// Reads declarations.
pub(super) fn read(features: &[String]) -> Result<Vec<Declaration>, FeatureError> {
    if features.is_empty() {
        return Err(FeatureError::None);
    }
    features.iter().map(|text| text.parse()).collect()
}

/// The name of a feature set: 16 hex digits that change with the declarations, their order, and how they are computed.
///
/// # Errors
/// When a declaration is wrong.
pub fn feature_set(features: &[String]) -> Result<String, FeatureError> {
    let mut text = format!("onetape features {VERSION}");
    for declared in read(features)? {
        text.push('\n');
        text.push_str(&declared.to_string());
    }
    Ok(blake3::hash(text.as_bytes()).to_hex()[..16].to_string())
}
