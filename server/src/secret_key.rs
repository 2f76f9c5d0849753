//! The installation's secret: what signs access tokens and seals connection passwords.

use crate::settings::Settings;
use operations::secrets::SecretKey as SealingKey;
use rand::TryRngCore as _;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// 32 bytes that leave this process in no form.
#[derive(Debug, Clone)]
pub struct SecretKey(SealingKey);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is there and cannot be used.
    #[error("the secret key file {} {why}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What is wrong, and what to do.
        why: &'static str,
    },
    /// The file cannot be read or written.
    #[error("the secret key file {} cannot be opened; check who owns it", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gives no random bytes for a secret key")]
    NoRandomness,
}

impl SecretKey {
    /// The key of the settings: given, else from its file, else made and kept in the data directory.
    pub fn load(settings: &Settings) -> Result<Self, Error> {
        if let Some(given) = &settings.secret_key
            && let Some(key) = decode(given.expose_secret())
        {
            return Ok(Self(key));
        }
        let file = Self::file(settings);
        if file.exists() {
            read(&file)
        } else {
            make(&file)
        }
    }

    /// The key that seals passwords of connections.
    pub fn sealing(&self) -> &SealingKey {
        &self.0
    }

    /// Where the key is kept when the settings do not give it.
    pub fn file(settings: &Settings) -> PathBuf {
        settings
            .secret_key_file
            .clone()
            .unwrap_or_else(|| settings.data_dir.join("secret.key"))
    }

    /// A key for one purpose; knowing it tells nothing about the others.
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"crossdock key ");
        hash.update(self.0.bytes());
        hash.update(purpose.as_bytes());
        hash.finalize().into()
    }
}

/// 64 hexadecimal digits, or nothing.
pub fn decode(text: &str) -> Option<SealingKey> {
    SealingKey::from_hex(text).ok()
}

fn read(file: &Path) -> Result<SecretKey, Error> {
    let text = std::fs::read_to_string(file).map_err(|source| Error::Io {
        file: file.to_owned(),
        source,
    })?;
    decode(&text)
        .map(SecretKey)
        .ok_or_else(|| Error::Unusable {
            file: file.to_owned(),
            why: "does not hold 64 hexadecimal digits; restore it from a backup, for without it the stored passwords of connections cannot be opened",
        })
}

fn make(file: &Path) -> Result<SecretKey, Error> {
    let io = |source| Error::Io {
        file: file.to_owned(),
        source,
    };
    let mut bytes = [0; 32];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Error::NoRandomness)?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(io)?;
    }
    let mut open = std::fs::OpenOptions::new();
    let opened = open.write(true).create_new(true).mode(0o600).open(file);
    match opened {
        Ok(mut made) => {
            let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            writeln!(made, "{text}").map_err(io)?;
            made.sync_all().map_err(io)?;
            read(file)
        }
        // Another node was faster.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => read(file),
        Err(error) => Err(io(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_has_its_own_key() {
        let key = SecretKey(decode(&"07".repeat(32)).unwrap());
        assert_ne!(
            key.derive("access tokens"),
            key.derive("connection secrets")
        );
        assert_eq!(key.derive("access tokens"), key.derive("access tokens"));
    }

    #[test]
    fn the_file_is_made_once_and_closed_to_others() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/secret.key");
        let made = make(&file).unwrap();
        let again = read(&file).unwrap();
        assert_eq!(made.derive("x"), again.derive("x"));
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
