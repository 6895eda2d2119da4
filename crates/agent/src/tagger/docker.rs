//! The few questions that the Docker Engine's API is asked, over its Unix socket.
//!
//! Each question is a connection of its own in HTTP/1.0, so an answer ends with the connection and
//! is never in chunks. Answers are bounded in bytes and in time. Source of the paths and fields:
//! Docker Engine API 1.24 and later, `ContainerList` and `ContainerInspect`.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::cgroup::is_container_id;

/// Bytes of the largest answer: a list of 1000 containers has about 2 MB.
const ANSWER_BYTES_MAX: u64 = 16 << 20;

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DockerError {
    #[error("no Docker socket is set")]
    Off,
    #[error("the Docker socket {path}: {source}")]
    Socket { path: String, source: io::Error },
    #[error("Docker's answer to {path} is larger than {ANSWER_BYTES_MAX} bytes")]
    TooLarge { path: String },
    #[error("Docker answered {path} with status {status}")]
    Status { path: String, status: u16 },
    #[error("Docker's answer to {path} is no HTTP")]
    NoHttp { path: String },
    #[error("Docker's answer to {path} cannot be read: {source}")]
    Json { path: String, source: serde_json::Error },
}

impl DockerError {
    /// Whether there simply is no Docker here, which is no failure.
    pub(crate) fn is_absence(&self) -> bool {
        match self {
            Self::Off => true,
            Self::Socket { source, .. } => source.kind() == io::ErrorKind::NotFound,
            _ => false,
        }
    }

    /// Whether the next question would fare no better.
    pub(crate) fn is_of_socket(&self) -> bool {
        matches!(self, Self::Off | Self::Socket { .. })
    }
}

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(rename = "Id")]
    id: String,
}

/// What is read of a container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct Container {
    pub(crate) id: String,
    /// With a slash before it.
    pub(crate) name: String,
    /// The image's id.
    pub(crate) image: String,
    pub(crate) config: ContainerConfig,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(crate) struct ContainerConfig {
    /// The image as it was asked for.
    pub(crate) image: String,
    /// `NAME=VALUE`.
    pub(crate) env: Option<Vec<String>>,
    pub(crate) labels: Option<BTreeMap<String, String>>,
}

/// A Docker daemon that may be there.
#[derive(Debug)]
pub(crate) struct Docker {
    socket: Option<PathBuf>,
    timeout: Duration,
}

impl Docker {
    pub(crate) fn new(socket: Option<PathBuf>, timeout: Duration) -> Self {
        Self { socket, timeout }
    }

    /// Ids of the containers that run.
    ///
    /// # Errors
    /// When Docker is not there, or does not answer as it should.
    pub(crate) fn list(&self) -> Result<Vec<String>, DockerError> {
        let path = "/containers/json";
        let body = self.ask(path)?.ok_or(DockerError::Status { path: path.into(), status: 404 })?;
        let listed: Vec<Listed> = serde_json::from_slice(&body)
            .map_err(|source| DockerError::Json { path: path.into(), source })?;
        Ok(listed.into_iter().map(|container| container.id).collect())
    }

    /// What Docker knows of a container; `None` when it does not know it.
    ///
    /// # Errors
    /// As [`Self::list`].
    pub(crate) fn inspect(&self, id: &str) -> Result<Option<Container>, DockerError> {
        // Only what is an id becomes part of a path.
        if !is_container_id(id) {
            return Ok(None);
        }
        let path = format!("/containers/{id}/json");
        let Some(body) = self.ask(&path)? else { return Ok(None) };
        match serde_json::from_slice(&body) {
            Ok(container) => Ok(Some(container)),
            Err(source) => Err(DockerError::Json { path, source }),
        }
    }

    /// The body of an answer; `None` for 404.
    fn ask(&self, path: &str) -> Result<Option<Vec<u8>>, DockerError> {
        let socket = self.socket.as_ref().ok_or(DockerError::Off)?;
        let at = |source| DockerError::Socket { path: socket.display().to_string(), source };
        let answer = self.exchange(path).map_err(at)?;
        if answer.len() as u64 > ANSWER_BYTES_MAX {
            return Err(DockerError::TooLarge { path: path.into() });
        }
        let no_http = || DockerError::NoHttp { path: path.into() };
        let end = memchr::memmem::find(&answer, b"\r\n\r\n").ok_or_else(no_http)?;
        let head = String::from_utf8_lossy(&answer[..end]);
        let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.get(2..5));
        match status.and_then(|status| status.parse::<u16>().ok()) {
            Some(200) => Ok(Some(answer[end + 4..].to_vec())),
            Some(404) => Ok(None),
            Some(status) => Err(DockerError::Status { path: path.into(), status }),
            None => Err(no_http()),
        }
    }

    fn exchange(&self, path: &str) -> io::Result<Vec<u8>> {
        let socket = self.socket.as_deref().ok_or(io::ErrorKind::NotFound)?;
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(self.timeout))?;
        stream.set_write_timeout(Some(self.timeout))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: docker\r\nAccept: application/json\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut answer)?;
        Ok(answer)
    }
}
