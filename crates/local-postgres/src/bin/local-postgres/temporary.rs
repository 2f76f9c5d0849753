//! Directories of runs without `--data-dir`.

use std::{fs::File, io, os::unix::fs::MetadataExt as _, path::Path};

use crate::Failure;

const PREFIX: &str = "crossdock-exec-";
const LOCK: &str = "run.lock";

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

/// Makes a fresh directory, after clearing up those of killed runs.
pub(super) async fn create() -> Result<Temporary, Failure> {
    clear_up().await;
    make().map_err(Failure::Prepare)
}

fn make() -> io::Result<Temporary> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
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

async fn clear_up() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
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

/// A folder of this name that this account made; anybody can make one in `/tmp`.
fn is_ours(path: &Path) -> bool {
    let named = path
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with(PREFIX));
    named
        && std::fs::symlink_metadata(path)
            .is_ok_and(|found| found.is_dir() && found.uid() == nix::unistd::geteuid().as_raw())
}
