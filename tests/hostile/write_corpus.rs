//! Writes what the fuzz targets start from into the folder named, in place of what was there.

use std::path::PathBuf;
use std::{env, fs};

fn main() -> std::io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from).expect("the folder to write into");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let seeds = hostile::seeds();
    for (name, seed) in &seeds {
        fs::write(folder.join(name), seed)?;
    }
    println!("{} seeds in {}", seeds.len(), folder.display());
    Ok(())
}
