use super::*;
use std::io::Write as _;

fn environment(pairs: &[(&str, &str)]) -> HashMap<String, String> {
    let mut all = HashMap::from([("HOME".to_owned(), "/home/ana".to_owned())]);
    all.extend(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    all
}

fn from_variables(pairs: &[(&str, &str)]) -> Result<Settings, Error> {
    Settings::from_values(
        &Values::read(None, &environment(pairs))?,
        &environment(pairs),
    )
}

fn from_file(text: &str, pairs: &[(&str, &str)]) -> Result<Settings, Error> {
    let mut file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    Settings::read(Some(file.path()), &environment(pairs))
}

/// The variables of `.env.example` with their values, comment signs taken off.
fn example() -> Vec<(&'static str, &'static str)> {
    include_str!("../../../.env.example")
        .lines()
        .filter_map(|line| line.strip_prefix('#'))
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect()
}

#[test]
fn the_example_shows_every_setting_with_its_default() {
    let example = example();
    for key in KEYS {
        let [first, ..] = key.variables else {
            panic!("{} has no variable", key.name);
        };
        let shown = example.iter().find(|(name, _)| name == first);
        let (_, value) = shown.unwrap_or_else(|| panic!("{first} is missing in .env.example"));
        assert_eq!(*value, key.default.unwrap_or_default(), "{first}");
        let named = format!("[{}]", key.name);
        assert!(
            include_str!("../../../.env.example").contains(&named),
            "{named}"
        );
    }
    let known = |name: &str| {
        KEYS.iter().any(|key| key.variables.contains(&name))
            || keys::OTHER_VARIABLES.contains(&name)
    };
    for (name, _) in &example {
        assert!(known(name), "{name} is no setting");
    }
}

#[test]
fn the_example_taken_as_it_is_starts_with_the_defaults() {
    let written = from_variables(&example()).unwrap();
    let defaults = from_variables(&[]).unwrap();
    assert_eq!(format!("{written:?}"), format!("{defaults:?}"));
    assert_eq!(
        defaults.data_dir,
        Path::new("/home/ana/.local/share/crossdock")
    );
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_defaults() {
    let file = "bind = \"0.0.0.0:80\"\nworker_runs = 2\n[pantheon]\nretry_max = 5\n";
    let settings = from_file(file, &[("CROSSDOCK_WORKER_RUNS", "8")]).unwrap();
    assert_eq!(settings.bind.to_string(), "0.0.0.0:80");
    assert_eq!(settings.worker_runs, 8);
    assert_eq!(settings.pantheon.retry_max, Some(5));
    assert_eq!(settings.database_connections, 20);
}

#[test]
fn a_bad_value_is_refused_with_key_value_and_what_is_allowed() {
    for (name, value, allowed) in [
        ("CROSSDOCK_BIND", "3000", "an address and a port"),
        ("CROSSDOCK_ROLE", "boss", "all, web or worker"),
        ("CROSSDOCK_WORKER_RUNS", "0", "from 1 to 64"),
        ("CROSSDOCK_DATABASE_CONNECTIONS", "many", "from 2 to 500"),
        (
            "CROSSDOCK_PUBLIC_URL",
            "wms.example.com",
            "http:// or https://",
        ),
        (
            "CROSSDOCK_PUBLIC_URL",
            "https://wms.example.com/app",
            "without a path",
        ),
        (
            "CROSSDOCK_TRUSTED_PROXIES",
            "10.0.0.1,proxy",
            "IP addresses",
        ),
        ("CROSSDOCK_LOG", "engine=loud", "a level"),
        ("CUNGUWMS_RATE_LIMIT_RPS", "-1", "above 0"),
        ("CUNGUWMS_BASE_URL", "pantheon:3003", "http://"),
    ] {
        let said = from_variables(&[(name, value)]).unwrap_err().to_string();
        for part in [name, value, allowed] {
            assert!(said.contains(part), "{said} lacks {part}");
        }
    }
    let said = from_file("worker_runs = 100", &[]).unwrap_err().to_string();
    assert!(
        said.starts_with("worker_runs in ") && said.contains("'100'"),
        "{said}"
    );
}

#[test]
fn a_mail_server_without_addresses_is_warned_of_and_addresses_without_one_are_refused() {
    let (host, to) = (
        ("CROSSDOCK_SMTP_HOST", "mail.example.com"),
        ("CROSSDOCK_ALERT_EMAIL_TO", "ana@example.com"),
    );
    let from = ("CROSSDOCK_SMTP_FROM", "crossdock@example.com");
    let warning = |pairs: &[(&str, &str)]| from_variables(pairs).unwrap().monitoring.warning();
    let said = warning(&[host, from]).unwrap();
    assert!(said.contains("CROSSDOCK_ALERT_EMAIL_TO"), "{said}");
    assert_eq!(warning(&[host, from, to]), None);
    assert_eq!(warning(&[]), None);
    let said = from_variables(&[to]).unwrap_err().to_string();
    assert!(said.contains("smtp.host"), "{said}");
}

#[test]
fn unknown_names_are_refused_with_those_there_are() {
    let said = from_variables(&[("CROSSDOCK_BNID", "x")])
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("CROSSDOCK_BNID") && said.contains("CROSSDOCK_BIND"),
        "{said}"
    );
    let said = from_file("[pantheon]\npasswort = \"x\"", &[])
        .unwrap_err()
        .to_string();
    assert!(
        said.contains("'pantheon.passwort'") && said.contains("pantheon.password"),
        "{said}"
    );
    assert!(from_variables(&[("CROSSDOCK_TEST_DATABASE_URL", "x")]).is_ok());
}

#[test]
fn secrets_are_in_no_message_and_no_debug_text() {
    let said = from_variables(&[("DATABASE_URL", "mysql://root:hunter2@db")]).unwrap_err();
    assert!(!said.to_string().contains("hunter2"), "{said}");
    let said = from_variables(&[("CROSSDOCK_SECRET_KEY", "hunter2")]).unwrap_err();
    assert!(!said.to_string().contains("hunter2"), "{said}");
    let settings = from_variables(&[
        ("DATABASE_URL", "postgres://root:hunter2@db/crossdock"),
        ("CUNGUWMS_PASSWORD", "hunter2"),
        ("CROSSDOCK_METRICS_TOKEN", "hunter2-hunter2-hunter2"),
    ]);
    assert!(!format!("{:?}", settings.unwrap()).contains("hunter2"));
}

#[test]
fn an_address_that_people_type_has_no_path() {
    let url: PublicUrl = "HTTPS://WMS.Example.com/".parse().unwrap();
    assert_eq!(url.as_str(), "https://wms.example.com");
    assert!(url.is_https());
    assert!("https://user@wms.example.com".parse::<PublicUrl>().is_err());
}
