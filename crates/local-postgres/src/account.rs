//! Who runs the server: PostgreSQL refuses root.

use std::{
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::{
    fcntl::{AT_FDCWD, AtFlags},
    unistd::{Gid, Uid, User, fchownat, geteuid},
};

use crate::Error;

/// The account of the server. `switch` is set when the caller is root and must step down.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
    switch: bool,
}

impl Account {
    /// The caller's own account, or the unprivileged one that serves a new directory of root's.
    pub(crate) fn choose(wanted: Option<&str>) -> Result<Self, Error> {
        if !geteuid().is_root() {
            return Ok(Self::own());
        }
        match wanted {
            Some(name) => named(name).ok_or_else(|| Error::NoAccount {
                name: name.to_owned(),
            }),
            None => named("postgres")
                .or_else(|| named("nobody"))
                .ok_or_else(|| Error::NoAccount {
                    name: "postgres".to_owned(),
                }),
        }
    }

    /// The account that a directory belongs to already. `None` when that is root, which cannot
    /// run the server.
    pub(crate) fn of_directory(path: &Path) -> Result<Option<Self>, Error> {
        let metadata = path
            .metadata()
            .map_err(Error::file("read the owner of", path))?;
        let (uid, gid) = (metadata.uid(), metadata.gid());
        if geteuid().is_root() {
            let account = Self {
                uid,
                gid,
                switch: true,
            };
            return Ok((uid != 0).then_some(account));
        }
        if uid != geteuid().as_raw() {
            return Err(Error::OtherOwner {
                path: path.to_owned(),
                owner: name_of(uid),
            });
        }
        Ok(Some(Self::own()))
    }

    fn own() -> Self {
        Self {
            uid: geteuid().as_raw(),
            gid: nix::unistd::getegid().as_raw(),
            switch: false,
        }
    }

    pub(crate) fn uid(&self) -> u32 {
        self.uid
    }

    pub(crate) fn name(&self) -> String {
        name_of(self.uid)
    }

    /// Makes a command run as this account.
    pub(crate) fn apply(&self, command: &mut Command) {
        if self.switch {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Hands a file or folder that the caller made to this account. A link is not followed: the
    /// account could have put one there to be given a file of root's.
    pub(crate) fn give(&self, path: &Path) -> Result<(), Error> {
        if !self.switch {
            return Ok(());
        }
        fchownat(
            AT_FDCWD,
            path,
            Some(Uid::from_raw(self.uid)),
            Some(Gid::from_raw(self.gid)),
            AtFlags::AT_SYMLINK_NOFOLLOW,
        )
        .map_err(|errno| Error::file("change the owner of", path)(errno.into()))
    }

    /// Whether this account can enter the folder. Asked of the system rather than computed, since
    /// access lists and mounts have a say too.
    pub(crate) fn can_enter(&self, path: &Path) -> bool {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", r#"cd -- "$1""#, "sh"])
            .arg(path)
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.apply(&mut command);
        command.status().is_ok_and(|status| status.success())
    }
}

fn named(name: &str) -> Option<Account> {
    let user = User::from_name(name).ok().flatten()?;
    Some(Account {
        uid: user.uid.as_raw(),
        gid: user.gid.as_raw(),
        switch: true,
    })
    .filter(|account| account.uid != 0)
}

fn name_of(uid: u32) -> String {
    match User::from_uid(Uid::from_raw(uid)) {
        Ok(Some(user)) => user.name,
        _ => uid.to_string(),
    }
}
