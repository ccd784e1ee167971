//! Ids as Alpaca has them: UUIDs. They are drawn from a seed and a counter, so that two runs of one seed say the same.
use std::fmt::Write;

/// Where ids come from.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    seed: u64,
    drawn: u64,
}

impl Ids {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next id; none is given twice.
    pub(crate) fn draw(&mut self) -> String {
        self.drawn += 1;
        uuid(&[&self.seed.to_be_bytes(), &self.drawn.to_be_bytes()])
    }
}

/// The id of something that has a name: the same in every run.
pub(crate) fn of_name(kind: &str, name: &str) -> String {
    uuid(&[kind.as_bytes(), b"|", name.as_bytes()])
}

fn uuid(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| {
        hasher.update(part);
    });
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_within_a_run_and_repeat_with_its_seed() {
        let drawn = |seed| {
            let mut ids = Ids::new(seed);
            [ids.draw(), ids.draw()]
        };
        assert_ne!(drawn(7)[0], drawn(7)[1]);
        assert_eq!(drawn(7), drawn(7));
        assert_ne!(drawn(7), drawn(8));
        let id = of_name("asset", "AAPL");
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
    }
}
