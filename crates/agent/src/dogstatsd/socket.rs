//! Paths of Unix sockets: making way for a new one without harming what is not ours.

use std::io;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::path::Path;

/// Everybody may write, which is what sending takes; source: the Agent's UDS listener.
const MODE: u32 = 0o722;

/// Makes a path free: makes its folder, removes a socket that nobody listens on.
///
/// # Errors
/// When something else is there, somebody listens, or the folder cannot be written.
pub(super) fn make_way(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o755)
            .create(folder)
            .map_err(|e| explain(e, "the socket's folder cannot be made"))?;
    }
    let kind = match std::fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(explain(e, "the socket's path cannot be looked at")),
        Ok(metadata) => metadata.file_type(),
    };
    if kind.is_dir() {
        return Err(io::Error::other("the path is a directory; name a file that does not exist"));
    }
    if !kind.is_socket() {
        return Err(io::Error::other("the path exists and is no socket; it is left alone"));
    }
    if is_alive(path) {
        return Err(io::Error::other("another process listens on this socket"));
    }
    std::fs::remove_file(path).map_err(|e| explain(e, "the old socket cannot be removed"))
}

/// Lets every user send to a socket that was bound.
pub(super) fn open_to_all(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(MODE))
        .map_err(|e| explain(e, "the socket's permissions cannot be set"))
}

fn is_alive(path: &Path) -> bool {
    let datagram = UnixDatagram::unbound().and_then(|socket| socket.connect(path));
    datagram.is_ok() || UnixStream::connect(path).is_ok()
}

pub(super) fn explain(error: io::Error, what: &str) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
