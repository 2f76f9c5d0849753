//! Directories of runs without `--data-dir`.

use std::{
    fs::File,
    io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use nix::sys::statvfs::statvfs;

use crate::Failure;

const PREFIX: &str = "crossdock-exec-";
const LOCK: &str = "run.lock";

/// Memory that looks like a folder, on Linux. A database is a thousand files: on a disk, making one for a
/// test and removing it takes three times as long.
const MEMORY: &str = "/dev/shm";
/// What is free there is worth using from here on. Containers often have 64 MB, which a cluster fills.
const ENOUGH_MEMORY: u128 = 4 << 30;

/// A directory that is locked as long as its run lives.
pub(super) struct Temporary {
    folder: tempfile::TempDir,
    _lock: File,
}

impl Temporary {
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Makes a fresh directory, after clearing up those of killed runs: where `TMPDIR` says, else in memory when
/// durability is given up and there is enough of it, else where temporary files go.
pub(super) async fn create(fast: bool) -> Result<Temporary, Failure> {
    let usual = std::env::temp_dir();
    let told = std::env::var_os("TMPDIR").is_some();
    let memory = Path::new(MEMORY);
    clear_up(&usual).await;
    if !told {
        clear_up(memory).await;
    }
    let folder = match fast && !told && has_room(memory) {
        true => memory.to_owned(),
        false => usual,
    };
    make(folder).map_err(Failure::Prepare)
}

fn has_room(folder: &Path) -> bool {
    statvfs(folder).is_ok_and(|found| {
        u128::from(found.blocks_available()) * u128::from(found.fragment_size()) >= ENOUGH_MEMORY
    })
}

fn make(folder: PathBuf) -> io::Result<Temporary> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?;
    // The server's account has to pass through when this program is root.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o711))?;
    // It gets its name when it is locked, or a run that clears up could take it for abandoned.
    let draft = folder.path().join("run.lock.new");
    let lock = File::create(&draft)?;
    lock.lock()?;
    std::fs::rename(draft, folder.path().join(LOCK))?;
    Ok(Temporary {
        folder,
        _lock: lock,
    })
}

async fn clear_up(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let ours = is_ours(&path);
        let abandoned = || File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if ours && abandoned() && local_postgres::erase(&path).await.is_ok() {
            let _ = std::fs::remove_dir_all(&path);
        }
    }
}

/// A folder of this name that this account made; anybody can make one there.
fn is_ours(path: &Path) -> bool {
    let named = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    named
        && std::fs::symlink_metadata(path)
            .is_ok_and(|found| found.is_dir() && found.uid() == nix::unistd::geteuid().as_raw())
}
