//! Makes the data directory. It gets its name only when it is complete, so that a crash in the
//! middle leaves nothing that looks like one.

use std::{fs, path::Path, process::Stdio};

use tokio::process::Command;

use crate::{Binaries, Error, Options, home::Home, process, secret};

/// What `initdb` is told about text: UTF-8, code-point order, the same on every machine.
fn locale(binaries: &Binaries) -> &'static [&'static str] {
    match (has_c_utf8(), binaries.major >= 17) {
        (true, _) => &["--locale=C.UTF-8", "--lc-messages=C"],
        (false, true) => &[
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
        ],
        (false, false) => &["--locale=C"],
    }
}

fn has_c_utf8() -> bool {
    std::process::Command::new("locale")
        .arg("-a")
        .output()
        .is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout)
                .lines()
                .any(|name| matches!(name.trim(), "C.UTF-8" | "C.utf8"))
        })
}

/// The major version that wrote the cluster, if there is one.
pub(crate) fn major_of(cluster: &Path) -> Result<Option<String>, Error> {
    if !cluster.exists() {
        return Ok(None);
    }
    match fs::read_to_string(cluster.join("PG_VERSION")) {
        Ok(version) => Ok(Some(version.trim().to_owned())),
        // Only an empty folder can be removed so.
        Err(_) if fs::remove_dir(cluster).is_ok() => Ok(None),
        Err(_) => Err(Error::NotACluster {
            path: cluster.to_owned(),
        }),
    }
}

/// Refuses data that the server found here cannot open.
pub(crate) fn check_major(
    cluster: &Path,
    found: Option<&str>,
    binaries: &Binaries,
) -> Result<(), Error> {
    match found {
        Some(found) if found != binaries.major.to_string() => Err(Error::OtherMajor {
            cluster: cluster.to_owned(),
            found: found.to_owned(),
            installed: binaries.major,
        }),
        _ => Ok(()),
    }
}

/// Runs `initdb` beside the final place and moves the result there.
pub(crate) async fn initialise(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
    superuser_password: &str,
) -> Result<(), Error> {
    let staging = home.file("cluster.new");
    if staging.exists() {
        tracing::info!("an initialisation was interrupted; starting it again");
        fs::remove_dir_all(&staging).map_err(Error::file("remove", &staging))?;
    }
    tracing::info!(
        "initialising PostgreSQL {} in {}",
        binaries.version,
        home.cluster().display()
    );
    let password_file = home.file("initdb.password");
    secret::write_private(&password_file, superuser_password, home.account())?;
    home.make_private(&staging)?;
    let result = initdb(home, binaries, options, &staging, &password_file).await;
    let _ = fs::remove_file(&password_file);
    result?;
    fs::rename(&staging, home.cluster()).map_err(Error::file("name", home.cluster()))
}

async fn initdb(
    home: &Home,
    binaries: &Binaries,
    options: &Options,
    staging: &Path,
    password_file: &Path,
) -> Result<(), Error> {
    let program = binaries.program("initdb");
    let mut command = process::command(home, &program);
    command
        .arg("-D")
        .arg(staging)
        .args(["-U", "postgres", "-E", "UTF8"])
        // The socket's folder is closed to other accounts, so who reaches it is trusted.
        .args(["--auth-local=trust", "--auth-host=scram-sha-256"])
        .arg("--pwfile")
        .arg(password_file)
        .args(locale(binaries))
        .args(options.is_fast().then_some("--no-sync"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|source| Error::Run { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Failed {
        program: "initdb".to_owned(),
        output: process::tail(&output.stderr),
    })
}
