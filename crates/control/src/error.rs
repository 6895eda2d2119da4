use thiserror::Error;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, by what the caller does about it.
#[derive(Debug, Error)]
pub enum Error {
    /// There is no such object in this organisation: answer 404.
    #[error("{kind} {id} not found")]
    NotFound { kind: &'static str, id: String },
    /// The object is in another state than the change expects: answer 409; read again, then retry.
    #[error("{0}")]
    Conflict(String),
    /// What was asked for makes no sense: answer 400 with the field's name.
    #[error("{field}: {message}")]
    Invalid { field: &'static str, message: String },
    /// The actor may not do this: answer 403.
    #[error("{0}")]
    Denied(String),
    /// The database does not answer now: answer 503; the same call may succeed later.
    /// A key that could not be checked is not a wrong key.
    #[error("the control database is not available: {doing}")]
    Unavailable { doing: &'static str, source: Box<dyn std::error::Error + Send + Sync> },
    /// Stored bytes do not read back: stop and tell a person.
    #[error("the control data is not usable: {0}")]
    Corrupt(String),
}

impl Error {
    pub(crate) fn not_found(kind: &'static str, id: impl ToString) -> Self {
        Self::NotFound { kind, id: id.to_string() }
    }

    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid { field, message: message.into() }
    }

    pub(crate) fn unavailable(
        doing: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unavailable { doing, source: source.into() }
    }
}

/// A permission that the principal lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the permission {permission} is required")]
pub struct Denied {
    pub permission: &'static str,
}

impl From<Denied> for Error {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied.to_string())
    }
}
