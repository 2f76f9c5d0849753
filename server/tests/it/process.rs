//! The program itself: commands, exit codes, starting and stopping.

use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use testkit::db::TestDatabase;

const PROGRAM: &str = env!("CARGO_BIN_EXE_crossdock");
/// Longer than any start or stop here should take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program with nothing of this machine's settings.
pub fn program(folder: &tempfile::TempDir) -> Command {
    let mut command = Command::new(PROGRAM);
    command.env_clear().current_dir(folder.path());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("CROSSDOCK_DATA_DIR", folder.path().join("data"));
    command.env("CROSSDOCK_SITE_ROOT", folder.path().join("site"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

pub async fn run(mut command: Command) -> (Output, String) {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let said = [&output.stdout[..], &output.stderr[..]].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    (output, said)
}

pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

pub async fn answers(url: &str) -> bool {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Ok(answer) = reqwest::get(url).await {
            return answer.status().is_success();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

pub async fn wait(mut child: Child) -> Option<i32> {
    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    tokio::time::timeout(PATIENCE, ended)
        .await
        .unwrap()
        .unwrap()
        .code()
}

#[tokio::test]
async fn serving_begins_on_an_empty_database_and_ends_with_the_signal() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = program(&folder);
    command
        .env("DATABASE_URL", database.url())
        .env("CROSSDOCK_BIND", &address)
        .arg("serve");
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(answers(&format!("http://{address}/health/db")).await);
    assert!(answers(&format!("http://{address}/login")).await);
    assert!(child.try_wait().unwrap().is_none());
    let id = child.id().to_string();
    Command::new("kill").args(["-TERM", &id]).status().unwrap();
    assert_eq!(wait(child).await, Some(0));
}

#[tokio::test]
async fn a_worker_tells_its_health_and_serves_no_pages() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let address = format!("127.0.0.1:{}", free_port());
    let mut command = program(&folder);
    command
        .env("DATABASE_URL", database.url())
        .env("CROSSDOCK_BIND", &address)
        .args(["serve", "--role", "worker"]);
    let child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    assert!(answers(&format!("http://{address}/health/db")).await);
    assert!(answers(&format!("http://{address}/metrics")).await);
    assert!(!answers(&format!("http://{address}/login")).await);
    let id = child.id().to_string();
    Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(wait(child).await, Some(0));
}

#[tokio::test]
async fn a_taken_port_is_told_before_anything_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = program(&folder);
    command.env("CROSSDOCK_BIND", &address).arg("serve");
    let (output, said) = run(command).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains(&address) && said.contains("CROSSDOCK_BIND"),
        "{said}"
    );
    assert!(!folder.path().join("data/postgres").exists());
}

#[tokio::test]
async fn bad_settings_end_the_program_with_key_value_and_what_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    for command_name in ["serve", "doctor"] {
        let mut command = program(&folder);
        command
            .env("CROSSDOCK_WORKER_RUNS", "many")
            .arg(command_name);
        let (output, said) = run(command).await;
        assert_eq!(output.status.code(), Some(1), "{command_name}");
        for part in ["CROSSDOCK_WORKER_RUNS", "'many'", "from 1 to 64"] {
            assert!(said.contains(part), "{command_name}: {said}");
        }
    }
}

#[tokio::test]
async fn an_unreachable_database_is_told_with_what_to_check() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!(
        "postgres://crossdock:hunter2@127.0.0.1:{}/crossdock",
        free_port()
    );
    for command_name in ["migrate", "doctor"] {
        let mut command = program(&folder);
        command.env("DATABASE_URL", &url).arg(command_name);
        let (output, said) = run(command).await;
        assert_eq!(output.status.code(), Some(1), "{command_name}");
        assert!(said.contains("DATABASE_URL"), "{command_name}: {said}");
        assert!(!said.contains("hunter2"), "{command_name}: {said}");
    }
}

