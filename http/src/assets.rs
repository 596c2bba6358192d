//! The web client: the files of `web/`, and nothing else.
//!
//! Two ways to serve them. From disk (debug builds): each file as it is, looked at afresh for
//! every request, never cached. Joined (release builds, from the binary; debug builds, from disk, if
//! `WEBQQ_JOINED` is set): scripts, styles and the worker joined (`join.rs`), compressed once at
//! start, and cached by browsers for ever under names that change with the content. The tests of the
//! client (`tests/`) are never served.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use libdeflater::{CompressionLvl, Compressor};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::{error::Problem, join::join};

/// What pages of ours may do. Everything comes from this server; pictures may also be made by the
/// page itself (previews before the upload); nobody may put us in a frame.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; \
     worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
     object-src 'none'";

/// Where debug builds find the client, unless `WEBQQ_WEB` names another folder (a second work tree).
const WEB_FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../web");

/// Smaller files are not compressed: the headers would eat up what it saves.
const COMPRESS_FROM_BYTES: usize = 512;

const NO_CACHE: &str = "no-cache";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

#[derive(RustEmbed)]
#[folder = "../web"]
#[exclude = "tests/*"]
struct Embedded;

/// The client's files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Assets(Arc<Source>);

#[derive(Debug)]
enum Source {
    Folder(PathBuf),
    Memory(BTreeMap<String, Asset>),
}

/// One file, ready to be sent.
#[derive(Debug, Clone)]
struct Asset {
    kind: &'static str,
    cache: &'static str,
    hash: String,
    plain: Bytes,
    /// Only where it is smaller.
    gzip: Option<Bytes>,
}

impl Assets {
    /// As the build wants it: from disk in debug builds, joined in release builds. The error is a
    /// sentence (only a broken release can have one).
    pub fn new() -> Result<Self, String> {
        if !cfg!(debug_assertions) {
            return Self::embedded();
        }
        let folder = std::env::var_os("WEBQQ_WEB").map_or_else(|| WEB_FOLDER.into(), PathBuf::from);
        // What a release would serve, for the tests of the page.
        if std::env::var_os("WEBQQ_JOINED").is_some() {
            let mut files = BTreeMap::new();
            read_all(&folder, "", &mut files)
                .map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
            return Self::joined(files);
        }
        Ok(Self::from_folder(folder))
    }

    /// Joined, from the files in the binary (in a debug build: those on disk now).
    pub fn embedded() -> Result<Self, String> {
        let files = Embedded::iter().filter_map(|path| {
            Embedded::get(&path).map(|file| (path.replace('\\', "/"), file.data.into_owned()))
        });
        Self::joined(files.collect())
    }

    /// From disk, file by file.
    pub fn from_folder(folder: impl Into<PathBuf>) -> Self {
        Self(Arc::new(Source::Folder(folder.into())))
    }

    /// Joined, from the given files (path in `web/` and content); there must be an `index.html`.
    pub fn joined(mut files: BTreeMap<String, Vec<u8>>) -> Result<Self, String> {
        files.retain(|path, _| is_served(path));
        let page = files
            .get("index.html")
            .ok_or("There is no index.html in the web client.")?;
        let page = std::str::from_utf8(page).map_err(|_| "index.html is not UTF-8.")?;
        let joined = join(page, &files, hash)?;
        let page = joined.page.into_bytes();
        files.insert("index.html".to_owned(), page);
        let listed = files
            .into_iter()
            .map(|(path, content)| (path, content, NO_CACHE));
        let hashed = joined
            .files
            .into_iter()
            .map(|(path, content)| (path, content, FOR_EVER));
        let ready = listed.chain(hashed).map(|(path, content, cache)| {
            let asset = Asset::new(&path, content, cache).compressed();
            (path, asset)
        });
        Ok(Self(Arc::new(Source::Memory(ready.collect()))))
    }

    async fn find(&self, path: &str) -> Option<Asset> {
        let path = match path.strip_prefix('/')? {
            "" => "index.html",
            path => path,
        };
        if !is_served(path) {
            return None;
        }
        match &*self.0 {
            Source::Memory(assets) => assets.get(path).cloned(),
            Source::Folder(folder) => {
                let (folder, path) = (folder.clone(), path.to_owned());
                tokio::task::spawn_blocking(move || read(folder, &path))
                    .await
                    .ok()?
            }
        }
    }
}

