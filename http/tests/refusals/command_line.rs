//! The command line, as an operator meets it: help, and every failure as one sentence that says
//! what to do. No output holds a password.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::common::program::{fine, run, sentence, text};
use crate::common::{BINARY, World};
use webqq_testkit::http::Client;
use webqq_testkit::temp_dir::TempDir;

const SECRET: &str = "s3cr3t-of-the-store";

#[test]
fn help_tells_a_newcomer_everything() {
    let help = fine(&["--help"], "");
    for option in [
        "listen",
        "data",
        "store",
        "public-url",
        "trusted-proxy",
        "registration",
        "auth-rate",
        "max-group-members",
        "post-rate",
        "request-rate",
        "address-request-rate",
        "address-post-rate",
        "streams-per-user",
        "connections-per-address",
        "groups-per-user",
        "catch-up-max",
        "files",
        "file-max",
        "files-per-day",
        "session-days",
        "threads",
    ] {
        assert!(help.contains(&format!("--{option}")), "--{option}\n{help}");
        let variable = format!("WEBQQ_{}", option.replace('-', "_").to_uppercase());
        assert!(help.contains(&variable), "{variable}\n{help}");
    }
    for word in [
        "127.0.0.1:8080",
        "./webqq-data",
        "postgres://",
        "sqlite:",
        "[default: 2000]",
        "[default: 30]",
    ] {
        assert!(help.contains(word), "{word}\n{help}");
    }
    for command in ["serve", "db", "user", "seed"] {
        assert!(
            help.lines()
                .any(|line| line.trim_start().starts_with(command)),
            "{command}\n{help}"
        );
        assert!(
            fine(&[command, "--help"], "").contains("Usage: webqq"),
            "{command}"
        );
    }
    // The short form is a screenful, and every option of it has a word of explanation.
    assert!(fine(&["-h"], "").contains("--listen"));
    assert!(fine(&["--version"], "").starts_with("webqq "));
}

#[test]
fn unusable_options_are_exit_2_and_say_which() {
    let rows: &[(&[&str], &str)] = &[
        (&["--nonsense"], "--nonsense"),
        (&["nonsense"], "nonsense"),
        (&["--listen"], "--listen"),
        (&["--listen", "nowhere"], "--listen"),
        (&["--listen", "127.0.0.1:99999"], "--listen"),
        (&["--auth-rate", "-1"], "-1"),
        (&["--auth-rate", "many"], "--auth-rate"),
        (&["--post-rate", "1.5"], "--post-rate"),
        (&["--post-rate", "4294967296"], "--post-rate"),
        (&["--max-group-members", "2"], "--max-group-members"),
        (&["--threads", "0"], "--threads"),
        (&["--registration", "maybe"], "open"),
        (&["--trusted-proxy", "10.0.0.0/99"], "--trusted-proxy"),
        (&["--public-url", "chat.example"], "chat.example"),
        (
            &["--public-url", "https://chat.example/path"],
            "chat.example",
        ),
        (&["--public-url", "ftp://chat.example"], "ftp"),
        (&["--store", "mysql://localhost"], "--store"),
        (&["--store", "sqlite:"], "sqlite:"),
        (&["--log", "a=b=c"], "--log"),
        (&["user", "add"], "USERNAME"),
        (&["seed", "--users", "3"], "--groups"),
        (&["db"], "init"),
    ];
    for (arguments, word) in rows {
        let output = run(arguments);
        let errors = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
        assert!(errors.contains(word), "{arguments:?}: {errors}");
        assert!(!errors.contains("panicked"), "{errors}");
    }
}

#[test]
fn what_cannot_be_done_is_exit_1_and_a_sentence() {
    let world = World::start(&[]);
    let data = world.data.path().display().to_string();
    let taken = world.server.addr().to_string();
    let elsewhere = TempDir::new("elsewhere");
    let file = elsewhere.path().join("file");
    fs::write(&file, "not a database, not a directory").unwrap();
    let (other, file) = (
        elsewhere.path().display().to_string(),
        file.display().to_string(),
    );
    let store = format!("sqlite:{file}");
    let missing = format!("sqlite:{file}/webqq.db");
    let other_data = format!("{other}/data");
    let on_taken = ["--data", &other_data, "--listen", &taken];
    assert!(sentence(&on_taken, "").contains("--listen"));
    assert!(sentence(&["--data", &file, "--listen", "127.0.0.1:0"], "").contains(&file));
    assert!(sentence(&["--store", &store, "db", "init"], "").contains("database"));
    assert!(sentence(&["--store", &missing, "db", "init"], "").contains(&file));
    assert!(
        sentence(&["--listen", "203.0.113.1:1", "--data", &other_data], "").contains("203.0.113.1")
    );
    // Beside a running server: neither a second one nor a seed.
    let begun = Instant::now();
    let second = sentence(&["--data", &data, "--listen", "127.0.0.1:0"], "");
    assert!(
        second.contains("another") && begun.elapsed() < Duration::from_secs(20),
        "{second}"
    );
    let out = format!("{other}/tokens");
    let seed = [
        "--data",
        &data,
        "seed",
        "--users",
        "3",
        "--groups",
        "1",
        "--members",
        "3",
        "--out",
        &out,
    ];
    let seed = sentence(&seed, "");
    assert!(seed.contains("another"), "{seed}");
    let many = [
        "--data",
        &other,
        "seed",
        "--users",
        "3",
        "--groups",
        "1",
        "--members",
        "4",
        "--out",
        &out,
    ];
    assert!(sentence(&many, "").contains("--members"));
    let nowhere = format!("{file}/tokens");
    let out = [
        "--data",
        &other,
        "seed",
        "--users",
        "3",
        "--groups",
        "1",
        "--members",
        "3",
        "--out",
        &nowhere,
    ];
    assert!(sentence(&out, "").contains("--out"));
    let _ = world.stranger().get("/readyz").unwrap().expect(200);
}

