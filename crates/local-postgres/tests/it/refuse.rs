use std::fs;

use local_postgres::{Cluster, Error};

use crate::support::{folder, local_postgres, options, processes_in, start};

#[tokio::test]
async fn data_of_another_major_version_is_refused_with_the_ways_on() {
    let folder = folder();
    start(&folder).await.stop().await.unwrap();
    for other in ["9.6", "14", "99"] {
        fs::write(folder.path().join("postgres/cluster/PG_VERSION"), other).unwrap();
        let error = Cluster::start(options(&folder)).await.unwrap_err();
        let message = error.to_string();
        assert!(matches!(error, Error::OtherMajor { .. }), "{message}");
        for words in [other, "pg_upgrade", "pg_dump", "--reset"] {
            assert!(message.contains(words), "{words}: {message}");
        }
        // Its own programs open it, where they are not too old for Crossdock.
        for words in ["PG_BIN", "nothing has to be deleted"] {
            assert_eq!(message.contains(words), other == "99", "{message}");
        }
        assert_eq!(processes_in(folder.path()), [0; 0]);
    }
}

#[tokio::test]
async fn a_directory_that_postgresql_did_not_make_is_left_alone() {
    let folder = folder();
    let diary = folder.path().join("postgres/cluster/diary.txt");
    fs::create_dir_all(diary.parent().unwrap()).unwrap();
    fs::write(&diary, "mine").unwrap();
    let error = Cluster::start(options(&folder)).await.unwrap_err();
    assert!(matches!(error, Error::NotACluster { .. }), "{error}");
    assert_eq!(fs::read_to_string(diary).unwrap(), "mine");
}

#[tokio::test]
async fn a_folder_of_the_same_name_with_other_things_in_it_is_neither_closed_nor_erased() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let other = folder.path().join("postgres");
    fs::create_dir(&other).unwrap();
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(other.join("diary.txt"), "mine").unwrap();
    for error in [
        Cluster::start(options(&folder)).await.unwrap_err(),
        local_postgres::erase(folder.path()).await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::NotACluster { .. }), "{error}");
    }
    assert_eq!(
        fs::metadata(&other).unwrap().permissions().mode() & 0o777,
        0o755
    );
    assert_eq!(fs::read_to_string(other.join("diary.txt")).unwrap(), "mine");
}

#[tokio::test]
async fn a_link_in_the_home_is_not_followed() {
    let (folder, elsewhere) = (folder(), folder());
    start(&folder).await.stop().await.unwrap();
    let target = elsewhere.path().join("precious");
    fs::write(&target, "").unwrap();
    let owner = || std::os::unix::fs::MetadataExt::uid(&fs::metadata(&target).unwrap());
    let before = owner();
    for name in ["postgres.log", "users.lock"] {
        let path = folder.path().join("postgres").join(name);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&target, &path).unwrap();
        let error = Cluster::start(options(&folder)).await.unwrap_err();
        assert!(matches!(error, Error::File { .. }), "{error}");
        fs::remove_file(&path).unwrap();
    }
    assert_eq!(owner(), before);
}

#[tokio::test]
async fn an_unknown_account_is_refused_by_name() {
    if !crate::support::is_root() {
        eprintln!("skipped: only root chooses an account");
        return;
    }
    let folder = folder();
    let mut options = options(&folder);
    options.account = Some("nobody-of-this-name".to_owned());
    let message = Cluster::start(options).await.unwrap_err().to_string();
    assert!(
        message.contains("`nobody-of-this-name`") && message.contains("CROSSDOCK_PG_USER"),
        "{message}"
    );
}

#[test]
fn a_pg_bin_that_leads_nowhere_is_named() {
    let folder = folder();
    let output = local_postgres()
        .args(["exec", "--", "true"])
        .env("PG_BIN", folder.path())
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    assert!(
        message.contains("PG_BIN names") && message.contains(folder.path().to_str().unwrap()),
        "{message}"
    );
}
