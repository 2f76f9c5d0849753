use nix::sys::signal::Signal;

use crate::support::{ask, eventually, folder, lives, local_postgres, number_in, send, start};

#[tokio::test]
async fn a_second_user_joins_and_the_last_one_stops_the_server() {
    let folder = folder();
    let first = start(&folder).await;
    let second = start(&folder).await;
    assert_eq!(first.pid(), second.pid());
    first.stop().await.unwrap();
    assert_eq!(ask(&second.url(), "select 1"), "1");
    let pid = second.pid();
    second.stop().await.unwrap();
    eventually("the server is gone", || !lives(pid));
}

#[tokio::test]
async fn starts_at_the_same_time_end_up_with_one_server() {
    let folder = folder();
    let (a, b, c) = tokio::join!(start(&folder), start(&folder), start(&folder));
    assert!(a.pid() == b.pid() && b.pid() == c.pid());
    for cluster in [a, b, c] {
        cluster.stop().await.unwrap();
    }
}

#[tokio::test]
async fn another_process_joins_the_server_of_this_one_and_leaves_it_running() {
    let folder = folder();
    let cluster = start(&folder).await;
    let output = local_postgres()
        .args(["exec", "--fast", "--data-dir"])
        .arg(folder.path())
        .args(["--", "sh", "-c", "echo $DATABASE_URL"])
        .output()
        .unwrap();
    let url = String::from_utf8(output.stdout).unwrap();
    assert!(
        url.contains(&format!("127.0.0.1:{}/", cluster.port())),
        "{url}"
    );
    assert_eq!(ask(&cluster.url(), "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn stop_by_directory_ends_the_server_whoever_uses_it() {
    let folder = folder();
    assert!(!local_postgres::stop(folder.path()).await.unwrap());
    let mark = folder.path().join("command.pid");
    let mut owner = local_postgres()
        .args(["exec", "--fast", "--data-dir"])
        .arg(folder.path())
        .args(["--", "sh", "-c"])
        .arg(format!("echo $$ > '{}'; exec sleep 600", mark.display()))
        .spawn()
        .unwrap();
    let command = number_in(mark);
    assert!(local_postgres::stop(folder.path()).await.unwrap());
    assert!(!local_postgres::stop(folder.path()).await.unwrap());
    send(command, Signal::SIGKILL);
    owner.wait().unwrap();
}

#[tokio::test]
async fn a_server_left_running_is_stopped_once_nobody_uses_it() {
    let folder = folder();
    let cluster = start(&folder).await;
    let pid = cluster.pid();
    cluster.stop_when_unused().unwrap();
    cluster.leave_running();
    assert!(lives(pid));
    eventually("the watcher stops the server", || !lives(pid));
}

#[tokio::test]
async fn erasing_removes_everything_and_the_next_start_is_a_first_one() {
    let folder = folder();
    let cluster = start(&folder).await;
    ask(&cluster.url(), "create table marks ()");
    let home = cluster.home().to_owned();
    cluster.stop().await.unwrap();
    local_postgres::erase(folder.path()).await.unwrap();
    assert!(!home.exists());
    let cluster = start(&folder).await;
    assert_eq!(
        ask(&cluster.url(), "select to_regclass('marks') is null"),
        "t"
    );
    cluster.stop().await.unwrap();
}
