use std::{fs, os::unix::process::ExitStatusExt as _, path::Path};

use nix::sys::signal::Signal;

use crate::support::{eventually, folder, lives, local_postgres, number_in, send};

fn psql() -> String {
    let bin = local_postgres::find().unwrap().bin;
    bin.join("psql").display().to_string()
}

#[test]
fn the_commands_exit_code_passes_through() {
    let folder = folder();
    for code in [0, 3, 77] {
        let status = local_postgres()
            .args(["exec", "--fast", "--data-dir"])
            .arg(folder.path())
            .args(["--", "sh", "-c", &format!("exit {code}")])
            .status()
            .unwrap();
        assert_eq!(status.code(), Some(code));
    }
}

#[test]
fn migrations_are_applied_in_the_order_of_their_names() {
    let folder = folder();
    for (name, sql) in [
        ("3_last.sql", "insert into marks values ('last')"),
        ("1_first.sql", "create table marks (mark text)"),
        (
            "2_alone.sql",
            "-- no-transaction\ncreate index concurrently on marks (mark);",
        ),
        ("notes.txt", "not sql"),
    ] {
        fs::write(folder.path().join(name), sql).unwrap();
    }
    let output = local_postgres()
        .args(["exec", "--fast", "--migrations"])
        .arg(folder.path())
        .args(["--", "sh", "-c"])
        .arg(format!(
            "'{}' -XAtd \"$DATABASE_URL\" -c 'select mark, current_user from marks'",
            psql()
        ))
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim(),
        "last|crossdock",
        "{output:?}"
    );
}

#[test]
fn a_migration_that_fails_is_named_and_the_command_does_not_run() {
    let folder = folder();
    fs::write(
        folder.path().join("1_wrong.sql"),
        "create table marks (\nmark nonsense)",
    )
    .unwrap();
    let output = local_postgres()
        .args(["exec", "--fast", "--migrations"])
        .arg(folder.path())
        .args(["--", "echo", "ran"])
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("1_wrong.sql") && message.contains("\"nonsense\""),
        "{message}"
    );
    assert!(output.stdout.is_empty() && !output.status.success());
}

#[test]
fn a_signal_stops_the_command_and_the_server() {
    let folder = folder();
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let (mark, data_dir) = (folder.path().join("pid"), folder.path().join("data"));
        let mut program = local_postgres()
            .args(["exec", "--fast", "--data-dir"])
            .arg(&data_dir)
            .args(["--", "sh", "-c"])
            .arg(format!("echo $$ > '{}'; exec sleep 600", mark.display()))
            .spawn()
            .unwrap();
        let command = number_in(mark.clone());
        fs::remove_file(mark).unwrap();
        let server = server_of(&data_dir);
        send(program.id().try_into().unwrap(), signal);
        let status = program.wait().unwrap();
        assert_eq!(status.code(), Some(128 + signal as i32), "{status:?}");
        assert_eq!(status.signal(), None);
        assert!(!lives(command) && !lives(server));
    }
}

#[test]
fn a_temporary_cluster_of_a_killed_run_is_cleared_up_by_the_next() {
    let folder = folder();
    let mark = folder.path().join("pid");
    let mut program = local_postgres()
        .args(["exec", "--fast", "--", "sh", "-c"])
        .arg(format!("echo $$ > '{}'; exec sleep 600", mark.display()))
        .env("TMPDIR", folder.path())
        .spawn()
        .unwrap();
    let command = number_in(mark);
    let data_dir = temporary_in(folder.path()).unwrap();
    let server = server_of(&data_dir);
    send(program.id().try_into().unwrap(), Signal::SIGKILL);
    program.wait().unwrap();
    send(command, Signal::SIGKILL);

    let status = local_postgres()
        .args(["exec", "--fast", "--", "true"])
        .env("TMPDIR", folder.path())
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(temporary_in(folder.path()), None);
    eventually("the orphaned server is gone", || !lives(server));
}

#[test]
fn a_cluster_that_may_be_lost_is_kept_in_memory_where_there_is_room_and_elsewhere_when_told() {
    let (memory, disk) = (Path::new("/dev/shm"), Path::new("/tmp"));
    let told = folder();
    // Much room or little; what lies between is taken by other tests while this one looks.
    let room = nix::sys::statvfs::statvfs(memory).map_or(0, |found| {
        u128::from(found.blocks_available()) * u128::from(found.fragment_size())
    });
    let fast = match room {
        0..0x8000_0000 => vec![disk],
        0x8000_0000..0x2_0000_0000 => vec![memory, disk],
        _ => vec![memory],
    };
    assert_eq!(data_directory(&["--fast"], None, &fast), None);
    assert_eq!(data_directory(&[], None, &[disk]), None);
    assert_eq!(
        data_directory(&["--fast"], Some(told.path()), &[told.path()]),
        None
    );
}

/// Where a run keeps its cluster, unless that is one of these.
fn data_directory(flags: &[&str], told: Option<&Path>, expected: &[&Path]) -> Option<String> {
    let mut program = local_postgres();
    program.arg("exec").args(flags).env_remove("TMPDIR");
    if let Some(told) = told {
        program.env("TMPDIR", told);
    }
    let output = program
        .args(["--", "sh", "-c"])
        .arg(format!(
            "'{}' \"$CROSSDOCK_TEST_DATABASE_URL\" -Atc 'show data_directory'",
            psql()
        ))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout).unwrap();
    let known = expected.iter().any(|folder| {
        let whole = folder.canonicalize().unwrap();
        Path::new(shown.trim()).starts_with(folder) || Path::new(shown.trim()).starts_with(whole)
    });
    (!known).then_some(shown)
}

fn temporary_in(folder: &Path) -> Option<std::path::PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir())
}

fn server_of(data_dir: &Path) -> i32 {
    let file = fs::read_to_string(data_dir.join("postgres/cluster/postmaster.pid")).unwrap();
    file.lines().next().unwrap().parse().unwrap()
}
