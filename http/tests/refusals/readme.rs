//! The README's lines for curl run as they are printed.

use std::process::Command;

use crate::common::BINARY;
use webqq_testkit::server::Server;
use webqq_testkit::temp_dir::TempDir;

/// Where the README says the server is.
const PRINTED: &str = "127.0.0.1:8080";

#[test]
fn the_six_lines_of_the_readme_run_as_printed() {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme
        .split_once("## The same with curl")
        .expect("the section");
    let (_, block) = section.split_once("```sh\n").expect("a block of shell");
    let (lines, _) = block.split_once("```").expect("its end");
    assert_eq!(lines.lines().count(), 6, "{lines}");
    assert!(lines.contains(PRINTED));
    let data = TempDir::new("readme");
    let path = data.path().display().to_string();
    let server = Server::start(BINARY, &["--data", &path]);
    // The one change: the test's server has a port of its own.
    let script = lines.replace(PRINTED, &server.addr().to_string());
    let run = Command::new("bash").arg("-c").arg(&script).output();
    let run = run.expect("bash runs");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(said.contains(r#""seq":2"#), "the receipt: {said}");
    assert!(said.contains(r#""type":"hello""#), "the stream: {said}");
    assert_eq!(
        said.matches(r#""text":"hello""#).count(),
        2,
        "both tell of it: {said}"
    );
    assert!(said.trim_end().ends_with("]}"), "the long-poll: {said}");
}
