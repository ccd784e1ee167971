//! Keys of a venue: from a file that nobody else can read, or from the environment with a warning. They never stand in a run file,
//! and nothing here shows them.
use crate::failure::Failure;
use secrecy::{ExposeSecret, SecretString};
use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A key and its secret.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The key.
    pub key: SecretString,
    /// Its secret.
    pub secret: SecretString,
    /// Where they were found, in words.
    pub source: String,
    /// Whether that is a place that others can look into.
    pub exposed: bool,
}

/// The keys of a loopback venue, which are no secret.
#[must_use]
pub fn loopback(venue: &str) -> Option<Keys> {
    let (key, secret) = match venue {
        "bingx" => ("demo-key", "demo-secret"),
        "alpaca" => ("PKLOOPBACK", "loopback-secret"),
        _ => return None,
    };
    Some(Keys {
        key: key.into(),
        secret: secret.into(),
        source: "those of every loopback venue".into(),
        exposed: false,
    })
}

/// The keys of a venue, if there are any: from the file or folder that was named, else from the folder that the system hands
/// a service, else from the user's own, else from the environment.
///
/// # Errors
/// When a file that should hold them is missing, can be read by others, or is not two lines.
pub fn find(venue: &str, named: Option<&Path>) -> Result<Option<Keys>, Failure> {
    if let Some(path) = named {
        return read(&if path.is_dir() { path.join(venue) } else { path.to_path_buf() }).map(Some);
    }
    let configured = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    let configured = configured.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".config")));
    let folders = [
        env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        configured.map(|folder| folder.join("onetape/credentials")),
    ];
    let file = folders.into_iter().flatten().map(|folder| folder.join(venue)).find(|path| path.is_file());
    match file {
        Some(path) => read(&path).map(Some),
        None => Ok(from_environment(venue)),
    }
}

fn from_environment(venue: &str) -> Option<Keys> {
    let name = |what: &str| format!("ONETAPE_{}_{what}", venue.to_ascii_uppercase());
    let value = |what: &str| env::var(name(what)).ok().filter(|text| !text.is_empty());
    let (key, secret) = (value("KEY")?, value("SECRET")?);
    let source = format!("the environment ({}), which other programs of the same user can read", name("KEY"));
    Some(Keys { key: key.into(), secret: secret.into(), source, exposed: true })
}

fn read(path: &Path) -> Result<Keys, Failure> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| Failure::Usage(format!("the credentials {shown} cannot be read: {error}"));
    let mode = std::fs::metadata(path).map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Failure::Usage(format!(
            "the credentials {shown} can be read by others (mode {mode:o}): `chmod 600 {shown}`"
        )));
    }
    let text = SecretString::from(std::fs::read_to_string(path).map_err(unreadable)?);
    let mut lines = text.expose_secret().lines().map(str::trim).filter(|line| !line.is_empty());
    match (lines.next(), lines.next(), lines.next()) {
        (Some(key), Some(secret), None) => {
            Ok(Keys { key: key.into(), secret: secret.into(), source: format!("{shown}"), exposed: false })
        }
        _ => Err(Failure::Usage(format!("the credentials {shown} need two lines, the key and the secret"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("bingx");
        std::fs::write(&path, text).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
        (folder, path)
    }

    #[test]
    fn keys_stand_in_a_file_that_nobody_else_can_read() {
        let (folder, path) = file("a-key\n\n  a-secret \n", 0o600);
        for named in [path.as_path(), folder.path()] {
            let keys = find("bingx", Some(named)).expect("readable").expect("keys");
            assert_eq!((keys.key.expose_secret(), keys.secret.expose_secret()), ("a-key", "a-secret"));
        }
    }

    #[test]
    fn what_others_can_read_or_is_not_two_lines_is_refused_without_being_shown() {
        for (text, mode, said) in [
            ("a-key\na-secret\n", 0o640, "chmod 600"),
            ("a-key\na-secret\n", 0o604, "chmod 600"),
            ("a-key\n", 0o600, "two lines"),
            ("a-key\na-secret\nmore\n", 0o600, "two lines"),
        ] {
            let (_folder, path) = file(text, mode);
            let error = find("bingx", Some(&path)).expect_err("refused").to_string();
            assert!(error.contains(said) && !error.contains("a-key") && !error.contains("a-secret"), "{error}");
        }
    }
}
