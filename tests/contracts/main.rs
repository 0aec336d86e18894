//! What others rely on, as plain files beside this one: a change to one of them is a decision.
//!
//! After such a decision `REWRITE=1 cargo test -p xunfang-tests --test contracts` writes the files anew.

mod problems;
mod record;
mod routes;
mod schema;
mod wire;

use std::path::Path;

/// Compares with the file `name` byte for byte, or writes it.
fn agree(name: &str, now: impl AsRef<[u8]>) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts").join(name);
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&file, now).expect("the file can be written");
        return;
    }
    let agreed = std::fs::read(&file).unwrap_or_default();
    if agreed != now.as_ref() {
        let lines =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
        let (was, is) = (lines(&agreed), lines(now.as_ref()));
        let gone = was.iter().filter(|line| !is.contains(line)).map(|line| format!("- {line}"));
        let new = is.iter().filter(|line| !was.contains(line)).map(|line| format!("+ {line}"));
        panic!("tests/contracts/{name} differs:\n{}", gone.chain(new).collect::<Vec<_>>().join("\n"));
    }
}

/// Bytes as lines of hexadecimal digits, 32 bytes a line.
fn hex(bytes: &[u8]) -> String {
    let line = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>() + "\n";
    bytes.chunks(32).map(line).collect()
}