#[tokio::test]
async fn the_doctor_says_what_to_do_until_nothing_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let command = |name: &[&str]| {
        let mut command = program(&folder);
        command.env("DATABASE_URL", database.url()).args(name);
        command
    };
    let (output, said) = run(command(&["doctor"])).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("crossdock migrate") && said.contains("scripts/build"),
        "{said}"
    );
    let (output, _) = run(command(&["seed"])).await;
    assert!(output.status.success());
    let pkg = folder.path().join("site/pkg");
    std::fs::create_dir_all(&pkg).unwrap();
    for name in ["crossdock.js", "crossdock_bg.wasm", "crossdock.css"] {
        std::fs::write(pkg.join(name), "").unwrap();
    }
    let (output, said) = run(command(&["doctor"])).await;
    assert_eq!(output.status.code(), Some(0), "{said}");
    for part in ["create-admin", "CUNGUWMS_BASE_URL"] {
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn a_mail_server_that_nobody_is_written_to_over_is_told_by_the_doctor_and_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    for command_name in ["doctor", "serve"] {
        let mut command = program(&folder);
        command
            .env("DATABASE_URL", database.url())
            // The start ends there, after it warned.
            .env("CROSSDOCK_BIND", taken.local_addr().unwrap().to_string())
            .env("CROSSDOCK_SMTP_HOST", "mail.example.com")
            .env("CROSSDOCK_SMTP_FROM", "crossdock@example.com")
            .arg(command_name);
        let (_, said) = run(command).await;
        let lines: Vec<&str> = said
            .lines()
            .filter(|line| line.contains("alerts"))
            .collect();
        let [only] = lines[..] else {
            panic!("{command_name}: {said}");
        };
        assert!(only.to_lowercase().contains("warn"), "{only}");
        assert!(only.contains("CROSSDOCK_ALERT_EMAIL_TO"), "{only}");
    }
}

#[tokio::test]
async fn an_admin_is_created_with_a_password_from_standard_input() {
    use std::io::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create_empty().await;
    let command = |arguments: &[&str]| {
        let mut command = program(&folder);
        command.env("DATABASE_URL", database.url()).args(arguments);
        command
    };
    let create = async |password: &str| {
        let mut command = command(&["create-admin", "--login", "Vera"]);
        let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(password.as_bytes())
            .unwrap();
        let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
        let output = output.await.unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    let (made, said) = create("long enough\n").await;
    assert!(!made && said.contains("crossdock seed"), "{said}");
    assert!(run(command(&["seed"])).await.0.status.success());
    assert!(!create("short\n").await.0);
    assert!(create("long enough\n").await.0);
    let (made, said) = create("long enough\n").await;
    assert!(!made && said.contains("exists already"), "{said}");
    let row = store::users::find_for_login(&database.store(), "vera")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.caller.role, domain::permission::Role::Admin);
    assert!(server::auth::password::verify("long enough".into(), Some(row.password_hash)).await);
}

#[tokio::test]
async fn the_program_reads_a_label_without_an_installation_or_says_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let read = |data: &str, more: &[&str]| {
        let mut command = program(&folder);
        command.arg("gs1").arg(data).args(more);
        run(command)
    };
    let (output, said) = read("]C10104006381333931172712313103001250", &[]).await;
    assert!(output.status.success(), "{said}");
    for words in [
        "GS1-128",
        "(01)04006381333931(17)271231(3103)001250",
        "2027-12-31",
        "1.250 kg",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }
    let (output, said) = read("^10AB^17261332", &["--part"]).await;
    assert!(
        !output.status.success() && said.contains("(17) has a month"),
        "{said}"
    );
    let (output, said) = read("(10)AB", &[]).await;
    assert!(
        !output.status.success() && said.contains("(10) needs 01"),
        "{said}"
    );
    let (output, said) = read("(10)AB", &["--part", "--json"]).await;
    assert!(
        output.status.success() && said.contains("BATCH/LOT"),
        "{said}"
    );
}
