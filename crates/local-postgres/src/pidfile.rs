//! Reads `postmaster.pid`, which tells what server runs on a data directory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use nix::{errno::Errno, sys::signal::kill, unistd::Pid};

/// What a running (or dead) server wrote about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    pub(crate) port: u16,
    pub(crate) socket_dir: PathBuf,
    pub(crate) ready: bool,
}

/// The file's content, if it is complete enough to hold a process id.
pub(crate) fn read(cluster: &Path) -> Option<PidFile> {
    parse(&fs::read_to_string(path(cluster)).ok()?)
}

/// The file's content, if the process in it lives and is a server on this very directory.
pub(crate) fn read_live(cluster: &Path) -> Option<PidFile> {
    read(cluster).filter(|file| serves(file.pid, cluster))
}

/// Removes the file when its process id now belongs to an unrelated process, as happens after a
/// restart of a container. PostgreSQL itself would take such a process for a server and refuse.
/// When no process has the id, PostgreSQL clears the file up, with checks that only it can do.
pub(crate) fn remove_if_reused(cluster: &Path) -> io::Result<bool> {
    match read(cluster) {
        Some(file) if exists(file.pid) && !serves(file.pid, cluster) => {
            fs::remove_file(path(cluster)).map(|()| true)
        }
        _ => Ok(false),
    }
}

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

/// Lines: pid, data directory, start time, port, socket folder, address, shared memory, status.
fn parse(text: &str) -> Option<PidFile> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let line = |index: usize| lines.get(index).copied().unwrap_or_default();
    Some(PidFile {
        pid: line(0).parse().ok().filter(|pid| *pid > 1)?,
        port: line(3).parse().unwrap_or_default(),
        socket_dir: line(4).into(),
        ready: line(7) == "ready",
    })
}

/// Whether a process of this id exists, whoever owns it.
fn exists(pid: i32) -> bool {
    !matches!(kill(Pid::from_raw(pid), None), Err(Errno::ESRCH))
}

/// Whether the process is the server of this directory: a server's working directory is its data
/// directory. Where `/proc` does not tell, the process id alone decides.
pub(crate) fn serves(pid: i32, cluster: &Path) -> bool {
    if !exists(pid) {
        return false;
    }
    let process = PathBuf::from(format!("/proc/{pid}"));
    match fs::read_link(process.join("cwd")) {
        Ok(folder) => fs::canonicalize(cluster).is_ok_and(|cluster| cluster == folder),
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::read_to_string(process.join("comm")).is_ok_and(|name| name.trim() == "postgres")
        }
        Err(_) => !Path::new("/proc/self").exists(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const READY: &str =
        "4711\n/data/cluster\n1763710000\n5499\n/data/s\n127.0.0.1\n 1048577 3\nready   \n";

    #[test]
    fn a_complete_file_tells_port_socket_and_readiness() {
        let file = parse(READY).unwrap();
        assert_eq!((file.pid, file.port, file.ready), (4711, 5499, true));
        assert_eq!(file.socket_dir, Path::new("/data/s"));
    }

    #[test]
    fn a_file_of_a_starting_server_is_not_ready() {
        assert!(!parse(&READY.replace("ready   ", "starting")).unwrap().ready);
        assert!(!parse("4711\n/data/cluster\n").unwrap().ready);
    }

    #[test]
    fn an_empty_or_broken_file_names_no_process() {
        for text in ["", "\n", "abc\n", "-5\n", "0\n", "1\n"] {
            assert_eq!(parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_process_that_is_no_server_of_the_directory_makes_the_file_stale() {
        let folder = tempfile::tempdir().unwrap();
        let own = std::process::id();
        fs::write(folder.path().join("postmaster.pid"), format!("{own}\n")).unwrap();
        assert_eq!(read_live(folder.path()), None);
        assert!(remove_if_reused(folder.path()).unwrap());
        assert!(!folder.path().join("postmaster.pid").exists());
    }
}
