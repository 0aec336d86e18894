//! The tools of this machine: where they are, what is missing and how to get it, and running them.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Why a task could not be finished, as a sentence for the person at the terminal.
#[derive(Debug)]
pub(crate) struct Failed(pub(crate) String);

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("BUG: xtask lies in a folder of the repository")
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// The cargo that started this.
pub(crate) fn cargo() -> Command {
    command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// A command in the root of the repository.
pub(crate) fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// Runs a step to its end, showing what it is.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<(), Failed> {
    println!("\n── {name}");
    let status = command
        .status()
        .map_err(|e| Failed(format!("{name}: {} can't be started: {e}", command.get_program().display())))?;
    if status.success() { Ok(()) } else { Err(Failed(format!("{name}: failed ({status})"))) }
}

/// What building and testing need beside Rust itself.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// The wasm target of the toolchain.
    Wasm,
    /// The sources of the standard library.
    StdSource,
    /// Node with npm.
    Node,
    /// A browser for the tests.
    Chromium,
    /// A compiler of C++, for libFuzzer.
    Compiler,
}

/// The oldest Node that the web app's build tools run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Says everything that is missing at once, each with the way to get it.
pub(crate) fn require(needs: &[Need]) -> Result<(), Failed> {
    let missing: Vec<String> = needs.iter().filter_map(|need| missing(*need)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failed(format!("This machine lacks something:\n\n- {}", missing.join("\n- "))))
}

fn missing(need: Need) -> Option<String> {
    match need {
        Need::Wasm => (!has_wasm_target()).then(|| {
            "the Rust target wasm32-unknown-unknown.\n  Get it: rustup target add wasm32-unknown-unknown"
                .to_owned()
        }),
        Need::StdSource => (!has_std_source()).then(|| {
            "the sources of Rust's standard library, which the wasm core is built with.\n  Get them: rustup \
             component add rust-src"
                .to_owned()
        }),
        Need::Node => {
            let (major, minor) = NODE_MIN;
            let get = "Get it: https://nodejs.org, or with a package manager (Debian 13, Ubuntu 25.10 and later: \
                       apt-get install nodejs npm)";
            match (node_version(), output("npm", "--version")) {
                (Some(version), Some(_)) if version >= NODE_MIN => None,
                (Some((has_major, has_minor)), Some(_)) => Some(format!(
                    "a newer Node: {major}.{minor} or later, here is {has_major}.{has_minor}.\n  {get}"
                )),
                _ => Some(format!("Node {major}.{minor} or later, with npm.\n  {get}")),
            }
        }
        Need::Compiler => (!has_compiler()).then(|| {
            "a compiler of C++, for libFuzzer, which the fuzz targets are built with (looked at CXX and c++).\n  \
             Get it: apt-get install g++"
                .to_owned()
        }),
        Need::Chromium => chromium().is_none().then(|| {
            "Chromium or Chrome, for the browser tests (looked at CHROMIUM, chromium, google-chrome and \
             chromium-browser).\n  Get it: apt-get install chromium fonts-noto-cjk, or set CHROMIUM to its path"
                .to_owned()
        }),
    }
}

fn has_compiler() -> bool {
    let named = env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    output(&named, "--version").is_some()
}

fn has_wasm_target() -> bool {
    is_in_toolchain("lib/rustlib/wasm32-unknown-unknown/lib")
}

fn has_std_source() -> bool {
    is_in_toolchain("lib/rustlib/src/rust/library")
}

fn is_in_toolchain(folder: &str) -> bool {
    output("rustc", "--print=sysroot").is_some_and(|sysroot| Path::new(sysroot.trim()).join(folder).is_dir())
}

fn node_version() -> Option<(u32, u32)> {
    let version = output("node", "--version")?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The browser for the tests: `CHROMIUM` if set, else the first of the usual names in the path.
pub(crate) fn chromium() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named)).filter(|path| path.is_file());
    }
    let folders: Vec<PathBuf> = env::split_paths(&env::var_os("PATH")?).collect();
    ["chromium", "google-chrome", "chromium-browser"]
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|path| path.is_file())
}

/// What a program says; none where it is not there or fails.
pub(crate) fn output(program: &str, argument: &str) -> Option<String> {
    let output = command(program).arg(argument).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
