//! How what shall be said reaches people.
//!
//! A [`letter`] is written once; the [`outbox`] keeps it until [`email`] has handed it to the mail
//! server, through failures and restarts, and says so in the stream when it could not.

pub mod email;
pub mod letter;
pub mod outbox;

pub use email::{Mailer, SmtpSettings};
pub use letter::{Letter, SharedGraph};
pub use outbox::{Outbox, OutboxStats};
