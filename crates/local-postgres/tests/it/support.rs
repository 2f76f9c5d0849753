//! Directories, questions to a server, and processes to look for.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use local_postgres::{Cluster, Options};
use nix::{sys::signal::Signal, unistd::Pid};
use tempfile::TempDir;

/// A data directory that the server's account can reach when the tests run as root.
pub fn folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("lp-").tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

pub fn options(folder: &TempDir) -> Options {
    Options::new(folder.path()).fast()
}

pub async fn start(folder: &TempDir) -> Cluster {
    Cluster::start(options(folder)).await.unwrap()
}

/// The answer to a query, as `psql` prints it; an error's text when it fails.
pub fn ask(url: &str, query: &str) -> String {
    let psql = local_postgres::find().unwrap().bin.join("psql");
    let output = Command::new(psql)
        .args(["-X", "-A", "-t", "-d", url, "-c", query])
        .output()
        .unwrap();
    let text = match output.status.success() {
        true => output.stdout,
        false => output.stderr,
    };
    String::from_utf8(text).unwrap().trim().to_owned()
}

pub fn local_postgres() -> Command {
    Command::new(env!("CARGO_BIN_EXE_local-postgres"))
}

pub fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

pub fn send(pid: i32, signal: Signal) {
    nix::sys::signal::kill(Pid::from_raw(pid), signal).unwrap();
}

pub fn lives(pid: i32) -> bool {
    nix::sys::signal::kill(Pid::from_raw(pid), None).is_ok()
        // One that nobody has waited for yet counts as gone.
        && fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

/// Processes whose working directory is under this folder, as every server process's is.
pub fn processes_in(folder: &Path) -> Vec<i32> {
    fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| {
            let pid = entry.file_name().into_string().ok()?.parse().ok()?;
            let works_in = fs::read_link(entry.path().join("cwd")).ok()?;
            works_in.starts_with(folder).then_some(pid)
        })
        .collect()
}

/// Waits for something another process does.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The number in a file that another process writes.
pub fn number_in(path: PathBuf) -> i32 {
    let read = || fs::read_to_string(&path).ok()?.trim().parse().ok();
    eventually("a number is written", || read().is_some());
    read().unwrap()
}
