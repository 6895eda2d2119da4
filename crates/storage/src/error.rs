use crate::catalog;

/// What went wrong, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The buffers are full because writing lags behind. Try again after the given time.
    #[error("buffers are full ({buffered_bytes} bytes): try again in {retry_after_secs} s")]
    Busy { buffered_bytes: usize, retry_after_secs: u64 },
    /// The disk, the object store or the catalog does not answer, or is full. Try again later;
    /// nothing of the call has been acknowledged.
    #[error("cannot {action}")]
    Unavailable {
        action: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Stored bytes are not what was written. The rest of the store is not affected.
    #[error("corrupt data in {place}: {what}")]
    Corrupt { place: String, what: String },
    /// The caller handed in rows that do not fit the dataset. A bug of the caller.
    #[error("rows do not fit {place}: {what}")]
    Invalid { place: String, what: String },
    /// The store is closed.
    #[error("the store is closing")]
    Closed,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub(crate) fn unavailable(
        action: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unavailable { action: action.into(), source: source.into() }
    }

    pub(crate) fn corrupt(place: impl Into<String>, what: impl ToString) -> Self {
        Self::Corrupt { place: place.into(), what: what.to_string() }
    }
}

impl From<catalog::Error> for Error {
    fn from(error: catalog::Error) -> Self {
        Self::unavailable("use the catalog", error)
    }
}
