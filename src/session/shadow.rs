//! `shadow.jsonl`: what the real venue would have been sent, a line for each step that sent something. No key and no signature
//! stands in it.
use crate::failure::Failure;
use operations::world::Rehearsed;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use venues::Request;

/// The file.
#[derive(Debug)]
pub(super) struct ShadowFile {
    file: File,
    venues: Vec<String>,
}

impl ShadowFile {
    /// Goes on with it, or begins it.
    pub(super) fn open(path: &Path, venues: Vec<String>) -> Result<Self, Failure> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|e| Failure::Failed(format!("cannot write {}: {e}", path.display())))?;
        Ok(Self { file, venues })
    }

    /// Writes down what one venue would have been sent.
    pub(super) fn write(&mut self, venue: usize, it: &Rehearsed) -> Result<(), String> {
        let line = json!({
            "venue": self.venues[venue],
            "orders": it.orders.iter().map(|order| order.0).collect::<Vec<_>>(),
            "requests": it.requests.iter().map(shown).collect::<Vec<_>>(),
            "notes": it.notes,
        });
        self.file.write_all(format!("{line}\n").as_bytes()).map_err(|error| error.to_string())
    }
}

/// A request without what proves who sends it.
fn shown(request: &Request) -> Value {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let (signature, rest): (Vec<&str>, Vec<&str>) =
        query.split('&').filter(|it| !it.is_empty()).partition(|it| it.starts_with("signature="));
    let mut line = json!({
        "method": request.method.name(), "url": format!("{}{path}", request.base), "query": rest.join("&"),
        "signed": !signature.is_empty() || request.headers.iter().any(|(name, _)| name.ends_with("SECRET-KEY")),
    });
    if !request.body.is_empty() {
        let text = String::from_utf8_lossy(&request.body);
        line["body"] = serde_json::from_str(&text).unwrap_or_else(|_| text.into_owned().into());
    }
    line
}
