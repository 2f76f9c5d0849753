//! Passwords of the cluster's roles, kept in files that only their owner reads.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt, path::Path};

use crate::{Error, account::Account};

/// Reads the password in this file, or makes one and writes it there.
pub(crate) fn read_or_create(path: &Path, account: &Account) -> Result<String, Error> {
    let known = fs::read_to_string(path).unwrap_or_default();
    let known = known.trim();
    if is_ours(known) {
        return Ok(known.to_owned());
    }
    let password = generate()?;
    write_private(path, &password, account)?;
    Ok(password)
}

/// Replaces the file by one that only the account can read.
pub(crate) fn write_private(path: &Path, text: &str, account: &Account) -> Result<(), Error> {
    let fresh = path.with_extension("new");
    // A leftover of a crash may have another owner or wider permissions.
    let _ = fs::remove_file(&fresh);
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&fresh)
        .map_err(Error::file("create", &fresh))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(Error::file("write", &fresh))?;
    account.give(&fresh)?;
    fs::rename(&fresh, path).map_err(Error::file("write", path))
}

/// Hexadecimal only, so that it needs no quoting in SQL and none in an URL.
fn is_ours(password: &str) -> bool {
    password.len() == 48 && password.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn generate() -> Result<String, Error> {
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| Error::Random {
        source: std::io::Error::other(error),
    })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
