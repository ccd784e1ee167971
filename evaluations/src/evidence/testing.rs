//! Made evidence for tests: a version, and bundles of it with figures that are given.
use super::{Evidence, Figure, KNOWN, Kind, Part, PartDigest, Version, catalogue::Better};
use std::path::Path;

/// A version of the line `name` whose parts are told apart by `parameters` and the bytes of its gates file.
pub(crate) fn version(name: &str, parameters: &str, gates: &str) -> Version {
    let part = |part: Part| {
        let text = match part {
            Part::Parameters => parameters,
            Part::Gates => gates,
            part => part.name(),
        };
        let shown = if part == Part::Gates { "a gates file" } else { text };
        (part, PartDigest::of(text.as_bytes(), shown))
    };
    let parts = Part::ALL.into_iter().filter(|part| *part != Part::Policy).map(part).collect();
    Version { name: name.into(), parts }
}

/// Evidence with every figure of its kind, as good as can be.
pub(crate) fn excellent(kind: Kind, version: &Version) -> Evidence {
    let mut evidence = Evidence::new(kind, version.clone(), 7);
    for known in KNOWN.iter().filter(|known| known.is_of(kind)) {
        let value = match known.better {
            Better::More => 1e6,
            Better::Less => 0.0,
            Better::True => 1.0,
        };
        let figure = Figure::new(Some(value), 100_000, "made/up", "nothing");
        evidence.figures.insert(known.name.into(), figure);
    }
    evidence
}

/// Writes a bundle with a page and a table in a folder of its own.
pub(crate) fn write(evidence: &mut Evidence, folder: &Path) {
    std::fs::create_dir_all(folder.join("tables")).unwrap();
    std::fs::write(folder.join("report.html"), format!("<p>{}</p>", evidence.kind)).unwrap();
    std::fs::write(folder.join("tables/folds.csv"), "1,2\n").unwrap();
    evidence.write(folder).unwrap();
}
