//! What tests stand on: a disk that tears and fails, and the simulation of the store.

mod disk;
pub mod sim;

pub use disk::{DiskFaults, SimDisk};
