//! The secret key of an approver: a file that nobody else can read, and signatures made with it.
//!
//! The seed is handed in, drawn by whoever may ask the system; it is never shown, logged or put into an error.
use super::error::RegistryError;
use super::record::{Body, Signature, hex, unhex};
use ed25519_dalek::{Signer, SigningKey};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use zeroize::Zeroizing;

/// The first line of a key file.
const HEADING: &str = "onetape approver key 1";
/// More than any key file has, in bytes.
const SIZE_MAX: u64 = 512;

/// A secret key and the name that it signs for.
pub struct Key {
    name: String,
    // Wiped when it is dropped.
    secret: SigningKey,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Key {
    /// The key of a seed: 32 bytes of the system's randomness.
    #[must_use]
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        let seed = Zeroizing::new(seed);
        Self { name: name.into(), secret: SigningKey::from_bytes(&seed) }
    }

    /// The name that it signs for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public key in hex, as `approvers.toml` takes it.
    #[must_use]
    pub fn public(&self) -> String {
        hex(self.secret.verifying_key().as_bytes())
    }

    /// Writes it into a new file that only its owner can read.
    ///
    /// # Errors
    /// When the file exists already or the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), RegistryError> {
        let seed = Zeroizing::new(hex(&*Zeroizing::new(self.secret.to_bytes())));
        let text = Zeroizing::new(format!("{HEADING}\n{}\n{}\n", self.name, *seed));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private(&mut options);
        let write = || {
            let mut file = options.open(path)?;
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        write().map_err(RegistryError::disk("write the key file", path))
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// When others can read it, or it is not a key file.
    pub fn read(path: &Path) -> Result<Self, RegistryError> {
        let cannot = || RegistryError::disk("read the key file", path);
        let file = File::open(path).map_err(cannot())?;
        let meta = file.metadata().map_err(cannot())?;
        if let Some(mode) = open_to_others(&meta) {
            let shown = path.display();
            let reason = format!("the key can be read by others (mode {mode:o}): `chmod 600 {shown}`");
            return Err(RegistryError::file(path, reason));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(SIZE_MAX).read_to_string(&mut text).map_err(cannot())?;
        let mut lines = text.lines();
        let parts = (lines.next(), lines.next(), lines.next(), lines.next());
        if let (Some(HEADING), Some(name), Some(seed), None) = parts
            && let Some(seed) = unhex::<32>(seed)
        {
            return Ok(Self::new(name, seed));
        }
        Err(RegistryError::file(path, "this is not a key file of an approver; name the file that was made for you"))
    }

    pub(super) fn sign(&self, body: &Body) -> Signature {
        Signature { by: self.name.clone(), signature: hex(&self.secret.sign(&body.message()).to_bytes()) }
    }
}

#[cfg(unix)]
fn private(options: &mut OpenOptions) {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
}

#[cfg(not(unix))]
fn private(_options: &mut OpenOptions) {}

/// The mode of a file that others than its owner can read or write.
#[cfg(unix)]
fn open_to_others(meta: &fs::Metadata) -> Option<u32> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&meta.permissions()) & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_to_others(_meta: &fs::Metadata) -> Option<u32> {
    None
}
