//! Turns the data people edit (TOML) into the JSON that the crate embeds, so that the phone carries no
//! TOML parser.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=checklists");
    println!("cargo::rerun-if-changed=defaults");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));

    let folder = fs::read_dir("checklists").expect("sync-core/checklists is there");
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.expect("a folder can be listed").path()).collect();
    files.sort();
    let checklists = serde_json::Value::Array(files.iter().map(|file| json(file)).collect());
    write(&out.join("checklists.json"), &checklists);

    write(&out.join("patrol_rules.json"), &json(Path::new("defaults/patrol_rules.toml")));
}

fn json(file: &Path) -> serde_json::Value {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

fn write(file: &Path, value: &serde_json::Value) {
    fs::write(file, value.to_string()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}
