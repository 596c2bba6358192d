//! Every way to damage an export, and what is said of it.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;
use webqq_engine::transfer::import::check;

use super::interrupted::exported;
use super::transfer::Place;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Changes a file's lines.
fn lines(name: &'static str, change: fn(&mut Vec<String>)) -> Box<dyn Fn(&Path)> {
    Box::new(move |directory| {
        let path = directory.join(name);
        let text = fs::read_to_string(&path).unwrap();
        let mut lines: Vec<String> = text.lines().map(|line| format!("{line}\n")).collect();
        change(&mut lines);
        fs::write(path, lines.concat()).unwrap();
    })
}

/// Changes the manifest.
fn manifest(change: fn(&mut Json)) -> Box<dyn Fn(&Path)> {
    Box::new(move |directory| {
        let path = directory.join("manifest.json");
        let mut json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        change(&mut json);
        fs::write(path, json.to_string()).unwrap();
    })
}

const MESSAGES: &str = "messages-000001.jsonl";
const HASHES: &str = "conversations.sha256.jsonl";

/// Every way to damage an export, and what is said.
#[expect(clippy::type_complexity, reason = "a table")]
fn damages() -> Vec<(&'static str, Box<dyn Fn(&Path)>, &'static [&'static str])> {
    vec![
        (
            "cut",
            lines(MESSAGES, |l| l.last_mut().unwrap().truncate(40)),
            &[MESSAGES, "line 23", "cut off"],
        ),
        (
            "no end",
            lines(MESSAGES, |l| {
                l.last_mut().unwrap().pop();
            }),
            &[MESSAGES, "line 23", "cut off"],
        ),
        (
            "a line less",
            lines(MESSAGES, |l| {
                l.pop();
            }),
            &[MESSAGES, "22 lines instead of 23"],
        ),
        (
            "a line twice",
            lines(MESSAGES, |l| {
                let it = l[4].clone();
                l.insert(4, it);
            }),
            &[MESSAGES, "line 6", "that of the line before"],
        ),
        (
            "swapped",
            lines(MESSAGES, |l| l.swap(2, 3)),
            &[MESSAGES, "line 4", "comes before"],
        ),
        (
            "a blank line",
            lines(MESSAGES, |l| l.insert(3, "\n".into())),
            &[MESSAGES, "line 4", "cut off"],
        ),
        (
            "nothing",
            lines(MESSAGES, Vec::clear),
            &[MESSAGES, "line 1", "cut off"],
        ),
        (
            "another text",
            lines(MESSAGES, |l| l[4] = l[4].replace("text 2", "text 9")),
            &[MESSAGES, "hash"],
        ),
        (
            "a wrong type",
            lines(MESSAGES, |l| {
                l[4] = l[4].replace("\"seq\":5", "\"seq\":\"5\"")
            }),
            &[MESSAGES, "line 5", "`seq` must be a bigint"],
        ),
        (
            "a new column",
            lines(MESSAGES, |l| {
                l[4] = l[4].replace("\"seq\":5", "\"seq\":5,\"new\":1")
            }),
            &[MESSAGES, "line 5", "no column `new`"],
        ),
        (
            "a column less",
            lines("users-000001.jsonl", |l| {
                l[0] = l[0].replace("\"signature\":\"\",", "")
            }),
            &["users-000001.jsonl", "line 1", "`signature` is missing"],
        ),
        (
            "not UTF-8",
            Box::new(|d| {
                let p = d.join(MESSAGES);
                let mut b = fs::read(&p).unwrap();
                b[9] = 0xff;
                fs::write(p, b).unwrap();
            }),
            &[MESSAGES, "line 1", "UTF-8"],
        ),
        (
            "a file less",
            Box::new(|d| fs::remove_file(d.join("stays-000001.jsonl")).unwrap()),
            &["stays-000001.jsonl", "cannot be read"],
        ),
        (
            "hashes less",
            Box::new(|d| fs::remove_file(d.join(HASHES)).unwrap()),
            &[HASHES, "cannot be read"],
        ),
        (
            "a hash less",
            lines(HASHES, |l| {
                l.pop();
            }),
            &["does not name"],
        ),
        (
            "another hash",
            lines(HASHES, |l| {
                l[0] = l[0].replace("\"sha256\":\"", "\"sha256\":\"0")
            }),
            &["conversation", "differs"],
        ),
        (
            "another count",
            lines(HASHES, |l| {
                l[0] = l[0].replace("\"messages\":", "\"messages\":1")
            }),
            &["conversation", "messages instead of"],
        ),
        (
            "an odd hash",
            lines(HASHES, |l| l[1] = "{}\n".into()),
            &[HASHES, "line 2"],
        ),
        (
            "no manifest",
            Box::new(|d| fs::remove_file(d.join("manifest.json")).unwrap()),
            &["manifest.json is missing"],
        ),
        (
            "half a manifest",
            Box::new(|d| {
                let p = d.join("manifest.json");
                let t = fs::read_to_string(&p).unwrap();
                fs::write(p, &t[..99]).unwrap();
            }),
            &["not the manifest"],
        ),
        (
            "incomplete",
            manifest(|m| m["complete"] = false.into()),
            &["not complete"],
        ),
        (
            "format",
            manifest(|m| m["format"] = 2.into()),
            &["format 2"],
        ),
        (
            "schema",
            manifest(|m| m["schema"] = 99.into()),
            &["schema 99", "use that one"],
        ),
        (
            "a field",
            manifest(|m| m["new"] = 1.into()),
            &["not the manifest", "new"],
        ),
        (
            "a table",
            manifest(|m| m["tables"][0]["table"] = "news".into()),
            &["no table `news`", "use that one"],
        ),
        (
            "a table less",
            manifest(|m| {
                m["tables"].as_array_mut().unwrap().pop();
            }),
            &["the table", "is missing"],
        ),
        (
            "tables swapped",
            manifest(|m| m["tables"].as_array_mut().unwrap().swap(0, 1)),
            &["not in its place"],
        ),
        (
            "a column",
            manifest(|m| m["tables"][1]["columns"][0] = "new".into()),
            &["no column `new`"],
        ),
        (
            "a column less in all",
            manifest(|m| {
                m["tables"][1]["columns"].as_array_mut().unwrap().pop();
            }),
            &["is missing"],
        ),
        (
            "elsewhere",
            manifest(|m| m["tables"][1]["segments"][0]["file"] = "../x".into()),
            &["no name of a file"],
        ),
        (
            "rows",
            manifest(|m| m["tables"][1]["rows"] = 9.into()),
            &["`users` has 2 rows instead of 9"],
        ),
        (
            "sum",
            manifest(|m| m["tables"][1]["sha256"] = "0".into()),
            &["`users` holds other rows"],
        ),
        (
            "all",
            manifest(|m| m["sha256"] = "0".into()),
            &["its hash is not that"],
        ),
        (
            "uploads",
            manifest(|m| m["uploads"]["files"] = 3.into()),
            &["tells of 3 files"],
        ),
    ]
}

pub(crate) async fn a_damaged_export_is_refused_with_file_and_line() {
    let (_store, directory) = exported().await;
    let whole = directory.path().join("it");
    tokio::task::spawn_blocking(move || {
        for (name, damage, words) in damages() {
            let damaged = directory.path().join(name);
            copy(&whole, &damaged);
            damage(&damaged);
            let target = Place::sqlite();
            for error in [
                check(&damaged, &mut ()).err(),
                target.import(&damaged).err(),
            ] {
                let error = error
                    .unwrap_or_else(|| panic!("{name}: let pass"))
                    .to_string();
                assert!(
                    words.iter().all(|word| error.contains(word)),
                    "{name}: {error}"
                );
                assert!(!error.ends_with('.'), "{error}");
            }
            // Nothing was written: the good one goes in.
            target.import(&whole).unwrap();
        }
    })
    .await
    .unwrap();
}
