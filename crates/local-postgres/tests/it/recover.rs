use std::fs;

use local_postgres::Cluster;
use nix::sys::signal::Signal;
use tempfile::TempDir;

use crate::support::{
    ask, eventually, folder, lives, local_postgres, number_in, options, processes_in, send, start,
};

#[tokio::test]
async fn a_pid_file_of_a_dead_process_does_not_matter() {
    let folder = folder();
    start(&folder).await.stop().await.unwrap();
    let mut dead = std::process::Command::new("true").spawn().unwrap();
    let pid = dead.id();
    dead.wait().unwrap();
    leave_pid_file(&folder, pid);
    let cluster = start(&folder).await;
    assert_eq!(ask(&cluster.url(), "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_pid_file_whose_number_another_program_has_now_does_not_matter() {
    let folder = folder();
    let cluster = start(&folder).await;
    let uid = fs::metadata(cluster.home()).unwrap();
    cluster.stop().await.unwrap();
    // Of the server's own account, or PostgreSQL would see by itself that it is no server.
    let mut other = sleeper(&uid);
    leave_pid_file(&folder, other.id());
    let cluster = start(&folder).await;
    assert_eq!(ask(&cluster.url(), "select 1"), "1");
    cluster.stop().await.unwrap();
    assert!(
        other.try_wait().unwrap().is_none(),
        "the other program was hurt"
    );
    other.kill().unwrap();
    other.wait().unwrap();
}

fn sleeper(owner: &fs::Metadata) -> std::process::Child {
    use std::os::unix::{fs::MetadataExt as _, process::CommandExt as _};
    let mut command = std::process::Command::new("sleep");
    command.arg("600").current_dir("/");
    if crate::support::is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    command.spawn().unwrap()
}

fn leave_pid_file(folder: &TempDir, pid: u32) {
    let cluster = folder.path().join("postgres/cluster");
    let text = format!("{pid}\n{}\n1700000000\n5432\n\n\n", cluster.display());
    fs::write(cluster.join("postmaster.pid"), text).unwrap();
}

#[tokio::test]
async fn a_killed_server_loses_nothing_that_was_committed() {
    let folder = folder();
    let cluster = start(&folder).await;
    ask(
        &cluster.url(),
        "create table marks as select generate_series(1, 1000) as mark",
    );
    let pid = cluster.pid();
    send(pid, Signal::SIGKILL);
    eventually("the server is dead", || !cluster.is_running());
    drop(cluster);

    let cluster = start(&folder).await;
    assert_ne!(cluster.pid(), pid);
    assert_eq!(ask(&cluster.url(), "select count(*) from marks"), "1000");
    cluster.stop().await.unwrap();
    assert_eq!(processes_in(folder.path()), [0; 0]);
}

#[tokio::test]
async fn a_restart_keeps_the_port() {
    let folder = folder();
    let mut cluster = start(&folder).await;
    let (url, pid) = (cluster.url(), cluster.pid());
    cluster.restart().await.unwrap();
    assert_ne!(cluster.pid(), pid);
    assert_eq!(ask(&url, "select 1"), "1");
    send(cluster.pid(), Signal::SIGKILL);
    eventually("the server is dead", || !cluster.is_running());
    cluster.restart().await.unwrap();
    assert_eq!(ask(&url, "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_dies_is_noticed_and_can_be_restarted() {
    let folder = folder();
    let mut owner = start(&folder).await;
    let mut guest = start(&folder).await;
    send(owner.pid(), Signal::SIGKILL);
    owner.ended().await;
    guest.ended().await;
    assert!(guest.joined() && !owner.joined());
    owner.restart().await.unwrap();
    assert_eq!(ask(&guest.url(), "select 1"), "1");
    drop(guest);
    owner.stop().await.unwrap();
    assert_eq!(processes_in(folder.path()), [0; 0]);
}

/// Starts a server through another process, kills that one with no chance to clean up, and
/// returns the server's process id.
fn orphan(folder: &TempDir) -> i32 {
    let mark = folder.path().join("command.pid");
    let mut owner = local_postgres()
        .arg("exec")
        .args(["--fast", "--max-connections", "100", "--data-dir"])
        .arg(folder.path())
        .args(["--", "sh", "-c"])
        .arg(format!("echo $$ > '{}'; exec sleep 600", mark.display()))
        .spawn()
        .unwrap();
    let command = number_in(mark);
    send(owner.id().try_into().unwrap(), Signal::SIGKILL);
    owner.wait().unwrap();
    send(command, Signal::SIGKILL);
    let file = fs::read_to_string(folder.path().join("postgres/cluster/postmaster.pid")).unwrap();
    file.lines().next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_server_whose_owner_was_killed_is_adopted_and_stopped() {
    let folder = folder();
    let pid = orphan(&folder);
    assert!(lives(pid));
    let cluster = start(&folder).await;
    assert_eq!(cluster.pid(), pid);
    assert_eq!(ask(&cluster.url(), "select 1"), "1");
    cluster.stop().await.unwrap();
    eventually("the server is gone", || !lives(pid));
}

#[tokio::test]
async fn an_orphaned_server_is_restarted_when_other_settings_are_asked_for() {
    let folder = folder();
    let pid = orphan(&folder);
    let cluster = Cluster::start(options(&folder).with("work_mem", "9MB"))
        .await
        .unwrap();
    assert_ne!(cluster.pid(), pid);
    assert!(!lives(pid));
    assert_eq!(ask(&cluster.url(), "show work_mem"), "9MB");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn an_interrupted_initialisation_is_started_again() {
    let folder = folder();
    let half = folder.path().join("postgres/cluster.new");
    fs::create_dir_all(&half).unwrap();
    fs::write(half.join("PG_VERSION"), "15\n").unwrap();
    fs::write(folder.path().join("postgres/superuser.password"), "cut o").unwrap();
    let cluster = start(&folder).await;
    assert_eq!(ask(&cluster.admin_url(), "select 1"), "1");
    assert!(!half.exists());
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn lost_password_files_are_made_anew() {
    let folder = folder();
    start(&folder).await.stop().await.unwrap();
    for role in ["superuser", "crossdock"] {
        fs::remove_file(folder.path().join(format!("postgres/{role}.password"))).unwrap();
    }
    let cluster = start(&folder).await;
    for url in [cluster.url(), cluster.admin_url()] {
        assert_eq!(ask(&url, "select 1"), "1");
    }
    cluster.stop().await.unwrap();
}
