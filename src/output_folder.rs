//! The folder of a run: written aside, then renamed, so that nothing half-written ever passes for a result.
use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder ours.
pub const SUMMARY: &str = "summary.json";
/// What the watch on our own flow found, where it was asked to look.
pub const ALERTS: &str = "alerts.json";

/// A folder being filled beside the place where it will stand. Dropped without [`OutputFolder::publish`] it is removed.
#[derive(Debug)]
pub struct OutputFolder {
    aside: PathBuf,
    published: bool,
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("cannot {what} {}: {error}", path.display()))
}

/// Everything that we ever write into a run's folder. A folder with anything else in it is somebody's.
const OURS: [&str; 23] = [
    SUMMARY,
    "evidence.json",
    "bootstrap.json",
    "comparison.json",
    "cross_validation.json",
    "gates.toml",
    "honesty.json",
    "luck.json",
    "session.json",
    "simulations.json",
    "stress.json",
    "trials.parquet",
    "walk_forward.json",
    "search.json",
    "report.html",
    ALERTS,
    "equity.parquet",
    "orders.parquet",
    "fills.parquet",
    "round_trips.parquet",
    "results.parquet",
    "run.toml",
    "tape",
];

/// Whether a folder may be written: it is absent, empty, or holds a run of ours and nothing else.
///
/// # Errors
/// When it holds something else.
pub fn check_replaceable(target: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Failure::Usage(format!("cannot write to {}: {error}; name a folder", target.display())));
        }
    };
    let names: Vec<String> = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    if names.is_empty() {
        return Ok(());
    }
    let hint = "name another folder with --out, or empty it";
    if !holds_a_summary(target) {
        return Err(Failure::Usage(format!(
            "{} is not empty and holds no run of ours (no summary.json with a digest): {hint}",
            target.display()
        )));
    }
    match names.iter().find(|name| !OURS.contains(&name.as_str())) {
        Some(other) => {
            Err(Failure::Usage(format!("{} holds a run of ours, but also {other}: {hint}", target.display())))
        }
        None => Ok(()),
    }
}

/// Any program may write a file of this name; ours has a digest in it.
fn holds_a_summary(folder: &Path) -> bool {
    let text = fs::read_to_string(folder.join(SUMMARY)).unwrap_or_default();
    serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|summary| summary["digest"].is_string())
}

/// Removes what runs left aside that were interrupted: their process is gone.
fn remove_abandoned(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let process =
            name.strip_prefix('.').and_then(|n| n.strip_suffix(".unfinished")).and_then(|n| n.rsplit_once('.'));
        let gone = process
            .and_then(|(_, id)| id.parse::<u32>().ok())
            .is_some_and(|id| !Path::new(&format!("/proc/{id}")).exists());
        if gone && Path::new("/proc/self").exists() {
            let _ = fs::remove_dir_all(entry.path()); // another run may be removing it at the same time
        }
    }
}

impl OutputFolder {
    /// An empty folder beside `target`, in the folder that will hold it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn beside(target: &Path) -> Result<Self, Failure> {
        let whole = std::path::absolute(target).map_err(|e| cannot("find", target, &e))?;
        let parent = whole.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(parent).map_err(|e| cannot("make", parent, &e))?;
        remove_abandoned(parent);
        let name = whole.file_name().map_or_else(|| "run".into(), |n| n.to_string_lossy().into_owned());
        let aside = parent.join(format!(".{name}.{}.unfinished", std::process::id()));
        let _ = fs::remove_dir_all(&aside); // of an earlier process of this number that was killed
        fs::create_dir(&aside).map_err(|e| cannot("make", &aside, &e))?;
        Ok(Self { aside, published: false })
    }

    /// Where to write.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.aside
    }

    /// Writes a text file into it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Failure> {
        let path = self.aside.join(name);
        fs::write(&path, text).map_err(|e| cannot("write", &path, &e))
    }

    /// Puts the folder in place of `target`; what stood there goes only after the new one is whole.
    ///
    /// # Errors
    /// When `target` holds something that is not ours, or the disk refuses.
    pub fn publish(mut self, target: &Path) -> Result<(), Failure> {
        check_replaceable(target)?;
        let old = self.aside.with_extension("replaced");
        let had = target.exists();
        if had {
            fs::rename(target, &old).map_err(|e| cannot("replace", target, &e))?;
        }
        if let Err(error) = fs::rename(&self.aside, target) {
            if had {
                let _ = fs::rename(&old, target); // back where it was; the first error is the one to tell
            }
            return Err(cannot("write", target, &error));
        }
        self.published = true;
        if had {
            fs::remove_dir_all(&old).map_err(|e| cannot("remove", &old, &e))?;
        }
        Ok(())
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_dir_all(&self.aside); // the failure that led here is told already
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_aside_is_removed_by_the_next() {
        let root = tempfile::tempdir().expect("a folder");
        let (gone, here) = (root.path().join(".run.4294967294.unfinished"), root.path().join(".run.1.unfinished"));
        [&gone, &here].iter().for_each(|path| fs::create_dir(path).expect("made"));
        drop(OutputFolder::beside(&root.path().join("run")).expect("made"));
        assert_eq!((gone.exists(), here.exists()), (false, true));
    }

    #[test]
    fn an_unfinished_folder_leaves_nothing_behind() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("run");
        let folder = OutputFolder::beside(&target).expect("made");
        folder.write(SUMMARY, "{}").expect("written");
        drop(folder);
        assert_eq!(fs::read_dir(root.path()).expect("readable").count(), 0);
    }

    #[test]
    fn a_run_of_ours_is_replaced_and_anything_else_is_refused() {
        let root = tempfile::tempdir().expect("a folder");
        let target = root.path().join("run");
        for text in ["{\"digest\": \"1\"}", "{\"digest\": \"2\"}"] {
            let folder = OutputFolder::beside(&target).expect("made");
            folder.write(SUMMARY, text).expect("written");
            folder.publish(&target).expect("published");
            assert_eq!(fs::read_to_string(target.join(SUMMARY)).expect("there"), text);
        }
        fs::write(target.join("thesis.txt"), "precious").expect("written");
        for summary in ["{\"digest\": \"2\"}", "{}", "somebody else's"] {
            fs::write(target.join(SUMMARY), summary).expect("written");
            let folder = OutputFolder::beside(&target).expect("made");
            assert!(matches!(folder.publish(&target), Err(Failure::Usage(_))));
            assert_eq!(fs::read_to_string(target.join("thesis.txt")).expect("there"), "precious");
        }
        assert_eq!(fs::read_dir(root.path()).expect("readable").count(), 1);
    }
}