/// Reads a folder and all below it, but for what is never served.
fn read_all(
    folder: &Path,
    before: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let path = format!("{before}{}", entry.file_name().to_string_lossy());
        if !is_served(&path) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            read_all(&entry.path(), &format!("{path}/"), files)?;
        } else {
            files.insert(path, std::fs::read(entry.path())?);
        }
    }
    Ok(())
}

/// Reads one file from disk. A symbolic link that leads out of the folder is no file of it.
fn read(folder: PathBuf, path: &str) -> Option<Asset> {
    let file = folder.join(path).canonicalize().ok()?;
    if !file.starts_with(folder.canonicalize().ok()?) || !file.is_file() {
        return None;
    }
    Some(Asset::new(path, std::fs::read(file).ok()?, NO_CACHE))
}

/// Whether a path (without a leading `/`) may be asked for: plain names only. No file of the
/// client needs percent-encoding, so what has one is not looked for, decoded or not.
fn is_served(path: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && !name.starts_with('.')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-@+".contains(&b))
            // Also as TESTS: some file systems do not tell them apart.
            && !name.eq_ignore_ascii_case("tests")
    };
    path.split('/').all(is_name)
}

/// The handler for everything that no other route takes: `router.fallback(assets::serve)`.
pub async fn serve(State(assets): State<Assets>, request: Request) -> Response {
    let Some(asset) = assets.find(request.uri().path()).await else {
        return with_security_headers(Problem::not_found().into_response());
    };
    let response = match *request.method() {
        Method::GET | Method::HEAD => asset.answer(request.headers()),
        _ => {
            Problem::method_not_allowed(Some(HeaderValue::from_static("GET,HEAD"))).into_response()
        }
    };
    with_security_headers(response)
}

/// Adds what browsers must know about every page, and about anything that could be opened as one.
pub fn with_security_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name, value| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    // Internet Explorer 11 pretends to be 7 on intranet addresses otherwise.
    set(
        header::HeaderName::from_static("x-ua-compatible"),
        "IE=edge",
    );
    response
}

impl Asset {
    fn new(path: &str, content: Vec<u8>, cache: &'static str) -> Self {
        Self {
            kind: media_type(path),
            cache,
            hash: hash(&content),
            plain: content.into(),
            gzip: None,
        }
    }

    fn compressed(mut self) -> Self {
        let is_text = self.kind.contains("charset") || self.kind.contains("svg");
        if is_text && self.plain.len() >= COMPRESS_FROM_BYTES {
            let mut compressor = Compressor::new(CompressionLvl::best());
            // Without room for more than the plain file: what does not get smaller stays plain.
            let mut gzip = vec![0; self.plain.len()];
            if let Ok(length) = compressor.gzip_compress(&self.plain, &mut gzip) {
                gzip.truncate(length);
                self.gzip = Some(gzip.into());
            }
        }
        self
    }

    fn answer(&self, request: &HeaderMap) -> Response {
        let gzip = self.gzip.as_ref().filter(|_| accepts_gzip(request));
        // Two encodings are two representations: each has its own tag.
        let tag = format!(
            "\"{}{}\"",
            self.hash,
            if gzip.is_some() { "-gzip" } else { "" }
        );
        let content = gzip.unwrap_or(&self.plain);
        let is_known = has_tag(request, &tag);
        let mut response = if is_known {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            // For HEAD the router takes the body away again.
            let mut response = Response::new(Body::from(content.clone()));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.kind));
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
            if gzip.is_some() {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
            response
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(self.cache));
        if self.gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            headers.insert(header::ETAG, tag);
        }
        response
    }
}

/// 16 hexadecimal digits of a SHA-256: enough to tell one version of a file from another.
fn hash(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn accepts_gzip(request: &HeaderMap) -> bool {
    let lines = request.get_all(header::ACCEPT_ENCODING).iter();
    let names = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    // The name itself outranks `*`, wherever it stands.
    let mut any = false;
    for name in names {
        let (name, quality) = name.split_once(';').unwrap_or((name, "q=1"));
        let quality = quality
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.trim().parse::<f32>().ok());
        let wanted = quality.is_none_or(|quality| quality > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case("gzip") => return wanted,
            "*" => any = wanted,
            _ => {}
        }
    }
    any
}

/// Whether the browser says that it has this version already.
fn has_tag(request: &HeaderMap, tag: &str) -> bool {
    let lines = request.get_all(header::IF_NONE_MATCH).iter();
    let mut tags = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','));
    tags.any(|known| matches!(known.trim(), "*") || known.trim().trim_start_matches("W/") == tag)
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json; charset=utf-8",
        "txt" | "md" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
#[path = "assets_tests.rs"]
mod tests;
