//! What may be typed, what it means, and what is said otherwise.
//!
//! The environment of the test process is never changed (that is not possible safely); that every
//! option has its variable is read from clap's own description.

use super::*;

fn read(line: &str) -> Result<(Command, Config), clap::Error> {
    Cli::from_arguments(std::iter::once("webqq").chain(line.split_whitespace()))
}

fn config(line: &str) -> Config {
    read(line)
        .unwrap_or_else(|error| panic!("{line}: {error}"))
        .1
}

/// `line` is refused with exit code 2 and a message that holds `part`.
#[track_caller]
fn refused(line: &str, part: &str) -> String {
    let error = read(line).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{line}");
    let text = error.to_string();
    assert!(text.contains(part), "{line}: {text}");
    text
}

#[test]
fn the_defaults_are_those_of_the_documents() {
    let (command, config) = read("").unwrap();
    assert_eq!(command, Command::Serve);
    assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.store, Store::Sqlite("./webqq-data/webqq.db".into()));
    assert_eq!((config.public_url, config.threads), (None, None));
    assert!(config.trusted_proxies.is_empty());
    assert_eq!(config.registration, Registration::Open);
    assert_eq!(config.direct_messages, DirectMessages::Groups);
    let bounds = [
        (config.auth_rate, 30),
        (config.post_rate, 10),
        (config.max_group_members, 2_000),
        (config.groups_per_user, 500),
        (config.streams_per_user, 8),
        (config.connections_per_address, 256),
        (config.catch_up_max, 10_000),
        (config.session_days, 30),
    ];
    for (bound, expected) in bounds {
        assert_eq!(bound.unwrap().get(), expected);
    }
    assert_eq!(config.files.most_bytes, Some(20 * 1024 * 1024));
    assert_eq!(config.log, "info,ractor=warn,hyper=warn");
}

#[test]
fn options_work_before_after_and_without_the_command() {
    for line in [
        "--post-rate 7",
        "serve --post-rate 7",
        "--post-rate 7 serve",
        "db init --post-rate 7",
    ] {
        assert_eq!(config(line).post_rate.unwrap().get(), 7, "{line}");
    }
    for line in [
        "--trusted-proxy 10.0.0.1,fd00::/8",
        "--trusted-proxy 10.0.0.1 serve --trusted-proxy ::1",
    ] {
        assert!(!config(line).trusted_proxies.is_empty(), "{line}");
    }
    assert_eq!(
        config("--trusted-proxy 10.0.0.1 --trusted-proxy ::1,::2")
            .trusted_proxies
            .len(),
        3
    );
}

#[test]
fn every_option_has_its_variable_a_heading_and_a_help_text() {
    let command = Cli::command();
    command.clone().debug_assert();
    for option in command
        .get_arguments()
        .filter(|option| option.is_global_set())
    {
        let name = option.get_long().unwrap();
        let variable = format!("WEBQQ_{}", name.to_uppercase().replace('-', "_"));
        assert_eq!(option.get_env().unwrap(), variable.as_str());
        assert!(
            option.get_help().is_some() && option.get_help_heading().is_some(),
            "{name}"
        );
    }
    assert_eq!(
        command
            .get_arguments()
            .filter(|option| option.is_global_set())
            .count(),
        23
    );
}

#[test]
fn commands_are_read() {
    let command = |line: &str| read(line).unwrap().0;
    assert_eq!(command("db init"), Command::Db(Db::Init));
    assert_eq!(
        command("user add ann --name Ann --admin"),
        Command::User(User::Add {
            username: "ann".into(),
            name: Some("Ann".into()),
            admin: true
        })
    );
    assert_eq!(
        command("user password ann"),
        Command::User(User::Password {
            username: "ann".into()
        })
    );
    assert_eq!(
        command("user admin ann"),
        Command::User(User::Admin {
            username: "ann".into(),
            revoke: false
        })
    );
    assert_eq!(
        command("seed --users 9 --groups 2 --members 3 --out f"),
        Command::Seed(Seed {
            users: 9,
            groups: 2,
            members: 3,
            out: "f".into()
        })
    );
    for line in [
        "nonsense",
        "db",
        "user",
        "user add",
        "seed --users 1",
        "--nonsense 1",
    ] {
        assert_eq!(read(line).unwrap_err().exit_code(), 2, "{line}");
    }
    for line in ["--help", "--version", "seed --help"] {
        assert_eq!(read(line).unwrap_err().exit_code(), 0, "{line}");
    }
}

