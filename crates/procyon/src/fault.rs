use std::error::Error;
use std::fmt;

pub(crate) type Result<T, E = Fault> = std::result::Result<T, E>;

/// Why a command ends badly, in words for the person at the terminal: what, and what to do.
#[derive(Debug)]
pub(crate) struct Fault {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

/// Says what was being done when an error came.
pub(crate) trait While<T> {
    fn or_fault(self, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T, E: Error + Send + Sync + 'static> While<T> for std::result::Result<T, E> {
    fn or_fault(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|e| Fault { message: message(), source: Some(Box::new(e)) })
    }
}
