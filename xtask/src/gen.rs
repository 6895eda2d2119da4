//! `cargo xtask gen --openapi PATH`: the schema of dashboards, from Datadog's OpenAPI file.
//!
//! Flow: [`yaml`] reads the file, [`schema`] takes the facts that a checker needs (keys, types,
//! enums, what is required, which `type` means which definition), and the result is written to
//! `crates/api/src/dashboards/schema.json`, which is committed. No prose of the source goes in.

mod schema;
mod yaml;

use std::path::Path;

/// Where the schema lies in the workspace.
const OUTPUT: &str = "crates/api/src/dashboards/schema.json";

/// Reads the OpenAPI file and writes the schema; says what was written.
pub(crate) fn run(root: &Path, openapi: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(openapi)
        .map_err(|e| format!("{} cannot be read: {e}", openapi.display()))?;
    let document = yaml::parse(&text)?;
    let schema = schema::compact(&document)?;
    let output = root.join(OUTPUT);
    std::fs::write(&output, &schema)
        .map_err(|e| format!("{} cannot be written: {e}", output.display()))?;
    Ok(format!("{OUTPUT}: {} bytes", schema.len()))
}
