//! Files of the registry: read within bounds, written aside and renamed, made durable, and one writer at a time.
//!
//! It knows no record; what is acknowledged hangs on the order in which its callers write.
use super::error::RegistryError;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// The file that is locked.
const LOCK: &str = "lock";

/// Keeps others out of a registry while it lives.
#[derive(Debug)]
pub(super) struct Lock {
    /// The lock goes when it is closed.
    _file: File,
}

impl Lock {
    /// Waits until nobody else writes or reads.
    pub(super) fn exclusive(folder: &Path) -> Result<Self, RegistryError> {
        let path = folder.join(LOCK);
        let open = || OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let file = open().map_err(RegistryError::disk("open", &path))?;
        file.lock().map_err(RegistryError::disk("lock", &path))?;
        Ok(Self { _file: file })
    }

    /// Waits until nobody writes. A copy of a registry for reading may have no lock, and then nobody writes there.
    pub(super) fn shared(folder: &Path) -> Result<Option<Self>, RegistryError> {
        let path = folder.join(LOCK);
        match File::open(&path) {
            Ok(file) => {
                file.lock_shared().map_err(RegistryError::disk("lock", &path))?;
                Ok(Some(Self { _file: file }))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(RegistryError::disk("open", path)(error)),
        }
    }
}

/// The bytes of a file of at most `max` bytes; `None` where there is none.
pub(super) fn read(path: &Path, max: u64) -> Result<Option<Vec<u8>>, RegistryError> {
    let mut bytes = Vec::new();
    match File::open(path).and_then(|file| file.take(max + 1).read_to_end(&mut bytes)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(RegistryError::disk("read", path))?,
    };
    if bytes.len() as u64 > max {
        return Err(RegistryError::file(path, format!("this is larger than {max} bytes: it is not one of ours")));
    }
    Ok(Some(bytes))
}

/// Writes a file aside, makes it durable and renames it into place: afterwards it is whole, or what it was.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = path.with_file_name(format!(".{name}.new"));
    let write = || {
        let mut file = File::create(&aside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&aside, path)
    };
    write().map_err(RegistryError::disk("write", path))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), RegistryError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(RegistryError::disk("make durable", folder))
}

/// Makes a folder and those around it.
pub(super) fn make_folder(folder: &Path) -> Result<(), RegistryError> {
    fs::create_dir_all(folder).map_err(RegistryError::disk("make the folder", folder))
}

/// Fills a folder aside and puts it into place; where it stands already nothing is done, for its name is the digest of
/// what is in it.
pub(super) fn keep_folder(
    target: &Path,
    fill: impl FnOnce(&Path) -> Result<(), RegistryError>,
) -> Result<(), RegistryError> {
    if target.exists() {
        return Ok(());
    }
    let parent = target.parent().unwrap_or(Path::new("."));
    make_folder(parent)?;
    let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let aside = parent.join(format!(".{name}.new"));
    // Of one who was killed: we hold the lock, so nobody fills it now.
    remove_folder(&aside)?;
    make_folder(&aside)?;
    fill(&aside)?;
    sync_folder(&aside)?;
    fs::rename(&aside, target).map_err(RegistryError::disk("write", target))?;
    sync_folder(parent)
}

/// Removes a folder, if it is there.
pub(super) fn remove_folder(folder: &Path) -> Result<(), RegistryError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(RegistryError::disk("remove", folder)(error)),
        _ => Ok(()),
    }
}

/// Writes a new file below `folder`, with the folders of its name, and makes it durable.
pub(super) fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), RegistryError> {
    let path = folder.join(name);
    let parent = path.parent().unwrap_or(folder);
    make_folder(parent)?;
    let write = || {
        let mut file = File::create(&path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(RegistryError::disk("write", &path))?;
    sync_folder(parent)
}
