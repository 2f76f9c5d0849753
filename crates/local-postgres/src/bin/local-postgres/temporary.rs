//! Directories of runs without `--data-dir`.

use std::{fs::File, io, os::unix::fs::MetadataExt as _, path::Path};

use nix::sys::statvfs::statvfs;

use crate::Failure;

const PREFIX: &str = "crossdock-exec-";
const LOCK: &str = "run.lock";

/// Memory that looks like a folder, on Linux. A database is a thousand files: on a disk, making one for a
/// test and removing it takes three times as long.
const MEMORY: &str = "/dev/shm";
/// From here on what is free is worth using, of the folder and of the memory behind it. Containers often have
/// 64 MB, which a cluster fills.
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
    clear_up(memory).await;
    if fast
        && !told
        && has_room(memory)
        && let Ok(made) = make(memory)
    {
        return Ok(made);
    }
    make(&usual).map_err(Failure::Prepare)
}

fn has_room(folder: &Path) -> bool {
    let folder = statvfs(folder)
        .ok()
        .map(|found| u128::from(found.blocks_available()) * u128::from(found.fragment_size()));
    // The folder's limit says nothing of what the machine has left.
    let room = folder.zip(available_memory());
    room.is_some_and(|(folder, memory)| folder.min(memory) >= ENOUGH_MEMORY)
}

/// What programs can have without others being pushed out, bytes; of the kernel's `/proc/meminfo`.
fn available_memory() -> Option<u128> {
    let known = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = known
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes = line
        .trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u128>()
        .ok()?;
    Some(kilobytes << 10)
}

fn make(folder: &Path) -> io::Result<Temporary> {
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
