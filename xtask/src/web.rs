//! The web app: sync-core as wasm with its bindings, then the app itself into `mobile-web/dist`.

use std::path::Path;

use wasm_bindgen_cli_support::Bindgen;

use crate::tools::{self, Failed, Need, command, step};

/// The standard library is built with the core, so that only what the core uses of it is there, and the
/// smaller of two algorithms where it has both.
const STD_FOR_SIZE: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

/// A panic stops the core without a message, source positions and `{:?}` are empty, and SHA-256 is a loop.
const SMALL_CODE: &str = "-Zlocation-detail=none -Zfmt-debug=none -Zunstable-options -Cpanic=immediate-abort \
                          --cfg sha2_backend_soft=\"compact\"";

/// Builds the wasm core and the web app.
pub(crate) fn build() -> Result<(), Failed> {
    tools::require(&[Need::Wasm, Need::StdSource, Need::Node])?;
    build_wasm()?;
    let folder = tools::root().join("mobile-web");
    install(&folder)?;
    step("web app", command("npx").args(["--no-install", "vite", "build"]).current_dir(folder))
}

/// Builds sync-core as wasm, and the JavaScript and TypeScript around it into
/// `mobile-web/src/core/wasm`.
pub(crate) fn build_wasm() -> Result<(), Failed> {
    tools::require(&[Need::Wasm, Need::StdSource])?;
    step(
        "wasm core",
        tools::cargo()
            .args(["rustc", "--package", "sync-core", "--lib", "--crate-type", "cdylib"])
            .args(["--profile", "wasm", "--target", "wasm32-unknown-unknown"])
            .args(STD_FOR_SIZE)
            .env("RUSTFLAGS", SMALL_CODE)
            // Stable cargo and rustc take these options only so; `docs/decisions/std-built-for-size.md`.
            .env("RUSTC_BOOTSTRAP", "1"),
    )?;
    let wasm = tools::target_folder().join("wasm32-unknown-unknown/wasm/sync_core.wasm");
    let bindings = tools::root().join("mobile-web/src/core/wasm");
    let generated = || {
        // Names are a fifth of the bytes and help nobody on a phone.
        Bindgen::new()
            .input_path(&wasm)
            .web(true)?
            .typescript(true)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate(&bindings)
    };
    generated().map_err(|e| Failed(format!("bindings of {}: {e:#}", wasm.display())))
}

/// Installs the npm packages that `folder`'s lock file names, unless they are there.
pub(crate) fn install(folder: &Path) -> Result<(), Failed> {
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/.package-lock.json");
    let modified = |path: &Path| path.metadata().and_then(|metadata| metadata.modified()).ok();
    if modified(&installed) >= modified(&lock) && installed.is_file() {
        return Ok(());
    }
    let name = folder.file_name().unwrap_or_default().display().to_string();
    step(
        &format!("npm packages of {name}"),
        command("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(folder),
    )
}
