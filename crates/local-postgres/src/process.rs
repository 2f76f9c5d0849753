//! Runs PostgreSQL's programs with nothing inherited that could lead them astray.

use std::{
    env, fs,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
    process::{Command, Stdio},
};

use crate::home::Home;

/// The longest part of a program's output that an error repeats, in bytes.
const TAIL: u64 = 2_000;

/// A command that runs as the cluster's account, without the caller's `PG…` variables, locale or
/// working directory, and out of reach of a Ctrl-C meant for the caller.
pub(crate) fn command(home: &Home, program: &Path) -> Command {
    use std::os::unix::process::CommandExt as _;
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("LC_ALL", "C")
        .env("PGCLIENTENCODING", "UTF8")
        .current_dir(home.dir())
        .stdin(Stdio::null())
        .process_group(0);
    for name in ["PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        if let Some(value) = env::var_os(name) {
            command.env(name, value);
        }
    }
    home.account().apply(&mut command);
    command
}

/// The end of a text, cut at a line where possible.
pub(crate) fn tail(bytes: &[u8]) -> String {
    let limit = usize::try_from(TAIL).unwrap_or(usize::MAX);
    let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(limit)..]);
    text.trim().to_owned()
}

/// The end of what a log holds beyond an offset.
pub(crate) fn log_tail(log: &Path, since: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = fs::File::open(log)?;
        let start = since.max(file.metadata()?.len().saturating_sub(TAIL));
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    tail(&read().unwrap_or_default())
}
