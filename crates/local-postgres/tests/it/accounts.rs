use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::Path,
    process::{Command, Output},
};

use local_postgres::{Cluster, Options};

use crate::support::{ask, folder, is_root, start};

/// Runs the program as the account `nobody`; none when that cannot be done here.
fn as_nobody(data_dir: &Path, program_folder: &Path) -> Option<Output> {
    let usable = is_root() && Command::new("setpriv").arg("--version").output().is_ok();
    if !usable {
        eprintln!("skipped: needs root and setpriv");
        return None;
    }
    // The build's own folder may be closed to others.
    let program = program_folder.join("local-postgres");
    fs::copy(env!("CARGO_BIN_EXE_local-postgres"), &program).unwrap();
    Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(program)
        .args(["exec", "--fast", "--data-dir"])
        .arg(data_dir)
        .args([
            "--",
            "sh",
            "-c",
            r#"id -u && exec 0</dev/null && test -n "$DATABASE_URL""#,
        ])
        .current_dir("/")
        .output()
        .ok()
}

#[tokio::test]
async fn root_starts_the_server_as_an_unprivileged_account() {
    if !is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let folder = folder();
    let cluster = start(&folder).await;
    let server = fs::metadata(format!("/proc/{}", cluster.pid())).unwrap();
    assert_ne!(server.uid(), 0);
    assert_eq!(
        fs::metadata(cluster.home().join("cluster")).unwrap().uid(),
        server.uid()
    );
    for secret in ["superuser.password", "crossdock.password"] {
        let mode = fs::metadata(cluster.home().join(secret)).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600, "{secret}");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_directory_closed_to_the_account_keeps_its_data_where_the_account_can_go() {
    if !is_root() {
        eprintln!("skipped: needs root");
        return;
    }
    let folder = folder();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let data_dir = folder.path().join("data");
    for round in 1..=2 {
        let cluster = Cluster::start(Options::new(&data_dir).fast())
            .await
            .unwrap();
        let home = cluster.home().to_owned();
        assert!(home.starts_with("/var/lib/crossdock"), "{}", home.display());
        assert_eq!(fs::read_link(data_dir.join("postgres")).unwrap(), home);
        ask(
            &cluster.url(),
            "create table if not exists marks (mark int); insert into marks values (1)",
        );
        assert_eq!(
            ask(&cluster.url(), "select count(*) from marks"),
            round.to_string()
        );
        cluster.stop().await.unwrap();
    }
    let home = fs::read_link(data_dir.join("postgres")).unwrap();
    local_postgres::erase(&data_dir).await.unwrap();
    assert!(!home.exists() && !data_dir.join("postgres").is_symlink());
}

#[tokio::test]
async fn an_ordinary_user_has_a_cluster_and_root_may_open_it_afterwards() {
    let (folder, program) = (folder(), folder());
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    for _ in 1..=2 {
        let Some(output) = as_nobody(folder.path(), program.path()) else {
            return;
        };
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}");
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "65534");
        let cluster = start(&folder).await;
        assert_eq!(
            fs::metadata(format!("/proc/{}", cluster.pid()))
                .unwrap()
                .uid(),
            65534
        );
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn an_ordinary_user_is_told_whose_directory_it_is() {
    let (folder, program) = (folder(), folder());
    start(&folder).await.stop().await.unwrap();
    let Some(output) = as_nobody(folder.path(), program.path()) else {
        return;
    };
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(message.contains("belongs to the account"), "{message}");
}
