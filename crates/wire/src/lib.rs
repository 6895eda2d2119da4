//! Bytes ⇄ model for the intake protocols, one file each.
//!
//! Pure: no IO, no async, no clock (`Context::now_ms` says what time it is). Never panics on input.
//! Flow of a request: [`compression::decode`] by `Content-Encoding`, then the decoder of the route.
//!
//! Invariants of every decoder:
//! - what is wrong in itself (a NaN, a time too far off, a bad name) is refused alone, with its place
//!   in the payload, and the rest lands: [`Decoded`];
//! - a body that is broken as a whole gives an [`Error`], and nothing of it lands;
//! - output is bounded by the input's size and by the limits in `bounds`;
//! - accepted plus refused counts equal the number of units that were sent.

mod bounds;
pub mod check_run;
pub mod compression;
mod decoded;
mod document;
mod error;
pub mod events;
#[doc(hidden)]
pub mod fuzz;
pub mod host;
mod json;
pub mod metrics;
mod protobuf;

pub use bounds::*;
pub use decoded::{Context, Decoded, Refusal, Refusals};
pub use error::Error;
