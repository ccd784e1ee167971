//! The promotion registry: which version of a strategy may trade where, who let it, and on what evidence.
//!
//! A folder with `records.jsonl`, signed records each chained to the one before, and what they name by digest. Opening
//! it verifies every record; what was forged, edited, moved, dropped or used twice is refused with its number. It
//! cannot see that the whole folder was put back to an earlier time: a session's tape names the digest of the record
//! that it ran under, and an older folder does not hold it ([`Registry::find`]). It reads no clock and draws nothing
//! at random.
mod approvers;
mod audit;
mod chain;
mod disk;
mod error;
mod keys;
mod proposals;
mod queries;
mod record;
mod requests;
mod stage;
mod standing;
mod versions;

pub use approvers::{Approver, Approvers, Right};
pub use chain::Torn;
pub use error::RegistryError;
pub use keys::Key;
pub use proposals::Proposal;
pub use queries::Holder;
pub use record::{Body, Record, SCHEMA, Signature};
pub use requests::{Outcome, Relief, Said, Wish};
pub use stage::{Act, Stage, Subject};
pub use standing::{Place, Standing};
pub use versions::{Difference, GATES, Material, RUN, Snapshot};

use chain::Chain;
use disk::Lock;
use std::path::{Path, PathBuf};

/// What a registry begins with.
#[derive(Clone, Debug)]
pub struct Founding {
    /// 16 bytes of the system's randomness: no two registries have the same.
    pub id: [u8; 16],
    /// The text of `approvers.toml`.
    pub approvers: String,
}

/// A registry that was verified.
#[derive(Debug)]
pub struct Registry {
    folder: PathBuf,
    chain: Chain,
    torn: Option<Torn>,
}

impl Registry {
    /// Founds a registry in `folder`: everything in it hangs on the approvers that are named here. `key` is one of
    /// those who may change them.
    ///
    /// # Errors
    /// When there is one already, `approvers.toml` is not good, the key is not of one who may, or the disk refuses.
    pub fn found(folder: &Path, founding: &Founding, said: &Said<'_>, key: &Key) -> Result<Self, RegistryError> {
        let approvers = Approvers::parse(&founding.approvers)?;
        disk::make_folder(folder)?;
        let lock = Lock::exclusive(folder)?;
        if Chain::read(folder)?.is_some() {
            return Err(RegistryError::Founded { folder: folder.into() });
        }
        requests::keep_approvers(folder, &founding.approvers, &approvers)?;
        let act = Act::Found { approvers: approvers.digest.clone() };
        let body = Body {
            schema: SCHEMA,
            registry: record::hex(&founding.id),
            number: 1,
            previous: String::new(),
            time: said.time,
            act,
            approvals: 1,
            reason: said.reason.into(),
        };
        requests::check_signer(&approvers, &body.act, key)?;
        let signatures = vec![key.sign(&body)];
        chain::begin(folder, &Record { body, signatures })?;
        drop(lock);
        Self::open(folder)
    }

    /// Opens a registry and verifies all of it. An append that was interrupted is finished, or set aside where it is
    /// torn: see [`Registry::torn`].
    ///
    /// # Errors
    /// When there is none, or anything in it is not as it was written.
    pub fn open(folder: &Path) -> Result<Self, RegistryError> {
        let none = || RegistryError::None { folder: folder.into() };
        let shared = Lock::shared(folder)?;
        let mut chain = Chain::read(folder)?.ok_or_else(none)?;
        drop(shared);
        let mut torn = None;
        if chain.is_unsettled() {
            let _lock = Lock::exclusive(folder)?;
            chain = Chain::read(folder)?.ok_or_else(none)?;
            torn = chain.settle(folder)?;
        }
        Ok(Self { folder: folder.into(), chain, torn })
    }

    /// The record that was torn by an append that was interrupted, where opening found one: it was never acknowledged.
    #[must_use]
    pub fn torn(&self) -> Option<&Torn> {
        self.torn.as_ref()
    }

    /// Does something under the lock, on what stands now; afterwards this is what stands.
    fn writing<T>(
        &mut self,
        act: impl FnOnce(&Path, &mut Chain) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let folder = self.folder.clone();
        let _lock = Lock::exclusive(&folder)?;
        let mut chain = Chain::read(&folder)?.ok_or_else(|| RegistryError::None { folder: folder.clone() })?;
        if let Some(torn) = chain.settle(&folder)? {
            self.torn = Some(torn);
        }
        let done = act(&folder, &mut chain)?;
        self.chain = chain;
        Ok(done)
    }
}

#[cfg(test)]
mod tests;
