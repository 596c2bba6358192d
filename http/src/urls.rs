//! The addresses that an operator types: of the site, and of the database.
//!
//! The database's holds a password. It is read here, shown without it, and handed out whole only
//! by a method whose name says so.

use std::{fmt, path::PathBuf};

use axum::http::Uri;

/// Where messages are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Store {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A PostgreSQL server.
    Postgres(PostgresUrl),
}

/// The address of a PostgreSQL database, password included. `Debug` and `Display` show only host
/// and database, so that it may be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct PostgresUrl(String);

impl PostgresUrl {
    /// The whole URL, for the one place that connects. Never log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        // The query may hold a password, too.
        let address = rest.split('?').next().unwrap_or_default();
        let shown = match address.rsplit_once('@') {
            Some((_, host)) => host,
            // Without an @ what looks like a port may be a password whose host was forgotten.
            None => address.split([':', '/']).next().unwrap_or_default(),
        };
        write!(f, "postgres://{shown}")
    }
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgresUrl({self})")
    }
}

/// The address users type: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    /// `https` rather than `http`.
    pub https: bool,
    /// In lower case; an IPv6 address with its brackets.
    pub host: String,
    /// The scheme's own port when none was written.
    pub port: u16,
}

impl PublicUrl {
    /// As browsers write it in `Origin`: without the port when it is the scheme's own.
    pub fn origin(&self) -> String {
        match (self.https, self.port) {
            (true, 443) => format!("https://{}", self.host),
            (false, 80) => format!("http://{}", self.host),
            (https, port) => format!(
                "http{}://{}:{port}",
                if https { "s" } else { "" },
                self.host
            ),
        }
    }

    /// The error is a sentence for the one who typed it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "--public-url `{text}` is not usable: write http:// or https://, the host and \
                 nothing after it, such as https://chat.example.org"
            )
        };
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(wrong()),
        };
        let authority = uri.authority().ok_or_else(wrong)?;
        let has_port = authority.as_str().len() > authority.host().len();
        let is_bare =
            matches!(uri.path(), "" | "/") && uri.query().is_none() && !text.contains('#');
        if !is_bare
            || authority.host().is_empty()
            || authority.as_str().contains('@')
            || (has_port && authority.port_u16().is_none_or(|port| port == 0))
        {
            return Err(wrong());
        }
        Ok(Self {
            https,
            host: authority.host().to_ascii_lowercase(),
            port: authority.port_u16().unwrap_or(if https { 443 } else { 80 }),
        })
    }
}

impl Store {
    /// The error is a sentence for the one who typed it; it never repeats the value, which may
    /// hold a password even when it is misspelt.
    pub fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            if path.is_empty() {
                return Err("--store sqlite: needs a path, such as sqlite:./chat.db".to_owned());
            }
            return Ok(Store::Sqlite(PathBuf::from(path)));
        }
        let scheme = text.split_once("://").map(|(scheme, _)| scheme);
        if matches!(scheme, Some("postgres" | "postgresql")) {
            return Ok(Store::Postgres(PostgresUrl(text.to_owned())));
        }
        Err(
            "--store is not usable: write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE"
                .to_owned(),
        )
    }
}