#[test]
fn the_first_line_says_where_and_logs_go_elsewhere() {
    let data = TempDir::new("first-line");
    let mut process = Command::new(BINARY)
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    let output = process.stdout.take().unwrap();
    let mut output = std::io::BufReader::new(output);
    std::io::BufRead::read_line(&mut output, &mut first).unwrap();
    let port = first
        .strip_prefix("listening on http://127.0.0.1:")
        .expect(&first);
    let port: u16 = port
        .strip_suffix('\n')
        .expect("one line")
        .parse()
        .expect(&first);
    let address = ([127, 0, 0, 1], port).into();
    let _ = Client::new(address).get("/readyz").unwrap().expect(200);
    let kill = Command::new("kill").arg(process.id().to_string()).status();
    assert!(kill.unwrap().success());
    let mut rest = String::new();
    std::io::Read::read_to_string(&mut output, &mut rest).unwrap();
    assert_eq!(rest, "", "nothing else on standard output");
    let ended = process.wait_with_output().unwrap();
    assert!(ended.status.success(), "a clean stop is exit 0");
    assert!(
        text(&ended.stderr).contains("INFO"),
        "{}",
        text(&ended.stderr)
    );
    assert!(
        !text(&ended.stderr).contains('\u{1b}'),
        "no colours in a file"
    );
}

#[test]
fn the_password_of_a_store_is_never_shown() {
    let url = |rest: &str| format!("postgres://user:{SECRET}@{rest}");
    let data = TempDir::new("secret");
    let data = data.path().display().to_string();
    let bad = [
        "127.0.0.1:1/webqq",
        "127.0.0.1:99999/webqq",
        "127.0.0.1:port/webqq",
        "no.such.host.invalid/webqq",
        "/webqq",
        "127.0.0.1/webqq?sslmode=perhaps",
        "127.0.0.1/webqq?connect_timeout=x",
        "[::1/webqq",
        "127.0.0.1:1/webqq#x",
    ];
    let mut urls: Vec<String> = bad.map(url).to_vec();
    urls.push(format!("postgres:user:{SECRET}@127.0.0.1/webqq"));
    urls.push(format!(
        "postgres://127.0.0.1:1/webqq?user=u&password={SECRET}"
    ));
    urls.push(format!("host=127.0.0.1 port=1 user=u password={SECRET}"));
    urls.push(format!("Postgres://user:{SECRET}@127.0.0.1:1/webqq"));
    let mut leaks = Vec::new();
    for url in &urls {
        let seed = [
            "seed",
            "--users",
            "1",
            "--groups",
            "0",
            "--members",
            "0",
            "--out",
            "/dev/null",
        ];
        for command in [
            &["db", "init"][..],
            &["user", "admin", "x"],
            &["--listen", "127.0.0.1:0"],
            &seed,
        ] {
            let arguments = [
                &["--data", &data, "--store", url, "--log", "debug"],
                command,
            ]
            .concat();
            let begun = Instant::now();
            let output = run(&arguments);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert!(matches!(output.status.code(), Some(1 | 2)), "{said}");
            if said.contains(SECRET) {
                leaks.push(format!("{url} {command:?}: {said}"));
            }
            assert!(!said.contains("panicked"), "{said}");
            assert!(
                begun.elapsed() < Duration::from_secs(40),
                "{:?}",
                begun.elapsed()
            );
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    let help = Command::new(BINARY)
        .arg("--help")
        .env("WEBQQ_STORE", url("h/d"))
        .output()
        .unwrap();
    assert!(
        !text(&help.stdout).contains(SECRET),
        "{}",
        text(&help.stdout)
    );
}
