//! Where a cluster's files are, and who may touch them.

use std::{
    fs::{self, File, Permissions, TryLockError},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::{Error, account::Account};

/// Where root's clusters go when the account of the server cannot reach the data directory.
const SHARED_PLACE: &str = "/var/lib/crossdock";

/// Flags for files in the home: the account owns it and could lead root elsewhere with a link.
pub(crate) const NO_LINK: i32 = nix::fcntl::OFlag::O_NOFOLLOW.bits();

/// A socket's whole path must stay under 104 bytes on macOS (108 on Linux), and PostgreSQL adds
/// `/.s.PGSQL.65535` to the folder.
const SOCKET_FOLDER_LIMIT: usize = 85;

/// The folder `<data_dir>/postgres`, links resolved, and the account that owns it.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    dir: PathBuf,
    account: Account,
}

impl Home {
    /// Opens the home in this data directory, making it when there is none.
    pub(crate) fn open(data_dir: &Path, wanted: Option<&str>) -> Result<Self, Error> {
        fs::create_dir_all(data_dir).map_err(Error::file("create", data_dir))?;
        let entry = entry(data_dir)?;
        if !entry.exists() {
            // A link whose target was deleted starts afresh.
            let _ = fs::remove_file(&entry);
            place(&entry, &Account::choose(wanted)?)?;
        }
        let dir = fs::canonicalize(&entry).map_err(Error::file("open", &entry))?;
        let account = match Account::of_directory(&dir)? {
            Some(account) => account,
            // Left by a crash between making the folder and handing it over.
            None => Account::choose(wanted)?,
        };
        check_content(&dir)?;
        account.give(&dir)?;
        set_mode(&dir, 0o700)?;
        if account.can_enter(&dir) {
            return Ok(Self { dir, account });
        }
        Err(Error::Unreachable {
            path: dir,
            account: account.name(),
        })
    }

    /// The home in this data directory, if there is one.
    pub(crate) fn existing(data_dir: &Path) -> Result<Option<Self>, Error> {
        match data_dir.exists() && entry(data_dir)?.exists() {
            true => Self::open(data_dir, None).map(Some),
            false => Ok(None),
        }
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.dir.join("cluster")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The folder of the Unix socket, closed to other accounts: in the home when its path is short
    /// enough, else under `/tmp`.
    pub(crate) fn socket_dir(&self) -> Result<PathBuf, Error> {
        let inside = self.dir.join("s");
        if inside.as_os_str().len() <= SOCKET_FOLDER_LIMIT {
            self.make_private(&inside)?;
            return Ok(inside);
        }
        let name = format!("crossdock-{}-{:016x}", self.account.uid(), hash(&self.dir));
        let outside = Path::new("/tmp").join(name);
        self.make_private(&outside)?;
        // Anybody could have put something else there before us.
        let found = fs::symlink_metadata(&outside).map_err(Error::file("inspect", &outside))?;
        if found.is_dir() && found.uid() == self.account.uid() && found.mode() & 0o077 == 0 {
            return Ok(outside);
        }
        Err(Error::SocketFolder { path: outside })
    }

    /// Makes a folder that only the account can enter; an existing one is left as it is.
    pub(crate) fn make_private(&self, path: &Path) -> Result<(), Error> {
        match fs::DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.account.give(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(Error::file("create", path)(error)),
        }
    }

    /// Waits until nobody else starts or stops this cluster; holding the file keeps it so.
    pub(crate) async fn lock_start(&self, limit: Duration) -> Result<File, Error> {
        let file = self.open_lock("start.lock")?;
        let deadline = Instant::now() + limit;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::Error(error)) => {
                    return Err(Error::file("lock", self.file("start.lock"))(error));
                }
                Err(TryLockError::WouldBlock) if Instant::now() >= deadline => {
                    return Err(Error::TimedOut {
                        what: "another process starting or stopping this PostgreSQL",
                        seconds: limit.as_secs(),
                        log: self.log(),
                    });
                }
                Err(TryLockError::WouldBlock) => sleep(Duration::from_millis(50)).await,
            }
        }
    }

    pub(crate) fn open_lock(&self, name: &str) -> Result<File, Error> {
        let path = self.file(name);
        let file = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .custom_flags(NO_LINK)
            .open(&path)
            .map_err(Error::file("open", &path))?;
        self.account.give(&path)?;
        Ok(file)
    }
}

/// `<data_dir>/postgres`, absolute; a folder, or a link to one.
pub(crate) fn entry(data_dir: &Path) -> Result<PathBuf, Error> {
    let data_dir = fs::canonicalize(data_dir).map_err(Error::file("open", data_dir))?;
    Ok(data_dir.join("postgres"))
}

/// Refuses a folder with anything in it that this crate does not put there: it is somebody else's,
/// and must neither be closed nor erased.
fn check_content(dir: &Path) -> Result<(), Error> {
    for found in fs::read_dir(dir).map_err(Error::file("list", dir))? {
        let name = found.map_err(Error::file("list", dir))?.file_name();
        let name = name.to_string_lossy();
        let ours = ["cluster", "s", "settings", "postgres"]
            .iter()
            .any(|ours| name == *ours || name.starts_with(&format!("{ours}.")))
            || [".password", ".lock", ".new"]
                .iter()
                .any(|end| name.ends_with(end));
        if !ours {
            return Err(Error::NotACluster {
                path: dir.to_owned(),
            });
        }
    }
    Ok(())
}

/// Makes the home's folder where its account can reach it.
fn place(entry: &Path, account: &Account) -> Result<(), Error> {
    let parent = entry.parent().unwrap_or(Path::new("/"));
    if account.can_enter(parent) {
        return fs::create_dir(entry).map_err(Error::file("create", entry));
    }
    let shared = Path::new(SHARED_PLACE);
    if !shared.exists() {
        fs::create_dir_all(shared).map_err(Error::file("create", shared))?;
        set_mode(shared, 0o755)?;
    }
    let real = shared.join(format!("{:016x}", hash(entry)));
    let verb = if real.exists() {
        "is still in"
    } else {
        "goes to"
    };
    tracing::info!(
        "the account {} cannot enter {}, so PostgreSQL's data {verb} {}",
        account.name(),
        parent.display(),
        real.display()
    );
    fs::create_dir_all(&real).map_err(Error::file("create", &real))?;
    std::os::unix::fs::symlink(&real, entry).map_err(Error::file("create", entry))
}

fn set_mode(path: &Path, mode: u32) -> Result<(), Error> {
    fs::set_permissions(path, Permissions::from_mode(mode))
        .map_err(Error::file("set the permissions of", path))
}

/// FNV-1a: the same path gives the same name in every build, which the standard hasher does not
/// promise.
fn hash(path: &Path) -> u64 {
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}
