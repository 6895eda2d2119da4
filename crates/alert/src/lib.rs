//! Tells people: letters by e-mail, events into the stream.
//!
//! [`deliver`] takes what shall be said and sees to it that it arrives or that somebody learns why it
//! did not; [`stream`] writes events.

pub mod deliver;
pub mod stream;
