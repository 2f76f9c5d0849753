use std::time::Duration;

use local_postgres::{Cluster, Options};

use crate::support::{ask, eventually, folder, lives, options, processes_in, start};

#[tokio::test]
async fn the_first_start_makes_a_role_and_a_database_in_utf_8() {
    let folder = folder();
    let cluster = start(&folder).await;
    let facts = "select current_user, rolsuper, rolbypassrls, rolcreatedb, \
        pg_encoding_to_char(encoding), current_setting('timezone'), datdba::regrole \
        from pg_roles, pg_database where rolname = current_user and datname = current_database()";
    assert_eq!(
        ask(&cluster.url(), facts),
        "crossdock|f|f|t|UTF8|UTC|crossdock"
    );
    for url in [cluster.admin_url(), cluster.socket_admin_url()] {
        assert_eq!(ask(&url, "show is_superuser"), "on");
    }
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_refused_over_tcp() {
    let folder = folder();
    let cluster = start(&folder).await;
    let wrong = format!(
        "postgres://postgres:guess@127.0.0.1:{}/postgres",
        cluster.port()
    );
    assert!(ask(&wrong, "select 1").contains("password authentication failed"));
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn the_second_start_opens_the_same_cluster_with_its_data() {
    let folder = folder();
    let identity = "select system_identifier from pg_control_system()";
    let cluster = start(&folder).await;
    let first = ask(&cluster.admin_url(), identity);
    ask(&cluster.url(), "create table marks as select 42 as mark");
    cluster.stop().await.unwrap();

    let cluster = start(&folder).await;
    assert_eq!(ask(&cluster.admin_url(), identity), first);
    assert_eq!(ask(&cluster.url(), "select mark from marks"), "42");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn settings_reach_the_server() {
    let folder = folder();
    let mut options = options(&folder).with("work_mem", "7MB");
    options.max_connections = 33;
    let cluster = Cluster::start(options).await.unwrap();
    assert_eq!(ask(&cluster.url(), "show work_mem"), "7MB");
    assert_eq!(ask(&cluster.url(), "show max_connections"), "33");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn stopping_leaves_no_process_even_with_a_session_open() {
    let folder = folder();
    let cluster = start(&folder).await;
    let url = cluster.url();
    let session = std::thread::spawn(move || ask(&url, "select pg_sleep(60)"));
    let sleeping = "select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' \
        and pid <> pg_backend_pid()";
    eventually("the session runs", || {
        ask(&cluster.admin_url(), sleeping) == "1"
    });
    let pid = cluster.pid();
    cluster.stop().await.unwrap();
    assert!(!lives(pid));
    assert_eq!(processes_in(folder.path()), [0; 0]);
    assert!(session.join().unwrap().contains("terminating connection"));
}

#[tokio::test]
async fn dropping_asks_the_server_to_stop() {
    let folder = folder();
    drop(start(&folder).await);
    eventually("the server is gone", || {
        processes_in(folder.path()).is_empty()
    });
}

#[tokio::test]
async fn a_cancelled_start_leaves_no_process_and_the_next_one_succeeds() {
    let folder = folder();
    // The first ones hit the initialisation on most machines, the later ones the server's start.
    for limit in [10, 50, 200, 400, 5, 15, 30, 60] {
        let _ = tokio::time::timeout(Duration::from_millis(limit), start(&folder)).await;
        eventually("the server is gone", || {
            processes_in(folder.path()).is_empty()
        });
    }
    let cluster = start(&folder).await;
    assert_eq!(ask(&cluster.url(), "select 1"), "1");
    cluster.stop().await.unwrap();
}

#[tokio::test]
async fn a_setting_the_server_refuses_is_reported_in_its_words() {
    let folder = folder();
    let options = Options::new(folder.path()).with("shared_buffers", "nonsense");
    let message = Cluster::start(options).await.unwrap_err().to_string();
    assert!(
        message.contains("invalid value for parameter \"shared_buffers\""),
        "{message}"
    );
    assert_eq!(processes_in(folder.path()), [0; 0]);
}

#[tokio::test]
async fn a_deep_data_directory_gets_its_socket_elsewhere() {
    let folder = folder();
    let deep = folder
        .path()
        .join("a folder, with a name as long as a socket's path may be at most ".repeat(2));
    let cluster = Cluster::start(Options::new(&deep).fast()).await.unwrap();
    assert_eq!(ask(&cluster.socket_admin_url(), "select 1"), "1");
    cluster.stop().await.unwrap();
    local_postgres::erase(&deep).await.unwrap();
}
