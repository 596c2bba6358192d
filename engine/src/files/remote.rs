//! Object stores by URL. Each is a feature of the build (`files-s3`, `files-gcs`, `files-azure`):
//! they bring an HTTP client and TLS, which a server with a directory does not need.
//!
//! Keys and regions come from the environment under the names that the store's own tools use
//! (`AWS_ACCESS_KEY_ID`, …), and under no others: the library would take a `TOKEN` or `BUCKET` that
//! is there for something else, too.

use std::ffi::OsString;
use std::sync::Arc;

use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreScheme, parse_url_opts};
use url::Url;

use super::storage::Storage;

/// What names of variables for an object store begin with.
const PREFIXES: [&str; 3] = ["AWS_", "GOOGLE_", "AZURE_"];

impl Storage {
    /// Whether a URL names something that this build can open.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn can_open(text: &str) -> Result<(), String> {
        url(text).map(|_| ())
    }

    /// Files in the object store of this URL: `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// One sentence that says what to do.
    pub fn open(text: &str) -> Result<Self, String> {
        let url = url(text)?;
        let opened = parse_url_opts(&url, options(std::env::vars_os()));
        let (objects, prefix) = opened.map_err(|error| {
            format!(
                "The file storage cannot be opened ({error}): mend --files, or the keys and the \
                 region in the environment."
            )
        })?;
        let objects: Arc<dyn ObjectStore> = match prefix.as_ref().is_empty() {
            true => Arc::from(objects),
            false => Arc::new(PrefixStore::new(objects, prefix)),
        };
        // Without what else a URL may hold: it is shown.
        let (host, path) = (url.host_str().unwrap_or_default(), url.path());
        let name = format!("{}://{host}{path}", url.scheme());
        Ok(Self::remote(objects).called(name))
    }
}

fn options(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (String, String)> {
    let texts = variables
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let ours = |name: &str| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    texts.filter(move |(name, _)| ours(name))
}

fn url(text: &str) -> Result<Url, String> {
    let bad = || {
        "--files is a directory, or a URL such as s3://BUCKET/PREFIX, gs://… or azure://…"
            .to_owned()
    };
    let url = Url::parse(text).map_err(|_| bad())?;
    let (scheme, _) = ObjectStoreScheme::parse(&url).map_err(|_| bad())?;
    let (feature, is_built) = match scheme {
        ObjectStoreScheme::AmazonS3 => ("files-s3", cfg!(feature = "files-s3")),
        ObjectStoreScheme::GoogleCloudStorage => ("files-gcs", cfg!(feature = "files-gcs")),
        ObjectStoreScheme::MicrosoftAzure => ("files-azure", cfg!(feature = "files-azure")),
        _ => return Err(bad()),
    };
    match is_built {
        true => Ok(url),
        false => Err(format!(
            "--files names an object store that this program was not built for; build it with \
             --features {feature}, or name a directory"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_for_object_stores_is_taken_from_the_environment() {
        let variables = [
            ("AWS_REGION", "eu-west-1"),
            ("TOKEN", "of something else"),
            ("BUCKET", "another"),
            ("aws_region", "nowhere"),
            ("GOOGLE_SERVICE_ACCOUNT", "key.json"),
        ];
        let texts = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        let taken: Vec<_> = options(texts.into_iter()).map(|(name, _)| name).collect();
        assert_eq!(taken, ["AWS_REGION", "GOOGLE_SERVICE_ACCOUNT"]);
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            let odd = OsString::from_vec(vec![b'x', 0xff]);
            let odd = [(OsString::from("AWS_REGION"), odd)];
            assert_eq!(options(odd.into_iter()).count(), 0);
        }
    }
}
