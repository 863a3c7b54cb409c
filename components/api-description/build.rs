//! Puts the OpenAPI document together while this component is built.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let components = Path::new("..");
    // Folders come and go too.
    println!("cargo::rerun-if-changed={}", components.display());
    for part in akses_openapi::parts(components)? {
        println!("cargo::rerun-if-changed={}", part.display());
    }
    let document = akses_openapi::assemble(components)?;
    let folder = env::var("OUT_DIR")?;
    let folder = Path::new(&folder);
    fs::write(folder.join("openapi.json"), serde_json::to_vec(&document)?)?;
    fs::write(folder.join("page.html"), akses_openapi::page(&document))?;
    Ok(())
}
