//! Looks for the server programs.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::Error;

/// The oldest major version that Crossdock works with.
pub const MINIMUM_MAJOR: u32 = 15;

/// A folder with `postgres`, `initdb` and `psql` of one version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder.
    pub bin: PathBuf,
    /// The major version, such as 15.
    pub major: u32,
    /// The version as `postgres --version` prints it, such as `15.14`.
    pub version: String,
}

impl Binaries {
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.bin.join(name)
    }
}

/// Finds the PostgreSQL to use: `PG_BIN` when set; else the first of what `pg_config` names, the
/// folders where distributions put it (newest first) and `PATH` that is at least [`MINIMUM_MAJOR`].
///
/// # Errors
/// [`Error::PgBin`], [`Error::TooOld`] or [`Error::NotInstalled`]; each says what to install.
pub fn find() -> Result<Binaries, Error> {
    installed()?.into_iter().next().ok_or(Error::NotInstalled)
}

/// Finds the PostgreSQL that can open data of this major version; without one, the preferred.
pub(crate) fn find_for(major: Option<&str>) -> Result<Binaries, Error> {
    let mut all = installed()?;
    let wanted = all
        .iter()
        .position(|found| Some(found.major.to_string().as_str()) == major)
        .unwrap_or(0);
    if all.is_empty() {
        return Err(Error::NotInstalled);
    }
    Ok(all.swap_remove(wanted))
}

/// Every usable version in order of preference; never empty.
fn installed() -> Result<Vec<Binaries>, Error> {
    if let Some(bin) = env::var_os("PG_BIN").filter(|bin| !bin.is_empty()) {
        let bin = PathBuf::from(bin);
        return match inspect(&bin).filter(|found| found.major >= MINIMUM_MAJOR) {
            Some(found) => Ok(vec![found]),
            None => Err(Error::PgBin { bin }),
        };
    }
    choose(candidates().iter().filter_map(|bin| inspect(bin)).collect())
}

fn choose(found: Vec<Binaries>) -> Result<Vec<Binaries>, Error> {
    let (usable, old): (Vec<_>, Vec<_>) = found
        .into_iter()
        .partition(|found| found.major >= MINIMUM_MAJOR);
    if !usable.is_empty() {
        return Ok(usable);
    }
    match old.into_iter().max_by_key(|found| found.major) {
        Some(Binaries { bin, version, .. }) => Err(Error::TooOld { version, bin }),
        None => Err(Error::NotInstalled),
    }
}

fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = pg_config_bindir().into_iter().collect();
    folders.extend(versioned("/usr/lib/postgresql", "", "bin"));
    folders.extend(versioned("/usr", "pgsql-", "bin"));
    folders.extend(versioned("/opt/homebrew/opt", "postgresql@", "bin"));
    folders.extend(versioned("/usr/local/opt", "postgresql@", "bin"));
    folders.extend(versioned("/opt/local/lib", "postgresql", "bin"));
    folders.push("/usr/local/pgsql/bin".into());
    folders.push("/usr/libexec/postgresql".into());
    if let Some(path) = env::var_os("PATH") {
        folders.extend(env::split_paths(&path));
    }
    folders
}

/// `<parent>/<prefix><number>/<tail>`, the highest number first.
fn versioned(parent: &str, prefix: &str, tail: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let number = name.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path().join(tail)))
        })
        .collect();
    found.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    found.into_iter().map(|(_, path)| path).collect()
}

fn pg_config_bindir() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(text.trim())).filter(|path| output.status.success() && path.is_absolute())
}

/// What this folder holds, if all three programs are there and say their version.
fn inspect(bin: &Path) -> Option<Binaries> {
    if !["postgres", "initdb", "psql"]
        .iter()
        .all(|program| bin.join(program).is_file())
    {
        return None;
    }
    let output = Command::new(bin.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let (major, version) = parse_version(&String::from_utf8_lossy(&output.stdout))?;
    Some(Binaries {
        bin: bin.to_owned(),
        major,
        version,
    })
}

/// Reads `postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)`.
fn parse_version(text: &str) -> Option<(u32, String)> {
    let version = text
        .split_once("(PostgreSQL)")?
        .1
        .split_whitespace()
        .next()?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    Some((digits.parse().ok()?, version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binaries(major: u32) -> Binaries {
        Binaries {
            bin: format!("/opt/{major}").into(),
            major,
            version: format!("{major}.1"),
        }
    }

    #[test]
    fn a_version_is_read_from_release_beta_and_distribution_texts() {
        for (text, major, version) in [
            (
                "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)",
                15,
                "15.14",
            ),
            ("postgres (PostgreSQL) 18beta2", 18, "18beta2"),
            ("postgres (PostgreSQL) 9.6.24", 9, "9.6.24"),
        ] {
            assert_eq!(parse_version(text), Some((major, version.to_owned())));
        }
        assert_eq!(parse_version("mysqld 8"), None);
    }

    #[test]
    fn the_order_of_the_folders_is_kept_and_old_versions_are_passed_over() {
        let usable = choose(vec![binaries(13), binaries(16), binaries(17)]).unwrap();
        assert_eq!(usable, [binaries(16), binaries(17)]);
    }

    #[test]
    fn only_old_versions_are_refused_with_the_version_needed() {
        let message = choose(vec![binaries(9), binaries(13)])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("13.1") && message.contains("version 15 or newer"),
            "{message}"
        );
    }

    #[test]
    fn no_postgresql_at_all_is_refused_with_what_to_install() {
        let message = choose(Vec::new()).unwrap_err().to_string();
        assert!(message.contains("apt-get install postgresql"), "{message}");
    }
}
