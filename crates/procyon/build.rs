//! Sees to it that the page's folder exists, and that the binary is built again when it changes.

use std::fs;
use std::path::Path;

fn main() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/dist");
    if let Err(error) = fs::create_dir_all(&page) {
        println!("cargo::warning=cannot make {}: {error}", page.display());
    }
    println!("cargo::rerun-if-changed={}", page.display());
}
