//! The binary `xunfang`.

use std::process::ExitCode;

fn main() -> ExitCode {
    server::cli::run()
}
