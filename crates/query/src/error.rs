//! Errors by what the caller can do about them.
//!
//! A message about the query is for its author, with the place in the text; for all else it says what
//! was tried, and the cause stays behind [`std::error::Error::source`] for the operator's log.

use base::report;

/// What went wrong, by what the caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The query itself is wrong. Show the message to its author; trying again is of no use.
    Invalid,
    /// What was asked for by its id does not exist.
    NotFound,
    /// The caller may not ask this.
    Denied,
    /// The query needs more than one query may have. Narrow the scope, the window or the groups.
    Limited,
    /// The query took too long. Narrow it, or try again when there is less load.
    Timeout,
    /// Something that the query needs does not answer. Try again later.
    Unavailable,
    /// Stored data cannot be read. Tell the operator; other data is not affected.
    Corrupt,
    /// A fault of this program. Report it.
    Bug,
}

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub kind: ErrorKind,
    /// What is wrong and where, as a sentence without a full stop.
    pub message: String,
    /// Where in the query text, in bytes, if it is about a place in it.
    pub span: Option<lang::Span>,
    #[source]
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), span: None, source: None }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Invalid, message)
    }

    pub fn limited(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limited, message)
    }

    pub(crate) fn bug(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Bug, message)
    }

    pub fn at(mut self, span: lang::Span) -> Self {
        self.span = self.span.or(Some(span));
        self
    }

    /// The message with the place in the text that it is about, counted in characters from 1.
    pub fn in_text(&self, text: &str) -> String {
        match self.span {
            Some(span) => {
                format!("{} at character {}", self.message, span.in_chars(text).start + 1)
            }
            None => self.message.clone(),
        }
    }
}

impl From<storage::Error> for Error {
    fn from(error: storage::Error) -> Self {
        let kind = match &error {
            storage::Error::Corrupt { .. } => ErrorKind::Corrupt,
            storage::Error::Invalid { .. } => ErrorKind::Bug,
            _ => ErrorKind::Unavailable,
        };
        Self {
            kind,
            message: "cannot read the store".into(),
            span: None,
            source: Some(error.into()),
        }
    }
}

impl From<storage::tables::Error> for Error {
    fn from(error: storage::tables::Error) -> Self {
        let message = format!("cannot read the {} table", error.table);
        let source = Some(Box::from(error));
        Self { kind: ErrorKind::Corrupt, message, span: None, source }
    }
}

impl From<datafusion::error::DataFusionError> for Error {
    /// Errors of planning are the author's; the rest depends on what ran.
    fn from(error: datafusion::error::DataFusionError) -> Self {
        use datafusion::error::DataFusionError as E;
        let kind = match error.find_root() {
            E::SQL(..) | E::Plan(_) | E::SchemaError(..) | E::NotImplemented(_) => {
                ErrorKind::Invalid
            }
            E::Execution(_) | E::ArrowError(..) | E::Configuration(_) | E::Collection(_) => {
                ErrorKind::Invalid
            }
            E::ResourcesExhausted(_) => ErrorKind::Limited,
            E::External(inner) => match inner.downcast_ref::<storage::Error>() {
                Some(storage::Error::Corrupt { .. }) => ErrorKind::Corrupt,
                _ => ErrorKind::Unavailable,
            },
            E::ObjectStore(_) | E::IoError(_) => ErrorKind::Unavailable,
            _ => ErrorKind::Bug,
        };
        let message = match kind {
            ErrorKind::Invalid | ErrorKind::Limited => report(&error),
            _ => "cannot run the statement".into(),
        };
        Self { kind, message, span: None, source: Some(Box::new(error)) }
    }
}
