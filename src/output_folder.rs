//! The folder of a run: written aside, then renamed, so that nothing half-written ever passes for a result.
use crate::failure::Failure;
use std::fs;
use std::path::{Path, PathBuf};

/// The file that makes a folder ours.
pub const SUMMARY: &str = "summary.json";

/// A folder being filled beside the place where it will stand. Dropped without [`OutputFolder::publish`] it is removed.
#[derive(Debug)]
pub struct OutputFolder {
    aside: PathBuf,
    published: bool,
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::Failed(format!("cannot {what} {}: {error}", path.display()))
}

/// Whether a folder may be written: it is absent, empty, or holds a run of ours.
///
/// # Errors
/// When it holds something else.
pub fn check_replaceable(target: &Path) -> Result<(), Failure> {
    let entries = match fs::read_dir(target) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(Failure::Usage(format!("cannot write to {}: {error}; name a folder", target.display())));
        }
    };
    if entries && !target.join(SUMMARY).is_file() {
        let text =
            "is not empty and holds no run of ours (no summary.json): name another folder with --out, or empty it";
        return Err(Failure::Usage(format!("{} {text}", target.display())));
    }
    Ok(())
}

impl OutputFolder {
    /// An empty folder beside `target`, in the folder that will hold it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn beside(target: &Path) -> Result<Self, Failure> {
        let parent = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(|e| cannot("make", parent, &e))?;
        let name = target.file_name().map_or_else(|| "run".into(), |n| n.to_string_lossy().into_owned());
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
        for text in ["first", "second"] {
            let folder = OutputFolder::beside(&target).expect("made");
            folder.write(SUMMARY, text).expect("written");
            folder.publish(&target).expect("published");
            assert_eq!(fs::read_to_string(target.join(SUMMARY)).expect("there"), text);
        }
        fs::remove_file(target.join(SUMMARY)).expect("removed");
        fs::write(target.join("thesis.txt"), "precious").expect("written");
        let folder = OutputFolder::beside(&target).expect("made");
        assert!(matches!(folder.publish(&target), Err(Failure::Usage(_))));
        assert_eq!(fs::read_to_string(target.join("thesis.txt")).expect("there"), "precious");
        assert_eq!(fs::read_dir(root.path()).expect("readable").count(), 1);
    }
}
