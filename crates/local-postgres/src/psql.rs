//! Speaks to the server through `psql` on its socket, so that no database driver is needed here.

use std::{path::PathBuf, process::Stdio};

use tokio::{io::AsyncWriteExt as _, process::Command};

use crate::{Binaries, Error, home::Home, process};

/// Where a script is to run.
pub(crate) struct Psql<'a> {
    pub(crate) binaries: &'a Binaries,
    pub(crate) home: &'a Home,
    pub(crate) socket_dir: PathBuf,
    pub(crate) port: u16,
}

impl Psql<'_> {
    /// Runs a script as this role in this database and stops at its first error.
    pub(crate) async fn run(
        &self,
        role: &str,
        database: &str,
        script: &str,
        one_transaction: bool,
    ) -> Result<(), Error> {
        let program = self.binaries.program("psql");
        let mut command = process::command(self.home, &program);
        command
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"])
            .args(one_transaction.then_some("-1"))
            .arg("-h")
            .arg(&self.socket_dir)
            .args(["-p", &self.port.to_string(), "-U", role, "-d", database])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let output = feed(command, script).await.map_err(|source| Error::Run {
            program: program.clone(),
            source,
        })?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Failed {
            program: format!("psql -d {database}"),
            output: process::tail(&output.stderr),
        })
    }
}

async fn feed(
    command: std::process::Command,
    script: &str,
) -> std::io::Result<std::process::Output> {
    let mut child = Command::from(command).kill_on_drop(true).spawn()?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // A psql that gives up early closes its end; its exit status tells why.
            let _ = stdin.write_all(script.as_bytes()).await;
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    output
}
