//! Files written aside and renamed: a name never shows a half-written file.
use crate::error::DataError;
use std::fs::File;
use std::path::{Path, PathBuf};

/// A file that appears under its name when it is finished, and leaves nothing when it is not, folders included.
pub(crate) struct Aside {
    target: PathBuf,
    part: PathBuf,
    /// Folders made for it, the innermost first.
    made: Vec<PathBuf>,
    kept: bool,
}

impl Aside {
    /// Creates the hidden file beside its target, and the folders above.
    pub(crate) fn create(target: &Path) -> Result<(Self, File), DataError> {
        let folder = target.parent().unwrap_or(Path::new("."));
        let missing = folder.ancestors().take_while(|f| !f.as_os_str().is_empty() && !f.exists());
        let made = missing.map(Path::to_path_buf).collect();
        std::fs::create_dir_all(folder).map_err(|e| DataError::io(folder, "create it", &e))?;
        let name = target.file_name().and_then(|n| n.to_str()).unwrap_or("file");
        let part = folder.join(format!(".{name}.{}.part", std::process::id()));
        let aside = Self { target: target.to_path_buf(), part, made, kept: false };
        let file = File::create(&aside.part).map_err(|e| DataError::io(&aside.part, "create it", &e))?;
        Ok((aside, file))
    }

    /// Makes the bytes durable and gives them their name.
    pub(crate) fn keep(mut self, file: &File) -> Result<(), DataError> {
        file.sync_all().map_err(|e| DataError::io(&self.part, "make it durable", &e))?;
        std::fs::rename(&self.part, &self.target)
            .map_err(|e| DataError::io(&self.target, "rename it into place", &e))?;
        self.kept = true;
        Ok(())
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.part); // nothing more can be done about it here
            // A folder that somebody else has put something into is not empty, and stays.
            let _ = self.made.iter().try_for_each(std::fs::remove_dir);
        }
    }
}

/// Writes a small file whole.
pub(crate) fn write_whole(target: &Path, bytes: &[u8]) -> Result<(), DataError> {
    let (aside, mut file) = Aside::create(target)?;
    std::io::Write::write_all(&mut file, bytes).map_err(|e| DataError::io(target, "write it", &e))?;
    aside.keep(&file)
}
