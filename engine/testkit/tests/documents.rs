//! The repository keeps its word: documents name what exists, and the packages depend on one another
//! in one direction only.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Longest source file, tests included, lines: a longer one has two things to say.
const MAX_LINES: usize = 400;

/// What a package must not depend on, and why.
const ARROWS: [(&str, &[&str], &str); 2] = [
    (
        "http/Cargo.toml",
        &[
            "rusqlite",
            "postgres",
            "tokio-postgres",
            "deadpool-postgres",
            "ractor",
        ],
        "SQL and actors are the engine's",
    ),
    (
        "engine/Cargo.toml",
        &["axum", "hyper", "hyper-util", "tower", "clap", "webqq"],
        "the engine is usable without HTTP",
    ),
];

fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository is there")
}

/// All files under `directory` with one of these endings, sorted; none if it does not exist.
fn files(directory: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if !matches!(name.as_str(), "target" | "node_modules" | "vendor") {
                found.extend(files(&path, endings));
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Every document, as a path relative to the root, with its text.
fn documents() -> Vec<(String, String)> {
    let root = root();
    let mut paths = files(&root.join("docs"), &[".md"]);
    paths.extend(Some(root.join("README.md")).filter(|path| path.exists()));
    paths.into_iter().map(|path| named(&path)).collect()
}

fn named(path: &Path) -> (String, String) {
    let text = fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()));
    let name = path.strip_prefix(root()).unwrap_or(path);
    (name.display().to_string(), text)
}

/// Fails with one line for each complaint, if there are any.
#[track_caller]
fn check(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn documents_name_paths_that_exist() {
    let root = root();
    let mut complaints = Vec::new();
    for (document, text) in documents() {
        for span in code_spans(&prose(&text)) {
            let Some(path) = repository_path(&span) else {
                continue;
            };
            if !root.join(&path).exists() {
                complaints.push(format!("{document}: `{span}` does not exist"));
            }
        }
    }
    check(&complaints);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let root = root();
    let mut complaints = Vec::new();
    for (document, text) in documents() {
        let directory = Path::new(&document).parent().unwrap_or(Path::new(""));
        for target in links(&prose(&text)) {
            let (path, section) = match target.split_once('#') {
                Some((path, section)) => (path, Some(section)),
                None => (target.as_str(), None),
            };
            if path.contains("://") || path.starts_with("mailto:") {
                continue;
            }
            let linked = if path.is_empty() {
                root.join(&document)
            } else {
                root.join(directory).join(path)
            };
            if !linked.exists() {
                complaints.push(format!("{document}: ({target}) leads nowhere"));
            } else if let (Some(section), true) =
                (section, path.is_empty() || path.ends_with(".md"))
                && !sections(&named(&linked).1).contains(section)
            {
                complaints.push(format!("{document}: ({target}) has no such section"));
            }
        }
    }
    check(&complaints);
}

#[test]
fn packages_depend_in_one_direction() {
    let mut complaints = Vec::new();
    for (manifest, forbidden, reason) in ARROWS {
        let (_, text) = named(&root().join(manifest));
        for name in dependencies(&text) {
            if forbidden.contains(&name.as_str()) {
                complaints.push(format!("{manifest} depends on {name}: {reason}"));
            }
        }
    }
    check(&complaints);
}

#[test]
fn the_test_kit_is_never_shipped() {
    for manifest in ["engine/Cargo.toml", "http/Cargo.toml"] {
        let (_, text) = named(&root().join(manifest));
        let shipped = dependencies(&text);
        assert!(!shipped.contains("webqq-testkit"), "{manifest}");
    }
}

#[test]
fn no_source_file_outgrows_its_room() {
    let mut complaints = Vec::new();
    for directory in ["engine", "http", "web/js"] {
        for path in files(&root().join(directory), &[".rs", ".js"]) {
            let (name, text) = named(&path);
            let lines = text.lines().count();
            if lines > MAX_LINES {
                complaints.push(format!("{name}: {lines} lines, at most {MAX_LINES}"));
            }
        }
    }
    check(&complaints);
}

#[test]
fn sql_stays_in_the_store() {
    let mut complaints = Vec::new();
    for directory in ["engine/src", "http/src"] {
        for path in files(&root().join(directory), &[".rs"]) {
            let (name, text) = named(&path);
            if name.starts_with("engine/src/store") {
                continue;
            }
            for (line, number) in text.lines().zip(1..) {
                if is_sql(line) {
                    complaints.push(format!(
                        "{name}:{number}: SQL belongs into engine/src/store"
                    ));
                }
            }
        }
    }
    check(&complaints);
}

/// Does a line of Rust hold a statement, in a comment or not? "select" alone is a word, and
/// `select!` a macro: a statement is told by two of its words.
fn is_sql(line: &str) -> bool {
    let line = line.to_lowercase();
    let has = |words: &[&str]| words.iter().all(|word| line.contains(word));
    line.contains("insert into ")
        || line.contains("delete from ")
        || line.contains("\"select ")
        || has(&["select ", " from ", " where "])
        || has(&["update ", " set ", " where "])
}

/// A document without its fenced blocks: those hold examples, not promises.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut kept = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            kept.push_str(line);
        }
        kept.push('\n');
    }
    kept
}

