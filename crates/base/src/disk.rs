//! The door by which the disk enters.
//!
//! Whole files are replaced atomically, log files are appended to and synced. What is not synced may
//! be gone, or torn anywhere, after a crash; the simulation's disk does exactly that.
//! Paths are relative to the disk's root and use `/`.

use std::fmt::Debug;
use std::fs;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures::future::BoxFuture;

pub type SharedDisk = Arc<dyn Disk>;

/// Files below one root. All calls are durable when they return, but [`DiskFile::append`].
pub trait Disk: Debug + Send + Sync {
    /// Makes an empty file for appending. It is an error if it exists.
    fn create<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Box<dyn DiskFile>>>;

    /// Replaces a file as a whole: after a crash there is the old or the new one.
    fn write<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, io::Result<()>>;

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Bytes>>;

    /// Reads `len` bytes from `offset`; an error if the file is shorter.
    fn read_range<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> BoxFuture<'a, io::Result<Bytes>>;

    /// Size of a file in bytes; an error of kind `NotFound` when it is not there.
    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<u64>>;

    /// Cuts a file down to `len` bytes.
    fn truncate<'a>(&'a self, path: &'a str, len: u64) -> BoxFuture<'a, io::Result<()>>;

    /// Removes a file; one that is not there is no error.
    fn remove<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<()>>;

    /// Paths (below `prefix`, recursively) and sizes in bytes of all files, sorted.
    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, io::Result<Vec<(String, u64)>>>;
}

/// A file open for appending.
pub trait DiskFile: Debug + Send {
    /// Adds bytes at the end. They are durable only after [`Self::sync`].
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, io::Result<()>>;

    fn sync(&mut self) -> BoxFuture<'_, io::Result<()>>;
}

/// A folder of the machine.
#[derive(Clone, Debug)]
pub struct LocalDisk {
    root: PathBuf,
}

impl LocalDisk {
    /// Opens a folder, making it (mode 0700) when it is not there.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        use std::os::unix::fs::DirBuilderExt;
        let root = root.into();
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&root)?;
        Ok(Self { root })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }
}

/// Runs blocking file work off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(io::Error::other)?
}

fn sync_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => fs::File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

fn make_parent(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if !parent.exists() => {
            fs::create_dir_all(parent)?;
            sync_parent(parent)
        }
        _ => Ok(()),
    }
}

impl Disk for LocalDisk {
    fn create<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Box<dyn DiskFile>>> {
        let path = self.path(path);
        Box::pin(blocking(move || {
            make_parent(&path)?;
            let file = fs::OpenOptions::new().append(true).create_new(true).open(&path)?;
            sync_parent(&path)?;
            Ok(Box::new(LocalFile { file: Arc::new(file) }) as Box<dyn DiskFile>)
        }))
    }

    fn write<'a>(&'a self, path: &'a str, bytes: Bytes) -> BoxFuture<'a, io::Result<()>> {
        let path = self.path(path);
        Box::pin(blocking(move || {
            make_parent(&path)?;
            let mut partial = path.clone().into_os_string();
            partial.push(".partial");
            let partial = PathBuf::from(partial);
            let mut file = fs::File::create(&partial)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&partial, &path)?;
            sync_parent(&path)
        }))
    }

    fn read<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<Bytes>> {
        let path = self.path(path);
        Box::pin(blocking(move || Ok(fs::read(&path)?.into())))
    }

    fn read_range<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> BoxFuture<'a, io::Result<Bytes>> {
        let path = self.path(path);
        Box::pin(blocking(move || {
            let mut file = fs::File::open(&path)?;
            file.seek(SeekFrom::Start(offset))?;
            let mut bytes = vec![0; len];
            file.read_exact(&mut bytes)?;
            Ok(bytes.into())
        }))
    }

    fn size<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<u64>> {
        let path = self.path(path);
        Box::pin(blocking(move || Ok(fs::metadata(&path)?.len())))
    }

    fn truncate<'a>(&'a self, path: &'a str, len: u64) -> BoxFuture<'a, io::Result<()>> {
        let path = self.path(path);
        Box::pin(blocking(move || {
            let file = fs::OpenOptions::new().write(true).open(&path)?;
            file.set_len(len)?;
            file.sync_all()
        }))
    }

    fn remove<'a>(&'a self, path: &'a str) -> BoxFuture<'a, io::Result<()>> {
        let path = self.path(path);
        Box::pin(blocking(move || match fs::remove_file(&path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
            Ok(()) => sync_parent(&path),
        }))
    }

    fn list<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, io::Result<Vec<(String, u64)>>> {
        let (root, start) = (self.root.clone(), self.path(prefix));
        Box::pin(blocking(move || {
            let mut found = Vec::new();
            let mut folders = vec![start];
            while let Some(folder) = folders.pop() {
                let entries = match fs::read_dir(&folder) {
                    Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
                    entries => entries?,
                };
                for entry in entries {
                    let entry = entry?;
                    if entry.file_type()?.is_dir() {
                        folders.push(entry.path());
                    } else if let Ok(path) = entry.path().strip_prefix(&root) {
                        let path = path.to_string_lossy().into_owned();
                        found.push((path, entry.metadata()?.len()));
                    }
                }
            }
            found.sort();
            Ok(found)
        }))
    }
}

#[derive(Debug)]
struct LocalFile {
    file: Arc<fs::File>,
}

impl DiskFile for LocalFile {
    fn append(&mut self, bytes: Bytes) -> BoxFuture<'_, io::Result<()>> {
        let file = Arc::clone(&self.file);
        Box::pin(blocking(move || (&*file).write_all(&bytes)))
    }

    fn sync(&mut self) -> BoxFuture<'_, io::Result<()>> {
        let file = Arc::clone(&self.file);
        Box::pin(blocking(move || file.sync_data()))
    }
}
