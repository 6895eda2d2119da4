use model::Reason;

/// Why a body cannot be used as a whole.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    #[error("the body is empty")]
    Empty,
    /// Answer 413.
    #[error("the body holds more than {max} {what}")]
    TooLarge { what: &'static str, max: usize },
    #[error("invalid JSON at byte {at}: {message}")]
    Json { at: usize, message: String },
    #[error("invalid protobuf at byte {at}: {message}")]
    Protobuf { at: usize, message: String },
    #[error("unsupported Content-Encoding {0:?}; send identity, gzip, deflate or zstd")]
    UnknownEncoding(String),
    #[error("cannot decompress the body as {encoding}: {message}")]
    Compression { encoding: &'static str, message: String },
    /// Well-formed, but not what the route takes; or the only item of the body is wrong.
    #[error("{}", .0.message)]
    Invalid(Reason),
}

impl Error {
    pub(crate) fn invalid(code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(Reason::new(code, message))
    }

    /// The reason for the outcome ledger; its code is few and stable.
    pub fn reason(&self) -> Reason {
        let code = match self {
            Self::Empty => "empty_body",
            Self::TooLarge { .. } => "body_too_large",
            Self::Json { .. } => "bad_json",
            Self::Protobuf { .. } => "bad_protobuf",
            Self::UnknownEncoding(_) => "unknown_encoding",
            Self::Compression { .. } => "bad_compression",
            Self::Invalid(reason) => return reason.clone(),
        };
        Reason::new(code, self.to_string())
    }
}
