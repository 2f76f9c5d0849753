//! Signals pass through to the command, and its ending passes back.

use std::{io::IsTerminal as _, process::ExitStatus, time::Duration};

use tokio::{
    process::Child,
    signal::unix::{Signal, SignalKind, signal},
};

/// The signals that end this program, caught from the beginning so that none is missed.
pub(crate) struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Signals {
    pub(crate) fn catch() -> std::io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    pub(crate) async fn next(&mut self) -> nix::sys::signal::Signal {
        use nix::sys::signal::Signal::{SIGHUP, SIGINT, SIGTERM};
        tokio::select! {
            _ = self.interrupt.recv() => SIGINT,
            _ = self.terminate.recv() => SIGTERM,
            _ = self.hangup.recv() => SIGHUP,
        }
    }
}

/// How long the command may take to end after a signal.
const ENDING_LIMIT: Duration = Duration::from_secs(20);

/// Waits for the command; passes a signal on to it and gives it some time then.
pub(crate) async fn wait(child: &mut Child, signals: &mut Signals) -> std::io::Result<ExitStatus> {
    let ending = tokio::select! {
        status = child.wait() => return status,
        ending = signals.next() => ending,
    };
    // A terminal sends its Ctrl-C to the command as well, and many take a second one as an order
    // to drop everything.
    let has_it_already =
        ending == nix::sys::signal::Signal::SIGINT && std::io::stdin().is_terminal();
    if let (false, Some(pid)) = (has_it_already, child_id(child)) {
        let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), ending);
    }
    match tokio::time::timeout(ENDING_LIMIT, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.start_kill()?;
            child.wait().await
        }
    }
}

fn child_id(child: &Child) -> Option<i32> {
    child.id().and_then(|id| i32::try_from(id).ok())
}

/// What a shell reports for this ending.
pub(crate) fn exit_code(status: ExitStatus) -> u8 {
    use std::os::unix::process::ExitStatusExt as _;
    let code = match (status.code(), status.signal()) {
        (Some(code), _) => code,
        (None, Some(signal)) => 128 + signal,
        (None, None) => 1,
    };
    u8::try_from(code).unwrap_or(1)
}

/// What a shell reports for a program ended by this signal.
pub(crate) fn code_of(signal: nix::sys::signal::Signal) -> u8 {
    u8::try_from(128 + signal as i32).unwrap_or(1)
}
