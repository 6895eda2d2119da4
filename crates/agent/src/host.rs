//! Who this host is and what it is made of, and how the server gets to know.
//!
//! [`hostname`] decides on the name, [`facts`] reads what the kernel says, [`payloads`] puts it in
//! the shapes of the Agent's metadata, [`collector`] sends them at the Agent's intervals. Nothing
//! here asks the network: a start without a way out is as quick as any.

pub mod collector;
pub mod facts;
pub mod hostname;
pub mod payloads;

/// Where a metadata payload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetadataRoute {
    /// `/intake/`: host metadata with the host's tags, and the list of checks.
    Intake,
    /// `/api/v1/metadata`: inventories.
    Inventory,
}

/// A metadata payload: a JSON object.
#[derive(Clone, Debug, PartialEq)]
pub struct MetadataPayload {
    pub route: MetadataRoute,
    pub body: serde_json::Value,
}
