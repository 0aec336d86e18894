//! `cargo xtask test`: every check and every test, cheapest first.

use crate::tools::{self, Failed, Need, command, step};
use crate::{fuzz, web};

/// Runs them all and stops at the first that fails.
pub(crate) fn test() -> Result<(), Failed> {
    tools::require(&[Need::Wasm, Need::StdSource, Need::Node, Need::Chromium, Need::Compiler])?;
    let web_app = tools::root().join("mobile-web");
    let tests = tools::root().join("tests");

    step("format", tools::cargo().args(["fmt", "--all", "--check"]))?;
    step(
        "format of the fuzz targets",
        tools::cargo().args(["fmt", "--check", "--manifest-path", "tests/fuzz/Cargo.toml"]),
    )?;
    web::build()?;
    step(
        "types of the web app",
        command("npx").args(["--no-install", "tsc", "--noEmit"]).current_dir(&web_app),
    )?;
    step("tests of the web app", command("npm").args(["test", "--if-present"]).current_dir(&web_app))?;
    step(
        "lints",
        tools::cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    )?;
    step("tests of the crates", tools::cargo().args(["test", "--workspace"]))?;
    fuzz::short()?;

    web::install(&tests)?;
    // With the whole workspace, as the tests before: alone it would be built anew with fewer features.
    step("server", tools::cargo().args(["build", "--workspace", "--bin", "xunfang"]))?;
    step(
        "tests in Node and Chromium",
        command("npm")
            .arg("test")
            .current_dir(&tests)
            .env("XUNFANG", tools::target_folder().join("debug/xunfang"))
            .env("CHROMIUM", tools::chromium().expect("BUG: required above")),
    )?;
    println!("\nEverything passed.");
    Ok(())
}
