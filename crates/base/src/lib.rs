//! What the standard library lacks, and the doors by which time, randomness and the disk enter.
//!
//! No domain word lives here. A simulation replaces [`Clock`], [`Rng`] and [`Disk`] and so decides
//! what time it is, which way a coin falls, and when a write is torn.

mod clock;
mod disk;
mod error;
mod rng;
mod shutdown;
pub mod units;

pub use clock::Clock;
pub use disk::{Disk, DiskFile, LocalDisk, SharedDisk};
pub use error::report;
pub use rng::{Rng, secure_bytes};
pub use shutdown::{Shutdown, ShutdownTrigger};
