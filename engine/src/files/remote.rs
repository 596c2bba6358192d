//! Object stores by URL. Each is a feature of the build (`files-s3`, `files-gcs`, `files-azure`):
//! they bring an HTTP client and TLS, which a server with a directory does not need.
//!
//! Keys and regions come from the environment under the names that the store's own tools use
//! (`AWS_ACCESS_KEY_ID`, …).

use std::sync::Arc;

use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreScheme, parse_url_opts};
use url::Url;

use super::storage::Storage;

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
        let options = std::env::vars().map(|(name, value)| (name.to_lowercase(), value));
        let opened = parse_url_opts(&url, options);
        let (objects, prefix) = opened.map_err(|error| {
            format!("The file storage cannot be opened ({error}); mend --files.")
        })?;
        let objects: Arc<dyn ObjectStore> = match prefix.as_ref().is_empty() {
            true => Arc::from(objects),
            false => Arc::new(PrefixStore::new(objects, prefix)),
        };
        Ok(Self::remote(objects))
    }
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
