//! Hostile input that is kept: one file of cases per parser of what venues send, replayed through the parsers and through
//! whole connectors. Nothing panics, what is told stays short and free of secrets, and memory stays bounded.
//!
//! `generated.cases` is made from the recorded fixtures by the generator beside this file: `UPDATE_EXPECT=1` writes it anew.
//! `found.cases` is kept by hand: what once went wrong, or could.
mod generate;
mod properties;
mod replay;
mod session;
mod storms;
mod text;

/// What is sent where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    AlpacaAnswers,
    AlpacaMarket,
    AlpacaUpdates,
    AlpacaMsgpack,
    BingxAnswers,
    BingxMarket,
    BingxPrivate,
    BingxGzip,
    Numbers,
}

impl Target {
    pub(super) const ALL: [Self; 9] = [
        Self::AlpacaAnswers,
        Self::AlpacaMarket,
        Self::AlpacaUpdates,
        Self::AlpacaMsgpack,
        Self::BingxAnswers,
        Self::BingxMarket,
        Self::BingxPrivate,
        Self::BingxGzip,
        Self::Numbers,
    ];

    /// The name of its folder.
    fn name(self) -> &'static str {
        match self {
            Self::AlpacaAnswers => "alpaca_answers",
            Self::AlpacaMarket => "alpaca_market",
            Self::AlpacaUpdates => "alpaca_updates",
            Self::AlpacaMsgpack => "alpaca_msgpack",
            Self::BingxAnswers => "bingx_answers",
            Self::BingxMarket => "bingx_market",
            Self::BingxPrivate => "bingx_private",
            Self::BingxGzip => "bingx_gzip",
            Self::Numbers => "numbers",
        }
    }

    fn folder(self) -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(self.name())
    }

    /// Every case that is kept.
    pub(super) fn cases(self) -> Vec<Vec<u8>> {
        let read = |file: &str| std::fs::read_to_string(self.folder().join(file)).expect("a file of cases");
        [read("generated.cases"), read("found.cases")].iter().flat_map(|text| text::cases(text)).collect()
    }
}

#[test]
fn the_corpus_is_what_its_generator_makes() {
    for target in Target::ALL {
        let path = target.folder().join("generated.cases");
        let made = text::written(&generate::cases(target));
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&path, &made).expect("the corpus can be written");
        }
        let kept = std::fs::read_to_string(&path).expect("a file of cases");
        assert!(kept == made, "{} is not what the generator makes: UPDATE_EXPECT=1 writes it anew", path.display());
    }
}