#[test]
fn zero_lifts_a_bound() {
    let config = config(
        "--auth-rate 0 --post-rate 0 --max-group-members 0 --groups-per-user 0 --file-max 0 \
         --streams-per-user 0 --connections-per-address 0 --catch-up-max 0 --session-days 0",
    );
    let bounds = [
        config.auth_rate,
        config.post_rate,
        config.max_group_members,
        config.groups_per_user,
        config.streams_per_user,
        config.connections_per_address,
        config.catch_up_max,
        config.session_days,
    ];
    assert!(bounds.iter().all(Option::is_none) && config.files.most_bytes.is_none());
}

#[test]
fn unusable_values_are_explained() {
    refused("--listen 8080", "127.0.0.1:8080");
    refused("--listen example.org:80", "127.0.0.1:8080");
    refused("--post-rate x", "write a whole number");
    refused("--post-rate=-1", "--post-rate");
    refused("--threads 0", "--threads");
    refused("--registration maybe", "invite");
    refused("--direct-messages nobody", "friends");
    refused("--trusted-proxy 10.0.0.0/33", "10.0.0.0/8");
    refused("--max-group-members 2", "at least 3");
    refused("--log info,=x=y", "info,hyper=debug");
    refused("--store sqlite:", "needs a path");
    refused("--store mysql://x", "sqlite:PATH");
    refused("--public-url chat.example.org", "https://chat.example.org");
    assert_eq!(
        config("--listen localhost:0").listen.to_string(),
        "127.0.0.1:0"
    );
    assert_eq!(config("--listen [::]:80").listen.to_string(), "[::]:80");
}

#[test]
fn a_password_is_never_shown() {
    let urls = [
        "postgres://ann:hunter2@db.example.org:5432/chat",
        "postgres://ann:hunter2/@?@db.example.org/chat?sslmode=require&password=hunter2@x",
        "postgres://ann:hunter2?hunter2@db.example.org/chat",
        "postgresql://db.example.org/chat?password=hunter2",
        "postgres:///chat?user=a&password=hunter2@",
    ];
    for url in urls {
        let config = config(&format!("--store {url}"));
        let Store::Postgres(inner) = &config.store else {
            panic!("{url}")
        };
        assert_eq!(inner.expose(), url);
        let shown = format!("{config:?} {inner}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    let shown = config(&format!("--store {}", urls[0])).store;
    assert!(format!("{shown:?}").contains("db.example.org:5432/chat"));
    let text = refused("--store postgre://ann:hunter2@host/db", "sqlite:PATH");
    assert!(!text.contains("hunter2"), "{text}");
    let store = Cli::command()
        .get_arguments()
        .find(|a| a.get_long() == Some("store"))
        .cloned();
    assert!(
        store.unwrap().is_hide_env_values_set(),
        "the help would print the variable"
    );
}

#[test]
fn public_urls_are_taken_apart() {
    let check = |text: &str, https: bool, host: &str, port: u16, origin: &str| {
        let url = PublicUrl::parse(text).unwrap();
        assert_eq!(
            (url.https, url.host.as_str(), url.port),
            (https, host, port)
        );
        assert_eq!(url.origin(), origin);
    };
    check(
        "https://Chat.example.org",
        true,
        "chat.example.org",
        443,
        "https://chat.example.org",
    );
    check("https://a.b/", true, "a.b", 443, "https://a.b");
    check("http://a.b:443", false, "a.b", 443, "http://a.b:443");
    check("http://a.b:80", false, "a.b", 80, "http://a.b");
    check(
        "https://[::1]:8443",
        true,
        "[::1]",
        8443,
        "https://[::1]:8443",
    );
    for text in [
        "",
        "a.b",
        "//a.b",
        "ftp://a.b",
        "https://",
        "https://a.b/chat",
        "https://a.b/?x",
        "https://u:p@a.b",
        "https://u@a.b:80",
        "https://a.b:99999",
        "https://a.b:0",
        "https://a.b:",
        "https://a.b/#x",
        "https://a b",
    ] {
        assert!(PublicUrl::parse(text).is_err(), "{text}");
    }
    assert_eq!(
        config("--public-url https://a.b").public_url.unwrap().host,
        "a.b"
    );
    assert!(read("--public-url=").unwrap().1.public_url.is_none());
}