/// What stands between single backticks.
fn code_spans(text: &str) -> Vec<String> {
    let lines = text.lines();
    let spans = lines.flat_map(|line| line.split('`').skip(1).step_by(2));
    spans.map(str::to_owned).collect()
}

/// The path that a code span names, if it looks like one of this repository. Places in a file
/// (`file.rs:12`) and slashes at the end are cut off; patterns name nothing that could be checked.
fn repository_path(span: &str) -> Option<String> {
    const DIRECTORIES: [&str; 5] = ["engine/", "http/", "web/", "docs/", ".ci/"];
    const TOP_LEVEL: [&str; 9] = [
        ".clippy.toml",
        ".editorconfig",
        ".gitattributes",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "Makefile",
        "README.md",
        "schema.sql",
    ];
    let path = span.split(':').next()?.trim_end_matches('/');
    if path.contains(|c: char| c.is_whitespace() || "*<>{}…$|".contains(c)) {
        return None;
    }
    let ours = DIRECTORIES.iter().any(|start| span.starts_with(start));
    (ours || TOP_LEVEL.contains(&path)).then(|| path.to_owned())
}

/// The targets of `[text](target)`; a title after the target is cut off. Code spans hold none.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in text.lines() {
        let outside: String = line.split('`').step_by(2).collect();
        for rest in outside.split("](").skip(1) {
            let target = rest.split(')').next().unwrap_or_default();
            let target = target.split(' ').next().unwrap_or_default();
            found.push(target.to_owned());
        }
    }
    found
}

/// The names by which a document's headings can be linked to.
fn sections(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for line in prose(text).lines().filter(|line| line.starts_with('#')) {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let name: String = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        // The second heading of a name gets a number.
        let mut numbered = name.clone();
        let mut count = 0;
        while !names.insert(numbered.clone()) {
            count += 1;
            numbered = format!("{name}-{count}");
        }
    }
    names
}

/// The names under `[dependencies]`, `[build-dependencies]` and their like for a target; not those
/// that only tests use.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.split(']').next().unwrap_or_default();
            let shipped = !table.contains("dev-dependencies");
            inside = shipped && table.ends_with("dependencies");
            // `[dependencies.name]`
            if let (true, Some((_, name))) = (shipped, table.split_once("dependencies.")) {
                names.insert(name.to_owned());
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            names.insert(name.to_owned());
        }
    }
    names
}

#[test]
fn a_path_is_told_from_other_code() {
    assert_eq!(
        repository_path("engine/src/lib.rs:12"),
        Some("engine/src/lib.rs".into())
    );
    assert_eq!(repository_path("docs/"), Some("docs".into()));
    assert_eq!(repository_path("Makefile"), Some("Makefile".into()));
    for other in ["engine", "web/js/kinds/*.js", "docs/<name>.md", "/api/sync"] {
        assert_eq!(repository_path(other), None, "{other}");
    }
    assert_eq!(code_spans("a `b` and `c d`."), ["b", "c d"]);
    assert_eq!(
        links("see [a](b.md#c) and [d](e \"f\"), not `[x](y)`"),
        ["b.md#c", "e"]
    );
    assert!(sections("# One: `two` & more\n").contains("one-two--more"));
    assert_eq!(prose("a\n```\n`b`\n```\nc"), "a\n\n\n\nc\n");
}

#[test]
fn a_dependency_is_found_however_it_is_written() {
    let manifest = "[package]\nname = \"x\"\n[dependencies]\na.workspace = true\nb = \"1\"\n# c\n\
        [dev-dependencies]\nd = \"1\"\n[target.'cfg(unix)'.dependencies]\ne = \"1\"\n\
        [dependencies.f]\nversion = \"1\"\n";
    let found = dependencies(manifest);
    for name in ["a", "b", "e", "f"] {
        assert!(found.contains(name), "{name}");
    }
    assert!(!found.contains("d") && !found.contains("c"));
}

#[test]
fn statements_are_told_from_words() {
    assert!(is_sql(
        r#"let rows = client.query("select seq from log", &[]);"#
    ));
    assert!(is_sql("INSERT INTO messages (seq)"));
    for words in [
        "tokio::select! {",
        "// select the group, then set it",
        "// an update sets the cursor",
    ] {
        assert!(!is_sql(words), "{words}");
    }
}
