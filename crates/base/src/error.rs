use std::error::Error;
use std::fmt::Write;

/// An error and its causes on one line: `cannot flush: cannot write points/1.parquet: disk full`.
pub fn report(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        write!(text, ": {inner}").expect("BUG: writing to a string cannot fail");
        cause = inner.source();
    }
    text
}
