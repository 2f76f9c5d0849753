//! Stops a server that outlives its users, such as test processes that come and go.

use std::{path::Path, process::Stdio};

use crate::{Error, home::Home, process};

/// Ends when the server is gone or another one runs; shuts it down once both locks are free.
/// `flock` is part of util-linux; where it is missing the server stays until somebody stops it.
const SCRIPT: &str = r#"
command -v flock >/dev/null || exit 0
while sleep 5; do
    [ "$(head -n 1 cluster/postmaster.pid 2>/dev/null)" = "$1" ] || exit 0
    flock -n start.lock flock -n users.lock kill -INT "$1" && exit 0
done
"#;

/// Starts a watcher that this process does not wait for.
pub(crate) fn spawn(home: &Home, pid: i32) -> Result<(), Error> {
    let program = Path::new("/bin/sh");
    process::command(home, program)
        .args(["-c", SCRIPT, "crossdock-watch", &pid.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map(drop)
        .map_err(|source| Error::Run {
            program: program.to_owned(),
            source,
        })
}
