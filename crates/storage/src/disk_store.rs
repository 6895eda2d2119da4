//! An object store on a [`base::Disk`]: puts are durable and atomic, and a simulation's disk can tear,
//! lose and fail what goes through it.

use std::fmt;
use std::io;
use std::ops::Range;

use async_trait::async_trait;
use base::SharedDisk;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, GetResultPayload, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result,
};

const NAME: &str = "DiskStore";

/// Reads of one object closer together than this are one read.
const GAP_BYTES_MAX: u64 = 64 << 10;

#[derive(Debug)]
pub struct DiskStore {
    disk: SharedDisk,
    /// Folder on the disk: empty for its root, else with a slash at the end.
    folder: String,
}

impl DiskStore {
    /// The store in a folder of the disk; an empty name is the disk's root.
    pub fn new(disk: SharedDisk, folder: &str) -> Self {
        let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        Self { disk, folder }
    }

    fn path(&self, location: &Path) -> String {
        format!("{}{location}", self.folder)
    }

    fn meta(location: &Path, size: u64) -> ObjectMeta {
        let last_modified = chrono::DateTime::UNIX_EPOCH;
        ObjectMeta { location: location.clone(), last_modified, size, e_tag: None, version: None }
    }
}

impl fmt::Display for DiskStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{NAME}({})", self.folder)
    }
}

fn error(location: &Path, error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        return Error::NotFound { path: location.to_string(), source: Box::new(error) };
    }
    Error::Generic { store: NAME, source: Box::new(error) }
}

fn unsupported(operation: &str) -> Error {
    Error::NotSupported { source: format!("{NAME} has no {operation}").into() }
}

#[async_trait]
impl ObjectStore for DiskStore {
    async fn put_opts(
        &self,
        location: &Path,
        payload: PutPayload,
        opts: PutOptions,
    ) -> Result<PutResult> {
        let path = self.path(location);
        match opts.mode {
            PutMode::Overwrite => {}
            PutMode::Create if self.disk.size(&path).await.is_err() => {}
            PutMode::Create => {
                let source = format!("{path} exists").into();
                return Err(Error::AlreadyExists { path, source });
            }
            PutMode::Update(_) => return Err(unsupported("conditional update")),
        }
        self.disk.write(&path, payload.into()).await.map_err(|e| error(location, e))?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        _location: &Path,
        _opts: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(unsupported("multipart upload"))
    }

    async fn get_opts(&self, location: &Path, options: GetOptions) -> Result<GetResult> {
        let path = self.path(location);
        let size = self.disk.size(&path).await.map_err(|e| error(location, e))?;
        let meta = Self::meta(location, size);
        options.check_preconditions(&meta)?;
        let range = match &options.range {
            None => 0..size,
            Some(range) => range
                .as_range(size)
                .map_err(|source| Error::Generic { store: NAME, source: Box::new(source) })?,
        };
        let bytes = if options.head {
            Bytes::new()
        } else {
            let len = (range.end - range.start) as usize;
            self.disk.read_range(&path, range.start, len).await.map_err(|e| error(location, e))?
        };
        let payload = GetResultPayload::Stream(stream::once(async { Ok(bytes) }).boxed());
        Ok(GetResult { payload, meta, range, attributes: Default::default() })
    }

    async fn get_ranges(&self, location: &Path, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        let path = self.path(location);
        let mut found = vec![Bytes::new(); ranges.len()];
        let mut order: Vec<usize> = (0..ranges.len()).collect();
        order.sort_by_key(|&i| ranges[i].start);
        let mut next = 0;
        while next < order.len() {
            let first = next;
            let start = ranges[order[first]].start;
            let mut end = ranges[order[first]].end;
            while next < order.len() && ranges[order[next]].start <= end + GAP_BYTES_MAX {
                end = end.max(ranges[order[next]].end);
                next += 1;
            }
            let read = self.disk.read_range(&path, start, (end - start) as usize).await;
            let bytes = read.map_err(|e| error(location, e))?;
            for &i in &order[first..next] {
                let range = &ranges[i];
                found[i] =
                    bytes.slice((range.start - start) as usize..(range.end - start) as usize);
            }
        }
        Ok(found)
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        let (disk, folder) = (SharedDisk::clone(&self.disk), self.folder.clone());
        locations
            .then(move |location| {
                let (disk, folder) = (SharedDisk::clone(&disk), folder.clone());
                async move {
                    let location = location?;
                    let removed = disk.remove(&format!("{folder}{location}")).await;
                    removed.map_err(|e| error(&location, e))?;
                    Ok(location)
                }
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let (disk, folder) = (SharedDisk::clone(&self.disk), self.folder.clone());
        let below = match prefix {
            Some(prefix) => format!("{folder}{prefix}"),
            None => folder.trim_end_matches('/').to_owned(),
        };
        let listed = async move {
            match disk.list(&below).await {
                Err(e) => vec![Err(error(&Path::from(below), e))],
                Ok(files) => files
                    .iter()
                    .filter_map(|(path, size)| Some((path.strip_prefix(&folder)?, *size)))
                    .map(|(path, size)| Ok(Self::meta(&Path::parse(path)?, size)))
                    .collect(),
            }
        };
        stream::once(listed).flat_map(stream::iter).boxed()
    }

    async fn list_with_delimiter(&self, _prefix: Option<&Path>) -> Result<ListResult> {
        Err(unsupported("listing of folders"))
    }

    async fn copy_opts(&self, _from: &Path, _to: &Path, _options: CopyOptions) -> Result<()> {
        Err(unsupported("copy"))
    }
}
