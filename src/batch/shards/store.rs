//! An object store that speaks S3: keys with bytes, each of which is put whole or not at all.
//!
//! Where it is and who may write there comes from the environment, as for every program of its kind: `AWS_ENDPOINT`,
//! `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ALLOW_HTTP`, or the role of the machine. A request that
//! fails is tried again for some seconds; after that the shard is.

use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::AmazonS3Builder;
use object_store::path::Path as Key;
use object_store::{Error, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart};
use tokio::runtime::Runtime;

/// Bytes asked for or sent at one time. A file that is larger is sent in several parts, and is there with the last.
const PART: usize = 8 << 20;

/// Parts under way at one time.
const PARTS_AT_ONCE: usize = 4;

/// A part of a bucket.
#[derive(Debug, Clone)]
pub struct Store {
    bucket: Arc<dyn ObjectStore>,
    prefix: String,
    runtime: Arc<Runtime>,
}

impl Store {
    /// The store at `s3://bucket/prefix`.
    ///
    /// # Errors
    /// If that is no such address, or the environment lacks what is needed.
    pub fn open(url: &str) -> io::Result<Self> {
        let place = url.strip_prefix("s3://").ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidInput, format!("{url}: write s3://BUCKET/PREFIX, or a folder"))
        })?;
        let prefix = place.split_once('/').map_or("", |(_, prefix)| prefix).trim_matches('/').to_owned();
        let retry =
            RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(60), ..RetryConfig::default() };
        let bucket = AmazonS3Builder::from_env().with_url(url).with_retry(retry).build().map_err(told)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        Ok(Self { bucket: Arc::new(bucket), prefix, runtime: Arc::new(runtime) })
    }

    fn key(&self, key: &str) -> io::Result<Key> {
        let whole = if self.prefix.is_empty() { key.to_owned() } else { format!("{}/{key}", self.prefix) };
        Key::parse(&whole).map_err(|error| io::Error::new(ErrorKind::InvalidInput, error))
    }

    /// What stands under a key; `None` where nothing does.
    ///
    /// # Errors
    /// If the store does not say.
    pub fn read(&self, key: &str) -> io::Result<Option<Vec<u8>>> {
        let key = self.key(key)?;
        match self.runtime.block_on(async { self.bucket.get(&key).await?.bytes().await }) {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(told(error)),
        }
    }

    /// Opens a range of what stands under a key, or all of it, to be fetched piece by piece.
    ///
    /// # Errors
    /// If it is not there.
    pub fn open_range(&self, key: &str, range: Option<Range<u64>>) -> io::Result<Fetch> {
        let key = self.key(key)?;
        let size = self.runtime.block_on(self.bucket.head(&key)).map_err(told)?.size;
        let range = range.unwrap_or(0..size);
        Ok(Fetch { store: self.clone(), key, left: range.start..range.end.min(size) })
    }

    /// Puts bytes under a key.
    ///
    /// # Errors
    /// If the store does not take them; then the key is as it was.
    pub fn write(&self, key: &str, bytes: &[u8]) -> io::Result<()> {
        let key = self.key(key)?;
        self.runtime.block_on(self.bucket.put(&key, bytes.to_vec().into())).map_err(told)?;
        Ok(())
    }

    /// Puts a file under a key.
    ///
    /// # Errors
    /// If it cannot be read, or the store does not take it; then the key is as it was.
    pub fn upload(&self, key: &str, path: &Path) -> io::Result<()> {
        let mut file = File::open(path)?;
        if file.metadata()?.len() <= PART as u64 {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            return self.write(key, &bytes);
        }
        let key = self.key(key)?;
        self.runtime.block_on(async {
            let upload = self.bucket.put_multipart(&key).await.map_err(told)?;
            let mut parts = WriteMultipart::new_with_chunk_size(upload, PART);
            let mut buffer = vec![0; 1 << 20];
            loop {
                match file.read(&mut buffer)? {
                    0 => break,
                    n => parts.write(&buffer[..n]),
                }
                parts.wait_for_capacity(PARTS_AT_ONCE).await.map_err(told)?;
            }
            parts.finish().await.map(drop).map_err(told)
        })
    }

    /// The names right below a key, in order.
    ///
    /// # Errors
    /// If the store does not say.
    pub fn names(&self, key: &str) -> io::Result<Vec<String>> {
        let key = self.key(key)?;
        let found = self.runtime.block_on(self.bucket.list_with_delimiter(Some(&key))).map_err(told)?;
        let keys = found.objects.into_iter().map(|object| object.location).chain(found.common_prefixes);
        let mut names: Vec<String> = keys.filter_map(|key| key.filename().map(str::to_owned)).collect();
        names.sort();
        Ok(names)
    }

    /// Takes a key away. That it is gone already is no error.
    ///
    /// # Errors
    /// If the store does not do it.
    pub fn remove(&self, key: &str) -> io::Result<()> {
        let key = self.key(key)?;
        match self.runtime.block_on(self.bucket.delete(&key)) {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(told(error)),
        }
    }
}

/// Bytes of an object, fetched as they are read.
#[derive(Debug)]
pub struct Fetch {
    store: Store,
    key: Key,
    left: Range<u64>,
}

impl Read for Fetch {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = self.left.end.min(self.left.start + buffer.len() as u64);
        if end <= self.left.start {
            return Ok(0);
        }
        let range = self.left.start..end;
        let get = self.store.bucket.get_range(&self.key, range);
        let bytes = self.store.runtime.block_on(get).map_err(told)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.left.start += bytes.len() as u64;
        Ok(bytes.len())
    }
}

/// How large a buffer around a [`Fetch`] should be: each time it is empty costs a request.
pub const FETCH: usize = PART;

fn told(error: Error) -> io::Error {
    let kind = match &error {
        Error::NotFound { .. } => ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
