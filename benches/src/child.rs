//! Processes of a bench: this program again with another subcommand, spoken to line by line.

use crate::Failure;
use serde::de::DeserializeOwned;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A process that answers each line with a line of JSON. It ends when its input does.
pub(crate) struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts this program with these arguments.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(arguments);
        Self::spawn(command)
    }

    /// Starts any program that speaks the same way.
    pub(crate) fn spawn(mut command: Command) -> Result<Self, Failure> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().ok_or("no output to read")?;
        Ok(Self {
            input: child.stdin.take(),
            output: BufReader::new(output).lines(),
            child,
        })
    }

    /// Its process id.
    pub(crate) fn id(&self) -> Result<String, Failure> {
        let id = self
            .child
            .id()
            .ok_or("a process of the bench ended early")?;
        Ok(id.to_string())
    }

    /// Ends it in the middle of whatever it does, with SIGKILL.
    pub(crate) async fn kill(mut self) -> Result<(), Failure> {
        Ok(self.child.kill().await?)
    }

    /// The next line it writes.
    pub(crate) async fn hear<T: DeserializeOwned>(&mut self) -> Result<T, Failure> {
        let line = self.output.next_line().await?;
        let line = line.ok_or("a process of the bench ended early")?;
        Ok(serde_json::from_str(&line)?)
    }

    /// Asks and waits for the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&mut self, line: &str) -> Result<T, Failure> {
        let input = self.input.as_mut().ok_or("its input is closed")?;
        input.write_all(format!("{line}\n").as_bytes()).await?;
        self.hear().await
    }

    /// Lets it end by itself.
    pub(crate) async fn end(mut self) -> Result<(), Failure> {
        drop(self.input.take());
        let status = self.child.wait().await?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("a process of the bench ended with {status}").into())
        }
    }
}

/// A figure of `/proc/<pid>/status` in MB, such as `VmHWM` (peak) or `VmRSS` (now).
pub(crate) fn memory_mb(process: &str, figure: &str) -> Result<f64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status
        .lines()
        .find(|line| line.starts_with(figure))
        .ok_or_else(|| format!("no {figure} of process {process}"))?;
    let kilobytes: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
    Ok(kilobytes / 1024.0)
}
