//! Writes the workloads W1 to W5 as a catalog with run files, for whole-process measurements.
//!
//! `cargo run --release -p onetape-benches --bin workloads -- FOLDER`
use benches::bars;
use datasets::writer::{FileNotes, write_candles};
use engine::Interval;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write to")?;
    let folder = Path::new(&folder);
    for (name, seed, n) in [("W1", 1, 1_000_000), ("W2", 2, 100_000), ("W4", 4, 5_000_000), ("W5", 5, 200_000)] {
        bring(folder, name, seed, n)?;
    }
    let many: Vec<String> = (0..50).map(|k| format!("S{k:02}")).collect();
    for (k, symbol) in (0..).zip(&many) {
        bring(folder, symbol, 100 + k, 20_000)?;
    }
    let ema = "kind = \"ema-cross\"\nfast = 20\nslow = 50";
    run_file(folder, "W1", &["W1".into()], "10000000", ema)?;
    run_file(folder, "W2", &["W2".into()], "10000000", ema)?;
    run_file(folder, "W3", &many, "10000000", ema)?;
    run_file(folder, "W4", &["W4".into()], "100000000", ema)?;
    run_file(folder, "W5", &["W5".into()], "10000000", "kind = \"flip\"")
}

fn bring(folder: &Path, symbol: &str, seed: u64, n: usize) -> Result<(), Box<dyn Error>> {
    let path = folder.join("catalog/candles/generated").join(symbol).join("1m.parquet");
    let notes = FileNotes {
        venue: "generated".into(),
        symbol: symbol.into(),
        interval: Interval::MINUTE,
        source: "generated".into(),
        licence: "none needed".into(),
        price: "trade".into(),
        note: String::new(),
    };
    write_candles(&path, &notes, &bars(seed, n))?;
    Ok(())
}

fn run_file(folder: &Path, name: &str, symbols: &[String], cash: &str, strategy: &str) -> Result<(), Box<dyn Error>> {
    let instrument =
        |s: &String| format!("[[instruments]]\nvenue = \"generated\"\nsymbol = \"{s}\"\ninterval = \"1m\"\n\n");
    let instruments: String = symbols.iter().map(instrument).collect();
    let text = format!(
        "[run]\nname = \"{name}\"\n\n[data]\ncatalog = \"catalog\"\n\n{instruments}[account]\ncash = \"{cash} USD\"\n\n\
         [strategy]\n{strategy}\nsize = \"1\"\n\n[execution]\ntaker_fee_bps = 5\nmaker_fee_bps = 5\n"
    );
    Ok(std::fs::write(folder.join(format!("{name}.toml")), text)?)
}
