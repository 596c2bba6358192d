//! The program run to its end, as an operator does.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use super::BINARY;

/// Runs the program with this on its standard input.
pub(crate) fn run_with(arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(BINARY);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WEBQQ_") {
            command.env_remove(name);
        }
    }
    let pipes = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = pipes.args(arguments).spawn().unwrap();
    // A program that ends early does not read it.
    let _ = process.stdin.take().unwrap().write_all(input.as_bytes());
    process.wait_with_output().unwrap()
}

pub(crate) fn run(arguments: &[&str]) -> Output {
    run_with(arguments, "")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Exit 0; standard output.
#[track_caller]
pub(crate) fn fine(arguments: &[&str], input: &str) -> String {
    let output = run_with(arguments, input);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    text(&output.stdout)
}

/// Exit 1 with `webqq: ` and one sentence behind the log; the sentence.
#[track_caller]
pub(crate) fn sentence(arguments: &[&str], input: &str) -> String {
    let output = run_with(arguments, input);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {errors}");
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    let last = errors.lines().last().unwrap_or_default();
    let sentence = last
        .strip_prefix("webqq: ")
        .unwrap_or_else(|| panic!("{errors}"));
    assert!(
        sentence.ends_with('.') && !sentence.ends_with(".."),
        "{sentence}"
    );
    for inside in ["panicked", "::", "Error {", "Some("] {
        assert!(!sentence.contains(inside), "{inside} in {sentence}");
    }
    sentence.to_owned()
}
