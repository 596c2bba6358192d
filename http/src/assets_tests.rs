//! What a browser gets, from disk and joined.

use axum::Router;
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::*;

const PAGE: &str = "<!doctype html>\n<link rel=\"stylesheet\" href=\"css/a.css\">\n\
    <script src=\"js/a.js\"></script>\n<script src=\"js/lib/b.js\"></script>\n";

fn site() -> BTreeMap<String, Vec<u8>> {
    let long = "var b = 'bbbbbbbbbbbbbbbb';\n".repeat(100);
    let files = [
        ("index.html", PAGE),
        ("css/a.css", "a {}"),
        ("js/a.js", "var a;"),
        ("js/lib/b.js", &long),
        ("tests/t.js", "secret"),
        ("js/tests/t.js", "secret"),
        ("TESTS/t.js", "secret"),
        (".hidden", "secret"),
    ];
    files
        .map(|(path, content)| (path.to_owned(), content.as_bytes().to_vec()))
        .into()
}

/// The site as a folder beside a file that is none of it, removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let root = std::env::temp_dir().join(format!("webqq-assets-{name}-{}", std::process::id()));
        for (path, content) in site() {
            let file = root.join("web").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, content).unwrap();
        }
        std::fs::write(root.join("outside.js"), "secret").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(root.join("outside.js"), root.join("web/link.js")).unwrap();
        Self(root)
    }

    fn web(&self) -> PathBuf {
        self.0.join("web")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn ask(
    assets: &Assets,
    method: &str,
    path: &str,
    lines: &[(&str, &str)],
) -> (Response, Vec<u8>) {
    let app = Router::new().fallback(serve).with_state(assets.clone());
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    let response = app
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    (Response::from_parts(head, Body::empty()), body)
}

async fn get(assets: &Assets, path: &str) -> (Response, String) {
    let (response, body) = ask(assets, "GET", path, &[]).await;
    (response, String::from_utf8(body).unwrap())
}

/// The address of the first thing after `before` in the page.
fn address(page: &str, before: &str) -> String {
    let rest = page.split_once(before).unwrap().1;
    format!("/{}", rest.split_once('"').unwrap().0)
}

#[tokio::test]
async fn joined_files_are_named_by_their_content_and_kept_for_ever() {
    let assets = Assets::joined(site()).unwrap();
    let (response, page) = get(&assets, "/").await;
    assert_eq!(response.headers()["cache-control"], "no-cache");
    assert_eq!(
        response.headers()["content-type"],
        "text/html; charset=utf-8"
    );
    assert!(
        !page.contains("js/a.js") && page.matches("<script").count() == 1,
        "{page}"
    );
    let script = address(&page, "src=\"");
    assert!(
        script.starts_with("/app.") && script.ends_with(".js"),
        "{script}"
    );
    let (response, text) = get(&assets, &script).await;
    assert_eq!(
        response.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(
        response.headers()["content-type"],
        "text/javascript; charset=utf-8"
    );
    assert!(text.starts_with(";\nvar a;\n;\nvar b"), "{text}");
    let style = address(&page, "stylesheet\" href=\"");
    assert_eq!(get(&assets, &style).await.1, "a {}\n");

    let mut changed = site();
    changed.insert("js/a.js".to_owned(), b"var c;".to_vec());
    let (_, page) = get(&Assets::joined(changed).unwrap(), "/").await;
    assert_ne!(address(&page, "src=\""), script);
    assert_eq!(address(&page, "stylesheet\" href=\""), style);
}

#[tokio::test]
async fn compression_is_used_where_it_is_wanted() {
    let assets = Assets::joined(site()).unwrap();
    let plain = get(&assets, "/js/lib/b.js").await.1;
    for (accept, expected) in [
        ("gzip, deflate, br", true),
        ("br;q=1.0, GZIP;q=0.5", true),
        ("*", true),
        ("gzip;q=0, *", false),
        ("gzip;q=0", false),
        ("br", false),
        ("", false),
    ] {
        let lines = [("accept-encoding", accept)];
        let (response, body) = ask(&assets, "GET", "/js/lib/b.js", &lines).await;
        assert_eq!(
            response.headers().contains_key("content-encoding"),
            expected,
            "{accept}"
        );
        assert_eq!(response.headers()["vary"], "accept-encoding", "{accept}");
        if expected {
            assert!(body.len() < plain.len() / 2);
            let mut text = vec![0; plain.len()];
            let length = libdeflater::Decompressor::new()
                .gzip_decompress(&body, &mut text)
                .unwrap();
            assert_eq!((length, text), (plain.len(), plain.as_bytes().to_vec()));
        } else {
            assert_eq!(body, plain.as_bytes());
        }
    }
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let folder = Folder::new("tags");
    for assets in [
        Assets::joined(site()).unwrap(),
        Assets::from_folder(folder.web()),
    ] {
        for accept in ["gzip", "identity"] {
            let path = "/js/lib/b.js";
            let (response, _) = ask(&assets, "GET", path, &[("accept-encoding", accept)]).await;
            let tag = response.headers()["etag"].to_str().unwrap();
            for known in [tag, &format!("W/{tag}"), &format!("\"x\", {tag}"), "*"] {
                let lines = [("accept-encoding", accept), ("if-none-match", known)];
                let (response, body) = ask(&assets, "GET", path, &lines).await;
                assert_eq!(
                    (response.status().as_u16(), body.len()),
                    (304, 0),
                    "{known}"
                );
                assert_eq!(response.headers()["etag"], tag);
                assert_eq!(response.headers()["cache-control"], "no-cache");
            }
            let lines = [("accept-encoding", accept), ("if-none-match", "\"other\"")];
            assert_eq!(
                ask(&assets, "GET", path, &lines).await.0.status().as_u16(),
                200
            );
        }
    }
    let assets = Assets::joined(site()).unwrap();
    let tag = async |accept| {
        let (response, _) = ask(
            &assets,
            "GET",
            "/js/lib/b.js",
            &[("accept-encoding", accept)],
        )
        .await;
        response.headers()["etag"].clone()
    };
    assert_ne!(tag("gzip").await, tag("identity").await);
}

#[tokio::test]
async fn nothing_else_is_reachable() {
    let folder = Folder::new("outside");
    for assets in [
        Assets::from_folder(folder.web()),
        Assets::joined(site()).unwrap(),
    ] {
        for path in [
            "/tests/t.js",
            "/js/tests/t.js",
            "/TESTS/t.js",
            "/.hidden",
            "/../outside.js",
            "/js/../../outside.js",
            "/%2e%2e/outside.js",
            "/..%2foutside.js",
            "/..\\outside.js",
            "//etc/passwd",
            "/js//a.js",
            "/js/",
            "/js",
            "/link.js",
            "/nothing",
            "/js/a.js/",
            "/%00",
            "/%74ests/t.js",
            "/js/./a.js",
        ] {
            let (response, body) = ask(&assets, "GET", path, &[]).await;
            assert_eq!(response.status().as_u16(), 404, "{path}");
            assert!(!String::from_utf8_lossy(&body).contains("secret"), "{path}");
            assert_eq!(
                response.headers()["content-type"],
                "application/problem+json"
            );
        }
    }
}

#[tokio::test]
async fn from_disk_a_change_shows_at_once() {
    let folder = Folder::new("disk");
    let assets = Assets::from_folder(folder.web());
    assert_eq!(get(&assets, "/").await.1, PAGE);
    let (response, text) = get(&assets, "/js/a.js").await;
    assert_eq!(
        (
            text.as_str(),
            response.headers()["cache-control"].as_bytes()
        ),
        ("var a;", &b"no-cache"[..])
    );
    std::fs::write(folder.web().join("js/a.js"), "var z;").unwrap();
    assert_eq!(get(&assets, "/js/a.js").await.1, "var z;");
}

#[tokio::test]
async fn head_and_other_methods() {
    let assets = Assets::joined(site()).unwrap();
    let (get, body) = ask(&assets, "GET", "/js/a.js", &[]).await;
    let (head, nothing) = ask(&assets, "HEAD", "/js/a.js", &[]).await;
    assert_eq!(
        (get.status(), get.headers()),
        (head.status(), head.headers())
    );
    assert_eq!((body.len(), nothing.len()), (6, 0));
    assert_eq!(head.headers()["content-length"], "6");
    let (post, _) = ask(&assets, "POST", "/js/a.js", &[]).await;
    assert_eq!(
        (post.status().as_u16(), post.headers()["allow"].as_bytes()),
        (405, &b"GET,HEAD"[..])
    );
    assert_eq!(
        ask(&assets, "POST", "/nothing", &[])
            .await
            .0
            .status()
            .as_u16(),
        404
    );
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let assets = Assets::joined(site()).unwrap();
    for path in ["/", "/js/a.js", "/nothing"] {
        let (response, _) = get(&assets, path).await;
        let headers = response.headers();
        assert!(
            headers["content-security-policy"]
                .to_str()
                .unwrap()
                .starts_with("default-src 'self'; ")
        );
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["x-ua-compatible"], "IE=edge");
        assert_eq!(headers["referrer-policy"], "same-origin");
    }
}

#[test]
fn a_broken_site_does_not_start() {
    assert!(
        Assets::joined(BTreeMap::new())
            .unwrap_err()
            .contains("no index.html")
    );
    let mut site = site();
    site.remove("js/a.js");
    assert!(Assets::joined(site).unwrap_err().contains("`js/a.js`"));
}

#[tokio::test]
async fn the_real_client_joins() {
    // As a release would do it, over the files that are there now.
    assert!(Embedded::iter().all(|path| !path.starts_with("tests/")));
    let assets = Assets::embedded().unwrap();
    let (response, page) = get(&assets, "/").await;
    assert_eq!(response.status().as_u16(), 200);
    let script = get(&assets, &address(&page, "<script src=\"")).await;
    assert_eq!(script.0.status().as_u16(), 200);
    assert!(!script.1.is_empty());
    // Its worker is a script that the browser has read before.
    let path = address(&page, "data-worker=\"");
    assert!(page.contains(&format!("<script src=\"{}\"", path.trim_start_matches('/'))));
    let worker = get(&assets, &path).await;
    assert_eq!(
        worker.0.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert!(worker.1.contains("chat.hub=") && worker.1.contains("chat.main="));
}

#[path = "assets_weight.rs"]
mod weight;
