//! Ends a cluster from outside, whoever uses it.

use std::{fs, path::Path};

use crate::{
    Error,
    cluster::STOP_LIMIT,
    home::{self, Home},
    server,
};

/// Stops the server of this data directory whoever uses it. False when none ran.
///
/// # Errors
/// [`Error::TimedOut`] when the server does not go.
pub async fn stop(data_dir: &Path) -> Result<bool, Error> {
    let Some(home) = Home::existing(data_dir)? else {
        return Ok(false);
    };
    let _starting = home.lock_start(STOP_LIMIT).await?;
    stop_locked(&home).await
}

async fn stop_locked(home: &Home) -> Result<bool, Error> {
    let Some(mut server) = server::running(home, STOP_LIMIT).await? else {
        return Ok(false);
    };
    tracing::info!("stopping PostgreSQL");
    server.shut_down(home).await.map(|()| true)
}

/// Stops the server of this data directory and deletes all its data, wherever it was placed.
///
/// # Errors
/// [`Error::TimedOut`] when the server does not go, [`Error::File`] when a file does not.
pub async fn erase(data_dir: &Path) -> Result<(), Error> {
    if let Some(home) = Home::existing(data_dir)? {
        let _starting = home.lock_start(STOP_LIMIT).await?;
        stop_locked(&home).await?;
        let sockets = home.socket_dir()?;
        for folder in [sockets.as_path(), home.dir()] {
            if folder.exists() {
                fs::remove_dir_all(folder).map_err(Error::file("remove", folder))?;
            }
        }
        let entry = home::entry(data_dir)?;
        if entry.is_symlink() {
            fs::remove_file(&entry).map_err(Error::file("remove", &entry))?;
        }
    }
    Ok(())
}
